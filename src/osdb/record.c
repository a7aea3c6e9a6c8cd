// SPDX-License-Identifier: Apache-2.0
// The lines of one fingerprint: classes, CPE names, tests. osdb_record_end turns them into a
// reference with its expressions in attribute order.
// Reference: os-detection specification 5.1, 5.3, 5.4; rows 6, 12, 15 and 18 of section 9.
#include "osdb/parse.h"

void osdb_record_begin(struct osdb_parse *p, struct span name)
{
    p->record.name = name;
    p->record.line = p->line_no;
    p->record.n_classes = 0;
    p->record.n_cpe = 0;
    p->record.class_lost = false;
    memset(p->record.expr, 0, sizeof p->record.expr);
}

// The CPE names so far belong to the last class.
static void close_class(struct osdb_parse *p)
{
    struct osdb_parse_record *r = &p->record;
    if (r->n_cpe == 0)
        return;
    struct span *cpe = arena_array(p->tree->run, r->n_cpe, sizeof *cpe);
    memcpy(cpe, r->cpe, r->n_cpe * sizeof *cpe);
    r->classes[r->n_classes - 1].cpe = cpe;
    r->classes[r->n_classes - 1].n_cpe = r->n_cpe;
    r->n_cpe = 0;
}

static struct osdb_tree_class *copy_classes(struct osdb_parse *p)
{
    const struct osdb_parse_record *r = &p->record;
    struct osdb_tree_class *classes = arena_array(p->tree->run, r->n_classes, sizeof *classes);
    memcpy(classes, r->classes, r->n_classes * sizeof *classes);
    return classes;
}

static struct osdb_item *copy_items(struct osdb_parse *p, uint32_t *n)
{
    const struct span *expr = p->record.expr;
    struct osdb_item item[ATTR_COUNT];
    *n = 0;
    for (int i = 0; i < ATTR_COUNT; i++) {
        if (span_is_absent(expr[i]))
            continue;
        item[*n] = (struct osdb_item){expr[i].ptr, (uint16_t)expr[i].len, (uint8_t)i};
        ++*n;
    }
    struct osdb_item *items = arena_array(p->tree->run, *n, sizeof *items);
    memcpy(items, item, *n * sizeof *items);
    return items;
}

void osdb_record_end(struct osdb_parse *p)
{
    struct osdb_entry *e = &p->entries[p->n++];
    close_class(p);
    e->name = p->record.name;
    e->line = p->record.line;
    e->classes = copy_classes(p);
    e->n_classes = p->record.n_classes;
    e->items = copy_items(p, &e->n_items);
}

static bool is_bars_only(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '|' && s.ptr[i] != ' ' && s.ptr[i] != '\t')
            return false;
    return true;
}

// "vendor|family|generation|type"; further bars belong to the type.
static void class_line(struct osdb_parse *p, struct span text)
{
    struct osdb_parse_record *r = &p->record;
    struct span field[4];
    struct span rest = text;
    close_class(p);
    if (is_bars_only(text) && p->tree->quirks != QUIRKS_793)
        return;
    r->class_lost = true;
    for (int i = 0; i < 3; i++)
        field[i] = span_trim(span_cut(&rest, '|'));
    if (span_is_absent(rest)) {
        osdb_parse_error(p, ERR_SYNTAX, "class with fewer than four fields", text);
        return;
    }
    field[3] = span_trim(rest);
    if (r->n_classes == LIMIT_DB_CLASSES) {
        osdb_parse_error(p, ERR_LIMIT, "too many classes", text);
        return;
    }
    r->class_lost = false;
    r->classes[r->n_classes++] = (struct osdb_tree_class){
        .vendor = field[0],
        .family = field[1],
        .generation = field[2].len ? field[2] : (struct span){NULL, 0},
        .type = field[3],
    };
}

static struct span first_word(struct span text)
{
    const struct span s = span_trim(text);
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ' ' && s.ptr[n] != '\t')
        n++;
    return span_head(s, n);
}

// The words behind the name are flags.
static void cpe_line(struct osdb_parse *p, struct span text)
{
    struct osdb_parse_record *r = &p->record;
    const struct span name = first_word(text);
    if (r->class_lost)
        return;
    if (r->n_classes == 0)
        osdb_parse_error(p, ERR_SYNTAX, "\"CPE\" without a \"Class\" before it", text);
    else if (name.len == 0)
        osdb_parse_error(p, ERR_SYNTAX, "\"CPE\" without a name", text);
    else if (r->n_cpe == LIMIT_DB_CPES)
        osdb_parse_error(p, ERR_LIMIT, "too many CPE names", text);
    else
        r->cpe[r->n_cpe++] = name;
}

