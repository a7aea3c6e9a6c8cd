// SPDX-License-Identifier: Apache-2.0
// A block says what was parsed wherever it lies, and a damaged block is refused.
#include "svdb/view.h"
#include "svdb_load.h"

#define TEXT                                                             \
    "Exclude T:9\nProbe TCP NULL q||\nmatch a m|^a(b)| p/$1/\nrubbish\n" \
    "Probe TCP x q|x|\nports 1\nsslports 2\nfallback x\nsoftmatch b m|^b|\nmatch c m|^c|\n"

static struct arena arena;

static struct span compile(const char *text)
{
    struct arena scratch;
    struct span block;
    arena_init(&arena, "test");
    arena_init(&scratch, "test");
    struct svdb_tree *tree = svdb_tree_new(&arena);
    assert_int_equal(svdb_tree_add(tree, "one", span_str(text), NULL, NULL), ERR_OK);
    assert_int_equal(svdb_compile(&arena, &scratch, tree, &block), ERR_OK);
    arena_fini(&scratch);
    return block;
}

static void check_content(const struct svdb *db)
{
    struct svdb_hit hit;
    struct svdb_fields f;
    assert_int_equal(svdb_n_sources(db), 1);
    assert_text(svdb_source_at(db, 0).name, "one");
    assert_int_equal(svdb_source_at(db, 0).n_rules, 3);
    assert_int_equal(svdb_source_at(db, 0).n_broken, 1);
    assert_int_equal(svdb_n_diags(db), 1);
    const struct svdb_diag d = svdb_diag_at(db, 0);
    assert_int_equal(d.at.line, 4);
    assert_int_equal(d.at.col, 1);
    assert_string_equal(d.at.what, "unknown directive");
    assert_string_equal(d.at.token, "rubbish");
    assert_int_equal(svdb_n_rules(db), 3);
    struct svdb_scratch *scratch = svdb_scratch_new(&arena, db);
    assert_true(svdb_find(db, 1, SPAN("abc"), scratch, &hit));
    svdb_expand(&arena, db, &hit, &f);
    assert_text(f.product, "b");
}

// Where it lies does not matter; the same text gives the same bytes.
static void test_relocatable(void **state)
{
    (void)state;
    const struct svdb *db;
    struct arena first;
    const struct span block = compile(TEXT);
    first = arena;
    const struct span again = compile(TEXT);
    assert_bytes(again, block.ptr, block.len);
    char *copy = arena_alloc(&arena, block.len + 2 * (size_t)SEAL_ALIGN);
    copy += (SEAL_ALIGN - (uintptr_t)copy % SEAL_ALIGN) % SEAL_ALIGN;
    memcpy(copy, block.ptr, block.len);
    arena_fini(&first);
    assert_int_equal(svdb_open(&arena, span_of(copy, block.len), &db, NULL), ERR_OK);
    check_content(db);
    svdb_close(db);
    arena_fini(&arena);
}

static void test_damage(void **state)
{
    (void)state;
    struct err_at at;
    const struct svdb *db;
    const struct span block = compile(TEXT);
    char *bytes = (char *)(uintptr_t)block.ptr;
    for (size_t i = 0; i < block.len; i += i < 1024 ? 1 : 997) {
        bytes[i] = (char)(bytes[i] ^ 0x10);
        assert_int_not_equal(svdb_open(&arena, block, &db, &at), ERR_OK);
        assert_non_null(at.what);
        bytes[i] = (char)(bytes[i] ^ 0x10);
    }
    for (size_t len = 0; len < block.len; len += 3001)
        assert_int_not_equal(svdb_open(&arena, span_head(block, len), &db, &at), ERR_OK);
    assert_int_equal(svdb_open(&arena, block, &db, &at), ERR_OK);
    svdb_close(db);
    arena_fini(&arena);
}

// A right checksum over wrong indices: each is caught.
static void check_refused(struct span block, uint32_t *field, uint32_t wrong)
{
    const struct svdb *db;
    struct err_at at;
    const uint32_t old = *field;
    *field = wrong;
    seal_mend((char *)(uintptr_t)block.ptr, block.len);
    assert_int_not_equal(svdb_open(&arena, block, &db, &at), ERR_OK);
    *field = old;
}

static void *part(struct span block, enum svblock_part i)
{
    return (void *)(uintptr_t)seal_part(&svblock_kind, block, i);
}

static void test_indices(void **state)
{
    (void)state;
    const uint32_t wrong = UINT32_MAX - 1;
    const struct span block = compile(TEXT);
    struct svblock_head *h = (struct svblock_head *)(uintptr_t)block.ptr;
    for (int i = 0; i < SVPART_COUNT; i++) {
        check_refused(block, &h->part[i].at, 1);
        check_refused(block, &h->part[i].n, UINT32_MAX / 2);
    }
    check_refused(block, &h->null_probe, 2);
    check_refused(block, &h->exclude[0].n, wrong);
    check_refused(block, &h->exclude[1].first, wrong);
    struct svblock_probe *p = part(block, SVPART_PROBE);
    uint32_t *const probe[] = {&p->name.at,     &p->payload.len, &p->proto,
                               &p->rarity,      &p->ports.first, &p->ssl_ports.n,
                               &p->chain.first, &p->chain.n,     &p->yields.n};
    for (size_t i = 0; i < COUNT_OF(probe); i++)
        check_refused(block, probe[i], wrong);
    struct svblock_rule *r = part(block, SVPART_RULE);
    uint32_t *const rule[] = {&r->service.at, &r->regex.len, &r->templates.at, &r->probe,
                              &r->source};
    for (size_t i = 0; i < COUNT_OF(rule); i++)
        check_refused(block, rule[i], wrong);
    struct svblock_chain *c = part(block, SVPART_CHAIN);
    check_refused(block, &c->source, 1);
    check_refused(block, &c->lo, 4);
    check_refused(block, &c->hi, 4);
    check_refused(block, &((struct svblock_name *)part(block, SVPART_NAME))->probe, 2);
    check_refused(block, &((struct svblock_text *)part(block, SVPART_YIELD))->at, wrong);
    struct svblock_diag *d = part(block, SVPART_DIAG);
    check_refused(block, &d->source, 1);
    check_refused(block, &d->token.len, 32);
    check_refused(block, &d->what.len, 0);
    check_refused(block, &((struct svblock_source *)part(block, SVPART_SOURCE))->rules.n, 4);
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relocatable),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_indices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
