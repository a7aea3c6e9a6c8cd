// SPDX-License-Identifier: Apache-2.0
// Drives OS detection of one host: chooses the ports, carries packets between the state machine
// (osfp) and the engine, matches each try against the database and puts the outcome into the
// host. Its probes count in the rate limit but do not wait for it: their spacing is evidence.
//
// Source: os-detection spec 1.3, 1.4, 6.3.
#include "base/text.h"
#include "model/evidence.h"
#include "osfp/osfp.h"
#include "stage/judge.h"
#include "stage/loss.h"
#include "stage/osconfig.h"
#include "stage/osexplain.h"
#include "stage/osfirst.h"
#include "stage/osresult.h"
#include "stage/ossix.h"
#include "stage/probe.h"
#include "stage/stages.h"
#include "stage/twins.h"

struct os {
    struct osfp *fp;
    struct osdb_result results[2]; // of the try just matched and of the best one
    struct osdb_result *best;
    uint32_t best_try;
    uint32_t matched;                // tries that were matched
    struct os_projection projection; // IPv6 and -O1
    bool is_unreliable;
    bool is_stopped;
    bool is_put_off; // a try is over, to be matched
};

int32_t os_lowest_port(const struct host *h, enum proto proto, enum port_state state)
{
    int32_t zero = -1;
    for (uint32_t i = 0; i < h->n_ports; i++) {
        if (h->ports[i].proto != proto || h->ports[i].state != state)
            continue;
        if (h->ports[i].number > 0)
            return h->ports[i].number;
        zero = 0; // port 0 only if there is no other (spec 1.4)
    }
    return zero;
}

static bool takes(const struct visit *v)
{
    const struct plan *p = v->plan;
    return p->does_os && v->host.state == HOST_UP && !v->host.os; // not known already
}

static bool does_udp(const struct plan *p)
{
    for (uint32_t i = 0; i < p->n_scans; i++)
        if (p->scan[i].kind == SCAN_UDP)
            return true;
    return false;
}

static void note_try(struct visit *v, uint32_t n)
{
    char text[160];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, n == 1 ? "Initiating" : "Retrying");
    buf_str(&b, " OS detection (try #");
    buf_dec(&b, n);
    buf_str(&b, ") against ");
    host_label(&v->host, &b);
    visit_note(v, 1, buf_span(&b));
}

static void skip(struct visit *v, int verbosity, const char *why)
{
    char text[200];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Skipping OS Scan against ");
    host_label(&v->host, &b);
    buf_str(&b, why);
    visit_note(v, verbosity, buf_span(&b));
    visit_pass(v);
}

void os_configure(const struct visit *v, struct osfp_config *cfg)
{
    const struct host *h = &v->host;
    const struct timing *t = &v->plan->timing;
    *cfg = (struct osfp_config){
        .src = v->path.route.src,
        .dst = h->addr,
        .open_tcp = os_lowest_port(h, PROTO_TCP, PORT_OPEN),
        .closed_tcp = os_lowest_port(h, PROTO_TCP, PORT_CLOSED),
        .closed_udp = os_lowest_port(h, PROTO_UDP, PORT_CLOSED),
        .other_tcp = os_lowest_port(h, PROTO_TCP, PORT_UNFILTERED),
        .other_udp = -1,
        .is_local = h->is_local,
        .is_direct = h->has_mac,
        .did_udp_scan = does_udp(v->plan),
        .timing = {t->rtt.initial_us, t->rtt.min_us, t->rtt.max_us, t->level, t->scan_delay_us},
        .srtt_us = h->rtt.is_known ? h->rtt.srtt_us : 0,
        .rttvar_us = h->rtt.rttvar_us,
        .ttl = v->plan->packet.has_ttl ? v->plan->packet.ttl : -1,
        .tcp_base = v->plan->packet.source,
        .udp_base = v->plan->packet.source,
        .keep_ports = v->plan->packet.source > 0,
        .max_tries = v->plan->max_os_tries,
        .gen = osdb_gen(v->plan->osdb),
        .quirks = v->plan->quirks,
        .unix_ns = engine_wall(v->engine),
        .seed = rng_u64(v->rng),
    };
}

static bool is_six(const struct visit *v)
{
    return v->host.addr.family == IP_V6;
}

