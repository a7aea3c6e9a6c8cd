// SPDX-License-Identifier: Apache-2.0
// The compiled matcher equals its naive twin, to the bit: on the private databases in all three
// modes, and on the database of an installed reference scanner if there is one. Subjects are
// drawn from every reference, several times, and then damaged. The naive twin takes milliseconds
// for one subject and the whole of the big database; so most subjects are judged against parts
// of it, each compiled for itself: every PARTS-th reference, or neighbors, which are alike and
// fill the list. Some are judged against the whole.
// Arguments: folder of the private databases [damaged subjects [those against the whole [file]]].
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "naive/draw.h"
#include "naive/osdb_naive.h"

enum { DRAWS = 3, DAMAGED_SMALL = 400, PARTS = 24, DEBIAN_BYTES = 5032815 };

static const char *folder = "tests/golden/os-match";
static const char *path = "/usr/share/nmap/nmap-os-db";
static unsigned damaged = 100000;
static unsigned whole = 1500;
static unsigned judged;

struct pair {
    struct arena arena;
    struct osdb_tree *tree;
    const struct osdb *db;
    struct osdb_scratch *scratch;
    struct naive *naive;
};

static struct span read_file(const char *name)
{
    FILE *f = fopen(name, "rb");
    if (!f)
        return (struct span){NULL, 0};
    char *text = malloc(LIMIT_DB_FILE);
    assert_non_null(text);
    const size_t n = fread(text, 1, LIMIT_DB_FILE, f);
    fclose(f);
    return span_of(text, n);
}

static void pair_compile(struct pair *p)
{
    struct arena scratch;
    struct span block;
    struct err_at at;
    arena_init(&scratch, "test");
    assert_int_equal(osdb_compile(&p->arena, &scratch, p->tree, &block), ERR_OK);
    assert_int_equal(osdb_open(&p->arena, block, &p->db, &at), ERR_OK);
    arena_fini(&scratch);
    p->scratch = osdb_scratch_new(&p->arena, p->db);
    p->naive = naive_new(&p->arena, p->tree);
}

static void pair_open(struct pair *p, struct span text, enum quirks quirks)
{
    arena_init(&p->arena, "test");
    p->tree = osdb_tree_new(&p->arena, quirks);
    osdb_tree_add(p->tree, "file", text, NULL, NULL);
    pair_compile(p);
}

// Part number i: neighbors, or every PARTS-th.
static void pair_open_part(struct pair *p, const struct osdb_tree *all, uint32_t i, bool neighbors)
{
    const uint32_t size = all->n / PARTS + 1;
    arena_init(&p->arena, "test");
    p->tree = arena_alloc(&p->arena, sizeof *p->tree);
    *p->tree = *all;
    p->tree->entries = arena_array(&p->arena, size, sizeof *p->tree->entries);
    p->tree->n = 0;
    for (uint32_t k = 0; k < size; k++) {
        const uint32_t ref = neighbors ? i * size + k : k * PARTS + i;
        if (ref < all->n)
            p->tree->entries[p->tree->n++] = all->entries[ref];
    }
    pair_compile(p);
}

static void pair_close(struct pair *p)
{
    arena_fini(&p->arena);
}

static void complain(const struct pair *p, const struct osdb_subject *s)
{
    static char text[1 << 14];
    struct osdb_subject shown = *s;
    struct buf b;
    buf_init(&b, text, sizeof text);
    memset(shown.has_line, 1, sizeof shown.has_line);
    for (int t = 0; t < TEST_COUNT; t++) {
        osdb_print_line(&b, &shown, (enum osdb_test)t);
        buf_char(&b, '\n');
    }
    fail_msg("quirks %d, not equal:\n%.*s", p->tree->quirks, (int)buf_len(&b), text);
}

static void judge(struct pair *p, const struct osdb_subject *s)
{
    static struct osdb_result got, want;
    osdb_match(p->db, s, p->scratch, &got);
    naive_match(p->naive, s, &want);
    if (memcmp(&got, &want, sizeof got) != 0)
        complain(p, s);
    judged++;
}

// A drawn subject finds its reference: perfect under its name, or pushed out by others as good.
static void check_itself(struct pair *p, const struct osdb_subject *s, uint32_t ref)
{
    static struct osdb_result r;
    osdb_match(p->db, s, p->scratch, &r);
    bool is_found = r.status == OSDB_TOO_MANY;
    for (uint32_t i = 0; i < r.n_perfect; i++)
        is_found |= span_eq(osdb_ref_at(p->db, r.match[i].ref).name, osdb_ref_at(p->db, ref).name);
    if (!is_found)
        fail_msg("reference %u does not match itself", (unsigned)ref);
}

