// SPDX-License-Identifier: Apache-2.0
#include "verdict/path.h"

#include "base/buf.h"
#include "base/limits.h"
#include "model/host.h"

enum {
    TTL_COUNT = 256,
    TEXT_MAX = 400,
    LIST_MAX = 12,
    STACKS_MAX = 8,
    HOSTS_LEAST = 4,
    ALL_LEAST = 16
};

static const double known = 0.95; // accuracy of a reference that is not there by chance

// The nearest TTL that stacks begin with.
static uint32_t begin_of(uint8_t ttl)
{
    static const uint8_t starts[] = {32, 64, 128, 255};
    size_t i = 0;
    while (ttl > starts[i])
        i++;
    return starts[i];
}

static uint32_t distance(uint8_t ttl) // hops
{
    return begin_of(ttl) - ttl;
}

static bool is_own(const struct port *p, enum port_state state)
{
    const bool is_kind =
        state == PORT_OPEN ? p->reason == REASON_SYN_ACK : p->reason == REASON_RESET;
    return p->proto == PROTO_TCP && p->state == state && p->ttl > 0 && p->from == 0 && is_kind;
}

// The TTL that most answers of a kind have; of open ports of a host on the link that of the
// nearest, for there is nothing in between. 0: there are none.
static uint8_t usual_ttl(const struct host *h, enum port_state state)
{
    const bool wants_nearest = h->has_mac && state == PORT_OPEN;
    uint32_t count[TTL_COUNT] = {0};
    uint32_t best = 0;
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (is_own(&h->ports[i], state))
            count[h->ports[i].ttl]++;
    for (uint32_t t = 1; t < TTL_COUNT; t++)
        if (wants_nearest
                ? count[t] > 0 && (best == 0 || distance((uint8_t)t) < distance((uint8_t)best))
                : count[t] > count[best])
            best = t;
    return count[best] > 0 ? (uint8_t)best : 0;
}

static void put_port(struct buf *b, uint32_t n, uint16_t port)
{
    if (n > LIST_MAX)
        return;
    if (n == LIST_MAX) {
        buf_str(b, ",...");
        return;
    }
    buf_str(b, n > 0 ? "," : "");
    buf_dec(b, port);
}

static void put_hops(struct buf *b, uint32_t n)
{
    buf_dec(b, n);
    buf_str(b, n == 1 ? " hop" : " hops");
}

// Ports of a kind whose answers came from so far, into list; returns how many.
static uint32_t list_ports(const struct host *h, enum port_state state, uint8_t ttl,
                           struct buf *list)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (is_own(&h->ports[i], state) && h->ports[i].ttl == ttl)
            put_port(list, n++, h->ports[i].number);
    return n;
}

static const struct synack *synack_of(const struct host *h, uint8_t ttl)
{
    for (uint32_t i = 0; i < h->n_synacks; i++)
        if (h->synacks[i].ttl == ttl)
            return &h->synacks[i];
    return NULL;
}

// Behind the host, and yet like it but for the way: what shares its kernel, or was made like it.
static bool is_contained(const struct host *h, uint8_t usual, uint8_t ttl)
{
    const struct synack *outer = synack_of(h, usual);
    const struct synack *inner = synack_of(h, ttl);
    return outer && inner && begin_of(usual) == begin_of(ttl) && outer->df == inner->df &&
           outer->window == inner->window && outer->mss == inner->mss &&
           outer->n_kinds == inner->n_kinds &&
           memcmp(outer->kinds, inner->kinds, sizeof outer->kinds) == 0;
}

static struct finding finding_of(struct arena *a, enum finding_kind kind, struct span ports,
                                 const struct buf *text)
{
    return (struct finding){kind, arena_copy(a, ports), arena_copy(a, buf_span(text))};
}

