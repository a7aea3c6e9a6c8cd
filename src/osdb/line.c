// SPDX-License-Identifier: Apache-2.0
// Reading one test line, "NAME(A=x%B=y)": shared by the parsers of databases and of subjects.
// In: a line without its newline. Out: views into it. Errors carry the column; the line number
// is the caller's. Reference: os-detection specification 4.1, 5.1.
#include "osdb/tree.h"

enum err osdb_fail(struct err_at *at, struct span line, enum err code, const char *what,
                   struct span token)
{
    if (at) {
        at->line = 0;
        at->col = (uint32_t)(token.ptr - line.ptr) + 1;
    }
    return err_set(at, code, what, token);
}

// A name that is compared with each of a few short ones, for each attribute of a big file.
static bool name_is(const char *name, struct span s)
{
    size_t i = 0;
    while (i < s.len && name[i] != '\0' && name[i] == s.ptr[i])
        i++;
    return i == s.len && name[i] == '\0';
}

int osdb_attr(enum osdb_test test, struct span name)
{
    const struct osdb_test_info *info = &osdb_tests[test];
    for (int i = info->first; i < info->first + info->n; i++)
        if (name_is(osdb_attr_names[i], name))
            return i;
    return -1;
}

int osdb_test_by_name(enum osdb_gen gen, struct span name)
{
    const struct osdb_gen_info *g = &osdb_gens[gen];
    for (int i = g->test; i < g->test + g->n_tests; i++)
        if (name_is(osdb_tests[i].name, name))
            return i;
    return -1;
}

// T1-T7 bear the same names in both generations; the lines of subjects begin with Resp or R.
int osdb_test_of_line(struct span line)
{
    const size_t open = span_find(line, '(');
    const struct span name = span_head(line, open);
    const int first = osdb_test_by_name(OSDB_FIRST, name);
    const int second = osdb_test_by_name(OSDB_SECOND, name);
    const int native = osdb_test_by_name(OSDB_NATIVE, name);
    const bool has_resp = span_starts(span_from(line, open + 1), SPAN("Resp="));
    return native >= 0 ? native : first >= 0 && (second < 0 || has_resp) ? first : second;
}

enum osdb_gen osdb_test_gen(enum osdb_test test)
{
    return test < TEST_TSEQ ? OSDB_SECOND : test < TEST_N6 ? OSDB_FIRST : OSDB_NATIVE;
}

enum osdb_gen osdb_subject_gen(const struct osdb_subject *subject)
{
    for (int t = TEST_TSEQ; t < TEST_N6; t++)
        if (subject->has_line[t])
            return OSDB_FIRST;
    for (int t = 0; t < TEST_TSEQ; t++)
        if (subject->has_line[t])
            return OSDB_SECOND;
    return subject->has_line[TEST_N6] ? OSDB_NATIVE : OSDB_SECOND;
}

enum osdb_gen osdb_text_gen(struct span text)
{
    while (text.len > 0) {
        const struct span line = span_cut(&text, '\n');
        if (span_starts(line, SPAN("TSeq(")) || span_starts(line, SPAN("PU(")))
            return OSDB_FIRST;
        if (span_starts(line, SPAN("N6(")))
            return OSDB_NATIVE;
        if (span_starts(line, SPAN("SEQ(")) || span_starts(line, SPAN("U1(")))
            return OSDB_SECOND;
    }
    return OSDB_SECOND;
}

enum osdb_form osdb_attr_form(int attr)
{
    if (attr >= osdb_gens[OSDB_NATIVE].attr)
        return OSDB_FORM_PLAIN;
    if (attr >= osdb_gens[OSDB_FIRST].attr)
        return OSDB_FORM_FIRST;
    const bool is_options = osdb_attr_names[attr][0] == 'O'; // O and O1-O6 alone begin so
    return is_options ? OSDB_FORM_NESTED : OSDB_FORM_PLAIN;
}

enum err osdb_line_split(struct span text, struct osdb_line *out, struct err_at *at)
{
    const size_t open = span_find(text, '(');
    if (open == text.len)
        return osdb_fail(at, text, ERR_SYNTAX, "test line without \"(\"", text);
    const struct span inside = span_from(text, open + 1);
    const size_t close = span_find(inside, ')');
    if (close == inside.len)
        return osdb_fail(at, text, ERR_SYNTAX, "test line without \")\"", inside);
    *out = (struct osdb_line){
        .text = text,
        .name = span_head(text, open),
        .body = span_head(inside, close),
        .tail = span_from(inside, close + 1),
    };
    return ERR_OK;
}

bool osdb_line_next(struct span *body, struct osdb_part *out)
{
    if (span_is_absent(*body))
        return false;
    out->text = span_cut(body, '%');
    out->value = out->text;
    out->name = span_cut(&out->value, '=');
    return true;
}

enum err osdb_line_attrs(const struct osdb_line *line, enum osdb_test test, bool lax,
                         struct span value[OSDB_TEST_ATTRS], struct err_at *at)
{
    const int first = osdb_tests[test].first;
    struct span body = line->body.len ? line->body : (struct span){NULL, 0};
    struct osdb_part part;
    for (int i = 0; i < OSDB_TEST_ATTRS; i++)
        value[i] = (struct span){NULL, 0};
    while (osdb_line_next(&body, &part)) {
        if (span_is_absent(part.value))
            return osdb_fail(at, line->text, ERR_SYNTAX, "attribute without \"=\"", part.text);
        const int attr = osdb_attr(test, part.name);
        const bool is_new = attr >= 0 && span_is_absent(value[attr - first]);
        if (is_new)
            value[attr - first] = part.value;
        else if (!lax)
            return osdb_fail(at, line->text, ERR_SYNTAX,
                             attr < 0 ? "unknown attribute" : "repeated attribute", part.name);
    }
    return ERR_OK;
}
