// SPDX-License-Identifier: Apache-2.0
// The generators of one host: initial sequence numbers, IP identifications, timestamps. In: the
// personality and the time. Out: the next value. Classes of identifications as the specification
// 3.3 tells them apart, rates of the clock as in 3.5.
#include "lab/hosts/hosts.h"

enum {
    DAY_S = 86400,
    ID_START_MASK = 0x0FFF, // low, so that counters seldom wrap in the middle of a scan
    ID_ICMP_AHEAD = 0x4000, // a counter of its own must be far ahead of the other (spec 3.4)
    ID_JUMP_MIN = 1001,     // spec 3.3: class RI above 1000, RD above 20000
    ID_JUMP_SPAN = 997,
    ID_RANDOM_MIN = 20001,
    ID_RANDOM_SPAN = 25000,
};

static const uint64_t second_ns = 1000000000;

void personality_start(struct personality_state *s, const struct personality *p, uint64_t seed)
{
    *s = (struct personality_state){.p = p, .tcp_doors = &p->tcp_doors, .udp_doors = &p->udp_doors};
    rng_seed(&s->rng, seed);
    s->isn = rng_u32(&s->rng) | 1;
    s->id_open = (uint16_t)(rng_u32(&s->rng) & ID_START_MASK);
    s->id_closed = (uint16_t)(rng_u32(&s->rng) & ID_START_MASK);
    s->id_icmp = (uint16_t)(s->id_open + ID_ICMP_AHEAD);
    s->uptime_s = p->clock.uptime_s ? p->clock.uptime_s : DAY_S / 24 + rng_below(&s->rng, DAY_S);
}

// ticks of a clock since time 0
static uint64_t ticks(uint64_t now_ns, uint64_t hz)
{
    return now_ns / second_ns * hz + (uint64_t)((double)(now_ns % second_ns) * 1e-9 * (double)hz);
}

uint32_t state_isn(struct personality_state *s, uint64_t now_ns)
{
    const struct pers_isn *plan = &s->p->isn;
    if (plan->kind == PERS_ISN_RANDOM)
        return rng_u32(&s->rng);
    if (plan->kind == PERS_ISN_CLOCK)
        return (uint32_t)(s->isn + ticks(now_ns, plan->hz));
    const uint64_t passed_ns = s->isn_ns ? now_ns - s->isn_ns : second_ns / 10;
    s->isn_ns = now_ns;
    s->isn += isn_step(plan, plan->step[s->isn_turn], passed_ns, &s->isn_unit);
    s->isn_turn = (uint8_t)((s->isn_turn + 1) % PERS_ISN_STEPS);
    return s->isn;
}

uint32_t state_clock(struct personality_state *s, uint64_t now_ns)
{
    const struct pers_clock *c = &s->p->clock;
    switch (c->kind) {
    case PERS_CLOCK_ZERO:
        return 0;
    case PERS_CLOCK_CONST:
        return s->uptime_s;
    case PERS_CLOCK_RANDOM:
        return rng_u32(&s->rng) | 1;
    case PERS_CLOCK_TICKS:
        break;
    }
    return (uint32_t)((uint64_t)s->uptime_s * c->hz + ticks(now_ns, c->hz) + 1);
}

static uint16_t id_next(struct personality_state *s, struct pers_id id, uint16_t *counter)
{
    switch (id.kind) {
    case PERS_ID_CONST:
        return id.value;
    case PERS_ID_STEP:
        *counter = (uint16_t)(*counter + id.value);
        break;
    case PERS_ID_JUMPS:
        *counter = (uint16_t)(*counter + ID_JUMP_MIN + rng_below(&s->rng, ID_JUMP_SPAN));
        break;
    case PERS_ID_RANDOM:
        *counter = (uint16_t)(*counter + ID_RANDOM_MIN + rng_below(&s->rng, ID_RANDOM_SPAN));
        break;
    }
    return *counter;
}

uint16_t state_id(struct personality_state *s, enum state_id which)
{
    const struct personality *p = s->p;
    switch (which) {
    case STATE_ID_CLOSED:
        return id_next(s, p->id_closed, p->shares_closed_id ? &s->id_open : &s->id_closed);
    case STATE_ID_ICMP:
        return id_next(s, p->id_icmp, p->shares_icmp_id ? &s->id_open : &s->id_icmp);
    case STATE_ID_OPEN:
        break;
    }
    return id_next(s, p->id_open, &s->id_open);
}
