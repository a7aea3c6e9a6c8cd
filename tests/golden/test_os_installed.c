// SPDX-License-Identifier: Apache-2.0
// The database of an installed reference scanner, if there is one: it loads without an error,
// and each reference, turned into a subject by drawing one value of each expression, matches
// itself perfectly: expression by expression for all of them, through the whole matcher for
// every SAMPLE-th (arguments: another file, another sample distance; 1 takes a minute).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "osdb/osdb.h"

enum { DEBIAN_12_COUNT = 5678, DEBIAN_12_BYTES = 5032815, VALUE_TEXT = 1 << 14 };

static const char *path = "/usr/share/nmap/nmap-os-db";
static unsigned sample = 97;

static struct span read_file(void)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){NULL, 0};
    char *text = malloc(LIMIT_DB_FILE);
    assert_non_null(text);
    const size_t n = fread(text, 1, LIMIT_DB_FILE, f);
    fclose(f);
    return span_of(text, n);
}

static void note_error(void *ctx, const char *file, const struct err_at *at)
{
    ++*(unsigned *)ctx;
    print_message("%s:%u:%u: %s: %s\n", file, (unsigned)at->line, (unsigned)at->col, at->what,
                  at->token);
}

static struct span strip_zeros(struct span s)
{
    while (s.len > 1 && s.ptr[0] == '0')
        s = span_from(s, 1);
    return s;
}

// One value that a plain alternative accepts.
static void draw_plain(struct buf *b, struct span alt)
{
    uint64_t v = 0;
    const size_t dash = span_find(alt, '-');
    if (alt.len > 1 && (alt.ptr[0] == '>' || alt.ptr[0] == '<')) {
        assert_true(text_hex(span_from(alt, 1), &v));
        buf_hex(b, alt.ptr[0] == '>' ? v + 1 : v - 1);
    } else if (dash > 0 && dash < alt.len && text_hex(span_head(alt, dash), &v)) {
        buf_hex(b, v);
    } else if (alt.len > 0 && text_is_hex(alt.ptr[0])) {
        buf_bytes(b, strip_zeros(alt));
    } else {
        buf_bytes(b, alt);
    }
}

static struct span draw(struct buf *b, struct span expr, bool nested)
{
    const uint8_t *start = b->p;
    while (nested && span_find(expr, '[') < span_find(expr, '|')) {
        const size_t open = span_find(expr, '[');
        struct span inside = span_from(expr, open + 1);
        buf_bytes(b, span_head(expr, open));
        expr = span_from(inside, span_find(inside, ']') + 1);
        draw_plain(b, span_cut(&inside, '|'));
    }
    draw_plain(b, span_head(expr, span_find(expr, '|')));
    return span_of(start, (size_t)(b->p - start));
}

static void draw_subject(const struct osdb *db, uint32_t index, struct buf *b,
                         struct osdb_subject *out)
{
    memset(out, 0, sizeof *out);
    for (int i = 0; i < ATTR_COUNT; i++) {
        const struct span expr = osdb_expr_at(db, index, i);
        const bool nested = osdb_attr_names[i][0] == 'O';
        if (span_is_absent(expr))
            continue;
        out->value[i] = draw(b, expr, nested);
        if (!osdb_expr_match(out->value[i], expr, nested, QUIRKS_NONE))
            fail_msg("reference %u, %s: \"%.*s\" does not match \"%.*s\"", (unsigned)index,
                     osdb_attr_names[i], (int)out->value[i].len, out->value[i].ptr, (int)expr.len,
                     expr.ptr);
    }
    assert_false(b->full);
}

// Another reference of the same name, or 36 perfect ones before it, may stand for it.
static bool finds_itself(const struct osdb_result *r, const struct osdb_ref *ref)
{
    for (uint32_t i = 0; i < r->n_perfect; i++)
        if (span_eq(r->match[i].ref->name, ref->name))
            return true;
    return r->status == OSDB_TOO_MANY;
}

static uint64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static unsigned match_all(const struct osdb *db)
{
    static uint8_t mem[VALUE_TEXT];
    static struct osdb_result result;
    struct osdb_subject subject;
    unsigned lost = 0, too_many = 0, n = 0;
    uint64_t spent_us = 0;
    for (uint32_t i = 0; i < osdb_count(db); i++) {
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        draw_subject(db, i, &b, &subject);
        if (i % sample != 0)
            continue;
        const uint64_t start = now_us();
        osdb_match(db, &subject, &result);
        spent_us += now_us() - start;
        n++;
        too_many += result.status == OSDB_TOO_MANY;
        if (finds_itself(&result, osdb_ref_at(db, i)))
            continue;
        lost++;
        const struct osdb_ref *ref = osdb_ref_at(db, i);
        print_message("line %u: %.*s does not match itself\n", (unsigned)ref->line,
                      (int)ref->name.len, ref->name.ptr);
    }
    print_message("%u subjects matched, %u lost, %u with too many matches, %u us each\n", n, lost,
                  too_many, n ? (unsigned)(spent_us / n) : 0);
    return lost;
}

static void test_installed(void **state)
{
    (void)state;
    struct arena arena;
    unsigned errors = 0;
    const struct span text = read_file();
    if (span_is_absent(text)) {
        print_message("no %s: skipped\n", path);
        skip();
    }
    arena_init(&arena, "test");
    const uint64_t start = now_us();
    struct osdb *db = osdb_new(&arena, QUIRKS_NONE);
    assert_int_equal(osdb_add(db, path, text, note_error, &errors), ERR_OK);
    const uint64_t loaded = now_us();
    print_message("%u references, loaded in %u us, %zu bytes\n", (unsigned)osdb_count(db),
                  (unsigned)(loaded - start), arena.total);
    assert_int_equal(errors, 0);
    if (text.len == DEBIAN_12_BYTES)
        assert_int_equal(osdb_count(db), DEBIAN_12_COUNT);
    assert_int_equal(match_all(db), 0);
    arena_fini(&arena);
    free((void *)(uintptr_t)text.ptr);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        path = argv[1];
    if (argc > 2 && atoi(argv[2]) > 0)
        sample = (unsigned)atoi(argv[2]);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_installed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
