// SPDX-License-Identifier: Apache-2.0
// Asks the open ports of one host what they are: a state machine (svid) for each port says what
// to open and send, the engine's streams do it, and the verdict goes into the host as soon as it
// is there. A port has an arena of its own until then, so a host with 65,535 open ports needs
// memory for those in progress only. Connections beyond the host's share wait in a queue.
//
// Source: service-detection spec 2.1, 2.9 and 6.
#include "model/services.h"
#include "base/text.h"
#include "engine/stream.h"
#include "model/evidence.h"
#include "stage/outlook.h"
#include "stage/ports.h"
#include "stage/service.h"
#include "stage/servicetrace.h"
#include "stage/stages.h"
#include "stage/waits.h"
#include "svid/svid.h"

enum { PORTS_IN_PROGRESS = 64 };

struct asked;

struct conn {
    struct asked *asked;
    struct stream *stream; // NULL: not in use, or still waiting in the queue
    struct conn *next;     // in the queue
    struct svid_step step; // how to open it
    uint64_t queued_ns;
    uint64_t opened_ns;
    bool is_queued;
};

// A port in progress.
struct asked {
    struct visit *visit;
    struct arena arena;
    struct svid *svid;
    struct port *port;
    struct servicetrace trace;
    uint64_t begun_ns;
    uint32_t n_opened;
    struct conn conn[SVID_CONNS];
};

struct services_stage {
    struct asked *active[PORTS_IN_PROGRESS];
    uint32_t n_active;
    uint32_t next;  // place in host.ports of the next one to be begun
    uint32_t n_all; // ports to be asked
    uint32_t n_conns;
    struct conn *first; // waiting
    struct conn *last;
    struct service *results;
    uint32_t n_results;
    struct svid_learnt learnt;
    uint64_t begun_ns;
    struct waits waits;
};

static bool is_asked(const struct port *p)
{
    const bool is_maybe_open = p->state == PORT_OPEN || p->state == PORT_OPEN_FILTERED;
    return is_maybe_open && (p->proto == PROTO_TCP || p->proto == PROTO_UDP);
}

static uint32_t count_asked(const struct host *h)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_ports; i++)
        n += is_asked(&h->ports[i]);
    return n;
}

static bool takes(const struct visit *v)
{
    return v->plan->does_services && v->host.state == HOST_UP && count_asked(&v->host) > 0;
}

static void note_begin(struct visit *v, uint32_t n)
{
    char text[160];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Scanning ");
    buf_dec(&b, n);
    buf_str(&b, n == 1 ? " service on " : " services on ");
    host_label(&v->host, &b);
    visit_note(v, 1, buf_span(&b));
}

static void admit(struct visit *v)
{
    struct services_stage *s = v->state;
    s->n_all = count_asked(&v->host);
    s->results = arena_array(&v->host.arena, s->n_all, sizeof *s->results);
    s->begun_ns = engine_now(v->engine);
    waits_init(&s->waits);
    v->host.services = s->results;
    note_begin(v, s->n_all);
    visit_wake(v, s->begun_ns);
}

// Keeps the results ascending: ports finish in any order.
static struct service *place_for(struct services_stage *s, const struct port *p)
{
    const uint32_t want = (uint32_t)p->proto << 16 | p->number;
    uint32_t i = s->n_results++;
    for (; i > 0; i--) {
        const struct service *before = &s->results[i - 1];
        if (((uint32_t)before->proto << 16 | before->port) < want)
            break;
        s->results[i] = *before;
    }
    return &s->results[i];
}

static void put_excluded(struct visit *v, struct services_stage *s, const struct port *p)
{
    *place_for(s, p) = (struct service){
        .port = p->number,
        .proto = p->proto,
        .state = SERVICE_EXCLUDED,
        .confidence = 3,
    };
    v->host.n_services = s->n_results;
    visit_service(v, p);
}

static void note_opened(struct visit *v, const struct port *p)
{
    char text[160];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Discovered open|filtered port ");
    buf_dec(&b, p->number);
    buf_char(&b, '/');
    buf_str(&b, proto_name(p->proto));
    buf_str(&b, " on ");
    host_label(&v->host, &b);
    buf_str(&b, " is actually open");
    visit_note(v, 1, buf_span(&b));
}

