// SPDX-License-Identifier: Apache-2.0
// Which ports, by which scan, in which order (scanning spec 3.1, 3.2, 4.4).
#include "cli/scans.h"

#include "base/rng.h"
#include "cli/load.h"
#include "cli/opts.h"
#include "cli/say.h"
#include "stage/plan.h"
#include "stage/portspec.h"

enum { DEFAULT_PORTS = 1000, FAST_PORTS = 100, WELL_KNOWN = 1024 };

// Tried first, since they answer most often and so teach the round trip time (scanning spec 3.2).
static const uint16_t popular_tcp[] = {80,  443,  22,   21,  23,   25,   3389, 110, 445,
                                       139, 143,  53,   135, 3306, 8080, 1723, 111, 995,
                                       993, 5900, 1025, 587, 8888, 199,  1720};
// And those that get their verdict first where ICMP errors are held back.
static const uint16_t popular_udp[] = {53,  123, 161, 137, 138, 67,   68,   69,   111,  135,  445,
                                       500, 514, 520, 631, 162, 1434, 1900, 4500, 5353, 5060, 389};

// What is asked for, while the ports are chosen.
struct choice {
    const struct opts *o;
    const struct services *services;
    struct writer *err;
    struct portspec given; // -p
    struct portspec excluded;
};

static bool parse(const struct choice *c, const char *option, struct span text, unsigned protos,
                  struct portspec *out)
{
    struct err_at at = {0};
    if (portspec_parse(c->services, text, protos, out, &at) == ERR_OK)
        return true;
    say_error(c->err, span_str(option), &at);
    return false;
}

static bool complain(const struct choice *c, const char *option, const char *what)
{
    say_about(c->err, span_str(option), what);
    return false;
}

static bool does_tcp(const struct opts *o)
{
    return o->tcp_scan >= 0 || !(o->udp_scan || o->sctp_scan || o->proto_scan);
}

static bool does_ports(const struct opts *o)
{
    return o->tcp_scan >= 0 || o->udp_scan || o->sctp_scan;
}

// -sn and -sL: nothing that needs ports.
static bool check_portless(const struct choice *c, const char *option)
{
    const struct opts *o = c->o;
    const bool has_ports =
        !span_is_absent(o->ports) || o->fast || o->top_ports > 0 || !span_is_absent(o->servicedb);
    if (does_ports(o) || o->proto_scan || has_ports)
        return complain(c, option, "cannot be combined with a port scan");
    if (o->os)
        return complain(c, option, "cannot be combined with -O, which needs ports");
    return true;
}

static bool check_combination(const struct choice *c)
{
    const struct opts *o = c->o;
    const bool is_old = !services_has_frequencies(c->services);
    if ((o->ping_only && !check_portless(c, "-sn")) ||
        (o->hosts.list_only && !check_portless(c, "-sL")))
        return false;
    if (o->proto_scan && does_ports(o))
        return complain(c, "-sO", "cannot be combined with a scan of ports");
    if (o->proto_scan && (o->os || o->services))
        complain(c, "-sO", "finds no ports, so -O and -sV are left out");
    const bool is_six_alone = o->prefers_six && !o->hosts.wants_four;
    if (is_six_alone && o->hosts.has_random)
        return complain(c, "-iR", "draws IPv4 addresses only");
    if (is_six_alone && (o->hosts.ping_stamp || o->hosts.ping_mask))
        return complain(c, o->hosts.ping_stamp ? "-PP" : "-PM", "is for IPv4 only");
    if (o->fast && !span_is_absent(o->ports))
        return complain(c, "-F", "cannot be combined with -p");
    if ((o->top_ports > 0 || o->port_ratio >= 0) && is_old)
        return complain(c, "--top-ports", "the services table knows no frequencies");
    if (o->scan_flags >= 0 && !does_tcp(o))
        return complain(c, "--scanflags", "needs a TCP scan by packets");
    if (o->scan_flags >= 0 && o->tcp_scan == SCAN_CONNECT)
        return complain(c, "--scanflags", "cannot be combined with -sT");
    if (o->defeat_icmp && !o->udp_scan)
        return complain(c, "--defeat-icmp-ratelimit", "needs a UDP scan (-sU)");
    return true;
}