static void admit(struct visit *v)
{
    struct os *s = v->state;
    struct osfp_config cfg;
    os_configure(v, &cfg);
    if (is_six(v) && cfg.gen == OSDB_FIRST) {
        skip(v, 0, ": -O1 is for IPv4, -O for both families");
        return;
    }
    const bool has_closed = cfg.closed_tcp >= 0 || cfg.other_tcp >= 0;
    s->is_unreliable = cfg.open_tcp < 0 || !has_closed;
    if (s->is_unreliable && v->plan->os_limit) {
        v->host.os_skipped = true;
        skip(v, 1, " due to absence of open (or perhaps closed) ports");
        return;
    }
    if (v->plan->judge)
        judge_ready(v->plan->judge);
    note_try(v, 1);
    s->fp = osfp_new(&v->host.arena, &cfg, engine_now(v->engine));
    s->best = &s->results[0];
    visit_wake(v, engine_now(v->engine));
}

static struct ossix compared(const struct plan *p)
{
    return (struct ossix){p->osdb, p->osdb_scratch, p->osdb_native};
}

static void match(struct visit *v, struct os *s, uint32_t try, struct osdb_result *out)
{
    const struct plan *p = v->plan;
    const struct ossix six = compared(p);
    if (is_six(v))
        ossix_match(&v->host.arena, &six, osfp_subject(s->fp, try), out, &s->projection);
    else if (osdb_gen(p->osdb) == OSDB_FIRST && p->quirks == QUIRKS_NONE)
        osfirst_match(&v->host.arena, p->osdb, osfp_subject(s->fp, try), p->osdb_scratch, out,
                      &s->projection);
    else
        osdb_match(p->osdb, osfp_subject(s->fp, try), p->osdb_scratch, out);
}

// Spec 6.3: a perfect try is the result, else the one with the best accuracy. Our own later tries
// complete the earlier ones, so there the last one counts.
static void match_try(struct visit *v, struct os *s)
{
    const uint32_t try = osfp_tries(s->fp) - 1;
    struct osdb_result *r = s->best == &s->results[0] ? &s->results[1] : &s->results[0];
    match(v, s, try, r);
    const bool is_first = s->matched++ == 0;
    const bool is_completion = v->plan->quirks == QUIRKS_NONE;
    const double old = s->best->n > 0 ? s->best->match[0].accuracy : 0;
    const double new = r->n > 0 && r->status == OSDB_SUCCESS ? r->match[0].accuracy : 0;
    const bool was_success = s->best->status == OSDB_SUCCESS;
    if (is_first || is_completion || new > (was_success ? old : 0)) {
        s->best = r;
        s->best_try = try;
    }
}

static void put_items(const struct os *s, struct arena *a, struct os_result *to)
{
    char *text = arena_alloc(a, LIMIT_SUBJECT6);
    struct buf b;
    buf_init(&b, text, LIMIT_SUBJECT6);
    osfp_print_six(s->fp, &b);
    to->lines = buf_span(&b);
}

static void explain(const struct visit *v, const struct os *s, struct arena *a,
                    struct os_result *to)
{
    const struct osdb_subject *answered = osfp_subject(s->fp, s->best_try);
    const struct ossix six = compared(v->plan);
    to->explanation = is_six(v) ? osexplain_six(a, &six, answered, s->best)
                                : osexplain(a, v->plan->osdb, answered, s->best);
}

static void put_lines(const struct visit *v, const struct os *s, struct arena *a,
                      struct os_result *to)
{
    const uint32_t n = osfp_tries(s->fp);
    if (is_six(v)) {
        put_items(s, a, to);
        return;
    }
    const bool is_completion = v->plan->quirks == QUIRKS_NONE;
    const uint32_t first = is_completion && n > 0 ? n - 1 : 0;
    struct osdb_subject *tries = arena_array(a, n - first, sizeof *tries);
    for (uint32_t i = first; i < n; i++)
        tries[i - first] = *osfp_subject(s->fp, i);
    char *text = arena_alloc(a, LIMIT_SUBJECT);
    struct buf b;
    buf_init(&b, text, LIMIT_SUBJECT);
    osdb_print_merged(&b, tries, n - first);
    to->lines = buf_span(&b);
    to->subjects = tries;
    to->n_subjects = s->is_stopped && s->matched == 0 ? 0 : n - first;
}

// What was found over IPv4 is the better answer for the IPv6 half of the same host.
static const struct osdb_result *join(struct visit *v, struct os *s, struct os_result *r)
{
    const struct osdb_result *other =
        twins_meet(v->twins, &v->host, osfp_subject(s->fp, s->best_try), s->best, &r->twin);
    return other && is_six(v) && other->status == OSDB_SUCCESS ? other : s->best;
}

