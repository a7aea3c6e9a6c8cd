// SPDX-License-Identifier: Apache-2.0
// A probe counts as being on its way until it is answered, or until answers have come that took
// longer: so silent hosts take room for a round trip only, whatever their own timeouts are.
//
// Time is cut into rounds. Only who answers a repeated probe shows loss: each loss belongs to the
// round in which the lost probe was sent, and is weighed against the answers to probes of that
// round. If more was lost than the path loses anyway, what was on its way then, less that share, is
// what the path carries. The window opens twofold, by trip or by round, and slowly by round once it
// had to be closed: as long as it is what holds probes back, and answers do not come ever later.
//
// What the path loses anyway is the least share seen, or the share that stays when the window is
// smaller: too much in flight would be lost less then.
#include "stage/crowd.h"

enum {
    FIRST = 1000,
    LEAST = 16,
    MOST = 1 << 18,
    LOST_ENOUGH = 8,   // of a round, to believe it
    TOLD_ENOUGH = 100, // likewise for what the path loses anyway
    EVIDENCE_ROUNDS = 16,
    LAG_MOST_US = 20000,
    LAG_MEAN = 16,   // answers
    SOME_US = 5000,  // longer round trips than when it was calm
    LONG_US = 50000, // likewise
    CALM_ROUNDS = 128,
};

#define MS UINT64_C(1000000)

static const uint64_t span_ns = 4 * MS;
static const uint64_t round_least_ns = 100 * MS;
static const uint64_t life_unknown_ns = 50 * MS;
static const uint64_t life_least_ns = 100 * MS;
static const uint64_t life_most_ns = 1000 * MS;
static const uint64_t trip_least_ns = 20 * MS;
static const double base_first = 0.1;
static const double base_most = 0.4;      // paths that lose more by themselves are none
static const double margin_least = 0.015; // above the base
static const double below = 0.95;         // of what the path carries, so that its queue empties
static const double share_most = 0.95;
static const double least_kept = 0.25;
static const double slow = 33.0 / 32;
static const double landed_enough = 0.75; // of a trip, in the next one
static const double smaller = 0.8;        // a window that was closed by so much can be compared

void crowd_init(struct crowd *c, uint32_t least)
{
    *c = (struct crowd){
        .least = least > LEAST ? least : LEAST, .threshold = MOST, .base = base_first};
    c->window = c->least > FIRST ? c->least : FIRST;
}

static uint64_t life_ns(const struct crowd *c)
{
    if (!c->rtt.is_known)
        return life_unknown_ns;
    const uint64_t ns = (uint64_t)(2 * c->rtt.srtt_us + 4 * c->rtt.rttvar_us) * 1000;
    return ns < life_least_ns ? life_least_ns : ns > life_most_ns ? life_most_ns : ns;
}

static struct crowd_round *round_at(struct crowd *c, uint32_t number)
{
    return &c->round[number % CROWD_ROUNDS];
}

// From its last eight bits.
static uint32_t number_of(const struct crowd *c, uint8_t round)
{
    return c->now - (uint8_t)((uint8_t)c->now - round);
}

// Of what is lost only that shows whose next try was not lost too, so it stands for more.
static double share_lost(const struct crowd_round *r)
{
    return r->n_lost < r->n_answered * share_most ? (double)r->n_lost / r->n_answered : share_most;
}

static uint64_t trip_ns(const struct crowd *c)
{
    const uint64_t ns = c->rtt.is_known ? (uint64_t)c->rtt.srtt_us * 1000 : 0;
    return ns > trip_least_ns ? ns : trip_least_ns;
}

static uint64_t round_ns(const struct crowd *c)
{
    return trip_ns(c) > round_least_ns ? trip_ns(c) : round_least_ns;
}

static void expire(struct crowd *c)
{
    uint32_t *n = &c->span[c->first_span % CROWD_SPANS];
    c->n_afloat -= *n;
    *n = 0;
    c->first_span++;
}

// Probes a second that came through, of those that answer at all.
static double rate(const struct crowd_round *r)
{
    return r->len_ns > 0 ? (double)r->n_answered / (double)r->len_ns : 0;
}

