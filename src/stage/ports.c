// SPDX-License-Identifier: Apache-2.0
// TCP SYN scan of one host. A window of probes is in flight; it opens with answers and, more
// slowly, with silence, and closes when an answer to a repeated probe shows that the first one
// was lost. Silent ports are asked again until as many tries are used as loss on this host makes
// sensible. Answers are checked by the cookie in the sequence number, so a late one still counts.
//
// Source: scanning spec 4.1, 4.2, 5.3, 5.4 (without its fixed waits).
#include "stage/probe.h"
#include "stage/stages.h"

enum {
    WINDOW_FIRST = 10,
    THRESHOLD_FIRST = 75,
    RATIO_MAX = 50,
    SEND_ROUND = 64, // probes to one host between two looks at the world
};

#define SILENCE_GROWTH 0.25 // of a place in the window, per timed out first probe

struct flight {
    uint64_t sent_ns;
    uint32_t index; // of the port
    uint8_t try;
};

// A queue of probes or ports; the ring has room for every port once.
struct scan {
    struct flight *flights; // in order of sending
    uint32_t first;
    uint32_t n_flights;
    uint32_t *again; // ports to ask again, a ring
    uint32_t again_first;
    uint32_t n_again;
    uint32_t *parked; // asked often enough, unless the limit rises
    uint32_t n_parked;
    uint32_t next;     // place in the order of what was not asked at all
    uint32_t n_active; // in flight and undecided
    uint32_t n_left;   // undecided ports
    uint8_t *tries;    // sent, per port
    uint32_t best_try; // highest try that brought an answer
    double window;
    double threshold;
    uint64_t last_drop_ns;
    uint32_t n_expected;
    uint32_t n_received;
};

static bool takes(const struct visit *v)
{
    return v->host.state == HOST_UP && v->plan->n_ports > 0;
}

static uint32_t tries_allowed(const struct visit *v, const struct scan *s)
{
    const uint32_t wanted = s->best_try + 1;
    const uint32_t most = v->plan->timing.max_retries;
    return 1 + (wanted < most ? wanted : most);
}

static void admit(struct visit *v)
{
    struct scan *s = v->state;
    struct host *h = &v->host;
    const struct plan *plan = v->plan;
    h->has_ports = true;
    h->n_ports = plan->n_ports;
    h->ports = arena_array(&h->arena, h->n_ports, sizeof *h->ports);
    for (uint32_t i = 0; i < h->n_ports; i++)
        h->ports[i] = (struct port){.number = plan->ports[i], .proto = PROTO_TCP};
    s->flights = arena_array(&h->arena, h->n_ports, sizeof *s->flights);
    s->again = arena_array(&h->arena, h->n_ports, sizeof *s->again);
    s->parked = arena_array(&h->arena, h->n_ports, sizeof *s->parked);
    s->tries = arena_array(&h->arena, h->n_ports, 1);
    s->n_left = h->n_ports;
    s->window = WINDOW_FIRST < plan->timing.max_window ? WINDOW_FIRST : plan->timing.max_window;
    s->threshold = THRESHOLD_FIRST;
    visit_wake(v, engine_now(v->engine));
}

static bool next_port(const struct visit *v, const struct scan *s, uint32_t *index)
{
    if (s->n_again > 0) {
        *index = s->again[s->again_first];
        return true;
    }
    if (s->next >= v->host.n_ports)
        return false;
    *index = v->plan->order[s->next];
    return true;
}

static void port_was_taken(const struct visit *v, struct scan *s)
{
    if (s->n_again > 0) {
        s->again_first = (s->again_first + 1) % v->host.n_ports;
        s->n_again--;
    } else {
        s->next++;
    }
}

static bool send_probe(struct visit *v, struct scan *s, uint32_t index)
{
    uint8_t mem[PROBE_MAX_LEN];
    const uint16_t sport = (uint16_t)(v->plan->source_base + s->tries[index]);
    const struct span packet = probe_tcp(v, TCP_SYN, sport, v->host.ports[index].number, mem);
    if (!visit_send(v, packet, false))
        return false;
    const uint32_t at = (s->first + s->n_flights) % v->host.n_ports;
    s->flights[at] = (struct flight){v->last_sent_ns, index, s->tries[index]};
    s->n_flights++;
    s->n_active++;
    s->tries[index]++;
    return true;
}

