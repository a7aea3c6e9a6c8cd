// SPDX-License-Identifier: Apache-2.0
// One thread, one loop. Packets are queued with their link header in front and leave in batches
// at the end of a round, or when the queue is full. What the kernel does not take at once stays
// in the queue for the next round. Each round also begins connections that wait, and serves those
// that something happened to, within bounds.
#include "engine/engine.h"

#include <errno.h>

#include "base/vec.h"
#include "engine/guise.h"
#include "engine/neigh.h"
#include "engine/pace.h"
#include "engine/streams.h"

enum {
    QUEUE_PACKETS = 128,
    QUEUE_BYTES = 256 * 1024,
    IFACES_MAX = 64,
    RECEIVE_ROUND = 1024, // frames between two looks at the timers
    SEND_ROUND = 256, // packets in answer to them, and as many of timers: half, so that it drains
    BUSY_RETRY_NS = 200000,
    CROWD_NS = 50000000,         // senders that wait do not all come back at once
    FLOOR_SLACK_NS = 1000000000, // what was missed of the least rate is made up for
    LATE_SLACK_NS = 100000000,
    ROOM_LEAST = 2048, // bytes: more than any probe
    GATHER_NS = 50000, // urgent packets due at the same moment share a system call
};

struct engine {
    struct io *io;
    struct engine_config cfg;
    struct timers timers;
    struct neigh_table neigh;
    struct pace pace;
    struct pace floor; // of the least rate
    struct guise guise;
    struct streams *streams;
    const struct engine_trace *trace; // NULL: nobody watches
    struct io_iface *ifaces;
    uint32_t n_ifaces;
    struct io_packet queue[QUEUE_PACKETS];
    uint32_t n_queued;
    uint64_t urgent_ns; // when the first urgent one of them was queued; 0: there is none
    uint8_t *bytes;     // of the queued packets
    size_t n_bytes;
    struct ip_addr *captured; // addresses for which a capture runs
    size_t n_captured;
    size_t cap_captured;
    uint64_t seen_ns;
    uint64_t round_sent; // of sent_packets when the round began
    struct engine_stats stats;
};

static uint64_t neighbor_turn(void *ctx);
static void ask_neighbor(void *ctx, uint32_t iface, const struct ip_addr *own,
                         const struct ip_addr *addr);

struct engine *engine_new(struct arena *run, struct io *io, const struct engine_config *cfg)
{
    struct engine *e = arena_alloc(run, sizeof *e);
    e->io = io;
    e->cfg = *cfg;
    e->bytes = arena_alloc(run, QUEUE_BYTES);
    e->ifaces = arena_array(run, IFACES_MAX, sizeof *e->ifaces);
    const int n = io->ops->ifaces(io, e->ifaces, IFACES_MAX);
    e->n_ifaces = n > 0 ? (uint32_t)n : 0;
    pace_init(&e->pace, cfg->max_rate);
    pace_init(&e->floor, cfg->min_rate);
    e->floor.slack_ns = FLOOR_SLACK_NS;
    if (cfg->min_rate > 0) // somebody always wants to send
        e->pace.slack_ns = LATE_SLACK_NS;
    guise_init(&e->guise, &cfg->guise, cfg->key);
    e->streams = streams_new(run, io, &e->timers, &e->pace);
    streams_set_ttl(e->streams, cfg->guise.stream_ttl);
    neigh_init(&e->neigh, run, &e->timers, &e->cfg);
    e->neigh.ask = ask_neighbor;
    e->neigh.ready = neighbor_turn;
    e->neigh.ctx = e;
    return e;
}

void engine_close(struct engine *e)
{
    streams_fini(e->streams);
    timers_fini(&e->timers);
    neigh_fini(&e->neigh);
    vec_free(e->captured);
}

uint64_t engine_now(const struct engine *e)
{
    return e->io->ops->now(e->io);
}

int64_t engine_wall(const struct engine *e)
{
    return e->io->ops->wall(e->io);
}

struct timers *engine_timers(struct engine *e)
{
    return &e->timers;
}

struct streams *engine_streams(const struct engine *e)
{
    return e->streams;
}

void engine_trace(struct engine *e, const struct engine_trace *trace)
{
    e->trace = trace;
    streams_trace(e->streams, trace);
}

