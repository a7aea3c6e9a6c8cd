// SPDX-License-Identifier: Apache-2.0
#include "base/rtt.h"

enum {
    SAMPLE_MAX_US = 8000000, // longer ones are ignored (scanning spec 5.2)
    JUMP_MAX_US = 1500000,   // likewise jumps that the estimate makes implausible
    BACKWARD_MAX_US = 50000, // clock of capture and of sending may differ by this
    BACKWARD_AS_US = 10000,
    VAR_MIN_US = 5000,
    VAR_MAX_US = 2000000,
    VAR_RESET_US = 2300000,
};

static int64_t clamp(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

void rtt_add(struct rtt *r, int64_t d)
{
    if (d < 0 && d > -BACKWARD_MAX_US)
        d = BACKWARD_AS_US;
    if (d < 0 || d >= SAMPLE_MAX_US)
        return;
    if (!r->is_known) {
        *r = (struct rtt){d, clamp(d, VAR_MIN_US, VAR_MAX_US), true};
        return;
    }
    const int64_t e = d - r->srtt_us;
    if (e > JUMP_MAX_US && e > 3 * r->srtt_us + 2 * r->rttvar_us)
        return;
    r->srtt_us += e >> 3;
    r->rttvar_us += ((e < 0 ? -e : e) - r->rttvar_us) >> 2;
    if (r->rttvar_us > VAR_RESET_US)
        r->rttvar_us = VAR_MAX_US;
}

int64_t rtt_timeout_us(const struct rtt *r, const struct rtt_bounds *b)
{
    const int64_t t = r->is_known ? r->srtt_us + 4 * r->rttvar_us : b->initial_us;
    return clamp(t, b->min_us, b->max_us);
}
