// SPDX-License-Identifier: Apache-2.0
// Asks open ports again: trains of SYNs to each, all ports at the same time, so that their answers
// can be compared (verdict/machines.h). Only where the port scan left a doubt, or with --deepen.
// At most LIMIT_ENDS ports, END_TRAINS trains of seven SYNs each, in less than two seconds. To
// ports whose SYN-ACKs have no window a connection is made, and nothing sent: a SYN proxy opens the
// window when it has reached the server behind it.
#include "base/limits.h"
#include "engine/stream.h"
#include "osdb/explain.h"
#include "stage/osconfig.h"
#include "stage/stages.h"
#include "verdict/machines.h"
#include "verdict/path.h"

enum {
    MS = 1000 * 1000,
    DOORS_NS = 1500 * MS,
    STEP_NS = 6 * MS, // between the beginnings of trains
    SLOTS = LIMIT_ENDS * END_TRAINS,
    PORT_LEAST = 61000, // source ports, as those of OS detection
    PORT_RANGE = 4000,
    PORT_STEP = 32, // more than the probes of a train
};

static const uint32_t asked =
    1u << TEST_SEQ | 1u << TEST_OPS | 1u << TEST_WIN | 1u << TEST_ECN | 1u << TEST_T1;
static const uint64_t longest_ns = UINT64_C(4000000000);

struct train {
    struct osfp *fp; // NULL: not begun
    uint64_t start_ns;
    bool is_over;
};

// A connection that shows whether the window opens.
struct door {
    struct stream *stream; // NULL: none is open
    bool is_tried;
    enum end_proof proof;
};

struct ends {
    uint32_t n_ports;
    uint16_t port[LIMIT_ENDS];
    uint16_t base;
    uint64_t end_ns;
    uint64_t doors_ns; // until then connections are watched
    uint32_t n_doors;
    struct train train[SLOTS];
    struct door door[LIMIT_ENDS];
};

// Not against the user's wish for one source port or for pauses between packets.
static bool takes(const struct visit *v)
{
    const struct plan *p = v->plan;
    const struct host *h = &v->host;
    const bool may = p->packet.source == 0 && p->timing.scan_delay_us == 0;
    return may && p->does_os && p->judge && h->state == HOST_UP && h->addr.family == IP_V4 &&
           h->n_synacks > 0 && (p->deepens || path_doubts(h) || (h->os && machines_doubt(h->os)));
}

static void add_port(struct ends *s, uint16_t port)
{
    uint32_t i = 0;
    while (i < s->n_ports && s->port[i] != port)
        i++;
    if (i == s->n_ports && s->n_ports < LIMIT_ENDS)
        s->port[s->n_ports++] = port;
}

// One of each look first, then the others.
static void choose(const struct host *h, struct ends *s)
{
    for (uint32_t i = 0; i < h->n_synacks; i++) {
        bool is_new = true;
        for (uint32_t k = 0; k < i; k++)
            is_new &= !path_alike(&h->synacks[k], &h->synacks[i]);
        if (is_new)
            add_port(s, h->synacks[i].port);
    }
    for (uint32_t i = 0; i < h->n_synacks; i++)
        add_port(s, h->synacks[i].port);
    for (uint32_t i = 1; i < s->n_ports; i++)
        for (uint32_t k = i; k > 0 && s->port[k - 1] > s->port[k]; k--) {
            const uint16_t less = s->port[k];
            s->port[k] = s->port[k - 1];
            s->port[k - 1] = less;
        }
}

static uint32_t n_trains(const struct ends *s)
{
    return s->n_ports * END_TRAINS;
}

static void on_opened(void *ctx, struct stream *stream, const struct stream_tls *tls)
{
    (void)ctx;
    (void)stream;
    (void)tls;
}

static void on_data(void *ctx, struct stream *stream, struct span bytes)
{
    struct door *d = ctx;
    (void)stream;
    (void)bytes;
    d->proof = END_OPENS;
}

static void on_ended(void *ctx, struct stream *stream, enum stream_end how,
                     const struct stream_tls *tls)
{
    struct door *d = ctx;
    (void)stream;
    (void)tls;
    d->stream = NULL;
    if (d->proof == END_STAYS && how == STREAM_RESET)
        d->proof = END_RESETS;
}

static bool has_window(const struct host *h, uint16_t port)
{
    for (uint32_t i = 0; i < h->n_synacks; i++)
        if (h->synacks[i].port == port)
            return h->synacks[i].window > 0;
    return true;
}

static void knock(struct visit *v, struct ends *s)
{
    static const struct stream_calls calls = {on_opened, on_data, on_ended};
    for (uint32_t i = 0; i < s->n_ports; i++) {
        const struct stream_to to = {.addr = v->host.addr,
                                     .port = s->port[i],
                                     .is_abrupt = true,
                                     .iface = v->plan->iface,
                                     .deadline_ns = s->doors_ns};
        if (has_window(&v->host, s->port[i]))
            continue;
        s->door[i].is_tried = true;
        s->door[i].proof = END_STAYS;
        s->door[i].stream = stream_open(v->engine, &to, &calls, &s->door[i]);
        s->n_doors++;
    }
}

static void close_doors(struct ends *s)
{
    for (uint32_t i = 0; i < s->n_ports; i++) {
        if (s->door[i].stream)
            stream_close(s->door[i].stream);
        s->door[i].stream = NULL;
    }
}

