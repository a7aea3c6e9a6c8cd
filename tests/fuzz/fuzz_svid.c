// SPDX-License-Identifier: Apache-2.0
// Arbitrary events into a session. It opens only what is free, sends only where something is
// open, waits for times that come, and ends.
#include <stdlib.h>

#include "base/cur.h"
#include "svid/svid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURNS = 20000, MS = 1000000 };

static const char db_text[] =
    "Probe TCP NULL q||\ntotalwaitms 6000\ntcpwrappedms 3000\n"
    "match a m|^A(.*)| p/Alpha/ v/$1/\nsoftmatch b m|^B| p/Beta/\nmatch ssl/z m|^Z|\n"
    "Probe TCP One q|1|\nrarity 1\nports 80\nsslports 443\nfallback Two\nmatch b m|^Bb(.)| p/Bb/ "
    "v/$1/\n"
    "match ssl m|^\\x15\\x03|\n"
    "Probe TCP Two q|22|\nrarity 5\nmatch rpcbind m|^R|\nmatch c m|C$|\n"
    "Probe TCP Three q|333|\nrarity 9\nmatch b m|^Q(.+)| v/$1/\n"
    "Probe UDP One q|1|\nrarity 1\nports 53\nmatch a m|^A| p/Alpha/\nmatch dtls m|^D|\n"
    "Probe UDP Two q|2|\nrarity 2\nsoftmatch b m|^B|\nmatch rpcbind m|^R|\n"
    "Probe UDP Three q|3|\nrarity 8\nmatch b m|^b| p/B/\n";

enum state { FREE, OPENING, OPEN };

struct run {
    struct svid *svid;
    enum state state[SVID_CONNS];
    enum service_tunnel tunnel[SVID_CONNS];
    uint64_t now;
    uint8_t last[8]; // of what was sent last: an xid that fits
};

static void ignore(void *ctx, const char *file, const struct err_at *at)
{
    (void)ctx;
    (void)file;
    (void)at;
}

static void follow(struct run *r, const struct svid_step *step)
{
    const enum state s = step->conn < SVID_CONNS ? r->state[step->conn] : OPENING;
    switch (step->what) {
    case SVID_OPEN:
        if (s != FREE || step->deadline_ns <= r->now)
            abort();
        r->state[step->conn] = OPENING;
        r->tunnel[step->conn] = step->tunnel;
        break;
    case SVID_SEND:
        if (s != OPEN)
            abort();
        if (step->bytes.len >= 8)
            memcpy(r->last, step->bytes.ptr, 8);
        break;
    case SVID_CLOSE:
        if (s == FREE || step->conn >= SVID_CONNS)
            abort();
        r->state[step->conn] = FREE;
        break;
    }
}

static void pump(struct run *r)
{
    struct svid_step step;
    for (int i = 0; svid_next(r->svid, r->now, &step); i++) {
        if (i > 4 * SVID_CONNS)
            abort();
        follow(r, &step);
    }
}

static const struct tls_facts facts = {.version = {"TLSv1.3", 7}, .has_certificate = true};

static void data_event(struct run *r, uint32_t conn, struct cur *c)
{
    const uint8_t len = cur_u8(c);
    const struct span bytes = cur_bytes(c, len < cur_left(c) ? len : cur_left(c));
    char *exact = malloc(bytes.len ? bytes.len : 1); // a read past the end is seen
    if (!exact)
        abort();
    memcpy(exact, bytes.ptr ? bytes.ptr : "", bytes.len);
    if (bytes.len >= 12 && exact[0] == 'X') // as an answer to an RPC call
        memcpy(exact, r->last, 8);
    svid_data(r->svid, conn, span_of(exact, bytes.len), r->now);
    free(exact);
}

