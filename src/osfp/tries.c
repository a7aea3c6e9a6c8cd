// SPDX-License-Identifier: Apache-2.0
// A try from beginning to end, and whether there is another one.
//
// Own mode repeats only what can change the answer: the SEQ train if some of its replies are
// lost or late or its spacing was disturbed, ECN and T4 if the open port answers SEQ but not
// them, both IE probes if one of them is answered or was repeated, T5-T7 if some of them are. What
// nothing answers (T2 and T3, U1, both IE) is silence, not loss, unless the path is known to lose
// enough. The next try starts from a copy of the observation, so its subject is the more complete
// one. The tries end as soon as one of them brought nothing new, but for trains of which each
// misses something else. With quirks every try is a whole one, and all of spec 1.5
// holds.
#include "osfp/state.h"

#include "osfp/six.h"
#include "osfp/subject.h"

enum {
    MS = 1000 * 1000,
    PORT_LEAST = 33000, // spec 2.2
    PORT_RANGE = 32261,
    OWN_PORT_LEAST = 61000,
    OWN_PORT_RANGE = 4200,
    PORT_STEP = 256,
    FILL_LEAST = 65, // first-generation specification, section 3
    FILL_RANGE = 60,
    RANDOM_PORT = 30000, // spec 1.4
    RANDOM_RANGE = 14781,
    TTL_LEAST = 51, // UT, spec 2.1
    TTL_RANGE = 14,
    ICMP_LIMIT_MS = 1100, // between two ICMP errors of a host that sends one a second
    USUAL_TRIES = 5,
    NOT_IDEAL_TRIES = 2,
    LOSSY_TRIES = 8,   // instead of five, while trains lose replies by chance
    FILTER_TRAINS = 3, // in which the same reply is missing
    LOST_LEAST = 2,
    LOSS_SHARE = 10, // own losses count from a tenth on: few packets tell little
    PAUSE_MS = 1000, // spec 1.5
    LONG_PAUSE_MS = 2500,
    LONG_PAUSE_TRY = 4,
};

#define LOSS_LEAST 0.01    // of all hosts on the way
#define LOSS_CERTAIN 0.001 // silence is silence

// IPv6 has no behaviour of the reference to follow in time.
static bool is_own(const struct osfp *fp)
{
    return fp->cfg.quirks == QUIRKS_NONE || fp->cfg.dst.family == IP_V6;
}

// The sequence numbers of IPv6 probes leave no room for resends: the whole train is repeated.
static uint32_t six_probes(const struct osfp *fp, uint32_t bits)
{
    bits &= ~((uint32_t)SCHED_OPS_BITS | probe_bit(PROBE_T1));
    bits |= fp->cfg.quirks == QUIRKS_NONE ? SIX_BITS : SIX_BITS & ~SIX_FRAGMENT_BITS;
    return fp->cfg.is_direct ? bits : bits & ~probe_bit(PROBE_NS);
}

static uint32_t first_probes(const struct osfp *fp)
{
    const uint32_t closed = probe_bit(PROBE_T5) | probe_bit(PROBE_T6) | probe_bit(PROBE_T7);
    const uint32_t open = (probe_bit(PROBE_T5) - probe_bit(PROBE_T1)) | SCHED_SEQ_BITS;
    return closed | probe_bit(PROBE_U1) | (fp->cfg.open_tcp >= 0 ? open : 0);
}

// The probes that tests of the second generation are made of.
static uint32_t probes_of(uint32_t tests)
{
    static const uint8_t probes[][2] = {
        {TEST_T2, PROBE_T2},  {TEST_T3, PROBE_T3},  {TEST_T4, PROBE_T4}, {TEST_T5, PROBE_T5},
        {TEST_T6, PROBE_T6},  {TEST_T7, PROBE_T7},  {TEST_U1, PROBE_U1}, {TEST_IE, PROBE_IE1},
        {TEST_IE, PROBE_IE2}, {TEST_ECN, PROBE_ECN}};
    const uint32_t train = 1u << TEST_SEQ | 1u << TEST_OPS | 1u << TEST_WIN | 1u << TEST_T1;
    uint32_t bits = tests & train ? SCHED_SEQ_BITS | SCHED_OPS_BITS | probe_bit(PROBE_T1) : 0;
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        if (tests >> probes[i][0] & 1)
            bits |= probe_bit(probes[i][1]);
    return bits;
}

uint32_t try_all_probes(const struct osfp *fp)
{
    if (fp->cfg.gen == OSDB_FIRST)
        return first_probes(fp);
    uint32_t bits = probe_bit(PROBE_U1) | probe_bit(PROBE_IE1) | probe_bit(PROBE_IE2);
    bits |= probe_bit(PROBE_T5) | probe_bit(PROBE_T6) | probe_bit(PROBE_T7);
    if (fp->cfg.open_tcp >= 0)
        bits |= probe_bit(PROBE_T5) - 1; // all that go to the open port
    if (fp->cfg.only_tests > 0)
        bits &= probes_of(fp->cfg.only_tests);
    return fp->packets ? six_probes(fp, bits) : bits;
}

