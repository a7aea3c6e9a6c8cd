// SPDX-License-Identifier: Apache-2.0
// Subject -> factors of each group -> likelihood of each hypothesis, but for a common factor. A
// group's mixture bounds what it can do: whatever disagrees costs at most q times the background,
// once.
#include "verdict/weigh.h"

#include <math.h>

#include "base/buf.h"

enum { SILENT_LEAST = 3, N_SILENT = 5, AHEAD = 12 };

static const enum verdict_group silent[N_SILENT] = {GROUP_ODD, GROUP_ACK, GROUP_CLOSED, GROUP_U1,
                                                    GROUP_IE};

static const double hopeless = 15; // nats below the best reference

static size_t room_of(const struct verdict_model *m)
{
    size_t most = 0;
    for (int i = 0; i < TABLE_COUNT; i++)
        most = m->table[i].grid.room > most ? m->table[i].grid.room : most;
    for (int i = 0; i < N_PARTS; i++)
        most = m->part[i].grid.room > most ? m->part[i].grid.room : most;
    return most;
}

static uint32_t most_rows(const struct verdict_model *m)
{
    uint32_t most = 0;
    for (int i = 0; i < TABLE_COUNT; i++)
        most = m->table[i].n > most ? m->table[i].n : most;
    return most;
}

static void make_readings(struct verdict_scratch *s, struct arena *run,
                          const struct verdict_model *m)
{
    const uint32_t n = m->table[GROUP_OPT].n;
    s->readings.plain = arena_array(run, n, sizeof(float));
    s->readings.clamped = arena_array(run, n, sizeof(float));
    s->readings.clamp = arena_array(run, n, sizeof(float));
    for (int v = VIEW_SHIFT; v < VIEW_COUNT; v++)
        s->readings.blank[v] = arena_array(run, n, sizeof(float));
}

static void make_said(struct said *said, struct arena *run, uint32_t n)
{
    said->row = arena_array(run, n, sizeof *said->row);
    said->factor = arena_array(run, n, sizeof *said->factor);
}

// As many as stay in the cache beside all else.
static uint32_t n_kept(const struct table *t)
{
    const uint32_t n = KEPT_ROWS / t->n;
    return n > KEPT_SLOTS ? KEPT_SLOTS : n > 2 ? n : 2;
}

static struct kept *make_kept(struct arena *run, const struct table *t)
{
    struct kept *kept = arena_array(run, n_kept(t), sizeof *kept);
    for (uint32_t i = 0; i < n_kept(t); i++)
        make_said(&kept[i].said, run, t->n);
    return kept;
}