static void open_port(struct visit *v, struct port *p)
{
    if (p->state != PORT_OPEN_FILTERED)
        return;
    p->state = PORT_OPEN;
    p->reason = p->proto == PROTO_UDP ? REASON_UDP_RESPONSE : REASON_TCP_RESPONSE;
    p->ttl = 0;
    p->from = 0;
    note_opened(v, p);
    visit_port(v, p);
}

static void unqueue(struct services_stage *s, struct conn *c)
{
    struct conn *before = NULL;
    for (struct conn *i = s->first; i != c; i = i->next)
        before = i;
    *(before ? &before->next : &s->first) = c->next;
    if (s->last == c)
        s->last = before;
    c->is_queued = false;
}

static void close_conn(struct services_stage *s, struct conn *c)
{
    if (c->is_queued)
        unqueue(s, c);
    if (!c->stream)
        return;
    stream_close(c->stream);
    c->stream = NULL;
    s->n_conns--;
}

static void tell_reply(const struct asked *a, const struct service_reply *r)
{
    const struct evidence e = {
        .kind = EVIDENCE_SERVICE_REPLY,
        .probe = r->probe,
        .port = a->port->number,
        .proto = a->port->proto,
        .tunnel = r->tunnel,
        .bytes = r->bytes,
        .len = r->len,
    };
    visit_evidence(a->visit, &e);
}

static void tell_news(struct asked *a)
{
    struct svid_hit hit;
    struct service_reply reply;
    while (svid_next_hit(a->svid, &hit))
        servicetrace_hit(&a->trace, &hit);
    while (svid_next_reply(a->svid, &reply))
        tell_reply(a, &reply);
}

static void finish_port(struct visit *v, struct services_stage *s, uint32_t i)
{
    struct asked *a = s->active[i];
    tell_news(a);
    struct service result = {.port = a->port->number, .proto = a->port->proto};
    bool is_answered = false;
    for (uint32_t c = 0; c < SVID_CONNS; c++)
        close_conn(s, &a->conn[c]);
    svid_result(a->svid, &result, &is_answered);
    const uint64_t took_ns = engine_now(v->engine) - a->begun_ns;
    waits_note(&s->waits, took_ns);
    result.elapsed_ms = (uint32_t)(took_ns / 1000000);
    result.connections = a->n_opened;
    servicetrace_done(&a->trace, &result);
    if (is_answered)
        open_port(v, a->port);
    service_copy(&v->host.arena, &result, place_for(s, a->port));
    v->host.n_services = s->n_results;
    visit_service(v, a->port);
    struct arena arena = a->arena; // it holds *a
    arena_fini(&arena);
    s->active[i] = s->active[--s->n_active];
}

static void describe(struct visit *v, struct port *p, struct svid_target *out)
{
    const struct plan *plan = v->plan;
    *out = (struct svid_target){
        .proto = p->proto,
        .port = p->number,
        .is_open = p->state == PORT_OPEN,
        .name = v->host.name,
        .table = services_name(plan->services, p->proto, p->number),
        .wall = engine_wall(v->engine) / 1000000000,
        .month = plan->month,
        .day = plan->day,
    };
}

static void begin_port(struct visit *v, struct services_stage *s, struct port *p)
{
    struct asked start = {
        .visit = v, .port = p, .trace = {v, p, s->begun_ns}, .begun_ns = engine_now(v->engine)};
    struct svid_target target;
    arena_init(&start.arena, "a service");
    struct asked *a = arena_alloc(&start.arena, sizeof *a);
    *a = start;
    describe(v, p, &target);
    a->svid = svid_new(&a->arena, &v->plan->svid, &s->learnt, &target, a->begun_ns);
    for (uint32_t i = 0; i < SVID_CONNS; i++)
        a->conn[i].asked = a;
    const struct port_reply *answer = p->proto == PROTO_UDP ? ports_reply(v, p->number) : NULL;
    if (answer && answer->probe != PORTS_NO_PROBE)
        svid_payload_answer(a->svid, answer->probe, answer->bytes, a->begun_ns);
    s->active[s->n_active++] = a;
}

// What an earlier run found out about the port, if it came to an end with it.
static bool take_known(struct visit *v, struct services_stage *s, const struct port *p)
{
    const struct service *known = v->known ? host_service(v->known, p) : NULL;
    if (!known || known->state == SERVICE_INCOMPLETE || known->state == SERVICE_NOT_ASKED)
        return false;
    *place_for(s, p) = *known;
    v->host.n_services = s->n_results;
    return true;
}

