// SPDX-License-Identifier: Apache-2.0
// The timetable of one try. Comes in: which probes are wanted, the time, which ones were
// answered. Goes out: the probe that is due.
//
// Own mode: SEQ k is due k * 100 ms after SEQ1 by the clock, so that a late wake-up shifts one
// probe and not those behind it (never closer than 95 ms to the one before). Into the gaps go
// the other probes, at most three a gap and 12 ms away from everything else (more where the round
// trips vary: the IP ID tests need replies in order), so a quick host is done when SEQ6 is
// answered. ECN and T3 carry SYN, and some stacks step their sequence numbers by connection: they
// go before SEQ1, T3 first (isntime.c needs ECN near), repetitions of ECN behind the train. T2 and
// T3 and their repetitions go before everything else, as most systems keep silent there: four
// transmissions fit into the train. IE1 and IE2 follow each other. The long echo requests of IPv6
// come behind all else, as some stacks do not survive them (lwIP 2.1 of 64 bits ends at any
// datagram in fragments), 30 ms apart, and are not repeated. Interleaving shows in a shared IP ID
// counter: at most four steps of one between SEQ replies (I allows nine), of 256 (BI allows
// twenty); ipid.c takes them out again, so "by two" is not mistaken either. ICMP before SEQ6 has a
// smaller id if the counter is shared, which SS calls S just as well; separate counters do not
// depend on the order.
//
// First generation: T1-T7 and U1 at once, one behind the other. What is not answered is sent a
// second time, and once more for as long as repeating brought an answer, six times at most. Then
// the train, on a grid of 110 ms (first-generation specification, section 3).
//
// Reference: SEQ 100 ms after the packet before it, no other probes until all six are answered or
// timed out, then 25 ms apart in the order of spec 2.4, repetitions at the end.
//
// A SEQ probe is waited for RTO after it was sent; in own mode at least twice the longest round
// trip and 200 ms, because a late SEQ reply is worth more than the short wait for a lost one.
#include "osfp/sched.h"

#include "osfp/osfp.h"

enum {
    MS = 1000 * 1000,
    SEQ_GAP_MS = 100,
    FIRST_SEQ_GAP_MS = 110,
    SEQ_LEAST_PERCENT = 95,
    OWN_GAP_MS = 12,
    OWN_GAP_MAX_MS = 40,
    LEAD_GAP_MS = 6, // between ECN, T3 and SEQ1
    QUIRKS_GAP_MS = 25,
    FRAGMENT_GAP_MS = 30,
    SEQ_WAIT_MIN_US = 200 * 1000,
    FIRST_SENT_MIN = 2,
    FIRST_SENT_MAX = 6,
    RANK_FIRST = 100,
    RANK_RESEND = 200, // OPS and T1
    RANK_RETRY = 300,
};

static uint64_t with_delay(const struct sched *s, uint64_t gap_ns)
{
    const uint64_t delay_ns = (uint64_t)s->timing->scan_delay_us * 1000;
    return gap_ns < delay_ns ? delay_ns : gap_ns;
}

static bool is_own(const struct sched *s)
{
    return s->kind == SCHED_OWN;
}

// At least that, and so much that packets do not overtake each other where round trips vary.
static uint64_t in_order(const struct sched *s, uint64_t gap_ns)
{
    if (!s->rto->est.is_known)
        return gap_ns;
    const uint64_t wide = (uint64_t)s->rto->est.rttvar_us * 2000;
    const uint64_t most = (uint64_t)OWN_GAP_MAX_MS * MS;
    return wide > most ? most : wide > gap_ns ? wide : gap_ns;
}

static uint64_t other_gap(const struct sched *s)
{
    uint64_t gap = (uint64_t)(is_own(s) ? OWN_GAP_MS : QUIRKS_GAP_MS) * MS;
    if (s->kind == SCHED_FIRST)
        return with_delay(s, 0);
    return with_delay(s, is_own(s) ? in_order(s, gap) : gap);
}

// A connection attempt beside the train: the host's sequence numbers may depend on it.
static bool goes_before_train(const struct sched *s, int p)
{
    return is_own(s) && (p == PROBE_ECN || p == PROBE_T3) && s->slot[p].n_sent == 0;
}

static bool is_unsettled(const struct slot *slot)
{
    return slot->state == SLOT_QUEUED || slot->state == SLOT_WAITING;
}

