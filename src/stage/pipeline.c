// SPDX-License-Identifier: Apache-2.0
// Visits are allocated one by one and found by address. Passing on is deferred to the end of the
// callback that caused it, so that a stage never runs inside another stage's stack frame.
#include "stage/pipeline.h"

#include <errno.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/progress.h"
#include "stage/estimate.h"
#include "stage/judge.h"
#include "stage/pipeline_own.h"
#include "stage/ports.h"
#include "stage/stages.h"

const struct stage *const stages[STAGE_COUNT] = {&stage_discover, &stage_ports, &stage_os,
                                                 &stage_services, &stage_trace, &stage_ends,
                                                 &stage_deepen};

static const uint64_t stuck_ns = UINT64_C(3600000000000); // an hour

static void on_gate(void *ctx, uint64_t now_ns);
static void on_watch(void *ctx, uint64_t now_ns);

static bool is_wanted(const struct plan *plan, const struct stage *stage)
{
    return stage == &stage_discover || (stage == &stage_ports && plan_ports(plan) > 0) ||
           (stage == &stage_os && plan->does_os) ||
           (stage == &stage_services && plan->does_services) ||
           (stage == &stage_trace && plan->traces);
}

// A few raw probes for each host and nothing else: what is under way is small, and most of it may
// be silent.
static bool is_sweep(const struct plan *plan)
{
    bool connects = plan->streams_only;
    for (uint32_t i = 0; i < plan->n_scans; i++)
        connects = connects || plan->scan[i].kind == SCAN_CONNECT;
    return plan_ports(plan) <= LIMIT_SWEEP_PORTS && !connects && !plan->does_os &&
           !plan->does_services && !plan->traces;
}

static void bound_hosts(struct pipeline *p, const struct plan *plan)
{
    const bool only_seeks = plan_ports(plan) == 0 && !plan->does_os && !plan->does_services;
    p->most_past = is_sweep(plan) ? LIMIT_HOSTS_ASKED : LIMIT_HOSTS_IN_FLIGHT;
    p->tally.lanes = only_seeks ? LIMIT_HOSTS_SOUGHT : p->most_past;
    p->most_live = only_seeks             ? LIMIT_HOSTS_SOUGHT
                   : plan->skip_discovery ? p->most_past
                                          : LIMIT_HOSTS_ASKED;
    if (plan->max_hosts > 0 && plan->max_hosts < p->most_live)
        p->most_live = plan->max_hosts;
    if (p->tally.lanes > p->most_live)
        p->tally.lanes = p->most_live;
}

struct pipeline *pipeline_new(struct arena *run, struct engine *engine, const struct plan *plan,
                              const struct pipeline_calls *calls)
{
    struct pipeline *p = arena_alloc(run, sizeof *p);
    p->engine = engine;
    p->plan = plan;
    p->calls = *calls;
    p->run = run;
    bound_hosts(p, plan);
    p->live = arena_array(run, p->most_live, sizeof(struct slot *));
    p->twins = twins_new(run);
    p->routes = routes_new(run, plan->key);
    map_init(&p->by_addr, plan->key);
    rng_seed(&p->rng, plan->seed);
    gate_init(&p->gate);
    crowd_init(&p->crowd, plan->timing.min_window);
    p->gate_timer = (struct timer){.fire = on_gate, .ctx = p};
    p->watch = (struct timer){.fire = on_watch, .ctx = p};
    admit_init(p);
    for (uint32_t i = 0; i < STAGE_COUNT; i++)
        p->tally.stage[i].is_wanted = is_wanted(plan, stages[i]);
    return p;
}

void pipeline_close(struct pipeline *p)
{
    map_fini(&p->by_addr);
    sweep_close(p->sweep);
    routes_close(p->routes);
}

void pipeline_hand_over(struct pipeline *p, struct host *h)
{
    if (h->ended == 0)
        h->ended = engine_wall(p->engine) / 1000000000;
    p->tally.n_done++;
    if (h->os)
        gate_note_done(&p->gate);
    judge_path(h);
    if (p->plan->judge)
        judge_host(p->plan->judge, h);
    p->calls.done(p->calls.ctx, h);
    arena_fini(&h->arena);
}

