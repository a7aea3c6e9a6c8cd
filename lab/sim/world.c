// SPDX-License-Identifier: Apache-2.0
// Who is in the simulated network and how packets get there and back: neighbors, hosts, links.
// In: packets of ours; they are counted, checked, and put on their way. Hosts come into being when
// they are first talked to; each has its own dice, so that one's fate does not depend on another.
#include "lab/sim/world.h"

#include "wire/cksum.h"

static const uint64_t second_ns = 1000000000;
static const struct sim_link lo_link = {.delay_ns = 5000};
static const struct sim_host router_entry = {0};

bool world_is_intact(const struct frame *f)
{
    const struct span data = span_from(f->packet, f->ip4.hdr_len);
    if (!f->ip4.cksum_ok || f->ttl == 0)
        return false;
    if (f->kind == FRAME_ICMP4)
        return cksum_of(data) == 0;
    if (f->kind == FRAME_SCTP)
        return sctp_cksum_ok(data);
    if (f->kind == FRAME_UDP && (f->udp.len < UDP_HDR_LEN || f->udp.len > data.len))
        return false;
    if (f->kind == FRAME_OTHER || (f->kind == FRAME_UDP && f->udp.cksum == 0))
        return true;
    const uint32_t pseudo = cksum_pseudo4(f->ip4.src, f->ip4.dst, f->ip4.proto, (uint16_t)data.len);
    return cksum_end(cksum_add(pseudo, data)) == 0;
}

struct mac_addr world_mac(uint32_t addr)
{
    return (struct mac_addr){
        {2, 0, (uint8_t)(addr >> 24), (uint8_t)(addr >> 16), (uint8_t)(addr >> 8), (uint8_t)addr}};
}

const struct io_iface *world_iface(const struct sim *sim, uint32_t index)
{
    return index >= WORLD_LO && index <= sim->n_ifaces ? &sim->iface[index - WORLD_LO] : NULL;
}

bool world_is_ours(const struct sim *sim, uint32_t addr)
{
    const struct ip_addr a = ip_v4(addr);
    for (uint32_t i = 0; i < sim->n_ifaces; i++)
        if (ip_eq(&sim->iface[i].addr[0], &a))
            return true;
    return ip_in_net(&a, &sim->iface[0].addr[0], sim->iface[0].bits[0]);
}

bool world_is_on_link(const struct sim *sim, uint32_t addr, uint32_t *iface)
{
    const struct ip_addr a = ip_v4(addr);
    for (uint32_t i = 0; i < sim->n_ifaces; i++) {
        if (!ip_in_net(&a, &sim->iface[i].addr[0], sim->iface[i].bits[0]))
            continue;
        *iface = sim->iface[i].index;
        return true;
    }
    return false;
}

static const struct sim_host *find_entry(const struct sim *sim, uint32_t addr)
{
    for (uint32_t i = sim->config.n_hosts; i > 0; i--) {
        const struct sim_host *entry = &sim->config.hosts[i - 1];
        if (addr >= entry->first && addr <= entry->last)
            return entry;
    }
    return addr == sim->config.gateway ? &router_entry : NULL;
}

struct world_host *world_host(struct sim *sim, uint32_t addr)
{
    const struct ip_addr key = ip_v4(addr);
    struct world_host *h = map_get(&sim->hosts, &key);
    const struct sim_host *entry = h ? h->entry : find_entry(sim, addr);
    if (h || !entry)
        return h;
    h = arena_alloc(&sim->arena, sizeof *h);
    h->entry = entry;
    h->addr = addr;
    h->complaints.left_ns = second_ns;
    rng_seed(&h->rng, sim->config.seed * 0x9E3779B97F4A7C15u + addr);
    if (entry->personality) {
        personality_start(&h->stack, entry->personality, rng_u64(&h->rng));
        h->stack.tcp_doors = &entry->tcp_doors;
        h->stack.udp_doors = &entry->udp_doors;
    }
    map_put(&sim->hosts, &key, h);
    return h;
}

const struct sim_link *world_link(const struct sim *sim, const struct world_host *h, uint32_t iface)
{
    if (iface == WORLD_LO)
        return &lo_link;
    return h->entry->has_link ? &h->entry->link : &sim->config.link;
}

// A router for everything off the link, the host itself on it.
uint32_t world_neighbor(const struct sim *sim, uint32_t addr)
{
    uint32_t iface;
    return world_is_on_link(sim, addr, &iface) ? addr : sim->config.gateway;
}

