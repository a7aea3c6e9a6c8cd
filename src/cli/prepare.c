// SPDX-License-Identifier: Apache-2.0
#include "cli/prepare.h"

#include <sys/random.h>
#include <time.h>

#include "base/rng.h"
#include "cli/cli.h"
#include "cli/payloads.h"
#include "cli/pings.h"
#include "cli/say.h"
#include "cli/scans.h"
#include "cli/tune.h"
#include "config.h"
#include "stage/judge.h"

enum {
    // Source ports: discovery, then the port scan, below what OS detection uses (61000 and up).
    DISCOVERY_BASE = 32768,
    SCAN_BASE = 32800,
    SCAN_BASE_SPREAD = 128,
    UDP_BASE = 40000,
    UDP_BASE_SPREAD = 16384,
    TRACE_BASE = 57000,
};

static uint64_t pick_seed(const struct opts *o, const struct cli_env *env)
{
    uint64_t seed = o->has_seed ? o->seed : env->seed;
    if (!o->has_seed && seed == 0 && getrandom(&seed, sizeof seed, 0) != sizeof seed)
        seed = 1;
    return seed;
}

static void set_services(struct arena *run, const struct opts *o, const struct loaded *data,
                         struct plan *p)
{
    const bool is_serial = o->quirks != QUIRKS_NONE;
    // Connections to one host at a time by -T level, and of them for one port.
    static const uint32_t conns[6] = {1, 1, 4, 40, 80, 120};
    static const uint32_t port_conns[6] = {1, 1, 2, 10, 16, 24};
    p->service_conns = conns[o->timing];
    p->svid = (struct svid_config){
        .db = data->svdb,
        .scratch = svdb_scratch_new(run, data->svdb),
        .intensity = o->intensity,
        .max_conns = is_serial ? 1 : port_conns[o->timing],
        .is_serial = is_serial,
        .is_debug = o->debug > 0,
        .rpc = data->rpc,
        .version = SPAN(WHORL_VERSION),
        .platform = SPAN(WHORL_PLATFORM),
    };
}

static void set_today(struct plan *p)
{
    const time_t now = time(NULL);
    struct tm local = {0};
    localtime_r(&now, &local);
    p->month = (uint32_t)local.tm_mon + 1;
    p->day = (uint32_t)local.tm_mday;
}

bool prepare_plan(struct arena *run, const struct opts *o, const struct cli_env *env,
                  const struct loaded *data, struct plan *out, struct writer *err)
{
    struct rng rng;
    const struct osdb *osdb = load_osdb(data, o->os_gen);
    *out = (struct plan){
        .skip_discovery = o->always_up,
        .adds_to_listed = !span_is_absent(o->ports) || o->fast || o->top_ports > 0,
        .resolve_names = !o->no_names,
        .does_os = o->os && !o->proto_scan,
        .os_limit = o->os_limit,
        .explains = o->explain,
        .deepens = o->deepen,
        .max_os_tries = o->max_tries,
        .quirks = o->quirks,
        .osdb = osdb,
        .osdb_scratch = osdb ? osdb_scratch_new(run, osdb) : NULL,
        .osdb_native = load_osdb(data, OSDB_NATIVE),
        .judge = o->os ? judge_new(run, osdb) : NULL,
        .does_services = o->services && !o->proto_scan,
        .all_services = o->all_services,
        .traces_services = o->version_trace,
        .services = data->services,
        .vendors = data->vendors,
        .service_budget_ns = o->budget_ns,
        .seed = pick_seed(o, env),
        .discovery_base = DISCOVERY_BASE,
        .trace_base = TRACE_BASE,
        .traces = o->traceroute,
    };
    if (out->judge && o->explain)
        judge_explains(out->judge);
    if (!tune_check(o, err) || !scans_prepare(run, o, data, out, err) ||
        !pings_prepare(run, o, data->services, out, err))
        return false;
    rng_seed(&rng, out->seed);
    out->key = (struct hash_key){rng_u64(&rng), rng_u64(&rng)};
    out->source_base = (uint16_t)(SCAN_BASE + rng_below(&rng, SCAN_BASE_SPREAD));
    out->udp_base = (uint16_t)(UDP_BASE + rng_below(&rng, UDP_BASE_SPREAD));
    tune_plan(run, o, &rng, out);
    if (data->svdb && !out->packet.has_data && (o->udp_scan || !span_is_absent(o->hosts.ping_udp)))
        out->payloads = payloads_of(run, data->svdb);
    if (o->services) {
        set_services(run, o, data, out);
        set_today(out);
    }
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