static void admit(struct visit *v)
{
    struct ends *s = v->state;
    const uint64_t now_ns = engine_now(v->engine);
    choose(&v->host, s);
    s->base = (uint16_t)(PORT_LEAST + rng_below(v->rng, PORT_RANGE));
    s->end_ns = now_ns + longest_ns;
    s->doors_ns = now_ns + DOORS_NS;
    for (uint32_t i = 0; i < n_trains(s); i++)
        s->train[i].start_ns = now_ns + i * STEP_NS;
    knock(v, s);
    visit_wake(v, now_ns);
}

static void begin(struct visit *v, struct ends *s, uint32_t i)
{
    struct osfp_config cfg;
    os_configure(v, &cfg);
    cfg.open_tcp = s->port[i % s->n_ports];
    cfg.closed_tcp = cfg.closed_udp = cfg.other_tcp = -1;
    cfg.tcp_base = (uint16_t)(s->base + i * PORT_STEP);
    cfg.max_tries = 1;
    cfg.only_tests = asked;
    s->train[i].fp = osfp_new(&v->host.arena, &cfg, engine_now(v->engine));
}

// Numbers that other trains disturb are no evidence, nor are lines that were not asked for.
static const struct osdb_subject *keep(struct arena *a, const struct osdb_subject *from)
{
    struct osdb_subject *to = arena_alloc(a, sizeof *to);
    const int ts = osdb_attr(TEST_SEQ, SPAN("TS"));
    *to = *from;
    for (int attr = 0; attr < ATTR_COUNT; attr++) {
        const enum osdb_test t = osdb_attr_test(attr);
        const bool is_kept = t != TEST_SEQ && asked >> t & 1;
        if (!is_kept && attr != ts)
            to->value[attr] = (struct span){NULL, 0};
    }
    return to;
}

static void put(struct visit *v, const struct ends *s)
{
    struct host *h = &v->host;
    h->ends = arena_array(&h->arena, s->n_ports, sizeof *h->ends);
    for (uint32_t p = 0; p < s->n_ports; p++) {
        struct end e = {.port = s->port[p], .proof = s->door[p].proof};
        for (uint32_t i = p; i < n_trains(s); i += s->n_ports) {
            const struct osfp *fp = s->train[i].fp;
            if (!s->train[i].is_over)
                continue;
            osfp_sequence(fp, 0, &e.seq[e.n]);
            if (e.seq[e.n].n > 0)
                e.subject[e.n++] = keep(&h->arena, osfp_subject(fp, 0));
        }
        if (e.n > 0)
            h->ends[h->n_ends++] = e;
    }
}

static void send_due(struct visit *v, struct osfp *fp)
{
    struct osfp_packet p;
    while (osfp_next(fp, engine_now(v->engine), &p))
        if (engine_send(v->engine, &v->path, p.packet, true))
            osfp_sent(fp, p.probe, engine_now(v->engine));
}

// When the train has something to do again.
static uint64_t advance(struct visit *v, struct ends *s, uint32_t i, uint64_t now_ns)
{
    struct train *t = &s->train[i];
    if (t->is_over)
        return UINT64_MAX;
    if (!t->fp && now_ns < t->start_ns)
        return t->start_ns;
    if (!t->fp)
        begin(v, s, i);
    if (osfp_tick(t->fp, now_ns) != OSFP_BUSY) {
        t->is_over = true;
        return UINT64_MAX;
    }
    send_due(v, t->fp);
    return osfp_when(t->fp);
}

static void proceed(struct visit *v, uint64_t now_ns)
{
    struct ends *s = v->state;
    uint64_t next_ns = UINT64_MAX;
    for (uint32_t i = 0; i < n_trains(s); i++) {
        const uint64_t when_ns = advance(v, s, i, now_ns);
        next_ns = when_ns < next_ns ? when_ns : next_ns;
    }
    if (s->n_doors > 0 && now_ns < s->doors_ns && s->doors_ns < next_ns)
        next_ns = s->doors_ns;
    if (next_ns < UINT64_MAX && now_ns < s->end_ns) {
        visit_wake(v, next_ns);
        return;
    }
    close_doors(s);
    put(v, s);
    visit_pass(v);
}

// Of the connections: the window that a segment behind the handshake opens.
static void look_at_window(struct ends *s, const struct frame *f)
{
    const uint16_t at = (uint16_t)(f->tcp.dport - s->base);
    if (f->kind != FRAME_TCP || at < n_trains(s) * PORT_STEP || f->tcp.window == 0 ||
        f->tcp.flags & (TCP_SYN | TCP_RST))
        return;
    for (uint32_t i = 0; i < s->n_ports; i++)
        if (s->port[i] == f->tcp.sport && s->door[i].is_tried)
            s->door[i].proof = END_OPENS;
}

static void on_frame(struct visit *v, const struct frame *f)
{
    struct ends *s = v->state;
    look_at_window(s, f);
    for (uint32_t i = 0; i < n_trains(s); i++)
        if (s->train[i].fp && osfp_receive(s->train[i].fp, f))
            visit_wake(v, engine_now(v->engine));
}

static void on_close(struct visit *v)
{
    close_doors(v->state);
}

const struct stage stage_ends = {
    .name = "Port Comparison",
    .state_size = sizeof(struct ends),
    .is_timed = true,
    .takes = takes,
    .admit = admit,
    .frame = on_frame,
    .tick = proceed,
    .close = on_close,
};