struct verdict_scratch *verdict_scratch_new(struct arena *run, const struct verdict_model *m)
{
    struct verdict_scratch *s = arena_alloc(run, sizeof *s);
    const uint32_t h = model_hypotheses(m);
    const uint32_t n_joined = m->table[TABLE_WIN_BY_OPT].n;
    memo_init(&s->memo, run, m);
    const int first = osdb_tests[TEST_SEQ].first;
    for (int a = first; a < first + osdb_tests[TEST_SEQ].n; a++)
        s->samples[a] = arena_array(run, m->base->column[a].n, sizeof(float));
    make_readings(s, run, m);
    for (int g = 0; g < GROUP_COUNT; g++) {
        const uint32_t n = g == GROUP_WIN && n_joined > m->table[g].n ? n_joined : m->table[g].n;
        if (g == GROUP_OPT || g == GROUP_WIN)
            make_said(&s->said[g], run, n);
        else
            s->kept_of[g] = make_kept(run, &m->table[g]);
    }
    s->other = arena_array(run, 2 * (size_t)m->table[GROUP_WIN].n, sizeof *s->other);
    s->room = arena_array(run, room_of(m), sizeof *s->room);
    s->zeros = arena_array(run, most_rows(m), sizeof *s->zeros);
    for (int i = 0; i < N_PARTS; i++)
        s->part[i] = arena_array(run, m->part[i].grid.n, sizeof *s->part[i]);
    s->score = arena_array(run, h, sizeof *s->score);
    s->tops = arena_array(run, sum_blocks(m->n), sizeof *s->tops);
    s->near = arena_array(run, (size_t)m->n + 1, sizeof *s->near);
    s->silent = arena_array(run, m->n, sizeof *s->silent);
    s->lineages = arena_array(run, (size_t)m->base->n_lineages + 1, sizeof *s->lineages);
    s->lineage_round = arena_array(run, m->base->n_lineages, sizeof *s->lineage_round);
    s->p_lineage = arena_array(run, m->base->n_lineages, sizeof *s->p_lineage);
    s->nodes = arena_array(run, (size_t)h + 1, sizeof *s->nodes);
    s->node_round = arena_array(run, h - m->n, sizeof *s->node_round);
    s->node_sums = arena_array(run, (size_t)(h - m->n) * ROWS_WIDE, sizeof *s->node_sums);
    s->node_factor = arena_array(run, (size_t)(h - m->n) * SUM_PARTS, sizeof *s->node_factor);
    s->posterior = arena_array(run, h, sizeof *s->posterior);
    s->alive = arena_array(run, (size_t)h + 1, sizeof *s->alive);
    s->several = arena_array(run, m->n, sizeof *s->several);
    s->kept = arena_array(run, 2 * (size_t)h, sizeof *s->kept);
    for (uint32_t k = m->first_class; k < h; k++)
        s->score[k] = SCORE_NONE;
    s->p_place = arena_array(run, m->base->n_places, sizeof *s->p_place);
    s->places = arena_array(run, (size_t)m->base->n_places + 1, sizeof *s->places);
    for (int v = 0; v < VERDICT_LEVELS; v++)
        s->p_node[v] = s->p_place + m->base->level[v].place;
    return s;
}

// Several tries are samples of one quantity: the mean of the logarithms.
static const float *weigh_samples(const struct verdict_model *m, struct verdict_scratch *s,
                                  int attr)
{
    const struct column *c = &m->base->column[attr];
    const uint32_t n = s->seen.n[attr];
    const struct memo_slot *w = memo_weigh(&s->memo, c, s->seen.value[attr]);
    const double scale = w->scale;
    float *p = s->samples[attr];
    double mean = log(scale) / n;
    memset(p, 0, c->n * sizeof *p);
    for (uint32_t i = 0; i < n; i++) {
        w = i > 0 ? memo_weigh(&s->memo, c, s->seen.more[attr][i - 1]) : w;
        mean += i > 0 ? log(w->scale) / n : 0;
        sum_add_logarithms(w->p, c->n, 1.0F / (float)n, p);
    }
    sum_exponentials(p, c->n, (float)(log(scale) - mean));
    return p;
}

// What one value says under each expression of its column: a leaf of a grid. NULL: not seen.
static const float *weigh_leaf(const struct verdict_model *m, struct verdict_scratch *s, int attr,
                               struct said *said)
{
    if (span_is_absent(s->seen.value[attr]))
        return NULL;
    const struct memo_slot *w = memo_weigh(&s->memo, &m->base->column[attr], s->seen.value[attr]);
    said->scale *= w->scale;
    said->novelty *= w->mass * w->scale * w->scale;
    return s->seen.n[attr] > 1 ? weigh_samples(m, s, attr) : w->p;
}

static void weigh_plain(const struct verdict_model *m, struct verdict_scratch *s,
                        enum verdict_group g)
{
    const struct table *t = &m->table[g];
    const float *leaf[TABLE_WIDEST];
    for (uint32_t c = 0; c < t->n_cols; c++)
        leaf[c] = weigh_leaf(m, s, t->col[c], &s->said[g]);
    grid_multiply(&t->grid, leaf, s->room, s->said[g].row);
}

static void look(const struct verdict_model *m, struct verdict_scratch *s, enum verdict_group g)
{
    const struct table *t = &m->table[g];
    struct said *said = &s->said[g];
    said->is_seen = false;
    said->is_silent = m->params->phi[g] > 0;
    for (uint32_t c = 0; c < t->n_cols; c++) {
        const struct span v = s->seen.value[t->col[c]];
        if (span_is_absent(v))
            continue;
        said->is_seen = true;
        said->is_silent = said->is_silent && m->base->column[t->col[c]].rule == RULE_ANSWER &&
                          span_eq(v, SPAN("N"));
    }
    said->is_silent = said->is_silent && said->is_seen;
}

