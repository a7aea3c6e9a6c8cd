// SPDX-License-Identifier: Apache-2.0
// The connections of a port: opened, used again, closed.
#include "svid/state.h"

struct conn *conn_open(struct svid *s, int32_t work, enum service_tunnel tunnel, uint64_t now_ns)
{
    uint32_t i = 0;
    while (i < SVID_CONNS && (s->conn[i].state != CONN_FREE || s->closing >> i & 1))
        i++;
    if (i == SVID_CONNS)
        return NULL;
    struct conn *c = &s->conn[i];
    const bool is_alone = conn_count(s) == 0;
    *c = (struct conn){
        .state = CONN_OPENING,
        .tunnel = tunnel,
        .work = work,
        .is_due = true,
        .is_crowded = !is_alone,
        .age = s->n_ages++,
        .asked_ns = now_ns,
        .deadline_ns = now_ns + wait_open(s, tunnel),
        .in = c->in,
        .room = c->room,
    };
    for (uint32_t k = 0; k < SVID_CONNS && !is_alone; k++)
        if (s->conn[k].state != CONN_FREE)
            s->conn[k].is_crowded = true;
    if (work >= 0) {
        s->round.asks[work].state = ASK_RUNS;
        s->round.asks[work].conn = (int32_t)i;
    }
    s->n_opened++;
    return c;
}

void conn_send(struct conn *c, struct span bytes)
{
    c->bytes = bytes;
    c->is_due = true;
    c->before = c->n_in;
}

// The connection is gone already; what waits behind it may be served now.
void conn_drop(struct svid *s, struct conn *c, uint64_t now_ns)
{
    const int32_t i = (int32_t)(c - s->conn);
    for (uint32_t k = 0; k < SVID_CONNS && c->state == CONN_OPEN; k++) {
        struct conn *other = &s->conn[k];
        if (other->state != CONN_FREE && other->age > c->age && conn_older(s, other) >= s->n_served)
            other->turn_ns = now_ns;
    }
    c->state = CONN_FREE;
    c->is_due = false;
    if (s->parked == i)
        s->parked = NO_CONN;
    if (s->lead == i)
        s->lead = NO_CONN;
}

void conn_close(struct svid *s, struct conn *c, uint64_t now_ns)
{
    if (c->state == CONN_FREE)
        return;
    const bool is_known = c->state == CONN_OPEN || !c->is_due; // SVID_OPEN was given out
    conn_drop(s, c, now_ns);
    if (is_known)
        s->closing |= 1u << (c - s->conn);
}

void conn_close_all(struct svid *s, uint64_t now_ns)
{
    for (uint32_t i = 0; i < SVID_CONNS; i++)
        conn_close(s, &s->conn[i], now_ns);
}

uint32_t conn_count(const struct svid *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < SVID_CONNS; i++)
        n += s->conn[i].state != CONN_FREE;
    return n;
}

uint32_t conn_older(const struct svid *s, const struct conn *c)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < SVID_CONNS; i++)
        n += s->conn[i].state == CONN_OPEN && s->conn[i].age < c->age;
    return n;
}

// Something came from it while older ones are open: so many are served at a time.
void conn_is_served(struct svid *s, const struct conn *c)
{
    const uint32_t n = conn_older(s, c) + 1;
    if (n > s->n_served)
        s->n_served = n;
}

struct span conn_in(const struct conn *c)
{
    return span_of(c->in ? c->in : "", c->n_in);
}

// More has come than what it says to everybody.
bool conn_is_answered(const struct svid *s, const struct conn *c)
{
    const size_t banner = c->before > 0 || s->cfg.is_serial ? c->before : s->banner;
    return c->n_sent > 0 && c->n_in > banner;
}