static void retire(struct pipeline *p, struct slot *s)
{
    const struct host *h = &s->visit.host;
    timer_cancel(engine_timers(p->engine), &s->visit.timer);
    map_del(&p->by_addr, &h->addr);
    pipeline_hand_over(p, &s->visit.host);
    p->live[s->live_at] = p->live[--p->n_live];
    p->live[s->live_at]->live_at = s->live_at;
    s->is_live = false;
    p->n_past -= s->is_past;
    s->next = p->free;
    p->free = s;
}

// A list keeps the order of the targets, whatever names come first.
static void retire_listed(struct pipeline *p)
{
    while (p->listed.first && p->listed.first->is_waiting && !p->listed.first->is_naming)
        retire(p, queue_take(&p->listed));
}

// Putting a name to a system takes as long as sending to many hosts: that waits for its turn. So
// does a host that was given up while it stands in that line, for its place is linked in it.
static void leave(struct pipeline *p, struct slot *s)
{
    if (!s->is_put_off && (!p->plan->judge || !s->visit.host.os)) {
        retire(p, s);
        return;
    }
    s->is_waiting = true;
    visit_put_off(&s->visit);
}

static void finish(struct pipeline *p, struct slot *s)
{
    const struct host *h = &s->visit.host;
    timer_cancel(engine_timers(p->engine), &s->limit);
    if (h->rtt.is_known && !s->is_waiting)
        rtt_add(&p->near, h->rtt.srtt_us);
    // The resolver answers within its own deadline.
    s->is_waiting = s->is_naming || s->n_hop_names > 0 || p->plan->lists_only;
    if (p->plan->lists_only)
        retire_listed(p);
    else if (!s->is_waiting)
        leave(p, s);
}

static bool wants_name(const struct pipeline *p, const struct host *h)
{
    if (!p->plan->resolve_names || h->state == HOST_SKIPPED)
        return false;
    return h->state == HOST_UP || p->plan->resolve_all || p->plan->lists_only;
}

// Once, as soon as it is known whether the host is up.
static void tell_up(struct pipeline *p, struct slot *s)
{
    if (s->visit.at > 0)
        return;
    if (p->calls.up && s->visit.host.state == HOST_UP)
        p->calls.up(p->calls.ctx, &s->visit.host);
    if (!wants_name(p, &s->visit.host))
        return;
    s->is_naming = p->calls.name && p->calls.name(p->calls.ctx, &s->visit.host.addr);
}

void visit_name_hops(struct visit *v)
{
    const struct pipeline_calls *calls = &v->pipeline->calls;
    if (!v->plan->resolve_names || !calls->name)
        return;
    for (uint32_t i = 0; i < v->host.route->n_hops; i++) {
        struct hop *h = &v->host.route->hops[i];
        h->is_named =
            h->has_addr && !ip_eq(&h->addr, &v->host.addr) && calls->name(calls->ctx, &h->addr);
        slot_of(v)->n_hop_names += h->is_named;
    }
}

static void name_hops(struct slot *s, const struct ip_addr *addr, struct span name)
{
    for (uint32_t i = 0; i < s->visit.host.route->n_hops; i++) {
        struct hop *h = &s->visit.host.route->hops[i];
        if (!h->is_named || !ip_eq(&h->addr, addr))
            continue;
        h->is_named = false;
        h->name = arena_copy(&s->visit.host.arena, name);
        s->n_hop_names--;
        return;
    }
}

// One answer serves whoever asked: each host has asked once for each of its routers.
static void name_routers(struct pipeline *p, const struct ip_addr *addr, struct span name)
{
    for (uint32_t i = p->n_live; i-- > 0;) {
        struct slot *s = p->live[i];
        if (s->n_hop_names == 0)
            continue;
        name_hops(s, addr, name);
        if (s->is_waiting)
            finish(p, s);
    }
}

void pipeline_named(struct pipeline *p, const struct ip_addr *addr, struct span name)
{
    name_routers(p, addr, name);
    struct slot *s = map_get(&p->by_addr, addr);
    if (!s || !s->is_naming)
        return;
    s->is_naming = false;
    s->visit.host.ptr_name = arena_copy(&s->visit.host.arena, name);
    if (s->is_waiting)
        finish(p, s);
}

