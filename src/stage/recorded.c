// SPDX-License-Identifier: Apache-2.0
// Two tables of fixed size. `pairs`: who sent a SYN to whom, the lowest port that answered by
// RST, the detection that goes on; a set-associative cache in which the oldest entry gives way.
// `jobs`: the detections that go on.
#include "stage/recorded.h"

#include "base/buf.h"

enum {
    WAYS = 4,
    SETS = 4096,
    NO_JOB = -1,
    TIMING_LEVEL = 3,
};

#define SECOND UINT64_C(1000000000)
#define SILENCE (30 * SECOND) // between two detections of the same host

struct pair {
    struct ip_addr scanner;
    struct ip_addr target;
    uint64_t seen_ns;
    bool is_used;
    int32_t closed; // lowest port that answered a SYN by RST, -1 = none
    int32_t job;
};

struct job {
    bool is_used;
    struct arena arena;
    struct recorded_scan scan;
    struct osfp *fp;
    enum osdb_gen gen;
    struct pair *pair;
    int32_t closed_try; // where probes for a closed port go, -1 = not seen
};

struct recorded {
    struct recorded_config cfg;
    recorded_fn *call;
    void *ctx;
    uint64_t packet;
    uint64_t swept_ns;
    uint32_t n_jobs; // slots ever used
    struct pair *pairs;
    struct job *jobs;
};

struct recorded *recorded_new(struct arena *run, const struct recorded_config *cfg,
                              recorded_fn *call, void *ctx)
{
    struct recorded *r = arena_alloc(run, sizeof *r);
    *r = (struct recorded){.cfg = *cfg, .call = call, .ctx = ctx};
    r->pairs = arena_array(run, (size_t)WAYS * SETS, sizeof *r->pairs);
    r->jobs = arena_array(run, LIMIT_RECORDED, sizeof *r->jobs);
    return r;
}

static void finish(struct recorded *r, struct job *j)
{
    osfp_replay_end(j->fp);
    j->scan.fp = j->fp;
    if (osfp_tries(j->fp) > 0)
        r->call(r->ctx, &j->scan);
    j->pair->job = NO_JOB;
    j->is_used = false;
    arena_fini(&j->arena);
}

static struct pair *set_of(const struct recorded *r, const struct ip_addr *scanner,
                           const struct ip_addr *target)
{
    uint8_t mem[sizeof scanner->byte + sizeof target->byte];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_bytes(&b, span_of(scanner->byte, sizeof scanner->byte));
    buf_bytes(&b, span_of(target->byte, sizeof target->byte));
    return &r->pairs[hash_keyed(&r->cfg.key, buf_span(&b)) % SETS * WAYS];
}

static struct pair *find(const struct recorded *r, const struct ip_addr *scanner,
                         const struct ip_addr *target)
{
    struct pair *set = set_of(r, scanner, target);
    for (size_t i = 0; i < WAYS; i++)
        if (set[i].is_used && ip_eq(&set[i].scanner, scanner) && ip_eq(&set[i].target, target))
            return &set[i];
    return NULL;
}

// Worth keeping: with a job before one without, then the younger one.
static bool is_worse(const struct pair *a, const struct pair *b)
{
    if (a->is_used != b->is_used)
        return !a->is_used;
    if ((a->job == NO_JOB) != (b->job == NO_JOB))
        return a->job == NO_JOB;
    return a->seen_ns < b->seen_ns;
}

static struct pair *find_or_add(struct recorded *r, const struct frame *f)
{
    struct pair *p = find(r, &f->src, &f->dst);
    if (p)
        return p;
    struct pair *set = set_of(r, &f->src, &f->dst);
    p = &set[0];
    for (size_t i = 1; i < WAYS; i++)
        if (is_worse(&set[i], p))
            p = &set[i];
    if (p->is_used && p->job != NO_JOB)
        finish(r, &r->jobs[p->job]);
    *p = (struct pair){
        .scanner = f->src, .target = f->dst, .is_used = true, .closed = -1, .job = NO_JOB};
    return p;
}

static struct job *free_job(struct recorded *r)
{
    struct job *oldest = &r->jobs[0];
    for (uint32_t i = 0; i < r->n_jobs; i++) {
        if (!r->jobs[i].is_used)
            return &r->jobs[i];
        if (r->jobs[i].scan.ended_ns < oldest->scan.ended_ns)
            oldest = &r->jobs[i];
    }
    if (r->n_jobs < LIMIT_RECORDED)
        return &r->jobs[r->n_jobs++];
    finish(r, oldest);
    return oldest;
}

static bool is_own_address(const struct frame *f)
{
    return ip_eq(&f->src, &f->dst) || ip_v4_u32(&f->dst) >> 24 == 127;
}

