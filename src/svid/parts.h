// SPDX-License-Identifier: Apache-2.0
// What the parts of a session offer to each other; each group is explained in its file.
#pragma once

#include "svid/state.h"

// choose.c
void choose_order(struct svid *s, enum service_tunnel tunnel);
bool choose_fits(const struct svid *s, const struct ask *a, const struct found *soft);
void choose_promised(struct svid *s, const struct found *soft);
uint32_t choose_likely(const struct svid *s, uint32_t from);
bool choose_speaks_first(const struct svid *s);
bool choose_greets(struct span service);
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
struct found *reply_found(struct svid *s, const struct svdb_hit *hit, uint32_t probe);

// news.c
void news_found(struct svid *s, struct found *f);
void news_reply(struct svid *s, const struct service_reply *reply);

// wait.c
uint64_t wait_until(const struct svid *s, const struct conn *c);
uint64_t wait_resend(const struct svid *s, const struct conn *c);
uint64_t wait_null(const struct svid *s);
uint64_t wait_open(const struct svid *s, enum service_tunnel tunnel);
uint64_t wait_lead(const struct svid *s);
uint64_t wait_share(const struct svid *s);
uint64_t wait_settle(const struct svid *s);

// judge.c
enum verdict_kind { VERDICT_OPEN, VERDICT_HARD, VERDICT_END };

struct verdict {
    enum verdict_kind kind;
    uint32_t at;    // the ask that is open, or that decides
    uint32_t bound; // asks from here on change nothing
    const struct found *soft;
    const struct found *hard;
    const struct found *spare;
};

// is_last: what is open counts as silent.
struct verdict judge(const struct svid *s, bool is_last);

// over.c
bool over_expire(struct svid *s, uint64_t now_ns);
// The connection of an ask ended without its doing; the caller drops it.
void over_lost(struct svid *s, struct conn *c, enum ask_end end, uint64_t now_ns);

// plan.c
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