static void find_background(const struct verdict_params *p, const struct table *t,
                            struct said *said)
{
    const double somebody = t->n_has > 0 ? sum_products(t->count, said->row, t->n) / t->n_has : 0;
    const double unknown = (1 - p->nu_unknown) * somebody + p->nu_unknown * said->novelty;
    said->background = (1 - p->nu) * somebody + p->nu * said->novelty;
    said->unknown = unknown / said->background;
}

static void find_factors(const struct table *t, double q, struct said *said)
{
    sum_logarithms(said->row, t->n, (float)((1 - q) / said->background), (float)q, said->factor);
    for (uint32_t i = 0; i < t->n_bare; i++) {
        said->factor[t->bare[i]] = 0;
        said->row[t->bare[i]] = 0; // of none
    }
}

static void weigh_anew(const struct verdict_model *m, struct verdict_scratch *s,
                       enum verdict_group g)
{
    struct said *said = &s->said[g];
    said->table = g;
    said->scale = 1;
    said->novelty = 1; // its square, for now
    if (g == GROUP_OPT)
        reading_options(m, s);
    else if (g == GROUP_WIN)
        reading_windows(m, s);
    else
        weigh_plain(m, s, g);
    said->novelty = sqrt(said->novelty);
    const struct table *t = &m->table[said->table];
    const double phi = m->params->phi[g];
    for (uint32_t r = 0; said->is_silent && r < t->n; r++)
        said->row[r] = (float)(phi * said->scale) + (float)(1 - phi) * said->row[r];
    find_background(m->params, t, said);
    find_factors(t, m->params->q[g], said);
    said->most = phi > 0 ? sum_largest(said->factor, t->n) : 0;
}

// All values of a group as one text; false if they are too long.
static bool put_values(const struct verdict_model *m, const struct verdict_scratch *s,
                       enum verdict_group g, struct buf *b)
{
    const struct table *t = &m->table[g];
    for (uint32_t c = 0; c < t->n_cols; c++) {
        const int a = t->col[c];
        for (uint32_t i = 0; i < s->seen.n[a]; i++) {
            buf_bytes(b, i == 0 ? s->seen.value[a] : s->seen.more[a][i - 1]);
            buf_char(b, '|');
        }
        buf_char(b, '\n');
    }
    return !b->full;
}

static void weigh_group(const struct verdict_model *m, struct verdict_scratch *s,
                        enum verdict_group g)
{
    char mem[KEPT_VALUES];
    struct buf b;
    if (!s->kept_of[g]) {
        weigh_anew(m, s, g);
        return;
    }
    const bool is_silent = s->said[g].is_silent;
    buf_init(&b, mem, sizeof mem);
    const bool is_short = put_values(m, s, g, &b);
    struct kept *k = &s->kept_of[g][memo_place(buf_span(&b), n_kept(&m->table[g]))];
    const bool is_known =
        is_short && k->model == m && span_eq(span_of(k->values, k->n_values), buf_span(&b));
    s->said[g] = k->said;
    s->said[g].is_seen = true;
    s->said[g].is_silent = is_silent;
    if (is_known)
        return;
    weigh_anew(m, s, g);
    k->said = s->said[g];
    k->model = m;
    k->n_values = is_short ? (uint32_t)buf_len(&b) : 0;
    memcpy(k->values, mem, k->n_values);
}

// If all of several kinds of probes went unanswered, that is one observation.
static uint32_t count_silent(const struct verdict_model *m, const struct verdict_scratch *s)
{
    uint32_t n = 0;
    for (int g = 0; g < GROUP_COUNT; g++) {
        if (m->params->phi[g] <= 0 || !s->said[g].is_seen)
            continue;
        if (!s->said[g].is_silent)
            return 0;
        n++;
    }
    return n >= SILENT_LEAST ? n : 0;
}

