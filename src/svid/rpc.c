// SPDX-License-Identifier: Apache-2.0
// Which ONC RPC program a port serves (spec 3): the NULL procedure is called in a version that no
// program has, for one program number after the other; who knows the program tells the versions
// that it has. The well-known numbers first, then those of the file. Calls go in batches over one
// connection; the answers name their call, so their order does not matter.
#include "svid/rpc.h"
#include "svid/state.h"

#define MS ((uint64_t)1000 * 1000)

enum {
    BATCH_TCP = 32,
    BATCH_UDP = 8,
    WAIT_TCP_MS = 3000,
    WAIT_UDP_MS = 1000,
    TRIES = 3, // of a batch
    LEAST_INTENSITY = 7,
    OTHERS = 4, // further programs that are told
};

struct rpc_hit {
    uint32_t program;
    uint32_t low;
    uint32_t high;
    bool has_versions;
};

struct rpc_grind {
    const struct svid_rpc *list;
    uint32_t first; // of the batch
    uint32_t n;
    uint32_t sent;     // bit i: call first + i was sent
    uint32_t answered; // likewise
    uint32_t n_tries;
    uint64_t until_ns;
    int32_t conn;
    bool is_over;
    uint32_t xid; // of call 0
    struct rpc_hit hits[1 + OTHERS];
    uint32_t n_hits;
    char in[4096]; // TCP: a record that is not complete
    size_t n_in;
    uint8_t out[BATCH_TCP * (RPC_MARK + RPC_CALL)];
};

static bool is_udp(const struct svid *s)
{
    return s->target.proto == PROTO_UDP;
}

static void batch(struct svid *s, const struct svid_rpc *list, uint32_t first)
{
    struct rpc_grind *g = s->rpc;
    const uint32_t most = is_udp(s) ? BATCH_UDP : BATCH_TCP;
    g->list = list;
    g->first = first;
    g->n = list->n - first < most ? list->n - first : most;
    g->sent = 0;
    g->answered = 0;
    g->n_tries = 0;
    g->until_ns = UINT64_MAX;
}

static uint32_t all_of(const struct rpc_grind *g)
{
    return (uint32_t)(((uint64_t)1 << g->n) - 1);
}

static uint32_t base_xid(const struct rpc_grind *g)
{
    return g->xid + (g->list == &rpc_known ? 0 : rpc_known.n);
}

bool rpc_begin(struct svid *s, uint64_t now_ns)
{
    if (s->rpc || s->cfg.intensity < LEAST_INTENSITY)
        return false;
    struct rpc_grind *g = arena_alloc(s->arena, sizeof *g);
    conn_close_all(s, now_ns);
    s->rpc = g;
    g->conn = NO_CONN;
    g->xid = (uint32_t)(now_ns / 1000) | 1;
    batch(s, &rpc_known, 0);
    return true;
}

// ---- out

static void send_calls(struct svid *s, struct conn *c)
{
    struct rpc_grind *g = s->rpc;
    struct buf b;
    buf_init(&b, g->out, sizeof g->out);
    for (uint32_t i = 0; i < g->n; i++) {
        if ((g->sent | g->answered) >> i & 1)
            continue;
        rpc_put_call(&b, base_xid(g) + g->first + i, g->list->programs[g->first + i].number,
                     !is_udp(s));
        g->sent |= 1u << i;
        if (is_udp(s))
            break;
    }
    conn_send(c, buf_span(&b));
}

static bool open_one(struct svid *s, uint64_t now_ns)
{
    struct conn *c = conn_open(s, WORK_RPC, s->round.tunnel, now_ns);
    if (!c)
        return false;
    c->is_low_port = true;
    s->rpc->conn = (int32_t)(c - s->conn);
    s->rpc->n_in = 0;
    return true;
}

static void next_batch(struct svid *s)
{
    struct rpc_grind *g = s->rpc;
    if (g->first + g->n < g->list->n && (g->n_hits == 0 || g->list == &rpc_known))
        batch(s, g->list, g->first + g->n);
    else if (g->list == &rpc_known && g->n_hits == 0 && s->cfg.rpc && s->cfg.rpc->n > 0)
        batch(s, s->cfg.rpc, 0);
    else
        g->is_over = true;
}

static bool expire(struct svid *s, uint64_t now_ns)
{
    struct rpc_grind *g = s->rpc;
    if (now_ns < g->until_ns)
        return false;
    g->until_ns = UINT64_MAX;
    if (!is_udp(s) || ++g->n_tries >= TRIES)
        g->is_over = true;
    else
        g->sent = g->answered;
    return true;
}

static bool go_on(struct svid *s, uint64_t now_ns)
{
    struct rpc_grind *g = s->rpc;
    if (g->answered == all_of(g)) {
        next_batch(s);
        return true;
    }
    if (g->conn == NO_CONN)
        return open_one(s, now_ns);
    struct conn *c = &s->conn[g->conn];
    if (c->state != CONN_OPEN || c->is_due)
        return false;
    if ((g->sent | g->answered) != all_of(g)) {
        send_calls(s, c);
        g->until_ns = now_ns + (is_udp(s) ? WAIT_UDP_MS : WAIT_TCP_MS) * MS + 2 * s->rtt_ns;
        return true;
    }
    return expire(s, now_ns);
}