// What the block says about a reference is what the tree says.
static void check_refs(const struct pair *p)
{
    assert_int_equal(osdb_count(p->db), p->tree->n);
    for (uint32_t i = 0; i < p->tree->n; i++) {
        const struct osdb_entry *e = p->tree->entries[i];
        const struct osdb_ref ref = osdb_ref_at(p->db, i);
        uint32_t k = 0;
        assert_true(span_eq(ref.name, e->name));
        assert_int_equal(ref.line, e->line);
        assert_int_equal(ref.n_classes, e->n_classes);
        for (uint32_t c = 0; c < e->n_classes; c++) {
            const struct osdb_class cls = osdb_class_at(p->db, ref.first_class + c);
            assert_true(span_eq(cls.vendor, e->classes[c].vendor));
            assert_true(span_eq(cls.type, e->classes[c].type));
            assert_int_equal(cls.n_cpe, e->classes[c].n_cpe);
            for (uint32_t j = 0; j < cls.n_cpe; j++)
                assert_true(span_eq(osdb_cpe_at(p->db, cls.first_cpe + j), e->classes[c].cpe[j]));
        }
        for (int a = 0; a < ATTR_COUNT; a++) {
            const struct span expr = osdb_expr_at(p->db, i, a);
            const bool has = k < e->n_items && e->items[k].attr == a;
            assert_int_equal(has, !span_is_absent(expr));
            if (has)
                assert_true(span_eq(expr, span_of(e->items[k].ptr, e->items[k].len)));
            k += has;
        }
    }
}

static void judge_drawn(struct pair *p, struct draw *d, unsigned draws)
{
    for (uint32_t i = 0; i < p->tree->n; i++) {
        for (unsigned k = 0; k < draws; k++) {
            draw_subject(d, p->tree, i);
            judge(p, &d->subject);
        }
    }
}

// Damaged subjects of any reference of `from`.
static void judge_damaged(struct pair *p, struct draw *d, const struct osdb_tree *from, unsigned n)
{
    for (unsigned i = 0; i < n && p->tree->n > 0; i++) {
        const bool is_own = rng_below(&d->rng, 2) == 0;
        const struct osdb_tree *tree = is_own ? p->tree : from;
        draw_subject(d, tree, rng_below(&d->rng, tree->n));
        draw_damage(d, from);
        judge(p, &d->subject);
    }
}

static void test_small(void **state)
{
    (void)state;
    static struct draw d;
    static struct pair p;
    char name[512];
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    rng_seed(&d.rng, 1);
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (!strstr(e->d_name, ".db"))
            continue;
        snprintf(name, sizeof name, "%s/%s", folder, e->d_name);
        const struct span text = read_file(name);
        for (int q = QUIRKS_NONE; q <= QUIRKS_7991; q++) {
            pair_open(&p, text, (enum quirks)q);
            check_refs(&p);
            judge_drawn(&p, &d, DRAWS);
            judge_damaged(&p, &d, p.tree, DAMAGED_SMALL);
            pair_close(&p);
        }
        free((void *)(uintptr_t)text.ptr);
    }
    closedir(dir);
    print_message("%u subjects\n", judged);
}

static void judge_whole(struct pair *p, struct draw *d)
{
    check_refs(p);
    for (uint32_t i = 0; i < p->tree->n; i++) {
        for (unsigned k = 0; k < DRAWS; k++) {
            draw_subject(d, p->tree, i);
            check_itself(p, &d->subject, i);
        }
    }
    judge_damaged(p, d, p->tree, whole);
}

static void judge_parts(const struct osdb_tree *all, struct draw *d)
{
    static struct pair p;
    for (uint32_t i = 0; i < 2 * PARTS; i++) {
        pair_open_part(&p, all, i / 2, i % 2);
        judge_drawn(&p, d, DRAWS);
        judge_damaged(&p, d, all, damaged / (2 * PARTS) + 1);
        pair_close(&p);
    }
}

static void test_installed(void **state)
{
    (void)state;
    static struct draw d;
    static struct pair p;
    const struct span text = read_file(path);
    if (span_is_absent(text)) {
        print_message("no %s: skipped\n", path);
        skip();
    }
    rng_seed(&d.rng, 2);
    judged = 0;
    pair_open(&p, text, QUIRKS_NONE);
    if (text.len == DEBIAN_BYTES)
        assert_int_equal(osdb_count(p.db), 5678);
    assert_int_equal(osdb_n_diags(p.db), 0);
    judge_whole(&p, &d);
    judge_parts(p.tree, &d);
    pair_close(&p);
    print_message("%u subjects\n", judged);
    free((void *)(uintptr_t)text.ptr);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        folder = argv[1];
    if (argc > 2)
        damaged = (unsigned)atoi(argv[2]);
    if (argc > 3)
        whole = (unsigned)atoi(argv[3]);
    if (argc > 4)
        path = argv[4];
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_small),
                                       cmocka_unit_test(test_installed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
