// SPDX-License-Identifier: Apache-2.0
#include "stage/sweep.h"

#include "base/limits.h"
#include "stage/asked.h"

enum {
    SEND_ROUND = 256, // probes between two looks at what has arrived
    END_ROUND = 2048, // addresses that are given up in that time
};

// So long a second round waits for those that are to be asked for the first time.
static const uint64_t late_most_ns = UINT64_C(1000000000);

struct sweep {
    struct visit one; // for whom a probe is built, or an answer judged
    const struct plan *plan;
    const struct sweep_kind *kind;
    struct sweep_calls calls;
    struct asked_ring ring;
    uint32_t n_most;
    uint32_t n_heard;  // lines of those that have left
    uint32_t n;        // probes of a round, of the family that has more
    uint32_t n_passes; // of all rounds
    uint32_t n_now;    // of those that silence is worth now
    uint64_t *at;      // of each pass: the number of the line it has come to; of the first: the end
    uint32_t n_sent;   // since the last look
    uint64_t ready_ns; // when the way out is free again
    uint64_t next_ns;
};

static uint32_t probes_most(const struct sweep_kind *kind, const struct visit *like)
{
    struct visit v4 = *like, v6 = *like;
    v4.host.addr.family = IP_V4;
    v6.host.addr.family = IP_V6;
    const uint32_t n4 = kind->n(&v4), n6 = kind->n(&v6);
    return n4 > n6 ? n4 : n6;
}

struct sweep *sweep_new(struct arena *run, const struct visit *like, uint32_t n_most,
                        const struct sweep_calls *calls)
{
    struct sweep *s = arena_alloc(run, sizeof *s);
    const struct plan *plan = like->plan;
    const struct sweep_kind *kind = plan->skip_discovery ? &sweep_ports : &sweep_pings;
    *s =
        (struct sweep){.one = *like, .plan = plan, .kind = kind, .calls = *calls, .n_most = n_most};
    if (!plan->lists_only && !plan->streams_only && kind->is_possible(plan))
        s->n = probes_most(kind, like);
    s->n_passes = s->n * kind->rounds_most(plan);
    s->at = arena_array(run, s->n_passes + 1, sizeof *s->at);
    s->next_ns = UINT64_MAX;
    asked_init(&s->ring, s->n_passes, LIMIT_SWEEP_BYTES, plan->key);
    return s;
}

void sweep_close(struct sweep *s)
{
    asked_fini(&s->ring);
}

// False: no way there is known now.
static bool aim(struct sweep *s, const struct ip_addr *addr)
{
    struct visit *v = &s->one;
    v->host.addr = *addr;
    return engine_path(v->engine, addr, s->plan->iface, &v->path) == 0 && v->path.is_ready;
}

// Neighbors are asked for their link address, by the pipeline.
bool sweep_takes(struct sweep *s, const struct target *t)
{
    const struct path *path = &s->one.path;
    if (s->n_passes == 0 || t->name.len > 0 || t->n_others > 0 || t->known || t->n_listed > 0)
        return false;
    return aim(s, &t->addr) && s->kind->n(&s->one) > 0 && !path->route.is_local &&
           !(path->is_direct && path->is_frame);
}

const struct sweep_kind *sweep_kind(const struct sweep *s)
{
    return s->kind;
}

const struct visit *sweep_like(const struct sweep *s)
{
    return &s->one;
}

uint32_t sweep_live(const struct sweep *s)
{
    return (uint32_t)(s->ring.end - s->ring.first) - s->n_heard;
}

bool sweep_has_room(const struct sweep *s)
{
    return !asked_is_full(&s->ring) && (s->n_most == 0 || sweep_live(s) < s->n_most);
}

bool sweep_has(struct sweep *s, const struct ip_addr *addr)
{
    uint64_t i;
    return asked_find(&s->ring, addr, &i) != NULL;
}

static void look_at(struct sweep *s, uint64_t at_ns)
{
    s->next_ns = at_ns < s->next_ns ? at_ns : s->next_ns;
}

static bool has_room(struct sweep *s)
{
    uint64_t when_ns;
    if (!s->kind->has_room || s->kind->has_room(&s->one, &when_ns))
        return true;
    look_at(s, when_ns);
    return false;
}

