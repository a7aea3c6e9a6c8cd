// SPDX-License-Identifier: Apache-2.0
// Connections to a few ports (80 and 443): one that stands or is refused shows that the host is
// there (scanning spec 2.1, unprivileged). Errors are no decision.
#include "stage/knock.h"

#include "engine/stream.h"

static void answered(struct knock_door *d, enum reason reason);

static void on_opened(void *ctx, struct stream *stream, const struct stream_tls *tls)
{
    struct knock_door *d = ctx;
    (void)tls;
    stream_close(stream);
    d->stream = NULL;
    answered(d, REASON_SYN_ACK);
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
    (void)stream;
    (void)tls;
    d->stream = NULL;
    if (how == STREAM_REFUSED)
        answered(d, REASON_CONN_REFUSED);
    else if (how == STREAM_RESET || how == STREAM_CLOSED)
        answered(d, REASON_SYN_ACK);
}

// Called from the engine, outside of the pipeline's walk: only notes it and wakes.
static void answered(struct knock_door *d, enum reason reason)
{
    struct visit *v = d->visit;
    struct knock *k = v->state;
    if (k->is_answered)
        return;
    k->is_answered = true;
    k->reason = reason;
    k->answered_ns = engine_now(v->engine);
    visit_wake(v, k->answered_ns);
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

void knock_close(struct knock *k)
{
    for (uint32_t i = 0; i < k->n; i++) {
        if (k->door[i].stream)
            stream_close(k->door[i].stream);
        k->door[i].stream = NULL;
    }
}