static void weigh_part(const struct verdict_model *m, struct verdict_scratch *s, int which)
{
    const struct part *part = &m->part[which];
    const bool by_windows = which == PART_OPTIONS && s->said[GROUP_WIN].table == GROUP_WIN;
    const float *leaf[GROUP_COUNT];
    for (uint32_t i = 0; i < part->n; i++) {
        const int g = part->table[i] == TABLE_WIN_BY_OPT ? GROUP_WIN : part->table[i];
        leaf[i] = s->said[g].is_seen ? s->said[g].factor : NULL;
    }
    grid_add(by_windows ? &part->by_windows : &part->grid, leaf, s->room, s->part[which]);
}

bool weigh_is_quiet(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g)
{
    return s->n_silent > 0 && m->params->phi[g] > 0;
}

// All groups but those that may be silent, and the most of each block of references.
static void add_parts(const struct verdict_model *m, struct verdict_scratch *s)
{
    const uint16_t *row = m->part_rows;
    const float *of_options = s->part[PART_OPTIONS];
    const float *of_ttl = s->part[PART_TTL];
    const float *of_ids = s->part[PART_IDS];
    const float *of_isn = s->said[GROUP_ISN].is_seen ? s->said[GROUP_ISN].factor : s->zeros;
    float *score = s->score;
    const uint32_t n = m->n;
    for (uint32_t i = 0; i < n;) {
        const uint32_t end = sum_block_end(i, n);
        float *top = &s->tops[i / SUM_BLOCK];
        float most = SCORE_NONE;
        for (; i < end; i++, row += N_PARTS + 1) {
            const float sum = of_options[row[PART_OPTIONS]] + of_ttl[row[PART_TTL]] +
                              (of_ids[row[PART_IDS]] + of_isn[row[N_PARTS]]);
            score[i] = sum;
            most = sum > most ? sum : most;
        }
        *top = most;
    }
}

// The same without what is left out.
static void leave_out(const struct verdict_model *m, struct verdict_scratch *s)
{
    for (uint32_t i = 0; i < m->n;) {
        const uint32_t end = sum_block_end(i, m->n);
        float *top = &s->tops[i / SUM_BLOCK];
        for (*top = SCORE_NONE; i < end; i++) {
            s->score[i] = m->is_left_out[i] ? SCORE_NONE : s->score[i];
            *top = s->score[i] > *top ? s->score[i] : *top;
        }
    }
}

// What the groups that may be silent say of some references.
static void weigh_silent(const struct verdict_model *m, const struct verdict_scratch *s,
                         const uint32_t *refs, uint32_t n, float *out)
{
    const float *of[N_SILENT];
    for (int k = 0; k < N_SILENT; k++)
        of[k] = s->said[silent[k]].is_seen ? s->said[silent[k]].factor : s->zeros;
    for (uint32_t i = 0; i < n; i++) {
        const uint16_t *row = m->rows + (size_t)refs[i] * ROWS_WIDE;
        __builtin_prefetch(m->rows + (size_t)refs[i + AHEAD < n ? i + AHEAD : i] * ROWS_WIDE);
        out[i] = of[0][row[GROUP_ODD]] + of[1][row[GROUP_ACK]] + of[2][row[GROUP_CLOSED]] +
                 (of[3][row[GROUP_U1]] + of[4][row[GROUP_IE]]);
    }
    if (s->n_silent > 0)
        sum_mixtures(out, n, (float)log((1 - m->params->w_silent) * s->quiet),
                     (float)m->params->w_silent);
}

// The most that they say of any.
static float most_silent(const struct verdict_model *m, const struct verdict_scratch *s)
{
    double sum = 0;
    for (int k = 0; k < N_SILENT; k++)
        sum += s->said[silent[k]].is_seen ? (double)s->said[silent[k]].most : 0;
    return (float)(s->n_silent > 0 ? log(weigh_together(m, s, exp(sum))) : sum);
}

