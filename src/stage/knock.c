// SPDX-License-Identifier: Apache-2.0
// Connections to a few ports (80 and 443): one that stands or is refused shows that the host is
// there (scanning spec 2.1, unprivileged). Errors are no decision.
#include "stage/knock.h"

#include "engine/stream.h"

static void answered(struct knock_door *d, const struct stream *stream, enum reason reason);

static void on_opened(void *ctx, struct stream *stream, const struct stream_tls *tls)
{
    struct knock_door *d = ctx;
    (void)tls;
    answered(d, stream, REASON_SYN_ACK);
    stream_close(stream);
    d->stream = NULL;
}

static void on_data(void *ctx, struct stream *stream, struct span bytes)
{
    (void)ctx;
    (void)stream;
    (void)bytes;
}

static void on_ended(void *ctx, struct stream *stream, enum stream_end how,
                     const struct stream_tls *tls)
{
    struct knock_door *d = ctx;
    (void)tls;
    d->stream = NULL;
    if (how == STREAM_REFUSED)
        answered(d, stream, REASON_CONN_REFUSED);
    else if (how == STREAM_RESET || how == STREAM_CLOSED)
        answered(d, stream, REASON_SYN_ACK);
}

// Called from the engine, outside of the pipeline's walk: only notes it and wakes.
static void answered(struct knock_door *d, const struct stream *stream, enum reason reason)
{
    struct visit *v = d->visit;
    struct knock *k = v->state;
    if (k->is_answered)
        return;
    k->is_answered = true;
    k->reason = reason;
    const uint64_t now_ns = engine_now(v->engine);
    const uint64_t begun_ns = stream_begun(stream);
    k->rtt_us = begun_ns > 0 ? (int64_t)(now_ns - begun_ns) / 1000 : 0; // 0: refused at once
    visit_wake(v, now_ns);
}

void knock_round(struct visit *v, struct knock *k)
{
    static const struct stream_calls calls = {on_opened, on_data, on_ended};
    const struct plan *plan = v->plan;
    knock_close(k);
    if (!k->door)
        k->door = arena_array(&v->host.arena, plan->n_knocks, sizeof *k->door);
    k->n = plan->n_knocks;
    for (uint32_t i = 0; i < k->n; i++) {
        const struct stream_to to = {
            .addr = v->host.addr, .port = plan->knocks[i], .is_abrupt = true, .iface = plan->iface};
        k->door[i].visit = v;
        k->door[i].stream = stream_open(v->engine, &to, &calls, &k->door[i]);
    }
    k->rounds++;
    k->sent_ns = engine_now(v->engine);
}

uint64_t knock_begun(const struct knock *k)
{
    uint64_t last_ns = k->sent_ns;
    for (uint32_t i = 0; i < k->n; i++) {
        const uint64_t at_ns = k->door[i].stream ? stream_begun(k->door[i].stream) : last_ns;
        if (at_ns == 0)
            return UINT64_MAX;
        last_ns = at_ns > last_ns ? at_ns : last_ns;
    }
    return last_ns;
}

void knock_close(struct knock *k)
{
    for (uint32_t i = 0; i < k->n; i++) {
        if (k->door[i].stream)
            stream_close(k->door[i].stream);
        k->door[i].stream = NULL;
    }
}
