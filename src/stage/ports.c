// SPDX-License-Identifier: Apache-2.0
// The port scan stage: the scans of the plan run side by side, each with a window of its own, so
// that a host that answers UDP slowly does not hold up TCP. The ports of the host are one list,
// a slice for each scan.
#include "stage/ports.h"

#include "stage/outlook.h"
#include "stage/portscan.h"
#include "stage/stages.h"
#include "stage/sweep.h"
#include "stage/sweep_ports.h"

// What is not open is told in bundles: what is lost in a crash is asked again, so a second's work
// is little.
static const uint64_t tell_apart_ns = UINT64_C(1000000000);

struct ports {
    struct portscan scan[PLAN_SCANS_MAX];
    uint64_t told_ns;
    uint32_t n_scans; // 0: its ports are known
};

const char *ports_label(const struct plan *p)
{
    return p->n_scans == 1 ? scan_types[p->scan[0].kind].name : "Port Scan";
}

static bool takes(const struct visit *v)
{
    return v->host.state == HOST_UP && plan_ports(v->plan) + v->n_listed > 0;
}

static uint32_t rank(const struct port *p)
{
    return (uint32_t)p->proto << 16 | p->number;
}

// Listed ports are told and keep their state. Those that no scan of the plan has come behind the
// others; sort brings them into order.
static void put_listed(struct visit *v, struct ports *all)
{
    struct host *h = &v->host;
    for (uint32_t i = 0; i < v->n_listed; i++) {
        const struct port *known = &v->listed[i];
        struct port *place = NULL;
        for (uint32_t k = 0; k < all->n_scans && !place; k++) {
            struct portscan *s = &all->scan[k];
            const uint32_t at = portscan_index(s->plan, known->number);
            if (s->type->proto == (enum proto)known->proto && at < s->n_ports)
                place = &s->ports[at];
        }
        if (!place)
            place = &h->ports[h->n_ports++];
        *place = *known;
        if (known->state == PORT_OPEN)
            visit_port(v, place);
    }
}

static void sort(struct visit *v)
{
    struct host *h = &v->host;
    if (v->n_listed == 0)
        return;
    for (uint32_t i = 1; i < h->n_ports; i++) {
        const struct port p = h->ports[i];
        uint32_t at = i;
        for (; at > 0 && rank(&h->ports[at - 1]) > rank(&p); at--)
            h->ports[at] = h->ports[at - 1];
        h->ports[at] = p;
    }
}

static void admit(struct visit *v)
{
    struct ports *all = v->state;
    struct host *h = &v->host;
    const struct plan *plan = v->plan;
    all->n_scans = v->n_listed == 0 || plan->adds_to_listed ? plan->n_scans : 0;
    h->has_ports = true;
    h->ports = arena_array(&h->arena, plan_ports(plan) + v->n_listed, sizeof *h->ports);
    for (uint32_t i = 0; i < all->n_scans; i++) {
        portscan_init(v, &all->scan[i], &plan->scan[i], h->ports + h->n_ports);
        h->n_ports += plan->scan[i].n_ports;
        if (v->known)
            portscan_know(&all->scan[i], v->known);
        if (v->asked && v->asked->stage == STAGE_PORTS)
            sweep_ports_take_over(&all->scan[i], v->asked);
    }
    put_listed(v, all);
    all->told_ns = engine_now(v->engine);
    visit_wake(v, engine_now(v->engine));
}

static void tell(struct visit *v, uint64_t now_ns)
{
    struct ports *all = v->state;
    struct host *h = &v->host;
    const struct arena_mark mark = arena_mark(&h->arena);
    struct host decided = {.addr = h->addr, .state = h->state, .has_ports = true};
    all->told_ns = now_ns;
    decided.ports = arena_array(&h->arena, h->n_ports, sizeof *h->ports);
    decided.from = h->from;
    decided.n_from = h->n_from;
    for (uint32_t i = 0; i < all->n_scans; i++)
        decided.n_ports += portscan_untold(&all->scan[i], decided.ports + decided.n_ports);
    if (decided.n_ports > 0)
        visit_ports(v, &decided);
    arena_rewind(&h->arena, mark);
}

