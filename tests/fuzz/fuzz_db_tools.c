// SPDX-License-Identifier: Apache-2.0
// Any text as a report with fingerprints and as a database: reading, widening, joining, printing
// and linting stand it, and what was widened accepts what it was made of.
#include "base/buf.h"
#include "cli/subjects.h"
#include "osdb/draft.h"
#include "osdb/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_found(void *ctx, const struct osdb_finding *f)
{
    if (f->at.what)
        ++*(uint32_t *)ctx;
}

static void widen(struct arena *a, const struct subjects *s, struct osdb_draft *d)
{
    struct osdb_subject *all = arena_array(a, s->n, sizeof *all);
    for (uint32_t i = 0; i < s->n; i++)
        all[i] = s->all[i].s;
    osdb_widen(a, all, s->n, d);
    struct osdb_draft joined = {.name = d->name};
    osdb_widen(a, all, s->n / 2, &joined);
    osdb_draft_join(a, &joined, d);
    struct buf b;
    const size_t room = osdb_draft_size(d);
    buf_init(&b, arena_alloc(a, room), room);
    osdb_print_draft(&b, d);
    if (b.full)
        __builtin_trap();
}

static void references(struct arena *a, struct span text)
{
    uint32_t n = 0;
    struct osdb_tree *tree = osdb_tree_for(a, text);
    const struct osdb *db;
    osdb_tree_add(tree, "file", text, NULL, NULL);
    if (osdb_build(a, tree, &db) != ERR_OK)
        return;
    osdb_lint_text("file", text, on_found, &n);
    osdb_lint_refs(a, db, on_found, &n);
    for (uint32_t i = 0; i < osdb_count(db); i++) {
        struct osdb_draft d;
        struct osdb_subject s;
        osdb_draft_of(a, db, i, &d);
        osdb_example(a, &d, 1, true, &s);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct subjects s = {0};
    struct osdb_draft d = {.name = SPAN("x")};
    arena_init(&a, "fuzz");
    subjects_read(&a, span_of(data, size), SPAN("x"), &s);
    widen(&a, &s, &d);
    references(&a, span_of(data, size));
    arena_fini(&a);
    return 0;
}
