// SPDX-License-Identifier: Apache-2.0
// An entry asks at once and again with doubled patience until the tries are used up. A late
// reply is still taken for whoever comes next. Unasked replies (ARP poisoning) are ignored.
// Of entries that nobody waits for the last LIMIT_NEIGHBORS that answered are kept, and the last
// LIMIT_SILENT that did not, so that a sweep of a large link costs no memory: who needs one again
// asks again.
#include "engine/neigh.h"

#include "base/limits.h"

struct neigh {
    struct ip_addr addr;
    struct ip_addr own;
    uint32_t iface;
    uint32_t asked;
    bool is_known;
    struct mac_addr mac;
    struct resolve_wait *waiting;
    struct resolve_wait *waking; // of these, who is still to be told
    struct timer timer;
    struct neigh_table *table;
    uint64_t sent_ns;    // the last request
    int64_t rtt_us;      // of the first answer; -1: none
    struct neigh *older; // in the list of those whose request has not left
    struct neigh *next;  // in the list of those that nobody waits for, or of free ones
    struct neigh *prev;
    struct neigh *line;       // behind it, of those whose request waits for its turn
    struct neigh_rest *where; // nobody waits for it: in this list
    bool is_in_line;
};

static void on_turn(void *ctx, uint64_t now_ns);

void neigh_init(struct neigh_table *t, struct arena *run, struct timers *timers,
                const struct engine_config *cfg)
{
    *t = (struct neigh_table){.arena = run, .timers = timers, .cfg = cfg};
    t->turn = (struct timer){.fire = on_turn, .ctx = t};
    map_init(&t->by_addr, cfg->key);
}

void neigh_fini(struct neigh_table *t)
{
    map_fini(&t->by_addr);
}

const struct mac_addr *neigh_known(const struct neigh_table *t, const struct ip_addr *addr)
{
    const struct neigh *n = map_get(&t->by_addr, addr);
    return n && n->is_known ? &n->mac : NULL;
}

static void wake_all(struct neigh *n, const struct mac_addr *mac)
{
    n->waking = n->waiting;
    n->waiting = NULL;
    while (n->waking) {
        struct resolve_wait *w = n->waking;
        n->waking = w->next;
        w->next = NULL;
        w->rtt_us = n->rtt_us;
        w->done(w->ctx, mac); // may take others off the list
    }
}

static void ask_now(struct neigh *n, uint64_t now_ns)
{
    struct neigh_table *t = n->table;
    t->ask(t->ctx, n->iface, &n->own, &n->addr);
    timer_set(t->timers, &n->timer, now_ns + (t->cfg->arp_timeout_ns << n->asked));
    if (n->sent_ns != UINT64_MAX) {
        n->sent_ns = UINT64_MAX;
        n->older = t->unsent;
        t->unsent = n;
    }
    n->asked++;
}

void neigh_sent(struct neigh_table *t, uint64_t now_ns)
{
    for (; t->unsent; t->unsent = t->unsent->older)
        t->unsent->sent_ns = now_ns;
}

static void unlink_idle(struct neigh *n)
{
    struct neigh_rest *l = n->where;
    if (!l)
        return;
    *(n->prev ? &n->prev->next : &l->first) = n->next;
    *(n->next ? &n->next->prev : &l->last) = n->prev;
    n->where = NULL;
    l->n--;
}

static void forget(struct neigh *n)
{
    struct neigh_table *t = n->table;
    unlink_idle(n);
    timer_cancel(t->timers, &n->timer);
    map_del(&t->by_addr, &n->addr);
    n->next = t->free;
    t->free = n;
}

// Nobody waits for it any more. One whose request has not left is in another list, too.
static void rest(struct neigh *n)
{
    struct neigh_rest *l = n->is_known ? &n->table->known : &n->table->silent;
    const uint32_t most = n->is_known ? LIMIT_NEIGHBORS : LIMIT_SILENT;
    unlink_idle(n);
    n->prev = l->last;
    n->next = NULL;
    *(l->last ? &l->last->next : &l->first) = n;
    l->last = n;
    n->where = l;
    l->n++;
    while (l->n > most && l->first->sent_ns != UINT64_MAX && !l->first->is_in_line)
        forget(l->first);
}

