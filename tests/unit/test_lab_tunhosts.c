// SPDX-License-Identifier: Apache-2.0
// The parts of lab/netns/tunhosts that need no device.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "builtin/builtin.h"
#include "lab/netns/tunhosts/crowd.h"
#include "lab/netns/tunhosts/delay.h"

enum { FIRST = 0x0A400000, US = 0x0AFFFFFE, SECOND_MS = 1000 };

static const uint64_t ms = 1000000;

static void load(struct arena *a, const char *keys, struct refs *out)
{
    struct err_at at = {0};
    assert_int_equal(refs_load(a, "os.db", builtin_os_db, span_str(keys), out, &at), ERR_OK);
    assert_true(out->n > 10);
}

static void put_syn(uint32_t host, uint16_t port, uint8_t mem[64], struct frame *f)
{
    struct buf b;
    const struct tcp_hdr tcp = {.sport = 4000,
                                .dport = port,
                                .seq = 1,
                                .flags = TCP_SYN,
                                .options = SPAN(""),
                                .payload = SPAN("")};
    const struct ip4_hdr ip = {.total_len = IP4_HDR_LEN + TCP_HDR_LEN,
                               .ttl = 60,
                               .proto = IP4_TCP,
                               .src = US,
                               .dst = host};
    buf_init(&b, mem, 64);
    ip4_encode(&b, &ip);
    tcp_encode(&b, &tcp, ip.src, ip.dst);
    *f = (struct frame){0};
    assert_int_equal(frame_decode(LINK_RAW, buf_span(&b), f), ERR_OK);
}

static uint32_t ask(struct crowd *c, uint32_t host, uint16_t port, uint64_t now_ns)
{
    uint8_t mem[64], reply[PERS_REPLIES][PERS_REPLY_MAX];
    struct buf out[PERS_REPLIES];
    struct frame f;
    put_syn(host, port, mem, &f);
    for (int i = 0; i < PERS_REPLIES; i++)
        buf_init(&out[i], reply[i], PERS_REPLY_MAX);
    return crowd_answer(c, &f, now_ns, out);
}

static void test_delay_order(void **state)
{
    (void)state;
    struct delay *d = delay_open();
    struct delay_item item;
    struct rng r;
    uint64_t last = 0;
    rng_seed(&r, 3);
    assert_non_null(d);
    assert_true(delay_when(d) == UINT64_MAX);
    for (int i = 0; i < 1000; i++)
        assert_true(delay_put(d, 1 + rng_below(&r, 500), i % 2, SPAN("packet")));
    assert_false(delay_next(d, 0, &item));
    for (int i = 0; i < 1000; i++) {
        assert_true(delay_next(d, 500, &item));
        assert_true(item.at_ns >= last);
        assert_true(span_eq(item.bytes, SPAN("packet")));
        last = item.at_ns;
    }
    assert_false(delay_next(d, 500, &item));
    delay_close(d);
}

static void test_delay_full(void **state)
{
    (void)state;
    struct delay *d = delay_open();
    struct delay_item item;
    for (int i = 0; i < DELAY_PACKETS; i++)
        assert_true(delay_put(d, (uint64_t)(DELAY_PACKETS - i), false, SPAN("x")));
    assert_false(delay_put(d, 1, false, SPAN("x")));
    assert_true(delay_next(d, 1, &item));
    assert_true(delay_put(d, 1, false, SPAN("x")));
    delay_close(d);
}

static void test_reset_limit(void **state)
{
    (void)state;
    struct arena a;
    struct refs refs;
    arena_init(&a, "test");
    load(&a, "open = 80", &refs);
    const struct crowd_config cfg = {
        .first = FIRST, .n = 4, .seed = 1, .up_ppm = 1000000, .rst = {20, 5}};
    struct crowd *c = crowd_open(&cfg, &refs);
    uint32_t n_rst = 0, n_open = 0;
    for (uint64_t t = 0; t < SECOND_MS; t++) {
        n_rst += ask(c, FIRST, 81, 1000 * ms + t * ms);
        n_open += ask(c, FIRST, 80, 1000 * ms + t * ms);
    }
    assert_in_range(n_rst, 20, 26);
    assert_int_equal(n_open, SECOND_MS);
    assert_int_equal(ask(c, FIRST + 1, 81, 1000 * ms), 1); // others have limits of their own
    assert_int_equal(ask(c, FIRST + 4, 80, 1000 * ms), 0); // behind the last
    crowd_close(c);
    arena_fini(&a);
}

static void test_shares(void **state)
{
    (void)state;
    struct arena a;
    struct refs refs;
    uint32_t n_up = 0, n_lost = 0;
    arena_init(&a, "test");
    load(&a, "", &refs);
    const struct crowd_config cfg = {
        .first = FIRST, .n = CROWD_MAX, .seed = 7, .up_ppm = 250000, .loss_ppm = 50000};
    struct crowd *c = crowd_open(&cfg, &refs);
    for (uint32_t i = 0; i < 100000; i++) {
        n_up += crowd_has(c, FIRST + i);
        n_lost += crowd_loses(c);
        assert_true(crowd_ref(c, FIRST + i) < refs.n);
    }
    assert_in_range(n_up, 24500, 25500);
    assert_in_range(n_lost, 4700, 5300);
    crowd_close(c);
    arena_fini(&a);
}

static void test_choose(void **state)
{
    (void)state;
    struct arena a;
    struct refs refs;
    char text[32];
    struct buf b;
    arena_init(&a, "test");
    load(&a, "", &refs);
    const struct refs_label third = refs.label[2];
    buf_init(&b, text, sizeof text);
    buf_dec(&b, third.line);
    assert_false(refs_choose(&refs, SPAN("1")));
    assert_true(refs_choose(&refs, buf_span(&b)));
    assert_int_equal(refs.n, 1);
    assert_true(span_eq(refs.label[0].name, third.name));
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delay_order), cmocka_unit_test(test_delay_full),
        cmocka_unit_test(test_reset_limit), cmocka_unit_test(test_shares),
        cmocka_unit_test(test_choose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
