// SPDX-License-Identifier: Apache-2.0
// How long a port scan will still take by itself: the probes that are left, at the pace that its
// window and its gap allow. Only for people who wait.
#include "stage/outlook.h"
#include "stage/portscan.h"

// Of those that were expected; half until that is known.
static double share_answered(const struct portscan *s)
{
    return s->n_expected ? (double)s->n_received / s->n_expected : 0.5;
}

// One that answers needs as many as loss makes necessary, one that is silent all tries.
static double probes_left(const struct portscan *s)
{
    const double loss = loss_share(&s->loss, s->visit->loss);
    const double tries = portscan_tries(s);
    const double once = loss < 0.5 ? 1 / (1 - loss) : 2;
    const double answered = share_answered(s);
    const double each = answered * (once < tries ? once : tries) + (1 - answered) * tries;
    return (s->n_ports - s->next) * each + s->n_again + s->n_active * (each - 1) / 2;
}

// How long a place in the window is taken by one probe.
static double probe_ns(const struct portscan *s)
{
    const double answered = share_answered(s);
    const struct rtt *rtt = &s->visit->host.rtt;
    const double wait = (double)portscan_timeout_ns(s->visit);
    const double trip = rtt->is_known ? (double)rtt->srtt_us * 1000 : wait;
    return answered * trip + (1 - answered) * wait;
}

// In a round: by one for each answer below the threshold, else by one or two in all; by less for
// each that is silent.
static double growth(const struct portscan *s, double window)
{
    const double rise = s->visit->plan->timing.level >= 4 ? 2 : 1;
    const double silent = (1 - share_answered(s)) * PORTSCAN_SILENCE_GROWTH * window;
    return (window < s->threshold ? window : rise) + silent;
}

// Round after round; what is left after the first ones goes at their last pace.
static double window_ns(const struct portscan *s, double n)
{
    enum { ROUNDS = 100 };
    const double most = s->visit->plan->timing.max_window;
    const double round_ns = probe_ns(s);
    double window = s->window > 1 ? s->window : 1, sum_ns = 0;
    for (int i = 0; i < ROUNDS && n > window; i++) {
        sum_ns += round_ns;
        n -= window;
        window += growth(s, window);
        window = window < most ? window : most;
    }
    return sum_ns + n / window * round_ns;
}

static double own_ns(const struct portscan *s, double n, uint64_t now_ns)
{
    if (s->is_done)
        return 0;
    if (n < 1 && s->n_flights == 0 && s->type->method->rest_left) {
        const uint64_t rest_ns = s->type->method->rest_left(s, now_ns);
        return rest_ns < UINT64_MAX ? (double)rest_ns : -1;
    }
    const double gap_ns = (double)s->visit->plan->timing.scan_delay_us * 1000;
    const double by_window = window_ns(s, n);
    const double pace = by_window > n * gap_ns ? by_window : n * gap_ns;
    return pace + (s->n_active > 0 || n >= 1 ? (double)portscan_timeout_ns(s->visit) : 0);
}

// Units are ports: probes are no measure where many are lost.
void portscan_outlook(const struct portscan *s, uint64_t now_ns, struct outlook *o)
{
    const double n = s->is_done ? 0 : probes_left(s);
    const double own = own_ns(s, n, now_ns);
    o->own_ns = own < 0 || o->own_ns < 0 ? -1 : own > o->own_ns ? own : o->own_ns;
    const double pending = s->is_done ? 0 : s->n_ports - s->next + (double)s->n_again + s->n_active;
    o->units_done += s->n_ports - pending;
    o->units_left += pending;
    o->is_starved |= n >= 1 && s->n_active + 1.0 < s->window;
}
