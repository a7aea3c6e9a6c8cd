// SPDX-License-Identifier: Apache-2.0
// Options and windows, also read as if something had changed them: the MSS clamped on the way
// (with or without the windows that are counted in it), another window scale, another MSS.
// Each reading is an alternative with a prior; the strongest is remembered for the explanation.
#include "verdict/weigh.h"

#include "base/buf.h"
#include "base/text.h"

enum {
    CLAMP_LOW = 1200, // an MSS that a clamp leaves
    CLAMP_HIGH = 1459,
    MSS_ETHERNET = 1460,
    MSS_OFFERED = 1400, // by the probe of O2: some stacks answer with the smaller one
    STAMP_BYTES = 12,   // of the timestamp option, in each segment
    VALUE_ROOM = 256,
    NARROWER = 10, // a clamp tells one number: it is named before any other MSS nearly as probable
};

static size_t hex_run(struct span s)
{
    size_t n = 0;
    while (n < s.len && text_is_hex(s.ptr[n]))
        n++;
    return n;
}

void reading_blank(struct span s, char letter, struct buf *b)
{
    while (s.len > 0) {
        const char c = s.ptr[0];
        buf_char(b, c);
        s = span_from(s, 1);
        if (c != letter)
            continue;
        if (s.len > 0 && s.ptr[0] == '[')
            s = span_from(s, span_find(s, ']') + 1);
        else
            s = span_from(s, hex_run(s));
    }
}

static uint32_t mss_of(struct span options)
{
    const struct span rest = span_from(options, span_find(options, 'M') + 1);
    uint64_t mss;
    return text_hex(span_head(rest, hex_run(rest)), &mss) && mss <= UINT16_MAX ? (uint32_t)mss : 0;
}

static uint32_t clamped_mss(const struct verdict_model *m, const struct seen *seen)
{
    uint32_t most = 0;
    for (int i = 0; i < OPTIONS; i++) {
        const uint32_t mss = mss_of(seen->value[m->base->option[i]]);
        most = mss > most ? mss : most;
    }
    return most >= CLAMP_LOW && most <= CLAMP_HIGH ? most : 0;
}

// The options with MSS `to` if they have the clamped one.
static struct span with_mss(struct span options, uint32_t clamped, uint32_t to, char *mem)
{
    const size_t at = span_find(options, 'M') + 1;
    struct buf b;
    if (mss_of(options) != clamped)
        return options;
    const struct span rest = span_from(options, at);
    buf_init(&b, mem, VALUE_ROOM);
    buf_bytes(&b, span_head(options, at));
    buf_hex(&b, to);
    buf_bytes(&b, span_from(rest, hex_run(rest)));
    return buf_span(&b);
}

// Multiplies rows by the probabilities of their expressions in column `col` of the table.
static void times_rows(const struct table *t, uint32_t col, const double *p, double *rows)
{
    const uint32_t *cell = t->cell + (size_t)col * t->n;
    for (uint32_t r = 0; r < t->n; r++)
        rows[r] *= p[cell[r]];
}

static void set_rows(double *rows, uint32_t n, double v)
{
    for (uint32_t r = 0; r < n; r++)
        rows[r] = v;
}

static uint32_t col_of(const struct table *t, int attr)
{
    uint32_t c = 0;
    while (t->col[c] != attr)
        c++;
    return c;
}

static void read_blank(const struct verdict_model *m, struct verdict_scratch *s, enum view view,
                       double *rows)
{
    const struct table *t = &m->table[GROUP_OPT];
    char mem[VALUE_ROOM];
    for (int i = 0; i < OPTIONS; i++) {
        const struct span value = s->seen.value[m->base->option[i]];
        const uint32_t *of_plain = m->base->of_plain[view][i];
        struct buf b;
        if (span_is_absent(value))
            continue;
        buf_init(&b, mem, sizeof mem);
        reading_blank(value, view == VIEW_SHIFT ? 'W' : 'M', &b);
        column_weigh(&m->base->blank[view][i], buf_span(&b), s->view);
        for (uint32_t e = 0; e < m->base->column[m->base->option[i]].n; e++)
            s->p[e] = s->view[of_plain[e]];
        times_rows(t, col_of(t, m->base->option[i]), s->p, rows);
    }
}

// Some stacks answer O2 with the smaller MSS that it offers: both are tried.
static void halve_with_offered(const struct column *c, struct span value, uint32_t clamped,
                               struct verdict_scratch *s)
{
    char mem[VALUE_ROOM];
    column_weigh(c, with_mss(value, clamped, MSS_OFFERED, mem), s->view);
    for (uint32_t e = 0; e < c->n; e++)
        s->p[e] = (s->p[e] + s->view[e]) / 2;
}

