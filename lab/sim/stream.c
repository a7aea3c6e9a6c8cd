// SPDX-License-Identifier: Apache-2.0
// Our side of simulated streams: the stream operations of engine/io.h. In: calls of the program,
// and events that reach us. A stream that may have something to tell stands in one queue, and goes
// to its end when it was told, as with a level-triggered set of descriptors. A conn is used again
// when neither side knows it any more; its serial makes late events void.
#include "lab/sim/stream.h"

#include <errno.h>

#include "base/vec.h"

enum { DEFAULT_STREAMS = 4096 };

static const uint64_t call_cost_ns = 1000;
static const uint64_t retry_ns = 200000000;      // of data, the least of Linux
static const uint64_t syn_retry_ns = 1000000000; // RFC 6298 2.1
static const uint64_t segment_ns = 12000;        // 1448 bytes at 1 Gbit/s
static const uint64_t nobody_ns = 3000000000;    // three unanswered ARP requests

static struct sim *sim_of(struct io *io)
{
    return (struct sim *)(void *)io; // first member
}

static struct streams *streams_of(struct sim *sim)
{
    if (!sim->streams)
        sim->streams = arena_alloc(&sim->arena, sizeof *sim->streams);
    return sim->streams;
}

static struct conn *conn_at(struct io *io, int stream)
{
    return sim_of(io)->streams->table[stream];
}

void streams_free(struct sim *sim)
{
    if (sim->streams)
        vec_free(sim->streams->table);
}

struct net_packet *conn_packet(struct sim *sim, struct conn *c, enum conn_what what,
                               struct span bytes)
{
    struct net_packet *p = net_packet(&sim->net, bytes);
    p->conn = c;
    p->serial = c->serial;
    p->what = (uint16_t)what;
    return p;
}

static const struct sim_link *link_of(const struct sim *sim, const struct conn *c)
{
    return world_link(sim, c->host, world_way(sim, c->host->addr));
}

// TCP: in order, late rather than lost.
static void travel(struct sim *sim, struct conn *c, struct net_packet *p, uint64_t *last_ns)
{
    const struct sim_link *link = link_of(sim, c);
    struct net_event e = {.time_ns = sim->now_ns, .kind = NET_STREAM, .packet = p};
    if (c->to.is_udp) {
        net_travel(&sim->net, link, &c->host->rng, e);
        return;
    }
    const uint64_t retry = p->what == CONN_SYN ? syn_retry_ns : retry_ns;
    uint64_t takes_ns = net_reliable_ns(link, &c->host->rng, retry);
    if (p->what == CONN_FIN) // must come, or the far end never forgets it
        takes_ns = link->delay_ns;
    if (takes_ns == UINT64_MAX) {
        net_free(&sim->net, p);
        return;
    }
    const uint64_t at_ns = sim->now_ns + takes_ns;
    const uint64_t behind_ns = *last_ns + (p->len > 0 ? segment_ns : 0);
    *last_ns = at_ns > behind_ns ? at_ns : behind_ns;
    net_put(&sim->net, *last_ns, NET_STREAM, p);
}

void conn_to_host(struct sim *sim, struct conn *c, struct net_packet *p)
{
    travel(sim, c, p, &c->to_host_ns);
}

void conn_to_us(struct sim *sim, struct conn *c, struct net_packet *p)
{
    travel(sim, c, p, &c->to_us_ns);
}

void conn_says(struct sim *sim, struct conn *c, int error)
{
    struct net_packet *p = conn_packet(sim, c, CONN_ERROR, SPAN(""));
    p->iface = (uint32_t)error;
    conn_to_us(sim, c, p);
}

// The bytes themselves may be random: TLS.
static void digest_len(struct sim *sim, size_t len)
{
    char text[20];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_dec(&b, len);
    sim_digest(sim, buf_span(&b));
}

static bool has_event(const struct conn *c)
{
    if (c->handle < 0)
        return false;
    return c->error || ((c->want & IO_STREAM_READ) && (c->first || c->end)) ||
           ((c->want & IO_STREAM_WRITE) && c->is_connected);
}

static void put_ready(struct sim *sim, struct conn *c)
{
    struct streams *s = sim->streams;
    if (c->is_in_ready || !has_event(c))
        return;
    c->is_in_ready = true;
    c->ready_next = NULL;
    *(s->ready_last ? &s->ready_last->ready_next : &s->ready) = c;
    s->ready_last = c;
}

