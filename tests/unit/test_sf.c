// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "check.h"
#include "saved/sf.h"

#define HEAD "SF-Port7001-TCP:V=7.93%I=7%D=11/20%Time=6A1B2C3D%P=x86_64-pc-linux-gnu"
#define ONE "%r(NULL,5,\"a\\x20\\0b\\\"\")"

static struct arena a;
static struct sf_finder *finder;
static char text[1 << 16];
static struct buf out;

// "LINE PORT-PROTO tls I| NAME:LEN:hex ..." or "LINE damage at LINE: WHAT".
static void on_found(void *ctx, const struct sf_found *f)
{
    (void)ctx;
    buf_dec(&out, f->line);
    if (f->damage) {
        buf_str(&out, " damage at ");
        buf_dec(&out, f->damage_line);
        buf_str(&out, ": ");
        buf_str(&out, f->damage);
    } else {
        buf_char(&out, ' ');
        buf_dec(&out, f->port);
        buf_char(&out, '-');
        buf_bytes(&out, f->proto);
        buf_str(&out, f->is_tls ? " tls " : " ");
        buf_dec(&out, f->intensity);
    }
    for (uint32_t i = 0; i < f->n_replies; i++) {
        buf_str(&out, " ");
        buf_bytes(&out, f->replies[i].probe);
        buf_char(&out, ':');
        buf_dec(&out, f->replies[i].whole_len);
        buf_char(&out, ':');
        for (size_t k = 0; k < f->replies[i].bytes.len; k++)
            buf_hex_pad(&out, (uint8_t)f->replies[i].bytes.ptr[k], 2);
    }
    buf_char(&out, '\n');
}

static void check_found(const char *input, const char *want)
{
    const struct span all = span_str(input);
    for (size_t step = 1; step <= 40; step++) {
        struct span rest = all;
        buf_init(&out, text, sizeof text);
        for (; rest.len > 0; rest = span_from(rest, step == 40 ? all.len : step))
            sf_finder_feed(finder, span_head(rest, step == 40 ? all.len : step));
        sf_finder_end(finder);
        const struct span got = buf_span(&out);
        assert_int_equal(got.len, strlen(want));
        assert_memory_equal(got.ptr, want, got.len);
    }
}

static void test_plain(void **state)
{
    (void)state;
    check_found(HEAD ONE ";\n", "1 7001-TCP 7 NULL:5:6120006222\n");
    check_found("x\nSF-Port53-UDP:V=1%T=SSL%I=9%r(A,FFF,\"\\r\\n\\t\\\\\\.&amp;\")%r(B,0,\"\");",
                "2 53-UDP tls 9 A:4095:0D0A095C2E26616D703B B:0:\n");
    check_found("no fingerprint; SF-Por SF:Port\n", "");
}

static void test_wrapped(void **state)
{
    (void)state;
    check_found("> SF-Port1-TCP:V=7%I=0%r(GetReq\r\n> SF:uest,3,\"a;\\x\r\n> SF:41\");\r\n",
                "1 1-TCP 0 GetRequest:3:613B41\n");
    check_found("SF-Port1-TCP:V=7%r(A,1,\"a\n\nSF-Port2-TCP:V=7%I=1;\n",
                "1 damage at 2: the rest of this service fingerprint is missing\n"
                "3 2-TCP 1\n");
}

static void test_xml(void **state)
{
    (void)state;
    check_found("<service servicefp=\"SF-Port1-TCP:V=7%r(A,2,&quot;&lt;\\&quot;\\x41"
                "&quot;);\" method=\"x\"/>",
                "1 1-TCP 0 A:2:3C2241\n");
}

static void test_json(void **state)
{
    (void)state;
    check_found("{\"fingerprint\": \"SF-Port1-TCP:V=7%r(A,2,\\\"\\\\\\\"&lt;\\\\x41\\\");\"}",
                "1 1-TCP 0 A:2:22266C743B41\n");
}

static void test_damage(void **state)
{
    (void)state;
    static const char damaged[] = "1 damage at 1: this service fingerprint is damaged\n";
    check_found("SF-Port99999-TCP:V=7;", damaged);
    check_found("SF-Port1;", damaged);
    check_found("SF-Port1-TCP:V=7%r(A);", damaged);
    check_found("SF-Port1-TCP:V=7%r(A,5,\"\\xZZ\");", damaged);
    check_found("SF-Port1-TCP:V=7%r(A,5,\"x\");", "1 1-TCP 0 A:5:78\n");
    check_found("SF-Port1-TCP:V=7%r(A,5,\"x\"", "1 damage at 1: the rest of this service "
                                                "fingerprint is missing\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_wrapped), cmocka_unit_test(test_xml),
        cmocka_unit_test(test_json),  cmocka_unit_test(test_damage),
    };
    arena_init(&a, "test");
    finder = sf_finder_new(&a, on_found, NULL);
    const int rc = cmocka_run_group_tests(tests, NULL, NULL);
    arena_fini(&a);
    return rc;
}
