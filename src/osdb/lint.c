// SPDX-License-Identifier: Apache-2.0
// One file, line by line: what the parser accepts and still cannot be meant. Grammar faults are
// the parser's to report, so lines that it would refuse are passed over in silence here.
#include "osdb/lint.h"

#include "osdb/tree.h"

struct lint {
    const char *file;
    enum osdb_gen gen;
    osdb_lint_fn *found;
    void *ctx;
    struct span line;
    uint32_t line_no;
    // The record that is being read.
    bool is_record;
    struct span head; // its "Fingerprint" line
    uint32_t head_no;
    bool has_test[TEST_COUNT];
    uint32_t n_classes;
    struct span cls; // the last class line
    uint32_t cls_no;
    bool has_cpe; // of the last class
};

static void report(const struct lint *l, enum osdb_fault fault, const char *what, struct span token)
{
    struct osdb_finding f = {.fault = fault, .file = l->file};
    osdb_fail(&f.at, l->line, ERR_SYNTAX, what, token);
    f.at.line = l->line_no;
    l->found(l->ctx, &f);
}

// About a line that was read before.
static void report_at(const struct lint *l, enum osdb_fault fault, uint32_t line, const char *what,
                      struct span token)
{
    struct osdb_finding f = {.fault = fault, .file = l->file};
    err_set(&f.at, ERR_SYNTAX, what, token);
    f.at.line = line;
    f.at.col = 1;
    l->found(l->ctx, &f);
}

static void end_class(struct lint *l)
{
    if (l->n_classes > 0 && !l->has_cpe)
        report_at(l, OSDB_FAULT_NOTE, l->cls_no, "class without a CPE name", l->cls);
    l->has_cpe = false;
}

static void end_record(struct lint *l)
{
    bool has_tests = false;
    if (!l->is_record)
        return;
    l->is_record = false;
    end_class(l);
    for (int t = 0; t < TEST_COUNT; t++)
        has_tests |= l->has_test[t];
    if (l->n_classes == 0)
        report_at(l, OSDB_FAULT_WARNING, l->head_no, "reference without a class", l->head);
    if (!has_tests)
        report_at(l, OSDB_FAULT_WARNING, l->head_no, "reference without a test matches nothing",
                  l->head);
}

static void begin_record(struct lint *l)
{
    end_record(l);
    l->is_record = true;
    l->head = span_trim(span_from(l->line, SPAN("Fingerprint").len));
    l->head_no = l->line_no;
    l->n_classes = 0;
    memset(l->has_test, 0, sizeof l->has_test);
}

static void class_line(struct lint *l)
{
    end_class(l);
    l->n_classes++;
    l->cls = span_trim(span_from(l->line, SPAN("Class").len));
    l->cls_no = l->line_no;
    struct span rest = l->cls;
    const struct span vendor = span_trim(span_cut(&rest, '|'));
    const struct span family = span_trim(span_cut(&rest, '|'));
    if (vendor.len == 0 || family.len == 0)
        report(l, OSDB_FAULT_WARNING, "class without a vendor or family", l->cls);
}

static void cpe_line(struct lint *l)
{
    const struct span name = span_trim(span_from(l->line, SPAN("CPE").len));
    l->has_cpe = true;
    if (!span_starts(name, SPAN("cpe:/")))
        report(l, OSDB_FAULT_ERROR, "a CPE name begins with cpe:/", name);
}

static void expr_part(struct lint *l, enum osdb_test test, const struct osdb_part *part)
{
    enum osdb_fault fault;
    struct span token;
    const int attr = osdb_attr(test, part->name);
    if (attr < 0 || span_is_absent(part->value))
        return;
    const char *what = osdb_expr_fault(attr, part->value, &fault, &token);
    if (what)
        report(l, fault, what, token.len > 0 ? token : part->text);
}

static void check_ttl(struct lint *l, enum osdb_test test, const struct osdb_line *line)
{
    struct span value[OSDB_TEST_ATTRS];
    const int t = osdb_attr(test, SPAN("T"));
    if (t < 0 || osdb_line_attrs(line, test, false, value, NULL))
        return;
    const struct span *ttl = &value[t - osdb_tests[test].first];
    if (!span_is_absent(ttl[0]) && span_is_absent(ttl[1]))
        report(l, OSDB_FAULT_WARNING, "T without TG: nothing is left where the distance is unknown",
               ttl[0]);
}

static void test_line(struct lint *l)
{
    struct osdb_line line;
    struct osdb_part part;
    if (osdb_line_split(l->line, &line, NULL))
        return;
    const int test = osdb_test_by_name(l->gen, line.name);
    if (test < 0)
        return;
    if (l->has_test[test])
        report(l, OSDB_FAULT_ERROR, "this test is given twice; only the last one counts",
               line.name);
    l->has_test[test] = true;
    if (span_trim(line.tail).len > 0)
        report(l, OSDB_FAULT_WARNING, "text after \")\" is not read", line.tail);
    check_ttl(l, (enum osdb_test)test, &line);
    struct span body = line.body;
    while (osdb_line_next(&body, &part))
        expr_part(l, (enum osdb_test)test, &part);
}

static void read_line(struct lint *l)
{
    if (l->line.len == 0)
        end_record(l);
    else if (l->line.ptr[0] == '#')
        return;
    else if (span_starts(l->line, SPAN("Fingerprint")))
        begin_record(l);
    else if (span_starts(l->line, SPAN("MatchPoints")))
        end_record(l);
    else if (!l->is_record)
        return;
    else if (span_starts(l->line, SPAN("Class ")))
        class_line(l);
    else if (span_starts(l->line, SPAN("CPE ")))
        cpe_line(l);
    else
        test_line(l);
}

void osdb_lint_text(const char *file, struct span text, osdb_lint_fn *found, void *ctx)
{
    struct lint l = {.file = file, .gen = osdb_text_gen(text), .found = found, .ctx = ctx};
    while (!span_is_absent(text)) {
        l.line = span_cut(&text, '\n');
        l.line_no++;
        if (l.line.len > 0 && l.line.ptr[l.line.len - 1] == '\r')
            l.line.len--;
        read_line(&l);
    }
    end_record(&l);
}
