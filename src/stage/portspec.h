// SPDX-License-Identifier: Apache-2.0
// The port grammar of -p (scanning spec 3.1).
#pragma once

#include "base/err.h"
#include "base/set.h"
#include "base/span.h"
#include "model/port.h"

struct services;

// Protocols of parts without a prefix.
enum {
    PORTSPEC_TCP = 1 << PROTO_TCP,
    PORTSPEC_UDP = 1 << PROTO_UDP,
    PORTSPEC_SCTP = 1 << PROTO_SCTP,
    PORTSPEC_IP = 1 << PROTO_IP, // protocol numbers, 0 to 255
    PORTSPEC_PORTS = PORTSPEC_TCP | PORTSPEC_UDP | PORTSPEC_SCTP,
};

struct portspec {
    struct set of[PROTO_COUNT];
    uint32_t n[PROTO_COUNT];
    bool has_duplicates;
};

// at->col is the place of the offending element.
enum err portspec_parse(const struct services *services, struct span text, unsigned protos,
                        struct portspec *out, struct err_at *at);

uint32_t set_count(const struct set *s);
