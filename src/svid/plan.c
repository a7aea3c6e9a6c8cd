// SPDX-License-Identifier: Apache-2.0
// Moves a session on: ends what has had its time, asks the judge, and either settles the verdict
// or starts what can still change it. One connection first; several at a time when the port
// stayed silent or when the order wants to know about earlier probes.
#include "svid/parts.h"

#define MS ((uint64_t)1000 * 1000)

enum {
    FIRST_TLS_MS = 1000,   // a handshake has the port for itself
    FIRST_WORD_MS = 1000,  // so has NULL where the server speaks first
    FIRST_UDP_MS = 300,    // so have the probes that list the port
    PEACE_MOST_MS = 30000, // for asking again, one connection at a time
    PROMPT_MS = 500,       // answers within
    WIDTH_HEARD = 8,       // connections at a time to such a port
};

static struct ask *ask_null(const struct svid *s)
{
    return s->round.n > 0 && s->round.asks[0].is_null ? &s->round.asks[0] : NULL;
}

void plan_round(struct svid *s, enum service_tunnel tunnel, uint64_t now_ns)
{
    conn_close_all(s, now_ns);
    if (s->round.tunnel == TUNNEL_NONE)
        s->plain = s->round;
    choose_order(s, tunnel);
    s->told = NULL;
    s->lead = NO_CONN;
    s->parked = NO_CONN;
    s->banner = 0;
    s->answer_ns = 0;
    s->has_asked = false;
    s->may_be_wrapped = tunnel == TUNNEL_NONE;
}

// ---- what is settled

static bool is_tls_open(const struct svid *s)
{
    return state_is_own_tcp(s) && s->round.tunnel == TUNNEL_NONE;
}

static enum tls_way settle_tunnel(struct svid *s, const struct found *hard, uint64_t now_ns)
{
    const struct span name = hard->rule.service;
    if (s->round.tunnel != TUNNEL_NONE)
        return TLS_NO_WAY;
    if (s->target.proto != PROTO_UDP)
        return tls_enter(s, hard, now_ns);
    if (!span_eq(name, SPAN("dtls")))
        return TLS_NO_WAY;
    plan_round(s, TUNNEL_DTLS, now_ns);
    return TLS_MOVED;
}

static bool settle_hard(struct svid *s, const struct verdict *v, uint64_t now_ns)
{
    if (is_tls_open(s) && s->is_tls_like) {
        if (s->tls == TLS_IDLE)
            return tls_try(s, now_ns);
        if (s->tls == TLS_TRIES)
            return false;
    }
    const enum tls_way way = settle_tunnel(s, v->hard, now_ns);
    if (way != TLS_NO_WAY)
        return way == TLS_MOVED;
    if (span_eq(v->hard->rule.service, SPAN("rpcbind")) && rpc_begin(s, now_ns))
        return true;
    result_finish(s, v, false);
    return true;
}

// Nothing matched. A handshake that nobody tried yet, or one that goes on, may still tell.
static bool settle_end(struct svid *s, const struct verdict *v, uint64_t now_ns)
{
    const bool is_quiet = !s->is_heard || s->is_tls_like;
    if (is_tls_open(s) && is_quiet && !v->soft && s->is_open) {
        const struct ask *null = ask_null(s);
        const bool is_shut = null && null->end == END_CLOSED && !choose_is_tls(s);
        if (s->tls == TLS_IDLE && !is_shut)
            return tls_try(s, now_ns);
        if (s->tls == TLS_TRIES)
            return false;
    }
    result_finish(s, v, false);
    return true;
}

// ---- what is started

// False: all connections are in use, or their ends were not fetched yet.
static bool begin(struct svid *s, uint32_t i, uint64_t now_ns)
{
    struct ask *a = &s->round.asks[i];
    const bool is_reused = s->parked != NO_CONN && !a->is_null;
    struct conn *c;
    if (is_reused) {
        c = &s->conn[s->parked];
        s->parked = NO_CONN;
        c->work = (int32_t)i;
        a->state = ASK_RUNS;
        a->conn = (int32_t)(c - s->conn);
        conn_send(c, svdb_probe_at(s->cfg.db, a->probe).payload);
    } else {
        c = conn_open(s, (int32_t)i, s->round.tunnel, now_ns);
    }
    if (c && !a->is_null && !s->has_asked) {
        s->has_asked = true;
        if (is_reused || conn_count(s) == 1)
            s->lead = (int32_t)(c - s->conn);
    }
    return c != NULL;
}