// The train has to wait for something.
static bool has_leaders(const struct sched *s)
{
    for (int p = PROBE_OPS; p < PROBE_COUNT && s->kind == SCHED_FIRST; p++)
        if (is_unsettled(&s->slot[p]))
            return true;
    return (s->slot[PROBE_ECN].state == SLOT_QUEUED && goes_before_train(s, PROBE_ECN)) ||
           (s->slot[PROBE_T3].state == SLOT_QUEUED && goes_before_train(s, PROBE_T3));
}

static uint64_t lead_gap(const struct sched *s)
{
    const uint64_t wide = in_order(s, (uint64_t)OWN_GAP_MS * MS);
    const bool is_steady = wide == (uint64_t)OWN_GAP_MS * MS;
    return with_delay(s, is_steady ? (uint64_t)LEAD_GAP_MS * MS : wide);
}

static bool is_seq(int p)
{
    return p < PROBE_OPS;
}

static uint64_t train_due(const struct sched *s)
{
    const uint32_t k = s->next_seq;
    const uint64_t ms = s->kind == SCHED_FIRST ? FIRST_SEQ_GAP_MS : SEQ_GAP_MS;
    const uint64_t gap = with_delay(s, ms * MS);
    if (k == 0 && has_leaders(s))
        return UINT64_MAX;
    if (k == 0)
        return s->last_probe < 0 ? s->start_ns : s->last_ns + lead_gap(s);
    const uint64_t before = s->slot[PROBE_SEQ + k - 1].sent_ns;
    if (s->kind == SCHED_REFERENCE)
        return before + gap;
    const uint64_t by_clock = s->slot[PROBE_SEQ].sent_ns + k * gap;
    const uint64_t least = before + gap / 100 * SEQ_LEAST_PERCENT;
    return by_clock > least ? by_clock : least;
}

static void queue(struct sched *s, int p, int32_t rank)
{
    s->slot[p].state = SLOT_QUEUED;
    s->slot[p].rank = rank;
}

static void queue_others(struct sched *s)
{
    static const uint8_t own[] = {PROBE_T3, PROBE_ECN, PROBE_T2,  PROBE_U1,  PROBE_T5, PROBE_T6,
                                  PROBE_T7, PROBE_T4,  PROBE_IE1, PROBE_IE2, PROBE_X1, PROBE_X2,
                                  PROBE_NS, PROBE_F1,  PROBE_F2,  PROBE_F3};
    static const uint8_t reference[] = {
        PROBE_IE1,     PROBE_IE2,     PROBE_U1,      PROBE_OPS + 0, PROBE_OPS + 1, PROBE_OPS + 2,
        PROBE_OPS + 3, PROBE_OPS + 4, PROBE_OPS + 5, PROBE_ECN,     PROBE_T1,      PROBE_T2,
        PROBE_T3,      PROBE_T4,      PROBE_T5,      PROBE_T6,      PROBE_T7};
    static const uint8_t first[] = {PROBE_T1, PROBE_T2, PROBE_T3, PROBE_T4,
                                    PROBE_T5, PROBE_T6, PROBE_T7, PROBE_U1};
    static const uint8_t *const orders[] = {own, reference, first};
    static const size_t sizes[] = {sizeof own, sizeof reference, sizeof first};
    const uint8_t *order = orders[s->kind];
    const size_t n = sizes[s->kind];
    for (size_t i = 0; i < n; i++) {
        const int p = order[i];
        const bool is_ops = p >= PROBE_OPS && p < PROBE_ECN;
        const bool is_resend = p == PROBE_T1 && s->kind != SCHED_FIRST;
        const int stands_for = is_ops ? p - PROBE_OPS : is_resend ? PROBE_SEQ : -1;
        if (stands_for >= 0 && s->slot[stands_for].state != SLOT_SILENT)
            continue;
        if (s->wanted & probe_bit(p))
            queue(s, p, RANK_FIRST + (int32_t)i);
    }
}

void sched_begin(struct sched *s, uint32_t wanted, uint64_t start_ns)
{
    memset(s->slot, 0, sizeof s->slot);
    s->start_ns = start_ns;
    s->last_ns = start_ns;
    s->last_probe = -1;
    s->wanted = wanted;
    s->next_seq = wanted & SCHED_SEQ_BITS ? 0 : OBS_SEQ;
    s->in_gap = 0;
    s->n_late = 0;
    s->n_retries = 0;
    s->first_round = 0;
    s->is_phase_b = s->kind != SCHED_REFERENCE;
    if (s->is_phase_b)
        queue_others(s);
    sched_advance(s, s->now_ns);
}

static bool is_settled(const struct sched *s)
{
    for (int p = PROBE_SEQ; p < PROBE_OPS; p++)
        if (s->slot[p].state == SLOT_WAITING)
            return false;
    return s->next_seq == OBS_SEQ;
}

