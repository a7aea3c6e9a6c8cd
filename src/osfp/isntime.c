// SPDX-License-Identifier: Apache-2.0
// Over an unsteady path the numbers of a host that steps them by time show a spread that is the
// path's. A host that steps them by connection shows its own, but one train does not tell the two
// apart. The SYNs that go shortly before and behind the train do: ECN is answered a few
// milliseconds from SEQ1, which is a small step by time and a whole one by connection.
//
// A line C = (t - c) / x through the points is wanted, where t of point i is between sent_i and
// sent_i + late_i. Two points allow x an interval; if all of these have something in common there
// is such a line (intervals of c that meet in pairs meet in one place).
#include "osfp/isntime.h"

#include <math.h>

#include "wire/tcp.h"

enum { POINTS_MAX = PROBE_T4, CLOCKS_US = 1000 }; // two clocks and a wake-up between them

#define HALF_WAY 1073741824.0 // of a number that goes round after twice as much up or down

static const double never_us = 1e12;

struct point {
    double sent_us;
    double late_us; // at most
    double isn;     // counted on from the first point
};

struct points {
    uint32_t n;
    struct point at[POINTS_MAX];
};

static bool is_usable(const struct obs_probe *p)
{
    return p->reply.is_seen && p->n_sent == 1 && p->reply.rx_ns > p->sent_ns;
}

static double trip_us(const struct obs_probe *p)
{
    return (double)(p->reply.rx_ns - p->sent_ns) / 1000;
}

// What may be taken off a round trip: its shortest, less what that may still be longer than the
// way (as much as round trips vary).
static double least_trip(const struct obs *o)
{
    double least = never_us, mean = 0, squares = 0;
    uint32_t n = 0;
    for (int p = 0; p < PROBE_COUNT; p++) {
        if (!is_usable(&o->probe[p]))
            continue;
        const double trip = trip_us(&o->probe[p]);
        const double off = trip - mean;
        least = trip < least ? trip : least;
        mean += off / ++n;
        squares += off * (trip - mean);
    }
    return least - CLOCKS_US - (n > 1 ? sqrt(squares / (n - 1)) : 0);
}

// The numbers may go round: each is counted from the one before.
static void put(struct points *to, double sent_us, double late_us, uint32_t isn, uint32_t *last)
{
    const double before = to->n > 0 ? to->at[to->n - 1].isn : 0;
    const double step = to->n > 0 ? (double)(int32_t)(isn - *last) : 0;
    to->at[to->n++] = (struct point){sent_us, late_us, before + step};
    *last = isn;
}

static bool is_synack(const struct obs_probe *p)
{
    const uint8_t flags = p->reply.tcp.flags;
    return is_usable(p) && (flags & TCP_SYN) && (flags & TCP_ACK) && !(flags & TCP_RST);
}

// The one that was sent first after that time, or -1.
static int next_sent(const struct obs *o, uint64_t after_ns)
{
    int best = -1;
    for (int p = 0; p < POINTS_MAX; p++) {
        const struct obs_probe *probe = &o->probe[p];
        if (is_synack(probe) && probe->sent_ns > after_ns &&
            (best < 0 || probe->sent_ns < o->probe[best].sent_ns))
            best = p;
    }
    return best;
}

// All that are near enough to each other for the way that the numbers went to be known.
static void collect(const struct obs *o, uint64_t apart_ns, struct points *to)
{
    const double least_us = least_trip(o);
    const uint64_t train_ns = o->probe[PROBE_SEQ].sent_ns;
    uint64_t before_ns = 0;
    uint32_t last = 0;
    to->n = 0;
    for (int p = next_sent(o, 0); p >= 0; p = next_sent(o, before_ns)) {
        const struct obs_probe *probe = &o->probe[p];
        const bool is_far = before_ns > 0 && probe->sent_ns - before_ns > apart_ns;
        before_ns = probe->sent_ns;
        if (is_far && probe->sent_ns > train_ns)
            return;
        if (is_far)
            to->n = 0;
        put(to, (double)(probe->sent_ns / 1000), trip_us(probe) - least_us, probe->reply.tcp.seq,
            &last);
    }
}

// Narrows the time of one step, x, to what points a and b (sent later) allow.
static void narrow(const struct point *a, const struct point *b, double unit, double *lo,
                   double *hi)
{
    const double apart_us = b->sent_us - a->sent_us;
    const double most_us = apart_us + b->late_us;
    const double least_us = apart_us - a->late_us;
    const double steps = b->isn - a->isn;
    if (steps > unit && most_us / (steps - unit) < *hi)
        *hi = most_us / (steps - unit);
    if (steps + unit > 0 && least_us / (steps + unit) > *lo)
        *lo = least_us / (steps + unit);
    if (steps + unit <= 0 && least_us > 0)
        *lo = never_us; // backward
}

bool isn_may_follow_time(const struct obs *o, uint32_t unit, double per_second)
{
    struct points points;
    double lo = 0, hi = never_us;
    const double apart_s = per_second > HALF_WAY ? HALF_WAY / per_second : 1;
    collect(o, (uint64_t)(apart_s * 1e9), &points);
    for (uint32_t i = 0; i < points.n; i++)
        for (uint32_t k = i + 1; k < points.n; k++)
            narrow(&points.at[i], &points.at[k], unit, &lo, &hi);
    return lo <= hi;
}
