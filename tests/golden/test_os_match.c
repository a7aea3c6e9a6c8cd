// SPDX-License-Identifier: Apache-2.0
// Private databases against what two versions of the reference scanner printed for them
// (cases.tsv). Compared are the match lists (names, order, percentages), the verdicts and the
// lines reported as broken. Where the reference scanner ended, the tables below say what we do
// instead; own mode is held to the later version where that one printed an answer.
// The directory is the first argument.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "naive/osdb_naive.h"

enum { TEXT_MAX = 1 << 16, LINES_TEXT = 512 };

static const char *directory;

// What we do where the reference scanner ended (rc is not 0), and where own mode differs.
struct instead {
    const char *name;
    enum quirks quirks;
    const char *lines; // reported as broken, in order
    const char *list;  // as told by `outcome` below
};

static const struct instead instead[] = {
    // Broken test lines: own mode loses that line alone.
    {"bad_attr", QUIRKS_NONE, "42 ", "OS details: good1, bad, good2"},
    {"bad_dupattr", QUIRKS_NONE, "42 ", "OS details: good1, bad, good2"},
    {"bad_noclose", QUIRKS_793, "42 43 44 45 46 47 48 49 ", "OS details: good1, bad, good2"},
    {"bad_noclose", QUIRKS_NONE, "42 ", "OS details: good1, bad, good2"},
    {"bad_noeq", QUIRKS_793, "42 ", "OS details: good1, bad, good2"},
    {"bad_noeq", QUIRKS_NONE, "42 ", "OS details: good1, bad, good2"},
    {"bad_noparen", QUIRKS_793, "42 43 44 45 46 47 48 49 ", "OS details: good1, bad, good2"},
    {"bad_noparen", QUIRKS_NONE, "42 ", "OS details: good1, bad, good2"},
    {"bad_rnattrs", QUIRKS_NONE, "42 ", "OS details: good1, bad, good2"},
    {"bad_ry", QUIRKS_7991, "42 ", "OS details: good1, bad, good2"},
    {"bad_ry", QUIRKS_NONE, "42 ", "OS details: good1, bad, good2"},
    {"bad_test", QUIRKS_7991, "42 ", "OS details: good1, bad, good2"},
    {"bad_test", QUIRKS_NONE, "42 ", "OS details: good1, bad, good2"},
    {"indent", QUIRKS_7991, "37 ", "OS details: good1, ind, good2"},
    {"indent", QUIRKS_NONE, "37 ", "OS details: good1, ind, good2"},
    {"longline", QUIRKS_793, "40 41 42 43 44 45 46 47 48 49 50 ", "OS details: good1, long, good2"},
    {"longline", QUIRKS_NONE, "40 ", "OS details: good1, long, good2"},
    {"nobrack", QUIRKS_7991, "20 ", "OS details: nb"},
    {"nobrack", QUIRKS_NONE, "20 ", "OS details: nb"},
    {"duptest", QUIRKS_793, "", "OS details: good1, good2"},
    // Broken records: the line, or the record if it has no name.
    {"class3", QUIRKS_793, "35 ", "OS details: good1, c3, good2"},
    {"class3", QUIRKS_7991, "35 ", "OS details: good1, c3, good2"},
    {"class3", QUIRKS_NONE, "35 ", "OS details: good1, c3, good2"},
    {"cpefirst", QUIRKS_793, "35 ", "OS details: good1, c3, good2"},
    {"cpefirst", QUIRKS_7991, "35 ", "OS details: good1, c3, good2"},
    {"cpefirst", QUIRKS_NONE, "35 ", "OS details: good1, c3, good2"},
    {"emptyclass", QUIRKS_7991, "18 ", "OS details: ec"},
    {"emptyclass", QUIRKS_NONE, "18 ", "OS details: ec"},
    {"noname", QUIRKS_793, "34 ", "OS details: good1, good2"},
    {"noname", QUIRKS_7991, "34 ", "OS details: good1, good2"},
    {"noname", QUIRKS_NONE, "34 ", "OS details: good1, good2"},
    // CR LF: a CR alone is no empty line, except in own mode.
    {"crlf", QUIRKS_793, "15 32 33 50 ", "OS details: good1, good2"},
    {"crlf", QUIRKS_7991, "15 32 33 50 ", "OS details: good1, good2"},
    {"crlf", QUIRKS_NONE, "", "OS details: good1, good2"},
    // MatchPoints: what is refused weighs 0.
    {"mp0", QUIRKS_7991, "5 ", "OS details: good1"},
    {"mp0", QUIRKS_NONE, "5 ", "OS details: good1"},
    {"mpafter", QUIRKS_7991, "19 ", "OS details: good1, good2"},
    {"mpafter", QUIRKS_NONE, "19 ", "OS details: good1, good2"},
    {"mpbad", QUIRKS_793, "5 ", "OS details: good1"},
    {"mpbad", QUIRKS_7991, "5 ", "OS details: good1"},
    {"mpbad", QUIRKS_NONE, "5 ", "OS details: good1"},
    {"mpmissing", QUIRKS_793, "", "OS details: good1"},
    {"mpnone", QUIRKS_793, "0 ", "none"},
    {"mpnone", QUIRKS_7991, "0 ", "none"},
    {"mpnone", QUIRKS_NONE, "0 ", "none"},
    {"mptwice", QUIRKS_793, "16 ", "OS details: good1"},
    {"mptwice", QUIRKS_7991, "16 ", "OS details: good1"},
    {"mptwice", QUIRKS_NONE, "16 ", "OS details: good1"},
    {"mpunk", QUIRKS_7991, "5 ", "OS details: good1"},
    {"mpunk", QUIRKS_NONE, "5 ", "OS details: good1"},
    // Ranges that ended 7.93 never match.
    {"expr", QUIRKS_793, "",
     "OS details: w-eq, w-or, w-orempty, w-trail, w-range, w-rangepad, w-gt, w-lt, w-gt0, "
     "w-gtpad, w-lt5, w-lower, w-lowrange2, w-multi, w-gtlt"},
    {"range1", QUIRKS_793, "", "No exact"},
    {"rangerev", QUIRKS_793, "", "OS details: ok"},
    // Too long a class for the report; matching is not concerned.
    {"long_gen", QUIRKS_793, "", "OS details: lg"},
    {"long_gen", QUIRKS_7991, "", "OS details: lg"},
    {"long_gen", QUIRKS_NONE, "", "OS details: lg"},
    // Own mode hears brackets in any alternative.
    {"nested", QUIRKS_NONE, "",
     "OS details: n-range, n-gt, n-or, n-last, n-first, n-two, n-plain2"},
    {"nested2", QUIRKS_NONE, "",
     "OS details: k-plain, k-mid, k-gt, k-two, k-end, k-or-in, k-three, k-plainor, k-orafter, "
     "k-pad"},
};

