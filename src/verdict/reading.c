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
    NARROWER = 10, // a clamp tells one number: it is named before any other MSS nearly as probable
};

static size_t hex_run(struct span s)
{
    size_t n = 0;
    while (n < s.len && text_is_hex(s.ptr[n]))
        n++;
    return n;
}

void reading_blank(struct span s, enum view view, struct buf *b)
{
    const char letter = view == VIEW_SHIFT ? 'W' : 'M';
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

uint32_t reading_clamped_mss(const struct verdict_model *m, const struct seen *seen)
{
    uint32_t most = 0;
    for (int i = 0; i < OPTIONS; i++) {
        const uint32_t mss = mss_of(seen->value[m->base->option[i]]);
        most = mss > most ? mss : most;
    }
    return most >= CLAMP_LOW && most <= CLAMP_HIGH ? most : 0;
}

// The options with MSS `to` if they have the clamped one.
struct span reading_with_mss(struct span options, uint32_t clamped, uint32_t to, char *mem)
{
    const size_t at = span_find(options, 'M') + 1;
    struct buf b;
    if (mss_of(options) != clamped)
        return options;
    const struct span rest = span_from(options, at);
    buf_init(&b, mem, READING_ROOM);
    buf_bytes(&b, span_head(options, at));
    buf_hex(&b, to);
    buf_bytes(&b, span_from(rest, hex_run(rest)));
    return buf_span(&b);
}

static void set_rows(float *rows, uint32_t n, float v)
{
    for (uint32_t r = 0; r < n; r++)
        rows[r] = v;
}

// Values of words, by the lists of a table.
struct reading {
    const struct lists *lists;
    const struct column *cols[TABLE_WIDEST];
    struct memo_texts *memos[TABLE_WIDEST];
    struct span values[TABLE_WIDEST]; // absent ones are left out
    const struct word *said[TABLE_WIDEST];
};

static void read_values(struct reading *r)
{
    for (uint32_t c = 0; c < r->lists->n_cols; c++)
        if (!span_is_absent(r->values[c]))
            r->said[c] = memo_read(r->memos[c], r->cols[c], r->values[c]);
}

// All readings are told in the scale of the values as they came.
static void find_scale(const struct reading *r, struct said *said)
{
    for (uint32_t c = 0; c < r->lists->n_cols; c++) {
        if (span_is_absent(r->values[c]))
            continue;
        const struct word *w = r->said[c];
        said->scale *= w->scale;
        said->novelty *= w->mass * w->scale * w->scale;
    }
}

static void weigh_reading(const struct reading *r, double scale, float *rows)
{
    double usual = scale;
    for (uint32_t c = 0; c < r->lists->n_cols; c++)
        if (!span_is_absent(r->values[c]))
            usual *= r->cols[c]->params->eps * r->said[c]->mass;
    set_rows(rows, r->lists->n, (float)usual);
    for (uint32_t c = 0; c < r->lists->n_cols; c++)
        if (!span_is_absent(r->values[c]))
            lists_apply(r->lists, c, r->said[c]->hits, r->said[c]->n, rows);
}

static void take_options(const struct verdict_model *m, struct verdict_scratch *s,
                         struct reading *r)
{
    r->lists = &m->table[GROUP_OPT].lists;
    for (int i = 0; i < OPTIONS; i++) {
        const int attr = m->base->option[i];
        r->cols[i] = &m->base->column[attr];
        r->memos[i] = &s->memo.texts[attr];
        r->values[i] = s->seen.value[attr];
    }
}

// Some stacks answer O2 with the smaller MSS that it offers: both are tried.
static void read_clamp(const struct verdict_model *m, struct verdict_scratch *s)
{
    char mem[OPTIONS][READING_ROOM];
    struct reading r;
    const struct said *said = &s->said[GROUP_OPT];
    float *rows = s->readings.clamped;
    float *offered = said->row;
    take_options(m, s, &r);
    const struct span second = r.values[1];
    for (int i = 0; i < OPTIONS; i++)
        r.values[i] = reading_with_mss(r.values[i], s->mss, MSS_ETHERNET, mem[i]);
    read_values(&r);
    weigh_reading(&r, said->scale, rows);
    if (s->mss >= MSS_OFFERED)
        return;
    r.values[1] = reading_with_mss(second, s->mss, MSS_OFFERED, mem[1]);
    read_values(&r);
    weigh_reading(&r, said->scale, offered);
    for (uint32_t i = 0; i < m->table[GROUP_OPT].n; i++)
        rows[i] = (rows[i] + offered[i]) / 2;
}

static const struct word *blank_word(const struct verdict_model *m, struct verdict_scratch *s,
                                     enum view view, int option, const struct word *plain)
{
    char mem[READING_ROOM];
    struct buf b;
    const struct word *known =
        plain->id < UINT32_MAX ? m->base->of_value[view][option][plain->id] : NULL;
    if (known)
        return known;
    buf_init(&b, mem, sizeof mem);
    reading_blank(s->seen.value[m->base->option[option]], view, &b);
    return memo_read(&s->memo.blank[view][option], &m->base->blank[view][option], buf_span(&b));
}

static void read_blank(const struct verdict_model *m, struct verdict_scratch *s, enum view view,
                       const struct reading *plain)
{
    struct reading r = *plain;
    r.lists = &m->blank[view];
    for (int i = 0; i < OPTIONS; i++) {
        r.cols[i] = &m->base->blank[view][i];
        if (!span_is_absent(r.values[i]))
            r.said[i] = blank_word(m, s, view, i, plain->said[i]);
    }
    weigh_reading(&r, s->said[GROUP_OPT].scale, s->readings.blank[view]);
}

static float prior_of(const struct verdict_model *m, const struct verdict_scratch *s,
                      enum verdict_cause cause)
{
    const struct verdict_params *p = m->params;
    const double clamp = s->mss ? p->p_clamp : 0;
    const double priors[CAUSE_COUNT] = {
        [CAUSE_NONE] = 1 - p->p_shift - p->p_mss - clamp,
        [CAUSE_CLAMP] = clamp,
        [CAUSE_SHIFT] = p->p_shift,
        [CAUSE_MSS] = p->p_mss,
    };
    return (float)priors[cause];
}

WIDE static void add_readings(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct readings *r = &s->readings;
    const uint32_t n = m->table[GROUP_OPT].n;
    const float *by_shift = r->blank[VIEW_SHIFT];
    const float *by_mss = r->blank[VIEW_MSS];
    const float none = prior_of(m, s, CAUSE_NONE);
    const float shift = prior_of(m, s, CAUSE_SHIFT);
    const float mss = prior_of(m, s, CAUSE_MSS);
    const float clamp = prior_of(m, s, CAUSE_CLAMP);
    float *row = s->said[GROUP_OPT].row;
    for (uint32_t i = 0; i < n; i++)
        row[i] = none * r->plain[i] + shift * by_shift[i] + mss * by_mss[i];
    for (uint32_t i = 0; s->mss && i < n; i++) {
        const float clamped = clamp * r->clamped[i];
        row[i] += clamped;
        r->clamp[i] = i == ROW_ABSENT ? 0 : clamped / row[i];
    }
}

void reading_options(const struct verdict_model *m, struct verdict_scratch *s)
{
    struct reading r;
    s->mss = reading_clamped_mss(m, &s->seen);
    take_options(m, s, &r);
    read_values(&r);
    find_scale(&r, &s->said[GROUP_OPT]);
    weigh_reading(&r, s->said[GROUP_OPT].scale, s->readings.plain);
    read_blank(m, s, VIEW_SHIFT, &r);
    read_blank(m, s, VIEW_MSS, &r);
    if (s->mss)
        read_clamp(m, s);
    add_readings(m, s);
}

enum verdict_cause reading_cause(const struct verdict_model *m, const struct verdict_scratch *s,
                                 uint32_t row)
{
    const struct readings *r = &s->readings;
    const float clamped = s->mss ? prior_of(m, s, CAUSE_CLAMP) * r->clamped[row] : 0;
    const float shift = prior_of(m, s, CAUSE_SHIFT) * r->blank[VIEW_SHIFT][row];
    const float mss = prior_of(m, s, CAUSE_MSS) * r->blank[VIEW_MSS][row];
    float strongest = prior_of(m, s, CAUSE_NONE) * r->plain[row];
    enum verdict_cause cause = CAUSE_NONE;
    if (shift > strongest) {
        strongest = shift;
        cause = CAUSE_SHIFT;
    }
    if (clamped > strongest) {
        strongest = clamped;
        cause = CAUSE_CLAMP;
    }
    return mss > (cause == CAUSE_CLAMP ? NARROWER * strongest : strongest) ? CAUSE_MSS : cause;
}

// n * (clamped MSS less timestamps) or n * clamped MSS as if it had not been clamped.
struct span reading_window(struct span window, uint32_t clamped, char *mem)
{
    uint64_t w;
    struct buf b;
    if (!text_hex(window, &w) || w == 0)
        return window;
    buf_init(&b, mem, READING_ROOM);
    if (w % (clamped - STAMP_BYTES) == 0)
        buf_hex(&b, w / (clamped - STAMP_BYTES) * (MSS_ETHERNET - STAMP_BYTES));
    else if (w % clamped == 0)
        buf_hex(&b, w / clamped * MSS_ETHERNET);
    else
        return window;
    return buf_span(&b);
}

// With a clamp: half of it changed the windows too, which were counted in the MSS.
void reading_windows(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct table *t = &m->table[GROUP_WIN];
    const struct table *join = &m->table[TABLE_WIN_BY_OPT];
    struct said *said = &s->said[GROUP_WIN];
    float *plain = s->mss ? s->other : said->row;
    float *other = s->other + t->n;
    char mem[TABLE_WIDEST][READING_ROOM];
    struct reading r = {.lists = &t->lists};
    said->table = s->mss ? TABLE_WIN_BY_OPT : GROUP_WIN;
    for (uint32_t c = 0; c < t->n_cols; c++) {
        r.cols[c] = &m->base->column[t->col[c]];
        r.memos[c] = &s->memo.texts[t->col[c]];
        r.values[c] = s->seen.value[t->col[c]];
    }
    read_values(&r);
    find_scale(&r, said);
    weigh_reading(&r, said->scale, plain);
    if (!s->mss)
        return;
    for (uint32_t c = 0; c < t->n_cols; c++)
        if (!span_is_absent(r.values[c]))
            r.values[c] = reading_window(r.values[c], s->mss, mem[c]);
    read_values(&r);
    weigh_reading(&r, said->scale, other);
    for (uint32_t i = 0; i < join->n; i++) {
        const float half = s->readings.clamp[join->cell[i]] / 2;
        const uint32_t win = join->cell[join->n + i];
        said->row[i] = (1 - half) * plain[win] + half * other[win];
    }
}
