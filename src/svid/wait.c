// SPDX-License-Identifier: Apache-2.0
// How long to wait. Serial: the waits of the database (spec 2.3). Our own mode:
//
// - NULL: until a banner would have come, then the connection goes on with a request and keeps
//   listening, so a late banner is not lost. Who hangs up on a request may be one that greets
//   late: NULL is asked again beside the requests, with its full wait.
//   Where the answer is that of a server that greets, NULL is asked once more with its full wait.
// - A request without an answer: the probe's wait; once the port has answered something, a
//   multiple of its longest answer time, at least ANSWER_LEAST.
// - A server that serves few connections at a time (n_served: at least so many, as was seen)
//   answers nobody but the oldest. So a connection waits until it may be among them, and then for
//   TURN more.
#include "svid/parts.h"

#define MS ((uint64_t)1000 * 1000)

enum {
    OPEN_MS = 5000,        // spec 2.3
    OPEN_TLS_MS = 8000,    // likewise
    TRY_TLS_MS = 5000,     // handshake on suspicion
    NULL_MS = 250,         // and twice the round trip
    NULL_FIRST_MS = 6000,  // the server has the first word in its protocol
    LINE_MS = 1000,        // the banner has no end of line yet
    QUIET_MS = 400,        // after the last piece of an answer
    QUIET_MOST_MS = 1500,  //
    SILENT_MS = 5000,      // no answer at all
    SPEND_MS = 8300,       // for all requests of a port that stays silent
    SHARE_LEAST_MS = 1000, // of that for each
    LEAD_LEAST_MS = 3300,  // a late banner may come there
    SILENT_HOST_MS = 2000, // on a host where hundreds of probes were in vain
    MUTE_HOST_MS = 1000,   // and where so many ports said nothing that little is asked
    ANSWER_LEAST_MS = 500, // where the port is known to answer
    ANSWER_TIMES = 4,      // its longest answer time
    TURN_MS = 90,          //
    PEACE_MS = 300,        // asked again alone
    LEAD_MS = 200,         // the first request has the port for itself
    SETTLE_MS = 40,        // an answer is arriving
    RESEND_MS = 800,       // UDP: the datagram may be lost
    SILENT_UDP_MS = 4000,  //
    SILENT_PROBES = 300,
    RTT_MOST_MS = 500, // what lies above was a lost SYN
};

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t greatest(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t rtt(const struct svid *s)
{
    return least(s->rtt_ns, RTT_MOST_MS * MS);
}

static uint64_t total_wait(const struct svid *s, const struct conn *c)
{
    return svdb_probe_at(s->cfg.db, s->round.asks[c->work].probe).total_wait_ms * MS;
}

static bool is_silent_host(const struct svid *s)
{
    return s->learnt->n_silent > SILENT_PROBES && s->learnt->n_answers == 0;
}

static uint64_t wait_in_vain(const struct svid *s)
{
    return (s->asks_less ? MUTE_HOST_MS : SILENT_HOST_MS) * MS + 2 * rtt(s);
}

uint64_t wait_open(const struct svid *s, enum service_tunnel tunnel)
{
    if (tunnel == TUNNEL_NONE)
        return OPEN_MS * MS;
    if (s->round.tunnel != TUNNEL_NONE)
        return OPEN_TLS_MS * MS;
    return is_silent_host(s) ? wait_in_vain(s) : TRY_TLS_MS * MS;
}

uint64_t wait_null(const struct svid *s)
{
    return NULL_MS * MS + 2 * rtt(s);
}

uint64_t wait_lead(const struct svid *s)
{
    return LEAD_MS * MS + 2 * rtt(s);
}

uint64_t wait_settle(const struct svid *s)
{
    return SETTLE_MS * MS + rtt(s);
}

static uint64_t wait_quiet(const struct svid *s)
{
    const uint64_t quiet = greatest(QUIET_MS * MS, 2 * s->answer_ns) + 2 * rtt(s);
    return least(quiet, QUIET_MOST_MS * MS);
}

static uint64_t banner_until(const struct svid *s, const struct conn *c)
{
    const uint64_t most = c->opened_ns + total_wait(s, c);
    if (c->n_in > 0) {
        const bool is_line = c->in[c->n_in - 1] == '\n';
        return least(most, c->data_ns + (is_line ? QUIET_MS * MS : LINE_MS * MS) + 2 * rtt(s));
    }
    const struct ask *a = &s->round.asks[c->work];
    if (a->is_beside && is_silent_host(s))
        return least(most, c->opened_ns + wait_in_vain(s));
    if (choose_speaks_first(s) || a->is_redone || a->is_beside)
        return least(most, c->opened_ns + NULL_FIRST_MS * MS);
    return least(most, c->opened_ns + wait_null(s));
}

// So that a port that is silent throughout takes SPEND, however few connections it may have. The
// first wave lasts as long as its oldest connection, the lead.
uint64_t wait_share(const struct svid *s)
{
    const uint64_t width = greatest(1, least(s->cfg.max_conns, SVID_CONNS));
    const uint64_t n = greatest(1, s->round.n_wanted);
    const uint64_t waves = (n + width - 1) / width;
    const uint64_t first = TURN_MS * least(n, width) + (waves > 1 ? LEAD_LEAST_MS : 0);
    const uint64_t share = (SPEND_MS - least(SPEND_MS, first)) / (waves > 1 ? waves - 1 : 1) * MS;
    return least(SILENT_MS * MS, greatest(share, SHARE_LEAST_MS * MS) + 2 * rtt(s));
}

static uint64_t wait_silent(const struct svid *s, const struct conn *c)
{
    const bool is_udp = s->target.proto == PROTO_UDP;
    const bool is_lead = s->lead == (int32_t)(c - s->conn);
    uint64_t most = least(total_wait(s, c), is_udp ? SILENT_UDP_MS * MS : SILENT_MS * MS);
    if (!is_udp && s->answer_ns == 0)
        most = least(most, greatest(wait_share(s), is_lead ? LEAD_LEAST_MS * MS : 0));
    if (is_silent_host(s))
        most = least(most, wait_in_vain(s));
    if (s->round.asks[c->work].wants_peace) // each costs its full time
        most = least(most, PEACE_MS * MS + 3 * rtt(s));
    if (s->answer_ns == 0)
        return most;
    const uint64_t known = ANSWER_TIMES * s->answer_ns + 2 * rtt(s);
    const uint64_t floor = (is_udp ? 2 * RESEND_MS : ANSWER_LEAST_MS) * MS;
    return least(most, greatest(known, floor));
}

static uint64_t answer_until(const struct svid *s, const struct conn *c)
{
    if (conn_is_answered(s, c))
        return least(c->data_ns + wait_quiet(s), c->sent_ns + SILENT_MS * MS);
    const uint64_t until = c->sent_ns + wait_silent(s, c);
    if (s->target.proto == PROTO_UDP)
        return until;
    if (conn_older(s, c) >= s->n_served)
        return UINT64_MAX;
    if (c->turn_ns == 0)
        return until;
    const uint64_t turn = greatest(TURN_MS * MS, rtt(s) + rtt(s) / 2 + 50 * MS);
    return greatest(until, c->turn_ns + greatest(turn, least(3 * s->answer_ns, 1000 * MS)));
}

// When the connection has had its time; UINT64_MAX: something else must happen first.
uint64_t wait_until(const struct svid *s, const struct conn *c)
{
    if (c->state != CONN_OPEN || c->work < 0 || c->is_due)
        return UINT64_MAX;
    const bool is_null = s->round.asks[c->work].is_null;
    if (s->cfg.is_serial)
        return (c->n_sent > 0 ? c->sent_ns : c->opened_ns) + total_wait(s, c);
    return is_null ? banner_until(s, c) : answer_until(s, c);
}

// UDP: when to send the same again; UINT64_MAX: not any more.
uint64_t wait_resend(const struct svid *s, const struct conn *c)
{
    const bool is_plain_udp = s->target.proto == PROTO_UDP && c->tunnel == TUNNEL_NONE;
    if (!is_plain_udp || s->cfg.is_serial || c->state != CONN_OPEN || c->work < 0 || c->is_due ||
        c->n_sent == 0 || c->n_sent > 2 || c->n_in > 0)
        return UINT64_MAX;
    return c->sent_ns + c->n_sent * RESEND_MS * MS;
}
