// SPDX-License-Identifier: Apache-2.0
// References as text. Printing what was parsed and parsing it again gives the same reference.
#include "osdb/draft.h"

#include "base/buf.h"

enum {
    LINE_OVERHEAD = 32,  // keyword, bars, newline
    TEST_OVERHEAD = 128, // name, attribute names, '=' and '%' of one test
};

static const struct osdb_draft_class *copy_classes(struct arena *a, const struct osdb *db,
                                                   const struct osdb_ref *ref)
{
    struct osdb_draft_class *out = arena_array(a, ref->n_classes, sizeof *out);
    for (uint32_t i = 0; i < ref->n_classes; i++) {
        const struct osdb_class c = osdb_class_at(db, ref->first_class + i);
        struct span *cpe = arena_array(a, c.n_cpe, sizeof *cpe);
        for (uint32_t k = 0; k < c.n_cpe; k++)
            cpe[k] = osdb_cpe_at(db, c.first_cpe + k);
        out[i] = (struct osdb_draft_class){c.vendor, c.family, c.generation, c.type, cpe, c.n_cpe};
    }
    return out;
}

void osdb_draft_of(struct arena *a, const struct osdb *db, uint32_t ref, struct osdb_draft *out)
{
    const struct osdb_ref r = osdb_ref_at(db, ref);
    *out = (struct osdb_draft){
        .name = r.name,
        .line = r.line,
        .source = r.source,
        .classes = copy_classes(a, db, &r),
        .n_classes = r.n_classes,
    };
    for (int i = 0; i < ATTR_COUNT; i++)
        out->expr[i] = osdb_expr_at(db, ref, i);
}

size_t osdb_draft_size(const struct osdb_draft *d)
{
    size_t n = d->name.len + LINE_OVERHEAD + TEST_COUNT * TEST_OVERHEAD;
    for (uint32_t i = 0; i < d->n_classes; i++) {
        const struct osdb_draft_class *c = &d->classes[i];
        n += c->vendor.len + c->family.len + c->generation.len + c->type.len + LINE_OVERHEAD;
        for (uint32_t k = 0; k < c->n_cpe; k++)
            n += c->cpe[k].len + LINE_OVERHEAD;
    }
    for (int i = 0; i < ATTR_COUNT; i++)
        n += d->expr[i].len;
    return n;
}

static void print_class(struct buf *b, const struct osdb_draft_class *c)
{
    const struct span field[] = {c->vendor, c->family, c->generation, c->type};
    buf_str(b, "Class ");
    for (int i = 0; i < 4; i++) {
        buf_str(b, i == 0 ? "" : i > 0 && field[i - 1].len == 0 ? "| " : " | ");
        buf_bytes(b, field[i]);
    }
    buf_char(b, '\n');
    for (uint32_t i = 0; i < c->n_cpe; i++) {
        buf_str(b, "CPE ");
        buf_bytes(b, c->cpe[i]);
        buf_char(b, '\n');
    }
}

static void print_test(struct buf *b, const struct osdb_draft *d, const struct osdb_test_info *test)
{
    const char *sep = "";
    for (int i = test->first; i < test->first + test->n; i++) {
        if (span_is_absent(d->expr[i]))
            continue;
        if (sep[0] == '\0') {
            buf_str(b, test->name);
            buf_char(b, '(');
        }
        buf_str(b, sep);
        buf_str(b, osdb_attr_names[i]);
        buf_char(b, '=');
        buf_bytes(b, d->expr[i]);
        sep = "%";
    }
    buf_str(b, sep[0] ? ")\n" : "");
}

void osdb_print_draft(struct buf *b, const struct osdb_draft *d)
{
    buf_str(b, "Fingerprint ");
    buf_bytes(b, d->name);
    buf_char(b, '\n');
    for (uint32_t i = 0; i < d->n_classes; i++)
        print_class(b, &d->classes[i]);
    for (int i = 0; i < TEST_COUNT; i++)
        print_test(b, d, &osdb_tests[i]);
}

void osdb_print_points(struct buf *b, const struct osdb *db)
{
    buf_str(b, "MatchPoints\n");
    for (int t = 0; t < TEST_COUNT; t++) {
        const struct osdb_test_info *test = &osdb_tests[t];
        const char *sep = "";
        for (int i = test->first; i < test->first + test->n; i++) {
            if (osdb_points(db, i) == 0)
                continue;
            if (sep[0] == '\0') {
                buf_str(b, test->name);
                buf_char(b, '(');
            }
            buf_str(b, sep);
            buf_str(b, osdb_attr_names[i]);
            buf_char(b, '=');
            buf_dec(b, osdb_points(db, i));
            sep = "%";
        }
        buf_str(b, sep[0] ? ")\n" : "");
    }
}
