// SPDX-License-Identifier: Apache-2.0
// Rounds of questions to a host that may hold back its ICMP errors. A round is a handful of silent
// ports and then a control: a port that is known to be closed. What answers is closed. If only the
// control answers, an error could be sent at that time, so the other ports do not send any: they
// are open or filtered. Since the permission may have come just between the two, that must happen
// twice. If nothing answers, the host was not allowed to speak, and the round tells nothing. Each
// telling round costs the host one error that it may send, however many ports were asked: so a host
// with few closed ports is through in a few rounds, and with many it is read as fast as it speaks.
//
// The rounds follow each other at a pace at which about every second one is answered: no error
// that the host could send is left unasked for. Some hosts need more time than anyone has (1,000
// closed ports of a Linux host: 994 seconds): after plan->timing.icmp_wait_ns what is left stays
// open|filtered and is counted. With --max-retries 0 nothing is asked twice.
//
// Source: RFC 1812 section 4.3.2.8, scanning spec 5.5.
#include "stage/recheck.h"

#include "base/buf.h"

enum { BATCH_FIRST = 32, BATCH_LEAST = 4, BATCH_MOST = 64 };

#define MS UINT64_C(1000000)

static const uint64_t gap_first_ns = 200 * MS;
static const uint64_t gap_least_ns = 10 * MS;
static const uint64_t gap_most_ns = 2000 * MS;
static const uint64_t control_lag_ns = MS / 4; // what comes at once may be handled in any order
static const uint64_t deaf_ns = 15000 * MS;    // nothing at all for so long: it speaks no more

uint32_t recheck_round(const struct recheck *r)
{
    return r->round % RECHECK_ROUNDS;
}

static bool is_gentle(const struct timing *t)
{
    return t->scan_delay_us > 0 || t->max_window <= BATCH_LEAST;
}

static void begin(struct visit *v, struct portscan *s, struct recheck *r)
{
    const uint64_t now_ns = engine_now(v->engine);
    r->is_on = true;
    r->queue = arena_array(&v->host.arena, s->n_ports, sizeof *r->queue);
    for (uint32_t i = 0; i < s->n_ports; i++)
        if (s->ports[s->plan->order[i]].state == PORT_UNKNOWN)
            r->queue[r->n_queue++] = s->plan->order[i];
    r->n_first = r->n_queue;
    r->gap_ns = gap_first_ns;
    r->n_batch = is_gentle(&v->plan->timing) ? 1 : BATCH_FIRST;
    r->began_ns = r->heard_ns = r->next_ns = now_ns;
}

static void drop_decided(const struct portscan *s, struct recheck *r)
{
    uint32_t n = 0;
    uint32_t n_silent_once = 0;
    for (uint32_t i = 0; i < r->n_queue; i++) {
        if (s->ports[r->queue[i]].state != PORT_UNKNOWN)
            continue;
        n_silent_once += i < r->n_silent_once;
        r->queue[n++] = r->queue[i];
    }
    r->n_queue = n;
    r->n_silent_once = n_silent_once;
}

static bool may_begin_round(struct visit *v, struct portscan *s, struct recheck *r)
{
    const uint64_t now_ns = engine_now(v->engine);
    const uint64_t spent_ns = now_ns - r->began_ns;
    drop_decided(s, r);
    if (r->n_queue == 0 || spent_ns >= v->plan->timing.icmp_wait_ns ||
        now_ns - r->heard_ns >= deaf_ns || v->plan->timing.max_retries == 0) {
        r->is_over = true;
        r->n_left = r->n_queue;
        return false;
    }
    if (now_ns < r->next_ns) {
        s->wake_ns = r->next_ns;
        return false;
    }
    const uint32_t want = r->n_silent_once > 0 ? r->n_silent_once : r->n_batch;
    r->batch = r->n_queue < want ? r->n_queue : want;
    r->sent = r->answered = 0;
    r->was_control_answered = r->is_control_due = r->is_waiting = false;
    r->round++;
    return true;
}

