// SPDX-License-Identifier: Apache-2.0
// Tree -> block. Each text, expression, test line, class and set of references is written once.
// The layout is that of osdb/block.h; the same tree always gives the same bytes.
#include "osdb/compile.h"

struct block_text compile_text(struct compile *c, struct span s)
{
    if (span_is_absent(s))
        return (struct block_text){0, BLOCK_NONE};
    const struct intern_item item = intern_at(&c->text, intern_add(&c->text, s.ptr, s.len));
    return (struct block_text){item.at, item.len};
}

static uint32_t part_n(const struct compile *c, enum block_part part)
{
    return (uint32_t)(c->part[part].len / block_kind.part_size[part]);
}

// Expressions of one attribute get numbers side by side. `at` holds for each reference how many
// of its items were passed: attributes come in the order of the items.
static void put_exprs(struct compile *c, int attr, uint32_t *at)
{
    struct intern seen = intern_new(c->arena, 1);
    const uint32_t first = part_n(c, PART_EXPR);
    c->cell[attr] = arena_array(c->arena, c->tree->n, sizeof(uint32_t));
    for (uint32_t i = 0; i < c->tree->n; i++) {
        const struct osdb_entry *e = c->tree->entries[i];
        c->cell[attr][i] = BLOCK_NONE;
        if (at[i] == e->n_items || e->items[at[i]].attr != attr)
            continue;
        const struct osdb_item *item = &e->items[at[i]++];
        const uint32_t number = intern_add(&seen, item->ptr, item->len);
        c->cell[attr][i] = first + number;
        if (first + number < part_n(c, PART_EXPR))
            continue;
        const struct block_text t = compile_text(c, span_of(item->ptr, item->len));
        pile_add(&c->part[PART_EXPR], &t, sizeof t);
    }
    c->attr[attr].first_expr = first;
    c->attr[attr].n_exprs = seen.n;
}

static uint32_t put_line(struct compile *c, uint32_t ref, const struct osdb_test_info *test)
{
    uint32_t expr[OSDB_TEST_ATTRS];
    bool is_empty = true;
    for (uint32_t k = 0; k < test->n; k++) {
        expr[k] = c->cell[test->first + k][ref];
        is_empty = is_empty && expr[k] == BLOCK_NONE;
    }
    if (is_empty)
        return BLOCK_NONE;
    const uint32_t line = intern_add(&c->line, expr, test->n * sizeof expr[0]);
    return intern_at(&c->line, line).at / (uint32_t)sizeof expr[0];
}

static void put_class(struct compile *c, const struct osdb_tree_class *from)
{
    struct intern *cpes = &c->cpes;
    struct block_text *list = arena_array(c->arena, from->n_cpe, sizeof *list);
    for (uint32_t i = 0; i < from->n_cpe; i++)
        list[i] = compile_text(c, from->cpe[i]);
    const uint32_t number = intern_add(cpes, list, from->n_cpe * sizeof *list);
    const struct block_class class = {
        .vendor = compile_text(c, from->vendor),
        .family = compile_text(c, from->family),
        .generation = compile_text(c, from->generation),
        .type = compile_text(c, from->type),
        .first_cpe = intern_at(cpes, number).at / (uint32_t)sizeof *list,
        .n_cpe = from->n_cpe,
    };
    const uint32_t id = intern_add(&c->class, &class, sizeof class);
    pile_add(&c->part[PART_REF_CLASS], &id, sizeof id);
}

static uint32_t put_shape(struct compile *c, uint32_t ref)
{
    struct block_shape shape = {{0, 0}};
    for (int a = 0; a < c->gen->n_attrs; a++)
        if (c->cell[c->gen->attr + a][ref] != BLOCK_NONE)
            shape.has[a / 64] |= UINT64_C(1) << a % 64;
    return intern_add(&c->shape, &shape, sizeof shape);
}