// If what comes through shrinks with the window, the path loses a share of everything. If there was
// too much in flight, as much comes through as before.
static bool has_helped(const struct crowd_round *before, const struct crowd_round *after)
{
    return rate(after) > rate(before) * (1 + after->most / before->most) / 2;
}

// Two rounds must say that it has not: the rate is not steady where much is lost.
static void judge_cut(struct crowd *c, const struct crowd_round *last, const struct crowd_round *r)
{
    const struct crowd_round *before = round_at(c, c->cut);
    const double most = before->most * smaller;
    if (last->most > most || r->most > most || last->n_answered + last->n_lost < TOLD_ENOUGH)
        return;
    c->is_cut = false;
    if (has_helped(before, last) || has_helped(before, r))
        return;
    const double lost = share_lost(last) > share_lost(r) ? share_lost(r) : share_lost(last);
    c->base = lost < base_most ? lost : base_most;
    c->threshold = MOST;
}

// A round of which all is known that there is to know.
static void learn(struct crowd *c, uint32_t number)
{
    const struct crowd_round *r = round_at(c, number);
    if (r->n_answered + r->n_lost < TOLD_ENOUGH)
        return;
    if (share_lost(r) < c->base)
        c->base = share_lost(r);
    if (c->is_cut && number > 0)
        judge_cut(c, round_at(c, number - 1), r);
}

// The queue that stands on the way, as the round trips of all and those of each host tell it.
enum queue { QUEUE_NONE, QUEUE_SOME, QUEUE_LONG, QUEUE_TOO_LONG };

static enum queue queue_of(const struct crowd *c)
{
    const int64_t trip_us = c->rtt.srtt_us;
    if (c->lag_us > trip_us / 2 + LAG_MOST_US)
        return QUEUE_TOO_LONG;
    if (trip_us > 3 * c->calm_us + LONG_US)
        return QUEUE_LONG;
    return trip_us > c->calm_us * 3 / 2 + SOME_US ? QUEUE_SOME : QUEUE_NONE;
}

static void open_fast(struct crowd *c)
{
    const double most = c->window < c->threshold && c->threshold < MOST ? c->threshold : MOST;
    c->window = 2 * c->window < most ? 2 * c->window : most;
}

static void open(struct crowd *c)
{
    const enum queue queue = queue_of(c);
    if (queue == QUEUE_TOO_LONG)
        return;
    if (c->window < c->threshold && queue < QUEUE_LONG)
        open_fast(c);
    else if (c->window * slow < MOST)
        c->window *= slow;
}

// What was lost is not known as early as the next trip. But while nearly all comes back, and in
// time, the window need not wait for that.
static void next_trip(struct crowd *c, uint64_t now_ns)
{
    const bool does_land = c->trip.n_landed > c->n_before * landed_enough;
    if (c->trip.was_full && does_land && c->window < c->threshold && queue_of(c) == QUEUE_NONE)
        open_fast(c);
    c->n_before = c->trip.n_sent;
    c->trip = (struct crowd_trip){.began_ns = now_ns};
}

// Losses show when the timeout of a probe is over and the next one is answered.
static uint32_t rounds_to_tell(const struct crowd *c)
{
    return 2 + (uint32_t)((life_ns(c) + round_least_ns) / round_ns(c));
}

static void next_round(struct crowd *c, uint64_t now_ns)
{
    struct crowd_round *ended = round_at(c, c->now);
    const uint32_t told = rounds_to_tell(c);
    ended->len_ns = now_ns - ended->began_ns;
    if (ended->was_full)
        open(c);
    c->now++;
    *round_at(c, c->now) = (struct crowd_round){.began_ns = now_ns, .most = c->n_afloat};
    c->calm_us += (c->rtt.srtt_us - c->calm_us) / CALM_ROUNDS; // other hosts may be farther
    if (c->now - c->cut >= CROWD_ROUNDS)
        c->is_cut = false;
    if (c->now >= told && told + 1 < CROWD_ROUNDS)
        learn(c, c->now - told);
}

void crowd_pass(struct crowd *c, uint64_t now_ns)
{
    const uint64_t life = life_ns(c);
    while (c->n_afloat > 0 && (c->first_span + 1) * span_ns + life <= now_ns)
        expire(c);
    if (now_ns >= c->trip.began_ns + trip_ns(c))
        next_trip(c, now_ns);
    if (now_ns >= round_at(c, c->now)->began_ns + round_ns(c))
        next_round(c, now_ns);
}

