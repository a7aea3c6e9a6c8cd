// SPDX-License-Identifier: Apache-2.0
// One scan of one host. A window of probes is in flight; it opens with answers and, more slowly,
// with silence, and closes when an answer to a repeated probe shows that the first one was lost.
// Silent ports are asked again until as many tries are used as loss on this host makes sensible.
// ICMP errors teach nothing about loss: their senders hold them back (RFC 1812 section 4.3.2.8).
//
// Source: scanning spec 5.3, 5.4 (without its fixed waits).
#include "stage/portscan.h"

#include "stage/crowd.h"
#include "stage/probe.h"

enum {
    WINDOW_FIRST = 10,
    THRESHOLD_FIRST = 75,
    RATIO_MAX = 50,
    SEND_ROUND = 64, // probes to one host between two looks at the world
    KEPT_TRIES = 3,  // for the end, of KEEP_FROM or more
    KEEP_FROM = 8,
    MANY_LEFT = 2, // times as many as have answered
};

const struct scan_type scan_types[SCAN_KIND_COUNT] = {
    [SCAN_SYN] = {"SYN Stealth Scan", PROTO_TCP, PORT_FILTERED, &scan_method_tcp},
    [SCAN_CONNECT] = {"Connect Scan", PROTO_TCP, PORT_FILTERED, &scan_method_connect},
    [SCAN_ACK] = {"ACK Scan", PROTO_TCP, PORT_FILTERED, &scan_method_tcp},
    [SCAN_WINDOW] = {"Window Scan", PROTO_TCP, PORT_FILTERED, &scan_method_tcp},
    [SCAN_MAIMON] = {"Maimon Scan", PROTO_TCP, PORT_OPEN_FILTERED, &scan_method_tcp},
    [SCAN_NULL] = {"NULL Scan", PROTO_TCP, PORT_OPEN_FILTERED, &scan_method_tcp},
    [SCAN_FIN] = {"FIN Scan", PROTO_TCP, PORT_OPEN_FILTERED, &scan_method_tcp},
    [SCAN_XMAS] = {"XMAS Scan", PROTO_TCP, PORT_OPEN_FILTERED, &scan_method_tcp},
    [SCAN_UDP] = {"UDP Scan", PROTO_UDP, PORT_OPEN_FILTERED, &scan_method_udp},
    [SCAN_SCTP] = {"SCTP INIT Scan", PROTO_SCTP, PORT_FILTERED, &scan_method_sctp},
    [SCAN_IP] = {"IPProto Scan", PROTO_IP, PORT_OPEN_FILTERED, &scan_method_ip},
};

void portscan_init(struct visit *v, struct portscan *s, const struct plan_scan *plan,
                   struct port *ports)
{
    struct arena *a = &v->host.arena;
    const uint32_t most = v->plan->timing.max_window;
    s->type = &scan_types[plan->kind];
    s->plan = plan;
    s->visit = v;
    s->silence = s->type->silence;
    s->ports = ports;
    s->n_ports = plan->n_ports;
    for (uint32_t i = 0; i < s->n_ports; i++)
        ports[i] = (struct port){.number = plan->ports[i], .proto = (uint8_t)s->type->proto};
    s->flights = arena_array(a, s->n_ports, sizeof *s->flights);
    s->again = arena_array(a, s->n_ports, sizeof *s->again);
    s->parked = arena_array(a, s->n_ports, sizeof *s->parked);
    s->tries = arena_array(a, s->n_ports, 1);
    s->sent_at = arena_array(a, s->n_ports, sizeof *s->sent_at);
    s->rounds = arena_array(a, s->n_ports, 1);
    s->told = arena_array(a, s->n_ports, 1);
    s->window = WINDOW_FIRST < most ? WINDOW_FIRST : most;
    if (s->window < v->plan->timing.min_window)
        s->window = v->plan->timing.min_window;
    s->threshold = THRESHOLD_FIRST;
    s->turn.who = v;
    s->own = arena_alloc(a, s->type->method->state_size);
    if (s->type->method->open)
        s->type->method->open(v, s);
}

bool portscan_send(struct portscan *s, struct span packet)
{
    struct visit *v = s->visit;
    const uint64_t ready = visit_ready(v);
    if (ready > engine_now(v->engine)) {
        s->wake_ns = ready;
        return false;
    }
    if (visit_send(v, packet, false))
        return true;
    s->wake_ns = visit_retry(v);
    return false;
}

uint64_t portscan_timeout_ns(const struct visit *v)
{
    const struct timing *t = &v->plan->timing;
    const int64_t usual_us = visit_timeout_us(v) + crowd_lag_us(v->crowd);
    const int64_t us = usual_us < t->rtt.max_us ? usual_us : t->rtt.max_us;
    return (uint64_t)(us > t->scan_delay_us ? us : t->scan_delay_us) * 1000;
}

