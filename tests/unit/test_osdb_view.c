// SPDX-License-Identifier: Apache-2.0
// What a block says is what was parsed, and a damaged block is refused.
#include "osdb_load.h"

#include "osdb/view.h"

#define REFS                                                                               \
    POINTS "Fingerprint one\nClass V|F|1|x\nCPE cpe:/o:v:f\nSEQ(SP=1-3)\nT1(R=Y%DF=Y)\n\n" \
           "Fingerprint two\nClass V|F||x\nT1(R=Y%DF=N|Y)\nnonsense\n"

static struct arena arena;

static struct span compile(const char *text)
{
    struct arena scratch;
    struct span block;
    arena_init(&arena, "test");
    arena_init(&scratch, "test");
    struct osdb_tree *tree = osdb_tree_new(&arena, QUIRKS_7991);
    osdb_tree_add(tree, "file", span_str(text), NULL, NULL);
    assert_int_equal(osdb_compile(&arena, &scratch, tree, &block), ERR_OK);
    arena_fini(&scratch);
    return block;
}

static void test_content(void **state)
{
    (void)state;
    const struct osdb *db;
    struct err_at at;
    const struct span block = compile(REFS);
    assert_int_equal(osdb_open(&arena, block, &db, &at), ERR_OK);
    assert_int_equal(osdb_quirks(db), QUIRKS_7991);
    assert_int_equal(osdb_count(db), 2);
    check_span(osdb_ref_at(db, 1).name, "two");
    const struct osdb_class cls = osdb_class_at(db, osdb_ref_at(db, 0).first_class);
    check_span(cls.vendor, "V");
    check_span(cls.generation, "1");
    check_span(osdb_cpe_at(db, cls.first_cpe), "cpe:/o:v:f");
    check_span(osdb_expr_at(db, 0, load_attr(TEST_SEQ, "SP")), "1-3");
    check_span(osdb_expr_at(db, 1, load_attr(TEST_SEQ, "SP")), NULL);
    check_span(osdb_expr_at(db, 1, load_attr(TEST_T1, "DF")), "N|Y");
    assert_int_equal(osdb_points(db, load_attr(TEST_T1, "DF")), 20);
    assert_int_equal(osdb_n_sources(db), 1);
    check_span(osdb_source_at(db, 0).name, "file");
    assert_int_equal(osdb_source_at(db, 0).n_broken, 1);
    assert_int_equal(osdb_source_at(db, 0).n_refs, 2);
    assert_int_equal(osdb_n_diags(db), 1);
    const struct osdb_diag d = osdb_diag_at(db, 0);
    assert_int_equal(d.at.code, ERR_SYNTAX);
    assert_int_equal(d.at.line, 16);
    assert_string_equal(d.at.token, "nonsense");
    assert_string_equal(d.at.what, "test line without \"(\"");
    arena_fini(&arena);
}

// The same text gives the same bytes, which may lie anywhere.
static void test_relocatable(void **state)
{
    (void)state;
    static _Alignas(64) char copy[1 << 16];
    const struct osdb *db;
    struct err_at at;
    const struct span first = compile(REFS);
    assert_true(first.len <= sizeof copy);
    memcpy(copy, first.ptr, first.len);
    arena_fini(&arena);
    const struct span again = compile(REFS);
    assert_true(span_eq(again, span_of(copy, again.len)));
    assert_int_equal(osdb_open(&arena, span_of(copy, again.len), &db, &at), ERR_OK);
    check_span(osdb_ref_at(db, 0).name, "one");
    arena_fini(&arena);
}

static void test_damage(void **state)
{
    (void)state;
    const struct osdb *db;
    struct err_at at;
    const struct span block = compile(REFS);
    char *bytes = (char *)(uintptr_t)block.ptr; // ours
    for (size_t i = 0; i < block.len; i++) {
        bytes[i] = (char)(bytes[i] ^ 0x10);
        assert_int_not_equal(osdb_open(&arena, block, &db, &at), ERR_OK);
        assert_non_null(at.what);
        bytes[i] = (char)(bytes[i] ^ 0x10);
    }
    for (size_t len = 0; len < block.len; len += 61)
        assert_int_not_equal(osdb_open(&arena, span_head(block, len), &db, &at), ERR_OK);
    assert_int_equal(osdb_open(&arena, block, &db, &at), ERR_OK);
    arena_fini(&arena);
}

// A right checksum over wrong indices: each is caught.
static void check_refused(struct span block, uint32_t *field, uint32_t wrong)
{
    const struct osdb *db;
    struct err_at at;
    const uint32_t old = *field;
    *field = wrong;
    seal_mend((char *)(uintptr_t)block.ptr, block.len);
    assert_int_not_equal(osdb_open(&arena, block, &db, &at), ERR_OK);
    *field = old;
}

static void test_indices(void **state)
{
    (void)state;
    const struct span block = compile(REFS);
    char *base = (char *)(uintptr_t)block.ptr;
    struct block_head *h = (struct block_head *)(void *)base;
    for (int i = 0; i < PART_COUNT; i++) {
        check_refused(block, &h->part[i].at, 1);
        check_refused(block, &h->part[i].n, UINT32_MAX / 2);
    }
    struct block_ref *ref = (struct block_ref *)(void *)(base + h->part[PART_REF].at);
    check_refused(block, &ref->name.len, UINT32_MAX);
    check_refused(block, &ref->first_class, 3);
    check_refused(block, &ref->source, 1);
    check_refused(block, (uint32_t *)(void *)(base + h->part[PART_POST].at), 2);
    check_refused(block, (uint32_t *)(void *)(base + h->part[PART_REF_KEY].at + 4), 2);
    check_refused(block, &h->attr[0].slot_bits, 32);
    check_refused(block, &h->attr[0].present, UINT32_MAX);
    check_refused(block, &h->attr[0].points, BLOCK_POINTS_MAX + 1);
    check_refused(block, &h->row, 0);
    check_refused(block, &h->quirks, 3);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content),
        cmocka_unit_test(test_relocatable),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_indices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
