// SPDX-License-Identifier: Apache-2.0
#include "engine/timer.h"

#include "base/vec.h"

enum { ARITY = 4 };

void timers_fini(struct timers *t)
{
    vec_free(t->heap);
    *t = (struct timers){0};
}

static void put(struct timers *t, size_t i, struct timer_place x)
{
    t->heap[i] = x;
    x.timer->place = i + 1;
}

static void sift_up(struct timers *t, size_t i, struct timer_place x)
{
    while (i > 0) {
        const size_t parent = (i - 1) / ARITY;
        if (t->heap[parent].at_ns <= x.at_ns)
            break;
        put(t, i, t->heap[parent]);
        i = parent;
    }
    put(t, i, x);
}

static size_t smallest_child(const struct timers *t, size_t i)
{
    const size_t first = i * ARITY + 1;
    size_t best = first;
    for (size_t c = first + 1; c < first + ARITY && c < t->n; c++)
        if (t->heap[c].at_ns < t->heap[best].at_ns)
            best = c;
    return best;
}

static void sift_down(struct timers *t, size_t i, struct timer_place x)
{
    while (i * ARITY + 1 < t->n) {
        const size_t child = smallest_child(t, i);
        if (t->heap[child].at_ns >= x.at_ns)
            break;
        put(t, i, t->heap[child]);
        i = child;
    }
    put(t, i, x);
}

static void sift(struct timers *t, size_t i, struct timer_place x)
{
    if (i > 0 && t->heap[(i - 1) / ARITY].at_ns > x.at_ns)
        sift_up(t, i, x);
    else
        sift_down(t, i, x);
}

void timer_cancel(struct timers *t, struct timer *x)
{
    if (x->place == 0)
        return;
    const size_t i = x->place - 1;
    x->place = 0;
    const struct timer_place last = t->heap[--t->n];
    if (last.timer != x)
        sift(t, i, last);
}

void timer_set(struct timers *t, struct timer *x, uint64_t at_ns)
{
    if (at_ns < t->floor_ns)
        at_ns = t->floor_ns;
    if (x->place != 0 && x->at_ns == at_ns)
        return;
    if (at_ns == UINT64_MAX) {
        timer_cancel(t, x);
        x->at_ns = at_ns;
        return;
    }
    x->at_ns = at_ns;
    if (x->place != 0) {
        sift(t, x->place - 1, (struct timer_place){at_ns, x});
        return;
    }
    t->heap = vec_grow(t->heap, &t->cap, t->n + 1, sizeof *t->heap);
    t->n++;
    sift_up(t, t->n - 1, (struct timer_place){at_ns, x});
}

uint64_t timers_next(const struct timers *t)
{
    return t->n > 0 ? t->heap[0].at_ns : UINT64_MAX;
}

void timers_run_while(struct timers *t, uint64_t now_ns, bool (*go_on)(void *ctx), void *ctx)
{
    bool is_on = true;
    t->floor_ns = now_ns + 1;
    while (is_on && timers_next(t) <= now_ns) {
        struct timer *x = t->heap[0].timer;
        timer_cancel(t, x);
        x->fire(x->ctx, now_ns);
        is_on = go_on(ctx);
    }
    t->floor_ns = 0;
}

static bool always(void *ctx)
{
    (void)ctx;
    return true;
}

void timers_run(struct timers *t, uint64_t now_ns)
{
    timers_run_while(t, now_ns, always, NULL);
}