// When nothing else follows, the record of the host does.
static bool must_tell(const struct visit *v, bool is_done, uint64_t now_ns)
{
    const struct ports *all = v->state;
    const bool has_more = v->plan->does_os || v->plan->does_services || v->plan->traces;
    return is_done ? has_more : now_ns >= all->told_ns + tell_apart_ns;
}

static void put_share(struct buf *b, uint64_t part, uint64_t all)
{
    buf_fixed(b, all > 0 ? 100.0 * (double)part / (double)all : 0, 1);
    buf_str(b, " %");
}

void ports_note_loss(const struct visit *v, const struct host *h, const char *scan,
                     const struct scan_loss *l)
{
    char text[320];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, scan);
    buf_str(&b, " of ");
    host_label(h, &b);
    buf_str(&b, ": ");
    put_share(&b, l->n_lost, l->n_asked);
    buf_str(&b, " lost, ");
    put_share(&b, l->n_uncertain, l->n_ports);
    buf_str(&b, " of the ports uncertain");
    visit_note(v, 1, buf_span(&b));
}

static void put_losses(struct visit *v)
{
    struct ports *all = v->state;
    struct host *h = &v->host;
    for (uint32_t i = 0; i < all->n_scans && h->n_losses < HOST_SCANS_MAX; i++) {
        struct scan_loss *l = &h->losses[h->n_losses++];
        portscan_certainty(&all->scan[i], l);
        ports_note_loss(v, h, all->scan[i].type->name, l);
    }
}

static void proceed(struct visit *v, uint64_t now_ns)
{
    struct ports *all = v->state;
    uint64_t wake_ns = UINT64_MAX;
    bool is_done = true;
    for (uint32_t i = 0; i < all->n_scans; i++) {
        struct portscan *s = &all->scan[i];
        if (!s->is_done)
            portscan_proceed(s, now_ns);
        if (s->is_done)
            continue;
        is_done = false;
        wake_ns = s->wake_ns < wake_ns ? s->wake_ns : wake_ns;
    }
    if (must_tell(v, is_done, now_ns))
        tell(v, now_ns);
    if (is_done)
        put_losses(v);
    if (is_done)
        sort(v);
    if (is_done)
        visit_pass(v);
    else
        visit_wake(v, wake_ns);
}

static void on_frame(struct visit *v, const struct frame *f)
{
    struct ports *all = v->state;
    bool is_answer = false;
    for (uint32_t i = 0; i < all->n_scans && !is_answer; i++)
        is_answer = all->scan[i].type->method->frame(v, &all->scan[i], f);
    if (is_answer && engine_is_spent(v->engine))
        visit_wake(v, engine_now(v->engine));
    else if (is_answer)
        proceed(v, engine_now(v->engine));
}

static void outlook(const struct visit *v, uint64_t now_ns, struct outlook *out)
{
    const struct ports *all = v->state;
    out->own_ns = 0;
    for (uint32_t i = 0; i < all->n_scans; i++)
        portscan_outlook(&all->scan[i], now_ns, out);
}

// Interrupted: what was not asked or not answered stays out of the report.
static void on_close(struct visit *v)
{
    struct ports *all = v->state;
    struct host *h = &v->host;
    uint32_t n = 0;
    for (uint32_t i = 0; i < all->n_scans; i++)
        portscan_leave(&all->scan[i]);
    for (uint32_t i = 0; i < all->n_scans; i++)
        if (all->scan[i].type->method->close)
            all->scan[i].type->method->close(&all->scan[i]);
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].state != PORT_UNKNOWN)
            h->ports[n++] = h->ports[i];
    h->n_ports = n;
    sort(v);
}

const struct stage stage_ports = {
    .name = "Port Scan",
    .state_size = sizeof(struct ports),
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = proceed,
    .close = on_close,
    .outlook = outlook,
};
