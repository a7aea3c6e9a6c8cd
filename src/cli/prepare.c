// SPDX-License-Identifier: Apache-2.0
#include "cli/prepare.h"

#include <sys/random.h>

#include "base/rng.h"
#include "cli/cli.h"
#include "cli/say.h"
#include "cli/scans.h"

enum {
    // Source ports: discovery, then the port scan, below what OS detection uses (33000 and up).
    DISCOVERY_BASE = 32768,
    SCAN_BASE = 32800,
    SCAN_BASE_SPREAD = 128,
    UDP_BASE = 40000,
    UDP_BASE_SPREAD = 16384,
};

static uint64_t pick_seed(const struct opts *o, const struct cli_env *env)
{
    uint64_t seed = o->has_seed ? o->seed : env->seed;
    if (!o->has_seed && seed == 0 && getrandom(&seed, sizeof seed, 0) != sizeof seed)
        seed = 1;
    return seed;
}

static void set_timing(const struct opts *o, struct plan *p)
{
    p->timing = timing_templates[o->timing];
    if (o->scan_delay_ns > 0)
        p->timing.scan_delay_us = (int64_t)(o->scan_delay_ns / 1000);
    if (o->has_icmp_wait)
        p->timing.icmp_wait_ns = o->icmp_wait_ns > 0 ? o->icmp_wait_ns : UINT64_MAX;
}

bool prepare_plan(struct arena *run, const struct opts *o, const struct cli_env *env,
                  const struct loaded *data, struct plan *out, struct writer *err)
{
    struct rng rng;
    *out = (struct plan){
        .skip_discovery = o->always_up,
        .resolve_names = !o->no_names,
        .does_os = o->os,
        .os_limit = o->os_limit,
        .explains = o->explain,
        .max_os_tries = o->max_tries,
        .quirks = o->quirks,
        .osdb = data->osdb,
        .osdb_scratch = data->osdb ? osdb_scratch_new(run, data->osdb) : NULL,
        .seed = pick_seed(o, env),
        .discovery_base = DISCOVERY_BASE,
    };
    if (!scans_prepare(run, o, data, out, err))
        return false;
    rng_seed(&rng, out->seed);
    out->key = (struct hash_key){rng_u64(&rng), rng_u64(&rng)};
    out->source_base = (uint16_t)(SCAN_BASE + rng_below(&rng, SCAN_BASE_SPREAD));
    out->udp_base = (uint16_t)(UDP_BASE + rng_below(&rng, UDP_BASE_SPREAD));
    set_timing(o, out);
    return true;
}

bool prepare_targets(struct targets *t, const struct opts *o, struct writer *err)
{
    bool is_good = true;
    for (uint32_t i = 0; i < o->n_targets; i++) {
        struct err_at at = {0};
        if (targets_add(t, o->targets[i], &at) == ERR_OK)
            continue;
        say_error(err, o->targets[i], &at);
        is_good = false;
    }
    return is_good;
}