// False: the stage must wait for something else than a timeout (rate, gap) and has set it.
static bool fill_window(struct visit *v, struct scan *s)
{
    uint32_t index;
    for (int i = 0; i < SEND_ROUND && s->n_active + 0.5 <= s->window; i++) {
        if (!next_port(v, s, &index))
            return true;
        if (v->host.ports[index].state != PORT_UNKNOWN) { // answered late
            port_was_taken(v, s);
            continue;
        }
        const uint64_t ready = visit_ready(v);
        if (ready > engine_now(v->engine)) {
            visit_wake(v, ready);
            return false;
        }
        if (!send_probe(v, s, index))
            return false;
        port_was_taken(v, s);
    }
    if (s->n_active + 0.5 <= s->window && next_port(v, s, &index)) {
        visit_wake(v, engine_now(v->engine)); // more to send: go on in the next round
        return false;
    }
    return true;
}

static uint64_t timeout_ns(const struct visit *v)
{
    const struct timing *t = &v->plan->timing;
    const int64_t us = rtt_timeout_us(&v->host.rtt, &t->rtt);
    return (uint64_t)(us > t->scan_delay_us ? us : t->scan_delay_us) * 1000;
}

static void ask_again_or_park(const struct visit *v, struct scan *s, uint32_t index)
{
    if (s->tries[index] >= tries_allowed(v, s)) {
        s->parked[s->n_parked++] = index;
        return;
    }
    s->again[(s->again_first + s->n_again) % v->host.n_ports] = index;
    s->n_again++;
}

static void drop_timed_out(const struct visit *v, struct scan *s, uint64_t now_ns)
{
    const uint64_t patience = timeout_ns(v);
    while (s->n_flights > 0) {
        const struct flight f = s->flights[s->first];
        const bool is_pending = v->host.ports[f.index].state == PORT_UNKNOWN;
        if (is_pending && f.sent_ns + patience > now_ns)
            return;
        s->first = (s->first + 1) % v->host.n_ports;
        s->n_flights--;
        if (!is_pending)
            continue;
        s->n_active--;
        s->n_expected += f.try == 0;
        if (f.try == 0 && s->window < v->plan->timing.max_window)
            s->window += SILENCE_GROWTH;
        ask_again_or_park(v, s, f.index);
    }
}

static void unpark(const struct visit *v, struct scan *s)
{
    const uint32_t n = s->n_parked;
    s->n_parked = 0;
    for (uint32_t i = 0; i < n; i++)
        if (v->host.ports[s->parked[i]].state == PORT_UNKNOWN)
            ask_again_or_park(v, s, s->parked[i]);
}

static void finish(struct visit *v)
{
    struct host *h = &v->host;
    for (uint32_t i = 0; i < h->n_ports; i++) {
        if (h->ports[i].state != PORT_UNKNOWN)
            continue;
        h->ports[i].state = PORT_FILTERED;
        h->ports[i].reason = REASON_NO_RESPONSE;
    }
}

static void proceed(struct visit *v, uint64_t now_ns)
{
    struct scan *s = v->state;
    drop_timed_out(v, s, now_ns);
    if (!fill_window(v, s))
        return;
    if (s->n_flights > 0) {
        visit_wake(v, s->flights[s->first].sent_ns + timeout_ns(v));
        return;
    }
    finish(v);
    visit_pass(v);
}

// Spec 5.3: an answer opens the window, more so where answers are rare.
static void window_opens(const struct visit *v, struct scan *s)
{
    s->n_expected++;
    s->n_received++;
    double ratio = (double)s->n_expected / s->n_received;
    if (ratio > RATIO_MAX)
        ratio = RATIO_MAX;
    const double rise = v->plan->timing.level >= 4 ? 2 : 1;
    if (s->window < s->threshold)
        s->window += ratio;
    else
        s->window += rise * ratio / s->window;
    if (s->window > v->plan->timing.max_window)
        s->window = v->plan->timing.max_window;
}

static void window_closes(struct scan *s, uint64_t sent_ns, uint64_t now_ns)
{
    if (sent_ns < s->last_drop_ns)
        return; // one reduction for one burst of loss
    const double half = s->n_active / 1.5;
    s->threshold = half > 2 ? half : 2;
    s->window = s->window / 2 > 1 ? s->window / 2 : 1;
    s->last_drop_ns = now_ns;
}

static const struct flight *find_flight(const struct visit *v, const struct scan *s, uint32_t index,
                                        uint32_t try)
{
    for (uint32_t i = 0; i < s->n_flights; i++) {
        const struct flight *f = &s->flights[(s->first + i) % v->host.n_ports];
        if (f->index == index && f->try == try)
            return f;
    }
    return NULL;
}

static void count_answer(struct visit *v, uint32_t index, uint32_t try, const struct frame *f)
{
    struct scan *s = v->state;
    const struct flight *flight = find_flight(v, s, index, try);
    if (flight && f->time_ns > flight->sent_ns)
        rtt_add(&v->host.rtt, (int64_t)(f->time_ns - flight->sent_ns) / 1000);
    if (flight || find_flight(v, s, index, s->tries[index] - 1u))
        s->n_active--;
    s->n_left--;
    if (try > 0 && flight)
        window_closes(s, flight->sent_ns, f->time_ns);
    window_opens(v, s);
    if (try > s->best_try) {
        s->best_try = try;
        unpark(v, s);
    }
}

