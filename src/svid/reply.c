// SPDX-License-Identifier: Apache-2.0
// What comes: collected, matched as a whole with each piece that arrives (spec 2.4), remembered
// when the probe's time is over.
#include "svid/parts.h"

#include "base/limits.h"

enum { ROOM_FIRST = 2048 };

static size_t most(const struct svid *s)
{
    return s->cfg.is_serial ? (size_t)LIMIT_SERVICE_READ : 2 * (size_t)REPLY_ENOUGH_OWN;
}

static void collect(struct svid *s, struct conn *c, struct span bytes)
{
    const size_t max = most(s);
    c->total += bytes.len;
    if (bytes.len > max - c->n_in)
        bytes.len = max - c->n_in;
    if (c->n_in + bytes.len > c->room) {
        size_t room = c->room ? c->room : ROOM_FIRST;
        while (room < c->n_in + bytes.len)
            room *= 2;
        char *in = arena_alloc(s->arena, room);
        if (c->n_in > 0)
            memcpy(in, c->in, c->n_in);
        c->in = in;
        c->room = room;
    }
    if (bytes.len > 0)
        memcpy(c->in + c->n_in, bytes.ptr, bytes.len);
    c->n_in += bytes.len;
}

struct found *reply_found(struct svid *s, const struct svdb_hit *hit, uint32_t probe)
{
    struct found *f = arena_alloc(s->arena, sizeof *f);
    svdb_expand(s->arena, s->cfg.db, hit, &f->fields);
    f->rule = svdb_rule_at(s->cfg.db, hit->rule);
    f->probe = probe;
    f->list = hit->probe;
    f->is_foreign = hit->is_foreign;
    news_found(s, f);
    return f;
}

// A file that names the product softly wants to ask on, and what a later file knows for certain has
// to wait for that; all the more if it names no product.
static bool is_promise(const struct svid *s, const struct found *soft, const struct found *hard)
{
    return !s->cfg.is_serial && !span_starts(hard->rule.service, SPAN("ssl")) &&
           (soft->fields.product.len > 0 || hard->fields.product.len == 0);
}

static void match_both(struct svid *s, struct ask *a, const struct svdb_hit hits[2])
{
    struct found *soft = reply_found(s, &hits[0], a->probe);
    const struct found *hard = reply_found(s, &hits[1], a->probe);
    soft->is_promise = is_promise(s, soft, hard);
    if (!soft->is_promise) {
        a->hard = hard;
        a->soft = a->soft ? a->soft : soft;
        return;
    }
    a->spare = hard;
    a->soft = soft;
    choose_promised(s, soft);
}

// The first one counts (spec 2.5); in our own mode how an answer was cut into pieces does not: of
// more of the same answer more may be known.
static void match_soft(const struct svid *s, struct ask *a, const struct found *soft)
{
    if (!a->soft || (!s->cfg.is_serial && a->soft->fields.product.len == 0))
        a->soft = soft;
}

static void match(struct svid *s, struct conn *c, struct ask *a)
{
    struct svdb_hit hits[2];
    const uint32_t n = svdb_find_both(s->cfg.db, a->probe, conn_in(c), s->cfg.scratch, hits);
    if (n == 2)
        match_both(s, a, hits);
    else if (n == 1 && !hits[0].is_soft)
        a->hard = reply_found(s, &hits[0], a->probe);
    else if (n == 1)
        match_soft(s, a, reply_found(s, &hits[0], a->probe));
}

// The port is slower than was thought: who was not waited for that long is asked again.
static void redo(struct svid *s)
{
    for (uint32_t i = 0; i < s->round.n; i++) {
        struct ask *a = &s->round.asks[i];
        if (a->state != ASK_OVER || a->end != END_SILENT || a->is_null || a->is_heard ||
            a->is_redone)
            continue;
        a->state = ASK_IDLE;
        a->is_redone = true;
    }
}

// A server that greets was interrupted: some take offence and do not say what they are. So the
// greeting is waited for, alone and for as long as it may take.
static void listen_again(struct svid *s, const struct ask *a)
{
    struct ask *null = &s->round.asks[0];
    const struct found *f = a->hard ? a->hard : a->soft;
    if (!state_is_own_tcp(s) || !f || a->is_null || !null->is_null || null->is_redone)
        return;
    const bool is_greeting = svdb_null_probe(s->cfg.db) == (int32_t)f->list;
    if (is_greeting || null->end != END_SILENT || null->is_heard || !choose_greets(f->rule.service))
        return;
    null->state = ASK_IDLE;
    null->is_beside = false;
    null->is_redone = true;
}

static void learn(struct svid *s, const struct conn *c, uint64_t now_ns)
{
    const uint64_t sent_ns = c->turn_ns > c->sent_ns ? c->turn_ns : c->sent_ns;
    const uint64_t took = now_ns - (c->n_sent > 0 ? sent_ns : c->opened_ns);
    const int64_t us = (int64_t)(took / 1000);
    if (c->n_sent > 0 && !s->cfg.is_serial && took > wait_share(s))
        redo(s);
    if (c->n_sent > 0 && took >= s->answer_ns)
        s->answer_ns = took > 0 ? took : 1;
    if (us > s->learnt->answer_us)
        s->learnt->answer_us = us;
    s->learnt->n_answers++;
}

void reply_add(struct svid *s, struct conn *c, struct span bytes, uint64_t now_ns)
{
    struct ask *a = &s->round.asks[c->work];
    const bool was_answered = conn_is_answered(s, c);
    const bool was_empty = c->n_in == 0;
    collect(s, c, bytes);
    s->is_heard = true;
    s->may_be_wrapped = false;
    if (c->n_sent > 0 ? !was_answered && conn_is_answered(s, c) : was_empty)
        learn(s, c, now_ns);
    conn_is_served(s, c);
    c->data_ns = now_ns;
    a->is_heard = true;
    match(s, c, a);
    listen_again(s, a);
    if (s->round.tunnel == TUNNEL_NONE && tls_is_hint(conn_in(c)))
        s->is_tls_like = true;
}

void reply_end(struct svid *s, struct conn *c, enum ask_end end)
{
    struct ask *a = &s->round.asks[c->work];
    a->state = ASK_OVER;
    a->end = end;
    a->conn = NO_CONN;
    if (c->n_in == 0)
        return;
    a->reply = (struct service_reply){
        .probe = svdb_probe_at(s->cfg.db, a->probe).name,
        .bytes = arena_copy(s->arena, span_head(conn_in(c), LIMIT_SERVICE_REPLY)),
        .len = c->total,
        .tunnel = s->round.tunnel,
    };
    news_reply(s, &a->reply);
}
