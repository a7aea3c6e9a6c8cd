// SPDX-License-Identifier: Apache-2.0
// IP ID classes (spec 3.3) of the SEQ, T5-T7 and IE replies. In our own mode other probes are
// answered between two members of a sample, and a counter that the whole host shares counts them
// too. So a step is taken from the last reply seen in between whose id lies between, which is
// what a scan without such probes would see: thresholds and "by two" keep their meaning. Also
// there: 65535 -> 0 is a step of one, also for counters in swapped byte order, and replies to
// repeated probes are put in the order they came in. With quirks: exactly as the reference.
#include "osfp/ipid.h"

enum {
    RD_STEP = 20000,
    RI_STEP = 1000,
    RI_SWAPPED_STEP = 25600,
    BI_STEP = 5120,
    I_STEP = 10,
};

static uint16_t swap(uint16_t v)
{
    return (uint16_t)(v << 8 | v >> 8);
}

// A step of a counter in swapped byte order; own mode sees through its wrap (0xFF00 -> 0x0001).
static bool is_swapped_step(const struct ipid_sample *s, uint32_t i, bool is_own)
{
    const uint16_t step = s->step[i];
    if (step % 256 == 0)
        return step <= BI_STEP;
    const uint16_t end = s->id[i + 1];
    const uint16_t swapped = (uint16_t)(swap(end) - swap((uint16_t)(end - step)));
    return is_own && step > 256 && swapped <= BI_STEP / 256;
}

static bool is_random(const struct ipid_sample *s, bool is_own)
{
    for (uint32_t i = 0; i + 1 < s->n; i++) {
        const uint32_t wide = (uint32_t)s->id[i + 1] - s->id[i];
        if (s->n > 2 && (is_own ? (uint16_t)wide : wide) > RD_STEP)
            return true;
    }
    return false;
}

static bool is_all_zero(const struct ipid_sample *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->id[i] != 0)
            return false;
    return true;
}

// Our own packets go through the counter of a local target, too.
static void correct_local(struct ipid_sample *s)
{
    for (uint32_t i = 0; i + 1 < s->n; i++)
        if (s->step[i] < 2)
            return;
    for (uint32_t i = 0; i + 1 < s->n; i++)
        s->step[i] = (uint16_t)(s->step[i] - (s->step[i] % 256 == 0 ? 256 : 1));
}

struct step_facts {
    bool is_constant;
    bool is_irregular; // a large step
    bool is_swapped;
    bool is_even;
    bool is_small;
};

static struct step_facts look_at_steps(const struct ipid_sample *s, bool is_own)
{
    struct step_facts f = {true, false, true, true, true};
    for (uint32_t i = 0; i + 1 < s->n; i++) {
        const uint16_t step = s->step[i];
        f.is_constant = f.is_constant && step == 0;
        f.is_irregular =
            f.is_irregular || (step > RI_STEP && (step % 256 != 0 || step >= RI_SWAPPED_STEP));
        f.is_swapped = f.is_swapped && is_swapped_step(s, i, is_own);
        f.is_even = f.is_even && step % 2 == 0;
        f.is_small = f.is_small && step < I_STEP;
    }
    return f;
}

struct seq_ids ipid_classify(struct ipid_sample *s, uint32_t n_min, const struct seq_env *env)
{
    const bool is_own = env->quirks == QUIRKS_NONE;
    if (s->n < n_min)
        return (struct seq_ids){IPID_NONE, 0};
    if (is_random(s, is_own))
        return (struct seq_ids){IPID_RD, 0};
    if (is_all_zero(s))
        return (struct seq_ids){IPID_ZERO, 0};
    if (env->is_local)
        correct_local(s);
    const struct step_facts f = look_at_steps(s, is_own);
    if (f.is_constant)
        return (struct seq_ids){IPID_CONSTANT, s->id[0]};
    if (is_own && f.is_swapped) // before RI: a wrap may look irregular
        return (struct seq_ids){IPID_BI, 0};
    if (f.is_irregular)
        return (struct seq_ids){IPID_RI, 0};
    if (f.is_swapped)
        return (struct seq_ids){IPID_BI, 0};
    if (f.is_even)
        return (struct seq_ids){IPID_INC2, 0};
    return (struct seq_ids){f.is_small ? IPID_INC : IPID_NONE, 0};
}

// The id that the counter of the host had last before `order` if it is shared: `from` itself or
// a later one on the way to `to`.
static uint16_t last_id_before(const struct obs *o, const struct ipid_sample *s, uint32_t i)
{
    uint32_t best_order = s->order[i];
    uint16_t best = s->id[i];
    const uint16_t whole = (uint16_t)(s->id[i + 1] - s->id[i]);
    for (int p = 0; p < PROBE_COUNT; p++) {
        const struct obs_reply *r = &o->probe[p].reply;
        const uint16_t part = (uint16_t)(r->ip_id - s->id[i]);
        const bool is_between = r->is_seen && r->order > best_order && r->order < s->order[i + 1];
        if (is_between && part > 0 && part < whole) {
            best_order = r->order;
            best = r->ip_id;
        }
    }
    return best;
}

static void measure_steps(const struct obs *o, struct ipid_sample *s, bool is_own)
{
    for (uint32_t i = 0; i + 1 < s->n; i++) {
        const uint16_t from = is_own ? last_id_before(o, s, i) : s->id[i];
        s->step[i] = (uint16_t)(s->id[i + 1] - from);
    }
}

