// SPDX-License-Identifier: Apache-2.0
// Wrapped lines are joined first: they are cut anywhere, and a ')' ends a line of a fingerprint.
#include "cli/subjects.h"

#include "base/text.h"

struct reader {
    struct arena *run;
    struct subjects *to;
    struct span label;
    struct subject *current; // NULL: between fingerprints
    bool is_six;             // of a host's IPv6 half
    bool lacks_native;       // and its line N6 has not come yet
    uint32_t line_no;
};

static struct subject *add(struct reader *r, bool is_part)
{
    struct subjects *to = r->to;
    if (to->n == to->cap) {
        const uint32_t cap = to->cap ? 2 * to->cap : 16;
        struct subject *all = arena_array(r->run, cap, sizeof *all);
        if (to->n > 0)
            memcpy(all, to->all, to->n * sizeof *all);
        to->all = all;
        to->cap = cap;
    }
    struct subject *s = &to->all[to->n++];
    *s = (struct subject){.label = r->label, .is_part = is_part};
    return s;
}

static void broken(struct reader *r, struct err_at at)
{
    if (r->to->n_broken++ > 0)
        return;
    at.line = r->line_no;
    r->to->first_broken = at;
}

// Of IPv6 the line N6 alone makes an entry; the reference scanner does not print it.
static void end_six(struct reader *r)
{
    struct err_at at = {0};
    if (r->lacks_native) {
        (void)err_set(&at, ERR_SYNTAX, "an IPv6 fingerprint without N6 makes no entry", SPAN(""));
        broken(r, at);
    }
    r->lacks_native = false;
}

static bool is_of_six(struct span scan)
{
    while (scan.len > 0 && !span_starts(scan, SPAN("%E=6%")))
        scan = span_from(scan, 1);
    return scan.len > 0;
}

// One "NAME(...)" line.
static void test_line(struct reader *r, struct span line)
{
    struct osdb_subject one;
    struct err_at at = {0};
    if (span_starts(line, SPAN("SCAN("))) {
        end_six(r);
        r->current = NULL;
        r->is_six = r->lacks_native = is_of_six(line);
        return;
    }
    if (r->is_six && !span_starts(line, SPAN("N6(")))
        return; // packets
    r->lacks_native = false;
    if (osdb_subject_parse(line, &one, &at) != ERR_OK) {
        broken(r, at);
        return;
    }
    for (int t = 0; t < TEST_COUNT; t++) {
        const struct osdb_test_info *test = &osdb_tests[t];
        if (!one.has_line[t])
            continue;
        if (!r->current || r->current->s.has_line[t])
            r->current = add(r, r->current != NULL);
        r->current->s.has_line[t] = true;
        memcpy(&r->current->s.value[test->first], &one.value[test->first],
               test->n * sizeof one.value[0]);
    }
}

// "T1(" with the name of a test, or "SCAN(".
static bool is_test_line(struct span line)
{
    const struct span name = span_head(line, span_find(line, '('));
    const bool is_closed = line.len > 0 && line.ptr[line.len - 1] == ')';
    return is_closed && name.len < line.len &&
           (osdb_test_of_line(line) >= 0 || span_eq(name, SPAN("SCAN")));
}

// Takes all lines that begin with "OS:" off *text.
static struct span unwrap(struct reader *r, struct span *text)
{
    char *mem = arena_alloc(r->run, text->len);
    size_t n = 0;
    while (span_starts(*text, SPAN("OS:"))) {
        const struct span line = span_from(span_trim(span_cut(text, '\n')), 3);
        memcpy(mem + n, line.ptr, line.len);
        n += line.len;
    }
    return span_of(mem, n);
}

static void wrapped(struct reader *r, struct span all)
{
    r->current = NULL;
    while (all.len > 0) {
        const size_t end = span_find(all, ')');
        test_line(r, span_trim(span_head(all, end + 1)));
        all = span_from(all, end + 1);
    }
    r->current = NULL;
}

void subjects_read(struct arena *run, struct span text, struct span label, struct subjects *to)
{
    struct reader r = {.run = run, .to = to, .label = label};
    while (!span_is_absent(text)) {
        r.line_no++;
        if (span_starts(text, SPAN("OS:"))) {
            wrapped(&r, unwrap(&r, &text));
            continue;
        }
        const struct span line = span_trim(span_cut(&text, '\n'));
        if (span_starts(line, SPAN("Fingerprint ")))
            r.label = span_trim(span_from(line, SPAN("Fingerprint ").len));
        if (is_test_line(line))
            test_line(&r, line);
        else
            r.current = NULL;
    }
    end_six(&r);
}
