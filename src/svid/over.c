// SPDX-License-Identifier: Apache-2.0
// How an ask ends: its time is over, more came than is looked at, or the connection went away. In
// our own mode a connection that is lost while others are open may have been one too many, so
// its probe is asked again when nothing else is.
#include "svid/parts.h"

#define MS ((uint64_t)1000 * 1000)

enum {
    RETRY_MS = 150,
    PROMPT_MS = 1000, // closed within: because of the request
};

static void park(struct svid *s, struct conn *c)
{
    s->banner = c->n_in;
    c->work = NO_CONN;
    s->parked = (int32_t)(c - s->conn);
}

static void note_peace(struct svid *s, const struct conn *c, uint64_t now_ns)
{
    if (s->round.asks[c->work].wants_peace)
        s->peace_ns += now_ns - c->asked_ns;
}

static void end_ask(struct svid *s, struct conn *c, enum ask_end end, uint64_t now_ns)
{
    struct ask *a = &s->round.asks[c->work];
    const bool is_kept =
        a->is_null && end != END_MATCH && (s->cfg.is_serial || (end != END_FULL && !s->has_asked));
    if (end == END_SILENT && (s->cfg.is_serial || !a->is_null))
        s->may_be_wrapped = false;
    if (end == END_SILENT && c->n_in == 0)
        s->learnt->n_silent++;
    note_peace(s, c, now_ns);
    reply_end(s, c, end);
    if (is_kept)
        park(s, c);
    else
        conn_close(s, c, now_ns);
}

// NULL has nothing more to say once a request was answered beside it.
static bool is_outdone(const struct svid *s, const struct conn *c, uint64_t now_ns)
{
    if (!state_is_own_tcp(s) || !s->round.asks[c->work].is_null || c->n_in > 0 ||
        s->round.asks[c->work].is_redone || now_ns < c->opened_ns + wait_null(s))
        return false;
    return s->answer_ns > 0;
}

static bool expire_one(struct svid *s, struct conn *c, uint64_t now_ns)
{
    if (c->state != CONN_OPEN || c->work < 0)
        return false;
    const struct ask *a = &s->round.asks[c->work];
    const size_t enough = s->cfg.is_serial ? (size_t)REPLY_ENOUGH : (size_t)REPLY_ENOUGH_OWN;
    if (a->hard)
        end_ask(s, c, END_MATCH, now_ns);
    else if (c->n_in >= enough)
        end_ask(s, c, END_FULL, now_ns);
    else if (wait_until(s, c) <= now_ns || is_outdone(s, c, now_ns))
        end_ask(s, c, END_SILENT, now_ns);
    else if (wait_resend(s, c) <= now_ns)
        c->is_due = true;
    else
        return false;
    return true;
}

bool over_expire(struct svid *s, uint64_t now_ns)
{
    bool is_changed = false;
    for (uint32_t i = 0; i < SVID_CONNS; i++)
        is_changed |= expire_one(s, &s->conn[i], now_ns);
    return is_changed;
}

static bool is_prompt(const struct conn *c, uint64_t now_ns)
{
    return now_ns - (c->n_sent > 0 ? c->sent_ns : c->asked_ns) < PROMPT_MS * MS;
}

// Asked again, since it may have been the number of connections that was disliked.
static bool ask_again(struct svid *s, const struct conn *c, struct ask *a, enum ask_end end,
                      uint64_t now_ns)
{
    const bool is_first = a->n_lost++ == 0;
    if (s->cfg.is_serial || c->n_in > 0 || s->target.proto == PROTO_UDP)
        return false;
    const bool is_slow = end == END_CLOSED && !is_prompt(c, now_ns); // a limit acts at once
    if (!a->is_null && c->is_crowded && !a->wants_peace && !is_slow) {
        a->wants_peace = true;
    } else if ((a->is_null || end == END_FAILED) && is_first) {
        s->retry_ns = now_ns + RETRY_MS * MS;
    } else {
        return false;
    }
    a->state = ASK_IDLE;
    a->conn = NO_CONN;
    return true;
}

// The connection of an ask ended without its doing. The caller drops it.
void over_lost(struct svid *s, struct conn *c, enum ask_end end, uint64_t now_ns)
{
    struct ask *a = &s->round.asks[c->work];
    note_peace(s, c, now_ns);
    if (a->is_beside) { // it was silent before
        reply_end(s, c, END_SILENT);
        return;
    }
    if (ask_again(s, c, a, end, now_ns))
        return;
    if (state_is_own_tcp(s) && end == END_CLOSED && c->n_sent > 0 && is_prompt(c, now_ns))
        s->may_be_wrapped = false;
    reply_end(s, c, end);
}
