// SPDX-License-Identifier: Apache-2.0
// How long a port scan will still take: the probes that are left, at the pace of the window where
// that is what holds it up, else (gap, rate limit, many hosts) at the pace it had so far. Only
// for people who wait.
#include <math.h>

#include "stage/portscan.h"

static double probes_left(const struct portscan *s)
{
    const double again = (double)s->n_again + s->n_active;
    const double seen = (double)s->next - again;
    const double each = seen >= 1 ? (s->n_sent - again) / seen : 1;
    const double half = (portscan_tries(s) - 1.0) / 2;
    return (s->n_ports - s->next) * (each > 1 ? each : 1) + s->n_again + s->n_active * half;
}

// How long a place in the window is taken by one probe.
static double probe_ns(const struct portscan *s)
{
    const double answered = s->n_expected ? (double)s->n_received / s->n_expected : 0.5;
    const struct rtt *rtt = &s->visit->host.rtt;
    const double wait = (double)portscan_timeout_ns(s);
    const double trip = rtt->is_known ? (double)rtt->srtt_us * 1000 : wait;
    return answered * trip + (1 - answered) * wait;
}

// The window grows by SILENCE_GROWTH for each silent probe, so by itself exponentially.
static double window_ns(const struct portscan *s, double n)
{
    const double most = s->visit->plan->timing.max_window;
    const double growth = PORTSCAN_SILENCE_GROWTH;
    const double place = probe_ns(s);
    const double window = s->window > 1 ? s->window : 1;
    const double n_growing = most > window ? (most - window) / growth : 0;
    if (n <= n_growing)
        return place / growth * log(1 + n * growth / window);
    const double grown = n_growing > 0 ? place / growth * log(most / window) : 0;
    return grown + (n - n_growing) * place / (most > window ? most : window);
}

uint64_t portscan_left_ns(const struct portscan *s, uint64_t since_ns, uint64_t now_ns)
{
    if (s->is_done)
        return 0;
    const double n = probes_left(s);
    const double tail = (double)portscan_timeout_ns(s);
    if (n < 1 && s->n_flights == 0 && s->type->method->rest_left)
        return s->type->method->rest_left(s, now_ns);
    const double by_window = window_ns(s, n);
    const double spent = (double)(now_ns - since_ns);
    const double so_far = s->n_sent > 0 ? n * spent / s->n_sent : by_window;
    const bool is_full = s->n_active + 1.0 >= s->window;
    const double pace = is_full || by_window > so_far ? by_window : so_far;
    return (uint64_t)(pace + (s->n_active > 0 || n >= 1 ? tail : 0));
}
