// SPDX-License-Identifier: Apache-2.0
// svdb/re.h: what is refused, that the index never hides a match, limits, damaged bytes.
#include "check.h"

#include "base/limits.h"
#include "naive/re_draw.h"
#include "naive/re_naive.h"
#include "svdb/re_block.h"

struct fixture {
    struct arena arena;
    struct re_rule rules[256];
    uint32_t n;
    struct span index;
    struct re_set *set;
    struct re_scratch *scratch;
    struct re_naive *naive;
};

static void add(struct fixture *f, const char *regex, bool is_caseless, bool is_dotall)
{
    f->rules[f->n++] =
        (struct re_rule){arena_copy(&f->arena, span_str(regex)), is_caseless, is_dotall};
}

static void open_all(struct fixture *f)
{
    struct arena scratch;
    struct err_at at;
    arena_init(&scratch, "test");
    assert_int_equal(re_compile(&f->arena, &scratch, f->rules, f->n, &f->index), ERR_OK);
    arena_fini(&scratch);
    assert_int_equal(f->index.len % 8, 0);
    assert_int_equal(re_open(&f->arena, f->index, f->rules, f->n, &f->set, &at), ERR_OK);
    f->scratch = re_scratch_new(&f->arena, f->set);
    f->naive = re_naive_open(&f->arena, f->rules, f->n);
    assert_non_null(f->naive);
}

static void close_all(struct fixture *f)
{
    re_naive_close(f->naive);
    re_close(f->set);
    arena_fini(&f->arena);
}

// One rule, one subject.
static bool matches(const char *regex, struct span subject, struct re_hit *hit)
{
    static struct fixture f;
    f.n = 0;
    arena_init(&f.arena, "test");
    add(&f, regex, false, false);
    open_all(&f);
    re_scan(f.set, subject, f.scratch);
    const bool is_hit = re_first(f.set, f.scratch, 0, 1, hit);
    close_all(&f);
    return is_hit;
}

static void test_check(void **state)
{
    static const struct {
        const char *regex;
        uint32_t col; // 0: accepted
    } rows[] = {
        {"^SSH-([\\d.]+)-", 0},
        {"a|b", 0},
        {"a*", 1},
        {"^(?!x)", 1},
        {"x|", 1},
        {"", 1},
        {"ab(c", 5},
        {"ab[c", 5},
        {"*a", 1},
        {"a)", 2},
        {"a\\", 3},

        {"(?<=a+)b", 1},
        {"(*UTF)a", 7},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct re_rule rule = {span_str(rows[i].regex), false, false};
        struct err_at at = {0};
        const enum err e = re_check(&rule, &at);
        assert_int_equal(e, rows[i].col == 0 ? ERR_OK : ERR_SYNTAX);
        if (e == ERR_OK)
            continue;
        assert_int_equal(at.code, ERR_SYNTAX);
        assert_non_null(at.what);
        if (at.col != rows[i].col)
            print_message("%s: column %u\n", rows[i].regex, at.col);
        assert_int_equal(at.col, rows[i].col);
    }
}

static void test_groups(void **state)
{
    struct re_hit hit;
    (void)state;
    const struct span s = SPAN("220 mail ready\0x\r\n");
    assert_true(matches("^220 (\\w+) (?:(a)|(r\\w+))\\0(x)", s, &hit));
    assert_int_equal(hit.rule, 0);
    assert_int_equal(hit.n_groups, 5);
    assert_text(hit.group[0], "220 mail ready\0x");
    assert_text(hit.group[1], "mail");
    assert_true(span_is_absent(hit.group[2]));
    assert_text(hit.group[3], "ready");
    assert_text(hit.group[4], "x");
    assert_true(span_is_absent(hit.group[5]));
    assert_true(matches("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", SPAN("abcdefghijk"), &hit));
    assert_int_equal(hit.n_groups, RE_GROUPS);
    assert_text(hit.group[9], "i");
}

