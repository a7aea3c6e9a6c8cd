// SPDX-License-Identifier: Apache-2.0
// For each reference: what cost points (dearest first), what was not observed (a line for each
// test), how many attributes agree. Then, for each rival of the best, what tells the two apart.
// Long texts are wrapped inside of their column, behind a '|' where there is one.
#include "report/explain.h"

#include "base/text.h"
#include "model/explanation.h"
#include "report/osview.h"
#include "report/writer.h"

enum {
    WIDTH = 79,
    CELLS_MAX = 3,
    CELL_TEXT_MAX = 8192, // an escaped line of a database
    POINTS_WIDTH = 7,     // with the blanks before
    NAME_WIDTH = 10,
    LEAD_WIDTH = POINTS_WIDTH + 2 + NAME_WIDTH,
    SEEN_WIDTH = 27,
    RIVAL_WIDTH = 20,
    RIVALS_MAX = 16, // rows for one rival
    UNSEEN_TEXT_MAX = 256,
    HEAD_WIDTH = 20, // what stands around a name
};

struct row {
    uint32_t points;
    const char *test;
    const char *attr; // NULL: the whole test
    size_t n_cells;
    size_t width[CELLS_MAX];
    struct span cells[CELLS_MAX]; // printable
    bool has_mark[CELLS_MAX];     // "* " before the cell
};

struct text {
    uint8_t mem[CELLS_MAX][CELL_TEXT_MAX];
};

static struct span printable(struct text *t, size_t cell, struct span s, const char *if_absent)
{
    struct buf b;
    if (span_is_absent(s))
        return span_str(if_absent);
    if (s.len == 0)
        return SPAN("(empty)");
    buf_init(&b, t->mem[cell], CELL_TEXT_MAX);
    text_escape(&b, s);
    return buf_span(&b);
}

// What was compared, and over IPv6 what it was projected from.
static struct span answered(struct text *t, const struct os_row *r)
{
    struct buf b;
    if (span_is_absent(r->origin))
        return printable(t, 0, r->seen, "");
    buf_init(&b, t->mem[0], CELL_TEXT_MAX);
    text_escape(&b, r->seen);
    buf_str(&b, " from ");
    text_escape(&b, r->origin);
    return buf_span(&b);
}

// The next piece of a cell, no longer than width: up to a '|' or a blank if there is one.
static struct span piece(struct span *rest, size_t width)
{
    size_t n = rest->len < width ? rest->len : width;
    if (n < rest->len) {
        size_t bar = n;
        while (bar > 0 && rest->ptr[bar - 1] != '|' && rest->ptr[bar - 1] != ' ')
            bar--;
        n = bar > 0 ? bar : n;
    }
    const struct span head = span_head(*rest, n);
    *rest = span_from(*rest, n);
    return head;
}

static void lead_write(struct writer *w, const struct row *row)
{
    uint8_t mem[32];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_dec(&b, row->points);
    writer_blanks(w, POINTS_WIDTH > buf_len(&b) ? POINTS_WIDTH - buf_len(&b) : 0);
    writer_bytes(w, buf_span(&b));
    buf_init(&b, mem, sizeof mem);
    buf_str(&b, row->test);
    buf_str(&b, row->attr ? "." : "");
    buf_str(&b, row->attr ? row->attr : "");
    writer_str(w, "  ");
    writer_bytes(w, buf_span(&b));
    writer_blanks(w, NAME_WIDTH - buf_len(&b));
}

static void row_write(struct writer *w, struct row row)
{
    bool has_rest = true;
    for (bool is_first = true; has_rest; is_first = false) {
        size_t blanks = 0;
        has_rest = false;
        if (is_first)
            lead_write(w, &row);
        else
            writer_blanks(w, LEAD_WIDTH);
        for (size_t i = 0; i < row.n_cells; i++) {
            const size_t mark = row.has_mark[i] ? 2 : 0;
            const struct span s = piece(&row.cells[i], row.width[i] - mark - 1);
            if (s.len > 0) {
                writer_blanks(w, blanks);
                writer_str(w, mark && is_first ? "* " : mark ? "  " : "");
                writer_bytes(w, s);
                blanks = 0;
            }
            blanks += row.width[i] - (s.len > 0 ? s.len + mark : 0);
            has_rest |= row.cells[i].len > 0;
        }
        writer_str(w, "\n");
    }
}

// "NAME (96%):", wrapped
static void name_write(struct writer *w, const struct os_explained *e, struct text *t)
{
    struct span rest = printable(t, 0, e->name, "");
    size_t width = WIDTH - HEAD_WIDTH;
    while (rest.len > 0) {
        writer_bytes(w, span_trim(piece(&rest, width)));
        writer_str(w, rest.len > 0 ? "\n    " : "");
    }
    writer_str(w, " (");
    writer_dec(w, osview_percent(e->accuracy));
    writer_str(w, "%):\n  ");
}

// "Why #1, NAME (96%):"
static void head_write(struct writer *w, const struct os_explanation *e, uint32_t i, struct text *t)
{
    writer_str(w, e->is_near ? "Near #" : "Why #");
    writer_dec(w, i + 1);
    writer_str(w, ", ");
    name_write(w, &e->refs[i], t);
}