static void trace_sent(const struct engine *e, bool is_frame, struct span bytes)
{
    if (!e->trace)
        return;
    struct frame f = {.time_ns = engine_now(e)};
    if (frame_decode(is_frame ? LINK_ETHERNET : LINK_RAW, bytes, &f) == ERR_OK)
        e->trace->packet(e->trace->ctx, true, &f);
}

static const struct io_iface *iface_by_index(const struct engine *e, uint32_t index)
{
    for (uint32_t i = 0; i < e->n_ifaces; i++)
        if (e->ifaces[i].index == index)
            return &e->ifaces[i];
    return NULL;
}

static int capture(struct engine *e, const struct io_route *r)
{
    struct ip_addr want = r->src;
    want.zone = r->iface; // also of addresses that need none
    for (size_t i = 0; i < e->n_captured; i++)
        if (ip_eq(&e->captured[i], &want))
            return 0;
    const struct io_capture c = {r->iface, r->src, e->cfg.port_lo, e->cfg.port_hi,
                                 e->cfg.takes_others};
    const int rc = e->io->ops->capture(e->io, &c);
    if (rc == 0)
        VEC_PUSH(e->captured, e->n_captured, e->cap_captured, want);
    return rc;
}

int engine_path(struct engine *e, const struct ip_addr *dst, uint32_t iface, struct path *out)
{
    *out = (struct path){0};
    int rc = e->io->ops->route(e->io, dst, iface, &out->route);
    if (rc < 0)
        return rc;
    const struct engine_guise *g = &e->cfg.guise;
    const struct ip_addr *claimed = dst->family == IP_V6 ? &g->source6 : &g->source4;
    if (claimed->family != IP_NONE)
        out->route.src = *claimed;
    rc = capture(e, &out->route);
    if (rc < 0)
        return rc;
    const struct io_iface *i = iface_by_index(e, out->route.iface);
    out->is_direct = out->route.gateway.family == IP_NONE;
    const bool has_neighbours = i && !g->by_kernel && i->link == LINK_ETHERNET && !i->is_p2p &&
                                !i->is_loopback && !out->route.is_local;
    if (!has_neighbours) {
        out->is_ready = true;
        return 0;
    }
    out->next_hop = out->is_direct ? *dst : out->route.gateway;
    out->own_mac = i->mac;
    const struct mac_addr *mac = neigh_known(&e->neigh, &out->next_hop);
    if (mac) {
        out->mac = *mac;
        out->is_frame = out->is_ready = true;
    }
    return 0;
}

void engine_resolve(struct engine *e, const struct path *path, struct resolve_wait *wait)
{
    neigh_wait(&e->neigh, path, wait, engine_now(e));
}

void engine_unresolve(struct engine *e, const struct path *path, struct resolve_wait *wait)
{
    neigh_unwait(&e->neigh, path, wait);
}

void path_use_kernel(struct path *p)
{
    p->is_frame = false;
    p->is_ready = true;
}

static void flush(struct engine *e)
{
    uint32_t done = 0;
    if (e->neigh.unsent)
        neigh_sent(&e->neigh, engine_now(e));
    while (done < e->n_queued) {
        const int n = e->io->ops->send(e->io, e->queue + done, e->n_queued - done);
        if (n == 0)
            break;
        done += n > 0 ? (uint32_t)n : 1; // one that can never be sent is dropped
    }
    const uint32_t left = e->n_queued - done;
    memmove(e->queue, e->queue + done, left * sizeof *e->queue);
    e->n_queued = left;
    e->urgent_ns = 0;
    if (left == 0)
        e->n_bytes = 0;
}

static uint8_t *enqueue(struct engine *e, uint32_t iface, bool is_frame, size_t len)
{
    if (e->n_queued == QUEUE_PACKETS || QUEUE_BYTES - e->n_bytes < len)
        flush(e);
    if (e->n_queued == QUEUE_PACKETS || QUEUE_BYTES - e->n_bytes < len)
        return NULL;
    uint8_t *p = e->bytes + e->n_bytes;
    e->n_bytes += len;
    e->queue[e->n_queued++] = (struct io_packet){iface, is_frame, span_of(p, len)};
    e->stats.sent_packets++;
    return p;
}

static void put_arp(struct buf *b, const struct io_iface *i, const struct ip_addr *own,
                    const struct ip_addr *addr)
{
    eth_encode(b, &(struct eth_hdr){eth_broadcast, i->mac, ETH_ARP});
    arp_encode(b, &(struct arp_pkt){ARP_REQUEST, i->mac, {{0}}, *own, *addr});
}

