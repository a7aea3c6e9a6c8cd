// SPDX-License-Identifier: Apache-2.0
// Which rule is found: within one file as the reference scanner finds it, over several files as
// svdb.h says (specification 2.4, 7.5).
#include "svdb_load.h"

#define BASE                 \
    "Probe TCP NULL q||\n"   \
    "match null m|^N|\n"     \
    "softmatch soft m|^S|\n" \
    "match hidden m|^SS|\n"  \
    "Probe TCP P q|p|\n"     \
    "fallback F,G\n"         \
    "softmatch p m|^P|\n"    \
    "Probe TCP F q|f|\n"     \
    "fallback P2\n"          \
    "match f m|^[FP]|\n"     \
    "Probe UDP G q|g|\n"     \
    "match g m|^G|\n"        \
    "Probe TCP P2 q|2|\n"    \
    "match p2 m|^2|\n"

static void test_chain(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, BASE);
    assert_string_equal(l.errors, "");
    assert_int_equal(load_find(&l, "NULL", SPAN("N"), NULL), 2);
    assert_int_equal(load_find(&l, "NULL", SPAN("P"), NULL), 0);
    assert_int_equal(load_find(&l, "P", SPAN("N"), NULL), 2);
    assert_int_equal(load_find(&l, "P", SPAN("P"), NULL), -7); // a soft hit ends the search
    assert_int_equal(load_find(&l, "P", SPAN("F"), NULL), 10);
    assert_int_equal(load_find(&l, "P", SPAN("G"), NULL), 12); // of any protocol
    assert_int_equal(load_find(&l, "P", SPAN("2"), NULL), 0);  // no fallback of a fallback
    assert_int_equal(load_find(&l, "F", SPAN("2"), NULL), 14);
    assert_int_equal(load_find(&l, "P", SPAN("SS"), NULL), -3);
    struct svdb_hit hit;
    const uint32_t g = load_probe(&l, SVDB_UDP, "G");
    assert_false(svdb_find(l.db, g, SPAN("N"), l.scratch, &hit)); // UDP does not ask NULL
    assert_true(svdb_find(l.db, g, SPAN("G"), l.scratch, &hit));
    load_fini(&l);
}

static void test_sources(void **state)
{
    (void)state;
    struct load l;
    uint32_t source = 9;
    load_text(&l, "Probe TCP first q|p|\nrarity 3\nports 1\ntotalwaitms 100\n"
                  "softmatch own m|^[PQ]|\nProbe UDP none q||\nmatch own m|^[NX]|\n");
    load_more(&l, "base", SPAN(BASE));
    load_more(&l, "last",
              SPAN("Probe TCP p q|\\x70|\nrarity 2\nports 2\ntotalwaitms 9000\n"
                   "match last m|^[PS]|\nmatch last m|^Q|\n"));
    assert_string_equal(l.errors, "");
    assert_int_equal(svdb_n_probes(l.db), 5);
    const uint32_t p = load_probe(&l, SVDB_TCP, "first");
    assert_int_equal(load_probe(&l, SVDB_TCP, "P"), p); // under each of its names
    assert_int_equal(load_probe(&l, SVDB_TCP, "p"), p);
    const struct svdb_probe probe = svdb_probe_at(l.db, p);
    assert_text(probe.name, "first");
    assert_int_equal(probe.rarity, 2);
    assert_int_equal(probe.total_wait_ms, 9000);
    assert_int_equal(probe.n_rules, 4);
    assert_true(svdb_lists_port(l.db, p, 1) && svdb_lists_port(l.db, p, 2));
    assert_text(svdb_probe_at(l.db, (uint32_t)svdb_null_probe(l.db)).name, "none");
    // Hard hits in the order of files; a soft one only if no file has a hard one.
    assert_int_equal(load_find(&l, "P", SPAN("N"), &source), 7);
    assert_int_equal(source, 0);
    assert_int_equal(load_find(&l, "P", SPAN("P"), &source), 5);
    assert_int_equal(source, 2);
    assert_int_equal(load_find(&l, "P", SPAN("S"), &source), 5);
    assert_int_equal(source, 2);
    assert_int_equal(load_find(&l, "F", SPAN("S"), &source), -3);
    assert_int_equal(source, 1);
    assert_int_equal(load_find(&l, "NULL", SPAN("X"), &source), 7);
    load_fini(&l);
}