static void begin_ports(struct visit *v, struct services_stage *s)
{
    const struct plan *plan = v->plan;
    while (s->n_active < PORTS_IN_PROGRESS && s->next < v->host.n_ports) {
        struct port *p = &v->host.ports[s->next++];
        if (!is_asked(p) || take_known(v, s, p))
            continue;
        const enum svdb_proto proto = p->proto == PROTO_TCP ? SVDB_TCP : SVDB_UDP;
        if (!plan->all_services && svdb_excludes(plan->svid.db, proto, p->number))
            put_excluded(v, s, p);
        else
            begin_port(v, s, p);
    }
}

static uint32_t number_of(const struct conn *c)
{
    return (uint32_t)(c - c->asked->conn);
}

// The engine calls outside of the pipeline's walk: events go into the state machine at once,
// what follows from them waits for the tick.
static void wake(struct conn *c)
{
    visit_wake(c->asked->visit, engine_now(c->asked->visit->engine));
}

static void on_opened(void *ctx, struct stream *stream, const struct stream_tls *tls)
{
    struct conn *c = ctx;
    struct tls_facts facts;
    (void)stream;
    if (tls)
        tls_facts_of(tls, &facts);
    const uint64_t now = engine_now(c->asked->visit->engine);
    servicetrace_opened(&c->asked->trace, number_of(c), now - c->opened_ns, tls ? &facts : NULL);
    svid_opened(c->asked->svid, number_of(c), tls ? &facts : NULL, now);
    wake(c);
}

static void on_data(void *ctx, struct stream *stream, struct span bytes)
{
    struct conn *c = ctx;
    (void)stream;
    servicetrace_data(&c->asked->trace, number_of(c), bytes);
    svid_data(c->asked->svid, number_of(c), bytes, engine_now(c->asked->visit->engine));
    wake(c);
}

static enum svid_error error_of(enum stream_end how)
{
    switch (how) {
    case STREAM_REFUSED:
        return SVID_REFUSED;
    case STREAM_TIMEOUT:
        return SVID_TIMEOUT;
    case STREAM_UNREACHABLE:
        return SVID_UNREACHABLE;
    case STREAM_HANDSHAKE:
        return SVID_HANDSHAKE;
    default:
        return SVID_LOCAL;
    }
}

static void on_ended(void *ctx, struct stream *stream, enum stream_end how,
                     const struct stream_tls *tls)
{
    struct conn *c = ctx;
    struct services_stage *s = c->asked->visit->state;
    const uint64_t now = engine_now(c->asked->visit->engine);
    struct tls_facts facts;
    (void)stream;
    servicetrace_ended(&c->asked->trace, number_of(c), how);
    c->stream = NULL;
    s->n_conns--;
    if (tls)
        tls_facts_of(tls, &facts);
    if (how == STREAM_CLOSED || how == STREAM_RESET)
        svid_closed(c->asked->svid, number_of(c), how == STREAM_RESET, now);
    else
        svid_failed(c->asked->svid, number_of(c), error_of(how), tls ? &facts : NULL, now);
    wake(c);
}

static const struct stream_calls calls = {on_opened, on_data, on_ended};

static void open_conn(struct visit *v, struct services_stage *s, struct conn *c)
{
    static const enum stream_tunnel tunnels[] = {STREAM_PLAIN, STREAM_TLS, STREAM_DTLS};
    const struct stream_to to = {
        .addr = v->host.addr,
        .port = c->asked->port->number,
        .is_udp = c->asked->port->proto == PROTO_UDP,
        .is_low_port = c->step.is_low_port,
        .iface = v->plan->iface,
        .tunnel = tunnels[c->step.tunnel],
        .server_name = v->host.name,
        .deadline_ns = c->step.deadline_ns + (engine_now(v->engine) - c->queued_ns),
    };
    servicetrace_step(&c->asked->trace, &c->step);
    c->opened_ns = engine_now(v->engine);
    svid_begun(c->asked->svid, c->step.conn, c->opened_ns);
    c->stream = stream_open(v->engine, &to, &calls, c);
    c->asked->n_opened++;
    s->n_conns++;
    v->last_sent_ns = engine_now(v->engine);
}

