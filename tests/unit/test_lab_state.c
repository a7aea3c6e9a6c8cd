// SPDX-License-Identifier: Apache-2.0
// The generators of simulated hosts, seen through their replies: sequence numbers, timestamps and
// identifications have the attributes they were made from (os-detection specification 3.2 - 3.5).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "lab_probes.h"

struct sequence {
    uint32_t isn[6];
    uint32_t ts[6];
    uint16_t id[6];
};

static void run_sequence(struct personality_state *s, struct sequence *q)
{
    struct exchange x;
    for (int i = 0; i < 6; i++) {
        ask_tcp(s, i, 7000000000u + (uint64_t)i * 100000000u, &x);
        assert_int_equal(x.n, 1);
        q->isn[i] = x.reply.tcp.seq;
        q->id[i] = x.reply.ip4.id;
        struct cur c = cur_of(x.reply.tcp.options.ptr, x.reply.tcp.options.len);
        struct tcp_opt o;
        bool bad = false;
        q->ts[i] = 0;
        while (tcp_opt_next(&c, &o, &bad))
            if (o.kind == TCP_OPT_TS) {
                struct cur body = cur_of(o.body.ptr, o.body.len);
                q->ts[i] = cur_be32(&body);
            }
    }
}

static uint32_t gcd32(uint32_t a, uint32_t b)
{
    return b == 0 ? a : gcd32(b, a % b);
}

// Specification 3.2 with exact spacing.
static void measure(const struct sequence *q, uint32_t *sp, uint32_t *gcd, uint32_t *isr)
{
    double r[5], a = 0, sum = 0;
    *gcd = 0;
    for (int i = 0; i < 5; i++) {
        const uint32_t up = q->isn[i + 1] - q->isn[i];
        const uint32_t d = up < 0u - up ? up : 0u - up;
        *gcd = gcd32(d, *gcd);
        r[i] = d * 10.0;
        a += r[i] / 5;
    }
    *sp = *isr = 0;
    if (*gcd == 0)
        return;
    const double g = *gcd > 9 ? *gcd : 1;
    for (int i = 0; i < 5; i++)
        sum += (r[i] / g - a / g) * (r[i] / g - a / g);
    const double dev = sqrt(sum / 4);
    *isr = (uint32_t)floor(8 * log2(a) + 0.5);
    *sp = dev <= 1 ? 0 : (uint32_t)floor(8 * log2(dev) + 0.5);
}

static void test_isn(void **state)
{
    (void)state;
    static const struct {
        uint32_t sp, gcd, isr;
    } wanted[] = {
        {0x106, 1, 0x10C},    {0, 0x3039, 0x87}, {0, 0, 0},       {0x104, 2, 0x108},
        {0x26, 0xFA00, 0xA8}, {0x72, 10, 0x8C},  {0x8C, 9, 0x8A}, {0xC8, 1, 0xD0},
        {0x30, 1, 0x60},      {0xFF, 6, 0x105},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct personality p;
        struct personality_state s;
        struct sequence q;
        uint32_t sp, gcd, isr;
        load(&p, linux_text);
        isn_plan(&p.isn, wanted[i].sp, wanted[i].gcd, wanted[i].isr);
        personality_start(&s, &p, i);
        for (size_t k = 0; k < i; k++) // wherever the scanner starts to look
            (void)state_isn(&s, 0);
        run_sequence(&s, &q);
        measure(&q, &sp, &gcd, &isr);
        assert_int_equal(gcd, wanted[i].gcd);
        assert_in_range(sp + 2, wanted[i].sp + 1, wanted[i].sp + 3);
        assert_in_range(isr + 2, wanted[i].isr + 1, wanted[i].isr + 3);
    }
}

static void test_clock(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        double least, most;
    } wanted[] = {
        {"SEQ(TS=A)", 900, 1100},  {"SEQ(TS=7)", 90, 110},  {"SEQ(TS=8)", 180, 220},
        {"SEQ(TS=1)", 1, 5},       {"SEQ(TS=9)", 480, 540}, {"SEQ(TS=0)", 0, 0},
        {"SEQ(TS=20)", 1e6, 1e12}, {"SEQ(TI=I)", 0, 0},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct personality p;
        struct personality_state s;
        struct sequence q;
        load(&p, linux_text);
        assert_int_equal(personality_parse(span_str(wanted[i].line), &p, NULL), ERR_OK);
        personality_start(&s, &p, 9);
        run_sequence(&s, &q);
        const double f = fabs((double)q.ts[5] - (double)q.ts[0]) / 0.5;
        assert_true(f >= wanted[i].least && f <= wanted[i].most);
        assert_int_equal(q.ts[0] == 0, i == 5);
    }
}

// Specification 3.3 for samples without wrap.
static const char *id_class(const uint16_t *id, int n)
{
    bool zero = true, same = true, ri = false, bi = true, even = true, small = true;
    for (int i = 0; i + 1 < n; i++) {
        const uint32_t x = (uint32_t)id[i + 1] - id[i];
        const uint16_t d = (uint16_t)x;
        if (n > 2 && x > 20000)
            return "RD";
        zero = zero && id[i] == 0 && id[i + 1] == 0;
        same = same && d == 0;
        ri = ri || (d > 1000 && (d % 256 != 0 || d >= 25600));
        bi = bi && d % 256 == 0 && d <= 5120;
        even = even && d % 2 == 0;
        small = small && d < 10;
    }
    return zero ? "Z" : same ? "constant" : ri ? "RI" : bi ? "BI" : even || small ? "I" : "none";
}

static void test_ids(void **state)
{
    (void)state;
    static const char *const kinds[][2] = {
        {"TI=Z", "Z"},   {"TI=I", "I"},    {"TI=BI", "BI"},          {"TI=RI", "RI"},
        {"TI=RD", "RD"}, {"CI=I", "none"}, {"TI=5%CI=I", "constant"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char line[64];
        struct buf b;
        struct personality p;
        struct personality_state s;
        struct sequence q;
        buf_init(&b, line, sizeof line);
        buf_str(&b, "SEQ(");
        buf_str(&b, kinds[i][0]);
        buf_str(&b, ")");
        load(&p, linux_text);
        assert_int_equal(personality_parse(buf_span(&b), &p, NULL), ERR_OK);
        personality_start(&s, &p, i);
        run_sequence(&s, &q);
        assert_string_equal(id_class(q.id, 6), kinds[i][1]);
    }
}

static void test_shared_ids(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        struct personality p;
        struct personality_state s;
        struct sequence q;
        struct exchange x;
        struct buf b;
        load(&p, linux_text);
        assert_int_equal(personality_parse(shared ? SPAN("SEQ(TI=I%CI=I%II=I%SS=S)")
                                                  : SPAN("SEQ(TI=I%CI=I%II=I%SS=O)"),
                                           &p, NULL),
                         ERR_OK);
        personality_start(&s, &p, 5);
        run_sequence(&s, &q);
        buf_init(&b, x.sent, sizeof x.sent);
        ask(&s, build_echo(0, &b), 8000000000u, &x);
        assert_int_equal(x.reply.ip4.id < q.id[5] + 3, shared);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_isn),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_shared_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