static const char *stage_label(const struct pipeline *p, uint32_t stage)
{
    return stages[stage] == &stage_ports ? ports_label(p->plan) : stages[stage]->name;
}

static void tell_phase(const struct pipeline *p, uint32_t stage, bool is_over, uint64_t now_ns)
{
    const struct stage_tally *t = &p->tally.stage[stage];
    const struct phase phase = {
        .name = stage_label(p, stage),
        .n_ports = stages[stage] == &stage_ports ? plan_ports(p->plan) : 0,
        .is_over = is_over,
        .n_hosts = t->n_begun,
        .took_ns = now_ns - t->began_ns,
    };
    if (p->calls.phase)
        p->calls.phase(p->calls.ctx, &phase);
}

static void limit_set(struct pipeline *p, struct slot *s)
{
    const uint64_t left = s->limit_left_ns;
    if (s->visit.at > 0 && left < UINT64_MAX)
        timer_set(engine_timers(p->engine), &s->limit, engine_now(p->engine) + left);
}

static void limit_pause(struct pipeline *p, struct slot *s, uint64_t spent_ns)
{
    const uint64_t left = s->limit_left_ns;
    timer_cancel(engine_timers(p->engine), &s->limit);
    if (s->visit.at > 0 && left < UINT64_MAX)
        s->limit_left_ns = left > spent_ns ? left - spent_ns : 0;
}

void pipeline_count_begin(struct pipeline *p, uint32_t stage, uint64_t now_ns)
{
    struct stage_tally *t = &p->tally.stage[stage];
    tally_begin(&p->tally, stage, now_ns);
    if (!t->is_begun)
        tell_phase(p, stage, false, now_ns);
    t->is_begun = true;
}

// When the sweep began with it.
static bool was_counted(const struct visit *v)
{
    return v->asked && v->at <= v->asked->stage;
}

void pipeline_begin(struct pipeline *p, struct visit *v)
{
    v->stage_since_ns = slot_of(v)->moved_ns = engine_now(p->engine);
    if (was_counted(v))
        v->stage_since_ns = v->asked->first_ns;
    else
        pipeline_count_begin(p, v->at, v->stage_since_ns);
    limit_set(p, slot_of(v));
    v->state = arena_alloc(&v->host.arena, stages[v->at]->state_size);
    stages[v->at]->admit(v);
}

static void look_ahead(const struct visit *v, bool has_begun, uint64_t now_ns, struct outlook *out)
{
    *out = (struct outlook){.at = v->at, .has_begun = has_begun, .own_ns = -1};
    if (!has_begun)
        return;
    out->spent_ns = (double)(now_ns - v->stage_since_ns);
    if (stages[v->at]->outlook)
        stages[v->at]->outlook(v, now_ns, out);
}

static void end_stage(struct pipeline *p, struct visit *v)
{
    const uint64_t now_ns = engine_now(p->engine);
    visit_line(v, false);
    limit_pause(p, slot_of(v), now_ns - v->stage_since_ns - v->line_ns);
    struct outlook o;
    if (v->asked && v->at < v->asked->stage)
        return;
    look_ahead(v, true, now_ns, &o);
    tally_end(&p->tally, v->at, now_ns - v->stage_since_ns, o.units_done);
    if (v->at > 0)
        return;
    tally_found(&p->tally, v->host.state == HOST_UP, now_ns - v->stage_since_ns);
}

// To the next stage that the host needs. False: there is none.
static bool move_on(struct pipeline *p, struct slot *s)
{
    struct visit *v = &s->visit;
    end_stage(p, v);
    v->at++;
    if (s->is_dropped)
        return false;
    for (; v->at < STAGE_COUNT; v->at++) {
        p->tally.stage[v->at].n_asked += !was_counted(v);
        if (stages[v->at]->takes(v))
            return true;
    }
    return false;
}

// False: the host waits in the line at the gate.
static bool enter(struct pipeline *p, struct slot *s)
{
    if (!p->at_gate.first && gate_enter(&p->gate, p->chores.n, engine_now(p->engine)))
        return true;
    s->is_at_gate = true;
    queue_put(&p->at_gate, s);
    timer_set(engine_timers(p->engine), &p->gate_timer, p->gate.next_ns);
    return false;
}