static uint16_t sender(struct host *h, const struct ip_addr *who)
{
    enum { SENDERS_MAX = 64 };
    if (ip_eq(who, &h->addr))
        return 0;
    for (uint32_t i = 0; i < h->n_from; i++)
        if (ip_eq(&h->from[i], who))
            return (uint16_t)(i + 1);
    if (!h->from)
        h->from = arena_array(&h->arena, SENDERS_MAX, sizeof *h->from);
    if (h->n_from == SENDERS_MAX)
        return SENDERS_MAX;
    h->from[h->n_from++] = *who;
    return (uint16_t)h->n_from;
}

static void note_open(struct visit *v, uint16_t number)
{
    char text[128];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Discovered open port ");
    buf_dec(&b, number);
    buf_str(&b, "/tcp on ");
    ip_print(&b, &v->host.addr);
    visit_note(v, 1, buf_span(&b));
}

static void decide(struct visit *v, uint32_t index, uint32_t try, const struct frame *f,
                   const struct port *what)
{
    struct port *p = &v->host.ports[index];
    const bool is_first = p->state == PORT_UNKNOWN;
    if (!is_first && p->state != PORT_FILTERED)
        return; // the first answer stands; only an error may give way to a real answer
    if (!is_first && what->state == PORT_FILTERED)
        return;
    p->state = what->state;
    p->reason = what->reason;
    p->ttl = f->ttl;
    p->from = sender(&v->host, &f->src);
    if (what->state == PORT_OPEN) {
        note_open(v, p->number);
        visit_port(v, p);
    }
    if (is_first)
        count_answer(v, index, try, f);
    proceed(v, engine_now(v->engine));
}

// Index of a port number, or n_ports.
static uint32_t index_of(const struct visit *v, uint16_t number)
{
    uint32_t lo = 0, hi = v->host.n_ports;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (v->host.ports[mid].number < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    const bool is_there = lo < v->host.n_ports && v->host.ports[lo].number == number;
    return is_there ? lo : v->host.n_ports;
}

static void on_tcp(struct visit *v, const struct frame *f)
{
    const struct scan *s = v->state;
    const uint32_t index = index_of(v, f->tcp.sport);
    const uint32_t try = (uint32_t)f->tcp.dport - v->plan->source_base;
    if (index == v->host.n_ports || try >= s->tries[index] || !probe_is_answer(v, TCP_SYN, f))
        return;
    struct port what = {.state = PORT_CLOSED, .reason = REASON_RESET};
    if (!(f->tcp.flags & TCP_RST)) {
        const bool is_ack = f->tcp.flags & TCP_ACK;
        if (!(f->tcp.flags & TCP_SYN))
            return;
        what.state = PORT_OPEN;
        what.reason = is_ack ? REASON_SYN_ACK : REASON_SPLIT_HANDSHAKE;
    }
    decide(v, index, try, f, &what);
}

static void on_icmp(struct visit *v, const struct frame *f)
{
    const struct scan *s = v->state;
    struct icmp4_quote q;
    if (!icmp4_quote(&f->icmp4, &q) || !probe_is_quoted(v, TCP_SYN, &q))
        return;
    const uint32_t index = index_of(v, q.dport);
    const uint32_t try = (uint32_t)q.sport - v->plan->source_base;
    if (index == v->host.n_ports || try >= s->tries[index])
        return;
    struct port what = {.state = PORT_FILTERED, .reason = REASON_TIME_EXCEEDED};
    if (f->icmp4.type == ICMP4_UNREACH)
        what.reason = (uint8_t)reason_of_unreach(f->icmp4.code);
    else if (f->icmp4.type != ICMP4_TIME_EXCEEDED)
        return;
    if (what.reason != REASON_NONE)
        decide(v, index, try, f, &what);
}

static void on_frame(struct visit *v, const struct frame *f)
{
    if (f->kind == FRAME_TCP)
        on_tcp(v, f);
    else if (f->kind == FRAME_ICMP4)
        on_icmp(v, f);
}

// Interrupted: what was not asked or not answered stays out of the report.
static void on_close(struct visit *v)
{
    struct host *h = &v->host;
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].state != PORT_UNKNOWN)
            h->ports[n++] = h->ports[i];
    h->n_ports = n;
}

const struct stage stage_ports = {
    .name = "SYN Stealth Scan",
    .state_size = sizeof(struct scan),
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = proceed,
    .close = on_close,
};
