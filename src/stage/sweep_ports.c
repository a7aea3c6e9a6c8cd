// SPDX-License-Identifier: Apache-2.0
// A silent port gets as many tries, as far apart, as the scan of a host that knows nothing of its
// own path would give it (portscan.c); the crowd's window holds for all probes alike, and hosts
// that have answered go first.
#include "stage/sweep_ports.h"

#include "base/limits.h"
#include "stage/crowd.h"
#include "stage/portscan.h"
#include "stage/portscan_tcp.h"
#include "stage/stages.h"
#include "stage/sweep.h"

static const struct loss none; // what a silent host tells

// Of one host in which nothing else than silence keeps the scan waiting.
static uint64_t longest_ns(const struct timing *t)
{
    const int64_t each_us = t->rtt.max_us > t->scan_delay_us ? t->rtt.max_us : t->scan_delay_us;
    return (uint64_t)each_us * 1000 * (t->max_retries + 1);
}

static bool is_possible(const struct plan *p)
{
    const struct plan_scan *scan = &p->scan[0];
    if (p->n_scans != 1 || scan_types[scan->kind].method != &scan_method_tcp || p->resolve_names)
        return false;
    if (p->does_os || p->does_services || p->traces)
        return false;
    if (p->host_timeout_ns > 0 && p->host_timeout_ns < longest_ns(&p->timing))
        return false;
    return scan->n_ports <= LIMIT_SWEEP_PORTS && scan->n_ports <= p->timing.max_window;
}

static uint32_t rounds_most(const struct plan *p)
{
    return p->timing.max_retries + 1;
}

static uint32_t rounds(const struct visit *v)
{
    return portscan_tries_of(v->plan, 0, loss_tries(loss_share(&none, v->loss), 1));
}

static uint32_t n_probes(const struct visit *v)
{
    return v->plan->scan[0].n_ports;
}

static uint64_t step_ns(const struct visit *v)
{
    (void)v;
    return 0;
}

static struct span packet(const struct visit *v, uint32_t i, uint32_t round,
                          uint8_t mem[PROBE_UDP_MAX_LEN])
{
    const struct plan_scan *scan = &v->plan->scan[0];
    const uint16_t sport = (uint16_t)(v->plan->source_base + round);
    return probe_tcp(v, scan->flags, sport, scan->ports[scan->order[i]], mem);
}

static bool is_answer(const struct visit *v, const struct frame *f)
{
    struct portscan_answer a;
    return portscan_tcp_answer(v, &v->plan->scan[0], f, &a);
}

// Hosts in line come first. The least rate goes before the window.
static bool has_room(const struct visit *v, uint64_t *when_ns)
{
    const uint64_t due_ns = engine_due(v->engine);
    if (due_ns <= engine_now(v->engine) ||
        (!v->turns->first && crowd_has_room(v->crowd, v->turns->n_granted)))
        return true;
    const uint64_t room_ns = crowd_when(v->crowd);
    crowd_refuse(v->crowd);
    *when_ns = due_ns < room_ns ? due_ns : room_ns;
    return false;
}

static void sent(const struct visit *v)
{
    crowd_send(v->crowd, engine_now(v->engine));
}

const struct sweep_kind sweep_ports = {
    .stage = STAGE_PORTS,
    .is_possible = is_possible,
    .rounds_most = rounds_most,
    .rounds = rounds,
    .n = n_probes,
    .step_ns = step_ns,
    .timeout_ns = portscan_timeout_ns,
    .packet = packet,
    .is_answer = is_answer,
    .has_room = has_room,
    .sent = sent,
};

void sweep_ports_silent(const struct visit *like, struct host *h)
{
    const struct plan_scan *scan = &like->plan->scan[0];
    const struct scan_type *type = &scan_types[scan->kind];
    const double rest = loss_rest(loss_share(&none, like->loss), rounds(like));
    h->has_ports = true;
    h->n_ports = scan->n_ports;
    h->ports = arena_array(&h->arena, h->n_ports, sizeof *h->ports);
    for (uint32_t i = 0; i < h->n_ports; i++)
        h->ports[i] = (struct port){.number = scan->ports[i],
                                    .proto = (uint8_t)type->proto,
                                    .state = (uint8_t)type->silence,
                                    .reason = REASON_NO_RESPONSE};
    h->losses[h->n_losses++] =
        (struct scan_loss){.proto = type->proto,
                           .n_ports = h->n_ports,
                           .n_uncertain = rest > LOSS_CERTAIN ? h->n_ports : 0};
    ports_note_loss(like, h, type->name, &h->losses[0]);
}

static void embark(struct portscan *s, const struct asked *asked, uint32_t at)
{
    const struct crowd *c = s->visit->crowd;
    const uint32_t index = s->plan->order[at];
    const uint32_t tries = asked->rounds + (at < asked->sent);
    const uint64_t *last_ns = &asked->at_ns[(tries - 1) * asked->n + at];
    const uint8_t round_before = tries > 1 ? crowd_round_of(c, *(last_ns - asked->n)) : 0;
    s->tries[index] = (uint8_t)tries;
    s->rounds[index] = crowd_round_of(c, *last_ns);
    s->sent_at[index] = (uint16_t)(*last_ns / PORTSCAN_SENT_UNIT_NS);
    s->flights[s->n_flights++] =
        (struct flight){*last_ns, index, (uint8_t)(tries - 1), round_before};
    s->n_active++;
    s->n_sent += tries;
    s->n_expected += tries > 1;
}

// In the order in which the last tries left.
void sweep_ports_take_over(struct portscan *s, const struct asked *asked)
{
    const uint32_t first = asked->rounds > 0 ? asked->sent : 0;
    s->next = asked->rounds > 0 ? s->n_ports : asked->sent;
    for (uint32_t i = 0; i < s->next; i++)
        embark(s, asked, (first + i) % s->n_ports);
    s->visit->last_sent_ns = asked->last_ns;
}
