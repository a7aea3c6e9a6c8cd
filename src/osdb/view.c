// SPDX-License-Identifier: Apache-2.0
// Opening a block and reading what is in it. What the parts mean: osdb/block.h.
#include "osdb/view.h"

static const uint32_t part_size[PART_COUNT] = {
    [PART_TEXT] = 1,
    [PART_SOURCE] = sizeof(struct block_source),
    [PART_DIAG] = sizeof(struct block_diag),
    [PART_CLASS] = sizeof(struct block_class),
    [PART_CPE] = sizeof(struct block_text),
    [PART_REF] = sizeof(struct block_ref),
    [PART_REF_CLASS] = sizeof(uint32_t),
    [PART_REF_KEY] = sizeof(struct block_key),
    [PART_REF_LINE] = sizeof(uint32_t),
    [PART_SHAPE] = sizeof(struct block_shape),
    [PART_LINE_EXPR] = sizeof(uint32_t),
    [PART_EXPR] = sizeof(struct block_text),
    [PART_SLOT] = sizeof(struct block_slot),
    [PART_SLOT_TEXT] = sizeof(uint32_t),
    [PART_BOUND] = sizeof(uint64_t),
    [PART_RANK] = sizeof(struct block_set),
    [PART_BRACKET] = sizeof(struct block_bracket),
    [PART_POST] = sizeof(uint32_t),
    [PART_ROW] = 1,
};

const struct seal_kind block_kind = {
    .magic = {'w', 'h', 'o', 'r', 'l', 'O', 'S', '\n'},
    .version = BLOCK_VERSION,
    .n_parts = PART_COUNT,
    .head_size = sizeof(struct block_head),
    .table = offsetof(struct block_head, part),
    .part_size = part_size,
};

static enum err fail(struct err_at *at, const char *what)
{
    if (at)
        *at = (struct err_at){0};
    return err_set(at, ERR_SYNTAX, what, (struct span){NULL, 0});
}