// One odd TTL among the answers of a kind. Nearer: the path answered. Open and farther: somebody
// behind the address. Resets from farther away are those of hosts that copy the TTL of the probe.
static bool judge_ttl(struct arena *a, const struct host *h, enum port_state state, uint8_t usual,
                      uint8_t ttl, struct finding *out)
{
    uint8_t list_mem[TEXT_MAX], mem[TEXT_MAX];
    struct buf list, b;
    const bool is_open = state == PORT_OPEN;
    const bool is_nearer = distance(ttl) < distance(usual);
    buf_init(&list, list_mem, sizeof list_mem);
    buf_init(&b, mem, sizeof mem);
    const uint32_t n = list_ports(h, state, ttl, &list);
    if (n == 0 || (!is_nearer && (!is_open || distance(ttl) == distance(usual))))
        return false;
    buf_str(&b, is_open ? "SYN-ACKs of " : "resets of ");
    buf_bytes(&b, buf_span(&list));
    buf_str(&b, "/tcp came over ");
    put_hops(&b, distance(ttl));
    buf_str(&b, ", those of other ports over ");
    put_hops(&b, distance(usual));
    const bool is_inside = !is_nearer && is_contained(h, usual, ttl);
    buf_str(&b, is_inside    ? ", all alike: a container or virtual machine behind its host"
                : !is_nearer ? ": forwarded to a machine behind this address"
                : is_open    ? ": something on the path answers (transparent proxy, forwarding)"
                             : ": forged by something on the path");
    const enum finding_kind kind = is_nearer   ? FINDING_PATH
                                   : is_inside ? FINDING_CONTAINER
                                               : FINDING_BEHIND;
    *out = finding_of(a, kind, buf_span(&list), &b);
    return true;
}

static uint32_t judge_distances(struct arena *a, const struct host *h, enum port_state state,
                                struct finding *out, uint32_t room)
{
    bool is_seen[TTL_COUNT] = {false};
    const uint8_t usual = usual_ttl(h, state);
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_ports && n < room; i++) {
        const struct port *p = &h->ports[i];
        if (!is_own(p, state) || p->ttl == usual || is_seen[p->ttl])
            continue;
        is_seen[p->ttl] = true;
        n += judge_ttl(a, h, state, usual, p->ttl, &out[n]);
    }
    return n;
}

// Window and MSS are for applications to set; a stack shows both otherwise only if it is another.
bool path_alike(const struct synack *a, const struct synack *b)
{
    const bool has_same_kinds =
        a->n_kinds == b->n_kinds && memcmp(a->kinds, b->kinds, sizeof a->kinds) == 0;
    return a->ttl == b->ttl && a->df == b->df &&
           (a->mss == b->mss || (a->window == b->window && has_same_kinds));
}

static bool is_proxied(const struct synack *s)
{
    return s->window == 0;
}

static enum end_proof proof_of(const struct host *h, uint16_t port)
{
    for (uint32_t i = 0; i < h->n_ends; i++)
        if (h->ends[i].port == port)
            return h->ends[i].proof;
    return END_NOT_ASKED;
}

// Who opens the window behind the handshake had to ask somebody first.
static const char *proxy_words(enum end_proof proof)
{
    switch (proof) {
    case END_OPENS:
        return "/tcp have no window, and it opens behind the handshake: a SYN proxy answers, "
               "and reaches a server";
    case END_RESETS:
        return "/tcp have no window, and a connection is reset: a SYN proxy answers, no server "
               "is proven";
    case END_STAYS:
        return "/tcp have no window, and it does not open behind the handshake: a SYN proxy or "
               "tarpit answers, open is not proven";
    case END_NOT_ASKED:
        break;
    }
    return "/tcp have no window: a SYN proxy answers, open is not proven";
}

// Some old devices never open a window: all of such a host is like that, and the databases know it.
static bool is_device(const struct host *h, enum end_proof proof, uint32_t n_all)
{
    const bool is_known = !h->os || (h->os->n_matches > 0 && h->os->matches[0].accuracy >= known);
    return n_all == h->n_synacks && proof != END_OPENS && is_known;
}

// Ports of one proof at a time.
static bool judge_proof(struct arena *a, const struct host *h, enum end_proof proof, uint32_t n_all,
                        struct finding *out)
{
    uint8_t list_mem[TEXT_MAX], mem[TEXT_MAX];
    struct buf list, b;
    uint32_t n = 0;
    buf_init(&list, list_mem, sizeof list_mem);
    buf_init(&b, mem, sizeof mem);
    for (uint32_t i = 0; i < h->n_synacks; i++) {
        const struct synack *s = &h->synacks[i];
        if (is_proxied(s) && proof_of(h, s->port) == proof)
            put_port(&list, n++, s->port);
    }
    if (n == 0 || is_device(h, proof, n_all))
        return false;
    buf_str(&b, "SYN-ACKs of ");
    buf_bytes(&b, buf_span(&list));
    buf_str(&b, proxy_words(proof));
    buf_str(&b, proof != END_NOT_ASKED ? "; no evidence of what the host is" : "");
    *out = finding_of(a, FINDING_PROXY, buf_span(&list), &b);
    return true;
}