uint32_t portscan_index(const struct plan_scan *s, uint16_t number)
{
    uint32_t lo = 0, hi = s->n_ports;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (s->ports[mid] < number)
            lo = mid + 1;
        else
            hi = mid;
    }
    const bool is_there = lo < s->n_ports && s->ports[lo] == number;
    return is_there ? lo : s->n_ports;
}

bool portscan_of_icmp(const struct frame *f, struct portscan_answer *a)
{
    a->state = PORT_FILTERED;
    a->reason = probe_error(f);
    return a->reason != REASON_NONE;
}

// Of its ports that were asked.
static double weight(const struct portscan *s)
{
    return loss_weight(s->n_received, s->next > s->n_received ? s->next - s->n_received : 0);
}

uint32_t portscan_tries(const struct portscan *s)
{
    const uint32_t by_loss = loss_tries(loss_share(&s->loss, s->visit->loss), weight(s));
    return portscan_tries_of(s->visit->plan, s->best_try, by_loss);
}

// One more than has brought an answer; best_try counts from 0.
uint32_t portscan_tries_of(const struct plan *p, uint32_t best_try, uint32_t by_loss)
{
    const uint32_t wanted = best_try + 2 > by_loss ? best_try + 2 : by_loss;
    const uint32_t most = p->timing.max_retries + 1;
    return wanted < most ? wanted : most;
}

void portscan_certainty(const struct portscan *s, struct scan_loss *out)
{
    const double share = loss_share(&s->loss, s->visit->loss);
    const double rest = LOSS_CERTAIN / weight(s);
    *out = (struct scan_loss){.proto = s->type->proto,
                              .n_asked = s->loss.n_asked,
                              .n_lost = s->loss.n_lost,
                              .n_ports = s->n_ports,
                              .n_uncertain = s->n_withheld};
    for (uint32_t i = 0; i < s->n_ports && s->n_withheld == 0; i++)
        out->n_uncertain += s->ports[i].reason == REASON_NO_RESPONSE && s->tries[i] > 0 &&
                            loss_rest(share, s->tries[i]) > rest;
}

static bool is_pending(const struct portscan *s, uint32_t index)
{
    return s->ports[index].state == PORT_UNKNOWN;
}

static bool next_port(const struct portscan *s, uint32_t *index)
{
    if (s->n_again > 0) {
        *index = s->again[s->again_first];
        return true;
    }
    if (s->next >= s->n_ports)
        return false;
    *index = s->plan->order[s->next];
    return true;
}

static void port_was_taken(struct portscan *s)
{
    if (s->n_again > 0) {
        s->again_first = (s->again_first + 1) % s->n_ports;
        s->n_again--;
    } else {
        s->next++;
    }
}

static bool send_probe(struct portscan *s, uint32_t index)
{
    if (!s->type->method->send(s->visit, s, index))
        return false;
    const uint32_t at = (s->first + s->n_flights) % s->n_ports;
    struct flight *f = &s->flights[at];
    const uint64_t now_ns = engine_now(s->visit->engine);
    *f = (struct flight){now_ns, index, s->tries[index], portscan_embark(s, index, now_ns)};
    s->n_flights++;
    s->n_active++;
    s->n_sent++;
    s->tries[index]++;
    s->calm_at_ns = now_ns + s->calm_ns;
    return true;
}

// The windows of the host and of all hosts are open, or more must be sent to keep the least rate.
static bool may_send(struct portscan *s)
{
    const struct engine *e = s->visit->engine;
    return engine_due(e) <= engine_now(e) ||
           (s->n_active + 0.5 <= s->window && portscan_has_room(s));
}

// The least rate goes before the pause between the last tries.
static bool is_calm(const struct portscan *s)
{
    const struct engine *e = s->visit->engine;
    return s->calm_ns == 0 || engine_now(e) >= s->calm_at_ns || engine_due(e) <= engine_now(e);
}

// False: the scan must wait for something else than a timeout (rate, gap); wake_ns is set.
static bool fill_window(struct portscan *s)
{
    uint32_t index;
    for (int i = 0; i < SEND_ROUND; i++) {
        if (!next_port(s, &index) || !may_send(s))
            return true;
        if (!is_calm(s)) {
            s->wake_ns = s->calm_at_ns;
            return false;
        }
        if (is_pending(s, index) && !send_probe(s, index)) // else: answered late
            return false;
        port_was_taken(s);
    }
    if (next_port(s, &index) && may_send(s)) {
        s->wake_ns = engine_now(s->visit->engine); // more to send: go on in the next round
        return false;
    }
    return true;
}

