// SPDX-License-Identifier: Apache-2.0
// --deepen: what would decide between the systems that are still possible is asked once more, of
// other ports if there are any. At most ROUNDS rounds of the probes whose answers are missing (ten,
// each sent four times at most); what comes is one more try for the verdict.
#include "stage/judge.h"
#include "stage/osconfig.h"
#include "stage/stages.h"
#include "verdict/decide.h"

#include "osdb/explain.h"

enum { ROUNDS = 2 };

static const uint64_t longest_ns = UINT64_C(6000000000); // of a round

struct deepen {
    struct osfp *fp; // NULL: nothing is asked
    uint32_t tests;  // that are
    uint32_t round;
    uint64_t end_ns;
};

static bool takes(const struct visit *v)
{
    const struct plan *p = v->plan;
    const struct host *h = &v->host;
    return p->deepens && p->judge && h->state == HOST_UP && h->addr.family == IP_V4 && h->os &&
           h->os->n_subjects > 0;
}

// A port in that state behind the n-th, else the first of them.
static int32_t other_port(const struct host *h, enum port_state state, uint32_t n)
{
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].proto == PROTO_TCP && h->ports[i].state == state && n-- == 0)
            return h->ports[i].number;
    return os_lowest_port(h, PROTO_TCP, state);
}

static uint32_t wanted(struct visit *v)
{
    struct verdict_wishes wishes;
    uint32_t tests = 0;
    judge_wishes(v->plan->judge, &v->host, &wishes);
    for (uint32_t i = 0; i < wishes.n; i++)
        if (wishes.wish[i].group != GROUP_OPT) // would need an open port
            tests |= verdict_wish_tests(wishes.wish[i].group);
    return tests;
}

static void begin(struct visit *v)
{
    struct deepen *s = v->state;
    struct osfp_config cfg;
    s->tests = s->round < ROUNDS ? wanted(v) : 0;
    if (s->tests == 0) {
        s->fp = NULL;
        visit_pass(v);
        return;
    }
    s->round++;
    os_configure(v, &cfg);
    cfg.open_tcp = other_port(&v->host, PORT_OPEN, s->round);
    cfg.closed_tcp = other_port(&v->host, PORT_CLOSED, s->round);
    cfg.closed_udp = -1;
    cfg.max_tries = 1;
    cfg.only_tests = s->tests;
    s->fp = osfp_new(&v->host.arena, &cfg, engine_now(v->engine));
    s->end_ns = engine_now(v->engine) + longest_ns;
    visit_wake(v, engine_now(v->engine));
}

static bool is_answered(const struct osdb_subject *from, enum osdb_test t)
{
    const struct osdb_test_info *info = &osdb_tests[t];
    return !span_is_absent(from->value[info->first]) &&
           !(info->has_r && span_eq(from->value[info->first], SPAN("N")));
}

// What was asked and answered is one more try.
static void put(struct visit *v, const struct deepen *s)
{
    struct host *h = &v->host;
    struct os_result *os = arena_alloc(&h->arena, sizeof *os);
    const struct osdb_subject *from = osfp_subject(s->fp, 0);
    struct osdb_subject *tries = arena_array(&h->arena, h->os->n_subjects + 1, sizeof *tries);
    struct osdb_subject *last = &tries[h->os->n_subjects];
    for (uint32_t i = 0; i < h->os->n_subjects; i++)
        tries[i] = h->os->subjects[i];
    *last = *from;
    for (int a = 0; a < ATTR_COUNT; a++) {
        const enum osdb_test t = osdb_attr_test(a);
        if (!(s->tests >> t & 1) || !is_answered(from, t))
            last->value[a] = (struct span){NULL, 0};
    }
    *os = *h->os;
    os->subjects = tries;
    os->n_subjects++;
    h->os = os;
}

static void proceed(struct visit *v, uint64_t now_ns)
{
    struct deepen *s = v->state;
    struct osfp_packet p;
    if (osfp_tick(s->fp, now_ns) == OSFP_BUSY && now_ns < s->end_ns) {
        while (osfp_next(s->fp, engine_now(v->engine), &p))
            if (engine_send(v->engine, &v->path, p.packet, true))
                osfp_sent(s->fp, p.probe, engine_now(v->engine));
        visit_wake(v, osfp_when(s->fp));
        return;
    }
    osfp_stop(s->fp);
    put(v, s);
    begin(v);
}

static void on_frame(struct visit *v, const struct frame *f)
{
    const struct deepen *s = v->state;
    if (s->fp && osfp_receive(s->fp, f))
        visit_wake(v, engine_now(v->engine));
}

const struct stage stage_deepen = {
    .name = "Deepening",
    .state_size = sizeof(struct deepen),
    .is_timed = true,
    .takes = takes,
    .admit = begin,
    .frame = on_frame,
    .tick = proceed,
};