static uint32_t judge_proxy(struct arena *a, const struct host *h, struct finding *out)
{
    uint32_t n_all = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_synacks; i++)
        n_all += is_proxied(&h->synacks[i]);
    for (int proof = END_NOT_ASKED; proof <= END_STAYS && n_all > 0; proof++)
        n += judge_proof(a, h, (enum end_proof)proof, n_all, out + n);
    return n;
}

// Somebody accepts whatever is asked.
static uint32_t judge_all_open(struct arena *a, const struct host *h, struct finding *out)
{
    uint8_t mem[TEXT_MAX];
    struct buf b;
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_ports; i++) {
        if (h->ports[i].proto != PROTO_TCP)
            continue;
        if (!is_own(&h->ports[i], PORT_OPEN))
            return 0;
        n++;
    }
    for (uint32_t i = 1; i < h->n_synacks; i++)
        if (!path_alike(&h->synacks[0], &h->synacks[i]))
            return 0;
    if (n < ALL_LEAST || h->n_synacks == 0)
        return 0;
    buf_init(&b, mem, sizeof mem);
    buf_str(&b, "all ");
    buf_dec(&b, n);
    buf_str(&b, " TCP ports asked are open and alike: something accepts for everybody (SYN proxy, "
                "tarpit, honeypot), open is not proven");
    *out = finding_of(a, FINDING_ALL_OPEN, (struct span){NULL, 0}, &b);
    return 1;
}

struct stacks {
    uint32_t n;
    const struct synack *first[STACKS_MAX];
    uint8_t of[LIMIT_SYNACKS]; // of each SYN-ACK
};

static void find_stacks(const struct host *h, struct stacks *s)
{
    s->n = 0;
    for (uint32_t i = 0; i < h->n_synacks; i++) {
        uint32_t k = 0;
        s->of[i] = STACKS_MAX;
        if (is_proxied(&h->synacks[i]))
            continue;
        while (k < s->n && !path_alike(s->first[k], &h->synacks[i]))
            k++;
        if (k == STACKS_MAX)
            continue;
        if (k == s->n)
            s->first[s->n++] = &h->synacks[i];
        s->of[i] = (uint8_t)k;
    }
}

static void put_stack(struct buf *b, const struct synack *s)
{
    buf_str(b, " (TTL ");
    buf_dec(b, s->ttl);
    buf_str(b, ", window ");
    buf_dec(b, s->window);
    buf_str(b, ", MSS ");
    buf_dec(b, s->mss);
    buf_str(b, s->df ? ", DF)" : ")");
}

static uint32_t judge_stacks(struct arena *a, const struct host *h, struct finding *out)
{
    uint8_t list_mem[TEXT_MAX], mem[TEXT_MAX];
    struct buf list, b;
    struct stacks s;
    find_stacks(h, &s);
    if (s.n < 2)
        return 0;
    buf_init(&list, list_mem, sizeof list_mem);
    buf_init(&b, mem, sizeof mem);
    buf_dec(&b, s.n);
    buf_str(&b, " stacks behind this address:");
    for (uint32_t k = 0; k < s.n; k++) {
        uint32_t n = 0;
        const size_t from = buf_len(&list) + (k > 0 ? 3 : 0);
        buf_str(&list, k > 0 ? " | " : "");
        for (uint32_t i = 0; i < h->n_synacks; i++)
            if (s.of[i] == k)
                put_port(&list, n++, h->synacks[i].port);
        buf_str(&b, k > 0 ? "; " : " ");
        buf_bytes(&b, span_from(buf_span(&list), from));
        put_stack(&b, s.first[k]);
    }
    *out = finding_of(a, FINDING_STACKS, buf_span(&list), &b);
    return 1;
}

int32_t path_hops_of(uint8_t ttl)
{
    return ttl > 0 ? (int32_t)distance(ttl) : -1;
}

int32_t path_hops(const struct host *h, enum port_state state)
{
    return path_hops_of(usual_ttl(h, state));
}

bool path_doubts(const struct host *h)
{
    for (uint32_t i = 0; i < h->n_synacks; i++)
        if (is_proxied(&h->synacks[i]) || !path_alike(&h->synacks[0], &h->synacks[i]))
            return true;
    return false;
}