bool rpc_drive(struct svid *s, uint64_t now_ns)
{
    struct rpc_grind *g = s->rpc;
    if (g->is_over) {
        const struct verdict v = judge(s, true);
        result_finish(s, &v, false);
        return true;
    }
    const bool is_changed = go_on(s, now_ns);
    s->gate_ns = g->until_ns;
    return is_changed;
}

// ---- in

void rpc_opened(struct svid *s, struct conn *c, uint64_t now_ns)
{
    (void)now_ns;
    (void)c;
    s->rpc->sent = s->rpc->answered;
}

static void note(struct rpc_grind *g, uint32_t program, const struct rpc_answer *answer)
{
    const struct rpc_hit hit = {program, answer->low, answer->high, answer->has_versions};
    uint32_t i = g->n_hits;
    if (g->n_hits == 1 + OTHERS)
        return;
    g->n_hits++;
    for (; i > 0 && g->hits[i - 1].program > program; i--)
        g->hits[i] = g->hits[i - 1];
    g->hits[i] = hit;
}

static void take(struct rpc_grind *g, struct span message)
{
    struct rpc_answer answer;
    const enum rpc_says says = rpc_read(message, &answer);
    const uint32_t i = answer.xid - base_xid(g) - g->first;
    if (i >= g->n || !(g->sent >> i & 1) || g->answered >> i & 1)
        return;
    g->answered |= 1u << i;
    if (says == RPC_AVAILABLE)
        note(g, g->list->programs[g->first + i].number, &answer);
}

// One record: fragments with a mark before each, the top bit set in the last (RFC 5531, 11).
// Gives the bytes used, 0 if it is not complete, SIZE_MAX if it is none.
static size_t take_record(struct rpc_grind *g, struct span in)
{
    char message[RPC_REPLY_MOST];
    size_t n = 0;
    size_t at = 0;
    for (;;) {
        struct buf b;
        const struct span rest = span_from(in, at);
        if (rest.len < RPC_MARK)
            return 0;
        const uint8_t *m = (const uint8_t *)rest.ptr;
        const size_t len =
            (size_t)(m[0] & 127) << 24 | (size_t)m[1] << 16 | (size_t)m[2] << 8 | m[3];
        if (len > sizeof g->in - RPC_MARK || n + len > sizeof message)
            return SIZE_MAX;
        if (rest.len < RPC_MARK + len)
            return 0;
        buf_init(&b, message + n, sizeof message - n);
        buf_bytes(&b, span_head(span_from(rest, RPC_MARK), len));
        n += len;
        at += RPC_MARK + len;
        if (m[0] >> 7) {
            take(g, span_of(message, n));
            return at;
        }
    }
}

static bool take_stream(struct rpc_grind *g, struct span bytes)
{
    while (bytes.len > 0) {
        const struct span part = span_head(bytes, sizeof g->in - g->n_in);
        memcpy(g->in + g->n_in, part.ptr, part.len);
        g->n_in += part.len;
        bytes = span_from(bytes, part.len);
        size_t used = 0;
        for (;;) {
            const size_t n = take_record(g, span_of(g->in + used, g->n_in - used));
            if (n == SIZE_MAX)
                return false;
            if (n == 0)
                break;
            used += n;
        }
        if (used == 0 && g->n_in == sizeof g->in)
            return false;
        memmove(g->in, g->in + used, g->n_in - used);
        g->n_in -= used;
    }
    return true;
}

void rpc_data(struct svid *s, struct conn *c, struct span bytes, uint64_t now_ns)
{
    (void)c;
    (void)now_ns;
    if (is_udp(s))
        take(s->rpc, bytes);
    else if (!take_stream(s->rpc, bytes))
        s->rpc->is_over = true;
}

void rpc_lost(struct svid *s, uint64_t now_ns)
{
    struct rpc_grind *g = s->rpc;
    g->conn = NO_CONN;
    s->retry_ns = now_ns;
    if (++g->n_tries >= TRIES)
        g->is_over = true;
}

// ---- result

static void put_versions(struct buf *b, const struct rpc_hit *h)
{
    buf_dec(b, h->low);
    if (h->low != h->high) {
        buf_char(b, '-');
        buf_dec(b, h->high);
    }
}

static struct span text_of(struct arena *a, const struct buf *b)
{
    return arena_copy(a, buf_span(b));
}

static struct span others(struct arena *a, const struct rpc_grind *g)
{
    char mem[160];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_str(&b, "serves also RPC");
    for (uint32_t i = 1; i < g->n_hits; i++) {
        buf_str(&b, i > 1 ? ", #" : " #");
        buf_dec(&b, g->hits[i].program);
    }
    return text_of(a, &b);
}

void rpc_result(const struct svid *s, struct service *out)
{
    const struct rpc_grind *g = s->rpc;
    char mem[64];
    struct buf b;
    if (g->n_hits == 0)
        return;
    const struct rpc_hit *h = &g->hits[0];
    const struct span name = svid_rpc_name(s->cfg.rpc, h->program);
    if (!span_is_absent(name))
        out->name = name;
    out->product = (struct span){0};
    out->version = (struct span){0};
    buf_init(&b, mem, sizeof mem);
    put_versions(&b, h);
    if (h->has_versions)
        out->version = text_of(s->arena, &b);
    buf_init(&b, mem, sizeof mem);
    buf_str(&b, "RPC #");
    buf_dec(&b, h->program);
    out->extra = text_of(s->arena, &b);
    if (g->n_hits > 1)
        out->note = others(s->arena, g);
}
