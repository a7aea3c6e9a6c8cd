// SPDX-License-Identifier: Apache-2.0
// ONC RPC: which program and versions a port serves, over TCP and UDP; names from a file (spec 3).
#include "svid_load.h"

#include "base/cur.h"
#include "svid/rpc.h"

static const char db_text[] =
    "Probe TCP NULL q||\ntotalwaitms 6000\ntcpwrappedms 3000\n"
    "Probe TCP Check q|RPC?|\nrarity 4\nports 111\nmatch rpcbind m|^RPC!|\n"
    "Probe UDP Check q|RPC?|\nrarity 1\nports 111\nmatch rpcbind m|^RPC!|\n";

struct program {
    uint32_t number;
    uint32_t low;
    uint32_t high;
};

struct server {
    struct program programs[3];
    uint32_t n;
    bool is_udp;
    uint32_t fragment; // bytes, 0 = one
    uint32_t n_calls;
};

static void put_record(struct buf *b, struct span message, const struct server *v)
{
    while (!v->is_udp && v->fragment > 0 && message.len > v->fragment) {
        buf_be32(b, v->fragment);
        buf_bytes(b, span_head(message, v->fragment));
        message = span_from(message, v->fragment);
    }
    if (!v->is_udp)
        buf_be32(b, 1u << 31 | (uint32_t)message.len);
    buf_bytes(b, message);
}

static void put_reply(struct buf *out, struct server *v, struct cur *c)
{
    uint8_t mem[64];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_be32(&b, cur_be32(c)); // xid
    assert_int_equal(cur_be32(c), 0);
    assert_int_equal(cur_be32(c), 2);
    const uint32_t number = cur_be32(c);
    assert_true(cur_be32(c) > 12344);
    assert_int_equal(cur_be32(c), 0);
    cur_skip(c, 16);
    assert_false(c->bad);
    buf_be32(&b, 1);
    buf_zero(&b, 12);
    const struct program *found = NULL;
    for (uint32_t i = 0; i < v->n; i++)
        if (v->programs[i].number == number)
            found = &v->programs[i];
    buf_be32(&b, found ? 2 : 1);
    if (found) {
        buf_be32(&b, found->low);
        buf_be32(&b, found->high);
    }
    v->n_calls++;
    put_record(out, buf_span(&b), v);
}

static struct span speak(void *ctx, struct arena *a, struct span request)
{
    struct server *v = ctx;
    struct buf out;
    struct cur c = cur_of(request.ptr, request.len);
    const size_t room = 8192;
    if (span_eq(request, SPAN("RPC?")))
        return SPAN("RPC!");
    buf_init(&out, arena_alloc(a, room), room);
    while (cur_left(&c) > 0) {
        if (!v->is_udp)
            assert_int_equal(cur_be32(&c), 1u << 31 | RPC_CALL);
        put_reply(&out, v, &c);
    }
    return buf_span(&out);
}

struct row {
    struct server server;
    const char *name;
    const char *version;
    const char *extra;
    const char *note;
    uint32_t most_calls;
};

static const struct row rows[] = {
    {{.programs = {{100000, 2, 4}}, .n = 1}, "rpcbind", "2-4", "RPC #100000", NULL, 19},
    {{.programs = {{100024, 1, 1}}, .n = 1}, "status", "1", "RPC #100024", NULL, 19},
    {{.programs = {{100227, 3, 3}, {100003, 3, 4}}, .n = 2, .fragment = 7},
     "nfs",
     "3-4",
     "RPC #100003",
     "serves also RPC #100227",
     19},
    {{.programs = {{300777, 1, 9}}, .n = 1}, "remote", "1-9", "RPC #300777", NULL, 200},
    {{.n = 0}, "rpcbind", NULL, NULL, NULL, 200},
};

static const char names[] = "# programs\n"
                            "portmapper 100000 portmap sunrpc\n"
                            "broken\n"
                            "other\t300700\n"
                            "remote 300777 far # of somebody\n"
                            "status 100024\n";

