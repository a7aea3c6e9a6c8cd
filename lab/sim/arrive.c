// SPDX-License-Identifier: Apache-2.0
// The other end of the wire: routers and hosts. In: a packet of ours that arrives there. Out: what
// they answer, on its way back. Routers take off their share of the TTL first, then the mishaps of
// the host are due, then its stack answers, or the one that it forwards the port to.
#include "lab/sim/world.h"

#include "wire/cksum.h"

enum { TTL_AT = 8, IP_CKSUM_AT = 10, ROUTER_TTL = 64 };

static const uint64_t second_ns = 1000000000;

// One TTL less for each router; false if it runs out.
static bool age(uint8_t *ip, uint32_t hops)
{
    if (hops == 0)
        return true;
    if (ip[TTL_AT] <= hops)
        return false;
    ip[TTL_AT] = (uint8_t)(ip[TTL_AT] - hops);
    ip[IP_CKSUM_AT] = ip[IP_CKSUM_AT + 1] = 0;
    const uint16_t sum = cksum_of(span_of(ip, (size_t)(ip[0] & 15) * 4));
    ip[IP_CKSUM_AT] = (uint8_t)(sum >> 8);
    ip[IP_CKSUM_AT + 1] = (uint8_t)sum;
    return true;
}

static uint32_t hops_to(const struct sim *sim, const struct world_host *h)
{
    uint32_t iface;
    if (world_is_ours(sim, h->addr) || world_is_on_link(sim, h->addr, &iface))
        return 0;
    return h->entry->hops > 0 ? h->entry->hops : 1;
}

// An ICMP error of the router that is `at` hops away; the first one is the gateway.
static void router_says(struct sim *sim, struct world_host *h, const struct frame *f,
                        struct icmp4_hdr icmp, uint32_t at)
{
    uint8_t bytes[NET_LARGE];
    struct buf b;
    buf_init(&b, bytes, sizeof bytes);
    icmp.body = span_head(f->packet, (size_t)f->ip4.hdr_len + 8); // RFC 792
    const struct ip4_hdr ip = {.total_len = (uint16_t)(IP4_HDR_LEN + ICMP4_HDR_LEN + icmp.body.len),
                               .id = (uint16_t)rng_u32(&h->rng),
                               .ttl = (uint8_t)(ROUTER_TTL - (at - 1)),
                               .proto = IP4_ICMP,
                               .src = at == 1 ? sim->config.gateway
                                              : 0x0AFF0001 + (at << 8), // 10.255.<at>.1
                               .dst = f->ip4.src};
    ip4_encode(&b, &ip);
    icmp4_encode(&b, &icmp);
    world_reply(sim, h, world_way(sim, h->addr), buf_span(&b), 0);
}

struct fate {
    bool is_lost;
    bool is_doubled;
    uint64_t delay_ns;
};

static struct fate fate_of(struct world_host *h, enum probe probe)
{
    struct fate fate = {0};
    for (uint32_t i = 0; i < h->entry->n_mishaps; i++) {
        const struct sim_mishap *m = &h->entry->mishap[i];
        if (m->probe != probe || (m->n != SIM_ALWAYS && h->befallen[i] >= m->n))
            continue;
        if (m->n != SIM_ALWAYS)
            h->befallen[i]++;
        if (m->kind == SIM_LATE)
            fate.delay_ns += m->delay_ns;
        else if (m->kind == SIM_LOSE)
            fate.is_lost = true;
        else
            fate.is_doubled = true;
    }
    return fate;
}

// Over most_ns what was not used goes.
static bool may_spend(struct world_tokens *t, uint32_t rate, uint64_t most_ns, uint64_t now_ns)
{
    if (rate == 0)
        return true;
    const uint64_t cost_ns = second_ns / rate;
    t->left_ns += now_ns - t->at_ns;
    t->at_ns = now_ns;
    if (t->left_ns > most_ns)
        t->left_ns = most_ns;
    if (t->left_ns < cost_ns)
        return false;
    t->left_ns -= cost_ns;
    return true;
}

bool world_may_complain(struct world_host *h, uint64_t now_ns)
{
    return may_spend(&h->complaints, h->entry->icmp_rate, second_ns, now_ns);
}

static bool may_reset(struct world_host *h, uint64_t now_ns)
{
    enum { BURST = 6 };
    const uint32_t rate = h->entry->rst_rate;
    return may_spend(&h->resets, rate, rate > 0 ? BURST * second_ns / rate : 0, now_ns);
}

static bool is_reset_packet(struct span packet)
{
    const uint8_t *p = (const uint8_t *)packet.ptr;
    return packet.len >= IP4_HDR_LEN + TCP_HDR_LEN && p[9] == IP4_TCP &&
           (p[IP4_HDR_LEN + 13] & TCP_RST);
}

