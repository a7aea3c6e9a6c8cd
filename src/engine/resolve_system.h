// SPDX-License-Identifier: Apache-2.0
// Names the way the system finds them (nsswitch.conf: hosts, LDAP, mDNS, ...), for --system-dns.
// Its calls block, so threads make them; questions and answers go through pipes, and nothing is
// locked. Private to engine/.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/limits.h"
#include "base/span.h"

struct system_names;

// NULL if threads or pipes are not to be had.
struct system_names *system_names_open(void);

// Does not wait for calls under way.
void system_names_close(struct system_names *s);

// False: too many questions are open.
bool system_names_ask(struct system_names *s, const struct ip_addr *addr, void *tag);

struct system_name {
    void *tag;
    bool has_name;
    size_t len;
    char name[LIMIT_NAME];
};

// The next answer; false if there is none now.
bool system_names_next(struct system_names *s, struct system_name *out);

// Waits. Returns how many addresses were written, 0 = unknown name.
uint32_t system_names_forward(struct span name, struct ip_addr *out, uint32_t max);
