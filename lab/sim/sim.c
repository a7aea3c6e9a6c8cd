// SPDX-License-Identifier: Apache-2.0
// The door of engine/io.h for the simulator. Owns the virtual clock: it moves when the program
// waits, and a little with each packet it sends. Events up to the present are handled before
// anything is received. Invariant: time never goes back, and no call takes real time.
#include "lab/sim/sim.h"

#include <errno.h>

#include "base/vec.h"
#include "lab/sim/stream.h"

enum {
    DEFAULT_QUEUE = 65536,
    DEFAULT_BITS = 16,
    LO_BITS = 8,
    LO_MTU = 65536,
    ETH_MTU = 1500,
    CAPTURES_MAX = 64
};

static const uint64_t send_cost_ns = 1000;
static const uint64_t poll_cost_ns = 1000; // so that a program that only looks sees time pass
static const uint64_t second_ns = 1000000000;

static struct sim *sim_of(struct io *io)
{
    return (struct sim *)(void *)io; // first member
}

void sim_digest(struct sim *sim, struct span bytes)
{
    uint64_t h = sim->counts.digest ^ sim->now_ns;
    for (size_t i = 0; i < bytes.len; i++)
        h = (h ^ (uint8_t)bytes.ptr[i]) * 0x100000001B3u; // FNV-1a
    sim->counts.digest = h * 0x100000001B3u;
}

static void tap(struct sim *sim, const struct io_received *r)
{
    sim_digest(sim, r->bytes);
    if (sim->config.tap)
        sim->config.tap(sim->config.tap_ctx, r->time_ns, r);
}

static bool passes(const struct io_capture *c, const struct frame *f)
{
    if (f->kind == FRAME_ARP)
        return f->arp.op == ARP_REPLY;
    if (!ip_eq(&f->dst, &c->addr))
        return false;
    if (f->kind == FRAME_TCP)
        return f->tcp.dport >= c->port_lo && f->tcp.dport <= c->port_hi;
    if (f->kind == FRAME_UDP)
        return f->udp.dport >= c->port_lo && f->udp.dport <= c->port_hi;
    return f->kind == FRAME_ICMP4;
}

static bool is_wanted(const struct sim *sim, const struct net_packet *p, struct span bytes)
{
    struct frame f = {0};
    const bool is_good = frame_decode(world_iface(sim, p->iface)->link, bytes, &f) == ERR_OK;
    for (size_t i = 0; i < sim->n_captures; i++) {
        const struct io_capture *c = &sim->captures[i];
        if (c->iface == p->iface && (!is_good || passes(c, &f))) // filters look at less than we
            return true;
    }
    return false;
}

static void deliver(struct sim *sim, struct net_packet *p, uint64_t time_ns)
{
    const struct span bytes = span_of(net_bytes(p), p->len);
    if (!is_wanted(sim, p, bytes)) {
        net_free(&sim->net, p);
        return;
    }
    if (sim->queue_n == sim->queue_cap) {
        sim->stats.dropped++;
        net_free(&sim->net, p);
        return;
    }
    p->time_ns = time_ns;
    sim->queue[(sim->queue_head + sim->queue_n++) % sim->queue_cap] = p;
    sim->stats.received++;
}

static void run_event(struct sim *sim)
{
    const uint64_t now_ns = sim->now_ns;
    const struct net_event e = net_take(&sim->net);
    if (e.kind == NET_TO_US) {
        deliver(sim, e.packet, e.time_ns);
        return;
    }
    sim->now_ns = e.time_ns; // the host's present
    if (e.kind == NET_STREAM) {
        stream_event(sim, e.packet);
    } else {
        world_arrive(sim, e.packet);
        net_free(&sim->net, e.packet);
    }
    sim->now_ns = now_ns;
}

static void catch_up(struct sim *sim)
{
    while (net_when(&sim->net) <= sim->now_ns)
        run_event(sim);
}

static uint64_t op_now(struct io *io)
{
    return sim_of(io)->now_ns;
}

static int64_t op_wall(struct io *io)
{
    const struct sim *sim = sim_of(io);
    return sim->config.unix_s * (int64_t)second_ns + (int64_t)sim->now_ns;
}

static void give_back(struct sim *sim)
{
    if (sim->lent)
        net_free(&sim->net, sim->lent);
    sim->lent = NULL;
}