static uint32_t gcd(uint32_t a, uint32_t b)
{
    while (b) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Shapes number the attributes of their generation from 0.
static void set_attr_points(struct osdb *db, int attr, uint32_t points)
{
    db->points[db->gen->attr + attr] = points;
    for (uint32_t p = 0; points >> p; p++) {
        const uint64_t bit = points >> p & 1;
        db->point_bits[p].has[attr / 64] |= bit << attr % 64;
        db->n_point_bits = p < db->n_point_bits ? db->n_point_bits : p + 1;
    }
}

// Scores are sums of points; what divides all of them divides the work.
static enum err set_points(struct osdb *db, struct err_at *at)
{
    uint32_t sum = 0;
    for (int i = 0; i < db->gen->n_attrs; i++) {
        const uint32_t points = db->head->attr[db->gen->attr + i].points;
        if (points > BLOCK_POINTS_MAX)
            return fail(at, "points out of range");
        db->unit = gcd(db->unit, points);
        sum += points;
    }
    db->unit = db->unit ? db->unit : 1;
    for (int i = 0; i < db->gen->n_attrs; i++)
        set_attr_points(db, i, db->head->attr[db->gen->attr + i].points / db->unit);
    for (sum /= db->unit; sum > 0; sum >>= 1)
        db->n_planes++;
    return ERR_OK;
}

static struct osdb view_of(struct span block)
{
    const struct block_head *head = (const void *)block.ptr;
    return (struct osdb){
        .head = head,
        .gen = &osdb_gens[head->gen],
        .text = seal_part(&block_kind, block, PART_TEXT),
        .sources = seal_part(&block_kind, block, PART_SOURCE),
        .diags = seal_part(&block_kind, block, PART_DIAG),
        .classes = seal_part(&block_kind, block, PART_CLASS),
        .cpes = seal_part(&block_kind, block, PART_CPE),
        .refs = seal_part(&block_kind, block, PART_REF),
        .ref_classes = seal_part(&block_kind, block, PART_REF_CLASS),
        .ref_keys = seal_part(&block_kind, block, PART_REF_KEY),
        .ref_lines = seal_part(&block_kind, block, PART_REF_LINE),
        .shapes = seal_part(&block_kind, block, PART_SHAPE),
        .line_exprs = seal_part(&block_kind, block, PART_LINE_EXPR),
        .exprs = seal_part(&block_kind, block, PART_EXPR),
        .slots = seal_part(&block_kind, block, PART_SLOT),
        .slot_texts = seal_part(&block_kind, block, PART_SLOT_TEXT),
        .bounds = seal_part(&block_kind, block, PART_BOUND),
        .ranks = seal_part(&block_kind, block, PART_RANK),
        .brackets = seal_part(&block_kind, block, PART_BRACKET),
        .posts = seal_part(&block_kind, block, PART_POST),
        .rows = seal_part(&block_kind, block, PART_ROW),
        .n_refs = head->part[PART_REF].n,
        .row = head->row,
    };
}

enum err osdb_open(struct arena *run, struct span block, const struct osdb **out, struct err_at *at)
{
    enum err err = seal_check(&block_kind, block, at);
    if (err)
        return err;
    if (((const struct block_head *)(const void *)block.ptr)->gen >= OSDB_GENS)
        return fail(at, "unknown generation of tests");
    struct osdb db = view_of(block);
    err = set_points(&db, at);
    if (!err)
        err = view_check(&db, at);
    if (err)
        return err;
    struct osdb *made = arena_alloc(run, sizeof *made);
    *made = db;
    *out = made;
    return ERR_OK;
}

enum quirks osdb_quirks(const struct osdb *db)
{
    return (enum quirks)db->head->quirks;
}

enum osdb_gen osdb_gen(const struct osdb *db)
{
    return (enum osdb_gen)db->head->gen;
}

uint32_t osdb_count(const struct osdb *db)
{
    return db->n_refs;
}

struct osdb_ref osdb_ref_at(const struct osdb *db, uint32_t ref)
{
    const struct block_ref *r = &db->refs[ref];
    return (struct osdb_ref){view_text(db, r->name), r->line, r->source, r->first_class,
                             r->n_classes};
}

struct osdb_class osdb_class_at(const struct osdb *db, uint32_t cls)
{
    const struct block_class *c = &db->classes[db->ref_classes[cls]];
    return (struct osdb_class){
        .vendor = view_text(db, c->vendor),
        .family = view_text(db, c->family),
        .generation = view_text(db, c->generation),
        .type = view_text(db, c->type),
        .first_cpe = c->first_cpe,
        .n_cpe = c->n_cpe,
    };
}

struct span osdb_cpe_at(const struct osdb *db, uint32_t cpe)
{
    return view_text(db, db->cpes[cpe]);
}

uint32_t osdb_n_sources(const struct osdb *db)
{
    return db->head->part[PART_SOURCE].n;
}

struct osdb_source osdb_source_at(const struct osdb *db, uint32_t source)
{
    const struct block_source *s = &db->sources[source];
    return (struct osdb_source){view_text(db, s->name), (enum err)s->err, s->n_broken, s->n_refs};
}

uint32_t osdb_n_diags(const struct osdb *db)
{
    return db->head->part[PART_DIAG].n;
}

struct osdb_diag osdb_diag_at(const struct osdb *db, uint32_t diag)
{
    const struct block_diag *d = &db->diags[diag];
    struct osdb_diag out = {d->source, {.code = (enum err)d->code, .line = d->line, .col = d->col}};
    out.at.what = db->text + d->what.at;
    const struct span token = view_text(db, d->token);
    memcpy(out.at.token, token.ptr, token.len);
    return out;
}

uint32_t view_expr(const struct osdb *db, uint32_t ref, int attr)
{
    int test = db->gen->test;
    while (attr >= osdb_tests[test].first + osdb_tests[test].n)
        test++;
    const size_t row = (size_t)ref * db->gen->n_tests;
    const uint32_t line = db->ref_lines[row + (size_t)(test - db->gen->test)];
    if (line == BLOCK_NONE)
        return BLOCK_NONE;
    return db->line_exprs[line + (uint32_t)(attr - osdb_tests[test].first)];
}

struct span osdb_expr_at(const struct osdb *db, uint32_t ref, int attr)
{
    const struct osdb_gen_info *g = db->gen;
    const bool is_ours = attr >= g->attr && attr < g->attr + g->n_attrs;
    const uint32_t expr = is_ours ? view_expr(db, ref, attr) : BLOCK_NONE;
    return expr == BLOCK_NONE ? (struct span){NULL, 0} : view_text(db, db->exprs[expr]);
}

uint32_t osdb_points(const struct osdb *db, int attr)
{
    return db->head->attr[attr].points;
}
