// SPDX-License-Identifier: Apache-2.0
#include "cli/pings.h"

#include "cli/opts.h"
#include "cli/say.h"
#include "stage/plan.h"
#include "stage/portspec.h"

// A kind of probes, and the option with its ports.
struct row {
    enum ping_kind kind;
    const char *option;
    struct span list;         // absent: no such probe
    struct span default_list; // absent: it has no ports
    unsigned protos;
};

enum { ROWS = 8 };

static void list_rows(const struct opts *o, struct row row[ROWS])
{
    const struct span none = {NULL, 0};
    const struct span yes = SPAN("");
    const struct row all[ROWS] = {
        {PING_ECHO, "-PE", o->hosts.ping_echo ? yes : none, none, 0},
        {PING_SYN, "-PS", o->hosts.ping_syn, SPAN("80"), PORTSPEC_TCP},
        {PING_ACK, "-PA", o->hosts.ping_ack, SPAN("80"), PORTSPEC_TCP},
        {PING_STAMP, "-PP", o->hosts.ping_stamp ? yes : none, none, 0},
        {PING_UDP, "-PU", o->hosts.ping_udp, SPAN("40125"), PORTSPEC_UDP},
        {PING_SCTP, "-PY", o->hosts.ping_sctp, SPAN("80"), PORTSPEC_SCTP},
        {PING_PROTO, "-PO", o->hosts.ping_proto, SPAN("1,2,4"), PORTSPEC_IP},
        {PING_MASK, "-PM", o->hosts.ping_mask ? yes : none, none, 0},
    };
    memcpy(row, all, sizeof all);
}

struct maker {
    struct arena *run;
    const struct services *services;
    struct writer *err;
    const struct set *excluded; // of enum proto; NULL: none
    struct portspec *spec;      // of the row that is at hand
};

static void remove_excluded(const struct maker *m)
{
    for (unsigned p = 0; p < PROTO_COUNT && m->excluded; p++)
        for (size_t i = 0; i < sizeof m->excluded[p].word / sizeof *m->excluded[p].word; i++)
            m->spec->of[p].word[i] &= ~m->excluded[p].word[i];
}

static bool read_row(const struct maker *m, const struct row *row)
{
    struct err_at at = {0};
    const struct span list = row->list.len > 0 ? row->list : row->default_list;
    if (portspec_parse(m->services, list, row->protos, m->spec, &at) != ERR_OK) {
        say_error(m->err, span_str(row->option), &at);
        return false;
    }
    remove_excluded(m);
    uint32_t n = 0;
    for (unsigned p = 0; p < PROTO_COUNT; p++) {
        m->spec->n[p] = set_count(&m->spec->of[p]);
        n += m->spec->n[p];
        if (m->spec->n[p] > 0 && !(row->protos >> p & 1)) {
            say_about(m->err, span_str(row->option), "takes ports without a prefix");
            return false;
        }
    }
    if (n == 0)
        say_about(m->err, span_str(row->option), "no port is left: there is no such probe");
    return true;
}

// One probe, or one for each port.
static uint32_t put_row(const struct maker *m, const struct row *row, struct ping *out)
{
    uint32_t n = 0;
    if (span_is_absent(row->default_list)) {
        *out = (struct ping){.kind = (uint16_t)row->kind};
        return 1;
    }
    for (unsigned p = 0; p < PROTO_COUNT; p++)
        for (unsigned port = 0; port < 65536 && m->spec->n[p] > 0; port++)
            if (set_has(&m->spec->of[p], (uint16_t)port))
                out[n++] = (struct ping){(uint16_t)row->kind, (uint16_t)port};
    return n;
}