static unsigned protos_of(const struct opts *o)
{
    return (does_tcp(o) ? PORTSPEC_TCP : 0u) | (o->udp_scan ? PORTSPEC_UDP : 0u) |
           (o->sctp_scan ? PORTSPEC_SCTP : 0u) | (o->proto_scan ? PORTSPEC_IP : 0u);
}

static bool read_lists(struct choice *c)
{
    static const char *const left_out[PROTO_COUNT] = {
        "TCP ports are left out: there is no TCP scan in this run",
        "UDP ports are left out: there is no UDP scan in this run (-sU)",
        "SCTP ports are left out: there is no SCTP scan in this run (-sY)",
        "IP protocols are left out: there is no scan of them in this run (-sO)"};
    const struct opts *o = c->o;
    const unsigned protos = protos_of(o);
    const unsigned may_exclude = o->proto_scan ? PORTSPEC_IP : PORTSPEC_PORTS;
    if (!span_is_absent(o->exclude_ports) &&
        !parse(c, "--exclude-ports", o->exclude_ports, may_exclude, &c->excluded))
        return false;
    if (span_is_absent(o->ports))
        return true;
    if (!parse(c, "-p", o->ports, protos, &c->given))
        return false;
    if (c->given.has_duplicates)
        complain(c, "-p", "some ports are given more than once");
    for (unsigned p = 0; p < PROTO_COUNT; p++)
        if (c->given.n[p] > 0 && !(protos >> p & 1))
            complain(c, "-p", left_out[p]);
    return true;
}

static void fill(struct set *s, const struct set *without)
{
    for (size_t i = 0; i < sizeof s->word / sizeof *s->word; i++)
        s->word[i] = (without ? ~without->word[i] : UINT64_MAX);
}

static void keep_common(struct set *s, const struct set *other)
{
    for (size_t i = 0; i < sizeof s->word / sizeof *s->word; i++)
        s->word[i] &= other->word[i];
}

// A table without frequencies cannot tell what is common (spec 3.3).
static void choose_old(const struct choice *c, enum proto proto, const struct set *may,
                       struct set *out)
{
    if (!c->o->fast)
        for (unsigned v = 1; v <= WELL_KNOWN; v++)
            set_add(out, (uint16_t)v);
    (void)services_listed(c->services, proto, 0, 65535, out);
    keep_common(out, may);
}

// A table without frequencies has no say about them (-sO: all protocols; -F: those with a name).
static void choose_protocols(const struct choice *c, const struct set *may, struct set *out)
{
    if (!c->o->fast)
        for (unsigned v = 0; v <= UINT8_MAX; v++)
            set_add(out, (uint16_t)v);
    else
        (void)services_listed(c->services, PROTO_IP, 0, UINT8_MAX, out);
    keep_common(out, may);
}

// Exclusion comes first, so that the number asked for is reached without the excluded.
static void choose(const struct choice *c, enum proto proto, struct set *out)
{
    const struct opts *o = c->o;
    struct set may;
    const bool is_fast = o->fast || !span_is_absent(o->servicedb);
    const uint32_t n = o->top_ports > 0 ? o->top_ports : is_fast ? FAST_PORTS : DEFAULT_PORTS;
    const bool is_given = !span_is_absent(o->ports);
    fill(&may, &c->excluded.of[proto]);
    if (is_given)
        keep_common(&may, &c->given.of[proto]);
    if (proto == PROTO_IP && !is_given)
        choose_protocols(c, &may, out);
    else if (o->top_ports > 0 && proto != PROTO_IP)
        (void)services_top(c->services, proto, n, &may, out);
    else if (o->port_ratio >= 0 && proto != PROTO_IP)
        (void)services_frequent(c->services, proto, o->port_ratio, &may, out);
    else if (is_given)
        *out = may;
    else if (services_has_frequencies(c->services))
        (void)services_top(c->services, proto, n, &may, out);
    else
        choose_old(c, proto, &may, out);
}

static void list_ports(struct arena *run, const struct set *set, struct plan_scan *s)
{
    uint16_t *list = arena_array(run, set_count(set), sizeof *list);
    for (unsigned v = 0; v < 65536; v++)
        if (set_has(set, (uint16_t)v))
            list[s->n_ports++] = (uint16_t)v;
    s->ports = list;
}

static bool is_popular(enum scan_kind kind, uint16_t port)
{
    const bool is_udp = kind == SCAN_UDP;
    if (kind >= SCAN_SCTP)
        return false;
    const uint16_t *list = is_udp ? popular_udp : popular_tcp;
    const size_t n = is_udp ? sizeof popular_udp / sizeof *popular_udp
                            : sizeof popular_tcp / sizeof *popular_tcp;
    for (size_t i = 0; i < n; i++)
        if (list[i] == port)
            return true;
    return false;
}