static void test_dialect(void **state)
{
    struct re_hit hit;
    (void)state;
    assert_false(matches("^b", SPAN("a\nb"), &hit)); // the subject's start alone
    assert_true(matches("a$", SPAN("a\n"), &hit));
    assert_false(matches("a$", SPAN("a\n\n"), &hit));
    assert_false(matches("a.b", SPAN("a\nb"), &hit));
    assert_true(matches("a.b", SPAN("a\rb"), &hit));
    assert_false(matches("\\w", SPAN("\xe9\xfc"), &hit)); // ASCII
    assert_false(matches("abc", (struct span){NULL, 0}, &hit));
    assert_false(matches("(?=a)|b", SPAN(""), &hit));
}

static void test_facts(void **state)
{
    static struct re_facts f;
    const struct re_rule rule = {SPAN("^HTTP/1\\.[01] (?:OK|No)\\r\\n.*Server: (A(?:b)c+)d?e{2}$"),
                                 false, true};
    (void)state;
    re_facts_of(&rule, &f);
    assert_int_equal(f.n, 5);
    assert_bytes(span_of(f.text + f.literal[0].from, f.literal[0].len), "HTTP/1.", 7);
    assert_int_equal(f.literal[0].at, 0);
    assert_bytes(span_of(f.text + f.literal[1].from, f.literal[1].len), " ", 1);
    assert_int_equal(f.literal[1].at, 8);
    assert_bytes(span_of(f.text + f.literal[2].from, f.literal[2].len), "\r\n", 2);
    assert_int_equal(f.literal[2].at, 11); // both alternatives have two bytes
    assert_bytes(span_of(f.text + f.literal[3].from, f.literal[3].len), "Server: Abc", 11);
    assert_int_equal(f.literal[3].at, RE_FLOATS);
    assert_bytes(span_of(f.text + f.literal[4].from, f.literal[4].len), "ee", 2);
    assert_int_equal(f.min_len, 26);
    assert_true(f.has_first);
    assert_true(re_has_byte(&f.first, 'H'));
    assert_false(re_has_byte(&f.first, 'h'));
}

// What has no facts, or none for part of it: all must be found all the same.
static void test_no_facts(void **state)
{
    static const char *const none[] = {
        "(?i)abcdef",   "(*CRLF)abcdef", "\\Qabc*\\Edef", "(?<n>abcdef)",
        "(a)(?1)bcdef", "a{,3}bcdef",    "^*abcdef",      "[[:alpha:]]bcdef",
        "(?x)a bcdef",  "\\x{61}bcdef",  "(?|a|b)bcdef",
    };
    static struct re_facts f;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        const struct re_rule rule = {span_str(none[i]), false, false};
        re_facts_of(&rule, &f);
        assert_int_equal(f.n, 0);
        assert_int_equal(f.min_len, 0);
        assert_false(f.has_first);
    }
}

// Expressions made of pieces at random, subjects drawn from them.
static const char *const pieces[] = {
    "a",
    "b",
    "ab",
    "abcd",
    "HTTP/1.1 ",
    "Server: ",
    "\\r\\n",
    ".",
    ".*",
    ".*?",
    "\\d",
    "\\w+",
    "[a-d]",
    "[^a]",
    "[^\\r\\n]+",
    "[]x]",
    "[\\x00-\\x1f]",
    "\\0",
    "\\x61",
    "(?:",
    "(",
    ")",
    ")?",
    ")*",
    ")+",
    "){2}",
    "|",
    "?",
    "*",
    "+",
    "{2}",
    "{0,2}",
    "{1,}",
    "{",
    "}",
    "(?=a",
    "(?!b",
    "(?<=a",
    "^",
    "$",
    "\\b",
    "\\1",
    "ABCD",
    "{2,3}?",
    "++",
    "[A]",
    "\\s",
    "\\R",
    "\\.",
    "\\[",
    "(?>",
    "\\W",
    "[-a]",
    "[\\d-]",
    "{0}",
    "\\Z",
};