static void count_past(struct pipeline *p, struct slot *s)
{
    s->is_past = true;
    p->n_past++;
}

// Behind discovery. False: so many hosts are scanned that this one waits in the hall.
static bool leave_discovery(struct pipeline *p, struct slot *s)
{
    if (!p->hall.first && p->n_past < p->most_past) {
        count_past(p, s);
        return true;
    }
    s->is_at_gate = true;
    queue_put(&p->hall, s);
    return false;
}

// Moves the host to the next stage that takes it; or it is finished.
void pipeline_walk(struct pipeline *p, struct slot *s)
{
    while (s->is_leaving) {
        s->is_leaving = false;
        visit_wake(&s->visit, UINT64_MAX);
        tell_up(p, s);
        if (!move_on(p, s)) {
            finish(p, s);
            return;
        }
        if (!s->is_past && !leave_discovery(p, s))
            return;
        if (stages[s->visit.at]->is_timed && !enter(p, s))
            return;
        pipeline_begin(p, &s->visit);
    }
}

// Others are finished: who waits in the hall may go on.
static void empty_hall(struct pipeline *p)
{
    while (p->hall.first && p->n_past < p->most_past) {
        struct slot *s = queue_take(&p->hall);
        s->is_at_gate = false;
        count_past(p, s);
        if (stages[s->visit.at]->is_timed && !enter(p, s))
            continue;
        pipeline_begin(p, &s->visit);
        pipeline_walk(p, s);
    }
}

// Lets in who may enter now.
static void on_gate(void *ctx, uint64_t now_ns)
{
    struct pipeline *p = ctx;
    while (p->at_gate.first && gate_enter(&p->gate, p->chores.n, now_ns)) {
        struct slot *s = queue_take(&p->at_gate);
        s->is_at_gate = false;
        pipeline_begin(p, &s->visit);
        pipeline_walk(p, s);
    }
    if (p->at_gate.first)
        timer_set(engine_timers(p->engine), &p->gate_timer, p->gate.next_ns);
}

static void look_at_gate(struct pipeline *p, const struct slot *s)
{
    const uint64_t now_ns = engine_now(p->engine);
    struct engine_stats stats;
    if (!stages[s->visit.at]->is_timed)
        return;
    gate_note_late(&p->gate, now_ns - s->visit.timer.at_ns);
    if (!gate_is_due(&p->gate, now_ns))
        return;
    engine_stats(p->engine, &stats);
    gate_review(&p->gate, stats.dropped, p->chores.n, now_ns);
}

static void tick(struct pipeline *p, struct slot *s, uint64_t now_ns)
{
    s->moved_ns = now_ns;
    stages[s->visit.at]->tick(&s->visit, now_ns);
    pipeline_walk(p, s);
}

static void on_timer(void *ctx, uint64_t now_ns)
{
    struct slot *s = ctx;
    tally_late(&s->visit.pipeline->tally, now_ns - s->visit.timer.at_ns);
    look_at_gate(s->visit.pipeline, s);
    tick(s->visit.pipeline, s, now_ns);
}

// One of what was put off. False: there is nothing.
static bool do_chore(struct pipeline *p)
{
    struct slot *s = queue_take(&p->chores);
    if (!s)
        return false;
    s->is_put_off = false;
    if (s->is_waiting)
        retire(p, s);
    else
        tick(p, s, engine_now(p->engine));
    return true;
}

static void cut_off(struct pipeline *p, struct slot *s)
{
    const struct stage *stage = stages[s->visit.at];
    if (stage->close)
        stage->close(&s->visit);
    end_stage(p, &s->visit);
    s->visit.host.is_cut_short = true;
}

static void give_up(struct pipeline *p, struct slot *s, int verbosity, const char *why)
{
    char text[320];
    struct buf b;
    buf_init(&b, text, sizeof text);
    host_label(&s->visit.host, &b);
    buf_str(&b, why);
    buf_str(&b, stage_label(p, s->visit.at));
    visit_note(&s->visit, verbosity, buf_span(&b));
    cut_off(p, s);
    visit_wake(&s->visit, UINT64_MAX);
    finish(p, s);
}

