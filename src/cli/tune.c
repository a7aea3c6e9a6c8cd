// SPDX-License-Identifier: Apache-2.0
#include "cli/tune.h"

#include "base/rng.h"
#include "cli/opts.h"
#include "cli/say.h"
#include "engine/engine.h"
#include "stage/plan.h"

enum { PROTO_WAIT = 5 }; // times the patience with ICMP limits of a UDP scan
enum { INSANE = 5 };

#define INSANE_NS (UINT64_C(900) * 1000000000)

static bool refuse(struct writer *err, const char *option, const char *what)
{
    say_about(err, span_str(option), what);
    return false;
}

static bool connects_only(const struct opts *o)
{
    return !o->unprivileged && o->tcp_scan == SCAN_CONNECT && !o->udp_scan && !o->os;
}

static bool changes_packets(const struct opts_packet *p)
{
    return p->source_port || p->source4.family || p->source6.family || p->n_decoys ||
           p->n_random_decoys || p->fragments || p->cuts || p->bad_sums || p->by_kernel ||
           p->by_frame || p->has_data_length || !span_is_absent(p->data) || !span_is_absent(p->hex);
}

void tune_tell_idle(const struct opts *o, struct writer *err)
{
    if (changes_packets(&o->packet))
        say(err, "connections cannot have decoys, fragments, data, other sources or checksums: "
                 "these options touch packets of ours only");
}

bool tune_check(const struct opts *o, struct writer *err)
{
    const struct opts_pace *t = &o->pace;
    const struct opts_packet *p = &o->packet;
    if (t->min_rate > 0 && o->max_rate > 0 && t->min_rate > o->max_rate)
        return refuse(err, "--min-rate", "is above --max-rate");
    if (t->max_parallelism > 0 && t->min_parallelism > t->max_parallelism)
        return refuse(err, "--min-parallelism", "is above --max-parallelism");
    if (t->max_hostgroup > 0 && t->min_hostgroup > t->max_hostgroup)
        return refuse(err, "--min-hostgroup", "is above --max-hostgroup");
    if (t->max_rtt_ns > 0 && t->min_rtt_ns > t->max_rtt_ns)
        return refuse(err, "--min-rtt-timeout", "is above --max-rtt-timeout");
    if (t->has_max_scan_delay && o->scan_delay_ns > t->max_scan_delay_ns)
        return refuse(err, "--scan-delay", "is above --max-scan-delay");
    if (t->defeat_rst && !o->open_only && o->tcp_scan > SCAN_SYN)
        return refuse(err, "--defeat-rst-ratelimit", "needs a SYN scan (-sS), or --open");
    if (p->fragments > 0 && p->cuts > 0)
        return refuse(err, "--mtu", "cannot be combined with -f");
    if (p->by_kernel && p->by_frame)
        return refuse(err, "--send-eth", "cannot be combined with --send-ip");
    if (connects_only(o))
        tune_tell_idle(o, err);
    if (o->scripts)
        say(err, "scripts are not run: there is no script engine");
    if ((t->min_parallelism > 0 || t->max_parallelism > 0) && o->scan_delay_ns > 0)
        say_about(err, SPAN("--scan-delay"), "goes before the options about parallelism");
    return true;
}

// RFC 7112: hosts drop an IPv6 packet whose first fragment does not hold all headers, so that
// pieces of a few bytes would only make every port seem filtered.
void tune_tell_whole(const struct opts *o, const struct ip_addr *to, bool *is_told,
                     struct writer *err)
{
    if (*is_told || to->family != IP_V6 || (o->packet.fragments == 0 && o->packet.cuts == 0))
        return;
    *is_told = true;
    say_about(err, o->packet.cuts > 0 ? SPAN("-f") : SPAN("--mtu"),
              "IPv6 packets go in one piece: hosts refuse headers in fragments (RFC 7112)");
}

static int64_t us_of(uint64_t ns)
{
    return (int64_t)(ns / 1000);
}

// One of them drags the others along, so that min <= initial <= max.
static void tune_rtt(const struct opts_pace *t, struct rtt_bounds *b)
{
    if (t->max_rtt_ns > 0)
        b->max_us = us_of(t->max_rtt_ns);
    if (t->min_rtt_ns > 0)
        b->min_us = us_of(t->min_rtt_ns);
    if (t->initial_rtt_ns > 0)
        b->initial_us = us_of(t->initial_rtt_ns);
    if (b->max_us < b->min_us && t->max_rtt_ns == 0)
        b->max_us = b->min_us;
    if (b->initial_us > b->max_us && t->initial_rtt_ns > 0 && t->max_rtt_ns == 0)
        b->max_us = b->initial_us;
    if (b->initial_us > b->max_us)
        b->initial_us = b->max_us;
    if (b->min_us > b->initial_us && t->initial_rtt_ns > 0 && t->min_rtt_ns == 0)
        b->min_us = b->initial_us;
    if (b->min_us > b->max_us)
        b->min_us = b->max_us;
    if (b->initial_us < b->min_us)
        b->initial_us = b->min_us;
}

