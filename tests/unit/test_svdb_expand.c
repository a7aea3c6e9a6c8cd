// SPDX-License-Identifier: Apache-2.0
// Templates (specification 1.8): the vectors of its table, and what is left open there.
#include "svdb_load.h"

enum { PRODUCT, VERSION, EXTRA, HOSTNAME, OS, DEVICE, CPE_A, CPE_H, CPE_O, FIELDS };

static struct load l;
static struct svdb_fields fields;

// The capture is the whole answer, as group 1.
static void expand(const char *templates, struct span capture)
{
    static char text[2048];
    struct svdb_hit hit;
    struct buf b;
    if (l.db)
        load_fini(&l);
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Probe TCP NULL q||\nmatch s m|^(.+)$|s ");
    buf_str(&b, templates);
    buf_str(&b, "\n");
    load_span(&l, buf_span(&b));
    assert_string_equal(l.errors, "");
    assert_true(svdb_find(l.db, 0, capture, l.scratch, &hit));
    svdb_expand(&l.arena, l.db, &hit, &fields);
}

static struct span field(int i)
{
    const struct span all[FIELDS] = {fields.product,  fields.version, fields.extra,
                                     fields.hostname, fields.os,      fields.device,
                                     fields.cpe[0],   fields.cpe[1],  fields.cpe[2]};
    return all[i];
}

static void check(int i, const char *expected)
{
    const struct span have = field(i);
    if (expected)
        assert_true(have.ptr && span_eq(have, span_str(expected)));
    else
        assert_null(have.ptr);
    assert_int_equal(fields.failed >> (i + 1) & 1, 0);
}

static void check_failed(int i)
{
    assert_null(field(i).ptr);
    assert_int_equal(fields.failed >> (i + 1) & 1, 1);
}

// n times c fits, one more does not.
static void check_limit(const char *template, int i, size_t n, const char *end)
{
    char text[400];
    memset(text, 'A', sizeof text);
    expand(template, span_of(text, n));
    assert_int_equal(field(i).len, n + strlen(end));
    assert_memory_equal(field(i).ptr + n, end, strlen(end));
    expand(template, span_of(text, n + 1));
    check_failed(i);
}

static void test_limits(void **state)
{
    (void)state;
    check_limit("p/$1/", PRODUCT, 78, "");
    check_limit("p/$1z/", PRODUCT, 78, "z");
    check_limit("v/$1/", VERSION, 78, "");
    check_limit("h/$1/", HOSTNAME, 78, "");
    check_limit("i/$1/", EXTRA, 254, "");
    check_limit("i/$1x/", EXTRA, 254, "x");
    check_limit("o/$1/", OS, 30, "");
    check_limit("d/$1/", DEVICE, 30, "");
    expand("d/0123456789012345678901234567890/ o/01234567890123456789012345678901/", SPAN("x"));
    check(DEVICE, "0123456789012345678901234567890");
    check_failed(OS);
}

static void test_text(void **state)
{
    (void)state;
    expand("p/Prod, / v/$1/", SPAN("1.2 ,, "));
    check(PRODUCT, "Prod");
    check(VERSION, "1.2");
    expand("p/$1/ v/$1z/", SPAN("ab\0cd"));
    check(PRODUCT, "ab");
    check(VERSION, "abz");
    expand("p/$1/", SPAN("ab\x01\xe9\x7f\tcd"));
    check(PRODUCT, "ab....cd");
    expand("p|a/b| v=1/2=", SPAN("x"));
    check(PRODUCT, "a/b");
    check(VERSION, "1/2");
    expand("v/1/ p/x/ v/2/", SPAN("x"));
    check(VERSION, "2");
    expand("p// v/ , /", SPAN("x"));
    check(PRODUCT, NULL);
    check(VERSION, NULL);
    expand("p/$10/", SPAN("x"));
    check(PRODUCT, "x0");
}

static void test_functions(void **state)
{
    (void)state;
    expand("p/$P(1)/", SPAN("W\0O\0R\x01\xe9K\0"));
    check(PRODUCT, "WORK");
    expand("p/$SUBST(1,\"_\",\".\")/ v/$SUBST(1,\"aa\",\"b\")/ i/$SUBST( 0x1 , \"_\" ,\"\" )/",
           SPAN("1_2_aaa_3"));
    check(PRODUCT, "1.2.aaa.3");
    check(VERSION, "1_2_ba_3");
    check(EXTRA, "12aaa3");
    expand("p/$I(1,\">\")/ v/$I(1,\"<\")/ i/$I(01, \"<\")/", SPAN("\x01\x02\x03"));
    check(PRODUCT, "66051");
    check(VERSION, "197121");
    check(EXTRA, "197121");
    expand("p/$I(1,\">\")/", SPAN("\xff\xff\xff\xff\xff\xff\xff\xff"));
    check(PRODUCT, "18446744073709551615");
    expand("p/$SUBST(1,\"\\x41\\n\",\"b\")/", SPAN("xA\ny"));
    check(PRODUCT, "xby");
}

static void test_failures(void **state)
{
    (void)state;
    static const char *const bad[] = {"$2",
                                      "$0",
                                      "$$1",
                                      "$x",
                                      "cost $",
                                      "$I(1,\">\")",
                                      "$I(1)",
                                      "$I(1,\"x\")",
                                      "$P(2)",
                                      "$P(0)",
                                      "$P(\"1\")",
                                      "$P(1",
                                      "$P(1,2)",
                                      "$Q(1)",
                                      "$SUBST(1)",
                                      "$P()",
                                      "$P(99)",
                                      "$SUBST(1,\"a\",2)",
                                      "$P(1 2)",
                                      "$I(1,\"\")",
                                      "$P(08)",
                                      "$P(0x)",
                                      "$SUBST(1,\"\",\"x\")",
                                      "$SUBST(1,\"\\\"\",\"x\")",
                                      "$ABCDEFGHIJKLMNOP(1)"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char text[128] = "";
        struct buf b;
        buf_init(&b, text, sizeof text - 1);
        buf_str(&b, "p/x/ v|");
        buf_str(&b, bad[i]);
        buf_str(&b, "| i/keep/");
        expand(text, SPAN("123456789"));
        check(PRODUCT, "x");
        check_failed(VERSION);
        check(EXTRA, "keep");
    }
}

static void test_cpe(void **state)
{
    (void)state;
    expand("cpe:/a:v:first/ cpe:/a:v:second:$1/ cpe:/o:X:Y/a cpe:/h:h/",
           SPAN("Foo Bar:1/2-3_~\\A"));
    check(CPE_A, "cpe:/a:v:second:foo_bar%3A1%2F2-3_~\\a");
    check(CPE_O, "cpe:/o:X:Y");
    check(CPE_H, "cpe:/h:h");
    expand("cpe:/z:x/ cpe:|a:b/c|", SPAN("x"));
    check(CPE_A, "cpe:/a:b/c");
    check(CPE_O, NULL);
    expand("cpe:/a:ok/ cpe:/a:$2/ cpe:/o:$1/", SPAN("#[?]"));
    assert_text(fields.cpe[0], "cpe:/a:ok");
    assert_int_equal(fields.failed, 1u << 7);
    check(CPE_O, "cpe:/o:%23%5B%3F%5D");
}

static int fini(void **state)
{
    (void)state;
    load_fini(&l);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),    cmocka_unit_test(test_text),
        cmocka_unit_test(test_functions), cmocka_unit_test(test_failures),
        cmocka_unit_test(test_cpe),
    };
    return cmocka_run_group_tests(tests, NULL, fini);
}