static void on_limit(void *ctx, uint64_t now_ns)
{
    struct slot *s = ctx;
    struct visit *v = &s->visit;
    visit_line(v, v->line_since_ns > 0);
    const uint64_t more_ns = v->line_ns - s->limit_line_ns;
    s->limit_line_ns = v->line_ns;
    if (more_ns > 0)
        timer_set(engine_timers(v->engine), &s->limit, now_ns + more_ns);
    else
        give_up(v->pipeline, s, 1, " timed out during ");
}

// Every wait of a stage has a time set, and names come or do not. A host that waits for nothing,
// and a name that does not come, are faults of ours: they shall not keep the scan from its end.
static void on_watch(void *ctx, uint64_t now_ns)
{
    struct pipeline *p = ctx;
    for (uint32_t i = p->n_live; i-- > 0;) {
        struct slot *s = i < p->n_live ? p->live[i] : NULL;
        if (!s || s->is_at_gate || s->moved_ns + stuck_ns > now_ns)
            continue;
        s->is_naming = false;
        if (s->is_waiting)
            finish(p, s);
        else if (s->visit.timer.place == 0)
            give_up(p, s, 0, " is left as it is, it was stuck in ");
    }
    timer_set(engine_timers(p->engine), &p->watch, now_ns + stuck_ns / 8);
}

// What hosts have in common.
void pipeline_visit(struct pipeline *p, struct visit *v)
{
    v->plan = p->plan;
    v->engine = p->engine;
    v->pipeline = p;
    v->rng = &p->rng;
    v->near = &p->near;
    v->twins = p->twins;
    v->routes = p->routes;
    v->loss = &p->loss;
    v->crowd = &p->crowd;
    v->turns = &p->turns;
}

struct slot *pipeline_place(struct pipeline *p)
{
    struct slot *s = p->free;
    if (s)
        p->free = s->next;
    else
        s = arena_alloc(p->run, sizeof *s);
    *s = (struct slot){.is_live = true, .live_at = p->n_live};
    pipeline_visit(p, &s->visit);
    s->visit.timer = (struct timer){.fire = on_timer, .ctx = s};
    s->limit = (struct timer){.fire = on_limit, .ctx = s};
    s->limit_left_ns = p->plan->host_timeout_ns > 0 ? p->plan->host_timeout_ns : UINT64_MAX;
    p->live[p->n_live++] = s;
    return s;
}

static void on_frame(void *ctx, const struct frame *f)
{
    struct pipeline *p = ctx;
    struct ip_addr who = f->src;
    struct frame_quote quote;
    if (frame_quote_ip(f, &quote))
        who = quote.dst;
    struct slot *s = map_get(&p->by_addr, &who);
    if (!s)
        s = admit_hear(p, &who, f);
    if (!s || s->is_waiting || s->is_at_gate || s->is_put_off)
        return;
    s->moved_ns = engine_now(p->engine);
    stages[s->visit.at]->frame(&s->visit, f);
    pipeline_walk(p, s);
}

// A stage is over when nobody is in it and nobody can come.
static void end_phases(struct pipeline *p)
{
    if (!p->is_dry || p->is_held)
        return;
    for (uint32_t i = 0; i < STAGE_COUNT && tally_live(&p->tally, i) == 0; i++) {
        struct stage_tally *t = &p->tally.stage[i];
        if ((stages[i]->is_timed && p->at_gate.n > 0) || (i > 0 && p->hall.first))
            return;
        if (t->is_begun && !t->is_over)
            tell_phase(p, i, true, engine_now(p->engine));
        t->is_over = true;
    }
}

static void look_at_sweep(const struct pipeline *p, uint64_t now_ns, struct estimate *e)
{
    const uint64_t hope_ns = estimate_hope_ns(&p->tally);
    const uint32_t n_hopeless = hope_ns < now_ns ? sweep_older(p->sweep, now_ns - hope_ns) : 0;
    const uint32_t n = sweep_live(p->sweep);
    estimate_swept(e, sweep_kind(p->sweep)->stage, n, n_hopeless < n ? n_hopeless : n,
                   (double)sweep_left_ns(p->sweep, now_ns));
}