// To whom the sweep aims. False: not now.
static bool send(struct sweep *s, uint32_t pass)
{
    struct visit *v = &s->one;
    uint8_t mem[PROBE_UDP_MAX_LEN];
    if (s->n_sent >= SEND_ROUND || s->ready_ns > 0 || !has_room(s))
        return false;
    if (!engine_send(v->engine, &v->path, s->kind->packet(v, pass % s->n, pass / s->n, mem),
                     false)) {
        s->ready_ns = visit_retry(v);
        return false;
    }
    s->n_sent++;
    if (s->kind->sent)
        s->kind->sent(v);
    return true;
}

// When the last probe before that pass left.
static uint64_t last_ns(const struct asked_line *line, uint32_t pass)
{
    while (pass > 0 && line->at_ns[pass - 1] == 0)
        pass--;
    return pass > 0 ? line->at_ns[pass - 1] : 0;
}

static uint64_t due_ns(const struct sweep *s, const struct asked_line *line, uint32_t pass)
{
    const uint64_t delay_ns = (uint64_t)s->plan->timing.scan_delay_us * 1000;
    const struct visit *v = &s->one;
    const uint64_t gap_ns = pass % s->n == 0 ? s->kind->timeout_ns(v) : s->kind->step_ns(v);
    return last_ns(line, pass) + (gap_ns > delay_ns ? gap_ns : delay_ns);
}

// Nobody is given up before the time that a first answer may take, however fast others were.
static uint64_t end_ns(const struct sweep *s, const struct asked_line *line)
{
    const uint64_t least = line->at_ns[0] + (uint64_t)s->plan->timing.rtt.initial_us * 1000;
    const uint64_t last = last_ns(line, s->n_passes) + s->kind->timeout_ns(&s->one);
    return last > least ? last : least;
}

bool sweep_add(struct sweep *s)
{
    if (!send(s, 0))
        return false;
    struct asked_line *line = asked_push(&s->ring, &s->one.host.addr);
    line->at_ns[0] = engine_now(s->one.engine);
    look_at(s, s->n_passes > 1 ? due_ns(s, line, 1) : end_ns(s, line));
    return true;
}

// Where a pass may go: not beyond the one before it.
static uint64_t bound(const struct sweep *s, uint32_t pass)
{
    return pass <= 1 ? s->ring.end : s->at[pass - 1];
}

// Whether the pass may go on to the next line.
static bool ask(struct sweep *s, struct asked_line *line, uint32_t pass, uint64_t now_ns)
{
    if (line->is_heard || !aim(s, &line->addr) || pass % s->n >= s->kind->n(&s->one))
        return true;
    const bool is_later = s->kind->is_patient && pass >= s->n && s->calls.has_queue(s->calls.ctx);
    const uint64_t due = due_ns(s, line, pass) + (is_later ? late_most_ns : 0);
    if (due > now_ns) {
        look_at(s, due);
        return false;
    }
    if (!send(s, pass))
        return false;
    line->at_ns[pass] = engine_now(s->one.engine);
    return true;
}

static void run_pass(struct sweep *s, uint32_t pass, uint64_t now_ns)
{
    uint64_t *const i = &s->at[pass];
    *i = *i > s->ring.first ? *i : s->ring.first;
    while (*i < bound(s, pass) && ask(s, asked_at(&s->ring, *i), pass, now_ns))
        ++*i;
}

// What came when there was no room for it does not count: all is asked again.
static bool ask_again(struct sweep *s, const struct asked_line *line)
{
    const struct ip_addr addr = line->addr;
    if (aim(s, &addr) && !send(s, 0))
        return false;
    asked_pop(&s->ring);
    asked_push(&s->ring, &addr)->at_ns[0] = engine_now(s->one.engine);
    return true;
}

// Whether the oldest line is done with.
static bool end(struct sweep *s, uint64_t now_ns)
{
    const struct asked_line *line = asked_at(&s->ring, s->ring.first);
    if (!line->is_heard && end_ns(s, line) > now_ns) {
        look_at(s, end_ns(s, line));
        return false;
    }
    if (line->is_unread && !line->is_heard)
        return ask_again(s, line);
    const struct ip_addr addr = line->addr;
    const uint64_t since_ns = line->at_ns[0];
    const bool is_heard = line->is_heard;
    asked_pop(&s->ring);
    s->n_heard -= is_heard;
    if (!is_heard)
        s->calls.silent(s->calls.ctx, &addr, now_ns - since_ns, false);
    return true;
}