// To the group of the address, whose link address follows from it (RFC 2464 section 7).
static void put_solicit(struct buf *b, const struct io_iface *i, const struct ip_addr *own,
                        const struct ip_addr *addr)
{
    const struct ip_addr group = ip6_solicited_node(addr);
    const struct ip6_hdr ip = {
        .payload_len = ICMP6_ND_LEN,
        .next = IP6_ICMP,
        .hop_limit = ICMP6_ND_HOPS,
        .src = *own,
        .dst = group,
    };
    struct eth_hdr eth = {{{0x33, 0x33}}, i->mac, ETH_IP6};
    memcpy(eth.dst.byte + 2, group.byte + 12, 4);
    eth_encode(b, &eth);
    ip6_encode(b, &ip);
    icmp6_solicit(b, addr, &i->mac, own, &group);
}

static void ask_neighbor(void *ctx, uint32_t iface, const struct ip_addr *own,
                         const struct ip_addr *addr)
{
    struct engine *e = ctx;
    const struct io_iface *i = iface_by_index(e, iface);
    const size_t len = addr->family == IP_V6 ? IP6_HDR_LEN + ICMP6_ND_LEN : ARP_LEN;
    uint8_t *p = i ? enqueue(e, iface, true, ETH_HDR_LEN + len) : NULL;
    if (!p)
        return; // asked again after the timeout
    struct buf b;
    buf_init(&b, p, ETH_HDR_LEN + len);
    if (addr->family == IP_V6)
        put_solicit(&b, i, own, addr);
    else
        put_arp(&b, i, own, addr);
    trace_sent(e, true, buf_span(&b));
    e->stats.sent_bytes += len;
    pace_spend(&e->pace, engine_now(e));
}

// Of the rates; looking at the clock for each packet costs as much as building it.
static void spend(struct engine *e)
{
    if (e->pace.gap_ns == 0 && e->floor.gap_ns == 0)
        return;
    const uint64_t now_ns = engine_now(e);
    pace_spend(&e->pace, now_ns);
    pace_spend(&e->floor, now_ns);
}

static uint16_t type_of(struct span packet)
{
    return packet.len > 0 && (uint8_t)packet.ptr[0] >> 4 == 6 ? ETH_IP6 : ETH_IP4;
}

static void put_packet(void *ctx, const struct path *path, struct span packet)
{
    struct engine *e = ctx;
    const size_t link_len = path->is_frame ? ETH_HDR_LEN : 0;
    uint8_t *p = enqueue(e, path->route.iface, path->is_frame, link_len + packet.len);
    if (!p)
        return;
    struct buf b;
    buf_init(&b, p, link_len + packet.len);
    if (path->is_frame)
        eth_encode(&b, &(struct eth_hdr){path->mac, path->own_mac, type_of(packet)});
    buf_bytes(&b, packet);
    e->stats.sent_bytes += packet.len;
    spend(e);
}

// What becomes very many packets need not all fit at once.
static bool has_room(struct engine *e, uint32_t n, size_t len)
{
    n = n < QUEUE_PACKETS / 2 ? n : QUEUE_PACKETS / 2;
    const size_t bytes = n * (ETH_HDR_LEN + IP6_HDR_LEN + len);
    if (e->n_queued + n > QUEUE_PACKETS || QUEUE_BYTES - e->n_bytes < bytes)
        flush(e);
    return e->n_queued + n <= QUEUE_PACKETS && QUEUE_BYTES - e->n_bytes >= bytes;
}

// Timers that fire together send together; the first one waits no longer than a wake-up takes.
static void gather(struct engine *e)
{
    const uint64_t now = engine_now(e);
    if (e->urgent_ns == 0)
        e->urgent_ns = now;
    else if (now >= e->urgent_ns + GATHER_NS)
        flush(e);
}

bool engine_send(struct engine *e, const struct path *path, struct span packet, bool is_urgent)
{
    const bool is_plain = !guise_is_on(&e->guise);
    const uint32_t n = is_plain ? 1 : guise_most(&e->guise, packet.len);
    const uint64_t ready_ns = pace_ready(&e->pace);
    if (!is_urgent && ready_ns > 0 && ready_ns > engine_now(e)) {
        pace_refuse(&e->pace);
        return false;
    }
    if (!has_room(e, n, packet.len))
        return false;
    trace_sent(e, false, packet);
    if (is_plain)
        put_packet(e, path, packet);
    else
        guise_each(&e->guise, path, packet, put_packet, e);
    if (is_urgent)
        gather(e);
    return true;
}