static struct job *begin(struct recorded *r, struct pair *p, const struct frame *f,
                         enum osdb_gen gen)
{
    const struct osfp_config cfg = {
        .src = p->scanner,
        .dst = p->target,
        .open_tcp = -1,
        .closed_tcp = -1,
        .closed_udp = -1,
        .is_local = is_own_address(f),
        .timing.level = TIMING_LEVEL,
        .gen = gen,
        .quirks = r->cfg.quirks,
        .unix_ns = r->cfg.unix_ns,
    };
    struct job *j = free_job(r);
    *j = (struct job){.is_used = true, .gen = gen, .pair = p, .closed_try = -1};
    arena_init(&j->arena, "a recorded detection");
    j->fp = osfp_replay_new(&j->arena, &cfg);
    j->scan = (struct recorded_scan){
        .scanner = p->scanner,
        .target = p->target,
        .packet = r->packet,
        .began_ns = f->time_ns,
        .open_tcp = -1,
        .closed_tcp = -1,
    };
    p->job = (int32_t)(j - r->jobs);
    return j;
}

static void set_ports(struct job *j, int32_t open, int32_t closed)
{
    j->scan.open_tcp = open;
    j->scan.closed_tcp = closed;
    osfp_replay_ports(j->fp, open, closed);
}

static void take_probe(struct recorded *r, const struct frame *f, enum osfp_role role,
                       enum osdb_gen gen)
{
    struct pair *p = find_or_add(r, f);
    p->seen_ns = f->time_ns;
    if (p->job != NO_JOB && r->jobs[p->job].gen != gen)
        finish(r, &r->jobs[p->job]);
    struct job *j = p->job == NO_JOB ? begin(r, p, f, gen) : &r->jobs[p->job];
    j->scan.ended_ns = f->time_ns;
    if (role == OSFP_TO_CLOSED)
        j->closed_try = f->tcp.dport;
    const bool is_closed = role == OSFP_TO_CLOSED && p->closed == f->tcp.dport;
    const int32_t open = role == OSFP_TO_OPEN ? f->tcp.dport : j->scan.open_tcp;
    const int32_t closed = is_closed ? f->tcp.dport : j->scan.closed_tcp;
    osfp_replay_frame(j->fp, f);
    set_ports(j, open, closed);
}

static void take_reset(struct recorded *r, struct pair *p, const struct frame *f)
{
    const int32_t port = f->tcp.sport;
    if ((f->tcp.flags & (TCP_RST | TCP_ACK)) != (TCP_RST | TCP_ACK))
        return;
    if (port > 0 && (p->closed < 0 || port < p->closed))
        p->closed = port;
    if (p->job == NO_JOB)
        return;
    struct job *j = &r->jobs[p->job];
    if (port == j->closed_try)
        set_ports(j, j->scan.open_tcp, port);
}

static void take_other(struct recorded *r, const struct frame *f)
{
    if (f->kind == FRAME_TCP && f->tcp.flags == TCP_SYN)
        find_or_add(r, f)->seen_ns = f->time_ns;
    struct frame_quote q;
    const bool is_quote = f->kind == FRAME_ICMP6 && frame_quote(f, &q); // whoever sent it
    struct pair *p = is_quote ? find(r, &q.src, &q.dst) : find(r, &f->dst, &f->src);
    if (!p)
        return;
    if (f->kind == FRAME_TCP)
        take_reset(r, p, f);
    if (p->job != NO_JOB)
        osfp_replay_frame(r->jobs[p->job].fp, f);
}

static void sweep(struct recorded *r, uint64_t now_ns)
{
    if (now_ns < r->swept_ns + SECOND)
        return;
    r->swept_ns = now_ns;
    for (uint32_t i = 0; i < r->n_jobs; i++)
        if (r->jobs[i].is_used && now_ns > r->jobs[i].scan.ended_ns + SILENCE)
            finish(r, &r->jobs[i]);
}

void recorded_frame(struct recorded *r, const struct frame *f)
{
    r->packet++;
    sweep(r, f->time_ns);
    if (f->kind == FRAME_OTHER || f->kind == FRAME_ARP)
        return;
    enum osdb_gen gen;
    const enum osfp_role role = osfp_role(f, &gen);
    if (role == OSFP_NO_PROBE)
        take_other(r, f);
    else
        take_probe(r, f, role, gen);
}

void recorded_end(struct recorded *r)
{
    for (;;) {
        struct job *first = NULL;
        for (uint32_t i = 0; i < r->n_jobs; i++)
            if (r->jobs[i].is_used && (!first || r->jobs[i].scan.packet < first->scan.packet))
                first = &r->jobs[i];
        if (!first)
            return;
        finish(r, first);
    }
}