// The dearest lost row after `last` (by points, then in order); NULL: no more.
static const struct os_row *lost_after(const struct os_explained *e, const struct os_row *last)
{
    const struct os_row *best = NULL;
    for (uint32_t i = 0; i < e->n_rows; i++) {
        const struct os_row *r = &e->rows[i];
        const bool is_due =
            !last || r->points < last->points || (r->points == last->points && r > last);
        if (r->outcome == OS_LOST && is_due && (!best || r->points > best->points))
            best = r;
    }
    return best;
}

static void lost_write(struct writer *w, const struct os_explained *e, struct text *t)
{
    const struct os_row *r = lost_after(e, NULL);
    if (r)
        writer_line(w, "   lost  test      answered                   expected");
    for (; r; r = lost_after(e, r)) {
        row_write(w, (struct row){
                         .points = r->points,
                         .test = r->test,
                         .attr = r->attr,
                         .n_cells = 2,
                         .width = {SEEN_WIDTH, WIDTH - LEAD_WIDTH - SEEN_WIDTH},
                         .cells = {answered(t, r), printable(t, 1, r->expected, "")},
                     });
    }
}

static void unseen_test(struct writer *w, const struct os_explained *e, uint32_t first)
{
    const struct os_row *f = &e->rows[first];
    uint8_t mem[UNSEEN_TEXT_MAX];
    struct buf b;
    uint32_t points = 0;
    buf_init(&b, mem, sizeof mem);
    buf_str(&b, f->why);
    buf_char(&b, ':');
    for (uint32_t i = first; i < e->n_rows && e->rows[i].test == f->test; i++) {
        const struct os_row *r = &e->rows[i];
        if (r->outcome != OS_UNSEEN)
            continue;
        points += r->points;
        buf_char(&b, ' ');
        buf_str(&b, r->attr);
    }
    row_write(w, (struct row){
                     .points = points,
                     .test = f->test,
                     .n_cells = 1,
                     .width = {WIDTH - LEAD_WIDTH},
                     .cells = {buf_span(&b)},
                 });
}

static void unseen_write(struct writer *w, const struct os_explained *e)
{
    const char *last = NULL;
    for (uint32_t i = 0; i < e->n_rows; i++) {
        if (e->rows[i].outcome != OS_UNSEEN || e->rows[i].test == last)
            continue;
        if (!last)
            writer_line(w, " unseen  test      why, and what of it");
        last = e->rows[i].test;
        unseen_test(w, e, i);
    }
}

static uint32_t count(const struct os_explained *e, enum os_outcome outcome)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < e->n_rows; i++)
        n += e->rows[i].outcome == outcome;
    return n;
}

static void ref_write(struct writer *w, const struct os_explained *e, struct text *t)
{
    writer_dec(w, e->won);
    writer_str(w, " of ");
    writer_dec(w, e->possible);
    writer_str(w, " points; ");
    writer_dec(w, count(e, OS_WON));
    writer_str(w, " as expected, ");
    writer_dec(w, count(e, OS_LOST));
    writer_str(w, " not; ");
    writer_dec(w, e->unseen);
    writer_line(w, " points not observed");
    lost_write(w, e, t);
    unseen_write(w, e);
}

static void rival_row(struct writer *w, const struct os_rival_row *r, struct text *t)
{
    row_write(w, (struct row){
                     .points = r->points,
                     .test = r->test,
                     .attr = r->attr,
                     .n_cells = 3,
                     .width = {RIVAL_WIDTH, RIVAL_WIDTH, RIVAL_WIDTH},
                     .cells = {printable(t, 0, r->seen, "(not seen)"),
                               printable(t, 1, r->expected[0], "(nothing)"),
                               printable(t, 2, r->expected[1], "(nothing)")},
                     .has_mark = {false, r->outcome[0] == OS_WON, r->outcome[1] == OS_WON},
                 });
}

static void rivals_write(struct writer *w, const struct os_rivals *rivals, struct text *t)
{
    writer_str(w, "What tells #1 from #");
    writer_dec(w, rivals->other + 1);
    writer_str(w, ":\n");
    if (rivals->n_rows == 0)
        writer_line(w, "  nothing: they expect the same of all that could be seen");
    else
        writer_str(w, " points  test      answered            #1 (* won)          #");
    if (rivals->n_rows > 0) {
        writer_dec(w, rivals->other + 1);
        writer_str(w, "\n");
    }
    for (uint32_t i = 0; i < rivals->n_rows && i < RIVALS_MAX; i++)
        rival_row(w, &rivals->rows[i], t);
    if (rivals->n_rows > RIVALS_MAX) {
        writer_str(w, "  and ");
        writer_dec(w, rivals->n_rows - RIVALS_MAX);
        writer_line(w, " more, of fewer points or not seen");
    }
}

void explain_write(struct writer *w, const struct os_explanation *e)
{
    struct text t;
    if (e->is_near)
        writer_line(w, "No reference is near enough to be named; these are the nearest:");
    for (uint32_t i = 0; i < e->n_refs; i++) {
        head_write(w, e, i, &t);
        ref_write(w, &e->refs[i], &t);
    }
    for (uint32_t i = 0; i < e->n_rivals; i++)
        rivals_write(w, &e->rivals[i], &t);
    if (!e->native)
        return;
    writer_str(w, "IPv6 alone, ");
    name_write(w, e->native, &t);
    ref_write(w, e->native, &t);
}
