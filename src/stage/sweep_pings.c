// SPDX-License-Identifier: Apache-2.0
// The sweep as host discovery.
#include "stage/stages.h"
#include "stage/sweep.h"

static bool is_possible(const struct plan *plan)
{
    return !(plan->resolve_names && plan->resolve_all);
}

static uint32_t rounds(const struct visit *v)
{
    return ping_rounds(v->plan);
}

static uint32_t n_probes(const struct visit *v)
{
    return ping_list(v)->n;
}

static uint64_t step_ns(const struct visit *v)
{
    return ping_step_ns(v->near);
}

static uint64_t timeout_ns(const struct visit *v)
{
    return (uint64_t)visit_timeout_us(v) * 1000;
}

static struct span packet(const struct visit *v, uint32_t i, uint32_t round,
                          uint8_t mem[PROBE_UDP_MAX_LEN])
{
    return ping_packet(v, &ping_list(v)->ping[i], round, mem);
}

static bool is_answer(const struct visit *v, const struct frame *f)
{
    struct ping_answer a;
    return ping_answer(v, f, &a);
}

const struct sweep_kind sweep_pings = {
    .stage = STAGE_DISCOVER,
    .is_patient = true,
    .is_possible = is_possible,
    .rounds_most = ping_rounds,
    .rounds = rounds,
    .n = n_probes,
    .step_ns = step_ns,
    .timeout_ns = timeout_ns,
    .packet = packet,
    .is_answer = is_answer,
};
