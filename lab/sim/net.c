// SPDX-License-Identifier: Apache-2.0
// Packets on their way: a store with two sizes of slots that are used again, a binary heap
// ordered by time and then by order of scheduling, and links that lose, delay, double and
// reorder. Memory is bounded by NET_EVENTS_MAX packets in flight.
#include "lab/sim/net.h"

#include "base/vec.h"

enum { REORDER_DELAYS = 4, RELIABLE_TRIES = 6 };

static const uint64_t reorder_ns = 5000000;
static const uint64_t duplicate_ns = 20000; // between a packet and its double

uint8_t *net_bytes(struct net_packet *p)
{
    return (uint8_t *)(p + 1);
}

void net_init(struct net *net)
{
    *net = (struct net){0};
    arena_init(&net->arena, "simulated packets");
}

void net_fini(struct net *net)
{
    vec_free(net->heap);
    arena_fini(&net->arena);
}

struct net_packet *net_packet(struct net *net, struct span bytes)
{
    const uint32_t room = bytes.len <= NET_SMALL ? NET_SMALL : NET_LARGE;
    struct net_packet **list = room == NET_SMALL ? &net->free_small : &net->free_large;
    struct net_packet *p = *list;
    if (p)
        *list = p->next;
    else
        p = arena_alloc(&net->arena, sizeof *p + room);
    *p = (struct net_packet){.room = room};
    p->len = (uint32_t)(bytes.len < room ? bytes.len : room);
    if (p->len > 0)
        memcpy(net_bytes(p), bytes.ptr, p->len);
    return p;
}

void net_free(struct net *net, struct net_packet *p)
{
    struct net_packet **list = p->room == NET_SMALL ? &net->free_small : &net->free_large;
    p->next = *list;
    *list = p;
}

static bool is_before(const struct net_event *a, const struct net_event *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

void net_put(struct net *net, uint64_t time_ns, enum net_kind kind, struct net_packet *p)
{
    if (net->n == NET_EVENTS_MAX) {
        net->overflows++;
        net_free(net, p);
        return;
    }
    const struct net_event event = {time_ns, net->order++, kind, p};
    VEC_PUSH(net->heap, net->n, net->cap, event);
    size_t i = net->n - 1;
    for (; i > 0 && is_before(&event, &net->heap[(i - 1) / 2]); i = (i - 1) / 2)
        net->heap[i] = net->heap[(i - 1) / 2];
    net->heap[i] = event;
}

uint64_t net_when(const struct net *net)
{
    return net->n > 0 ? net->heap[0].time_ns : UINT64_MAX;
}

struct net_event net_take(struct net *net)
{
    const struct net_event top = net->heap[0];
    const struct net_event last = net->heap[--net->n];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < net->n && is_before(&net->heap[child + 1], &net->heap[child]))
            child++;
        if (child >= net->n || !is_before(&net->heap[child], &last))
            break;
        net->heap[i] = net->heap[child];
        i = child;
    }
    if (net->n > 0)
        net->heap[i] = last;
    return top;
}

static bool happens(struct rng *rng, uint32_t per_million)
{
    return per_million > 0 && rng_below(rng, SIM_PER_MILLION) < per_million;
}

static uint64_t draw_ns(struct rng *rng, uint64_t max_ns)
{
    return max_ns == 0 ? 0 : rng_u64(rng) % (max_ns + 1);
}

uint64_t net_reliable_ns(const struct sim_link *link, struct rng *rng, uint64_t retry_ns)
{
    uint64_t at_ns = link->delay_ns + draw_ns(rng, link->jitter_ns);
    for (int i = 0; i < RELIABLE_TRIES; i++, at_ns += retry_ns, retry_ns *= 2)
        if (!happens(rng, link->loss))
            return at_ns;
    return UINT64_MAX;
}

void net_travel(struct net *net, const struct sim_link *link, struct rng *rng,
                struct net_event event)
{
    struct net_packet *p = event.packet;
    if (happens(rng, link->loss)) {
        net_free(net, p);
        return;
    }
    uint64_t at = event.time_ns + link->delay_ns + draw_ns(rng, link->jitter_ns);
    if (happens(rng, link->reorder))
        at += draw_ns(rng, reorder_ns + REORDER_DELAYS * link->delay_ns);
    if (happens(rng, link->duplicate)) {
        struct net_packet *twin = net_packet(net, span_of(net_bytes(p), p->len));
        const struct net_packet store = *twin;
        *twin = *p;
        twin->room = store.room;
        net_put(net, at + duplicate_ns, event.kind, twin);
    }
    net_put(net, at, event.kind, p);
}