// 0: nothing forces an end of waiting now.
static int forced_end(struct sim *sim)
{
    const struct sim_config *c = &sim->config;
    if (c->stop_ns > 0 && sim->now_ns >= c->stop_ns && !sim->is_stopped) {
        sim->is_stopped = true;
        if (c->stop_flag)
            *c->stop_flag = true;
        return -EINTR;
    }
    return c->limit_ns > 0 && sim->now_ns >= c->limit_ns ? -ETIMEDOUT : 0;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static int op_wait(struct io *io, uint64_t until_ns)
{
    struct sim *sim = sim_of(io);
    give_back(sim);
    sim->now_ns += sim->config.round_ns;
    for (;;) {
        catch_up(sim);
        if (sim->queue_n > 0 || stream_is_ready(sim))
            return 1;
        const int end = forced_end(sim);
        if (end)
            return end;
        if (until_ns <= sim->now_ns) {
            sim->now_ns += poll_cost_ns;
            return 0;
        }
        uint64_t next = earlier(until_ns, net_when(&sim->net));
        if (sim->config.stop_ns > sim->now_ns)
            next = earlier(next, sim->config.stop_ns);
        if (sim->config.limit_ns > 0)
            next = earlier(next, sim->config.limit_ns);
        if (next == UINT64_MAX)
            return -EDEADLK; // nothing will ever happen again
        sim->now_ns = next;
        if (sim->now_ns == until_ns && net_when(&sim->net) > until_ns)
            return 0;
    }
}

static void send_one(struct sim *sim, const struct io_packet *packet)
{
    const struct io_iface *io = packet->is_frame ? world_iface(sim, packet->iface) : NULL;
    const struct io_received seen = {.time_ns = sim->now_ns,
                                     .iface = packet->iface,
                                     .link = io ? io->link : LINK_RAW,
                                     .bytes = packet->bytes};
    sim->now_ns += send_cost_ns;
    sim->counts.sent++;
    tap(sim, &seen);
    world_depart(sim, packet);
}

static int op_send(struct io *io, const struct io_packet *packets, uint32_t n)
{
    struct sim *sim = sim_of(io);
    if (n == 0)
        return 0;
    if (packets[0].is_frame && !world_iface(sim, packets[0].iface))
        return -ENODEV;
    if (sim->config.busy > 0 && rng_below(&sim->rng, SIM_PER_MILLION) < sim->config.busy)
        n = rng_below(&sim->rng, n);
    for (uint32_t i = 0; i < n; i++)
        send_one(sim, &packets[i]);
    return (int)n;
}

static int op_receive(struct io *io, struct io_received *out)
{
    struct sim *sim = sim_of(io);
    give_back(sim);
    catch_up(sim);
    if (sim->queue_n == 0)
        return 0;
    struct net_packet *p = sim->queue[sim->queue_head];
    sim->queue_head = (sim->queue_head + 1) % sim->queue_cap;
    sim->queue_n--;
    sim->lent = p;
    sim->counts.delivered++;
    *out = (struct io_received){.time_ns = p->time_ns,
                                .iface = p->iface,
                                .link = world_iface(sim, p->iface)->link,
                                .bytes = span_of(net_bytes(p), p->len)};
    tap(sim, out);
    return 1;
}

static int op_ifaces(struct io *io, struct io_iface *out, uint32_t max)
{
    const struct sim *sim = sim_of(io);
    const uint32_t n = sim->n_ifaces < max ? sim->n_ifaces : max;
    memcpy(out, sim->iface, n * sizeof *out);
    return (int)n;
}

static int op_route(struct io *io, const struct ip_addr *dst, uint32_t iface, struct io_route *out)
{
    const struct sim *sim = sim_of(io);
    const uint32_t addr = ip_v4_u32(dst);
    uint32_t via;
    *out = (struct io_route){0};
    if (dst->family != IP_V4)
        return -ENETUNREACH;
    if (iface != 0 && !world_iface(sim, iface))
        return -ENODEV;
    if (world_is_ours(sim, addr) && (iface == 0 || iface == WORLD_LO)) {
        *out = (struct io_route){.iface = WORLD_LO, .src = *dst, .is_local = true};
        return 0;
    }
    const bool is_direct = world_is_on_link(sim, addr, &via) && (iface == 0 || iface == via);
    out->iface = iface ? iface : is_direct ? via : WORLD_FIRST;
    const struct io_iface *io_if = world_iface(sim, out->iface);
    if (!is_direct && !io_if->is_p2p) {
        if (sim->config.gateway == 0 || io_if->is_loopback)
            return -ENETUNREACH;
        out->gateway = ip_v4(sim->config.gateway);
    }
    out->src = io_if->addr[0];
    return 0;
}

static int op_capture(struct io *io, const struct io_capture *what)
{
    struct sim *sim = sim_of(io);
    if (!world_iface(sim, what->iface))
        return -ENODEV;
    for (size_t i = 0; i < sim->n_captures; i++) {
        struct io_capture *c = &sim->captures[i];
        if (c->iface != what->iface || !ip_eq(&c->addr, &what->addr))
            continue;
        c->port_lo = what->port_lo < c->port_lo ? what->port_lo : c->port_lo;
        c->port_hi = what->port_hi > c->port_hi ? what->port_hi : c->port_hi;
        return 0;
    }
    if (sim->n_captures == CAPTURES_MAX)
        return -ENOSPC;
    VEC_PUSH(sim->captures, sim->n_captures, sim->cap_captures, *what);
    return 0;
}

static void op_stats(struct io *io, struct io_stats *out)
{
    *out = sim_of(io)->stats;
}

static void op_close(struct io *io)
{
    struct sim *sim = sim_of(io);
    struct arena arena = sim->arena;
    streams_free(sim);
    vec_free(sim->captures);
    map_fini(&sim->hosts);
    net_fini(&sim->net);
    arena_fini(&arena); // the simulator itself lies in it
}

static const struct io_ops sim_ops = {
    .now = op_now,
    .wall = op_wall,
    .wait = op_wait,
    .send = op_send,
    .receive = op_receive,
    .ifaces = op_ifaces,
    .route = op_route,
    .capture = op_capture,
    .stats = op_stats,
    .close = op_close,
    .stream_open = stream_op_open,
    .stream_read = stream_op_read,
    .stream_write = stream_op_write,
    .stream_want = stream_op_want,
    .stream_close = stream_op_close,
    .stream_events = stream_op_events,
    .stream_limit = stream_op_limit,
};

static void add_iface(struct sim *sim, const struct sim_iface *from)
{
    struct io_iface *to = &sim->iface[sim->n_ifaces++];
    const bool is_p2p = from->kind == SIM_P2P;
    *to = (struct io_iface){.index = sim->n_ifaces,
                            .link = is_p2p ? LINK_RAW : LINK_ETHERNET,
                            .mtu = ETH_MTU,
                            .is_up = true,
                            .is_p2p = is_p2p,
                            .n_addrs = 1};
    memcpy(to->name, from->name, sizeof to->name - 1);
    to->addr[0] = ip_v4(from->addr);
    to->bits[0] = from->bits;
    if (!is_p2p)
        to->mac = world_mac(from->addr);
}

static void add_ifaces(struct sim *sim)
{
    const struct sim_iface lo = {"lo", SIM_ETHERNET, 0x7F000001, LO_BITS};
    const struct sim_iface sim0 = {"sim0", SIM_ETHERNET, 0x0A000001, DEFAULT_BITS};
    struct sim_config *c = &sim->config;
    add_iface(sim, &lo);
    sim->iface[0].is_loopback = true;
    sim->iface[0].mtu = LO_MTU;
    sim->iface[0].mac = (struct mac_addr){0};
    if (c->n_ifaces == 0)
        add_iface(sim, &sim0);
    for (uint32_t i = 0; i < c->n_ifaces && i < SIM_IFACES; i++)
        add_iface(sim, &c->iface[i]);
    const struct io_iface *first = &sim->iface[WORLD_FIRST - WORLD_LO];
    const uint32_t host_bits = 32u - first->bits[0];
    if (c->gateway == 0 && !first->is_p2p && host_bits > 1 && host_bits < 32)
        c->gateway = (ip_v4_u32(&first->addr[0]) | ((1u << host_bits) - 1)) - 1;
}

struct io *sim_open(const struct sim_config *config)
{
    struct arena arena;
    arena_init(&arena, "simulator");
    struct sim *sim = arena_alloc(&arena, sizeof *sim);
    sim->io.ops = &sim_ops;
    sim->config = *config;
    add_ifaces(sim);
    rng_seed(&sim->rng, config->seed);
    net_init(&sim->net);
    map_init(&sim->hosts, (struct hash_key){config->seed, 1});
    sim->now_ns = second_ns; // not 0, which programs may take for "not set"
    if (config->stop_ns > 0)
        sim->config.stop_ns += second_ns;
    if (config->limit_ns > 0)
        sim->config.limit_ns += second_ns;
    sim->queue_cap = config->queue ? config->queue : DEFAULT_QUEUE;
    sim->queue = arena_array(&arena, sim->queue_cap, sizeof(struct net_packet *));
    sim->arena = arena; // from here on hosts are added to this copy
    return &sim->io;
}

void sim_counts(const struct io *io, struct sim_counts *out)
{
    const struct sim *sim = (const struct sim *)(const void *)io;
    *out = sim->counts;
}
