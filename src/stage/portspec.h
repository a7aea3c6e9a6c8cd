// SPDX-License-Identifier: Apache-2.0
// The port grammar of -p (scanning spec 3.1).
#pragma once

#include "base/err.h"
#include "base/set.h"
#include "base/span.h"
#include "model/port.h"

struct services;

// Protocols of parts without a prefix.
enum { PORTSPEC_TCP = 1 << PROTO_TCP, PORTSPEC_UDP = 1 << PROTO_UDP };

struct portspec {
    struct set tcp;
    struct set udp;
    uint32_t n_tcp;
    uint32_t n_udp;
    bool has_duplicates;
};

// at->col is the place of the offending element.
enum err portspec_parse(const struct services *services, struct span text, unsigned protos,
                        struct portspec *out, struct err_at *at);

uint32_t set_count(const struct set *s);