// As many as may leave now.
static void proceed(struct neigh_table *t, uint64_t now_ns)
{
    while (t->line_first) {
        struct neigh *n = t->line_first;
        const bool is_idle_now = n->is_known || !n->waiting;
        const uint64_t ready_ns = t->ready && !is_idle_now ? t->ready(t->ctx) : 0;
        if (ready_ns > now_ns) {
            timer_set(t->timers, &t->turn, ready_ns);
            return;
        }
        t->line_first = n->line;
        t->n_in_line--;
        n->is_in_line = false;
        n->asked = is_idle_now ? 0 : n->asked;
        if (!is_idle_now)
            ask_now(n, now_ns);
        else if (!n->is_known)
            rest(n);
    }
}

static void on_turn(void *ctx, uint64_t now_ns)
{
    proceed(ctx, now_ns);
}

static void ask(struct neigh *n, uint64_t now_ns)
{
    struct neigh_table *t = n->table;
    if (!n->is_in_line) {
        n->line = NULL;
        n->is_in_line = true;
        *(t->line_first ? &t->line_last->line : &t->line_first) = n;
        t->line_last = n;
        t->n_in_line++;
    }
    proceed(t, now_ns);
}

static void on_timer(void *ctx, uint64_t now_ns)
{
    struct neigh *n = ctx;
    if (!n->is_known && n->asked < n->table->cfg->arp_tries) {
        ask(n, now_ns);
        return;
    }
    n->asked = 0;
    wake_all(n, n->is_known ? &n->mac : NULL);
    if (!n->waiting)
        rest(n);
}

static struct neigh *take_free(struct neigh_table *t)
{
    struct neigh *n = t->free;
    if (!n)
        return arena_alloc(t->arena, sizeof *n);
    t->free = n->next;
    return n;
}

static struct neigh *entry(struct neigh_table *t, const struct path *path)
{
    struct neigh *n = map_get(&t->by_addr, &path->next_hop);
    if (n)
        return n;
    n = take_free(t);
    *n = (struct neigh){.addr = path->next_hop, .table = t, .rtt_us = -1};
    n->timer = (struct timer){.fire = on_timer, .ctx = n};
    map_put(&t->by_addr, &n->addr, n);
    return n;
}

void neigh_wait(struct neigh_table *t, const struct path *path, struct resolve_wait *wait,
                uint64_t now_ns)
{
    struct neigh *n = entry(t, path);
    unlink_idle(n);
    wait->next = n->waiting;
    n->waiting = wait;
    n->iface = path->route.iface;
    n->own = path->route.src;
    if (n->is_known)
        timer_set(t->timers, &n->timer, now_ns);
    else if (n->asked == 0)
        ask(n, now_ns);
}

static void take_off(struct resolve_wait **at, const struct resolve_wait *wait)
{
    while (*at && *at != wait)
        at = &(*at)->next;
    if (*at)
        *at = wait->next;
}

void neigh_unwait(struct neigh_table *t, const struct path *path, struct resolve_wait *wait)
{
    struct neigh *n = map_get(&t->by_addr, &path->next_hop);
    if (!n)
        return;
    take_off(&n->waiting, wait);
    take_off(&n->waking, wait);
}

static void learn(struct neigh *n, const struct mac_addr *mac, uint64_t now_ns)
{
    n->is_known = true;
    n->mac = *mac;
    if (n->asked == 1 && now_ns >= n->sent_ns) // later ones do not tell which was answered
        n->rtt_us = (int64_t)((now_ns - n->sent_ns) / 1000);
    timer_set(n->table->timers, &n->timer, now_ns);
}

void neigh_reply(struct neigh_table *t, const struct arp_pkt *arp, uint64_t now_ns)
{
    struct neigh *n = map_get(&t->by_addr, &arp->spa);
    if (!n || arp->op != ARP_REPLY || n->is_known || !ip_eq(&arp->tpa, &n->own))
        return;
    learn(n, &arp->sha, now_ns);
}

// An advertisement without the option is taken by its link header. What a router let through is
// refused (RFC 4861 section 7.1.2).
void neigh_advert(struct neigh_table *t, const struct frame *f, uint64_t now_ns)
{
    struct icmp6_nd nd;
    if (f->icmp6.type != ICMP6_ADVERT || f->ttl != ICMP6_ND_HOPS || !icmp6_nd(&f->icmp6, &nd))
        return;
    if (ip6_is_link_local(&nd.target))
        nd.target.zone = f->iface;
    struct neigh *n = map_get(&t->by_addr, &nd.target);
    if (!n || n->is_known || !ip_eq(&f->dst, &n->own) || (!nd.has_mac && !f->has_eth))
        return;
    learn(n, nd.has_mac ? &nd.mac : &f->eth.src, now_ns);
}
