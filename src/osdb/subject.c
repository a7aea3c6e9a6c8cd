// SPDX-License-Identifier: Apache-2.0
// Text -> subject: the test lines of one try, as printed by osdb_print_line. Blank lines and a
// SCAN line are skipped; anything else that is not a good line is an error with its place.
// Reference: os-detection specification 4.1, limit of 4.5.
#include "osdb/tree.h"

static enum err read_line(struct span text, struct osdb_subject *out, struct err_at *at)
{
    struct osdb_line line;
    struct span value[OSDB_TEST_ATTRS];
    enum err err = osdb_line_split(text, &line, at);
    if (err)
        return err;
    const int test = osdb_test_of_line(text);
    if (test < 0)
        return osdb_fail(at, text, ERR_SYNTAX, "unknown test", line.name);
    if (out->has_line[test])
        return osdb_fail(at, text, ERR_SYNTAX, "repeated test", line.name);
    if (line.tail.len > 0)
        return osdb_fail(at, text, ERR_SYNTAX, "text after \")\"", line.tail);
    err = osdb_line_attrs(&line, (enum osdb_test)test, false, value, at);
    if (err)
        return err;
    out->has_line[test] = true;
    memcpy(&out->value[osdb_tests[test].first], value, osdb_tests[test].n * sizeof value[0]);
    return ERR_OK;
}

enum err osdb_subject_parse(struct span text, struct osdb_subject *out, struct err_at *at)
{
    uint32_t line_no = 0;
    memset(out, 0, sizeof *out);
    if (text.len > LIMIT_SUBJECT) {
        if (at)
            *at = (struct err_at){0};
        return err_set(at, ERR_LIMIT, "fingerprint too long", span_head(text, 0));
    }
    while (!span_is_absent(text)) {
        const struct span raw = span_cut(&text, '\n');
        const struct span line = span_trim(raw);
        line_no++;
        if (line.len == 0 || span_starts(line, SPAN("SCAN(")))
            continue;
        const enum err err = read_line(line, out, at);
        if (err && at) {
            at->line = line_no;
            at->col += (uint32_t)(line.ptr - raw.ptr);
        }
        if (err)
            return err;
    }
    return ERR_OK;
}