static void run_end(struct sweep *s, uint64_t now_ns)
{
    const uint32_t last = s->n_now;
    uint32_t n = 0;
    while (s->ring.first < bound(s, last) && n < END_ROUND && end(s, now_ns))
        n++;
    if (n == END_ROUND)
        look_at(s, now_ns);
}

void sweep_run(struct sweep *s)
{
    s->next_ns = UINT64_MAX;
    s->n_sent = 0;
    if (s->ring.first == s->ring.end && s->ready_ns == 0)
        return;
    const uint64_t now_ns = engine_now(s->one.engine);
    s->ready_ns = s->ready_ns > now_ns ? s->ready_ns : 0;
    s->n_now = s->kind->rounds(&s->one) * s->n;
    for (uint32_t pass = 1; pass < s->n_now; pass++)
        run_pass(s, pass, now_ns);
    run_end(s, now_ns);
}

uint64_t sweep_next_ns(const struct sweep *s)
{
    if (s->ready_ns > 0)
        return s->ready_ns;
    return s->n_sent >= SEND_ROUND ? 0 : s->next_ns;
}

static void tell(const struct sweep *s, uint64_t i, const struct asked_line *line,
                 struct asked *out)
{
    const uint32_t n = s->kind->n(&s->one);
    uint32_t n_passed = 1;
    while (n_passed < s->n_passes && i < s->at[n_passed])
        n_passed++;
    *out = (struct asked){
        .stage = s->kind->stage,
        .rounds = n_passed / s->n,
        .sent = n_passed % s->n,
        .n = s->n,
        .first_ns = line->at_ns[0],
        .last_ns = last_ns(line, n_passed),
        .at_ns = line->at_ns,
        .n_at = s->n_passes,
    };
    if (out->sent >= n) {
        out->rounds++;
        out->sent = 0;
    }
}

bool sweep_hears(struct sweep *s, const struct ip_addr *who, const struct frame *f, bool has_room,
                 struct asked *out)
{
    uint64_t i;
    struct asked_line *line = asked_find(&s->ring, who, &i);
    if (!line || line->is_heard || !aim(s, who) || !s->kind->is_answer(&s->one, f))
        return false;
    line->is_heard = has_room;
    s->n_heard += has_room;
    line->is_unread = !has_room;
    if (has_room)
        tell(s, i, line, out);
    return has_room;
}

void sweep_cut(struct sweep *s)
{
    const uint64_t now_ns = engine_now(s->one.engine);
    for (; s->ring.first < s->ring.end; asked_pop(&s->ring)) {
        const struct asked_line *line = asked_at(&s->ring, s->ring.first);
        if (!line->is_heard)
            s->calls.silent(s->calls.ctx, &line->addr, now_ns - line->at_ns[0], true);
    }
}

uint64_t sweep_left_ns(const struct sweep *s, uint64_t now_ns)
{
    if (s->ring.first == s->ring.end)
        return 0;
    const uint64_t begun_ns = asked_at(&s->ring, s->ring.end - 1)->at_ns[0];
    const uint64_t all_ns = s->kind->rounds(&s->one) * s->kind->timeout_ns(&s->one);
    const uint64_t least_ns = (uint64_t)s->plan->timing.rtt.initial_us * 1000;
    const uint64_t end_ns = begun_ns + (all_ns > least_ns ? all_ns : least_ns);
    return end_ns > now_ns ? end_ns - now_ns : 0;
}

uint32_t sweep_older(const struct sweep *s, uint64_t than_ns)
{
    uint64_t lo = s->ring.first;
    uint64_t hi = s->ring.end;
    while (lo < hi) {
        const uint64_t mid = lo + (hi - lo) / 2;
        if (asked_at(&s->ring, mid)->at_ns[0] < than_ns)
            lo = mid + 1;
        else
            hi = mid;
    }
    return (uint32_t)(lo - s->ring.first);
}
