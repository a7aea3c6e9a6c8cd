// SPDX-License-Identifier: Apache-2.0
// Hosts that were found but have no record of their own yet, and records of hosts that were cut
// short: a scan that was resumed may still bring the whole one.
#include "base/vec.h"
#include "model/result.h"
#include "saved/reader.h"

struct pending_port {
    struct port port;
    struct ip_addr from; // IP_NONE: the host itself
};

struct pending {
    struct pending *prev;
    struct pending *next;
    struct host host;
    struct pending_port *ports;
    size_t n_ports, cap_ports;
    struct service *services; // beside those of host; in its arena
    size_t n_services, cap_services;
};

static void link_last(struct records *r, struct pending *p)
{
    p->prev = r->last;
    p->next = NULL;
    *(r->last ? &r->last->next : &r->first) = p;
    r->last = p;
}

static void unlink_one(struct records *r, struct pending *p)
{
    *(p->prev ? &p->prev->next : &r->first) = p->next;
    *(p->next ? &p->next->prev : &r->last) = p->prev;
}

static struct pending *add(struct records *r, const struct ip_addr *addr)
{
    size_t cap = 0;
    if (r->n_pending == LIMIT_SAVED_PENDING) {
        records_damage(r, "too many unfinished hosts; this one is left out",
                       (struct span){NULL, 0});
        return NULL;
    }
    struct pending *p = vec_grow(NULL, &cap, 1, sizeof *p);
    *p = (struct pending){0};
    arena_init(&p->host.arena, "an unfinished host");
    p->host.addr = *addr;
    p->host.state = HOST_UP;
    link_last(r, p);
    map_put(&r->by_addr, addr, p);
    r->n_pending++;
    return p;
}

static struct pending *find_or_add(struct records *r, const struct ip_addr *addr)
{
    struct pending *p = map_get(&r->by_addr, addr);
    return p ? p : add(r, addr);
}

static void forget(struct records *r, struct pending *p)
{
    unlink_one(r, p);
    map_del(&r->by_addr, &p->host.addr);
    r->n_pending--;
    vec_free(p->ports);
    vec_free(p->services);
    vec_free(p);
}

static void keep_port(struct pending *p, const struct port *port, const struct ip_addr *from)
{
    struct pending_port keep = {.port = *port};
    if (from)
        keep.from = *from;
    if (p->n_ports < LIMIT_HOST_PORTS)
        VEC_PUSH(p->ports, p->n_ports, p->cap_ports, keep);
}

static void keep_ports(struct pending *p, const struct host *h)
{
    for (uint32_t i = 0; i < h->n_ports; i++) {
        const struct port *port = &h->ports[i];
        const bool is_other = port->from > 0 && port->from <= h->n_from;
        if (port->state != PORT_UNKNOWN)
            keep_port(p, port, is_other ? &h->from[port->from - 1] : NULL);
    }
}

// A fingerprint whose host was not finished: what it was compared with is not known.
static void keep_subject(struct host *h, struct span lines)
{
    if (h->os)
        return;
    struct os_result *os = arena_alloc(&h->arena, sizeof *os);
    *os = (struct os_result){
        .status = OS_NO_MATCHES,
        .lines = arena_copy(&h->arena, lines),
        .not_ideal = SPAN("it was cut short"),
        .tries = 1,
        .open_tcp = -1,
        .closed_tcp = -1,
        .closed_udp = -1,
    };
    h->os = os;
}

void pending_up(struct records *r, struct host *host)
{
    struct pending *p = find_or_add(r, &host->addr);
    if (!p) {
        arena_fini(&host->arena);
        return;
    }
    keep_ports(p, &p->host);
    if (p->host.os)
        keep_subject(host, p->host.os->lines);
    arena_fini(&p->host.arena);
    p->host = *host;
    p->n_services = 0;
    unlink_one(r, p);
    link_last(r, p); // records of unfinished hosts come in the order of the last ones
}

void pending_port(struct records *r, const struct ip_addr *addr, const struct port *port,
                  const struct ip_addr *from)
{
    struct pending *p = find_or_add(r, addr);
    if (p)
        keep_port(p, port, from);
}

void pending_subject(struct records *r, const struct ip_addr *addr, struct span lines)
{
    struct pending *p = find_or_add(r, addr);
    if (p)
        keep_subject(&p->host, lines);
}

void pending_ports(struct records *r, const struct host *h)
{
    struct pending *p = find_or_add(r, &h->addr);
    if (p)
        keep_ports(p, h);
}

struct arena *pending_arena(struct records *r, const struct ip_addr *addr)
{
    struct pending *p = find_or_add(r, addr);
    return p ? &p->host.arena : NULL;
}

void pending_service(struct records *r, const struct ip_addr *addr, const struct service *s)
{
    struct pending *p = find_or_add(r, addr);
    if (p && p->n_services < LIMIT_HOST_PORTS)
        VEC_PUSH(p->services, p->n_services, p->cap_services, *s);
}

void pending_done(struct records *r, const struct ip_addr *addr)
{
    struct pending *p = map_get(&r->by_addr, addr);
    if (!p)
        return;
    arena_fini(&p->host.arena);
    forget(r, p);
}

void pending_drop(struct records *r)
{
    struct pending *next;
    for (struct pending *p = r->first; p; p = next) {
        next = p->next;
        if (!p->host.is_cut_short)
            pending_done(r, &p->host.addr);
    }
}

static void put_port(struct build *b, const struct pending_port *p)
{
    struct port port = p->port;
    port.from = p->from.family == IP_NONE ? 0 : build_sender(b, &p->from);
    build_port(b, &port);
}

static void put_service(struct build *b, const struct service *s)
{
    const struct port port = {.number = s->port, .proto = s->proto};
    *build_service(b, &port) = *s;
}

static void tell_one(struct records *r, struct pending *p)
{
    struct build *b = &r->build;
    keep_ports(p, &p->host);
    build_begin(b);
    arena_fini(&b->host.arena);
    b->host = p->host;
    for (size_t i = 0; i < p->n_ports; i++)
        put_port(b, &p->ports[i]);
    const struct os_result *os = b->host.os;
    for (uint32_t i = 0; i < b->host.n_services; i++)
        put_service(b, &b->host.services[i]);
    for (size_t i = 0; i < p->n_services; i++)
        put_service(b, &p->services[i]);
    build_finish(b);
    b->host.os = os;
    b->host.has_ports |= b->host.n_ports > 0;
    b->host.is_cut_short = true;
    forget(r, p);
    records_host(r, b);
}

void pending_tell(struct records *r)
{
    while (r->first)
        tell_one(r, r->first);
}