static void read_clamp(const struct verdict_model *m, struct verdict_scratch *s, double *rows)
{
    const struct table *t = &m->table[GROUP_OPT];
    char mem[VALUE_ROOM];
    for (int i = 0; i < OPTIONS; i++) {
        const int attr = m->base->option[i];
        const struct span value = s->seen.value[attr];
        const struct column *c = &m->base->column[attr];
        if (span_is_absent(value))
            continue;
        column_weigh(c, with_mss(value, s->mss, MSS_ETHERNET, mem), s->p);
        if (i == 1 && // O2
            s->mss < MSS_OFFERED)
            halve_with_offered(c, value, s->mss, s);
        times_rows(t, col_of(t, attr), s->p, rows);
    }
}

// Adds another reading of the options to what the rows are worth.
static void add_reading(const struct verdict_model *m, struct verdict_scratch *s,
                        enum verdict_cause cause, double prior, double *strongest)
{
    double *row = s->said[GROUP_OPT].row;
    const uint32_t n = m->table[GROUP_OPT].n;
    set_rows(s->rows, n, prior);
    if (cause == CAUSE_CLAMP)
        read_clamp(m, s, s->rows);
    else
        read_blank(m, s, cause == CAUSE_SHIFT ? VIEW_SHIFT : VIEW_MSS, s->rows);
    for (uint32_t r = 0; r < n; r++) {
        row[r] += s->rows[r];
        const double than = s->cause[r] == CAUSE_CLAMP ? NARROWER * strongest[r] : strongest[r];
        if (s->rows[r] > than) {
            strongest[r] = s->rows[r];
            s->cause[r] = (uint8_t)cause;
        }
        if (cause == CAUSE_CLAMP)
            s->clamp[r] = s->rows[r];
    }
}

double reading_options(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct verdict_params *p = m->params;
    const uint32_t n = m->table[GROUP_OPT].n;
    double *row = s->said[GROUP_OPT].row;
    double *strongest = s->rows + n;
    double mass = 1;
    s->mss = clamped_mss(m, &s->seen);
    set_rows(row, n, 1 - p->p_shift - p->p_mss - (s->mss ? p->p_clamp : 0));
    for (int i = 0; i < OPTIONS; i++)
        mass *= weigh_column(m, s, m->base->option[i], row);
    memcpy(strongest, row, n * sizeof *row);
    memset(s->cause, CAUSE_NONE, n);
    add_reading(m, s, CAUSE_SHIFT, p->p_shift, strongest);
    if (s->mss)
        add_reading(m, s, CAUSE_CLAMP, p->p_clamp, strongest);
    add_reading(m, s, CAUSE_MSS, p->p_mss, strongest);
    for (uint32_t r = 0; s->mss && r < n; r++)
        s->clamp[r] = r == ROW_ABSENT ? 0 : s->clamp[r] / row[r];
    return mass;
}

// n * (clamped MSS less timestamps) or n * clamped MSS as if it had not been clamped.
static struct span unclamped_window(struct span window, uint32_t clamped, char *mem)
{
    uint64_t w;
    struct buf b;
    if (!text_hex(window, &w) || w == 0)
        return window;
    buf_init(&b, mem, VALUE_ROOM);
    if (w % (clamped - STAMP_BYTES) == 0)
        buf_hex(&b, w / (clamped - STAMP_BYTES) * (MSS_ETHERNET - STAMP_BYTES));
    else if (w % clamped == 0)
        buf_hex(&b, w / clamped * MSS_ETHERNET);
    else
        return window;
    return buf_span(&b);
}

static void read_windows(const struct verdict_model *m, struct verdict_scratch *s, double *rows)
{
    const struct table *t = &m->table[GROUP_WIN];
    char mem[VALUE_ROOM];
    set_rows(rows, t->n, 1);
    for (uint32_t c = 0; c < t->n_cols; c++) {
        const struct span value = s->seen.value[t->col[c]];
        if (span_is_absent(value))
            continue;
        column_weigh(&m->base->column[t->col[c]], unclamped_window(value, s->mss, mem), s->p);
        times_rows(t, c, s->p, rows);
    }
}

// With a clamp: half of it changed the windows too.
double reading_windows(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct table *t = &m->table[GROUP_WIN];
    const struct table *join = &m->table[TABLE_WIN_BY_OPT];
    struct said *said = &s->said[GROUP_WIN];
    double *plain = s->mss ? s->rows : said->row;
    double *other = s->rows + t->n;
    double mass = 1;
    said->table = s->mss ? TABLE_WIN_BY_OPT : GROUP_WIN;
    set_rows(plain, t->n, 1);
    for (uint32_t c = 0; c < t->n_cols; c++)
        mass *= weigh_column(m, s, t->col[c], plain);
    if (!s->mss)
        return mass;
    read_windows(m, s, other);
    for (uint32_t r = 0; r < join->n; r++) {
        const double half = s->clamp[join->cell[r]] / 2;
        const uint32_t win = join->cell[join->n + r];
        said->row[r] = (1 - half) * plain[win] + half * other[win];
    }
    return mass;
}