// Where much is lost the last tries are kept until all others are through: most often it is a
// limit of the host (resets a second), and then what is lost is what was asked too fast.
static uint32_t tries_now(const struct portscan *s)
{
    const uint32_t n = portscan_tries(s);
    return s->is_last || n < KEEP_FROM ? n : n - KEPT_TRIES;
}

// Those that are left are asked no faster than the others have answered, few of them half as fast;
// unless that would take much longer than all has taken.
static bool begin_last(struct portscan *s, uint64_t now_ns)
{
    if (s->is_last || s->n_parked == 0 || portscan_tries(s) == tries_now(s))
        return false;
    s->is_last = true;
    const uint64_t spent_ns = now_ns - s->visit->stage_since_ns;
    if (s->n_parked <= s->n_received * MANY_LEFT)
        s->calm_ns = spent_ns / s->n_received * (s->n_parked * 2 <= s->n_received ? 2 : 1);
    s->calm_at_ns = now_ns + s->calm_ns;
    return true;
}

static void ask_again(struct portscan *s, uint32_t index)
{
    s->again[(s->again_first + s->n_again) % s->n_ports] = index;
    s->n_again++;
}

static void ask_again_or_park(struct portscan *s, uint32_t index)
{
    if (s->tries[index] < tries_now(s))
        ask_again(s, index);
    else
        s->parked[s->n_parked++] = index;
}

// The probe waited for its turn all the time: it was no try.
static void ask_after_all(struct portscan *s, uint32_t index)
{
    s->tries[index]--;
    s->n_sent--;
    ask_again(s, index);
}

static void drop_timed_out(struct portscan *s, uint64_t now_ns)
{
    const uint64_t patience = portscan_timeout_ns(s->visit);
    while (s->n_flights > 0) {
        const struct flight f = s->flights[s->first];
        const bool is_open_question = is_pending(s, f.index);
        if (is_open_question && f.sent_ns + patience > now_ns)
            return;
        s->first = (s->first + 1) % s->n_ports;
        s->n_flights--;
        if (!is_open_question)
            continue;
        s->n_active--;
        if (s->type->method->forget && !s->type->method->forget(s, f.index)) {
            ask_after_all(s, f.index);
            continue;
        }
        s->n_expected += f.try == 0;
        if (f.try == 0 && s->window < s->visit->plan->timing.max_window)
            s->window += PORTSCAN_SILENCE_GROWTH;
        ask_again_or_park(s, f.index);
    }
}

static void unpark(struct portscan *s)
{
    const uint32_t n = s->n_parked;
    s->n_parked = 0;
    for (uint32_t i = 0; i < n; i++)
        if (is_pending(s, s->parked[i]))
            ask_again_or_park(s, s->parked[i]);
}

// Meanwhile more may be known of the loss: it may be worth more tries than it was.
static bool is_worth_more(const struct portscan *s)
{
    const uint32_t tries = tries_now(s);
    for (uint32_t i = 0; i < s->n_parked; i++)
        if (is_pending(s, s->parked[i]) && s->tries[s->parked[i]] < tries)
            return true;
    return false;
}

static void finish(struct portscan *s)
{
    portscan_leave(s);
    for (uint32_t i = 0; i < s->n_ports; i++) {
        if (!is_pending(s, i))
            continue;
        s->ports[i].state = (uint8_t)s->silence;
        s->ports[i].reason = REASON_NO_RESPONSE;
    }
    s->is_done = true;
}

// When this host's next packet would keep the least rate; all hosts share in it.
static uint64_t due(const struct portscan *s)
{
    struct visit *v = s->visit;
    const uint64_t at_ns = engine_due(v->engine);
    uint32_t index;
    if (at_ns == UINT64_MAX || !next_port(s, &index))
        return UINT64_MAX;
    return at_ns + rng_below(v->rng, visit_crowd(v)) * engine_due_gap(v->engine);
}

void portscan_proceed(struct portscan *s, uint64_t now_ns)
{
    s->wake_ns = UINT64_MAX;
    drop_timed_out(s, now_ns);
    const bool is_full = fill_window(s);
    portscan_end_turn(s);
    if (!is_full)
        return;
    if (s->n_flights > 0 || s->turn.is_waiting) {
        const uint64_t due_ns = due(s);
        if (s->n_flights > 0)
            s->wake_ns = s->flights[s->first].sent_ns + portscan_timeout_ns(s->visit);
        s->wake_ns = due_ns < s->wake_ns ? due_ns : s->wake_ns;
        return;
    }
    if (is_worth_more(s) || begin_last(s, now_ns)) {
        unpark(s);
        s->wake_ns = engine_now(s->visit->engine);
        return;
    }
    if (!s->type->method->rest || s->type->method->rest(s->visit, s))
        finish(s);
}