static uint64_t remaining_ns(struct pipeline *p, uint64_t n_more)
{
    const uint64_t now_ns = engine_now(p->engine);
    struct estimate e;
    struct outlook o;
    p->tally.gap_ns = p->gate.gap_ns;
    estimate_begin(&e, &p->tally, now_ns);
    for (uint32_t i = 0; i < p->n_live; i++) {
        if (p->live[i]->is_waiting)
            continue;
        look_ahead(&p->live[i]->visit, !p->live[i]->is_at_gate, now_ns, &o);
        estimate_host(&e, &o);
    }
    if (sweep_live(p->sweep) > 0)
        look_at_sweep(p, now_ns, &e);
    // What a sweep has room for waits for its turn to be sent.
    const uint64_t left_ns = estimate_end(&e, n_more, e.is_swept || !admit_has_room(p));
    tally_look(&p->tally, &e.now);
    return left_ns;
}

void pipeline_progress(struct pipeline *p, uint64_t n_more, struct progress *out)
{
    const uint32_t n_live = p->n_live + sweep_live(p->sweep);
    const uint64_t more = n_more < UINT64_MAX && p->is_held ? n_more + 1 : n_more;
    *out = (struct progress){
        .remaining_ns = remaining_ns(p, more),
        .n_total = more < UINT64_MAX ? p->tally.n_done + n_live + more : UINT64_MAX,
        .n_done = p->tally.n_done,
        .n_up = p->tally.n_up,
        .n_live = n_live,
    };
    for (uint32_t i = 0; i < STAGE_COUNT; i++)
        if (tally_live(&p->tally, i) > 0)
            out->phase[out->n_phases++] =
                (struct progress_phase){stage_label(p, i), tally_live(&p->tally, i)};
}

static void cut_short(struct pipeline *p)
{
    for (uint32_t i = 0; i < p->n_live; i++) {
        p->live[i]->is_naming = false;
        p->live[i]->n_hop_names = 0;
    }
    sweep_cut(p->sweep);
    retire_listed(p);
    while (do_chore(p))
        ;
    while (p->n_live > 0) {
        struct slot *s = p->live[0];
        if (!s->is_waiting && !s->is_at_gate)
            cut_off(p, s);
        s->visit.host.is_cut_short |= !s->is_waiting;
        s->is_naming = false;
        s->n_hop_names = 0;
        finish(p, s);
        do_chore(p);
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

// Wakes those that waited for room in the crowd. Returns when to look again.
static uint64_t let_go_on(struct pipeline *p)
{
    crowd_pass(&p->crowd, engine_seen(p->engine));
    for (struct turn *t = turns_next(&p->turns, &p->crowd); t; t = turns_next(&p->turns, &p->crowd))
        visit_wake(t->who, engine_now(p->engine));
    return p->turns.first ? crowd_when(&p->crowd) : UINT64_MAX;
}

static uint64_t next_ns(struct pipeline *p)
{
    const uint64_t room_ns = let_go_on(p);
    if (p->chores.n > 0)
        return 0;
    const uint64_t swept_ns = earlier(sweep_next_ns(p->sweep), room_ns);
    if (p->is_dry || p->is_held || !admit_has_room(p) || swept_ns < p->retry_ns)
        return swept_ns;
    return p->retry_ns;
}

static bool is_at_work(const struct pipeline *p)
{
    return p->n_live > 0 || sweep_live(p->sweep) > 0 || !p->is_dry || p->is_held;
}

int pipeline_run(struct pipeline *p)
{
    int rc = 0;
    timer_set(engine_timers(p->engine), &p->watch, engine_now(p->engine) + stuck_ns / 8);
    admit_refill(p);
    end_phases(p);
    while (is_at_work(p) && !p->calls.stop(p->calls.ctx)) {
        rc = engine_step(p->engine, next_ns(p), on_frame, p);
        if (rc < 0 && rc != -EINTR)
            break;
        rc = 0;
        do_chore(p);
        empty_hall(p);
        sweep_run(p->sweep);
        admit_refill(p);
        end_phases(p);
    }
    timer_cancel(engine_timers(p->engine), &p->watch);
    cut_short(p);
    p->is_dry = true;
    p->is_held = false;
    end_phases(p);
    return rc;
}