// The best of some references that are good without the silent groups: with these, none is worse.
static float find_bound(const struct verdict_model *m, struct verdict_scratch *s)
{
    enum { NEXT = 1, SOME = 128 };
    const float top = sum_largest(s->tops, sum_blocks(m->n));
    uint32_t n = sum_above(s->score, s->tops, m->n, top - NEXT, s->near);
    n = n < SOME ? n : SOME;
    weigh_silent(m, s, s->near, n, s->silent);
    float best = SCORE_NONE;
    for (uint32_t i = 0; i < n; i++) {
        const float score = s->score[s->near[i]] + s->silent[i];
        best = score > best ? score : best;
    }
    return best;
}

// References that are not hopelessly far from the best: only for these all is added.
static void find_near(const struct verdict_model *m, struct verdict_scratch *s)
{
    const float reach = (float)(hopeless / s->beta);
    const float least = find_bound(m, s) - reach - most_silent(m, s);
    const uint32_t n =
        sum_above(s->score, s->tops, m->n, s->is_whole ? 2 * SCORE_NONE : least, s->near);
    weigh_silent(m, s, s->near, n, s->silent);
    float best = SCORE_NONE;
    for (uint32_t i = 0; i < n; i++) {
        const float score = s->score[s->near[i]] + s->silent[i];
        s->score[s->near[i]] = score;
        best = score > best ? score : best;
    }
    uint32_t n_near = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t ref = s->near[i];
        s->near[n_near] = ref;
        n_near += s->score[ref] > best - reach;
    }
    s->best = best;
    s->n_near = n_near;
}

static double unknown_score(const struct verdict_model *m, const struct verdict_scratch *s)
{
    double product = 1;
    for (int g = 0; g < GROUP_COUNT; g++)
        if (s->said[g].is_seen && !weigh_is_quiet(m, s, (enum verdict_group)g))
            product *= s->said[g].unknown;
    return log(s->n_silent > 0 ? product * weigh_silence(m, s, m->unknown) : product);
}

void weigh_all(const struct verdict_model *m, struct verdict_scratch *s)
{
    s->mss = 0;
    s->common = 0;
    s->quiet = 1;
    for (int g = 0; g < GROUP_COUNT; g++)
        look(m, s, (enum verdict_group)g);
    s->n_silent = count_silent(m, s);
    s->beta = s->n_silent > 0 && !s->is_compared ? m->params->beta_quiet : m->params->beta;
    s->prior_times = (float)(m->params->beta / s->beta);
    for (int g = 0; g < GROUP_COUNT; g++) {
        const struct said *said = &s->said[g];
        if (!said->is_seen)
            continue;
        weigh_group(m, s, (enum verdict_group)g);
        if (weigh_is_quiet(m, s, (enum verdict_group)g))
            s->quiet *= said->background / said->scale;
        else
            s->common += log(said->background / said->scale);
    }
    for (int i = 0; i < N_PARTS; i++)
        weigh_part(m, s, i);
    add_parts(m, s);
    if (m->is_left_out)
        leave_out(m, s);
    find_near(m, s);
    nodes_weigh(m, s);
    s->score[m->unknown] = (float)unknown_score(m, s);
}

double weigh_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t h)
{
    const struct said *said = &s->said[g];
    if (!said->is_seen)
        return 0;
    if (h < m->first_class)
        return (double)said->factor[m->table[said->table].row_of[h]];
    return log(h < m->unknown ? nodes_factor(m, s, g, h) : said->unknown);
}

// Filtered together: p(silence) = w + (1 - w) * product, absolute.
double weigh_together(const struct verdict_model *m, const struct verdict_scratch *s,
                      double product)
{
    const double w = m->params->w_silent;
    return w + (1 - w) * product * s->quiet;
}

double weigh_silence(const struct verdict_model *m, const struct verdict_scratch *s, uint32_t h)
{
    double sum = 0;
    for (int g = 0; g < GROUP_COUNT; g++)
        if (m->params->phi[g] > 0)
            sum += weigh_factor(m, s, (enum verdict_group)g, h);
    return weigh_together(m, s, exp(sum));
}
