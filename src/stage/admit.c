// SPDX-License-Identifier: Apache-2.0
// Targets become hosts: at once, or when something is heard of whom the sweep has asked; who stays
// silent is handed over without ever having had a place.
#include "stage/pipeline_own.h"
#include "stage/stages.h"
#include "stage/sweep_ports.h"

enum { ADMIT_ROUND = 256, GATE_ROOM = 256, LINE_ROOM = 256, RETRY_NS = 50000000 };

static void know(struct host *h, const struct host *known)
{
    if (known->started > 0)
        h->started = known->started;
    if (known->os && known->os->n_matches > 0) // an interrupted detection has none
        h->os = known->os;
}

// asked: by the sweep, NULL = not at all.
static struct slot *admit(struct pipeline *p, const struct target *t, const struct asked *asked)
{
    struct slot *s = pipeline_place(p);
    struct visit *v = &s->visit;
    arena_init(&v->host.arena, "a host");
    v->host.addr = t->addr;
    v->host.name = t->name;
    v->host.others = t->others;
    v->host.n_others = t->n_others;
    v->known = t->known;
    v->listed = t->listed;
    v->n_listed = t->n_listed;
    v->host.started = engine_wall(p->engine) / 1000000000;
    if (t->known)
        know(&v->host, t->known);
    map_put(&p->by_addr, &v->host.addr, s);
    v->at = 0;
    if (p->plan->lists_only)
        queue_put(&p->listed, s);
    v->asked = asked;
    pipeline_begin(p, v);
    pipeline_walk(p, s);
    v->asked = NULL;
    return s;
}

static bool has_place(const struct pipeline *p)
{
    return p->n_live < p->most_live;
}

// Half of the places are for those whose answers are on their way.
bool admit_has_room(const struct pipeline *p)
{
    const uint32_t kept = sweep_live(p->sweep) > 0 ? p->most_live / 2 : 0;
    return p->n_live + kept < p->most_live && p->at_gate.n < GATE_ROOM && !p->hall.first &&
           engine_line(p->engine) < LINE_ROOM && sweep_has_room(p->sweep);
}

static bool has_queue(void *ctx)
{
    const struct pipeline *p = ctx;
    return (!p->is_dry || p->is_held) && admit_has_room(p);
}

// Down, or its ports are silent; if the run ends before that is known there is nothing to tell.
static void judge_silent(struct pipeline *p, struct host *h)
{
    if (sweep_kind(p->sweep)->stage == STAGE_DISCOVER) {
        h->state = HOST_DOWN;
        h->reason = REASON_NO_RESPONSE;
        return;
    }
    h->state = HOST_UP;
    h->reason = REASON_USER_SET;
    h->signs = UINT64_C(1) << REASON_USER_SET;
    if (p->calls.up)
        p->calls.up(p->calls.ctx, h);
    sweep_ports_silent(sweep_like(p->sweep), h);
}

static void on_silent(void *ctx, const struct ip_addr *addr, uint64_t spent_ns, bool is_cut)
{
    struct pipeline *p = ctx;
    const uint32_t stage = sweep_kind(p->sweep)->stage;
    const int64_t wall_ns = engine_wall(p->engine);
    struct host h = {
        .addr = *addr,
        .started = (wall_ns - (int64_t)spent_ns) / 1000000000,
        .ended = wall_ns / 1000000000,
        .is_cut_short = is_cut,
    };
    arena_init(&h.arena, "a silent host");
    if (!is_cut)
        judge_silent(p, &h);
    tally_end(&p->tally, stage, spent_ns, h.n_ports);
    if (stage == STAGE_DISCOVER)
        tally_found(&p->tally, false, spent_ns);
    pipeline_hand_over(p, &h);
}

// What comes before the stage whose work the sweep does takes no time.
static void count_asked(struct pipeline *p)
{
    const uint32_t stage = sweep_kind(p->sweep)->stage;
    const uint64_t now_ns = engine_now(p->engine);
    for (uint32_t i = 0; i < stage; i++) {
        pipeline_count_begin(p, i, now_ns);
        tally_end(&p->tally, i, 0, 0);
        tally_found(&p->tally, true, 0);
        p->tally.stage[i + 1].n_asked++;
    }
    pipeline_count_begin(p, stage, now_ns);
}

static bool is_in_flight(const struct pipeline *p, const struct ip_addr *addr)
{
    return map_get(&p->by_addr, addr) || sweep_has(p->sweep, addr);
}

// False: not now.
static bool begin(struct pipeline *p, const struct target *t)
{
    if (is_in_flight(p, &t->addr))
        return false;
    if (!sweep_takes(p->sweep, t)) {
        admit(p, t, NULL);
        return true;
    }
    if (!sweep_add(p->sweep))
        return false;
    count_asked(p);
    return true;
}

// At most ADMIT_ROUND at a time, so that replies to the first are read before the last is asked.
// The same address twice at a time is never in flight: the second one waits.
void admit_refill(struct pipeline *p)
{
    if (engine_now(p->engine) < p->retry_ns)
        return;
    for (int i = 0; i < ADMIT_ROUND && admit_has_room(p) && !p->is_dry; i++) {
        if (!p->is_held && !p->calls.next(p->calls.ctx, &p->held)) {
            p->is_dry = !p->calls.later || !p->calls.later(p->calls.ctx);
            p->retry_ns = engine_now(p->engine) + RETRY_NS;
            return;
        }
        p->is_held = !begin(p, &p->held);
        if (p->is_held)
            return;
    }
}

// The first that is heard of an address that the sweep has asked.
struct slot *admit_hear(struct pipeline *p, const struct ip_addr *who, const struct frame *f)
{
    struct asked asked;
    if (!sweep_hears(p->sweep, who, f, has_place(p), &asked))
        return NULL;
    return admit(p, &(struct target){.addr = *who}, &asked);
}

void admit_init(struct pipeline *p)
{
    const struct sweep_calls calls = {.silent = on_silent, .has_queue = has_queue, .ctx = p};
    struct visit like = {0};
    pipeline_visit(p, &like);
    p->sweep = sweep_new(p->run, &like, p->plan->max_hosts, &calls);
}
