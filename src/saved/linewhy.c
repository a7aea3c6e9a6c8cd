// SPDX-License-Identifier: Apache-2.0
// --explain in JSON lines, as src/report/recordwhy.c writes it.
#include "model/explanation.h"
#include "saved/lines.h"

static enum os_outcome outcome_of(const json_t *o, const char *key)
{
    static const char *const words[] = {"won", "lost", "unseen", "silent"};
    const struct span s = value_plain(o, key);
    for (int i = 0; i < 4; i++) {
        if (span_eq(s, span_str(words[i])))
            return (enum os_outcome)i;
    }
    return OS_SILENT;
}

// Constant text elsewhere; ends with NUL.
static const char *word_of(struct arena *a, const json_t *o, const char *key)
{
    const struct span s = value_text(a, o, key);
    return span_is_absent(s) ? "" : s.ptr;
}

static const json_t *item(const json_t *list, uint32_t i)
{
    return json_array_get(list, i);
}

static void reference_of(struct arena *a, const json_t *o, struct os_explained *out)
{
    const json_t *list = json_object_get(o, "rows");
    struct os_row *rows = arena_array(a, json_array_size(list), sizeof *rows);
    out->name = value_text(a, o, "name");
    out->line = value_u32(o, "line");
    out->won = value_u32(o, "won");
    out->possible = value_u32(o, "possible");
    out->unseen = value_u32(o, "unseen");
    out->accuracy = out->possible > 0 ? (double)out->won / out->possible : 0;
    out->rows = rows;
    out->n_rows = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < out->n_rows; i++) {
        const json_t *r = item(list, i);
        rows[i] = (struct os_row){
            .test = word_of(a, r, "test"),
            .attr = word_of(a, r, "attribute"),
            .outcome = outcome_of(r, "outcome"),
            .seen = value_text(a, r, "answered"),
            .origin = value_text(a, r, "origin"),
            .why = value_text(a, r, "why").ptr,
            .expected = value_text(a, r, "expected"),
            .points = value_u32(r, "points"),
        };
    }
}

static void rivals_of(struct arena *a, const json_t *o, struct os_rivals *out)
{
    const json_t *list = json_object_get(o, "rows");
    struct os_rival_row *rows = arena_array(a, json_array_size(list), sizeof *rows);
    out->rows = rows;
    out->n_rows = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < out->n_rows; i++) {
        const json_t *r = item(list, i);
        rows[i] = (struct os_rival_row){
            .test = word_of(a, r, "test"),
            .attr = word_of(a, r, "attribute"),
            .seen = value_text(a, r, "answered"),
            .points = value_u32(r, "points"),
            .expected = {value_text(a, r, "first"), value_text(a, r, "other")},
            .outcome = {outcome_of(r, "first_outcome"), outcome_of(r, "other_outcome")},
        };
    }
}

// The references are named, not numbered; their order is that of the rivals.
static uint32_t place_of(const struct os_explained *refs, uint32_t n, struct span name, uint32_t at)
{
    if (at < n && span_eq(refs[at].name, name))
        return at;
    for (uint32_t i = 0; i < n; i++) {
        if (span_eq(refs[i].name, name))
            return i;
    }
    return 0;
}

const struct os_explanation *lines_explanation(struct arena *a, const json_t *o)
{
    const json_t *list = json_object_get(o, "references");
    const json_t *others = json_object_get(o, "rivals");
    if (json_array_size(list) == 0)
        return NULL;
    struct os_explanation *e = arena_alloc(a, sizeof *e);
    struct os_explained *refs = arena_array(a, json_array_size(list), sizeof *refs);
    struct os_rivals *rivals = arena_array(a, json_array_size(others), sizeof *rivals);
    e->is_near = span_eq(value_plain(o, "of"), SPAN("nearest"));
    e->refs = refs;
    e->n_refs = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < e->n_refs; i++)
        reference_of(a, item(list, i), &refs[i]);
    e->rivals = rivals;
    e->n_rivals = (uint32_t)json_array_size(others);
    for (uint32_t i = 0; i < e->n_rivals; i++) {
        rivals_of(a, item(others, i), &rivals[i]);
        rivals[i].other = place_of(refs, e->n_refs, value_text(a, item(others, i), "other"), i + 1);
    }
    if (json_object_get(o, "native")) {
        struct os_explained *native = arena_alloc(a, sizeof *native);
        reference_of(a, json_object_get(o, "native"), native);
        e->native = native;
    }
    return e;
}