static bool hold(struct svid *s, uint64_t until_ns, uint64_t now_ns)
{
    if (now_ns >= until_ns)
        return false;
    if (until_ns < s->gate_ns)
        s->gate_ns = until_ns;
    return true;
}

// Whether somebody has the port for itself at the moment.
static bool is_taken_tcp(struct svid *s, uint64_t now_ns)
{
    const struct ask *null = ask_null(s);
    if (null && null->state == ASK_RUNS && !null->is_beside) {
        const struct conn *c = &s->conn[null->conn];
        if (c->state != CONN_OPEN || c->n_in > 0 || !choose_speaks_first(s))
            return true;
        return hold(s, c->opened_ns + FIRST_WORD_MS * MS, now_ns);
    }
    if (s->lead == NO_CONN)
        return false;
    const struct conn *c = &s->conn[s->lead];
    if (c->state != CONN_OPEN || c->n_sent == 0)
        return true;
    return conn_is_answered(s, c) ? hold(s, c->data_ns + wait_settle(s), now_ns)
                                  : hold(s, c->sent_ns + wait_lead(s), now_ns);
}

static uint32_t width(struct svid *s)
{
    uint32_t most = s->cfg.max_conns < SVID_CONNS ? s->cfg.max_conns : SVID_CONNS;
    if (s->cfg.is_serial)
        return 1;
    const bool is_prompt = s->is_heard && s->answer_ns < PROMPT_MS * MS;
    if (is_prompt && s->target.proto == PROTO_TCP && most > WIDTH_HEARD)
        most = WIDTH_HEARD;
    return most > 0 ? most : 1;
}

static bool is_peace(const struct svid *s)
{
    for (uint32_t i = 0; i < SVID_CONNS; i++) {
        const struct conn *c = &s->conn[i];
        if (c->state != CONN_FREE && c->work >= 0 && s->round.asks[c->work].wants_peace)
            return true;
    }
    return false;
}

// First alone: what most servers answer, on the connection on which nothing was said.
static uint32_t pick_first(const struct svid *s, uint32_t from)
{
    const bool is_silent = s->banner == 0 && !s->cfg.is_serial;
    return is_silent && !s->has_asked ? choose_likely(s, from) : from;
}

static bool begin_peaceful(struct svid *s, const struct verdict *v, uint64_t now_ns)
{
    if (conn_count(s) > 0)
        return false;
    for (uint32_t i = v->at; i < v->bound; i++) {
        struct ask *a = &s->round.asks[i];
        if (a->state != ASK_IDLE || !choose_fits(s, a, v->soft))
            continue;
        if (s->peace_ns < PEACE_MOST_MS * MS)
            return begin(s, i, now_ns);
        a->state = ASK_OVER;
        a->end = END_CLOSED;
        return true;
    }
    return false;
}

static bool may_begin(struct svid *s, const struct ask *a, const struct verdict *v, uint64_t now_ns)
{
    if (a->state != ASK_IDLE || a->wants_peace || !choose_fits(s, a, v->soft))
        return false;
    if (s->target.proto != PROTO_UDP || s->cfg.is_serial || a->is_listed)
        return true;
    return !s->round.asks[0].is_listed || !hold(s, s->begun_ns + FIRST_UDP_MS * MS, now_ns);
}

// Connections that count. A handshake on suspicion waits long where nobody speaks: it stands
// beside the others, if there may be others at all.
static uint32_t in_use(const struct svid *s, uint32_t most)
{
    const struct ask *null = ask_null(s);
    const bool is_beside = s->tls == TLS_TRIES && most > 1;
    const bool is_heard_out = null && null->is_beside && null->state == ASK_RUNS;
    return conn_count(s) - (s->parked != NO_CONN) - is_beside - is_heard_out;
}

static bool begin_many(struct svid *s, const struct verdict *v, uint64_t now_ns)
{
    const uint32_t most = width(s);
    bool is_changed = false;
    for (uint32_t i = v->at; i < v->bound; i++) {
        const uint32_t others = in_use(s, most);
        if (others >= most || (state_is_own_tcp(s) && is_taken_tcp(s, now_ns)))
            break;
        if (!may_begin(s, &s->round.asks[i], v, now_ns))
            continue;
        const uint32_t first = s->parked != NO_CONN || others == 0 ? pick_first(s, i) : i;
        if (!begin(s, may_begin(s, &s->round.asks[first], v, now_ns) ? first : i, now_ns))
            break;
        is_changed = true;
        if (first != i)
            i--;
    }
    return is_changed;
}

