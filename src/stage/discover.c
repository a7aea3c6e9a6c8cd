// SPDX-License-Identifier: Apache-2.0
// Is the host there? Own addresses are; neighbors on the link answer ARP or ND; others are asked by
// the probes of the plan (ping.c), in two rounds (scanning spec section 2); where raw packets are
// not allowed all are asked by connecting (knock.c). Whom a sweep has asked (sweep.c) comes here
// with the first that is heard of him. With -Pn nobody is ever declared down; the link address is
// asked for all the same, since it is needed.
//
// The probes of a round do not leave at once when it is known how fast others answered: the first
// answer makes the rest needless. A sign that a firewall can forge (a reset, a SYN+ACK) is waited
// upon a little, so that a second one of another kind may stand beside it. Two probes that routers
// call unreachable end the questions: the host is down, for that reason.
//
// Source: RFC 826, RFC 4861, RFC 792, RFC 4443, scanning spec 2.1 - 2.4.
#include <errno.h>

#include "base/text.h"
#include "model/vendors.h"
#include "stage/knock.h"
#include "stage/outlook.h"
#include "stage/ping.h"
#include "stage/stages.h"
#include "stage/sweep.h"

enum { REFUSED_ENOUGH = 2, CROWD = 1024 };

#define MS UINT64_C(1000000)

static const uint64_t second_least_ns = 2 * MS; // for a second sign
static const uint64_t second_most_ns = 100 * MS;

struct discover {
    struct knock knock; // first: it finds itself as the stage's state
    struct resolve_wait wait;
    bool is_resolving;
    uint32_t rounds;                // sent
    uint32_t sent;                  // probes of this round
    uint64_t first_ns;              // when the first probe left
    uint64_t last_ns;               // when the last one did
    uint64_t *sent_ns[PING_ROUNDS]; // when each did; NULL before the round
    uint64_t verdict_ns;            // it is up; until then a second sign is waited for
    uint32_t n_refused;             // probes that routers call unreachable
    uint32_t refused;               // the first of them
    enum reason why;                // the last error of a router
    uint8_t why_ttl;
};

// -Pn, or somebody has found ports of it.
static bool is_taken_for_up(const struct visit *v)
{
    return v->plan->skip_discovery || v->n_listed > 0;
}

static void decide(struct visit *v, enum host_state state, enum reason reason, uint8_t ttl)
{
    v->host.state = state;
    v->host.reason = reason;
    v->host.reason_ttl = ttl;
    v->host.signs |= state == HOST_UP ? UINT64_C(1) << reason : 0;
    if (state == HOST_UP)
        visit_pass(v);
    else
        visit_drop(v);
}

static void decide_silent(struct visit *v)
{
    if (is_taken_for_up(v))
        decide(v, HOST_UP, REASON_USER_SET, 0);
    else
        decide(v, HOST_DOWN, REASON_NO_RESPONSE, 0);
}

// Nobody has answered; what routers said of it is the reason.
static void decide_unheard(struct visit *v, const struct discover *d)
{
    if (is_taken_for_up(v) || d->why == REASON_NONE)
        decide_silent(v);
    else
        decide(v, HOST_DOWN, d->why, d->why_ttl);
}

// The link address of the next hop is known, or nobody answered.
static void start_probing(struct visit *v)
{
    if (is_taken_for_up(v))
        decide(v, HOST_UP, REASON_USER_SET, 0);
    else
        visit_wake(v, engine_now(v->engine));
}

static void set_mac(struct visit *v, const struct mac_addr *mac)
{
    v->path.mac = *mac;
    v->path.is_frame = v->path.is_ready = true;
    if (v->path.is_direct) {
        v->host.mac = *mac;
        v->host.has_mac = true;
        v->host.vendor = vendors_name(v->plan->vendors, &v->host.mac);
    }
}

// Called from the engine, outside of the pipeline's walk: only notes what to do and wakes.
static void on_resolved(void *ctx, const struct mac_addr *mac)
{
    struct visit *v = ctx;
    struct discover *d = v->state;
    d->is_resolving = false;
    if (mac)
        set_mac(v, mac);
    else
        path_use_kernel(&v->path);
    visit_wake(v, engine_now(v->engine));
}