// What became of a test line.
enum outcome {
    LINE_TAKEN,
    LINE_LOST,      // broken; so bad that the reference scanner ends
    LINE_MALFORMED, // broken; the reference scanner leaves the record
};

// R says whether there was a reply; it must fit the other attributes (spec 5.3).
static enum outcome fix_r(const struct osdb_line *line, bool has_r, uint32_t n, struct span value[],
                          struct err_at *at)
{
    const bool is_n = span_eq(value[0], SPAN("N"));
    if (!has_r || (n == 1 && !span_is_absent(value[0]) && is_n))
        return LINE_TAKEN;
    if (n == 0) {
        value[0] = SPAN("N");
        return LINE_TAKEN;
    }
    if (span_is_absent(value[0])) {
        value[0] = SPAN("Y");
        return LINE_TAKEN;
    }
    if (n == 1) {
        osdb_fail(at, line->text, ERR_SYNTAX, "R alone must be N", value[0]);
        return LINE_LOST;
    }
    if (span_find(value[0], 'Y') < value[0].len)
        return LINE_TAKEN;
    osdb_fail(at, line->text, ERR_SYNTAX, "attributes of a reply, but R is not Y", value[0]);
    return LINE_MALFORMED;
}

// A bracket that is never closed ends the reference scanner when it compares.
static enum outcome check_brackets(const struct osdb_line *line, int first, int n,
                                   const struct span value[], struct err_at *at)
{
    for (int i = 0; i < n; i++) {
        if (osdb_attr_form(first + i) != OSDB_FORM_NESTED)
            continue;
        const struct span open = osdb_expr_unclosed(value[i]);
        if (span_is_absent(open))
            continue;
        osdb_fail(at, line->text, ERR_SYNTAX, "\"[\" without \"]\"", open);
        return LINE_LOST;
    }
    return LINE_TAKEN;
}

static enum outcome read_values(const struct osdb_line *line, enum osdb_test test, bool is_lax,
                                struct span value[OSDB_TEST_ATTRS], struct err_at *at)
{
    const struct osdb_test_info *info = &osdb_tests[test];
    uint32_t n = 0;
    if (osdb_test_gen(test) == OSDB_FIRST) // Resp is an attribute like the others
        return osdb_line_attrs(line, test, false, value, at) ? LINE_LOST : LINE_TAKEN;
    if (!info->has_r && span_eq(line->body, SPAN("R=N"))) {
        memset(value, 0, OSDB_TEST_ATTRS * sizeof value[0]); // takes no part
        return LINE_TAKEN;
    }
    if (osdb_line_attrs(line, test, is_lax, value, at))
        return is_lax ? LINE_LOST : LINE_MALFORMED;
    if (is_lax)
        return LINE_TAKEN;
    for (int i = 0; i < info->n; i++)
        n += !span_is_absent(value[i]);
    const enum outcome outcome = fix_r(line, info->has_r, n, value, at);
    return outcome ? outcome : check_brackets(line, info->first, info->n, value, at);
}

static enum outcome test_line(struct osdb_parse *p, struct err_at *at)
{
    const bool is_lax = p->tree->quirks == QUIRKS_793;
    struct osdb_line line;
    struct span value[OSDB_TEST_ATTRS];
    if (osdb_line_split(p->line, &line, at))
        return LINE_MALFORMED;
    const int test = osdb_test_by_name(p->tree->gen, line.name);
    if (test < 0 && is_lax)
        return LINE_TAKEN;
    if (test < 0) {
        osdb_fail(at, p->line, ERR_SYNTAX, "unknown test", line.name);
        return LINE_LOST;
    }
    const enum outcome outcome = read_values(&line, (enum osdb_test)test, is_lax, value, at);
    if (outcome != LINE_TAKEN)
        return outcome;
    const struct osdb_test_info *info = &osdb_tests[test];
    memcpy(&p->record.expr[info->first], value, info->n * sizeof value[0]);
    return LINE_TAKEN;
}

void osdb_record_line(struct osdb_parse *p)
{
    if (span_starts(p->line, SPAN("Class "))) {
        class_line(p, span_from(p->line, 6));
        return;
    }
    if (span_starts(p->line, SPAN("CPE "))) {
        cpe_line(p, span_from(p->line, 4));
        return;
    }
    struct err_at at = {0};
    const enum outcome outcome = test_line(p, &at);
    if (outcome == LINE_TAKEN)
        return;
    osdb_parse_report(p, &at);
    if (outcome == LINE_MALFORMED && p->tree->quirks != QUIRKS_NONE) {
        osdb_record_end(p);
        p->state = PARSE_OUTSIDE;
    }
}