static void sort_by_order(struct ipid_sample *s)
{
    for (uint32_t i = 1; i < s->n; i++) {
        for (uint32_t k = i; k > 0 && s->order[k] < s->order[k - 1]; k--) {
            const uint32_t order = s->order[k];
            const uint16_t id = s->id[k];
            s->order[k] = s->order[k - 1];
            s->id[k] = s->id[k - 1];
            s->order[k - 1] = order;
            s->id[k - 1] = id;
        }
    }
}

// Replies that overtook each other on the way look like large steps. If a counter that steps by
// one, in either byte order, gives these ids in another order, that was the order.
static void undo_by(struct ipid_sample *s, bool is_swapped)
{
    struct ipid_sample t = *s;
    for (uint32_t i = 0; i < t.n; i++)
        t.order[i] = (uint16_t)((is_swapped ? swap(t.id[i]) : t.id[i]) + 0x8000u -
                                (is_swapped ? swap(t.id[0]) : t.id[0]));
    sort_by_order(&t);
    for (uint32_t i = 0; i + 1 < t.n; i++) {
        const uint32_t step = t.order[i + 1] - t.order[i];
        if (step == 0 || step >= I_STEP)
            return;
    }
    memcpy(s->id, t.id, sizeof s->id);
}

// Only where the path is unsteady: else they did not.
static void undo_overtaking(const struct obs *o, const struct seq_env *env, struct ipid_sample *s)
{
    struct seq_result r = {0};
    for (uint32_t k = 0; k < OBS_SEQ; k++)
        if (o->sample[k].isn != 0)
            r.slot[r.n++] = k;
    if (env->quirks != QUIRKS_NONE || r.n < 2 || seq_unsteadiness_us(o, &r) < SEQ_STEADY_US)
        return;
    undo_by(s, false);
    undo_by(s, true);
}

static void add(struct ipid_sample *s, uint16_t id, uint32_t order)
{
    s->id[s->n] = id;
    s->order[s->n] = order;
    s->n++;
}

struct seq_ids ipid_of_seq(const struct obs *o, const struct seq_env *env)
{
    struct ipid_sample s = {0};
    for (unsigned k = 0; k < OBS_SEQ; k++)
        if (o->sample[k].isn != 0)
            add(&s, o->sample[k].ip_id, o->sample[k].order);
    measure_steps(o, &s, env->quirks == QUIRKS_NONE);
    return ipid_classify(&s, 3, env);
}

static uint16_t first_step(uint16_t a, uint16_t b)
{
    const uint16_t up = (uint16_t)(b - a);
    const uint16_t down = (uint16_t)(a - b);
    return up < down ? up : down;
}

// A step back that is no wrap.
static bool first_goes_back(const struct ipid_sample *s)
{
    for (uint32_t i = 0; i + 1 < s->n; i++)
        if (s->id[i + 1] < s->id[i] && (s->id[i + 1] > 500 || s->id[i] < 65000))
            return true;
    return false;
}

// First-generation specification 4.3; its rules know nothing of other probes or of wraps.
static struct seq_ids first_classify(struct ipid_sample *s, const struct seq_env *env)
{
    bool has_one = false, is_swapped = true, is_small = true;
    if (s->n < 2)
        return (struct seq_ids){IPID_NONE, 0};
    if (first_goes_back(s))
        return (struct seq_ids){IPID_RD, 0};
    if (is_all_zero(s))
        return (struct seq_ids){IPID_ZERO, 0};
    if (env->is_local)
        correct_local(s);
    for (uint32_t i = 0; i + 1 < s->n; i++) {
        const uint16_t step = s->step[i];
        if (step > RI_STEP || step == 0)
            return (struct seq_ids){step == 0 ? IPID_CONSTANT : IPID_RI, s->id[0]};
        has_one |= step == 1;
        is_swapped &= step % 256 == 0;
        is_small &= step < I_STEP;
    }
    if (is_swapped && !has_one)
        return (struct seq_ids){IPID_BI, 0};
    return (struct seq_ids){has_one || is_small ? IPID_INC : IPID_NONE, 0};
}

struct seq_ids ipid_of_first(const struct obs *o, const struct seq_env *env)
{
    struct ipid_sample s = {0};
    for (unsigned k = 0; k < OBS_SEQ; k++)
        if (o->sample[k].isn != 0)
            add(&s, o->sample[k].ip_id, o->sample[k].order);
    for (uint32_t i = 0; i + 1 < s.n; i++)
        s.step[i] = first_step(s.id[i], s.id[i + 1]);
    return first_classify(&s, env);
}

struct seq_ids ipid_of_closed(const struct obs *o, const struct seq_env *env)
{
    const bool is_own = env->quirks == QUIRKS_NONE;
    struct ipid_sample s = {0};
    bool is_resent = false;
    for (int p = PROBE_T5; p <= PROBE_T7; p++) {
        const struct obs_reply *r = &o->probe[p].reply;
        is_resent = is_resent || o->probe[p].n_sent > 1 || r->is_old;
        if (r->is_seen)
            add(&s, r->ip_id, r->order);
    }
    if (is_own && is_resent)
        sort_by_order(&s);
    undo_overtaking(o, env, &s);
    measure_steps(o, &s, is_own);
    return ipid_classify(&s, 2, env);
}

struct seq_ids ipid_of_echo(const struct obs *o, const struct seq_env *env)
{
    struct ipid_sample s = {0};
    for (int i = 0; i < 2; i++) {
        const struct obs_probe *probe = &o->probe[PROBE_IE1 + i];
        if (probe->reply.is_seen && probe->n_sent == 1 && !o->is_ie_carried[i])
            add(&s, probe->reply.ip_id, probe->reply.order);
    }
    undo_overtaking(o, env, &s);
    measure_steps(o, &s, env->quirks == QUIRKS_NONE);
    return ipid_classify(&s, 2, env);
}