static uint32_t n_rounds(const struct visit *v)
{
    return ping_rounds(v->plan);
}

// Without privilege.
static void tick_knock(struct visit *v, struct knock *k)
{
    const uint64_t now_ns = engine_now(v->engine);
    const uint64_t timeout_ns = (uint64_t)visit_timeout_us(v) * 1000;
    const uint64_t begun_ns = k->rounds > 0 ? knock_begun(k) : 0;
    if (k->is_answered) {
        rtt_add(&v->host.rtt, k->rtt_us);
        knock_close(k);
        decide(v, HOST_UP, k->reason, 0);
    } else if (v->known) {
        v->host.rtt = v->known->rtt;
        decide(v, HOST_UP, v->known->reason, v->known->reason_ttl);
    } else if (is_taken_for_up(v)) {
        decide(v, HOST_UP, REASON_USER_SET, 0);
    } else if (begun_ns == UINT64_MAX || (k->rounds > 0 && begun_ns + timeout_ns > now_ns)) {
        visit_wake(v, (begun_ns == UINT64_MAX ? now_ns : begun_ns) + timeout_ns);
    } else if (k->rounds < n_rounds(v)) {
        knock_round(v, k);
        visit_wake(v, k->sent_ns + timeout_ns);
    } else {
        knock_close(k);
        decide_silent(v);
    }
}

// A sweep has asked already.
static void take_over(struct visit *v, struct discover *d)
{
    const struct asked *a = v->asked;
    const uint32_t n = ping_list(v)->n;
    d->rounds = a->rounds;
    d->sent = a->sent;
    d->first_ns = a->first_ns;
    d->last_ns = a->last_ns;
    for (uint32_t round = 0; round < PING_ROUNDS && round * a->n < a->n_at; round++) {
        d->sent_ns[round] = arena_array(&v->host.arena, n, sizeof *d->sent_ns[round]);
        memcpy(d->sent_ns[round], a->at_ns + round * a->n, n * sizeof *a->at_ns);
    }
}

static void admit(struct visit *v)
{
    struct discover *d = v->state;
    if (v->plan->lists_only) {
        decide(v, HOST_UNKNOWN, REASON_USER_SET, 0);
        return;
    }
    if (v->asked && v->asked->stage == STAGE_DISCOVER)
        take_over(v, d);
    const int rc = engine_path(v->engine, &v->host.addr, v->plan->iface, &v->path);
    if (rc < 0) {
        decide(v, HOST_SKIPPED, REASON_NET_UNREACH, 0);
        return;
    }
    v->host.is_local = v->path.route.is_local;
    v->host.is_direct = v->path.is_direct;
    if (v->host.is_local) {
        decide(v, HOST_UP, is_taken_for_up(v) ? REASON_USER_SET : REASON_LOCALHOST_RESPONSE, 0);
        return;
    }
    if (v->plan->streams_only) {
        visit_wake(v, engine_now(v->engine));
        return;
    }
    if (v->path.is_ready) {
        if (v->path.is_frame)
            set_mac(v, &v->path.mac);
        start_probing(v);
        return;
    }
    d->is_resolving = true;
    d->wait = (struct resolve_wait){.done = on_resolved, .ctx = v};
    engine_resolve(v->engine, &v->path, &d->wait);
}

static bool send_one(struct visit *v, struct discover *d, const struct ping *p)
{
    uint8_t mem[PROBE_UDP_MAX_LEN];
    const uint64_t ready = visit_ready(v);
    if (ready > engine_now(v->engine)) {
        visit_wake(v, ready);
        return false;
    }
    return visit_send(v, ping_packet(v, p, d->rounds, mem), false);
}

// Many are asked and many more are still to be asked for the first time: that goes first, as only
// the second round can wait without making the run longer.
static bool is_postponed(struct visit *v, const struct discover *d, uint64_t now_ns)
{
    if (d->rounds != 1 || n_rounds(v) == 1 || visit_crowd(v) < CROWD || !visit_has_queue(v))
        return false;
    visit_wake(v, now_ns + (uint64_t)v->plan->timing.rtt.initial_us * 1000);
    return true;
}