uint32_t path_findings(struct arena *a, const struct host *h, struct finding *out)
{
    uint32_t n = judge_proxy(a, h, out);
    n += judge_all_open(a, h, out + n);
    if (h->n_ends == 0) // else they are told as machines
        n += judge_stacks(a, h, out + n);
    n += judge_distances(a, h, PORT_OPEN, out + n, 2);
    n += judge_distances(a, h, PORT_CLOSED, out + n, 2);
    return n;
}

bool path_filter(struct arena *a, const struct host *h, struct finding *out)
{
    const uint8_t open = usual_ttl(h, PORT_OPEN);
    const uint8_t closed = usual_ttl(h, PORT_CLOSED);
    uint8_t mem[TEXT_MAX];
    struct buf b;
    if (open == 0 || closed == 0 || distance(open) == distance(closed))
        return false;
    buf_init(&b, mem, sizeof mem);
    buf_str(&b, "resets came over ");
    put_hops(&b, distance(closed));
    buf_str(&b, ", SYN-ACKs over ");
    put_hops(&b, distance(open));
    buf_str(&b, distance(closed) < distance(open)
                    ? ": a filter on the path answers for closed ports"
                    : ": something on the path answers for open ports");
    *out = finding_of(a, FINDING_ANOTHER, (struct span){NULL, 0}, &b);
    return true;
}

// far: how far the farthest answer of the host came.
static void count(struct path_tally *t, const struct port *p, bool is_only, uint32_t far)
{
    uint32_t i = 0;
    while (i < t->n_ports && (t->port[i].port != p->number || t->port[i].state != p->state ||
                              t->port[i].ttl != p->ttl))
        i++;
    if (i == PATH_PORTS)
        return;
    if (i == t->n_ports)
        t->port[t->n_ports++] = (struct path_port){p->number, p->state, p->ttl, 0, 0, 0};
    t->port[i].n++;
    t->port[i].n_only += is_only;
    t->port[i].n_nearer += distance(p->ttl) < far;
}

// Only ports that are few of their kind: who answers on all of them is simply there.
void path_add(struct path_tally *t, const struct host *h)
{
    enum { FEW = 4 };
    uint32_t n[2] = {0};
    uint32_t n_tcp = 0;
    uint32_t far = 0;
    for (uint32_t i = 0; i < h->n_ports; i++) {
        const struct port *p = &h->ports[i];
        const bool is_answer = is_own(p, PORT_OPEN) || is_own(p, PORT_CLOSED);
        if (is_answer && distance(p->ttl) > far)
            far = distance(p->ttl);
        n[0] += is_own(&h->ports[i], PORT_OPEN);
        n[1] += is_own(&h->ports[i], PORT_CLOSED);
        n_tcp += h->ports[i].proto == PROTO_TCP;
    }
    t->n_hosts += n_tcp > 1;
    for (uint32_t i = 0; n_tcp > 1 && i < h->n_ports; i++) {
        const struct port *p = &h->ports[i];
        const bool is_open = is_own(p, PORT_OPEN);
        if ((is_open && n[0] <= FEW) || (is_own(p, PORT_CLOSED) && n[1] <= FEW))
            count(t, p, n[0] + n[1] == 1, far);
    }
}

// Alike on nearly all addresses, on some there is nothing else, and where there is it comes from
// farther away: else these may be hosts that are kept alike.
static bool is_path(const struct path_tally *t, const struct path_port *p)
{
    return t->n_hosts >= HOSTS_LEAST && p->n_only >= 2 && p->n_nearer > 0 &&
           p->n * 10 >= t->n_hosts * 9;
}

struct span path_say(struct arena *a, const struct path_tally *t, uint32_t *next)
{
    struct buf b;
    while (*next < t->n_ports && !is_path(t, &t->port[*next]))
        (*next)++;
    if (*next >= t->n_ports)
        return (struct span){NULL, 0};
    const struct path_port *p = &t->port[(*next)++];
    buf_init(&b, arena_alloc(a, TEXT_MAX), TEXT_MAX);
    buf_str(&b, "Path: port ");
    buf_dec(&b, p->port);
    buf_str(&b, "/tcp is answered by the path, not by the hosts: ");
    buf_str(&b, port_state_name((enum port_state)p->state));
    buf_str(&b, " from ");
    put_hops(&b, distance(p->ttl));
    buf_str(&b, " away on ");
    buf_dec(&b, p->n);
    buf_str(&b, " of ");
    buf_dec(&b, t->n_hosts);
    buf_str(&b, " addresses, ");
    buf_dec(&b, p->n_only);
    buf_str(&b, " of which answer nothing else");
    return buf_span(&b);
}