static void tune_timing(const struct opts *o, struct plan *p)
{
    const struct opts_pace *t = &o->pace;
    struct timing *out = &p->timing;
    *out = timing_templates[o->timing];
    tune_rtt(t, &out->rtt);
    if (o->scan_delay_ns > 0)
        out->scan_delay_us = us_of(o->scan_delay_ns);
    if (t->has_max_scan_delay && out->scan_delay_us > us_of(t->max_scan_delay_ns))
        out->scan_delay_us = us_of(t->max_scan_delay_ns);
    if (t->has_max_scan_delay)
        out->max_gap_ns = t->max_scan_delay_ns > 0 ? t->max_scan_delay_ns : 1;
    if (t->max_retries >= 0)
        out->max_retries = (uint32_t)t->max_retries;
    if (out->max_retries > LIMIT_PORT_TRIES - 1)
        out->max_retries = LIMIT_PORT_TRIES - 1;
    if (t->max_parallelism > 0)
        out->max_window = t->max_parallelism;
    if (t->min_parallelism > 0)
        out->min_window = t->min_parallelism;
    if (out->max_window < out->min_window)
        out->max_window = out->min_window;
    if (o->proto_scan && out->icmp_wait_ns < UINT64_MAX) // at most 256, and a second for each
        out->icmp_wait_ns *= PROTO_WAIT;
    if (o->has_icmp_wait)
        out->icmp_wait_ns = o->icmp_wait_ns > 0 ? o->icmp_wait_ns : UINT64_MAX;
}

// What the template gives a host (scanning spec 5.1).
static uint64_t insane_ns(const struct opts *o)
{
    return o->timing == INSANE ? INSANE_NS : 0;
}

static int digit(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

// The option was checked when it was read.
static struct span bytes_of_hex(struct arena *run, struct span hex)
{
    uint8_t *bytes = arena_alloc(run, hex.len + 1);
    struct span rest = span_starts(hex, SPAN("0x")) ? span_from(hex, 2) : hex;
    size_t n = 0;
    while (rest.len >= 2) {
        if (rest.ptr[0] == '\\')
            rest = span_from(rest, 2);
        bytes[n++] = (uint8_t)(digit(rest.ptr[0]) << 4 | digit(rest.ptr[1]));
        rest = span_from(rest, 2);
    }
    return span_of(bytes, n);
}

static struct span random_bytes(struct arena *run, struct rng *rng, uint32_t n)
{
    uint8_t *bytes = arena_alloc(run, n + 1);
    for (uint32_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)rng_u32(rng);
    return span_of(bytes, n);
}

static void tune_packet(struct arena *run, const struct opts_packet *p, struct rng *rng,
                        struct plan_packet *out)
{
    *out = (struct plan_packet){.has_ttl = p->ttl >= 0,
                                .ttl = (uint8_t)(p->ttl >= 0 ? p->ttl : 0),
                                .source = p->source_port};
    if (!span_is_absent(p->data))
        out->data = p->data;
    else if (!span_is_absent(p->hex))
        out->data = bytes_of_hex(run, p->hex);
    else if (p->has_data_length)
        out->data = random_bytes(run, rng, p->data_length);
    out->has_data = !span_is_absent(out->data);
}

void tune_plan(struct arena *run, const struct opts *o, struct rng *rng, struct plan *p)
{
    tune_timing(o, p);
    tune_packet(run, &o->packet, rng, &p->packet);
    p->host_timeout_ns = o->pace.has_host_timeout ? o->host_timeout_ns : insane_ns(o);
    p->max_hosts = o->pace.max_hostgroup;
    p->ignores_rst_limit = o->pace.defeat_rst || o->open_only;
}

// Of no special use (RFC 6890), so that nobody answers us for it.
static struct ip_addr random_addr(struct rng *rng)
{
    for (;;) {
        const uint32_t a = rng_u32(rng);
        const uint32_t first = a >> 24;
        const bool is_special = first == 0 || first == 10 || first == 127 || first >= 224 ||
                                a >> 16 == 0xA9FE || a >> 20 == 0xAC1 || a >> 16 == 0xC0A8 ||
                                a >> 22 == 0x191;
        if (!is_special)
            return ip_v4(a);
    }
}

static void tune_decoys(struct arena *run, const struct opts_packet *p, struct rng *rng,
                        struct engine_guise *out)
{
    struct ip_addr *list = arena_array(run, LIMIT_DECOYS, sizeof *list);
    uint32_t n = p->n_decoys;
    memcpy(list, p->decoys, n * sizeof *list);
    for (uint32_t i = 0; i < p->n_random_decoys; i++)
        list[n++] = random_addr(rng);
    if (n > 0 && !p->is_place_given) {
        const uint32_t place = rng_below(rng, n + 1);
        memmove(list + place + 1, list + place, (n - place) * sizeof *list);
        list[place] = (struct ip_addr){0};
        n++;
    }
    out->decoys = list;
    out->n_decoys = n;
}

void tune_guise(struct arena *run, const struct opts *o, const struct plan *p,
                struct engine_guise *out)
{
    enum { FRAGMENT = 8 }; // of each -f
    const struct opts_packet *k = &o->packet;
    struct rng rng;
    rng_seed(&rng, p->seed ^ p->key.k1);
    *out = (struct engine_guise){
        .varies_ttl =
            k->ttl<0, .fragment = k->fragments> 0 ? k->fragments : (uint32_t)k->cuts * FRAGMENT,
        .has_bad_sums = k->bad_sums,
        .source4 = k->source4,
        .source6 = k->source6,
        .by_kernel = k->by_kernel,
        .stream_ttl = (uint8_t)(k->ttl > 0 ? k->ttl : 0),
    };
    tune_decoys(run, k, &rng, out);
}
