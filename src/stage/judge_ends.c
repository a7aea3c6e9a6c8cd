// SPDX-License-Identifier: Apache-2.0
// The machines behind one address, each with its ports and a verdict; which of them is the host
// itself: the one from as far away as the resets, and which the other answers fit best.
#include "stage/judge_own.h"

#include "base/buf.h"
#include "model/host.h"
#include "model/verdict.h"
#include "verdict/explain.h"
#include "verdict/machines.h"
#include "verdict/path.h"

enum { TEXT_MAX = 400, LIST_MAX = 16 };

// Nats for a machine whose answers come from elsewhere than the resets.
static const double elsewhere = 100;

struct work {
    struct judge *j;
    struct host *h;
    struct machines m;
    uint32_t n_machines;
    uint32_t own;
    uint32_t asked; // the machine that OS detection asked, m.n: none of them
};

static const struct synack *synack_of(const struct host *h, uint16_t port)
{
    for (uint32_t i = 0; i < h->n_synacks; i++)
        if (h->synacks[i].port == port)
            return &h->synacks[i];
    return NULL;
}

static int end_of(const struct host *h, uint16_t port)
{
    for (uint32_t i = 0; i < h->n_ends; i++)
        if (h->ends[i].port == port)
            return (int)i;
    return -1;
}

// A port that was not asked again is of the machine whose SYN-ACKs are like its own.
static uint32_t machine_of(const struct work *w, const struct synack *s)
{
    const struct host *h = w->h;
    const int e = end_of(h, s->port);
    if (e >= 0)
        return w->m.of[e];
    for (uint32_t i = 0; i < h->n_ends; i++) {
        const struct synack *other = synack_of(h, h->ends[i].port);
        if (other && path_alike(other, s))
            return w->m.of[i];
    }
    return w->m.n;
}

static const struct end *first_of(const struct work *w, uint32_t machine)
{
    uint32_t i = 0;
    while (w->m.of[i] != machine)
        i++;
    return &w->h->ends[i];
}

static void list_ports(const struct work *w, uint32_t machine, struct buf *list)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->h->n_synacks; i++) {
        if (machine_of(w, &w->h->synacks[i]) != machine || n > LIST_MAX)
            continue;
        buf_str(list, n > 0 ? "," : "");
        if (n++ < LIST_MAX)
            buf_dec(list, w->h->synacks[i].port);
        else
            buf_str(list, "...");
    }
}

// The tries with the SYN-ACKs of an end, or of nobody (NULL), in place of their own.
static void replace(const struct work *w, const struct end *e, struct judge_tries *out)
{
    const struct os_result *os = w->h->os;
    const uint32_t n = os->n_subjects;
    const uint32_t n_more = e ? e->n : 0;
    struct osdb_subject *to = arena_array(&w->h->arena, n + n_more, sizeof *to);
    for (uint32_t i = 0; i < n; i++) {
        to[i] = os->subjects[i];
        for (int a = 0; a < ATTR_COUNT; a++)
            if (verdict_side_of(a) == SIDE_SYNACK)
                to[i].value[a] = (struct span){NULL, 0};
    }
    for (uint32_t i = 0; i < n_more; i++)
        to[n + i] = *e->subject[i];
    *out = (struct judge_tries){to, n + n_more, true, NULL};
}

// A load balancer or a SYN proxy is no machine of which a verdict could be given.
static bool is_machine(const struct work *w, uint32_t machine)
{
    const struct end *e = first_of(w, machine);
    return e->proof == END_NOT_ASKED && !w->m.is_balanced[e - w->h->ends];
}

// How badly a machine fits the resets and ICMP answers of the address.
static double misfit(const struct work *w, uint32_t machine)
{
    const struct end *e = first_of(w, machine);
    const int32_t closed = path_hops(w->h, PORT_CLOSED);
    struct judge_tries tries;
    struct verdict_machines k;
    replace(w, e, &tries);
    verdict_split(w->j->model, tries.subject, tries.n, w->j->scratch, &k);
    const bool is_elsewhere = closed >= 0 && path_hops_of(e->seq[0].ttl[0]) != closed;
    return (is_elsewhere ? elsewhere : 0) + (k.is_known ? k.k : 0);
}

static void find_own(struct work *w)
{
    double best = 0;
    const int asked = end_of(w->h, (uint16_t)w->h->os->open_tcp);
    w->asked = w->h->os->open_tcp >= 0 && asked >= 0 ? w->m.of[asked] : w->m.n;
    w->own = w->m.n;
    for (uint32_t i = 0; i < w->m.n; i++) {
        if (!is_machine(w, i))
            continue;
        const double by = misfit(w, i);
        if (w->own < w->m.n && by >= best)
            continue;
        best = by;
        w->own = i;
    }
}