static bool make_rule(struct fixture *f, struct rng *rng)
{
    char text[256] = "";
    if (rng_below(rng, 2) == 0)
        memcpy(text, "^", 2);
    int depth = 0;
    for (uint32_t n = 2 + rng_below(rng, 9); n > 0; n--) {
        const char *p = pieces[rng_below(rng, COUNT_OF(pieces))];
        depth += (p[0] == '(') - (p[0] == ')');
        strcat(text, p);
    }
    for (; depth > 0; depth--)
        strcat(text, ")");
    struct re_rule r = {span_str(text), rng_below(rng, 4) == 0, rng_below(rng, 2) == 0};
    if (re_check(&r, NULL) != ERR_OK)
        return false;
    add(f, text, r.is_caseless, r.is_dotall);
    return true;
}

static void assert_same(struct fixture *f, struct span subject, uint32_t lo, uint32_t hi)
{
    struct re_hit fast = {0}, slow = {0};
    const bool is_hit = re_first(f->set, f->scratch, lo, hi, &fast);
    const bool is_naive_hit = re_naive_first(f->naive, subject, lo, hi, &slow);
    if (is_hit != is_naive_hit || (is_hit && fast.rule != slow.rule))
        print_message("%s\n", f->rules[is_naive_hit ? slow.rule : fast.rule].regex.ptr);
    assert_int_equal(is_hit, is_naive_hit);
    if (!is_hit)
        return;
    assert_int_equal(fast.rule, slow.rule);
    assert_int_equal(fast.n_groups, slow.n_groups);
    for (uint32_t i = 0; i < slow.n_groups; i++) {
        assert_ptr_equal(fast.group[i].ptr, slow.group[i].ptr);
        assert_int_equal(fast.group[i].len, slow.group[i].len);
    }
}

static void test_random(void **state)
{
    static struct fixture f;
    static struct re_draw d;
    uint32_t n_hits = 0;
    (void)state;
    rng_seed(&d.rng, 3);
    for (int round = 0; round < 40; round++) {
        f.n = 0;
        arena_init(&f.arena, "test");
        while (f.n < 200)
            make_rule(&f, &d.rng);
        open_all(&f);
        for (uint32_t i = 0; i < f.n * 4; i++) {
            struct re_hit hit;
            re_draw_text(&d, &f.rules[i / 4]);
            if (i % 4 > 1)
                re_draw_damage(&d);
            re_scan(f.set, re_drawn(&d), f.scratch);
            assert_same(&f, re_drawn(&d), i / 4, i / 4 + 1);
            assert_same(&f, re_drawn(&d), 0, f.n);
            n_hits += re_naive_first(f.naive, re_drawn(&d), i / 4, i / 4 + 1, &hit);
        }
        close_all(&f);
    }
    assert_true(n_hits > 8000); // of 32000: the subjects are not idle
}

// Every rule that matches is found by asking for the next one.
static void test_walk(void **state)
{
    static struct fixture f;
    static const uint32_t expected[] = {0, 2, 3, 130};
    uint32_t lo = 0;
    struct re_hit hit;
    (void)state;
    f.n = 0;
    arena_init(&f.arena, "test");
    add(&f, "^abc", false, false);
    add(&f, "^abd", false, false);
    add(&f, "c", false, false);
    add(&f, "ABCDE", true, false);
    while (f.n < 130)
        add(&f, "^never", false, false);
    add(&f, "e$", false, false);
    open_all(&f);
    re_scan(f.set, SPAN("abcde"), f.scratch);
    for (size_t i = 0; i < COUNT_OF(expected); i++, lo = hit.rule + 1) {
        assert_true(re_first(f.set, f.scratch, lo, f.n, &hit));
        assert_int_equal(hit.rule, expected[i]);
    }
    assert_false(re_first(f.set, f.scratch, lo, f.n, &hit));
    assert_false(re_first(f.set, f.scratch, 4, 130, &hit));
    assert_false(re_first(f.set, f.scratch, 3, 3, &hit));
    assert_false(re_is_cut(f.scratch));
    close_all(&f);
}

