// SPDX-License-Identifier: Apache-2.0
// The face of the machine: events in, steps out. What follows from an event is decided at once
// (plan.c); the steps wait in the connections until they are fetched.
#include "svid/parts.h"

#define MS ((uint64_t)1000 * 1000)

enum {
    MUTE_PORTS = 1000,  // after so many on a host where nothing else was heard
    MUTE_INTENSITY = 1, // the next are asked less, unless everything was wanted
};

// A host that opens every port and says nothing would keep us for hours.
static void ask_less(struct svid *s)
{
    const struct svid_learnt *l = s->learnt;
    if (!state_is_own_tcp(s) || l->n_mute < MUTE_PORTS || l->n_answers > 0 ||
        s->cfg.intensity == 9 || s->cfg.intensity <= MUTE_INTENSITY)
        return;
    s->cfg.intensity = MUTE_INTENSITY;
    s->asks_less = true;
}

struct svid *svid_new(struct arena *host, const struct svid_config *cfg, struct svid_learnt *learnt,
                      const struct svid_target *target, uint64_t now_ns)
{
    struct svid *s = arena_alloc(host, sizeof *s);
    s->arena = host;
    s->cfg = *cfg;
    s->learnt = learnt;
    s->target = *target;
    s->begun_ns = now_ns;
    s->wake_ns = now_ns;
    s->n_served = 1;
    s->lead = NO_CONN;
    s->parked = NO_CONN;
    s->may_be_wrapped = true;
    ask_less(s);
    choose_order(s, TUNNEL_NONE);
    return s;
}

// What has come so far is kept.
static void end_all(struct svid *s)
{
    for (uint32_t i = 0; i < SVID_CONNS && !s->cfg.is_serial; i++) {
        struct conn *c = &s->conn[i];
        if (c->state == CONN_OPEN && c->work >= 0)
            reply_end(s, c, END_SILENT);
    }
}

static void finish_now(struct svid *s, bool is_incomplete, uint64_t now_ns)
{
    if (s->is_done)
        return;
    end_all(s);
    const struct verdict v = judge(s, true);
    result_finish(s, &v, is_incomplete);
    conn_close_all(s, now_ns);
    s->wake_ns = UINT64_MAX;
}

static void drive(struct svid *s, uint64_t now_ns)
{
    plan_drive(s, now_ns);
    if (s->is_done)
        conn_close_all(s, now_ns);
}

void svid_payload_answer(struct svid *s, uint32_t probe, struct span bytes, uint64_t now_ns)
{
    struct svdb_hit hit;
    s->is_heard = true;
    s->may_be_wrapped = false;
    if (s->is_done || s->told || probe >= svdb_n_probes(s->cfg.db) ||
        !svdb_find(s->cfg.db, probe, bytes, s->cfg.scratch, &hit))
        return;
    const struct found *f = reply_found(s, &hit, probe);
    if (hit.is_soft) {
        s->told = f;
        return;
    }
    if (span_eq(f->rule.service, SPAN("dtls"))) {
        plan_round(s, TUNNEL_DTLS, now_ns);
        return;
    }
    const struct verdict v = {.kind = VERDICT_HARD, .soft = s->told, .hard = f};
    result_finish(s, &v, false);
}

static bool give_close(struct svid *s, struct svid_step *out)
{
    for (uint32_t i = 0; i < SVID_CONNS; i++) {
        if (!(s->closing >> i & 1))
            continue;
        s->closing &= ~(1u << i);
        *out = (struct svid_step){.what = SVID_CLOSE, .conn = i};
        return true;
    }
    return false;
}

static void give(struct svid *s, uint32_t i, uint64_t now_ns, struct svid_step *out)
{
    struct conn *c = &s->conn[i];
    c->is_due = false;
    *out = (struct svid_step){.conn = i, .tunnel = c->tunnel, .is_low_port = c->is_low_port};
    if (c->work >= 0)
        out->probe = svdb_probe_at(s->cfg.db, s->round.asks[c->work].probe).name;
    if (c->state == CONN_OPENING) {
        c->asked_ns = now_ns;
        out->what = SVID_OPEN;
        out->deadline_ns = c->deadline_ns;
        return;
    }
    if (c->n_sent++ == 0)
        c->sent_ns = now_ns;
    out->what = SVID_SEND;
    out->bytes = c->bytes;
}

// The oldest first: a server may take them in this order.
bool svid_next(struct svid *s, uint64_t now_ns, struct svid_step *out)
{
    drive(s, now_ns);
    if (give_close(s, out))
        return true;
    uint32_t best = SVID_CONNS;
    for (uint32_t i = 0; i < SVID_CONNS && !s->is_done; i++)
        if (s->conn[i].state != CONN_FREE && s->conn[i].is_due &&
            (best == SVID_CONNS || s->conn[i].age < s->conn[best].age))
            best = i;
    if (best == SVID_CONNS)
        return false;
    give(s, best, now_ns, out);
    return true;
}

uint64_t svid_wake(const struct svid *s)
{
    return s->closing != 0 ? 0 : s->wake_ns;
}

bool svid_is_done(const struct svid *s)
{
    return s->is_done;
}

static struct conn *conn_in_state(struct svid *s, uint32_t i, bool may_open)
{
    if (s->is_done || i >= SVID_CONNS)
        return NULL;
    struct conn *c = &s->conn[i];
    const bool is_asked = c->state == CONN_OPENING && !c->is_due;
    return c->state == CONN_OPEN || (may_open && is_asked) ? c : NULL;
}