static void swap(uint32_t *a, uint32_t *b)
{
    const uint32_t keep = *a;
    *a = *b;
    *b = keep;
}

// Shuffled (Fisher and Yates), popular ports moved to the front.
static void order_ports(struct arena *run, const struct opts *o, uint64_t seed, struct plan_scan *s)
{
    uint32_t *order = arena_array(run, s->n_ports, sizeof *order);
    struct rng rng;
    rng_seed(&rng, seed);
    for (uint32_t i = 0; i < s->n_ports; i++)
        order[i] = i;
    s->order = order;
    if (o->sequential)
        return;
    for (uint32_t i = s->n_ports; i > 1; i--)
        swap(&order[i - 1], &order[rng_below(&rng, i)]);
    uint32_t front = 0;
    for (uint32_t i = 0; i < s->n_ports; i++)
        if (is_popular(s->kind, s->ports[order[i]]))
            swap(&order[front++], &order[i]);
}

static void add_scan(struct arena *run, const struct choice *c, enum scan_kind kind,
                     struct plan *out)
{
    static const char *const names[PROTO_COUNT] = {"TCP scan", "UDP scan", "SCTP scan",
                                                   "IP protocol scan"};
    struct set *set = arena_alloc(run, sizeof *set);
    struct plan_scan *s = &out->scan[out->n_scans];
    choose(c, scan_proto(kind), set);
    *s = (struct plan_scan){.kind = kind, .flags = scan_flags(kind)};
    if (c->o->scan_flags >= 0 && scan_proto(kind) == PROTO_TCP)
        s->flags = (uint8_t)c->o->scan_flags;
    list_ports(run, set, s);
    order_ports(run, c->o, out->seed, s);
    if (s->n_ports > 0)
        out->n_scans++;
    else
        complain(c, names[scan_proto(kind)], "no port is left: it is skipped");
}

bool scans_prepare(struct arena *run, const struct opts *o, const struct loaded *data,
                   struct plan *out, struct writer *err)
{
    struct choice *c = arena_alloc(run, sizeof *c);
    c->o = o;
    c->services = data->services;
    c->err = err;
    if (!check_combination(c) || !read_lists(c))
        return false;
    out->ignores_icmp_limit = o->defeat_icmp;
    if (o->ping_only || o->hosts.list_only)
        return true;
    if (does_tcp(o))
        add_scan(run, c, o->tcp_scan >= 0 ? (enum scan_kind)o->tcp_scan : SCAN_SYN, out);
    if (o->udp_scan)
        add_scan(run, c, SCAN_UDP, out);
    if (o->sctp_scan)
        add_scan(run, c, SCAN_SCTP, out);
    if (o->proto_scan)
        add_scan(run, c, SCAN_IP, out);
    return true;
}

// Who wants to be hidden is not to be shown by a scan of another kind instead.
static const char *hides(const struct opts_packet *p)
{
    if (p->n_decoys > 0 || p->n_random_decoys > 0)
        return "-D";
    if (p->source4.family != IP_NONE || p->source6.family != IP_NONE)
        return "-S";
    return p->fragments > 0 || p->cuts > 0 ? "-f" : NULL;
}

const char *scans_without_packets(const struct opts *o, struct plan *p)
{
    p->streams_only = true;
    if (o->all)
        p->does_os = p->traces = false;
    if (p->traces)
        return "--traceroute";
    if (o->os && !o->all)
        return o->os_gen == OSDB_FIRST ? "-O1" : "-O";
    for (uint32_t i = 0; i < p->n_scans; i++) {
        struct plan_scan *s = &p->scan[i];
        if (s->kind != SCAN_CONNECT && hides(&o->packet))
            return hides(&o->packet);
        if (s->kind >= SCAN_UDP)
            return s->kind == SCAN_UDP ? "-sU" : s->kind == SCAN_SCTP ? "-sY" : "-sO";
        if (s->kind == SCAN_SYN && o->tcp_scan < 0 && o->scan_flags < 0)
            s->kind = SCAN_CONNECT;
        else if (s->kind != SCAN_CONNECT)
            return "this kind of TCP scan";
    }
    return NULL;
}
