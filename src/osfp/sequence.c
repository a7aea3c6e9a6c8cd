// SPDX-License-Identifier: Apache-2.0
// The sequence samples of a try as reports show them, and the uptime they claim (spec 7.5). Our
// own mode gives an uptime only where a clock was seen that can mean one; with quirks every
// class but "unsupported" and "zero" gives a start time, if only that of the scan.
#include "osfp/subject.h"

enum { UPTIME_MAX_S = 2 * 365 * 24 * 60 * 60 };

// Ticks since the start, in seconds. 0 = nothing to say.
static uint32_t uptime_claim(const struct seq_result *r, uint32_t ts)
{
    switch (r->ts_class) {
    case TS_2HZ:
        return ts / 2;
    case TS_100HZ:
        return ts / 100;
    case TS_1000HZ:
        return ts / 1000;
    case TS_OTHER: {
        const uint32_t hz = r->ts_hz < 1e18 ? (uint32_t)(uint64_t)(0.5 + r->ts_hz) : 0;
        return hz ? ts / hz : 0;
    }
    default:
        return 0;
    }
}

static void add_uptime(const struct obs *o, const struct subject_env *env,
                       const struct seq_result *r, struct os_sequence *out)
{
    const bool is_own = env->seq.quirks == QUIRKS_NONE;
    if (r->n < 2 || r->ts_class == TS_UNSUPPORTED || r->ts_class == TS_ZERO)
        return;
    if (is_own && (r->ts_class == TS_UNKNOWN || r->ts_class == TS_RANDOM))
        return;
    uint32_t claim = uptime_claim(r, out->ts[0]);
    if (claim > UPTIME_MAX_S)
        claim = 0;
    if (is_own && claim == 0)
        return;
    const uint64_t sent_ns = o->probe[PROBE_SEQ + r->slot[0]].sent_ns;
    const int64_t sent_unix = (env->unix_ns + (int64_t)sent_ns) / 1000000000;
    out->has_uptime = true;
    out->lastboot = sent_unix - claim;
}

void subject_sequence(const struct obs *o, const struct subject_env *env, struct os_sequence *out)
{
    struct seq_result r;
    seq_evaluate(o, &env->seq, &r);
    *out = (struct os_sequence){.n = r.n};
    for (uint32_t i = 0; i < r.n; i++) {
        const struct obs_sample *s = &o->sample[r.slot[i]];
        out->isn[i] = s->isn;
        out->ipid[i] = s->ip_id;
        out->ts[i] = s->ts;
        out->ttl[i] = o->probe[PROBE_SEQ + r.slot[i]].reply.ttl;
        out->at_us[i] = (int64_t)(o->probe[PROBE_SEQ + r.slot[i]].reply.rx_ns / 1000);
    }
    out->has_index = r.has_rates;
    out->index = r.index;
    out->isn_class = r.isn_class;
    out->lacks_ipid = env->is_six;
    out->ipid_class = env->is_six ? IPID_NONE : r.ti.cls;
    out->ts_class = r.ts_class;
    add_uptime(o, env, &r, out);
}