static void put_answer(struct buf *b, const struct os_verdict *v)
{
    const bool is_named = v->answer.level < VERDICT_STACK || v->answer.level == VERDICT_TYPE;
    const uint32_t n = is_named ? 1 : v->n_nodes;
    const struct os_node *nodes = is_named ? &v->answer : v->nodes;
    if (v->answer.level == VERDICT_UNKNOWN)
        buf_str(b, "not told; nearest ");
    else if (v->answer.level == VERDICT_STACK) {
        buf_bytes(b, v->answer.label);
        buf_str(b, n > 0 ? ", nearest " : "");
    } else if (!is_named)
        buf_str(b, "one of ");
    for (uint32_t i = 0; i < n; i++) {
        buf_str(b, i > 0 ? ", " : "");
        buf_bytes(b, nodes[i].label);
        const uint32_t percent = nodes[i].p < 0.99 ? (uint32_t)(nodes[i].p * 100) : 99;
        buf_str(b, percent > 0 ? " (" : " (<");
        buf_dec(b, percent > 0 ? percent : 1);
        buf_str(b, "%)");
    }
}

static void put_look(struct buf *b, const struct synack *s)
{
    if (!s)
        return;
    buf_str(b, "; TTL ");
    buf_dec(b, s->ttl);
    buf_str(b, ", window ");
    buf_dec(b, s->window);
    buf_str(b, ", MSS ");
    buf_dec(b, s->mss);
}

// What is known of a machine: OS detection has seen more of the one that it asked.
static const struct os_verdict *verdict_of(const struct work *w, uint32_t machine)
{
    const struct os_result *os = w->h->os;
    const struct end *e = first_of(w, machine);
    const uint32_t n = machine == w->asked ? os->n_subjects : e->n;
    struct osdb_subject *tries = arena_array(&w->h->arena, n, sizeof *tries);
    for (uint32_t i = 0; i < n; i++) {
        tries[i] = machine == w->asked ? os->subjects[i] : *e->subject[i];
        for (int a = 0; a < ATTR_COUNT; a++)
            if (verdict_side_of(a) != SIDE_SYNACK)
                tries[i].value[a] = (struct span){NULL, 0};
    }
    return judge_subjects(w->j, &w->h->arena, tries, n);
}

static void tell_machine(const struct work *w, uint32_t machine)
{
    struct arena *a = &w->h->arena;
    const struct end *e = first_of(w, machine);
    uint8_t mem[TEXT_MAX];
    struct buf list, b;
    buf_init(&list, mem, sizeof mem);
    buf_init(&b, arena_alloc(a, TEXT_MAX), TEXT_MAX);
    list_ports(w, machine, &list);
    buf_str(&b, "one of ");
    buf_dec(&b, w->n_machines);
    buf_str(&b, " machines: ");
    buf_bytes(&b, buf_span(&list));
    buf_str(&b, "/tcp: ");
    put_answer(&b, verdict_of(w, machine));
    put_look(&b, synack_of(w->h, e->port));
    if (machine == w->asked && machine != w->own)
        buf_str(&b, "; asked by OS detection, left out of the verdict");
    judge_put(w->h,
              &(struct finding){FINDING_MACHINE, arena_copy(a, buf_span(&list)), buf_span(&b)}, 1);
}

static void tell_balancer(const struct work *w)
{
    struct arena *a = &w->h->arena;
    uint8_t list_mem[TEXT_MAX], why_mem[TEXT_MAX];
    struct buf list, why, b;
    uint32_t n = 0;
    buf_init(&list, list_mem, sizeof list_mem);
    buf_init(&why, why_mem, sizeof why_mem);
    for (uint32_t i = 0; i < w->h->n_ends; i++) {
        if (!w->m.is_balanced[i])
            continue;
        buf_str(&list, n > 0 ? "," : "");
        buf_dec(&list, w->h->ends[i].port);
        if (n++ == 0)
            machines_balanced(&w->h->ends[i], &why);
    }
    if (n == 0)
        return;
    buf_init(&b, arena_alloc(a, TEXT_MAX), TEXT_MAX);
    buf_str(&b, "several machines in turn answer on ");
    buf_bytes(&b, buf_span(&list));
    buf_str(&b, "/tcp: a load balancer (");
    buf_bytes(&b, buf_span(&why));
    buf_str(&b, ")");
    judge_put(w->h,
              &(struct finding){FINDING_BALANCER, arena_copy(a, buf_span(&list)), buf_span(&b)}, 1);
}

void judge_ends(struct judge *j, struct host *h, struct judge_tries *tries)
{
    struct work w = {.j = j, .h = h};
    *tries = (struct judge_tries){h->os->subjects, h->os->n_subjects, false,
                                  h->os->perfect ? h->os : NULL};
    if (h->n_ends == 0)
        return;
    machines_find(j->model, h, j->scratch, &w.m);
    tell_balancer(&w);
    find_own(&w);
    for (uint32_t i = 0; i < w.m.n; i++)
        w.n_machines += is_machine(&w, i);
    for (uint32_t i = 0; i < w.m.n && w.n_machines > 1; i++)
        if (is_machine(&w, i))
            tell_machine(&w, i);
    if (w.asked < w.m.n && w.own != w.asked)
        replace(&w, w.own < w.m.n ? first_of(&w, w.own) : NULL, tries);
}