static void queue_conn(struct visit *v, struct services_stage *s, struct conn *c,
                       const struct svid_step *step)
{
    c->step = *step;
    c->queued_ns = engine_now(v->engine);
    c->next = NULL;
    c->is_queued = true;
    *(s->last ? &s->last->next : &s->first) = c;
    s->last = c;
}

// Opens what waits as far as the host's share and the gap between probes allow.
static void open_waiting(struct visit *v, struct services_stage *s)
{
    while (s->first && s->n_conns < v->plan->service_conns &&
           visit_ready(v) <= engine_now(v->engine)) {
        struct conn *c = s->first;
        unqueue(s, c);
        open_conn(v, s, c);
    }
}

static void follow(struct visit *v, struct services_stage *s, struct asked *a)
{
    struct svid_step step;
    svid_tick(a->svid, engine_now(v->engine));
    while (svid_next(a->svid, engine_now(v->engine), &step)) {
        struct conn *c = &a->conn[step.conn];
        switch (step.what) {
        case SVID_OPEN:
            queue_conn(v, s, c, &step);
            break;
        case SVID_SEND:
            servicetrace_step(&a->trace, &step);
            if (c->stream)
                stream_send(c->stream, step.bytes);
            break;
        case SVID_CLOSE:
            servicetrace_step(&a->trace, &step);
            close_conn(s, c);
            break;
        }
    }
    tell_news(a);
}

static uint64_t earliest(struct visit *v, const struct services_stage *s)
{
    uint64_t at = UINT64_MAX;
    for (uint32_t i = 0; i < s->n_active; i++) {
        const uint64_t wake_at = svid_wake(s->active[i]->svid);
        at = wake_at < at ? wake_at : at;
    }
    if (s->first && s->n_conns < v->plan->service_conns && visit_ready(v) < at)
        at = visit_ready(v);
    return at;
}

static void stop_all(struct visit *v, struct services_stage *s)
{
    while (s->n_active > 0) {
        svid_stop(s->active[0]->svid, engine_now(v->engine));
        finish_port(v, s, 0);
    }
}

static bool is_out_of_time(struct visit *v, const struct services_stage *s, uint64_t now_ns)
{
    const uint64_t budget = v->plan->service_budget_ns;
    return budget > 0 && now_ns - s->begun_ns >= budget;
}

static void tick(struct visit *v, uint64_t now_ns)
{
    struct services_stage *s = v->state;
    begin_ports(v, s);
    for (uint32_t i = 0; i < s->n_active;) {
        follow(v, s, s->active[i]);
        if (svid_is_done(s->active[i]->svid)) {
            finish_port(v, s, i);
            begin_ports(v, s);
        } else {
            i++;
        }
    }
    open_waiting(v, s);
    if (is_out_of_time(v, s, now_ns))
        stop_all(v, s);
    if (s->n_active == 0 && (s->next == v->host.n_ports || is_out_of_time(v, s, now_ns))) {
        visit_pass(v);
        return;
    }
    uint64_t at = earliest(v, s);
    const uint64_t budget = v->plan->service_budget_ns;
    if (budget > 0 && s->begun_ns + budget < at)
        at = s->begun_ns + budget;
    visit_wake(v, at);
}

static void on_frame(struct visit *v, const struct frame *f)
{
    (void)v;
    (void)f;
}

static void on_close(struct visit *v)
{
    stop_all(v, v->state);
}

static void outlook(const struct visit *v, uint64_t now_ns, struct outlook *out)
{
    const struct services_stage *s = v->state;
    const uint64_t budget = v->plan->service_budget_ns;
    struct waits_left l;
    if (s->waits.n == 0 && s->n_all <= PORTS_IN_PROGRESS)
        return; // what other hosts took says more
    waits_begin(&l, &s->waits);
    for (uint32_t i = 0; i < s->n_active; i++)
        waits_active(&l, now_ns - s->active[i]->begun_ns);
    const uint32_t n_begun = s->n_results + s->n_active;
    const uint32_t n_left = s->n_all > n_begun ? s->n_all - n_begun : 0;
    out->own_ns = waits_end(&l, n_left, PORTS_IN_PROGRESS);
    const double rest = (double)budget - (double)(now_ns - s->begun_ns);
    if (budget > 0 && out->own_ns > rest)
        out->own_ns = rest > 0 ? rest : 0;
}

const struct stage stage_services = {
    .name = "Service Scan",
    .state_size = sizeof(struct services_stage),
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = tick,
    .close = on_close,
    .outlook = outlook,
};