// True when all of the round is on its way.
static bool send_round(struct visit *v, struct portscan *s, struct recheck *r)
{
    for (; r->sent < r->batch; r->sent++)
        if (!s->type->method->ask(v, s, r, r->queue[r->sent]))
            return false;
    if (!r->is_control_due) {
        r->is_control_due = true;
        r->sent_ns = engine_now(v->engine);
    }
    const uint64_t due_ns = r->sent_ns + control_lag_ns;
    if (engine_now(v->engine) < due_ns) {
        s->wake_ns = due_ns;
        return false;
    }
    if (!s->type->method->ask(v, s, r, r->control))
        return false;
    r->is_waiting = true;
    r->sent_ns = engine_now(v->engine);
    return true;
}

// Only the control has answered.
static void note_silence(struct portscan *s, struct recheck *r)
{
    const bool is_second_time = r->n_silent_once > 0;
    r->n_silent_once = is_second_time ? 0 : r->batch;
    for (uint32_t i = 0; i < r->batch && is_second_time; i++) {
        struct port *p = &s->ports[r->queue[i]];
        if (p->state != PORT_UNKNOWN)
            continue;
        p->state = (uint8_t)s->silence;
        p->reason = REASON_NO_RESPONSE;
    }
}

static uint64_t between(uint64_t v, uint64_t lo, uint64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

static void end_round(struct visit *v, struct portscan *s, struct recheck *r)
{
    const uint64_t gap_ns = r->answered == 0   ? r->gap_ns / 4 * 5
                            : r->answered == 1 ? r->gap_ns / 5 * 4
                                               : r->gap_ns / 2;
    const uint64_t most_ns = v->plan->timing.max_gap_ns;
    r->gap_ns = between(gap_ns, gap_least_ns, gap_most_ns);
    if (most_ns > 0 && r->gap_ns > most_ns)
        r->gap_ns = most_ns;
    r->next_ns = r->sent_ns + r->gap_ns;
    const bool is_all_silent = r->was_control_answered && r->answered == 1;
    if (is_all_silent)
        note_silence(s, r);
    if (r->answered > 0 && !is_gentle(&v->plan->timing)) {
        const uint32_t want = is_all_silent ? 2 * r->n_batch : 2 * r->answered;
        r->n_batch = (uint32_t)between(want, BATCH_LEAST, BATCH_MOST);
    }
    r->is_waiting = false;
    r->batch = 0;
}

bool recheck_proceed(struct visit *v, struct portscan *s, struct recheck *r)
{
    if (!r->has_control || r->is_over)
        return true;
    if (!r->is_on)
        begin(v, s, r);
    for (;;) {
        if (r->is_waiting) {
            const uint64_t until_ns = r->sent_ns + portscan_timeout_ns(s->visit);
            if (!r->was_control_answered && engine_now(v->engine) < until_ns) {
                s->wake_ns = until_ns;
                return false;
            }
            end_round(v, s, r);
        }
        if (r->batch == 0 && !may_begin_round(v, s, r))
            return r->is_over;
        if (!send_round(v, s, r))
            return false;
    }
}

void recheck_heard(struct visit *v, struct recheck *r, uint32_t index, uint32_t round)
{
    r->heard_ns = engine_now(v->engine);
    if (!r->is_on) {
        r->control = index; // the one heard last
        r->has_control = true;
        return;
    }
    if (r->batch == 0 || round != recheck_round(r))
        return;
    r->answered++;
    r->was_control_answered |= index == r->control;
}

uint64_t recheck_left_ns(const struct visit *v, const struct recheck *r, uint64_t now_ns)
{
    const uint64_t most = v->plan->timing.icmp_wait_ns;
    const uint64_t spent = now_ns - r->began_ns;
    const uint32_t told = r->n_first - r->n_queue;
    if (!r->is_on || spent == 0)
        return UINT64_MAX;
    const double left = (double)spent * r->n_queue / (told > 0 ? told : 1);
    if (most == UINT64_MAX || left < (double)(most - (spent < most ? spent : most)))
        return (uint64_t)left;
    return spent < most ? most - spent : 0;
}

void recheck_note_left(struct visit *v, const struct recheck *r, const char *what)
{
    char text[320];
    struct buf b;
    buf_init(&b, text, sizeof text);
    host_label(&v->host, &b);
    buf_str(&b, " holds its ICMP errors back: ");
    buf_dec(&b, r->n_left);
    buf_str(&b, what);
    buf_str(&b, r->n_left == 1 ? " stays" : "s stay");
    buf_str(&b, " open|filtered that may be closed (--icmp-wait gives it more time)");
    visit_note(v, 0, buf_span(&b));
}