static void put_ref(struct compile *c, uint32_t ref)
{
    const struct osdb_entry *e = c->tree->entries[ref];
    const struct block_ref r = {
        .name = compile_text(c, e->name),
        .line = e->line,
        .source = e->source,
        .first_class = part_n(c, PART_REF_CLASS),
        .n_classes = e->n_classes,
    };
    pile_add(&c->part[PART_REF], &r, sizeof r);
    const struct block_key key = {r.name.at, put_shape(c, ref)}; // no name is empty
    pile_add(&c->part[PART_REF_KEY], &key, sizeof key);
    for (uint32_t i = 0; i < e->n_classes; i++)
        put_class(c, &e->classes[i]);
    for (int t = 0; t < c->gen->n_tests; t++) {
        const uint32_t line = put_line(c, ref, &osdb_tests[c->gen->test + t]);
        pile_add(&c->part[PART_REF_LINE], &line, sizeof line);
    }
}

static void put_source(struct compile *c, uint32_t number)
{
    const struct osdb_file *f = &c->tree->files[number];
    const struct osdb_source *s = &f->source;
    const struct block_source out = {compile_text(c, s->name), s->err, s->n_broken, s->n_refs};
    pile_add(&c->part[PART_SOURCE], &out, sizeof out);
    for (uint32_t i = 0; i < s->n_broken && i < LIMIT_DB_ERRORS; i++) {
        const struct err_at *at = &f->diag[i];
        const struct block_diag d = {
            .source = number,
            .code = at->code,
            .line = at->line,
            .col = at->col,
            .what = compile_text(c, span_of(at->what, strlen(at->what) + 1)),
            .token = compile_text(c, span_str(at->token)),
        };
        pile_add(&c->part[PART_DIAG], &d, sizeof d);
    }
}

static void begin(struct compile *c, struct arena *scratch, const struct osdb_tree *tree)
{
    const uint32_t bits = 8 * BLOCK_ROW;
    *c = (struct compile){.tree = tree, .gen = &osdb_gens[tree->gen], .arena = scratch};
    c->row = (tree->n / bits + 1) * BLOCK_ROW;
    c->text = intern_new(scratch, 1);
    c->line = intern_new(scratch, sizeof(uint32_t));
    c->shape = intern_new(scratch, sizeof(uint64_t));
    c->class = intern_new(scratch, sizeof(uint32_t));
    c->cpes = intern_new(scratch, sizeof(struct block_text));
    c->rows = intern_new(scratch, SEAL_ALIGN);
    for (int i = 0; i < PART_COUNT; i++)
        c->part[i].arena = scratch;
}

static void put_all(struct compile *c)
{
    const int end = c->gen->attr + c->gen->n_attrs;
    uint32_t *at = arena_array(c->arena, c->tree->n, sizeof *at);
    for (int a = c->gen->attr; a < end; a++)
        put_exprs(c, a, at);
    for (uint32_t i = 0; i < c->tree->n; i++)
        put_ref(c, i);
    for (uint32_t i = 0; i < c->tree->n_files; i++)
        put_source(c, i);
    for (int a = c->gen->attr; a < end; a++) {
        c->attr[a].points = c->tree->points[a];
        compile_index(c, a);
    }
    if (c->part[PART_RANK].len == 0) // an attribute without bounds has one interval
        (void)pile_take(&c->part[PART_RANK], sizeof(struct block_set));
    c->part[PART_TEXT] = c->text.bytes;
    c->part[PART_LINE_EXPR] = c->line.bytes;
    c->part[PART_SHAPE] = c->shape.bytes;
    c->part[PART_CLASS] = c->class.bytes;
    c->part[PART_CPE] = c->cpes.bytes;
    c->part[PART_ROW] = c->rows.bytes;
}

enum err osdb_compile(struct arena *run, struct arena *scratch, const struct osdb_tree *tree,
                      struct span *out)
{
    struct compile c;
    const struct arena_mark mark = arena_mark(scratch);
    begin(&c, scratch, tree);
    put_all(&c);
    struct block_head head = {
        .quirks = (uint32_t)tree->quirks, .gen = (uint32_t)tree->gen, .row = c.row};
    memcpy(head.attr, c.attr, sizeof head.attr);
    const enum err err = seal_make(run, &block_kind, &head, c.part, out);
    arena_rewind(scratch, mark);
    return err;
}
