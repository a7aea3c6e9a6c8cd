// SPDX-License-Identifier: Apache-2.0
// The port scan stage: the scans of the plan run side by side, each with a window of its own, so
// that a host that answers UDP slowly does not hold up TCP. The ports of the host are one list,
// a slice for each scan.
#include "stage/ports.h"

#include "stage/portscan.h"
#include "stage/stages.h"

struct ports {
    struct portscan scan[PLAN_SCANS_MAX];
};

const char *ports_label(const struct plan *p)
{
    return p->n_scans == 1 ? scan_types[p->scan[0].kind].name : "Port Scan";
}

static bool takes(const struct visit *v)
{
    return v->host.state == HOST_UP && plan_ports(v->plan) > 0;
}

static void admit(struct visit *v)
{
    struct ports *all = v->state;
    struct host *h = &v->host;
    uint32_t at = 0;
    h->has_ports = true;
    h->n_ports = plan_ports(v->plan);
    h->ports = arena_array(&h->arena, h->n_ports, sizeof *h->ports);
    for (uint32_t i = 0; i < v->plan->n_scans; i++) {
        portscan_init(v, &all->scan[i], &v->plan->scan[i], h->ports + at);
        at += v->plan->scan[i].n_ports;
    }
    visit_wake(v, engine_now(v->engine));
}

static void proceed(struct visit *v, uint64_t now_ns)
{
    struct ports *all = v->state;
    uint64_t wake_ns = UINT64_MAX;
    bool is_done = true;
    for (uint32_t i = 0; i < v->plan->n_scans; i++) {
        struct portscan *s = &all->scan[i];
        if (!s->is_done)
            portscan_proceed(s, now_ns);
        if (s->is_done)
            continue;
        is_done = false;
        wake_ns = s->wake_ns < wake_ns ? s->wake_ns : wake_ns;
    }
    if (is_done)
        visit_pass(v);
    else
        visit_wake(v, wake_ns);
}

static void on_frame(struct visit *v, const struct frame *f)
{
    struct ports *all = v->state;
    bool is_answer = false;
    for (uint32_t i = 0; i < v->plan->n_scans && !is_answer; i++)
        is_answer = all->scan[i].type->method->frame(v, &all->scan[i], f);
    if (is_answer)
        proceed(v, engine_now(v->engine));
}

static uint64_t left(const struct visit *v, uint64_t now_ns)
{
    const struct ports *all = v->state;
    uint64_t most = 0;
    for (uint32_t i = 0; i < v->plan->n_scans; i++) {
        const uint64_t ns = portscan_left_ns(&all->scan[i], v->stage_since_ns, now_ns);
        most = ns > most ? ns : most;
    }
    return most;
}

// Interrupted: what was not asked or not answered stays out of the report.
static void on_close(struct visit *v)
{
    struct ports *all = v->state;
    struct host *h = &v->host;
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->plan->n_scans; i++)
        if (all->scan[i].type->method->close)
            all->scan[i].type->method->close(&all->scan[i]);
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].state != PORT_UNKNOWN)
            h->ports[n++] = h->ports[i];
    h->n_ports = n;
}

const struct stage stage_ports = {
    .name = "Port Scan",
    .state_size = sizeof(struct ports),
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = proceed,
    .close = on_close,
    .left = left,
};