// Whether the round is over; else the wake-up time is set. As long as nobody has answered, it is
// looked up now and then whether somebody has. Nobody is given up before the time that a first
// answer may take, however fast others were.
static bool await(struct visit *v, const struct discover *d, uint64_t now_ns)
{
    const struct rtt_bounds *bounds = &v->plan->timing.rtt;
    uint64_t until_ns = d->last_ns + (uint64_t)visit_timeout_us(v) * 1000;
    const uint64_t least_ns = d->first_ns + (uint64_t)bounds->initial_us * 1000;
    if (d->rounds == n_rounds(v) && until_ns < least_ns)
        until_ns = least_ns;
    const uint64_t look_ns = now_ns + (uint64_t)bounds->min_us * 1000;
    const bool may_change = !v->near->is_known && !v->host.rtt.is_known;
    if (now_ns >= until_ns)
        return !is_postponed(v, d, now_ns);
    visit_wake(v, may_change && look_ns < until_ns ? look_ns : until_ns);
    return false;
}

static void send_round(struct visit *v, struct discover *d)
{
    const struct plan_pings *all = ping_list(v);
    const uint64_t step = ping_step_ns(v->near);
    uint64_t **const sent_ns = &d->sent_ns[d->rounds];
    if (!*sent_ns)
        *sent_ns = arena_array(&v->host.arena, all->n, sizeof **sent_ns);
    while (d->sent < all->n) {
        if (!send_one(v, d, &all->ping[d->sent]))
            return;
        d->first_ns = d->first_ns ? d->first_ns : engine_now(v->engine);
        d->last_ns = (*sent_ns)[d->sent++] = engine_now(v->engine);
        if (step > 0 && d->sent < all->n) {
            visit_wake(v, d->last_ns + step);
            return;
        }
    }
    d->sent = 0;
    d->rounds++;
    await(v, d, engine_now(v->engine));
}

static enum reason of_neighbor(const struct visit *v)
{
    return v->host.addr.family == IP_V6 ? REASON_ND_RESPONSE : REASON_ARP_RESPONSE;
}

// The link has answered, or need not be asked.
static bool is_shown_by_link(const struct visit *v)
{
    return v->host.has_mac && v->path.is_direct && !v->plan->link_is_no_sign;
}

static void tick(struct visit *v, uint64_t now_ns)
{
    struct discover *d = v->state;
    if (v->plan->streams_only) {
        tick_knock(v, &d->knock);
        return;
    }
    if (d->verdict_ns > 0) {
        decide(v, HOST_UP, v->host.reason, v->host.reason_ttl);
    } else if (is_shown_by_link(v)) {
        if (d->wait.done && d->wait.rtt_us >= 0)
            rtt_add(&v->host.rtt, d->wait.rtt_us);
        decide(v, HOST_UP, of_neighbor(v), 0);
    } else if (v->known) {
        v->host.rtt = v->known->rtt;
        decide(v, HOST_UP, v->known->reason, v->known->reason_ttl);
    } else if (!v->path.is_frame && v->path.next_hop.family != IP_NONE) {
        decide_silent(v); // neither the host nor its router answered ARP
    } else if (is_taken_for_up(v)) {
        decide(v, HOST_UP, REASON_USER_SET, 0);
    } else if (d->rounds > 0 && d->sent == 0 && !await(v, d, now_ns)) {
        return;
    } else if (d->rounds < n_rounds(v)) {
        send_round(v, d);
    } else {
        decide_unheard(v, d);
    }
}

// Whether a probe that is out could still bring another kind of sign.
static bool may_show_more(const struct visit *v, const struct discover *d)
{
    const struct plan_pings *all = ping_list(v);
    const uint32_t n = d->rounds > 0 ? all->n : d->sent;
    for (uint32_t i = 0; i < n; i++)
        if (all->ping[i].kind != PING_SYN && all->ping[i].kind != PING_ACK)
            return true;
    return false;
}

