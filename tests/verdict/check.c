// SPDX-License-Identifier: Apache-2.0
// Verdicts on hosts made up from a database, damaged, and with references left out: how often
// they are right, how often they say nothing, and whether what is said with 90 % is right in 90 %
// of cases. Beside them the score of the compiled matcher. Fails when bounds are broken.
// With -q nothing but SYN-ACKs gets out of any of the hosts; with -f on recorded runs
// (lab/os-runs.sh) instead.
//   verdict_check [-q] [-n SUBJECTS] [-s SEED] [-t THRESHOLD in percent] [-f RUNS] [DATABASE]
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "verdict/generate.h"
#include "verdict/weigh.h"

// Percent of the hosts with left out references that may be given a wrong family.
enum { LEFT_OUT_WRONG = 6 };

// Of a bin of some size, between what is stated and what is observed.
static const double gap_most = 0.07;

enum { SUBJECTS = 2800, BINS = 10, SKIPPED = 77, BIN_LEAST = 200 };

struct tally {
    uint32_t n;
    uint32_t right[3];  // name, class, system: most probable
    uint32_t score[3];  // the same by score
    uint32_t n_score;   // asked
    uint32_t score_bad; // wrong family named by score
    uint32_t wrong;     // family asserted
    uint32_t wrong_few; // in "one of"
    uint32_t declined;
    uint32_t stack;       // answers that name a stack and no family
    uint32_t stack_wrong; // of these: another than the truth's
    double log_p;         // of the true system, or of the unknown stack
    double brier;
};

struct bin {
    uint32_t n;
    uint32_t right;
    double stated;
};

struct check {
    struct arena arena;
    const struct osdb *db;
    struct osdb_scratch *match;
    const struct verdict_model *model;
    struct verdict_scratch *scratch;
    struct tally tally[COND_COUNT];
    struct bin bins[BINS];
    bool is_recorded;
    bool is_quiet; // nothing but SYN-ACKs gets out of any host
    double us;     // spent in verdict_judge
    uint32_t n_judged;
};

static struct host host;
static struct osdb_result result;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool is_above(const struct base *base, enum verdict_level which, uint32_t id, uint32_t ref)
{
    const struct level *l = &base->level[which];
    for (uint32_t i = l->first[ref]; i < l->first[ref + 1]; i++)
        if (l->ids[i] == id)
            return true;
    return false;
}

// The system, or the family of another vendor; "embedded" is no family.
static bool is_kin(const struct base *base, uint32_t system, uint32_t ref)
{
    const struct level *systems = &base->level[VERDICT_SYSTEM];
    const uint32_t family = systems->parent[system];
    return is_above(base, VERDICT_SYSTEM, system, ref) ||
           (!span_eq(systems->nodes[system].family, SPAN("embedded")) &&
            is_above(base, VERDICT_FAMILY, family, ref));
}

static bool is_kin_ref(const struct base *base, uint32_t a, uint32_t ref)
{
    const struct level *systems = &base->level[VERDICT_SYSTEM];
    for (uint32_t i = systems->first[a]; i < systems->first[a + 1]; i++)
        if (is_kin(base, systems->ids[i], ref))
            return true;
    return false;
}

static bool is_kin_name(const struct base *base, uint32_t name, uint32_t ref)
{
    for (uint32_t i = 0; i < osdb_count(base->db); i++)
        if (is_above(base, VERDICT_NAME, name, i) && is_kin_ref(base, i, ref))
            return true;
    return false;
}

static bool is_node_right(const struct base *base, const struct verdict_node *node, uint32_t ref)
{
    switch (node->level) {
    case VERDICT_NAME:
        return is_kin_name(base, node->id, ref);
    case VERDICT_CLASS:
        return is_kin(base, base->level[VERDICT_CLASS].parent[node->id], ref);
    case VERDICT_SYSTEM:
        return is_kin(base, node->id, ref);
    default:
        return is_above(base, node->level, node->id, ref);
    }
}

static void tally_answer(const struct base *base, const struct verdict *v, uint32_t ref,
                         struct tally *t)
{
    bool is_right = false;
    if (v->level == VERDICT_STACK) {
        t->stack++;
        t->stack_wrong += !is_above(base, VERDICT_STACK, v->path[VERDICT_STACK].id, ref);
        return;
    }
    for (uint32_t i = 0; i < v->n; i++)
        is_right = is_right || is_node_right(base, &v->node[i], ref);
    if (v->level <= VERDICT_FAMILY)
        t->wrong += !is_right;
    else
        t->declined++;
    if (v->level == VERDICT_ONE_OF)
        t->wrong_few += !is_right;
}