static bool is_error_packet(struct span packet)
{
    const uint8_t *p = (const uint8_t *)packet.ptr;
    return packet.len > IP4_HDR_LEN && p[9] == IP4_ICMP && p[IP4_HDR_LEN] == ICMP4_UNREACH;
}

struct world_host *world_answerer(struct sim *sim, struct world_host *h, uint16_t port)
{
    for (uint32_t i = 0; port > 0 && i < h->entry->n_forwards; i++) {
        const struct sim_forward *fw = &h->entry->forward[i];
        if (port >= fw->ports.lo && port <= fw->ports.hi)
            return world_host(sim, fw->to);
    }
    return h;
}

static void answer(struct sim *sim, struct world_host *h, const struct frame *f, struct fate fate)
{
    uint8_t space[PERS_REPLIES][PERS_REPLY_MAX];
    struct buf out[PERS_REPLIES];
    const uint16_t port = f->kind == FRAME_TCP   ? f->tcp.dport
                          : f->kind == FRAME_UDP ? f->udp.dport
                                                 : 0;
    struct world_host *who = world_answerer(sim, h, port);
    if (!who || !who->entry->personality)
        return;
    for (int i = 0; i < PERS_REPLIES; i++)
        buf_init(&out[i], space[i], sizeof space[i]);
    const uint32_t n = h->entry->is_garbage ? garbage_answer(who, f, sim->now_ns, out)
                                            : personality_answer(&who->stack, f, sim->now_ns, out);
    const uint32_t hops = hops_to(sim, h) + (who != h);
    for (uint32_t i = 0; i < n; i++) {
        const struct span packet = buf_span(&out[i]);
        if (is_error_packet(packet) && !world_may_complain(h, sim->now_ns))
            continue;
        if (is_reset_packet(packet) && !may_reset(h, sim->now_ns))
            continue;
        if (!h->entry->is_garbage && !age(space[i], hops))
            continue;
        const uint32_t iface = world_way(sim, h->addr);
        world_reply(sim, h, iface, packet, fate.delay_ns);
        if (fate.is_doubled)
            world_reply(sim, h, iface, packet, fate.delay_ns);
    }
}

static void arrive_arp(struct sim *sim, struct world_host *h, const struct frame *f, uint32_t iface)
{
    uint8_t bytes[64];
    struct buf b;
    const struct fate fate = fate_of(h, PROBE_ARP);
    if (f->arp.op != ARP_REQUEST || fate.is_lost || h->entry->is_down || h->entry->has_no_arp)
        return;
    const struct arp_pkt arp = {.op = ARP_REPLY,
                                .sha = world_mac(h->addr),
                                .tha = f->arp.sha,
                                .spa = f->arp.tpa,
                                .tpa = f->arp.spa};
    const struct eth_hdr eth = {.dst = f->eth.src, .src = arp.sha, .type = ETH_ARP};
    buf_init(&b, bytes, sizeof bytes);
    eth_encode(&b, &eth);
    arp_encode(&b, &arp);
    buf_zero(&b, 60 - buf_len(&b)); // the least frame of Ethernet without its checksum
    world_reply_frame(sim, h, iface, buf_span(&b), fate.delay_ns);
    if (fate.is_doubled)
        world_reply_frame(sim, h, iface, buf_span(&b), fate.delay_ns);
}

// False if a router has dealt with the packet.
static bool pass_routers(struct sim *sim, struct world_host *h, struct net_packet *p,
                         struct frame *f)
{
    const uint32_t hops = hops_to(sim, h);
    const size_t at = (size_t)((const uint8_t *)f->packet.ptr - net_bytes(p));
    if (hops > 0 && f->ttl <= hops) {
        router_says(sim, h, f, (struct icmp4_hdr){.type = ICMP4_TIME_EXCEEDED}, f->ttl);
        return false;
    }
    if (h->entry->is_unreachable) {
        const struct icmp4_hdr says = {.type = ICMP4_UNREACH, .code = ICMP4_HOST_UNREACH};
        router_says(sim, h, f, says, hops > 0 ? hops : 1);
        return false;
    }
    (void)age(net_bytes(p) + at, hops);
    f->ttl = f->ip4.ttl = (uint8_t)(f->ttl - hops);
    return !h->entry->is_down;
}

void world_arrive(struct sim *sim, struct net_packet *p)
{
    struct frame f = {0};
    const struct io_iface *io = world_iface(sim, p->iface);
    const enum link_type link = p->is_frame ? io->link : LINK_RAW;
    if (frame_decode(link, span_of(net_bytes(p), p->len), &f) != ERR_OK)
        return;
    struct world_host *h = world_host(sim, ip_v4_u32(&f.dst));
    if (!h)
        return;
    if (f.kind == FRAME_ARP) {
        arrive_arp(sim, h, &f, p->iface);
        return;
    }
    const struct fate fate = fate_of(h, probe_of(&f));
    if (!fate.is_lost && pass_routers(sim, h, p, &f))
        answer(sim, h, &f, fate);
}