static const struct instead *find_instead(struct span name, enum quirks quirks)
{
    for (size_t i = 0; i < sizeof instead / sizeof instead[0]; i++)
        if (instead[i].quirks == quirks && span_eq(name, span_str(instead[i].name)))
            return &instead[i];
    return NULL;
}

static struct span read_file(struct span name, const char *extension)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%.*s%s", directory, (int)name.len, name.ptr, extension);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s", path);
    char *text = malloc(TEXT_MAX);
    assert_non_null(text);
    const size_t n = fread(text, 1, TEXT_MAX, f);
    assert_true(n < TEXT_MAX);
    fclose(f);
    return span_of(text, n);
}

static void note_line(void *ctx, const char *file, const struct err_at *at)
{
    (void)file;
    buf_dec(ctx, at->line);
    buf_char(ctx, ' ');
}

static void names(struct buf *b, const struct osdb *db, const struct osdb_result *r)
{
    const char *sep = "OS details: ";
    for (uint32_t i = 0; i < r->n_perfect; i++) {
        buf_str(b, sep);
        buf_bytes(b, osdb_ref_at(db, r->match[i].ref).name);
        sep = ", ";
    }
}

static void guesses(struct buf *b, const struct osdb *db, const struct osdb_result *r)
{
    const char *sep = "Aggressive OS guesses: ";
    for (uint32_t i = 0; i < r->n && i < 10; i++) {
        if (i > 0 && !(r->match[i].accuracy > r->match[0].accuracy - 0.10))
            break;
        buf_str(b, sep);
        buf_bytes(b, osdb_ref_at(db, r->match[i].ref).name);
        buf_str(b, " (");
        buf_dec(b, (uint64_t)(r->match[i].accuracy * 100));
        buf_str(b, "%)");
        sep = ", ";
    }
}

// The line of the report that tells the match list, in short.
static void outcome(struct buf *b, const struct osdb *db, const struct osdb_result *r,
                    bool is_debug, bool may_guess)
{
    if (r->status == OSDB_NO_MATCHES)
        buf_str(b, "none");
    else if (r->status == OSDB_TOO_MANY || (r->n_perfect > 8 && !is_debug))
        buf_str(b, "Too many");
    else if (r->n_perfect > 0)
        names(b, db, r);
    else if (may_guess)
        guesses(b, db, r);
    else
        buf_str(b, "No exact");
}

struct run {
    char lines[LINES_TEXT];
    char list[LINES_TEXT];
};

static const struct osdb *compiled(struct arena *arena, const struct osdb_tree *tree)
{
    struct arena scratch;
    struct span block;
    const struct osdb *db = NULL;
    arena_init(&scratch, "test");
    assert_int_equal(osdb_compile(arena, &scratch, tree, &block), ERR_OK);
    arena_fini(&scratch);
    assert_int_equal(osdb_open(arena, block, &db, NULL), ERR_OK);
    return db;
}