// The match limit decides as it does without an index, also from many starts.
static void test_limits(void **state)
{
    static struct fixture f;
    static char text[20000];
    (void)state;
    f.n = 0;
    arena_init(&f.arena, "test");
    add(&f, "^(?:a+)+b", false, false);
    add(&f, "(?:a+)+$", false, false);
    add(&f, "^.*.*.*c", false, true);
    add(&f, "^(?:a|b)*d", false, false);
    add(&f, "a.{0,500}e", false, false);
    add(&f, "^a.*f", false, true);
    open_all(&f);
    for (size_t len = 10; len < sizeof text; len = len * 3 / 2) {
        memset(text, 'a', sizeof text);
        memcpy(text + len - 6, "bXcdef", 6);
        re_scan(f.set, span_of(text, len), f.scratch);
        for (uint32_t i = 0; i < f.n; i++)
            assert_same(&f, span_of(text, len), i, i + 1);
        assert_false(re_is_cut(f.scratch));
    }
    close_all(&f);
}

// Many rules that would all take their limit.
static void test_budget(void **state)
{
    static struct fixture f;
    static char text[LIMIT_SERVICE_READ];
    struct re_hit hit;
    (void)state;
    f.n = 0;
    arena_init(&f.arena, "test");
    while (f.n < 200)
        add(&f, "^.*a.*b.*cd(?!e)", false, true);
    open_all(&f);
    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 4, "bcde", 4);
    re_scan(f.set, span_of(text, sizeof text), f.scratch);
    assert_false(re_first(f.set, f.scratch, 0, f.n, &hit));
    assert_true(re_is_cut(f.scratch));
    re_scan(f.set, SPAN("aabcd"), f.scratch);
    assert_false(re_is_cut(f.scratch));
    assert_true(re_first(f.set, f.scratch, 0, f.n, &hit));
    close_all(&f);
}

static void test_damaged(void **state)
{
    static struct fixture f;
    struct re_set *set;
    struct err_at at;
    (void)state;
    f.n = 0;
    arena_init(&f.arena, "test");
    add(&f, "^abcdefgh.*ijklmnop", false, false);
    add(&f, "^x", false, false);
    open_all(&f);
    for (size_t len = 0; len < f.index.len; len += 8)
        assert_int_not_equal(re_open(&f.arena, span_head(f.index, len), f.rules, f.n, &set, &at),
                             ERR_OK);
    assert_int_equal(re_open(&f.arena, f.index, f.rules, f.n + 1, &set, &at), ERR_RANGE);
    char *bytes = arena_alloc(&f.arena, f.index.len);
    memcpy(bytes, f.index.ptr, f.index.len);
    struct re_head *h = (struct re_head *)(void *)bytes;
    struct re_key *keys =
        (struct re_key *)(void *)(bytes + sizeof *h + f.n * sizeof(struct re_rule_facts) +
                                  h->n_lits * sizeof(struct re_lit));
    assert_int_equal(h->n_keys, 1);
    keys->from = 100;
    assert_int_equal(re_open(&f.arena, span_of(bytes, f.index.len), f.rules, f.n, &set, &at),
                     ERR_RANGE);
    assert_int_equal(at.code, ERR_RANGE);
    close_all(&f);
}

static void test_none(void **state)
{
    static struct fixture f;
    struct re_hit hit;
    (void)state;
    f.n = 0;
    arena_init(&f.arena, "test");
    open_all(&f);
    re_scan(f.set, SPAN("anything"), f.scratch);
    assert_false(re_first(f.set, f.scratch, 0, 10, &hit));
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),    cmocka_unit_test(test_groups),
        cmocka_unit_test(test_dialect),  cmocka_unit_test(test_facts),
        cmocka_unit_test(test_no_facts), cmocka_unit_test(test_random),
        cmocka_unit_test(test_walk),     cmocka_unit_test(test_limits),
        cmocka_unit_test(test_budget),   cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
