// SPDX-License-Identifier: Apache-2.0
#include "saved/join.h"

#include "base/span.h"

static uint32_t port_key(const struct port *p)
{
    return (uint32_t)p->proto << 16 | p->number;
}

static uint32_t service_key(const struct service *s)
{
    return (uint32_t)s->proto << 16 | s->port;
}

// Senders of the loser stand behind those of the winner.
static struct port moved(const struct port *p, uint32_t by)
{
    struct port out = *p;
    if (out.from > 0)
        out.from = out.from + by <= UINT16_MAX ? (uint16_t)(out.from + by) : 0;
    return out;
}

static void join_ports(struct arena *a, const struct host *x, const struct host *y,
                       struct host *out)
{
    struct port *p = arena_array(a, (size_t)x->n_ports + y->n_ports, sizeof *p);
    struct ip_addr *from = arena_array(a, (size_t)x->n_from + y->n_from, sizeof *from);
    uint32_t n = 0, i = 0, k = 0;
    while (i < x->n_ports || k < y->n_ports) {
        const bool has_x = i < x->n_ports;
        const bool has_y = k < y->n_ports;
        const bool is_y = !has_x || (has_y && port_key(&y->ports[k]) < port_key(&x->ports[i]));
        const bool is_both = has_x && has_y && port_key(&y->ports[k]) == port_key(&x->ports[i]);
        const bool takes_y = is_y || (is_both && x->ports[i].state == PORT_UNKNOWN);
        p[n++] = takes_y ? moved(&y->ports[k], x->n_from) : x->ports[i];
        i += !is_y;
        k += is_y || is_both;
    }
    if (x->n_from > 0)
        memcpy(from, x->from, x->n_from * sizeof *from);
    if (y->n_from > 0)
        memcpy(from + x->n_from, y->from, y->n_from * sizeof *from);
    out->ports = p;
    out->n_ports = n;
    out->from = from;
    out->n_from = x->n_from + y->n_from;
    out->has_ports = x->has_ports || y->has_ports;
}

static bool tells_more(const struct service *s, const struct service *than)
{
    return than->state == SERVICE_NOT_ASKED && s->state != SERVICE_NOT_ASKED;
}

static void join_services(struct arena *a, const struct host *x, const struct host *y,
                          struct host *out)
{
    struct service *s = arena_array(a, (size_t)x->n_services + y->n_services, sizeof *s);
    uint32_t n = 0, i = 0, k = 0;
    while (i < x->n_services || k < y->n_services) {
        const struct service *one = i < x->n_services ? &x->services[i] : NULL;
        const struct service *two = k < y->n_services ? &y->services[k] : NULL;
        const bool is_two = !one || (two && service_key(two) < service_key(one));
        const bool is_both = one && two && service_key(two) == service_key(one);
        s[n++] = is_two || (is_both && tells_more(two, one)) ? *two : *one;
        i += !is_two;
        k += is_two || is_both;
    }
    out->services = s;
    out->n_services = n;
}

void join_hosts(struct arena *a, const struct host *earlier, const struct host *later,
                struct host *out)
{
    const bool is_earlier_better = (!earlier->is_cut_short && later->is_cut_short) ||
                                   (earlier->state == HOST_UP && later->state != HOST_UP);
    const struct host *x = is_earlier_better ? earlier : later;
    const struct host *y = is_earlier_better ? later : earlier;
    const struct arena arena = out->arena;
    *out = *x;
    out->arena = arena;
    join_ports(a, x, y, out);
    join_services(a, x, y, out);
    if (!out->os)
        out->os = y->os;
    if (out->n_scripts == 0) {
        out->scripts = y->scripts;
        out->n_scripts = y->n_scripts;
    }
    if (span_is_absent(out->name))
        out->name = y->name;
    if (span_is_absent(out->ptr_name))
        out->ptr_name = y->ptr_name;
    if (!out->has_mac) {
        out->has_mac = y->has_mac;
        out->mac = y->mac;
        out->vendor = y->vendor;
    }
    if (!out->rtt.is_known)
        out->rtt = y->rtt;
    if (y->started > 0 && y->started < out->started)
        out->started = y->started;
    if (y->ended > out->ended)
        out->ended = y->ended;
}

static void copy_kind(struct arena *a, struct scan *out, const struct scan_ports *k)
{
    struct scan_ports *list = arena_array(a, out->n_kinds + 1u, sizeof *list);
    for (uint32_t i = 0; i < out->n_kinds; i++) {
        if (span_eq(out->kinds[i].name, k->name) && span_eq(out->kinds[i].ports, k->ports))
            return;
        list[i] = out->kinds[i];
    }
    list[out->n_kinds++] = (struct scan_ports){arena_copy(a, k->name), arena_copy(a, k->flags),
                                               k->proto, k->n_ports, arena_copy(a, k->ports)};
    out->kinds = list;
}

static void copy_target(struct arena *a, struct scan *out, struct span target)
{
    struct span *list = arena_array(a, out->n_specs + 1u, sizeof *list);
    for (uint32_t i = 0; i < out->n_specs; i++) {
        if (span_eq(out->targets[i], target))
            return;
        list[i] = out->targets[i];
    }
    list[out->n_specs++] = arena_copy(a, target);
    out->targets = list;
}

static void copy_first(struct arena *a, struct scan *out, const struct scan *next)
{
    *out = *next;
    out->version = arena_copy(a, next->version);
    out->platform = arena_copy(a, next->platform);
    out->command = arena_copy(a, next->command);
    out->scanner = arena_copy(a, next->scanner);
    out->ports = arena_copy(a, next->ports);
    out->kinds = NULL;
    out->sources = NULL;
    out->arguments = NULL;
    out->targets = NULL;
    out->before = out->after = NULL; // their texts go with their file
    out->n_before = out->n_after = 0;
    out->n_kinds = out->n_sources = out->n_arguments = out->n_specs = 0;
}

static int64_t end_of(const struct scan *s)
{
    return s->ended ? s->ended : s->started + (int64_t)(s->elapsed_ns / 1000000000);
}

static void add_counts(struct scan *out, const struct scan *next)
{
    const int64_t end = end_of(next) > end_of(out) ? end_of(next) : end_of(out);
    out->started = next->started < out->started ? next->started : out->started;
    out->ended = end;
    out->verbose = next->verbose > out->verbose ? next->verbose : out->verbose;
    out->debug = next->debug > out->debug ? next->debug : out->debug;
    out->show_reasons |= next->show_reasons;
    out->open_only &= next->open_only;
    out->does_os |= next->does_os;
    out->does_services |= next->does_services;
    out->is_from_xml |= next->is_from_xml;
    out->is_interrupted |= next->is_interrupted;
    out->elapsed_ns += next->elapsed_ns;
    out->n_targets += next->n_targets;
    out->sent_packets += next->sent_packets;
    out->sent_bytes += next->sent_bytes;
    out->received_packets += next->received_packets;
    out->received_bytes += next->received_bytes;
    if (next->ports_per_host > out->ports_per_host)
        out->ports_per_host = next->ports_per_host;
}

void join_scans(struct arena *a, struct scan *out, const struct scan *next)
{
    if (span_is_absent(out->command))
        copy_first(a, out, next);
    else
        add_counts(out, next);
    for (uint32_t i = 0; i < next->n_kinds; i++)
        copy_kind(a, out, &next->kinds[i]);
    for (uint32_t i = 0; i < next->n_specs; i++)
        copy_target(a, out, next->targets[i]);
}
