// SPDX-License-Identifier: Apache-2.0
// Parsers of the options that say which hosts, and how they are found (scanning spec 1, 2.2).
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/span.h"

struct opts;

struct opts_hosts {
    bool list_only; // -sL
    bool no_effect; // of options that are accepted for old habits
    struct span no_effect_value;
    bool ping_echo;  // -PE
    bool ping_stamp; // -PP
    bool ping_mask;  // -PM
    // Ports, or protocols, of probes: absent = no such probe, empty = the default ones.
    struct span ping_syn;    // -PS
    struct span ping_ack;    // -PA
    struct span ping_udp;    // -PU
    struct span ping_sctp;   // -PY
    struct span ping_proto;  // -PO
    bool link_is_no_sign;    // --disable-arp-ping
    bool ignores_reset;      // --discovery-ignore-rst
    bool names_all;          // -R
    bool system_dns;         // --system-dns
    struct span dns_servers; // --dns-servers, absent = those of the system
    bool has_random;         // -iR
    uint64_t n_random;       // 0 = without end
    bool wants_four;         // -4
};

enum err opts_ping_syn(struct opts *o, struct span value, struct err_at *at);
enum err opts_ping_ack(struct opts *o, struct span value, struct err_at *at);
enum err opts_ping_udp(struct opts *o, struct span value, struct err_at *at);
enum err opts_ping_sctp(struct opts *o, struct span value, struct err_at *at);
enum err opts_ping_proto(struct opts *o, struct span value, struct err_at *at);
enum err opts_ping_both(struct opts *o, struct span value, struct err_at *at);
enum err opts_random(struct opts *o, struct span value, struct err_at *at);