static void put_result(struct visit *v, struct os *s)
{
    struct arena *a = &v->host.arena;
    struct os_result *r = arena_alloc(a, sizeof *r);
    r->is_first = osdb_gen(v->plan->osdb) == OSDB_FIRST;
    osresult_fill(a, v->plan->osdb, s->is_stopped ? s->best : join(v, s, r), r);
    if (s->is_stopped) // of an earlier try than the lines
        r->perfect = NULL;
    put_lines(v, s, a, r);
    if (v->plan->explains)
        explain(v, s, a, r);
    r->projection = s->projection;
    r->is_unreliable = s->is_unreliable;
    char *reason = arena_alloc(a, 128);
    struct buf b;
    buf_init(&b, reason, 128);
    osfp_not_ideal(s->fp, &b);
    if (s->is_stopped)
        r->not_ideal = SPAN("it was cut short");
    else if (buf_len(&b) > 0)
        r->not_ideal = buf_span(&b);
    r->tries = osfp_tries(s->fp);
    r->matched_try = r->n_perfect > 0 ? s->best_try + 1 : 0;
    r->open_tcp = os_lowest_port(&v->host, PROTO_TCP, PORT_OPEN);
    r->closed_tcp = os_lowest_port(&v->host, PROTO_TCP, PORT_CLOSED);
    r->closed_udp = osfp_closed_udp(s->fp);
    r->has_distance = osfp_distance(s->fp, &r->distance, &r->distance_kind);
    osfp_sequence(s->fp, r->n_perfect > 0 ? s->best_try : r->tries - 1, &r->seq);
    v->host.os = r;
    visit_evidence(
        v, &(struct evidence){.kind = EVIDENCE_OS_SUBJECT, .bytes = r->lines, .len = r->lines.len});
}

static void note_late_match(struct visit *v)
{
    if (v->host.os->matched_try < 2)
        return;
    char text[64];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "WARNING: OS didn't match until try #");
    buf_dec(&b, v->host.os->matched_try);
    visit_note(v, 1, buf_span(&b));
}

static void send_due(struct visit *v, struct os *s)
{
    struct osfp_packet p;
    while (osfp_next(s->fp, engine_now(v->engine), &p))
        if (engine_send(v->engine, &v->path, p.packet, true) &&
            (span_is_absent(p.more) || engine_send(v->engine, &v->path, p.more, true)))
            osfp_sent(s->fp, p.probe, engine_now(v->engine));
}

static void proceed(struct visit *v, uint64_t now_ns)
{
    struct os *s = v->state;
    enum osfp_state state = osfp_tick(s->fp, now_ns);
    if (state == OSFP_TRY_OVER && !s->is_put_off) {
        s->is_put_off = true;
        visit_put_off(v);
        return;
    }
    s->is_put_off = false;
    while (state == OSFP_TRY_OVER) {
        match_try(v, s);
        osfp_note_loss(s->fp, loss_share(v->loss, v->loss));
        osfp_continue(s->fp, s->best->n_perfect > 0, engine_now(v->engine));
        state = osfp_tick(s->fp, engine_now(v->engine));
        if (state != OSFP_DONE)
            note_try(v, osfp_tries(s->fp));
    }
    if (state == OSFP_DONE) {
        put_result(v, s);
        note_late_match(v);
        visit_pass(v);
        return;
    }
    send_due(v, s);
    visit_wake(v, osfp_when(s->fp));
}

static void on_frame(struct visit *v, const struct frame *f)
{
    struct os *s = v->state;
    if (osfp_receive(s->fp, f))
        visit_wake(v, engine_now(v->engine));
}

// Interrupted: the fingerprint as far as it came is kept and marked as not ideal. It names
// something only if an earlier try was complete: half a train fits too many systems.
static void on_close(struct visit *v)
{
    struct os *s = v->state;
    if (!s->fp)
        return;
    if (s->is_put_off)
        match_try(v, s);
    const bool has_verdict = s->matched > 0;
    osfp_stop(s->fp);
    if (!has_verdict)
        *s->best = (struct osdb_result){.status = OSDB_NO_MATCHES};
    s->is_stopped = true;
    put_result(v, s);
}

const struct stage stage_os = {
    .name = "OS Scan",
    .state_size = sizeof(struct os),
    .is_timed = true,
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = proceed,
    .close = on_close,
};