void try_prepare(struct osfp *fp)
{
    const struct obs before = fp->obs;
    obs_begin(&fp->obs, fp->n_begun > 0 ? &before : NULL, fp->cfg.quirks);
    fp->obs.gen = fp->cfg.gen;
    fp->obs.src = fp->cfg.src;
    fp->obs.dst = fp->cfg.dst;
    fp->n_begun++;
}

// Above the ports that Linux gives to connections (32768 to 60999): what is left of one in the
// host, closed a minute ago by its own side, would answer a probe from the same port.
static uint16_t draw_base(struct osfp *fp, uint16_t first, uint16_t now)
{
    const uint32_t least = is_own(fp) ? OWN_PORT_LEAST : PORT_LEAST;
    const uint32_t range = is_own(fp) ? OWN_PORT_RANGE : PORT_RANGE;
    if (fp->n_begun == 1)
        return first ? first : (uint16_t)(least + rng_below(&fp->rng, range));
    if (fp->cfg.keep_ports || fp->cfg.quirks == QUIRKS_793)
        return now;
    const uint32_t offset = (uint32_t)now + PORT_STEP + 2 * range - least;
    return (uint16_t)(least + offset % range);
}

static uint16_t draw_port(struct osfp *fp, int32_t stored, int32_t other)
{
    const uint32_t random = RANDOM_PORT + rng_below(&fp->rng, RANDOM_RANGE);
    return (uint16_t)(stored >= 0 ? (uint32_t)stored : other >= 0 ? (uint32_t)other : random);
}

// One base for both protocols; the probe for UDP differs from scan to scan, not from try to try.
static void draw_first(struct osfp *fp)
{
    struct obs *o = &fp->obs;
    o->udp_base = o->tcp_base;
    if (fp->n_begun > 1)
        return;
    o->u1_id = (uint16_t)(1 + rng_below(&fp->rng, UINT16_MAX));
    o->u1_fill = (uint8_t)(FILL_LEAST + rng_below(&fp->rng, FILL_RANGE));
}

static void draw_values(struct osfp *fp, uint64_t start_ns)
{
    struct obs *o = &fp->obs;
    const int64_t unix_s = (fp->unix_ns + (int64_t)start_ns) / (1000 * MS);
    o->tcp_base = draw_base(fp, fp->cfg.tcp_base, o->tcp_base);
    o->udp_base = draw_base(fp, fp->cfg.udp_base, o->udp_base);
    o->seq_base = rng_u32(&fp->rng);
    o->ack_base = rng_u32(&fp->rng);
    o->icmp_id = (uint16_t)rng_u32(&fp->rng);
    o->u1_ttl = (uint8_t)(TTL_LEAST + unix_s % TTL_RANGE);
    if (o->gen == OSDB_FIRST)
        draw_first(fp);
    o->u1_port = draw_port(fp, fp->closed_udp, fp->cfg.other_udp);
    fp->open = (uint16_t)(fp->cfg.open_tcp >= 0 ? fp->cfg.open_tcp : 0);
    fp->closed = draw_port(fp, fp->cfg.closed_tcp, fp->cfg.other_tcp);
}

void try_begin(struct osfp *fp, uint32_t wanted, uint64_t start_ns)
{
    try_prepare(fp);
    draw_values(fp, start_ns);
    sched_begin(&fp->sched, wanted, start_ns);
    fp->state = OSFP_BUSY;
}

void try_note_reply(struct osfp *fp, int p, bool is_first, const struct frame *f)
{
    if (is_first && fp->packets && p < PROBE_F1)
        fp->packets[p] = arena_copy(fp->arena, span_head(f->packet, SIX_PACKET_MAX));
    if (p != PROBE_U1 || !is_first)
        return;
    const struct obs_reply *r = &fp->obs.probe[PROBE_U1].reply;
    if (!fp->has_u1_distance)
        fp->u1_distance = fp->obs.u1_ttl - r->unreach.quoted_ttl + 1;
    fp->has_u1_distance = true;
    if (fp->closed_udp < 0 && fp->cfg.gen == OSDB_SECOND) // the first one does not learn it
        fp->closed_udp = fp->obs.u1_port;
}

static bool is_seen(const struct osfp *fp, int p)
{
    return fp->obs.probe[p].reply.is_seen;
}