static void event(struct run *r, struct cur *c)
{
    const uint8_t op = cur_u8(c);
    const uint32_t conn = op >> 3;
    const enum state s = r->state[conn];
    const bool is_fit = s == OPEN || (s == OPENING && (op & 7) < 3);
    switch (op & 7) {
    case 0:
        r->state[conn] = s == OPENING ? OPEN : s;
        svid_opened(r->svid, conn, r->tunnel[conn] != TUNNEL_NONE ? &facts : NULL, r->now);
        break;
    case 1:
    case 2:
        r->state[conn] = is_fit ? FREE : s;
        svid_failed(r->svid, conn, cur_u8(c) % 5, op & 8 ? &facts : NULL, r->now);
        break;
    case 3:
        r->state[conn] = s == OPEN || s == OPENING ? FREE : s;
        svid_closed(r->svid, conn, cur_u8(c) & 1, r->now);
        break;
    case 4:
    case 5:
        data_event(r, conn, c);
        break;
    default:
        r->now += (uint64_t)cur_u8(c) * cur_u8(c) * MS / 10;
        svid_tick(r->svid, r->now);
        break;
    }
    pump(r);
}

// Everybody else stays silent from here on.
static void finish(struct run *r)
{
    for (int turns = 0; !svid_is_done(r->svid); turns++) {
        const uint64_t wake = svid_wake(r->svid);
        bool is_opening = false;
        for (uint32_t i = 0; i < SVID_CONNS; i++) {
            if (r->state[i] != OPENING)
                continue;
            is_opening = true;
            r->state[i] = FREE;
            svid_failed(r->svid, i, SVID_TIMEOUT, NULL, r->now);
            pump(r);
            break;
        }
        if (turns > TURNS || (!is_opening && wake == UINT64_MAX && !svid_is_done(r->svid)))
            abort();
        if (!is_opening)
            r->now = wake > r->now ? wake : r->now;
        svid_tick(r->svid, r->now);
        pump(r);
    }
}

static const struct svdb *load(struct arena *a)
{
    const struct svdb *db = NULL;
    struct svdb_tree *tree = svdb_tree_new(a);
    if (svdb_tree_add(tree, "fuzz", span_of(db_text, sizeof db_text - 1), ignore, NULL) != ERR_OK ||
        svdb_build(a, tree, &db) != ERR_OK)
        abort();
    return db;
}

static void check_result(struct run *r)
{
    struct service out;
    bool is_answered;
    svid_result(r->svid, &out, &is_answered);
    if (out.confidence > 10 || out.n_replies > 64 || out.fingerprint.len > 1 << 16)
        abort();
    for (uint32_t i = 0; i < out.n_replies; i++)
        if (out.replies[i].bytes.len > 4096 || out.replies[i].bytes.len > out.replies[i].len)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena db_arena; // built once: it is the same each time
    static const struct svdb *db;
    static struct svdb_scratch *scratch;
    struct arena a;
    struct run r = {.now = MS};
    struct svid_learnt learnt = {0};
    struct cur c = cur_of(data, size);
    if (!db) {
        arena_init(&db_arena, "fuzz");
        db = load(&db_arena);
        scratch = svdb_scratch_new(&db_arena, db);
    }
    arena_init(&a, "fuzz");
    const uint8_t flags = cur_u8(&c);
    const struct svid_config cfg = {.db = db,
                                    .scratch = scratch,
                                    .intensity = flags & 8 ? 9 : 7,
                                    .max_conns = 1 + (uint32_t)(flags >> 4) * 2,
                                    .is_serial = flags & 1,
                                    .budget_ns = flags & 4 ? (uint64_t)3000 * MS : 0};
    const uint16_t ports[] = {80, 443, 53, 22};
    const uint8_t which = cur_u8(&c);
    const struct svid_target target = {.proto = flags & 2 ? PROTO_UDP : PROTO_TCP,
                                       .port = ports[which & 3],
                                       .table = which & 4 ? SPAN("ssh") : (struct span){0}};
    r.svid = svid_new(&a, &cfg, &learnt, &target, r.now);
    if (which & 8)
        svid_payload_answer(r.svid, which >> 4, span_of(data, size), r.now);
    pump(&r);
    while (cur_left(&c) > 0 && !svid_is_done(r.svid))
        event(&r, &c);
    if (which & 128)
        svid_stop(r.svid, r.now);
    finish(&r);
    pump(&r);
    check_result(&r);
    arena_fini(&a);
    return 0;
}