bool crowd_has_room(const struct crowd *c, uint32_t n)
{
    return (double)c->n_afloat + n + 1 <= c->window;
}

void crowd_refuse(struct crowd *c)
{
    round_at(c, c->now)->was_full = c->trip.was_full = true;
}

uint8_t crowd_send(struct crowd *c, uint64_t now_ns)
{
    const uint64_t span = now_ns / span_ns;
    if (c->n_afloat == 0)
        c->first_span = span;
    while (span >= c->first_span + CROWD_SPANS)
        expire(c);
    const uint64_t at = span > c->first_span ? span : c->first_span;
    c->span[at % CROWD_SPANS]++;
    c->n_afloat++;
    c->trip.n_sent++;
    struct crowd_round *r = round_at(c, c->now);
    if (c->n_afloat > r->most)
        r->most = c->n_afloat;
    return (uint8_t)c->now;
}

uint8_t crowd_round_of(const struct crowd *c, uint64_t sent_ns)
{
    uint32_t number = c->now;
    while (number > 0 && number + CROWD_ROUNDS > c->now + 1 &&
           c->round[number % CROWD_ROUNDS].began_ns > sent_ns)
        number--;
    return (uint8_t)number;
}

void crowd_land(struct crowd *c, uint64_t sent_ns)
{
    const uint64_t span = sent_ns / span_ns;
    uint32_t *n = &c->span[span % CROWD_SPANS];
    c->trip.n_landed++;
    if (span < c->first_span || span >= c->first_span + CROWD_SPANS || *n == 0)
        return;
    --*n;
    c->n_afloat--;
}

void crowd_time(struct crowd *c, uint64_t took_ns, uint64_t least_ns)
{
    rtt_add(&c->rtt, (int64_t)(took_ns / 1000));
    if (c->calm_us == 0 || c->rtt.srtt_us < c->calm_us)
        c->calm_us = c->rtt.srtt_us;
    c->lag_us += ((int64_t)((took_ns - least_ns) / 1000) - c->lag_us) / LAG_MEAN;
}

int64_t crowd_lag_us(const struct crowd *c)
{
    return c->lag_us > LONG_US ? c->lag_us : 0;
}

static void close_to(struct crowd *c, uint32_t number, double window)
{
    const struct crowd_round *r = round_at(c, number);
    if (!c->is_cut || r->most > round_at(c, c->cut)->most)
        c->cut = number;
    c->is_cut = true;
    if (window >= c->window)
        return;
    c->window = window > c->least ? window : c->least;
    c->threshold = c->window;
    round_at(c, c->now)->was_full = c->trip.was_full = false; // it does not open at once
}

// Than the path does anyway, and by more than chance would have it: by one deviation at least.
static bool loses_more(const struct crowd *c, const struct crowd_round *r)
{
    const double n = (double)r->n_answered + r->n_lost;
    const double more = share_lost(r) - c->base - margin_least;
    return more > 0 && more * more * n > 1;
}

// The share of what was on its way in a round; at the first signs of loss not all answers are told.
static double carried(const struct crowd *c, const struct crowd_round *r)
{
    const double share = (1 - share_lost(r)) / (1 - c->base);
    return share > least_kept ? share : least_kept;
}

void crowd_tell(struct crowd *c, uint8_t round, bool is_lost)
{
    const uint32_t number = number_of(c, round);
    if (c->now - number >= EVIDENCE_ROUNDS)
        return;
    struct crowd_round *r = round_at(c, number);
    r->n_answered += !is_lost;
    r->n_lost += is_lost;
    if (is_lost && r->n_lost >= LOST_ENOUGH && loses_more(c, r))
        close_to(c, number, r->most * carried(c, r) * below);
}

uint64_t crowd_when(const struct crowd *c)
{
    uint64_t span = c->first_span;
    if (c->n_afloat == 0)
        return UINT64_MAX;
    while (c->span[span % CROWD_SPANS] == 0)
        span++;
    return (span + 1) * span_ns + life_ns(c);
}