static void measure(struct visit *v, const struct frame *f, const struct ping_answer *a)
{
    const struct discover *d = v->state;
    const bool is_first_round = d->rounds == 0 || (d->rounds == 1 && d->sent == 0);
    const uint32_t round = a->round == PING_ROUNDS && is_first_round ? 0 : a->round;
    const uint64_t *sent_ns = round < PING_ROUNDS ? d->sent_ns[round] : NULL;
    if (sent_ns && sent_ns[a->ping] > 0 && f->time_ns > sent_ns[a->ping])
        rtt_add(&v->host.rtt, (int64_t)(f->time_ns - sent_ns[a->ping]) / 1000);
}

static uint64_t second_sign_ns(const struct rtt *rtt)
{
    const uint64_t ns = rtt->is_known ? (uint64_t)rtt->srtt_us * 1000 : 0;
    return ns < second_least_ns ? second_least_ns : ns > second_most_ns ? second_most_ns : ns;
}

static void got_sign(struct visit *v, const struct frame *f, const struct ping_answer *a)
{
    struct discover *d = v->state;
    struct host *h = &v->host;
    const bool is_first = d->verdict_ns == 0;
    if (!is_first && ping_is_akin(h->reason, a->reason))
        return;
    h->signs |= UINT64_C(1) << a->reason;
    if (is_first) {
        h->reason = a->reason;
        h->reason_ttl = f->ttl;
        v->sign = ping_list(v)->ping[a->ping];
        v->sign_reason = a->reason;
        measure(v, f, a);
        d->verdict_ns = engine_now(v->engine);
        if (ping_is_forgeable(a->reason) && may_show_more(v, d)) {
            d->verdict_ns += second_sign_ns(&h->rtt);
            visit_wake(v, d->verdict_ns);
            return;
        }
    }
    decide(v, HOST_UP, h->reason, h->reason_ttl);
}

static bool ends_questions(enum reason r)
{
    return r == REASON_NET_UNREACH || r == REASON_HOST_UNREACH || r == REASON_NO_ROUTE ||
           r == REASON_TIME_EXCEEDED;
}

// An error that does not come from the host.
static void got_error(struct visit *v, const struct frame *f, const struct ping_answer *a)
{
    struct discover *d = v->state;
    d->why = a->reason;
    d->why_ttl = f->ttl;
    if (!ends_questions(a->reason) || d->verdict_ns > 0)
        return;
    if (d->n_refused == 0)
        d->refused = a->ping;
    else if (d->refused == a->ping)
        return;
    if (++d->n_refused >= REFUSED_ENOUGH)
        decide_unheard(v, d);
}

static void on_frame(struct visit *v, const struct frame *f)
{
    const struct discover *d = v->state;
    struct ping_answer a;
    if ((d->rounds == 0 && d->sent == 0) || !ping_answer(v, f, &a))
        return;
    if (a.is_up)
        got_sign(v, f, &a);
    else
        got_error(v, f, &a);
}

static void on_close(struct visit *v)
{
    struct discover *d = v->state;
    knock_close(&d->knock);
    if (d->is_resolving)
        engine_unresolve(v->engine, &v->path, &d->wait);
}

static bool takes(const struct visit *v)
{
    (void)v;
    return true;
}

// If it stays silent.
static void outlook(const struct visit *v, uint64_t now_ns, struct outlook *out)
{
    const struct discover *d = v->state;
    const double round_ns = (double)visit_timeout_us(v) * 1000;
    const uint64_t until_ns = d->last_ns + (uint64_t)round_ns;
    const uint32_t n_sent = v->plan->streams_only ? d->knock.rounds : d->rounds;
    if (is_taken_for_up(v) || d->verdict_ns > 0 || n_sent > n_rounds(v))
        return;
    out->own_ns = (n_rounds(v) - n_sent) * round_ns;
    out->own_ns += n_sent > 0 && until_ns > now_ns ? (double)(until_ns - now_ns) : 0;
}

const struct stage stage_discover = {
    .name = "Host Discovery",
    .state_size = sizeof(struct discover),
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = tick,
    .close = on_close,
    .outlook = outlook,
};