// What cannot change the verdict any more is not asked to the end.
static bool prune(struct svid *s, const struct verdict *v, uint64_t now_ns)
{
    bool is_changed = false;
    for (uint32_t i = 0; i < SVID_CONNS; i++) {
        struct conn *c = &s->conn[i];
        if (c->state == CONN_FREE || c->work < 0)
            continue;
        struct ask *a = &s->round.asks[c->work];
        if ((uint32_t)c->work < v->bound && choose_fits(s, a, v->soft))
            continue;
        a->state = ASK_IDLE;
        a->conn = NO_CONN;
        conn_close(s, c, now_ns);
        is_changed = true;
    }
    return is_changed;
}

// A handshake on suspicion: see tls.c.
static bool wants_tls(struct svid *s, uint64_t now_ns)
{
    if (!is_tls_open(s) || s->tls != TLS_IDLE)
        return false;
    if (s->is_tls_like || (s->n_ages == 0 && choose_is_tls(s)))
        return true;
    return !s->is_heard && s->is_open && s->has_asked && !is_taken_tcp(s, now_ns);
}

static bool is_averse(const struct svid *s)
{
    for (uint32_t i = 0; i < s->round.n; i++)
        if (s->round.asks[i].end == END_CLOSED && !s->round.asks[i].is_null)
            return true;
    return false;
}

// Who hangs up on requests may be about to greet: see wait.c.
static bool listen_beside(struct svid *s, uint64_t now_ns)
{
    struct ask *null = ask_null(s);
    if (!null || null->end != END_SILENT || null->is_beside || s->is_heard || width(s) == 1 ||
        !is_averse(s))
        return false;
    null->is_beside = true;
    return begin(s, 0, now_ns);
}

static bool start(struct svid *s, const struct verdict *v, uint64_t now_ns)
{
    bool is_changed = prune(s, v, now_ns);
    if (hold(s, s->retry_ns, now_ns) || is_peace(s))
        return is_changed;
    if (wants_tls(s, now_ns))
        is_changed |= tls_try(s, now_ns);
    if (s->tls == TLS_TRIES && s->is_tls_like)
        return is_changed;
    const uint64_t start_ns = s->n_ages == 1 ? FIRST_TLS_MS * MS : wait_lead(s);
    if (s->tls == TLS_TRIES && hold(s, s->tls_ns + start_ns, now_ns))
        return is_changed;
    is_changed |= begin_many(s, v, now_ns);
    is_changed |= listen_beside(s, now_ns);
    return is_changed || begin_peaceful(s, v, now_ns);
}

static bool step(struct svid *s, uint64_t now_ns)
{
    if (s->rpc)
        return rpc_drive(s, now_ns);
    if (is_tls_open(s) && s->tls == TLS_FAILED && s->facts) { // there is TLS, but not for us
        const struct verdict last = judge(s, true);
        result_finish(s, &last, true);
        return true;
    }
    const struct verdict v = judge(s, false);
    switch (v.kind) {
    case VERDICT_HARD:
        return settle_hard(s, &v, now_ns);
    case VERDICT_END:
        return settle_end(s, &v, now_ns);
    default:
        return start(s, &v, now_ns);
    }
}

static uint64_t next_time(const struct svid *s)
{
    uint64_t at = s->gate_ns;
    const uint64_t end = s->begun_ns + s->cfg.budget_ns;
    if (s->cfg.budget_ns > 0 && end < at)
        at = end;
    for (uint32_t i = 0; i < SVID_CONNS; i++) {
        const struct conn *c = &s->conn[i];
        if (c->state == CONN_FREE)
            continue;
        if (c->is_due)
            return 0;
        const uint64_t until = wait_until(s, c);
        const uint64_t again = wait_resend(s, c);
        at = until < at ? until : at;
        at = again < at ? again : at;
    }
    return at;
}

void plan_drive(struct svid *s, uint64_t now_ns)
{
    if (s->is_done)
        return;
    if (s->cfg.budget_ns > 0 && now_ns >= s->begun_ns + s->cfg.budget_ns) {
        svid_stop(s, now_ns);
        return;
    }
    bool is_changed;
    do {
        s->gate_ns = UINT64_MAX;
        is_changed = over_expire(s, now_ns);
        is_changed |= step(s, now_ns);
    } while (is_changed && !s->is_done);
    s->wake_ns = s->is_done ? UINT64_MAX : next_time(s);
}