static struct conn *take_ready(struct streams *s)
{
    struct conn *c = s->ready;
    s->ready = c->ready_next;
    if (!s->ready)
        s->ready_last = NULL;
    c->is_in_ready = false;
    return c;
}

bool stream_is_ready(struct sim *sim)
{
    struct streams *s = sim->streams;
    while (s && s->ready && !has_event(s->ready))
        take_ready(s);
    return s && s->ready;
}

static void drop_packets(struct sim *sim, struct net_packet **first, struct net_packet **last)
{
    while (*first) {
        struct net_packet *p = *first;
        *first = p->next;
        net_free(&sim->net, p);
    }
    *last = NULL;
}

static void out_of_ready(struct streams *s, struct conn *c)
{
    struct conn *before = NULL;
    if (!c->is_in_ready)
        return;
    for (struct conn *i = s->ready; i != c; i = i->ready_next)
        before = i;
    *(before ? &before->ready_next : &s->ready) = c->ready_next;
    if (s->ready_last == c)
        s->ready_last = before;
    c->is_in_ready = false;
}

void conn_release(struct sim *sim, struct conn *c)
{
    struct streams *s = sim->streams;
    const uint32_t serial = c->serial;
    drop_packets(sim, &c->first, &c->last);
    drop_packets(sim, &c->backlog, &c->backlog_last);
    if (c->is_known) {
        *(c->prev ? &c->prev->next : &s->first) = c->next;
        *(c->next ? &c->next->prev : &s->last) = c->prev;
    }
    *c = (struct conn){.next = s->unused, .handle = -1, .serial = serial + 1};
    s->unused = c;
}

static struct conn *conn_new(struct sim *sim)
{
    struct streams *s = streams_of(sim);
    struct conn *c = s->unused;
    uint32_t i = 0;
    if (c)
        s->unused = c->next;
    else
        c = arena_alloc(&sim->arena, sizeof *c);
    while (i < s->n_table && s->table[i])
        i++;
    if (i == s->n_table) {
        s->table = vec_grow(s->table, &s->cap_table, (size_t)i + 1, sizeof(struct conn *));
        s->n_table++;
    }
    s->table[i] = c;
    s->n_open++;
    c->handle = (int)i;
    c->next = NULL;
    return c;
}

uint32_t stream_op_limit(struct io *io)
{
    const uint32_t n = sim_of(io)->config.streams;
    return n > 0 ? n : DEFAULT_STREAMS;
}

// On the link nobody answers ARP; elsewhere there is silence.
static void find_nobody(struct sim *sim, struct conn *c, uint32_t addr)
{
    uint32_t iface;
    if (!world_is_on_link(sim, addr, &iface) || iface == WORLD_LO ||
        world_iface(sim, iface)->is_p2p)
        return;
    struct net_packet *p = conn_packet(sim, c, CONN_ERROR, SPAN(""));
    p->iface = EHOSTUNREACH;
    net_put(&sim->net, sim->now_ns + nobody_ns, NET_STREAM, p);
}

int stream_op_open(struct io *io, const struct io_stream_to *to)
{
    struct sim *sim = sim_of(io);
    struct io_route route;
    const int rc = io->ops->route(io, &to->addr, to->iface, &route);
    if (rc < 0)
        return rc;
    if (streams_of(sim)->n_open >= stream_op_limit(io))
        return -EMFILE;
    sim->now_ns += call_cost_ns;
    sim->counts.streams++;
    const uint32_t addr = ip_v4_u32(&to->addr);
    struct conn *c = conn_new(sim);
    c->to = *to;
    c->want = to->is_udp ? IO_STREAM_READ : IO_STREAM_WRITE;
    c->is_connected = to->is_udp;
    c->host = world_host(sim, addr);
    if (c->host && c->host->entry->has_no_arp && route.gateway.family == IP_NONE)
        c->host = NULL;
    if (to->is_udp)
        return c->handle;
    if (c->host)
        conn_to_host(sim, c, conn_packet(sim, c, CONN_SYN, SPAN("")));
    else
        find_nobody(sim, c, addr);
    return c->handle;
}

