// SPDX-License-Identifier: Apache-2.0
// Tree -> block. Each text is written once. The layout is that of svdb/block.h; the same tree
// always gives the same bytes.
#include "svdb/compile.h"

#include "svdb/re.h"
#include "svdb/view.h"

struct svblock_text svdb_compile_text(struct svdb_compile *c, struct span s)
{
    const struct intern_item item = intern_at(&c->text, intern_add(&c->text, s.ptr, s.len));
    return (struct svblock_text){item.at, item.len};
}

uint32_t svdb_compile_n(const struct svdb_compile *c, enum svblock_part part)
{
    return (uint32_t)(c->part[part].len / svblock_kind.part_size[part]);
}

static uint32_t rule_flags(const struct svdb_tree_rule *r)
{
    return (r->is_soft ? SVRULE_SOFT : 0) | (r->is_caseless ? SVRULE_CASELESS : 0) |
           (r->is_dotall ? SVRULE_DOTALL : 0) | svdb_rule_names(r);
}

static void put_rules(struct svdb_compile *c, uint32_t source, uint32_t probe,
                      const struct svdb_tree_probe *p)
{
    for (uint32_t i = 0; i < svdb_probe_n_rules(p); i++) {
        const struct svdb_tree_rule *r = svdb_probe_rule(p, i);
        const struct svblock_rule rule = {
            .service = svdb_compile_text(c, r->service),
            .regex = svdb_compile_text(c, r->regex),
            .templates = svdb_compile_text(c, r->templates),
            .probe = probe,
            .source = source,
            .line = r->line,
            .flags = rule_flags(r),
        };
        pile_add(&c->part[SVPART_RULE], &rule, sizeof rule);
    }
}

// The rules of a probe lie side by side, even if the file has the probe twice.
static void put_lists(struct svdb_compile *c, uint32_t source)
{
    const struct svdb_file *f = svdb_tree_file(c->tree, source);
    const uint32_t n = svdb_file_n_probes(f);
    bool *done = arena_array(c->arena, c->n_probes, sizeof *done);
    c->list[source] = arena_array(c->arena, c->n_probes, sizeof **c->list);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t probe = c->id[source][i];
        const uint32_t first = svdb_compile_n(c, SVPART_RULE);
        if (done[probe])
            continue;
        done[probe] = true;
        for (uint32_t k = i; k < n; k++)
            if (c->id[source][k] == probe)
                put_rules(c, source, probe, svdb_file_probe(f, k));
        c->list[source][probe] =
            (struct svblock_slice){first, svdb_compile_n(c, SVPART_RULE) - first};
    }
}

static void put_diags(struct svdb_compile *c, uint32_t source, const struct svdb_file *f)
{
    for (uint32_t i = 0; i < f->source.n_broken && i < LIMIT_DB_ERRORS; i++) {
        const struct err_at *at = &f->diag[i];
        const struct svblock_diag d = {
            .source = source,
            .code = at->code,
            .line = at->line,
            .col = at->col,
            .what = svdb_compile_text(c, span_of(at->what, strlen(at->what) + 1)),
            .token = svdb_compile_text(c, span_str(at->token)),
        };
        pile_add(&c->part[SVPART_DIAG], &d, sizeof d);
    }
}

static void put_source(struct svdb_compile *c, uint32_t source)
{
    const struct svdb_file *f = svdb_tree_file(c->tree, source);
    const uint32_t first = svdb_compile_n(c, SVPART_RULE);
    put_lists(c, source);
    const struct svblock_source s = {
        .name = svdb_compile_text(c, f->source.name),
        .err = f->source.err,
        .n_broken = f->source.n_broken,
        .rules = {first, svdb_compile_n(c, SVPART_RULE) - first},
    };
    pile_add(&c->part[SVPART_SOURCE], &s, sizeof s);
    put_diags(c, source, f);
}