uint32_t world_way(const struct sim *sim, uint32_t dst)
{
    uint32_t iface;
    if (world_is_ours(sim, dst))
        return WORLD_LO;
    return world_is_on_link(sim, dst, &iface) ? iface : WORLD_FIRST;
}

static void count(struct sim *sim, const struct frame *f)
{
    struct sim_counts *c = &sim->counts;
    c->probe[probe_of(f)]++;
    switch (f->kind) {
    case FRAME_ARP:
        c->arp++;
        break;
    case FRAME_TCP:
        c->tcp++;
        break;
    case FRAME_UDP:
        c->udp++;
        break;
    case FRAME_ICMP4:
    case FRAME_ICMP6:
    case FRAME_FRAGMENT:
        c->icmp++;
        break;
    case FRAME_SCTP:
    case FRAME_OTHER:
        c->other++;
        break;
    }
}

// Whoever a packet is for, as far as the first link: NULL if nobody is there.
static struct world_host *receiver_of(struct sim *sim, const struct frame *f, uint32_t iface)
{
    const uint32_t dst = ip_v4_u32(&f->dst);
    const struct io_iface *io = world_iface(sim, iface);
    if (f->kind == FRAME_ARP || iface == WORLD_LO || io->is_p2p)
        return world_host(sim, dst);
    const uint32_t neighbor = world_neighbor(sim, dst);
    const struct mac_addr mac = world_mac(neighbor);
    if (neighbor == 0 || (f->has_eth && memcmp(&f->eth.dst, &mac, sizeof mac) != 0))
        return NULL;
    struct world_host *h = world_host(sim, dst);
    if (h && !f->has_eth && neighbor == dst && h->entry->has_no_arp)
        return NULL; // the kernel does not learn its link address either
    return h;
}

void world_depart(struct sim *sim, const struct io_packet *packet)
{
    struct frame f = {0};
    const struct io_iface *io = packet->is_frame ? world_iface(sim, packet->iface) : NULL;
    const enum link_type link = packet->is_frame && io ? io->link : LINK_RAW;
    const bool is_good = (!packet->is_frame || io) && packet->bytes.len <= NET_LARGE &&
                         frame_decode(link, packet->bytes, &f) == ERR_OK;
    if (!is_good || (f.kind != FRAME_ARP && f.packet.len == 0)) {
        sim->counts.broken++;
        return;
    }
    count(sim, &f);
    if (f.kind != FRAME_ARP && !world_is_intact(&f)) {
        sim->counts.broken++;
        return;
    }
    const uint32_t iface = io ? packet->iface : world_way(sim, ip_v4_u32(&f.dst));
    struct world_host *h = receiver_of(sim, &f, iface);
    if (!h)
        return;
    uint64_t out_ns;
    if (!narrow_pass(&sim->config.narrow, sim->now_ns, &out_ns))
        return;
    struct net_packet *p = net_packet(&sim->net, packet->bytes);
    p->iface = iface;
    p->is_frame = packet->is_frame;
    net_travel(&sim->net, world_link(sim, h, iface), &h->rng,
               (struct net_event){.time_ns = out_ns, .kind = NET_TO_HOST, .packet = p});
}

void world_reply_frame(struct sim *sim, struct world_host *h, uint32_t iface, struct span frame,
                       uint64_t delay_ns)
{
    struct net_packet *p = net_packet(&sim->net, frame);
    p->iface = iface;
    net_travel(
        &sim->net, world_link(sim, h, iface), &h->rng,
        (struct net_event){.time_ns = sim->now_ns + delay_ns, .kind = NET_TO_US, .packet = p});
}

void world_reply(struct sim *sim, struct world_host *h, uint32_t iface, struct span packet,
                 uint64_t delay_ns)
{
    const struct io_iface *io = world_iface(sim, iface);
    uint8_t bytes[NET_LARGE];
    struct buf b;
    if (io->link != LINK_ETHERNET) {
        world_reply_frame(sim, h, iface, packet, delay_ns);
        return;
    }
    struct eth_hdr eth = {.dst = io->mac, .type = ETH_IP4};
    if (!io->is_loopback)
        eth.src = world_mac(world_neighbor(sim, h->addr));
    buf_init(&b, bytes, sizeof bytes);
    eth_encode(&b, &eth);
    buf_bytes(&b, packet);
    world_reply_frame(sim, h, iface, buf_span(&b), delay_ns);
}