static void run_case(struct span name, struct span subject_name, enum quirks quirks,
                     struct span arguments, struct run *out)
{
    static struct osdb_result result, naive;
    struct osdb_subject subject;
    struct arena arena;
    struct err_at at;
    struct buf b;
    const struct span text = read_file(name, ".db");
    const struct span printed = read_file(subject_name, ".txt");
    memset(out, 0, sizeof *out);
    arena_init(&arena, "test");
    buf_init(&b, out->lines, sizeof out->lines - 1);
    struct osdb_tree *tree = osdb_tree_new(&arena, quirks);
    osdb_tree_add(tree, "test.db", text, note_line, &b);
    const struct osdb *db = compiled(&arena, tree);
    assert_int_equal(osdb_subject_parse(printed, &subject, &at), ERR_OK);
    osdb_match(db, &subject, osdb_scratch_new(&arena, db), &result);
    naive_match(naive_new(&arena, tree), &subject, &naive);
    assert_memory_equal(&result, &naive, sizeof result);
    buf_init(&b, out->list, sizeof out->list - 1);
    char args[256];
    snprintf(args, sizeof args, "%.*s", (int)arguments.len, arguments.ptr);
    outcome(&b, db, &result, strstr(args, " -d") != NULL, strstr(args, "--osscan-guess") != NULL);
    assert_false(b.full);
    arena_fini(&arena);
    free((void *)(uintptr_t)text.ptr);
    free((void *)(uintptr_t)printed.ptr);
}

// From what the reference scanner printed: the same two texts. False if it ended.
static bool expected(struct span printed, struct run *out)
{
    static const struct {
        struct span prefix;
        const char *told; // NULL: the line itself
    } known[] = {
        {{"OS details: ", 12}, NULL},
        {{"Aggressive OS guesses: ", 23}, NULL},
        {{"Too many fingerprints", 21}, "Too many"},
        {{"No OS matches for host", 22}, "none"},
        {{"No exact OS matches", 19}, "No exact"},
    };
    const struct span error = SPAN("Parse error on line ");
    struct buf lines, list;
    bool is_alive = false;
    memset(out, 0, sizeof *out);
    buf_init(&lines, out->lines, sizeof out->lines - 1);
    buf_init(&list, out->list, sizeof out->list - 1);
    while (!span_is_absent(printed)) {
        const struct span line = span_trim(span_cut(&printed, '/'));
        is_alive = is_alive || span_eq(line, SPAN("rc=0"));
        if (span_starts(line, error)) {
            const struct span number = span_from(line, error.len);
            buf_bytes(&lines, span_head(number, span_find(number, ' ') + 1));
        }
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            if (!span_starts(line, known[i].prefix) || buf_len(&list) > 0)
                continue;
            buf_bytes(&list, known[i].told ? span_str(known[i].told) : line);
        }
    }
    return is_alive;
}

struct row {
    struct span name;
    struct span scanner;
    struct span subject;
    struct span arguments;
    struct span printed;
};

static void check(const struct row *row, enum quirks quirks)
{
    static const char *const mode[] = {"own", "7.93", "7.991"};
    struct run want, got;
    const bool is_alive = expected(row->printed, &want);
    const struct instead *other = find_instead(row->name, quirks);
    if (other) {
        snprintf(want.lines, sizeof want.lines, "%s", other->lines);
        snprintf(want.list, sizeof want.list, "%s", other->list);
    } else if (!is_alive) {
        fail_msg("%.*s: no entry for a run that ended", (int)row->name.len, row->name.ptr);
    }
    run_case(row->name, row->subject, quirks, row->arguments, &got);
    if (strcmp(want.lines, got.lines) != 0 || strcmp(want.list, got.list) != 0)
        fail_msg("%.*s, %s:\nwant lines %s list %s\ngot  lines %s list %s", (int)row->name.len,
                 row->name.ptr, mode[quirks], want.lines, want.list, got.lines, got.list);
}

static struct row row_of(struct span line)
{
    struct row r;
    r.name = span_cut(&line, '\t');
    r.scanner = span_cut(&line, '\t');
    r.subject = span_cut(&line, '\t');
    r.arguments = span_cut(&line, '\t');
    r.printed = line;
    return r;
}

static void test_cases(void **state)
{
    (void)state;
    const struct span all = read_file(SPAN("cases"), ".tsv");
    struct span rest = all;
    unsigned n = 0;
    (void)span_cut(&rest, '\n');
    while (rest.len > 0) {
        const struct row row = row_of(span_cut(&rest, '\n'));
        const bool is_old = span_eq(row.scanner, SPAN("7.93"));
        check(&row, is_old ? QUIRKS_793 : QUIRKS_7991);
        if (!is_old)
            check(&row, QUIRKS_NONE);
        n++;
    }
    printf("%u cases\n", n);
    assert_int_equal(n, 147);
    free((void *)(uintptr_t)all.ptr);
}

int main(int argc, char **argv)
{
    directory = argc > 1 ? argv[1] : "tests/golden/os-match";
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