// Where a service belongs among the sorted ones of a probe; *found if it is there.
static uint32_t yield_place(const struct svdb_compile *c, const struct svblock_slice *yields,
                            struct span service, bool *found)
{
    const struct svblock_text *all = (const void *)c->part[SVPART_YIELD].bytes;
    uint32_t lo = yields->first, hi = yields->first + yields->n;
    *found = false;
    while (lo < hi && !*found) {
        const uint32_t mid = lo + (hi - lo) / 2;
        const struct span s = span_of(c->text.bytes.bytes + all[mid].at, all[mid].len);
        const int order = span_cmp(s, service);
        *found = order == 0;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void put_yield(struct svdb_compile *c, struct svblock_slice *yields,
                      struct svblock_text service)
{
    bool found;
    const struct span name = span_of(c->text.bytes.bytes + service.at, service.len);
    const uint32_t at = yield_place(c, yields, name, &found);
    if (found)
        return;
    (void)pile_take(&c->part[SVPART_YIELD], sizeof service);
    struct svblock_text *all = (void *)c->part[SVPART_YIELD].bytes;
    memmove(all + at + 1, all + at, (yields->first + yields->n - at) * sizeof *all);
    all[at] = service;
    yields->n++;
}

static void put_yields(struct svdb_compile *c, uint32_t probe)
{
    const struct svblock_rule *rules = (const void *)c->part[SVPART_RULE].bytes;
    struct svblock_slice yields = {svdb_compile_n(c, SVPART_YIELD), 0};
    for (uint32_t f = 0; f < svdb_tree_n_files(c->tree); f++) {
        const struct svblock_slice list = c->list[f][probe];
        for (uint32_t i = list.first; i < list.first + list.n; i++)
            if (i == list.first || rules[i].service.at != rules[i - 1].service.at ||
                rules[i].service.len != rules[i - 1].service.len)
                put_yield(c, &yields, rules[i].service);
    }
    ((struct svblock_probe *)(void *)c->part[SVPART_PROBE].bytes)[probe].yields = yields;
}

static enum err put_index(struct svdb_compile *c, struct arena *scratch)
{
    const struct svblock_rule *rules = (const void *)c->part[SVPART_RULE].bytes;
    const uint32_t n = svdb_compile_n(c, SVPART_RULE);
    struct re_rule *re = arena_array(scratch, n, sizeof *re);
    struct span index;
    for (uint32_t i = 0; i < n; i++)
        re[i] =
            (struct re_rule){span_of(c->text.bytes.bytes + rules[i].regex.at, rules[i].regex.len),
                             rules[i].flags & SVRULE_CASELESS, rules[i].flags & SVRULE_DOTALL};
    struct arena inner;
    arena_init(&inner, "index of expressions");
    const enum err err = re_compile(scratch, &inner, re, n, &index);
    arena_fini(&inner);
    if (!err)
        pile_add(&c->part[SVPART_RE], index.ptr, index.len);
    return err;
}

static enum err put_all(struct svdb_compile *c, struct arena *scratch)
{
    const uint32_t n_files = svdb_tree_n_files(c->tree);
    c->list = arena_array(scratch, n_files, sizeof *c->list);
    svdb_join_probes(c);
    for (uint32_t i = 0; i < n_files; i++)
        put_source(c, i);
    for (uint32_t i = 0; i < c->n_probes; i++)
        put_yields(c, i);
    svdb_join_lists(c);
    const enum err err = put_index(c, scratch);
    c->part[SVPART_TEXT] = c->text.bytes;
    return err;
}

enum err svdb_compile(struct arena *run, struct arena *scratch, const struct svdb_tree *tree,
                      struct span *out)
{
    const struct arena_mark mark = arena_mark(scratch);
    struct svdb_compile c = {.tree = tree, .arena = scratch};
    c.text = intern_new(scratch, 1);
    c.keys = intern_new(scratch, 1);
    for (int i = 0; i < SVPART_COUNT; i++)
        c.part[i].arena = scratch;
    enum err err = put_all(&c, scratch);
    if (!err)
        err = seal_make(run, &svblock_kind, &c.head, c.part, out);
    arena_rewind(scratch, mark);
    return err;
}

enum err svdb_build(struct arena *run, const struct svdb_tree *tree, const struct svdb **out)
{
    struct arena scratch;
    struct span block;
    arena_init(&scratch, "compiling service-probe databases");
    enum err e = svdb_compile(run, &scratch, tree, &block);
    arena_fini(&scratch);
    if (e == ERR_OK)
        e = svdb_open(run, block, out, NULL);
    return e;
}
