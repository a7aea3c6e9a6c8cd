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
    struct svdb_fields fields;
    struct svdb_rule rule;
    uint32_t probe; // that was sent
    uint32_t list;
    bool is_foreign;
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
    bool wants_peace; // was refused while others were open: asked again alone
    bool is_heard;    // something came for it
    const struct found *hard;
    const struct found *soft;
    struct service_reply reply; // bytes absent: nothing to remember
};
struct round {
    struct ask *asks;
    uint32_t n;
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
    bool is_done;
    struct service result;
};
// choose.c
void choose_order(struct svid *s, enum service_tunnel tunnel);
bool choose_fits(const struct svid *s, const struct ask *a, const struct found *soft);
uint32_t choose_likely(const struct svid *s, uint32_t from);
bool choose_speaks_first(const struct svid *s);
bool choose_is_tls(const struct svid *s);
// conn.c
struct conn *conn_open(struct svid *s, int32_t work, enum service_tunnel tunnel, uint64_t now_ns);
void conn_send(struct conn *c, struct span bytes);
void conn_drop(struct svid *s, struct conn *c, uint64_t now_ns);
void conn_close(struct svid *s, struct conn *c, uint64_t now_ns);
void conn_close_all(struct svid *s, uint64_t now_ns);
uint32_t conn_count(const struct svid *s);
uint32_t conn_older(const struct svid *s, const struct conn *c);
void conn_is_served(struct svid *s, const struct conn *c);
struct span conn_in(const struct conn *c);
bool conn_is_answered(const struct svid *s, const struct conn *c);
// reply.c
void reply_add(struct svid *s, struct conn *c, struct span bytes, uint64_t now_ns);
void reply_end(struct svid *s, struct conn *c, enum ask_end end);
const struct found *reply_found(struct svid *s, const struct svdb_hit *hit, uint32_t probe);
// wait.c
uint64_t wait_until(const struct svid *s, const struct conn *c);
uint64_t wait_resend(const struct svid *s, const struct conn *c);
uint64_t wait_null(const struct svid *s);
uint64_t wait_open(const struct svid *s, enum service_tunnel tunnel);
uint64_t wait_lead(const struct svid *s);
uint64_t wait_settle(const struct svid *s);
// judge.c
enum verdict_kind { VERDICT_OPEN, VERDICT_HARD, VERDICT_END };
struct verdict {
    enum verdict_kind kind;
    uint32_t at;    // the ask that is open, or that decides
    uint32_t bound; // asks from here on change nothing
    const struct found *soft;
    const struct found *hard;
};
// is_last: what is open counts as silent.
struct verdict judge(const struct svid *s, bool is_last);
// plan.c
void plan_lost(struct svid *s, struct conn *c, enum ask_end end, uint64_t now_ns);
void plan_drive(struct svid *s, uint64_t now_ns);
void plan_round(struct svid *s, enum service_tunnel tunnel, uint64_t now_ns);
// tls.c
bool tls_try(struct svid *s, uint64_t now_ns);
enum tls_way { TLS_NO_WAY, TLS_WAIT, TLS_MOVED };
enum tls_way tls_enter(struct svid *s, const struct found *hard, uint64_t now_ns);
bool tls_has_failed(const struct svid *s, const struct found *hard);
void tls_opened(struct svid *s, struct conn *c, const struct tls_facts *facts, uint64_t now_ns);
void tls_failed(struct svid *s, const struct tls_facts *facts, bool is_handshake);
void tls_note(struct svid *s, const struct tls_facts *facts);
bool tls_is_hint(struct span bytes);
// rpc.c
bool rpc_begin(struct svid *s, uint64_t now_ns);
bool rpc_drive(struct svid *s, uint64_t now_ns);
void rpc_opened(struct svid *s, struct conn *c, uint64_t now_ns);
void rpc_data(struct svid *s, struct conn *c, struct span bytes, uint64_t now_ns);
void rpc_lost(struct svid *s, uint64_t now_ns);
void rpc_result(const struct svid *s, struct service *out);
// result.c
void result_finish(struct svid *s, const struct verdict *v, bool is_incomplete);