uint64_t engine_ready(const struct engine *e)
{
    const uint64_t now = engine_now(e);
    const uint64_t paced = pace_ready(&e->pace);
    const uint32_t most = guise_is_on(&e->guise) ? QUEUE_PACKETS / 2 : QUEUE_PACKETS;
    const bool is_full = e->n_queued >= most || QUEUE_BYTES - e->n_bytes < ROOM_LEAST;
    const uint64_t room = is_full ? now + BUSY_RETRY_NS : now;
    return paced > room ? paced : room;
}

bool engine_is_spent(const struct engine *e)
{
    return e->stats.sent_packets - e->round_sent >= SEND_ROUND;
}

// When the next request to a neighbor may leave; 0: now.
static uint64_t neighbor_turn(void *ctx)
{
    struct engine *e = ctx;
    const uint64_t at_ns = engine_ready(e);
    if (at_ns <= engine_now(e))
        return 0;
    pace_refuse(&e->pace);
    return at_ns;
}

uint32_t engine_line(const struct engine *e)
{
    return e->neigh.n_in_line;
}

uint64_t engine_seen(const struct engine *e)
{
    return e->seen_ns;
}

uint64_t engine_crowd_ns(const struct engine *e, uint32_t n)
{
    const uint64_t all_ns = n * e->pace.gap_ns;
    return all_ns < CROWD_NS ? all_ns : CROWD_NS;
}

uint64_t engine_due(const struct engine *e)
{
    return e->floor.gap_ns > 0 ? pace_ready(&e->floor) : UINT64_MAX;
}

uint64_t engine_due_gap(const struct engine *e)
{
    return e->floor.gap_ns;
}

// Makes seen_ns smaller if more has arrived than is read in a round.
static int receive(struct engine *e, engine_frame_fn *frame, void *ctx)
{
    struct io_received r = {.time_ns = e->seen_ns};
    int rc = 1;
    for (int i = 0; i < RECEIVE_ROUND; i++) {
        rc = e->io->ops->receive(e->io, &r);
        if (rc <= 0)
            break;
        struct frame f = {.time_ns = r.time_ns, .iface = r.iface};
        if (frame_decode(r.link, r.bytes, &f) != ERR_OK) {
            e->stats.undecodable++;
            continue;
        }
        e->stats.received_packets++;
        e->stats.received_bytes += f.kind == FRAME_ARP ? ARP_LEN : f.packet.len;
        if (e->trace)
            e->trace->packet(e->trace->ctx, false, &f);
        if (f.kind == FRAME_ICMP6)
            neigh_advert(&e->neigh, &f, r.time_ns);
        if (f.kind == FRAME_ARP)
            neigh_reply(&e->neigh, &f.arp, r.time_ns);
        else
            frame(ctx, &f);
    }
    if (rc > 0 && r.time_ns < e->seen_ns)
        e->seen_ns = r.time_ns;
    return rc < 0 ? rc : 0;
}

static bool has_more(void *ctx)
{
    return !engine_is_spent(ctx);
}

int engine_step(struct engine *e, uint64_t until_ns, engine_frame_fn *frame, void *ctx)
{
    flush(e);
    const uint64_t start = streams_start(e->streams);
    const uint64_t due = timers_next(&e->timers);
    uint64_t until = due < until_ns ? due : until_ns;
    until = start < until ? start : until;
    if (e->n_queued > 0) {
        const uint64_t soon = engine_now(e) + BUSY_RETRY_NS;
        until = until < soon ? until : soon;
    }
    const int woken = e->io->ops->wait(e->io, until);
    if (woken < 0)
        return woken;
    // A deadline that passed while this process was kept from running does not lose the answers
    // that came before it: timers see the time up to which everything was read.
    e->seen_ns = engine_now(e);
    e->round_sent = e->stats.sent_packets;
    const int rc = receive(e, frame, ctx);
    streams_serve(e->streams);
    e->round_sent = e->stats.sent_packets;
    timers_run_while(&e->timers, e->seen_ns, has_more, e);
    return rc;
}

void engine_stats(const struct engine *e, struct engine_stats *out)
{
    struct io_stats io = {0};
    e->io->ops->stats(e->io, &io);
    *out = e->stats;
    out->dropped = io.dropped;
}