// The train is over and everything else has been sent.
static bool has_asked_all(const struct sched *s)
{
    for (int p = PROBE_OPS; p < PROBE_F1; p++)
        if (s->slot[p].state == SLOT_QUEUED && s->slot[p].n_sent == 0)
            return false;
    return is_settled(s);
}

// When a queued probe may go at the earliest: long echo requests go last, and one by one.
static uint64_t ready_ns(const struct sched *s, int p)
{
    const struct slot *before = &s->slot[p - 1];
    if (p < PROBE_F1)
        return 0;
    if (p == PROBE_F1)
        return has_asked_all(s) ? 0 : UINT64_MAX;
    if (before->state == SLOT_QUEUED)
        return UINT64_MAX;
    return before->sent_ns + with_delay(s, (uint64_t)FRAGMENT_GAP_MS * MS);
}

// Is there room for p at time t_ns before the next SEQ probe?
static bool fits(const struct sched *s, int p, uint64_t t_ns)
{
    if (t_ns < ready_ns(s, p))
        return false;
    if (!is_own(s) || s->next_seq == OBS_SEQ)
        return true;
    if (s->next_seq == 0 || p == PROBE_ECN)
        return s->next_seq == 0 && goes_before_train(s, p);
    const struct slot *ie2 = &s->slot[PROBE_IE2];
    const bool is_pair = p == PROBE_IE1 && ie2->state == SLOT_QUEUED && ie2->n_sent == 0;
    const uint32_t need = is_pair ? 2 : 1;
    return s->in_gap + need <= s->gap_room && t_ns + need * other_gap(s) <= train_due(s);
}

// The queued probe that would go at t_ns, or -1.
static int pick(const struct sched *s, uint64_t t_ns)
{
    int best = -1;
    if (s->last_probe == PROBE_IE1 && s->slot[PROBE_IE2].state == SLOT_QUEUED && is_own(s))
        return fits(s, PROBE_IE2, t_ns) ? PROBE_IE2 : -1;
    const struct slot *ie1 = &s->slot[PROBE_IE1];
    const bool holds_ie2 = is_own(s) && ie1->state == SLOT_QUEUED && ie1->n_sent == 0;
    for (int p = PROBE_OPS; p < PROBE_COUNT; p++) {
        if (s->slot[p].state != SLOT_QUEUED || !fits(s, p, t_ns))
            continue;
        if (p == PROBE_IE2 && holds_ie2)
            continue; // its place is behind IE1
        if (best < 0 || s->slot[p].rank < s->slot[best].rank)
            best = p;
    }
    return best;
}

static uint64_t other_due(const struct sched *s)
{
    if (s->last_probe < 0)
        return s->start_ns;
    const bool leads = s->next_seq == 0 && s->kind != SCHED_FIRST;
    return s->last_ns + (leads ? lead_gap(s) : other_gap(s));
}

int sched_due(const struct sched *s)
{
    if (s->next_seq < OBS_SEQ && s->now_ns >= train_due(s))
        return (int)(PROBE_SEQ + s->next_seq);
    return s->now_ns >= other_due(s) ? pick(s, s->now_ns) : -1;
}

void sched_sent(struct sched *s, int p)
{
    struct slot *slot = &s->slot[p];
    slot->state = SLOT_WAITING;
    slot->n_sent++;
    slot->sent_ns = s->now_ns;
    s->last_ns = s->now_ns;
    s->last_probe = p;
    s->in_gap = is_seq(p) ? 0 : s->in_gap + 1;
    if (is_seq(p))
        s->next_seq = (uint32_t)p + 1;
}

void sched_sent_at(struct sched *s, int p, uint64_t sent_ns)
{
    s->slot[p].sent_ns = sent_ns;
    if (s->last_probe == p)
        s->last_ns = sent_ns;
}

static void no_resend(struct sched *s, int p)
{
    if (s->slot[p].state == SLOT_QUEUED || s->slot[p].state == SLOT_WAITING)
        s->slot[p].state = SLOT_OFF;
    s->wanted &= ~probe_bit(p);
}

void sched_answered(struct sched *s, int p, uint64_t rx_ns)
{
    struct slot *slot = &s->slot[p];
    const int64_t rtt_us = ((int64_t)rx_ns - (int64_t)slot->sent_ns) / 1000;
    if (slot->state == SLOT_WAITING && slot->n_sent == 1)
        rto_sample(s->rto, rtt_us); // a repeated one does not say which was answered
    s->n_late += is_seq(p) && slot->state == SLOT_SILENT;
    slot->state = SLOT_DONE;
    if (!is_seq(p) && slot->n_sent > s->first_round)
        s->first_round = slot->n_sent;
    if (is_seq(p))
        no_resend(s, PROBE_OPS + p);
    if (p == PROBE_SEQ)
        no_resend(s, PROBE_T1);
}

