// SPDX-License-Identifier: Apache-2.0
// What a session remembers. A round is one pass through the probes: plain, or inside a tunnel.
// An ask is one probe of the round, in the order of the spec; a conn is one connection, with the
// ask (or other work) that it serves at the moment.
//
// Invariants: an ask that runs has exactly one conn; a conn that is in use has an older one only
// if that has a smaller `age`; nothing is sent on a conn before svid_opened.
#pragma once

#include "svid/svid.h"

enum { NO_CONN = -1, WORK_TLS = -2, WORK_RPC = -3 };
enum { REPLY_ENOUGH = 4096, REPLY_ENOUGH_OWN = 8192 }; // bytes; spec 2.3

// A rule that fits, with its fields.
struct found {
    const struct found *next; // found after this one
    struct svdb_fields fields;
    struct svdb_rule rule;
    uint32_t probe; // that was sent
    uint32_t list;
    bool is_foreign;
    bool is_promise; // a soft one with a spare behind it
};

enum ask_state { ASK_IDLE, ASK_RUNS, ASK_OVER };

enum ask_end {
    END_NONE,
    END_MATCH,  // a hard one
    END_SILENT, // its time is over, whether something came or not
    END_FULL,   // more data than is looked at
    END_CLOSED, // by the peer
    END_FAILED, // could not be asked
};

struct ask {
    uint32_t probe;
    uint32_t rarity;
    enum ask_state state;
    enum ask_end end;
    int32_t conn;
    uint32_t n_lost;  // connections of it that came to nothing
    bool is_listed;   // the port is among the probe's
    bool is_null;     //
    bool is_redone;   // asked again, since the port is slower than was thought
    bool is_beside;   // NULL once more, with its full wait, while requests are tried
    bool wants_peace; // was refused while others were open: asked again alone
    bool is_heard;    // something came for it
    const struct found *hard;
    const struct found *soft;
    const struct found *spare;  // a later file's hard match beside `soft`: see judge.c
    bool is_promised;           // the file of the round's promise may have more here
    struct service_reply reply; // bytes absent: nothing to remember
};

struct round {
    struct ask *asks;
    uint32_t n;
    uint32_t n_wanted; // that are asked if nothing matches
    enum service_tunnel tunnel;
};

enum conn_state { CONN_FREE, CONN_OPENING, CONN_OPEN };

struct conn {
    enum conn_state state;
    enum service_tunnel tunnel;
    int32_t work; // index of an ask, or WORK_...
    bool is_due;  // SVID_OPEN or SVID_SEND is to be given out
    bool is_low_port;
    bool is_crowded; // others were open at some time of its life
    uint32_t age;
    uint32_t n_sent;
    uint64_t asked_ns; // SVID_OPEN was given out
    uint64_t opened_ns;
    uint64_t sent_ns; // 0 = nothing yet
    uint64_t data_ns; // last time something came, 0 = never
    uint64_t turn_ns; // last time that an older one ended: perhaps its turn has come
    uint64_t deadline_ns;
    size_t before;     // length of what had come when the request was sent
    struct span bytes; // to send
    char *in;          // what came
    size_t n_in;
    size_t room;
    uint64_t total; // of all that came
};

enum tls_state { TLS_IDLE, TLS_TRIES, TLS_FAILED, TLS_INSIDE };

struct rpc_grind;

// An answer that is complete.
struct heard {
    struct heard *next;
    struct service_reply reply;
};

struct svid {
    struct arena *arena;
    struct svid_config cfg;
    struct svid_learnt *learnt;
    struct svid_target target;
    uint64_t begun_ns;
    uint64_t wake_ns;
    uint64_t gate_ns; // time alone keeps a launch back until then

    struct round plain;        // kept for its replies when a tunnel follows
    struct round round;        // in progress
    const struct found *told;  // soft match by an answer to the port scan
    const struct found *outer; // "ssl/NAME" seen from outside
    bool has_asked;            // a request was begun in this round
    int32_t lead;              // conn of that ask
    int32_t parked;            // open conn whose NULL wait is over

    struct conn conn[SVID_CONNS];
    uint32_t closing; // bit i: SVID_CLOSE of conn i is to be given out
    uint32_t n_ages;
    uint32_t n_opened;

    size_t banner;      // bytes that it sends before anything is asked
    uint64_t rtt_ns;    // shortest handshake
    uint64_t answer_ns; // longest time to an answer, 0 = none yet
    uint32_t width;     // connections that were borne at a time
    uint32_t n_failed;  // in a row, alone
    uint64_t retry_ns;  // not to be tried before
    uint64_t peace_ns;  // time spent on asking again alone
    uint32_t n_served;  // connections that it was seen to serve at a time, at least 1
    bool is_heard;      // anything came, ever
    bool is_open;       // a connection was made
    bool may_be_wrapped;
    bool is_tls_like; // an answer looks like a TLS record
    enum tls_state tls;
    uint64_t tls_ns; // a handshake on suspicion was begun
    const struct tls_facts *facts;
    struct rpc_grind *rpc;

    const struct found *found; // not fetched yet: news.c
    struct found *last_found;
    struct heard *heard;
    struct heard *last_heard;
    bool asks_less; // the host said nothing on many ports
    bool is_done;
    struct service result;
};

static inline bool state_is_own_tcp(const struct svid *s)
{
    return !s->cfg.is_serial && s->target.proto == PROTO_TCP;
}