void svid_begun(struct svid *s, uint32_t conn, uint64_t now_ns)
{
    struct conn *c = conn_in_state(s, conn, true);
    if (c && c->state == CONN_OPENING)
        c->asked_ns = now_ns;
}

static void learn_rtt(struct svid *s, const struct conn *c, uint64_t now_ns)
{
    const uint64_t took = (now_ns - c->asked_ns) / (c->tunnel == TUNNEL_NONE ? 1 : 2);
    if (s->target.proto != PROTO_TCP)
        return;
    if (s->rtt_ns == 0 || took < s->rtt_ns)
        s->rtt_ns = took;
    if ((int64_t)(took / 1000) > s->learnt->rtt_us)
        s->learnt->rtt_us = (int64_t)(took / 1000);
}

void svid_opened(struct svid *s, uint32_t conn, const struct tls_facts *facts, uint64_t now_ns)
{
    struct conn *c = conn_in_state(s, conn, true);
    if (!c || c->state != CONN_OPENING)
        return;
    learn_rtt(s, c, now_ns);
    s->is_open = true;
    c->state = CONN_OPEN;
    c->opened_ns = now_ns;
    tls_note(s, facts);
    if (c->work == WORK_TLS)
        tls_opened(s, c, facts, now_ns);
    else if (c->work == WORK_RPC)
        rpc_opened(s, c, now_ns);
    else if (!s->round.asks[c->work].is_null)
        conn_send(c, svdb_probe_at(s->cfg.db, s->round.asks[c->work].probe).payload);
    drive(s, now_ns);
}

// Whether the session can go on without this connection.
static bool survive(struct svid *s, struct conn *c, enum svid_error error,
                    const struct tls_facts *facts, uint64_t now_ns)
{
    const bool is_alone = conn_count(s) == 1;
    if (c->work == WORK_TLS) {
        tls_failed(s, facts, error == SVID_HANDSHAKE);
        return true;
    }
    if (c->work == WORK_RPC)
        return true;
    if (c->work < 0)
        return true;
    tls_note(s, facts && facts->has_certificate ? facts : NULL);
    over_lost(s, c, END_FAILED, now_ns);
    if (s->cfg.is_serial)
        return false;
    const bool is_over = s->round.asks[c->work].state == ASK_OVER;
    return s->target.proto == PROTO_UDP || !is_alone || !is_over;
}

void svid_failed(struct svid *s, uint32_t conn, enum svid_error error,
                 const struct tls_facts *facts, uint64_t now_ns)
{
    struct conn *c = conn_in_state(s, conn, true);
    if (!c)
        return;
    const bool is_rpc = c->work == WORK_RPC;
    const bool goes_on = survive(s, c, error, facts, now_ns);
    conn_drop(s, c, now_ns);
    if (is_rpc)
        rpc_lost(s, now_ns);
    if (goes_on)
        drive(s, now_ns);
    else
        finish_now(s, true, now_ns);
}

void svid_data(struct svid *s, uint32_t conn, struct span bytes, uint64_t now_ns)
{
    struct conn *c = conn_in_state(s, conn, false);
    if (!c || bytes.len == 0)
        return;
    if (c->work == WORK_RPC)
        rpc_data(s, c, bytes, now_ns);
    else if (c->work >= 0)
        reply_add(s, c, bytes, now_ns);
    drive(s, now_ns);
}

// Spec 2.7: closed before its time, and nothing was ever said.
static bool is_wrapped_now(const struct svid *s, const struct ask *a, const struct conn *c,
                           uint64_t now_ns)
{
    const uint64_t most = svdb_probe_at(s->cfg.db, a->probe).tcpwrapped_ms * MS;
    return a->is_null && !a->is_beside && a->state == ASK_OVER && s->may_be_wrapped &&
           now_ns - c->opened_ns < most;
}

void svid_closed(struct svid *s, uint32_t conn, bool is_reset, uint64_t now_ns)
{
    struct conn *c = conn_in_state(s, conn, true);
    if (!c)
        return;
    if (c->state == CONN_OPENING) {
        svid_failed(s, conn, SVID_REFUSED, NULL, now_ns);
        return;
    }
    const int32_t work = c->work;
    bool is_wrapped = false;
    if (work >= 0) {
        if (!is_reset)
            conn_is_served(s, c);
        if (is_reset && s->cfg.is_serial)
            c->n_in = 0;
        over_lost(s, c, END_CLOSED, now_ns);
        is_wrapped = is_wrapped_now(s, &s->round.asks[work], c, now_ns);
    }
    conn_drop(s, c, now_ns);
    if (work == WORK_TLS)
        tls_failed(s, NULL, false);
    if (work == WORK_RPC)
        rpc_lost(s, now_ns);
    if (is_wrapped)
        finish_now(s, false, now_ns);
    else
        drive(s, now_ns);
}

void svid_tick(struct svid *s, uint64_t now_ns)
{
    drive(s, now_ns);
}

void svid_stop(struct svid *s, uint64_t now_ns)
{
    finish_now(s, true, now_ns);
}

void svid_result(struct svid *s, struct service *out, bool *is_answered)
{
    *out = s->result;
    *is_answered = s->is_heard || (s->is_open && s->target.proto == PROTO_TCP);
}
