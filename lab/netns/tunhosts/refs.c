// SPDX-License-Identifier: Apache-2.0
// A reference goes the way of a subject: its expressions become test lines, of which a personality
// takes the first alternative.
#include "lab/netns/tunhosts/refs.h"

#include "base/text.h"
#include "lab/netns/tunhosts/sure.h"
#include "osdb/osdb.h"

enum { TEXT_MAX = 16384 };

static void no_diag(void *ctx, const char *file, const struct err_at *at)
{
    (void)ctx;
    (void)file;
    (void)at;
}

// "T1(R=Y%DF=Y)\n" for each test of which the reference says anything.
static void print_ref(const struct osdb *db, uint32_t ref, struct buf *b)
{
    for (int t = 0; t < TEST_COUNT; t++) {
        const struct osdb_test_info *info = &osdb_tests[t];
        bool is_begun = false;
        for (int i = info->first; i < info->first + info->n; i++) {
            const struct span expr = osdb_expr_at(db, ref, i);
            if (span_is_absent(expr))
                continue;
            buf_str(b, is_begun ? "%" : info->name);
            buf_str(b, is_begun ? "" : "(");
            buf_str(b, osdb_attr_names[i]);
            buf_str(b, "=");
            buf_bytes(b, expr);
            is_begun = true;
        }
        buf_str(b, is_begun ? ")\n" : "");
    }
}

static enum err load_one(struct sure *s, uint32_t ref, struct span keys, struct refs *r,
                         struct err_at *at)
{
    const struct osdb *db = s->db;
    char text[TEXT_MAX];
    struct buf b;
    struct personality *p = &r->personality[r->n];
    buf_init(&b, text, sizeof text);
    print_ref(db, ref, &b);
    personality_init(p);
    if (b.full || personality_parse(buf_span(&b), p, at) != ERR_OK || !sure_is(s, p, ref)) {
        r->n_unusable++;
        return ERR_OK;
    }
    const enum err err = personality_parse(keys, p, at);
    const struct osdb_ref label = osdb_ref_at(db, ref);
    r->label[r->n++] = (struct refs_label){label.name, label.line};
    return err;
}

enum err refs_load(struct arena *run, const char *file, struct span text, struct span keys,
                   struct refs *out, struct err_at *at)
{
    const struct osdb *db;
    struct osdb_tree *tree = osdb_tree_new(run, QUIRKS_NONE);
    enum err err = osdb_tree_add(tree, file, text, no_diag, NULL);
    if (!err)
        err = osdb_build(run, tree, &db);
    if (err)
        return err_set(at, err, "not a database of fingerprints", span_str(file));
    const uint32_t n = osdb_count(db);
    *out = (struct refs){.personality = arena_array(run, n, sizeof *out->personality),
                         .label = arena_array(run, n, sizeof *out->label)};
    struct sure s;
    sure_init(&s, run, db);
    for (uint32_t i = 0; i < n && !err; i++)
        err = load_one(&s, i, keys, out, at);
    sure_fini(&s);
    return err;
}

static uint32_t find(const struct refs *r, uint64_t line)
{
    uint32_t i = 0;
    while (i < r->n && r->label[i].line != line)
        i++;
    return i;
}

bool refs_choose(struct refs *r, struct span lines)
{
    uint32_t n = 0;
    while (!span_is_absent(lines)) {
        uint64_t line;
        if (!text_dec(span_trim(span_cut(&lines, ',')), UINT32_MAX, &line))
            return false;
        const uint32_t i = find(r, line);
        if (i == r->n)
            return false;
        const struct refs_label label = r->label[i]; // those chosen move to the front
        const struct personality p = r->personality[i];
        r->label[i] = r->label[n];
        r->personality[i] = r->personality[n];
        r->label[n] = label;
        r->personality[n++] = p;
    }
    r->n = n;
    return n > 0;
}