// A datagram may be cut, a stream is read to the last byte that fits.
static size_t read_packet(struct sim *sim, struct conn *c, char *bytes, size_t size)
{
    struct net_packet *p = c->first;
    const size_t n = p->len < size ? p->len : size;
    memcpy(bytes, net_bytes(p), n);
    const uint32_t gone = c->to.is_udp ? p->len : (uint32_t)n;
    c->n_held -= c->n_held < gone ? c->n_held : gone;
    p->len -= gone;
    memmove(net_bytes(p), net_bytes(p) + gone, p->len);
    if (p->len > 0)
        return n;
    c->first = p->next;
    if (!c->first)
        c->last = NULL;
    net_free(&sim->net, p);
    return n;
}

int stream_op_read(struct io *io, int stream, void *bytes, size_t size)
{
    struct sim *sim = sim_of(io);
    struct conn *c = conn_at(io, stream);
    size_t n = 0;
    if (!c->first)
        return c->end ? c->end : -EAGAIN;
    do
        n += read_packet(sim, c, (char *)bytes + n, size - n);
    while (!c->to.is_udp && c->first && n < size);
    digest_len(sim, n);
    if (c->is_known)
        service_more(sim, c);
    return (int)n;
}

int stream_op_write(struct io *io, int stream, struct span bytes)
{
    struct sim *sim = sim_of(io);
    struct conn *c = conn_at(io, stream);
    if (!c->is_connected)
        return -EAGAIN;
    if (c->end && c->end != -ENODATA)
        return -EPIPE;
    sim->now_ns += call_cost_ns;
    digest_len(sim, bytes.len);
    const size_t piece = c->to.is_udp ? NET_LARGE : CONN_SEGMENT;
    for (size_t at = 0; c->host && (at < bytes.len || at == 0); at += piece) {
        const struct span part = span_head(span_from(bytes, at), piece);
        conn_to_host(sim, c, conn_packet(sim, c, CONN_DATA, part));
        if (c->to.is_udp)
            break;
    }
    return (int)bytes.len;
}

void stream_op_want(struct io *io, int stream, unsigned want)
{
    struct conn *c = conn_at(io, stream);
    c->want = want;
    put_ready(sim_of(io), c);
}

void stream_op_close(struct io *io, int stream, bool is_abort)
{
    struct sim *sim = sim_of(io);
    struct conn *c = conn_at(io, stream);
    (void)is_abort;
    sim->streams->table[stream] = NULL;
    sim->streams->n_open--;
    out_of_ready(sim->streams, c);
    drop_packets(sim, &c->first, &c->last);
    c->handle = -1;
    if (c->host && !c->to.is_udp)
        conn_to_host(sim, c, conn_packet(sim, c, CONN_FIN, SPAN("")));
    else
        conn_release(sim, c);
}

int stream_op_events(struct io *io, struct io_event *out, uint32_t max)
{
    struct sim *sim = sim_of(io);
    uint32_t n = 0;
    struct conn *stop = NULL; // the first one that was told and has more
    while (n < max && stream_is_ready(sim) && sim->streams->ready != stop) {
        struct conn *c = take_ready(sim->streams);
        out[n++] = (struct io_event){
            .tag = c->to.tag,
            .is_readable = (c->want & IO_STREAM_READ) && (c->first || c->end),
            .is_writable = (c->want & IO_STREAM_WRITE) && c->is_connected,
            .error = c->error,
        };
        c->error = 0;
        put_ready(sim, c);
        if (!stop && c->is_in_ready)
            stop = c;
    }
    sim->now_ns += n > 0 ? call_cost_ns : 0; // who looks without doing anything sees time pass
    return (int)n;
}

static void arrive(struct sim *sim, struct conn *c, struct net_packet *p)
{
    switch ((enum conn_what)p->what) {
    case CONN_MADE:
        c->is_connected = true;
        break;
    case CONN_BYTES:
        p->next = NULL;
        *(c->last ? &c->last->next : &c->first) = p;
        c->last = p;
        put_ready(sim, c);
        return;
    case CONN_END:
        c->end = -ENODATA;
        break;
    default:
        c->error = -(int)p->iface;
        if (!c->to.is_udp)
            c->end = c->error;
        break;
    }
    put_ready(sim, c);
    net_free(&sim->net, p);
}

void stream_event(struct sim *sim, struct net_packet *p)
{
    struct conn *c = p->conn;
    const bool is_for_us = p->what >= CONN_MADE;
    if (p->serial != c->serial || (is_for_us && c->handle < 0))
        net_free(&sim->net, p);
    else if (is_for_us)
        arrive(sim, c, p);
    else
        service_event(sim, c, p);
}
