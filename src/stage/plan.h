// SPDX-License-Identifier: Apache-2.0
// What the command line asks of the stages. Read-only while the run lasts.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/rtt.h"
#include "model/port.h"
#include "osdb/osdb.h"
#include "stage/plan_packet.h"
#include "svid/svid.h"

struct judge;
struct services;
struct vendors;

struct udp_payloads;

// Timing of a -T template (scanning spec 5.1).
struct timing {
    int level; // 0..5
    struct rtt_bounds rtt;
    int64_t scan_delay_us; // least gap between two probes to one host
    uint32_t max_retries;
    uint32_t max_window;   // probes in flight to one host
    uint64_t icmp_wait_ns; // for a host that holds its ICMP errors back, UINT64_MAX = all it takes
    uint32_t min_window;   // probes in flight, whatever was lost
    uint64_t max_gap_ns;   // between rounds to a host that holds errors back, 0 = not given
};

extern const struct timing timing_templates[6];

// Level of "3", "normal", "Aggressive"...; -1 if it is none.
int timing_level(struct span name);

// Kinds of port scan (scanning spec 4.2).
enum scan_kind {
    SCAN_SYN,
    SCAN_CONNECT,
    SCAN_ACK,
    SCAN_WINDOW,
    SCAN_MAIMON,
    SCAN_NULL,
    SCAN_FIN,
    SCAN_XMAS,
    SCAN_UDP,
    SCAN_SCTP,
    SCAN_IP,
    SCAN_KIND_COUNT,
};

// The flags of its TCP probes; 0 where it sends none.
uint8_t scan_flags(enum scan_kind kind);
enum proto scan_proto(enum scan_kind kind);

struct plan_scan {
    enum scan_kind kind;
    uint8_t flags;         // of TCP probes
    const uint16_t *ports; // ascending
    uint32_t n_ports;
    const uint32_t *order; // a permutation of 0..n_ports-1: the order of probing
};

enum { PLAN_SCANS_MAX = 3 }; // one kind of TCP scan, UDP, SCTP; they run side by side

// Kinds of discovery probes, in the order of sending (scanning spec 2.2).
enum ping_kind {
    PING_ECHO,
    PING_SYN,
    PING_ACK,
    PING_STAMP, // IPv4 only
    PING_UDP,
    PING_SCTP,
    PING_PROTO,
    PING_MASK, // IPv4 only
};

struct ping {
    uint16_t kind;
    uint16_t port; // PING_PROTO: the protocol; 0 for ICMP queries
};

struct plan_pings {
    const struct ping *ping;
    uint32_t n;
};

struct plan {
    bool lists_only;          // -sL
    bool skip_discovery;      // -Pn
    bool streams_only;        // no raw packets are allowed: discovery and scan by connecting
    bool link_is_no_sign;     // --disable-arp-ping: who answers ARP or ND is asked further
    bool ignores_reset;       // --discovery-ignore-rst
    struct plan_pings pings;  // for IPv4
    struct plan_pings pings6; // for IPv6
    const uint16_t *knocks;   // ports of the connections that replace them
    uint32_t n_knocks;
    bool resolve_names; // reverse DNS of hosts that are up
    bool resolve_all;   // and of those that are not (-R)
    uint32_t iface;     // 0 = as routed
    struct timing timing;
    struct plan_packet packet;

    struct plan_scan scan[PLAN_SCANS_MAX]; // ascending by protocol
    uint32_t n_scans;
    bool adds_to_listed;                 // hosts with known ports are scanned for the others too
    const struct udp_payloads *payloads; // stage/ports.h; NULL: empty datagrams only
    bool ignores_icmp_limit;             // --defeat-icmp-ratelimit
    bool ignores_rst_limit;              // --defeat-rst-ratelimit, --open

    bool does_os;
    bool os_limit; // --osscan-limit
    bool explains; // --explain
    bool deepens;  // --deepen
    uint32_t max_os_tries;
    enum quirks quirks;
    const struct osdb *osdb;
    struct osdb_scratch *osdb_scratch; // one thread runs all hosts
    const struct osdb *osdb_native;    // what IPv6 alone has; NULL: there is none
    struct judge *judge;               // stage/judge.h; NULL: no verdicts

    bool does_services;              // -sV
    bool all_services;               // --allports: also what the database excludes
    bool traces_services;            // --version-trace
    struct svid_config svid;         // for every port
    uint32_t service_conns;          // connections to one host at the same time
    uint64_t service_budget_ns;      // for one host, 0 = none
    bool traces;                     // --traceroute
    uint32_t max_hosts;              // under way at the same time, 0 = as many as there is room for
    uint64_t host_timeout_ns;        // for all stages after discovery, 0 = none
    const struct services *services; // names of ports
    struct vendors *vendors;         // makers of interfaces; NULL: none are known
    uint32_t month, day;             // today, for fingerprints

    uint64_t seed;
    struct hash_key key;     // cookies in sequence numbers
    uint16_t source_base;    // source ports of the TCP scans: base + try
    uint16_t udp_base;       // of the UDP scan, PORTS_UDP_SOURCES of them
    uint16_t trace_base;     // of the probes that trace the way
    uint16_t discovery_base; // and of discovery, PING_ROUNDS of them
};

uint32_t plan_ports(const struct plan *p); // of all scans

// Whether answers of other IP protocols than TCP, UDP and ICMP are waited for.
bool plan_takes_others(const struct plan *p);
