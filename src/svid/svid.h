// SPDX-License-Identifier: Apache-2.0
// Service and version detection of one port as a state machine without I/O: events in, steps out.
// Time is an argument (nanoseconds of a monotonic clock). Source: service-detection spec 2 to 4.
//
// Probes run on parallel connections, but what is reported is what asking one after the other
// would have found: an answer counts when everything that stands before it in the order of the
// spec is settled, or cannot change the verdict any more.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/port.h"
#include "model/service.h"
#include "svdb/svdb.h"

struct svid;

enum { SVID_CONNS = 32 }; // connections of one port at a time, at most

struct svid_config {
    const struct svdb *db;
    struct svdb_scratch *scratch;
    uint32_t intensity;         // 0..9
    uint32_t max_conns;         // of one port at the same time, 1..SVID_CONNS
    bool is_serial;             // order and waits of the reference (--nmap-quirks)
    bool is_debug;              // -d: longer fingerprints (spec 4.6)
    uint64_t budget_ns;         // for one port, 0 = none
    const struct svid_rpc *rpc; // NULL: only well-known programs have names
    struct span version;        // of the scanner, for fingerprints
    struct span platform;
};

// What one host has taught so far; shared by its services, zeroed at the start.
struct svid_learnt {
    int64_t rtt_us;     // longest handshake seen
    int64_t answer_us;  // longest time to a first answer seen
    uint32_t n_answers; // that this is based on
    uint32_t n_silent;  // probes that waited in vain
    uint32_t n_mute;    // TCP ports that took connections and never said a word
};

// A port to be asked; the texts stay with the caller.
struct svid_target {
    enum proto proto; // PROTO_TCP or PROTO_UDP
    uint16_t port;
    bool is_open;        // else open|filtered: any answer opens it
    struct span name;    // of the host as the user gave it, for SNI; absent = none
    struct span table;   // name in the port table, absent = none
    int64_t wall;        // unix seconds, for the fingerprint
    uint32_t month, day; // local, likewise
};

enum svid_what {
    SVID_OPEN,  // connect (TCP), or make a socket (UDP); with a handshake if tunnel says so
    SVID_SEND,  // bytes
    SVID_CLOSE, // nothing of this connection matters any more
};

struct svid_step {
    enum svid_what what;
    uint32_t conn; // below SVID_CONNS; free again after SVID_CLOSE, svid_failed, svid_closed
    enum service_tunnel tunnel;
    bool is_low_port;     // from a privileged source port if possible (RPC)
    uint64_t deadline_ns; // of SVID_OPEN: give up then (svid_failed is called by the caller)
    struct span probe;    // that it is for; absent: a handshake on suspicion, or RPC
    struct span bytes;    // valid until the next call
};

enum svid_error {
    SVID_REFUSED,
    SVID_TIMEOUT,
    SVID_UNREACHABLE,
    SVID_HANDSHAKE, // TLS
    SVID_LOCAL,     // our side: no descriptor, no route
};

struct svid *svid_new(struct arena *host, const struct svid_config *cfg, struct svid_learnt *learnt,
                      const struct svid_target *target, uint64_t now_ns);

// An answer that the UDP port scan got to the payload of `probe` (spec 2.10).
void svid_payload_answer(struct svid *s, uint32_t probe, struct span bytes, uint64_t now_ns);

// What to do next, to be asked until it says false: nothing until the next event or svid_wake.
// Once done only SVID_CLOSE can follow.
bool svid_next(struct svid *s, uint64_t now_ns, struct svid_step *out);
uint64_t svid_wake(const struct svid *s); // UINT64_MAX: only an event can change anything
bool svid_is_done(const struct svid *s);

// SVID_OPEN is acted on only now: the connection had to wait for its turn among others.
void svid_begun(struct svid *s, uint32_t conn, uint64_t now_ns);

// Events. facts: of a TLS handshake, else NULL; copied.
void svid_opened(struct svid *s, uint32_t conn, const struct tls_facts *facts, uint64_t now_ns);
void svid_failed(struct svid *s, uint32_t conn, enum svid_error error,
                 const struct tls_facts *facts, uint64_t now_ns);
void svid_data(struct svid *s, uint32_t conn, struct span bytes, uint64_t now_ns);
void svid_closed(struct svid *s, uint32_t conn, bool is_reset, uint64_t now_ns);
void svid_tick(struct svid *s, uint64_t now_ns);

// What has become known, each once and in this order: rules that fit, and answers that are
// complete. Valid as long as the arena.
struct svid_hit {
    struct span probe; // that was sent
    struct span list;  // the probe whose lines have the rule
    struct span file;
    const struct svdb_rule *rule;
    const struct svdb_fields *fields;
    bool is_foreign;
};
bool svid_next_hit(struct svid *s, struct svid_hit *out);
bool svid_next_reply(struct svid *s, struct service_reply *out);

// Ends it now: the best answer so far counts.
void svid_stop(struct svid *s, uint64_t now_ns);

// The verdict, once done. is_answered: something came, so the port is open.
void svid_result(struct svid *s, struct service *out, bool *is_answered);

// A copy of a service's reply data as a fingerprint (spec 4.6), without line breaks.
struct svid_sf {
    uint16_t port;
    enum proto proto;
    enum service_tunnel tunnel;
    uint32_t intensity;
    uint32_t month, day;
    int64_t wall;
    bool is_debug;
    struct span version;
    struct span platform;
};
struct span svid_fingerprint(struct arena *a, const struct svid_sf *about,
                             const struct service_reply *replies, uint32_t n);

// RPC program names: "NAME NUMBER [aliases] [# comment]" (spec 3).
enum err svid_rpc_parse(struct arena *run, struct span text, const struct svid_rpc **out,
                        struct err_at *at);
struct span svid_rpc_name(const struct svid_rpc *rpc, uint32_t program);