// Spec 5.3: an answer opens the window, more so where answers are rare.
static void window_opens(struct portscan *s)
{
    const struct timing *t = &s->visit->plan->timing;
    s->n_expected++;
    s->n_received++;
    double ratio = (double)s->n_expected / s->n_received;
    if (ratio > RATIO_MAX)
        ratio = RATIO_MAX;
    const double rise = t->level >= 4 ? 2 : 1;
    if (s->window < s->threshold)
        s->window += ratio;
    else
        s->window += rise * ratio / s->window;
    if (s->window > t->max_window)
        s->window = t->max_window;
}

static void window_closes(struct portscan *s, uint64_t sent_ns, uint64_t now_ns)
{
    if (sent_ns < s->last_drop_ns)
        return; // one reduction for one burst of loss
    const double half = s->n_active / 1.5;
    s->threshold = half > 2 ? half : 2;
    const double least =
        s->visit->plan->timing.min_window > 1 ? s->visit->plan->timing.min_window : 1;
    s->window = s->window / 2 > least ? s->window / 2 : least;
    s->last_drop_ns = now_ns;
}

static const struct flight *find_flight(const struct portscan *s, uint32_t index, uint32_t try)
{
    for (uint32_t i = 0; i < s->n_flights; i++) {
        const struct flight *f = &s->flights[(s->first + i) % s->n_ports];
        if (f->index == index && f->try == try)
            return f;
    }
    return NULL;
}

static bool is_from_icmp(const struct portscan_answer *a)
{
    return a->state == PORT_FILTERED || a->reason == REASON_PORT_UNREACH;
}

static void count_answer(struct portscan *s, const struct portscan_answer *a)
{
    const struct flight *flight = find_flight(s, a->index, a->try);
    if (flight || find_flight(s, a->index, s->tries[a->index] - 1u))
        s->n_active--;
    const bool is_held_back = a->state == PORT_CLOSED && s->visit->plan->ignores_rst_limit;
    const bool shows_loss = a->try > 0 && !is_from_icmp(a) && !is_held_back;
    portscan_land(s, a, flight, !is_from_icmp(a) && !is_held_back);
    if (shows_loss && flight)
        window_closes(s, flight->sent_ns, a->time_ns);
    window_opens(s);
    if (!is_from_icmp(a) && !is_held_back) {
        loss_note(&s->loss, a->try);
        loss_note(s->visit->loss, a->try);
    }
    if (shows_loss && a->try > s->best_try) {
        s->best_try = a->try;
        unpark(s);
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

void portscan_know(struct portscan *s, const struct host *known)
{
    for (uint32_t i = 0; i < known->n_ports; i++) {
        const struct port *p = &known->ports[i];
        const uint32_t at = portscan_index(s->plan, p->number);
        if (p->proto != s->type->proto || at == s->n_ports)
            continue;
        const bool is_other = p->from > 0 && p->from <= known->n_from;
        s->ports[at] = *p;
        s->ports[at].from = is_other ? sender(&s->visit->host, &known->from[p->from - 1]) : 0;
        s->told[at] = p->state;
    }
}

uint32_t portscan_untold(struct portscan *s, struct port *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_ports; i++) {
        if (s->told[i] == s->ports[i].state)
            continue;
        s->told[i] = s->ports[i].state;
        out[n++] = s->ports[i];
    }
    return n;
}

static void note_open(struct visit *v, const struct port *p)
{
    char text[128];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Discovered open port ");
    buf_dec(&b, p->number);
    buf_char(&b, '/');
    buf_str(&b, proto_name((enum proto)p->proto));
    buf_str(&b, " on ");
    ip_print(&b, &v->host.addr);
    visit_note(v, 1, buf_span(&b));
}

// The first answer stands; only an error or silence may give way to a real answer.
void portscan_decide(struct portscan *s, const struct portscan_answer *a)
{
    struct port *p = &s->ports[a->index];
    const bool is_first = p->state == PORT_UNKNOWN;
    const bool is_weak = p->state == PORT_FILTERED || p->state == PORT_OPEN_FILTERED;
    if (!is_first && (!is_weak || a->state == PORT_FILTERED))
        return;
    p->state = (uint8_t)a->state;
    p->reason = (uint8_t)a->reason;
    p->ttl = a->ttl;
    p->from = sender(&s->visit->host, &a->from);
    if (a->state == PORT_OPEN) {
        note_open(s->visit, p);
        visit_port(s->visit, p);
        s->told[a->index] = PORT_OPEN;
    }
    if (is_first)
        count_answer(s, a);
}