static void tally_score(struct check *c, uint32_t ref, struct tally *t)
{
    osdb_match(c->db, &host.subject, c->match, &result);
    t->n_score++;
    if (result.n == 0)
        return;
    const uint32_t first = result.match[0].ref;
    for (int i = 0; i < 3; i++)
        t->score[i] += host_shares(c->model->base, (enum verdict_level)i, first, ref);
    t->score_bad += !is_kin_ref(c->model->base, first, ref);
}

static void tally_stated(struct check *c, const struct verdict *v, bool is_right, struct tally *t)
{
    const double p = v->path[VERDICT_SYSTEM].p;
    uint32_t i = (uint32_t)(p * BINS);
    struct bin *b = &c->bins[i < BINS ? i : BINS - 1];
    b->n++;
    b->right += is_right;
    b->stated += p;
    t->brier += (p - is_right) * (p - is_right);
}

static void judge(struct check *c, const struct verdict_model *m, struct verdict_scratch *s,
                  enum condition cond)
{
    struct verdict v;
    struct tally *t = &c->tally[cond];
    const double since = now_us();
    verdict_judge(m, &host.subject, 1, s, &v);
    c->us += now_us() - since;
    c->n_judged++;
    t->n++;
    for (int i = 0; i < 3; i++)
        t->right[i] += v.path[i].id != NO_NODE &&
                       is_above(m->base, (enum verdict_level)i, v.path[i].id, host.ref);
    tally_answer(m->base, &v, host.ref, t);
    const uint32_t id = v.path[VERDICT_SYSTEM].id;
    tally_stated(c, &v, id != NO_NODE && is_above(m->base, VERDICT_SYSTEM, id, host.ref), t);
    const double p = verdict_probability(m, s, VERDICT_SYSTEM, host.ref);
    t->log_p += log((cond == COND_SYSTEMS && p == 0 ? v.unknown : p) + 1e-9);
    if (cond < COND_ENTRY)
        tally_score(c, host.ref, t);
}

static void judge_without(struct check *c, enum condition cond)
{
    const struct arena_mark mark = arena_mark(&c->arena);
    judge(c, host_model(&c->arena, &host, cond), c->scratch, cond);
    arena_rewind(&c->arena, mark);
}

static void run(struct check *c, uint32_t n, uint64_t seed)
{
    host.model = c->model;
    for (uint32_t i = 0; i < n; i++) {
        const enum condition cond = (enum condition)(i % COND_COUNT);
        rng_seed(&host.rng, seed + i);
        host_draw(&host, rng_below(&host.rng, osdb_count(c->db)));
        host_damage(&host, cond);
        if (c->is_quiet)
            host_damage(&host, COND_SYNACKS);
        judge_without(c, cond);
    }
}

static void run_recorded(struct check *c, const struct recorded *runs, uint32_t n)
{
    host.model = c->model;
    c->is_recorded = true;
    for (uint32_t i = 0; i < n; i++) {
        host.ref = runs[i].ref;
        host.subject = runs[i].seen;
        judge_without(c, recorded_condition(i));
    }
}

static double percent(uint32_t part, uint32_t all)
{
    return all ? 100.0 * part / all : 0;
}

static void print_row(const struct tally *t, const char *name)
{
    printf("%-27s %5u  %3.0f /%3.0f /%5.1f ", name, t->n, percent(t->right[0], t->n),
           percent(t->right[1], t->n), percent(t->right[2], t->n));
    if (t->n_score)
        printf(" %3.0f /%3.0f /%5.1f ", percent(t->score[0], t->n_score),
               percent(t->score[1], t->n_score), percent(t->score[2], t->n_score));
    else
        printf("         -        ");
    printf(" %4.1f  %4.1f /%4.1f  %4.1f  %5.1f  %5.2f  %.3f", percent(t->wrong, t->n),
           percent(t->stack, t->n), percent(t->stack_wrong, t->n), percent(t->wrong_few, t->n),
           percent(t->declined, t->n), t->log_p / t->n, t->brier / t->n);
    printf(t->n_score ? "  %4.1f\n" : "\n", percent(t->score_bad, t->n_score));
}

