// SPDX-License-Identifier: Apache-2.0
#include "cli/prepare.h"

#include <sys/random.h>
#include <time.h>

#include "base/rng.h"
#include "cli/cli.h"
#include "cli/say.h"
#include "config.h"
#include "stage/portspec.h"

enum {
    DEFAULT_PORTS = 1000,
    FAST_PORTS = 100,
    // Source ports: discovery, then the port scan, below what OS detection uses (33000 and up).
    DISCOVERY_BASE = 32768,
    SCAN_BASE = 32800,
    SCAN_BASE_SPREAD = 128,
};

// Tried first, since they answer most often and so teach the round trip time (scanning spec 3.2).
static const uint16_t popular[] = {80,  443,  22,   21,  23,   25,   3389, 110, 445,
                                   139, 143,  53,   135, 3306, 8080, 1723, 111, 995,
                                   993, 5900, 1025, 587, 8888, 199,  1720};

static uint64_t pick_seed(const struct opts *o, const struct cli_env *env)
{
    uint64_t seed = o->has_seed ? o->seed : env->seed;
    if (!o->has_seed && seed == 0 && getrandom(&seed, sizeof seed, 0) != sizeof seed)
        seed = 1;
    return seed;
}

static bool default_ports(const struct opts *o, const struct loaded *data, struct set *out,
                          struct writer *err)
{
    const uint32_t n = o->fast ? FAST_PORTS : DEFAULT_PORTS;
    if (services_top(data->services, PROTO_TCP, n, out) > 0)
        return true;
    say(err, "the services table lists no TCP port");
    return false;
}

static bool wanted_ports(const struct opts *o, const struct loaded *data, struct set *out,
                         struct writer *err)
{
    struct portspec spec;
    struct err_at at = {0};
    if (span_is_absent(o->ports))
        return default_ports(o, data, out, err);
    if (o->fast) {
        say_about(err, SPAN("-F"), "cannot be combined with -p");
        return false;
    }
    if (portspec_parse(data->services, o->ports, &spec, &at) != ERR_OK) {
        say_error(err, SPAN("-p"), &at);
        return false;
    }
    if (spec.n_udp > 0)
        say_about(err, SPAN("-p"), "UDP ports are left out: there is no UDP scan in this run");
    if (spec.has_duplicates)
        say_about(err, SPAN("-p"), "some ports are given more than once");
    *out = spec.tcp;
    return true;
}

static void list_ports(struct arena *run, const struct set *set, struct plan *p)
{
    uint16_t *list = arena_array(run, set_count(set), sizeof *list);
    for (unsigned v = 0; v < 65536; v++)
        if (set_has(set, (uint16_t)v))
            list[p->n_ports++] = (uint16_t)v;
    p->ports = list;
}

static bool is_popular(uint16_t port)
{
    for (size_t i = 0; i < sizeof popular / sizeof *popular; i++)
        if (popular[i] == port)
            return true;
    return false;
}

// Shuffled (Fisher and Yates), popular ports moved to the front.
static void order_ports(struct arena *run, const struct opts *o, struct plan *p)
{
    uint32_t *order = arena_array(run, p->n_ports, sizeof *order);
    struct rng rng;
    rng_seed(&rng, p->seed);
    for (uint32_t i = 0; i < p->n_ports; i++)
        order[i] = i;
    p->order = order;
    if (o->sequential)
        return;
    for (uint32_t i = p->n_ports; i > 1; i--) {
        const uint32_t j = rng_below(&rng, i);
        const uint32_t keep = order[i - 1];
        order[i - 1] = order[j];
        order[j] = keep;
    }
    uint32_t front = 0;
    for (uint32_t i = 0; i < p->n_ports; i++) {
        if (!is_popular(p->ports[order[i]]))
            continue;
        const uint32_t keep = order[front];
        order[front++] = order[i];
        order[i] = keep;
    }
}

static void set_timing(const struct opts *o, struct plan *p)
{
    p->timing = timing_templates[o->timing];
    if (o->scan_delay_ns > 0)
        p->timing.scan_delay_us = (int64_t)(o->scan_delay_ns / 1000);
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
    struct set *set = arena_alloc(run, sizeof *set);
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
        .does_services = o->services,
        .all_services = o->all_services,
        .services = data->services,
        .service_budget_ns = o->budget_ns,
        .seed = pick_seed(o, env),
        .discovery_base = DISCOVERY_BASE,
    };
    if (!wanted_ports(o, data, set, err))
        return false;
    rng_seed(&rng, out->seed);
    out->key = (struct hash_key){rng_u64(&rng), rng_u64(&rng)};
    out->source_base = (uint16_t)(SCAN_BASE + rng_below(&rng, SCAN_BASE_SPREAD));
    set_timing(o, out);
    if (o->services) {
        set_services(run, o, data, out);
        set_today(out);
    }
    list_ports(run, set, out);
    order_ports(run, o, out);
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