static void check(struct load *l, const struct row *row, bool is_udp)
{
    struct server server = row->server;
    server.is_udp = is_udp;
    const struct peer peer = {.speak = speak, .ctx = &server, .rtt_us = 200, .loses = is_udp};
    l->target.proto = is_udp ? PROTO_UDP : PROTO_TCP;
    const struct service *s = load_run(l, &peer);
    print_message("%.2f s, %u calls, %s\n", load_seconds(l), server.n_calls, l->run.order);
    assert_int_equal(s->state, SERVICE_HARD);
    assert_int_equal(s->confidence, 10);
    if (row->server.n > 0 && row->server.programs[0].number == 100000)
        assert_text(s->name, "portmapper"); // the file's name counts
    else
        assert_true(span_eq(s->name, span_str(row->name)));
    assert_true(span_eq(s->version, span_str(row->version)));
    assert_true(span_eq(s->extra, span_str(row->extra)));
    assert_true(span_eq(s->note, span_str(row->note)));
    assert_true(server.n_calls <= row->most_calls);
}

static void test_grind(void **state)
{
    (void)state;
    struct load l;
    load_init(&l, span_of(db_text, sizeof db_text - 1));
    assert_int_equal(svid_rpc_parse(&l.arena, span_str(names), &l.cfg.rpc, NULL), ERR_OK);
    l.target.port = 111;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check(&l, &rows[i], false);
        check(&l, &rows[i], true);
    }
    load_fini(&l);
}

// Spec 3: not below intensity 7; without a file the well-known ones.
static void test_without(void **state)
{
    (void)state;
    struct load l;
    struct server server = rows[1].server;
    const struct peer peer = {.speak = speak, .ctx = &server, .rtt_us = 200};
    load_init(&l, span_of(db_text, sizeof db_text - 1));
    l.target.port = 111;
    assert_text(load_run(&l, &peer)->name, "status");
    l.cfg.intensity = 6;
    assert_text(load_run(&l, &peer)->name, "rpcbind");
    assert_true(span_is_absent(l.run.result.version));
    load_fini(&l);
}

static void test_file(void **state)
{
    (void)state;
    struct arena a;
    struct err_at at = {0};
    const struct svid_rpc *rpc = NULL;
    arena_init(&a, "test");
    assert_int_equal(svid_rpc_parse(&a, span_str(names), &rpc, &at), ERR_OK);
    assert_int_equal(at.line, 3);
    assert_string_equal(at.token, "broken");
    assert_text(svid_rpc_name(rpc, 300700), "other");
    assert_text(svid_rpc_name(rpc, 100003), "nfs"); // well known
    assert_text(svid_rpc_name(NULL, 100003), "nfs");
    assert_true(span_is_absent(svid_rpc_name(rpc, 5)));
    assert_int_equal(svid_rpc_parse(&a, span_str("x y\n"), &rpc, &at), ERR_SYNTAX);
    assert_int_equal(svid_rpc_parse(&a, span_str("x 4294967296\n"), &rpc, &at), ERR_SYNTAX);
    assert_int_equal(svid_rpc_parse(&a, span_str(""), &rpc, &at), ERR_SYNTAX);
    arena_fini(&a);
}

static void test_read(void **state)
{
    (void)state;
    uint8_t mem[64];
    struct buf b;
    struct rpc_answer answer;
    buf_init(&b, mem, sizeof mem);
    buf_be32(&b, 77);
    buf_be32(&b, 1);
    buf_be32(&b, 0);
    buf_be32(&b, 0);
    buf_be32(&b, 3); // verifier of 3 bytes, padded
    buf_be32(&b, 0);
    buf_be32(&b, 2);
    buf_be32(&b, 2);
    buf_be32(&b, 4);
    for (size_t n = 0; n < buf_len(&b); n++)
        assert_int_equal(rpc_read(span_head(buf_span(&b), n), &answer), RPC_NONSENSE);
    assert_int_equal(rpc_read(buf_span(&b), &answer), RPC_AVAILABLE);
    assert_int_equal(answer.xid, 77);
    assert_int_equal(answer.low, 2);
    assert_int_equal(answer.high, 4);
    mem[27] = 1;
    assert_int_equal(rpc_read(buf_span(&b), &answer), RPC_UNAVAILABLE);
    mem[11] = 1; // denied
    assert_int_equal(rpc_read(buf_span(&b), &answer), RPC_NONSENSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grind),
        cmocka_unit_test(test_without),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