// The same probe twice in a file: one list, in the order of lines.
static void test_twice(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, "Probe TCP a q|x|\nmatch a m|^1|\nProbe TCP b q|y|\nmatch b m|^.|\n"
                  "Probe TCP c q|x|\nmatch c m|^[12]|\n");
    assert_int_equal(svdb_n_probes(l.db), 2);
    assert_int_equal(load_find(&l, "c", SPAN("1"), NULL), 2);
    assert_int_equal(load_find(&l, "a", SPAN("2"), NULL), 6);
    assert_int_equal(svdb_rule_at(l.db, 1).line, 6);
    load_fini(&l);
}

static void test_groups(void **state)
{
    (void)state;
    struct load l;
    struct svdb_hit hit;
    const struct span text = SPAN("abc\0d");
    load_text(&l, "Probe TCP NULL q||\nmatch a m|(b)(x)?(c.)()|\n");
    assert_true(svdb_find(l.db, 0, text, l.scratch, &hit));
    assert_int_equal(hit.n_groups, 5);
    assert_text(hit.group[0], "bc\0");
    assert_ptr_equal(hit.group[1].ptr, text.ptr + 1);
    assert_null(hit.group[2].ptr);
    assert_text(hit.group[3], "c\0");
    assert_true(hit.group[4].ptr && hit.group[4].len == 0);
    load_fini(&l);
}

#define FOREIGN                                                    \
    "Probe TCP NULL q||\n"                                         \
    "Probe TCP A q|a|\n"                                           \
    "match a m|^Welcome to Foobar (\\d)| p/Foobar daemon/ v/$1/\n" \
    "match a m|^Welcome, this is a server| p/Server/\n"            \
    "match a m|^Welcome to (\\w+) of some kind| p/$1/\n"           \
    "match a m|^Baz| p/Baz/\n"                                     \
    "softmatch a m|^Welcome to Frobnicator| p/Frobnicator/\n"      \
    "match a m|^\\0\\x01 Quuxserver v1| p/Quuxserver/\n"           \
    "match a m|^Hello from Quuxserver| i/no product/\n"            \
    "Probe TCP B q|b|\n"                                           \
    "Probe UDP C q|c|\n"

// Only an answer that names its product is believed without its question.
static void test_foreign(void **state)
{
    (void)state;
    struct load l;
    struct svdb_hit hit;
    load_text(&l, FOREIGN);
    const uint32_t a = load_probe(&l, SVDB_TCP, "A");
    const uint32_t b = load_probe(&l, SVDB_TCP, "B");
    const uint32_t c = load_probe(&l, SVDB_UDP, "C");
    const struct span foobar = SPAN("Welcome to Foobar 3");
    assert_false(svdb_find(l.db, b, foobar, l.scratch, &hit));
    assert_true(svdb_find_foreign(l.db, b, foobar, l.scratch, &hit));
    assert_true(hit.is_foreign && !hit.is_soft && hit.probe == a);
    assert_text(hit.group[1], "3");
    assert_true(svdb_find_foreign(l.db, c, foobar, l.scratch, &hit));
    assert_false(svdb_find_foreign(l.db, a, foobar, l.scratch, &hit)); // its own list
    static const struct span never[] = {
        SPAN("Welcome, this is a server"), SPAN("Welcome to X of some kind"), SPAN("Baz"),
        SPAN("Welcome to Frobnicator"), SPAN("Hello from Quuxserver")};
    for (size_t i = 0; i < COUNT_OF(never); i++)
        assert_false(svdb_find_foreign(l.db, b, never[i], l.scratch, &hit));
    const struct span binary = SPAN("\0\x01 Quuxserver v1");
    assert_true(svdb_find_foreign(l.db, b, binary, l.scratch, &hit));
    assert_false(svdb_find_foreign(l.db, c, binary, l.scratch, &hit));
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain),  cmocka_unit_test(test_sources), cmocka_unit_test(test_twice),
        cmocka_unit_test(test_groups), cmocka_unit_test(test_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