// Of the transmissions of probes that are answered at all, how many are lost?
static double own_loss(const struct osfp *fp)
{
    const struct obs *o = &fp->obs;
    uint32_t sent = fp->train.n_answered > 0 ? OBS_SEQ : 0;
    uint32_t lost = sent - fp->train.n_answered * (sent > 0);
    for (int p = PROBE_ECN; p < PROBE_COUNT; p++) {
        if (!is_seen(fp, p))
            continue;
        sent += o->probe[p].n_sent;
        lost += o->probe[p].n_sent - 1u;
    }
    return lost >= LOST_LEAST ? (double)lost / sent : 0;
}

static double path_loss(const struct osfp *fp)
{
    const double own = own_loss(fp);
    if (own * LOSS_SHARE < 1 || own < fp->loss)
        return fp->loss;
    return fp->loss > 0 ? own : 2 * own; // few packets: it may well be more
}

static bool is_path_lossy(const struct osfp *fp)
{
    return path_loss(fp) >= LOSS_LEAST;
}

// May the path have eaten all that was sent of it?
static bool may_be_loss(const struct osfp *fp, int p)
{
    const uint32_t n_sent = fp->obs.probe[p].n_sent;
    double rest = path_loss(fp);
    // What follows a port unreachable message within a second often gets none.
    for (uint32_t i = 1; i < n_sent && p != PROBE_U1; i++)
        rest *= path_loss(fp);
    return rest > LOSS_CERTAIN;
}

// What nobody would repeat on a good path.
static uint32_t find_silent(const struct osfp *fp)
{
    static const uint8_t silent[] = {PROBE_T2, PROBE_T3, PROBE_U1, PROBE_IE1, PROBE_IE2};
    uint32_t bits = 0;
    for (size_t i = 0; i < sizeof silent; i++)
        if (!is_seen(fp, silent[i]) && may_be_loss(fp, silent[i]))
            bits |= probe_bit(silent[i]);
    return bits & try_all_probes(fp);
}

// The pair was answered, but a repetition leaves unknown how far the IP ID stepped in between.
static bool is_echo_torn(const struct osfp *fp)
{
    const struct obs_probe *ie = &fp->obs.probe[PROBE_IE1];
    return fp->obs.gen == OSDB_SECOND && !fp->packets && ie[0].reply.is_seen &&
           ie[1].reply.is_seen && (ie[0].n_sent > 1 || ie[1].n_sent > 1);
}

// Bits of what a further try should send.
static uint32_t find_missing(const struct osfp *fp)
{
    const struct train *t = &fp->best.how;
    const uint32_t n_echo = (uint32_t)is_seen(fp, PROBE_IE1) + is_seen(fp, PROBE_IE2);
    const uint32_t n_closed =
        (uint32_t)is_seen(fp, PROBE_T5) + is_seen(fp, PROBE_T6) + is_seen(fp, PROBE_T7);
    const uint32_t n_long =
        (uint32_t)is_seen(fp, PROBE_F1) + is_seen(fp, PROBE_F2) + is_seen(fp, PROBE_F3);
    uint32_t bits = 0;
    if (t->n_answered > 0 &&
        (t->n_answered < OBS_SEQ || t->is_disturbed || t->is_late || t->is_mixed))
        bits |= SCHED_SEQ_BITS | SCHED_OPS_BITS | probe_bit(PROBE_T1);
    if (t->n_answered > 0 && !is_seen(fp, PROBE_ECN))
        bits |= probe_bit(PROBE_ECN);
    if (t->n_answered > 0 && !is_seen(fp, PROBE_T4))
        bits |= probe_bit(PROBE_T4);
    if (n_echo == 1 || is_echo_torn(fp))
        bits |= probe_bit(PROBE_IE1) | probe_bit(PROBE_IE2);
    if (n_closed == 1 || n_closed == 2)
        bits |= probe_bit(PROBE_T5) | probe_bit(PROBE_T6) | probe_bit(PROBE_T7);
    if (n_long == 1) // one id tells nothing
        bits |= SIX_FRAGMENT_BITS;
    if (is_path_lossy(fp))
        bits |= find_silent(fp);
    return bits & try_all_probes(fp);
}

static uint32_t score_of(const struct osfp *fp)
{
    const struct train *t = &fp->best.how;
    uint32_t score = t->n_answered + !t->is_disturbed + !t->is_late + !t->is_mixed;
    score += !is_echo_torn(fp);
    for (int p = PROBE_ECN; p < PROBE_COUNT; p++)
        score += is_seen(fp, p);
    return score;
}

static void make_room(struct osfp *fp)
{
    if (fp->n_over < fp->n_room)
        return;
    const uint32_t room = fp->n_room ? 2 * fp->n_room : 1;
    struct osdb_subject *subjects = arena_array(fp->arena, room, sizeof *subjects);
    struct os_sequence *sequences = arena_array(fp->arena, room, sizeof *sequences);
    if (fp->n_over > 0) {
        memcpy(subjects, fp->subjects, fp->n_over * sizeof *subjects);
        memcpy(sequences, fp->sequences, fp->n_over * sizeof *sequences);
    }
    fp->subjects = subjects;
    fp->sequences = sequences;
    fp->n_room = room;
}