static void add(struct tally *to, const struct tally *t)
{
    to->n += t->n;
    for (int i = 0; i < 3; i++) {
        to->right[i] += t->right[i];
        to->score[i] += t->score[i];
    }
    to->n_score += t->n_score;
    to->score_bad += t->score_bad;
    to->wrong += t->wrong;
    to->wrong_few += t->wrong_few;
    to->declined += t->declined;
    to->stack += t->stack;
    to->stack_wrong += t->stack_wrong;
    to->log_p += t->log_p;
    to->brier += t->brier;
}

static const char *row_name(const struct check *c, int cond)
{
    return c->is_recorded && cond == COND_CLEAN ? "as recorded" : condition_names[cond];
}

static int print_all(const struct check *c)
{
    struct tally damaged = {0};
    struct tally absent = {0};
    struct tally all = {0};
    int bad = 0;
    printf("first answer right: name / class / vendor+family; wrong: another family asserted; "
           "stack: no family, but a stack, and another one; few: wrong \"one of\"\n"
           "%-27s %5s  %-16s  %-16s  %4s  %-10s  %4s  %5s  %5s  %5s  %s\n",
           "condition", "n", "whorl", "score", "wrong", "stack", "few", "decl.", "ln p", "Brier",
           "score wrong");
    for (int i = 0; i < COND_COUNT; i++) {
        if (c->tally[i].n == 0)
            continue;
        print_row(&c->tally[i], row_name(c, i));
        add(i < COND_ENTRY ? &damaged : &absent, &c->tally[i]);
        add(&all, &c->tally[i]);
    }
    print_row(&damaged, "all but left out");
    print_row(&absent, "all left out");
    print_row(&all, "all");
    printf("stated -> observed (count):");
    for (int i = 0; i < BINS; i++) {
        const struct bin *b = &c->bins[i];
        if (b->n == 0)
            continue;
        const double stated = b->stated / b->n;
        const double seen = (double)b->right / b->n;
        printf("  %.2f -> %.2f (%u)", stated, seen, b->n);
        bad |= b->n >= BIN_LEAST && i > 0 && fabs(stated - seen) > gap_most;
    }
    printf("\n%.0f us for a verdict\n", c->us / c->n_judged);
    return bad || damaged.wrong * 100 > damaged.n + 100 ||
           absent.wrong * 100 > LEFT_OUT_WRONG * absent.n + 100;
}

int main(int argc, char **argv)
{
    static struct check c;
    const char *path = "/usr/share/nmap/nmap-os-db";
    const char *file = NULL;
    struct recorded *runs = NULL;
    uint64_t n = SUBJECTS;
    uint64_t seed = 20261121;
    uint64_t threshold = 0;
    static struct verdict_params params;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-f") == 0 && i + 1 < argc) {
            file = argv[++i];
            continue;
        }
        if (strcmp(argv[i], "-q") == 0) {
            c.is_quiet = true;
            continue;
        }
        uint64_t *number = strcmp(argv[i], "-n") == 0   ? &n
                           : strcmp(argv[i], "-s") == 0 ? &seed
                           : strcmp(argv[i], "-t") == 0 ? &threshold
                                                        : NULL;
        if (!number)
            path = argv[i];
        else if (++i == argc || !text_dec(span_str(argv[i]), UINT32_MAX, number))
            return 2;
    }
    arena_init(&c.arena, "check");
    const struct span text = host_read_file(&c.arena, path);
    if (span_is_absent(text)) {
        printf("no %s: nothing to check\n", path);
        return SKIPPED;
    }
    struct osdb_tree *tree = osdb_tree_new(&c.arena, QUIRKS_NONE);
    (void)osdb_tree_add(tree, "file", text, NULL, NULL);
    if (osdb_build(&c.arena, tree, &c.db) != ERR_OK)
        return 1;
    const double since = now_us();
    params = verdict_params;
    params.threshold = threshold > 0 ? (double)threshold / 100 : params.threshold;
    c.model = verdict_model_new(&c.arena, c.db, &params);
    printf("%u references, made ready in %.0f ms\n", osdb_count(c.db), (now_us() - since) / 1e3);
    c.scratch = verdict_scratch_new(&c.arena, c.model);
    c.match = osdb_scratch_new(&c.arena, c.db);
    const uint32_t n_runs = file ? recorded_read(&c.arena, c.db, file, &runs) : 0;
    if (n_runs > 0)
        run_recorded(&c, runs, n_runs);
    else if (!file)
        run(&c, (uint32_t)n, seed);
    else
        return 1;
    const int bad = print_all(&c);
    arena_fini(&c.arena);
    return bad;
}