static uint64_t deadline(const struct sched *s, int p)
{
    int64_t wait_us = rto_us(s->rto, s->timing);
    if (is_seq(p) && s->kind != SCHED_REFERENCE) {
        const int64_t twice = 2 * s->rto->longest_us;
        wait_us = wait_us < twice ? twice : wait_us;
        wait_us = wait_us < SEQ_WAIT_MIN_US ? SEQ_WAIT_MIN_US : wait_us;
    }
    return s->slot[p].sent_ns + (uint64_t)wait_us * 1000;
}

static uint32_t sent_max(const struct sched *s)
{
    if (s->kind != SCHED_FIRST)
        return s->sent_max;
    const uint32_t more = s->first_round + 1;
    return more < FIRST_SENT_MIN ? FIRST_SENT_MIN : more > FIRST_SENT_MAX ? FIRST_SENT_MAX : more;
}

static void time_out(struct sched *s, int p)
{
    const bool goes_first = is_own(s) && (p == PROBE_T2 || p == PROBE_T3);
    const bool is_fragmented = p >= PROBE_F1; // there are three of them
    if (is_seq(p) || is_fragmented || s->slot[p].n_sent >= sent_max(s))
        s->slot[p].state = SLOT_SILENT;
    else
        queue(s, p, s->n_retries++ + (goes_first ? 0 : RANK_RETRY));
}

// Own mode: behind the train, for each SEQ probe that was given up.
static void queue_resends(struct sched *s)
{
    for (int k = 0; k < OBS_SEQ; k++) {
        if (s->slot[PROBE_SEQ + k].state != SLOT_SILENT)
            continue;
        if (s->wanted & probe_bit(PROBE_OPS + k) && s->slot[PROBE_OPS + k].state == SLOT_OFF)
            queue(s, PROBE_OPS + k, RANK_RESEND + k);
        if (k == 0 && s->wanted & probe_bit(PROBE_T1) && s->slot[PROBE_T1].state == SLOT_OFF)
            queue(s, PROBE_T1, RANK_RESEND + OBS_SEQ);
    }
}

void sched_advance(struct sched *s, uint64_t now_ns)
{
    if (now_ns > s->now_ns)
        s->now_ns = now_ns;
    for (int p = 0; p < PROBE_COUNT; p++)
        if (s->slot[p].state == SLOT_WAITING && s->now_ns >= deadline(s, p))
            time_out(s, p);
    if (!s->is_phase_b && is_settled(s)) {
        s->is_phase_b = true;
        queue_others(s);
    }
    if (is_own(s) && s->next_seq == OBS_SEQ)
        queue_resends(s);
}

bool sched_is_over(const struct sched *s)
{
    bool is_over = s->next_seq == OBS_SEQ && s->is_phase_b;
    for (int p = 0; p < PROBE_COUNT; p++)
        is_over = is_over && s->slot[p].state != SLOT_QUEUED && s->slot[p].state != SLOT_WAITING;
    return is_over;
}

static uint64_t least_of(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

// The next long echo request that only waits for its time; other_ns: when one may go at all.
static uint64_t fragment_when(const struct sched *s, uint64_t other_ns)
{
    uint64_t when = UINT64_MAX;
    for (int p = PROBE_F2; p <= PROBE_F3; p++) {
        const uint64_t ready = ready_ns(s, p);
        if (s->slot[p].state != SLOT_QUEUED || ready == UINT64_MAX || s->now_ns >= ready)
            continue;
        when = least_of(when, ready > other_ns ? ready : other_ns);
    }
    return when;
}

uint64_t sched_when(const struct sched *s)
{
    uint64_t when = UINT64_MAX;
    const uint64_t due = other_due(s);
    const uint64_t other = due > s->now_ns ? due : s->now_ns;
    if (sched_is_over(s))
        return s->now_ns;
    if (s->next_seq < OBS_SEQ)
        when = train_due(s);
    if (other < when && pick(s, other) >= 0)
        when = other;
    for (int p = 0; p < PROBE_COUNT; p++) {
        if (s->slot[p].state != SLOT_WAITING)
            continue;
        const uint64_t end = deadline(s, p);
        when = end < when ? end : when;
    }
    return least_of(when, fragment_when(s, other));
}