void try_finish(struct osfp *fp)
{
    const struct subject_env env = {
        .seq = {fp->cfg.is_local, fp->cfg.timing.scan_delay_us, fp->cfg.quirks, fp->cfg.gen},
        .has_open = fp->cfg.open_tcp >= 0,
        .has_closed = fp->cfg.closed_tcp >= 0 || fp->cfg.gen == OSDB_FIRST,
        .has_distance = fp->has_u1_distance,
        .distance = fp->u1_distance,
        .unix_ns = fp->unix_ns,
        .lacks_acks = fp->lacks_acks,
        .is_six = fp->packets != NULL,
    };
    train_finish(fp);
    make_room(fp);
    subject_build(fp->arena, &fp->obs, &env, &fp->subjects[fp->n_over]);
    subject_sequence(&fp->obs, &env, &fp->sequences[fp->n_over]);
    fp->n_over++;
}

// Something is missing that was lost rather than never there, or the numbers are not the host's.
// Uneven gaps are no such reason: the numbers are measured by the gaps as they were.
static bool has_losses(const struct osfp *fp)
{
    const struct train *t = &fp->best.how;
    const bool is_broken = t->n_answered < OBS_SEQ || t->is_mixed;
    return (t->n_answered > 0 && is_broken) || is_echo_torn(fp) || is_path_lossy(fp);
}

// Other replies of the train are missing than before: that is loss, a filter would eat the same.
// Where much is lost the same one may be missing twice.
static bool is_by_chance(const struct osfp *fp)
{
    const bool may_repeat = is_path_lossy(fp) && fp->n_trains < FILTER_TRAINS;
    return fp->best.how.n_answered < OBS_SEQ && fp->train.n_answered >= OBS_SEQ / 2 &&
           (!fp->lost_always || may_repeat);
}

static uint32_t tries_limit(const struct osfp *fp)
{
    uint32_t limit = fp->cfg.max_tries;
    if (limit > LIMIT_OS_TRIES)
        limit = LIMIT_OS_TRIES;
    if (is_own(fp) && limit == USUAL_TRIES && is_by_chance(fp))
        limit = LOSSY_TRIES;
    const bool may_hope = is_own(fp) && (has_losses(fp) || fp->best.how.is_disturbed);
    if (limit > NOT_IDEAL_TRIES && !osfp_is_ideal(fp) && !may_hope)
        limit = NOT_IDEAL_TRIES;
    return limit;
}

// A host that sends one ICMP error a second is not asked for the next one before.
static uint64_t rest_until(const struct osfp *fp, uint32_t missing, uint64_t now_ns)
{
    const uint64_t again_ns = fp->obs.probe[PROBE_U1].sent_ns + (uint64_t)ICMP_LIMIT_MS * MS;
    return (missing & probe_bit(PROBE_U1)) && again_ns > now_ns ? again_ns : now_ns;
}

static void continue_own(struct osfp *fp, uint64_t now_ns)
{
    const uint32_t score = score_of(fp);
    const bool is_chance = is_by_chance(fp) || (is_echo_torn(fp) && is_path_lossy(fp));
    // What disturbed a train was this machine: that need not happen again.
    const bool was_us = fp->train.n_answered > 0 && fp->train.is_disturbed;
    const bool has_news = fp->n_over == 1 || score > fp->score || is_chance || was_us;
    const uint32_t missing = find_missing(fp);
    fp->score = score;
    if (missing == 0 || !has_news)
        fp->state = OSFP_DONE;
    else
        try_begin(fp, missing, rest_until(fp, missing, now_ns));
}

void osfp_note_loss(struct osfp *fp, double share)
{
    fp->loss = share;
}

void osfp_continue(struct osfp *fp, bool is_perfect, uint64_t now_ns)
{
    if (fp->state != OSFP_TRY_OVER)
        return;
    const bool is_late = now_ns >= fp->deadline_ns;
    // Half a train fits too many systems: what was lost is asked for all the same.
    const bool is_enough = is_perfect && !(is_own(fp) && has_losses(fp));
    if (is_enough || is_late || fp->n_begun >= tries_limit(fp)) {
        fp->state = OSFP_DONE;
        return;
    }
    if (is_own(fp)) {
        continue_own(fp, now_ns);
        return;
    }
    const uint64_t pause = fp->n_begun + 1 == LONG_PAUSE_TRY ? LONG_PAUSE_MS : PAUSE_MS;
    try_begin(fp, try_all_probes(fp), now_ns + pause * MS);
}
