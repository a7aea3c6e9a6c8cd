// SPDX-License-Identifier: Apache-2.0
// The options about how packets look and how fast they go, and the parsers of their values.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ip.h"
#include "base/limits.h"
#include "base/span.h"

struct opts;

// How packets look (scanning spec 6).
struct opts_packet {
    bool list_ways;         // --iflist
    struct span way_to;     // --route-dst
    int ttl;                // --ttl, -1 = not given
    uint16_t source_port;   // -g, 0 = not given
    struct ip_addr source4; // -S, of either family
    struct ip_addr source6;
    struct ip_addr decoys[LIMIT_DECOYS]; // -D; IP_NONE = our own address
    uint32_t n_decoys;                   // 0 = not given
    uint32_t n_random_decoys;            // at the end of decoys, to be filled in
    bool is_place_given;                 // ME
    uint32_t fragments;                  // --mtu, 0 = not given
    int cuts;                            // how many -f
    struct span data;                    // of --data-string
    struct span hex;                     // of --data
    uint32_t data_length;                // of --data-length
    bool has_data_length;
    bool bad_sums;  // --badsum
    bool by_kernel; // --send-ip
    bool by_frame;  // --send-eth
};

// How fast they go (scanning spec 5).
struct opts_pace {
    bool has_host_timeout; // else the template's
    uint64_t min_rtt_ns;   // 0 = not given, as with the other times
    uint64_t max_rtt_ns;
    uint64_t initial_rtt_ns;
    int max_retries; // -1 = not given
    uint32_t min_parallelism;
    uint32_t max_parallelism;
    uint32_t min_hostgroup;
    uint32_t max_hostgroup;
    double min_rate;
    bool has_max_scan_delay;
    uint64_t max_scan_delay_ns;
    bool defeat_rst; // --defeat-rst-ratelimit
};

// A number without a unit, and so large that it was not meant as seconds.
bool opts_is_bare(struct span value, uint64_t most_bare_s);

enum err parse_ttl(struct opts *o, struct span value, struct err_at *at);
enum err parse_source_port(struct opts *o, struct span value, struct err_at *at);
enum err parse_source(struct opts *o, struct span value, struct err_at *at);
enum err parse_decoys(struct opts *o, struct span value, struct err_at *at);
enum err parse_mtu(struct opts *o, struct span value, struct err_at *at);
enum err parse_data(struct opts *o, struct span value, struct err_at *at);
enum err parse_data_string(struct opts *o, struct span value, struct err_at *at);
enum err parse_data_length(struct opts *o, struct span value, struct err_at *at);

enum err parse_never_html(struct opts *o, struct span value, struct err_at *at);
enum err parse_later(struct opts *o, struct span value, struct err_at *at); // refused
enum err parse_script(struct opts *o, struct span value, struct err_at *at);

enum err parse_min_rtt(struct opts *o, struct span value, struct err_at *at);
enum err parse_max_rtt(struct opts *o, struct span value, struct err_at *at);
enum err parse_initial_rtt(struct opts *o, struct span value, struct err_at *at);
enum err parse_retries(struct opts *o, struct span value, struct err_at *at);
enum err parse_min_parallelism(struct opts *o, struct span value, struct err_at *at);
enum err parse_max_parallelism(struct opts *o, struct span value, struct err_at *at);
enum err parse_min_hostgroup(struct opts *o, struct span value, struct err_at *at);
enum err parse_max_hostgroup(struct opts *o, struct span value, struct err_at *at);
enum err parse_min_rate(struct opts *o, struct span value, struct err_at *at);
enum err parse_max_delay(struct opts *o, struct span value, struct err_at *at);
