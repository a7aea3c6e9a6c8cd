// SPDX-License-Identifier: Apache-2.0
// The expressions of a service-probe file, and which list is asked after which: as little of the
// format as tests and measurements of svdb/re.h need.
#pragma once

#include "svdb/re.h"

enum { RE_LISTS = 512, RE_CHAIN = 20 };

struct re_list {
    struct span name;
    bool is_udp;
    uint32_t lo;
    uint32_t hi;
    struct span fallback; // names, as written
};

struct re_file {
    struct re_rule *rules;
    uint32_t n;
    struct re_list lists[RE_LISTS];
    uint32_t n_lists;
};

// False: there is no such file.
bool re_load(struct arena *a, const char *path, struct re_file *out);

// The lists asked for an answer to this probe, in their order; their number.
uint32_t re_chain(const struct re_file *f, bool is_udp, struct span probe,
                  const struct re_list *chain[RE_CHAIN]);