static bool add_row(const struct maker *m, const struct row *row, struct plan_pings *all)
{
    uint32_t n_more = 1;
    if (span_is_absent(row->list))
        return true;
    if (!span_is_absent(row->default_list)) {
        if (!read_row(m, row))
            return false;
        n_more = 0;
        for (unsigned p = 0; p < PROTO_COUNT; p++)
            n_more += m->spec->n[p];
    }
    struct ping *list = arena_array(m->run, all->n + n_more, sizeof *list);
    if (all->n > 0)
        memcpy(list, all->ping, all->n * sizeof *list);
    all->n += put_row(m, row, list + all->n);
    all->ping = list;
    return true;
}

static const struct ping defaults[] = {
    {PING_ECHO, 0}, {PING_SYN, 443}, {PING_ACK, 80}, {PING_STAMP, 0}};
static const struct plan_pings default_pings = {defaults, 4};
static const struct plan_pings default_pings6 = {defaults, 3};

// Those that IPv6 has; the default ones where none is left.
static struct plan_pings of_six(struct arena *run, const struct plan_pings *all)
{
    struct ping *list = arena_array(run, all->n, sizeof *list);
    uint32_t n = 0;
    for (uint32_t i = 0; i < all->n; i++)
        if (all->ping[i].kind != PING_STAMP && all->ping[i].kind != PING_MASK)
            list[n++] = all->ping[i];
    return n > 0 ? (struct plan_pings){list, n} : default_pings6;
}

static void set_knocks(struct arena *run, struct plan *p)
{
    static const uint16_t usual[] = {80, 443};
    uint16_t *list = arena_array(run, p->pings.n, sizeof *list);
    struct set *seen = arena_alloc(run, sizeof *seen);
    p->n_knocks = 0;
    for (uint32_t i = 0; i < p->pings.n; i++) {
        const struct ping *ping = &p->pings.ping[i];
        const bool is_tcp = ping->kind == PING_SYN || ping->kind == PING_ACK;
        if (!is_tcp || set_has(seen, ping->port))
            continue;
        set_add(seen, ping->port);
        list[p->n_knocks++] = ping->port;
    }
    p->knocks = list;
    if (p->n_knocks > 0 && p->pings.ping != defaults)
        return;
    p->knocks = usual;
    p->n_knocks = 2;
}

bool pings_prepare(struct arena *run, const struct opts *o, const struct services *services,
                   struct plan *out, struct writer *err)
{
    struct row row[ROWS];
    struct plan_pings all = {0};
    struct maker m = {.run = run, .services = services, .err = err};
    m.spec = arena_alloc(run, sizeof *m.spec);
    list_rows(o, row);
    if (!span_is_absent(o->exclude_ports)) {
        struct portspec *excluded = arena_alloc(run, sizeof *excluded);
        struct err_at at = {0};
        if (portspec_parse(services, o->exclude_ports, PORTSPEC_PORTS, excluded, &at) != ERR_OK) {
            say_error(err, SPAN("--exclude-ports"), &at);
            return false;
        }
        m.excluded = excluded->of;
    }
    for (int i = 0; i < ROWS; i++)
        if (!add_row(&m, &row[i], &all))
            return false;
    out->lists_only = o->hosts.list_only;
    out->link_is_no_sign = o->hosts.link_is_no_sign;
    out->ignores_reset = o->hosts.ignores_reset;
    out->resolve_all = o->hosts.names_all;
    out->pings = all.n > 0 ? all : default_pings;
    out->pings6 = all.n > 0 ? of_six(run, &all) : default_pings6;
    set_knocks(run, out);
    return true;
}

const char *pings_without_packets(const struct opts *o, struct writer *err)
{
    if (o->hosts.ping_echo || o->hosts.ping_stamp || o->hosts.ping_mask)
        say(err, "ICMP probes need raw packets; hosts are found by connecting instead");
    return !span_is_absent(o->hosts.ping_udp)     ? "-PU"
           : !span_is_absent(o->hosts.ping_sctp)  ? "-PY"
           : !span_is_absent(o->hosts.ping_proto) ? "-PO"
                                                  : NULL;
}
