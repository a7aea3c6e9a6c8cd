// SPDX-License-Identifier: Apache-2.0
// Learns the numbers of the model from made up hosts, damaged or with their references left out
// (generate.h): coordinate search on what is said of the truth, then calibrated. Prints them in the
// form of src/verdict/params_tab.c, and on hosts of another seed how they compare with those there.
// Recorded runs (lab/os-runs.sh) take part: a third is learnt from, a third calibrates, a third
// is for the comparison.
//   verdict_learn [-n SUBJECTS] [-s SEED] [-r ROUNDS] [-f RUNS] [DATABASE]
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "verdict/generate.h"
#include "verdict/weigh.h"

enum { SUBJECTS = 1400, ROUNDS = 3, BINS = 10, SKIPPED = 77, OTHER_SEED = 700000000 };

// A step of a number's log-odds costs this, squared, for what a few hosts say is no law.
static const double penalty = 0.001;
static const double first_step = 0.5;
static const double stated_share = 4; // of the squared error of what is stated, in the gain
static const double smallest = 1e-3;  // of a probability: below that nothing is told apart

struct subject {
    struct osdb_subject seen;
    uint32_t ref;
    enum condition cond;
};

enum third { TO_LEARN, TO_CALIBRATE, TO_COMPARE, THIRDS };

struct learn {
    struct arena arena;
    const struct osdb *db;
    struct recorded *runs;
    uint32_t n_runs;
    struct verdict_params params;
    struct verdict_model *model; // borrows params
    struct subject *subjects;
    uint32_t n;
    uint32_t n_tries;
    bool is_quiet; // nothing but SYN-ACKs gets out of any host
};

// A number that is learnt, and how far it was moved.
struct number {
    const char *name;
    double *at;
    double start;
    double step;
};

static struct host host;

static double log_odds(double p)
{
    return log(p / (1 - p));
}

static double from_odds(double x)
{
    return 1 / (1 + exp(-x));
}

static void take_runs(struct learn *l, enum third third)
{
    for (uint32_t i = third; i < l->n_runs; i += THIRDS)
        l->subjects[l->n++] =
            (struct subject){l->runs[i].seen, l->runs[i].ref, recorded_condition(i)};
}

static void draw_all(struct learn *l, uint32_t n, uint64_t seed)
{
    l->n = n;
    l->subjects = arena_array(&l->arena, n + l->n_runs, sizeof *l->subjects);
    host.model = l->model;
    for (uint32_t i = 0; i < n; i++) {
        struct subject *s = &l->subjects[i];
        s->cond = (enum condition)(i % COND_COUNT);
        rng_seed(&host.rng, seed + i);
        host_draw(&host, rng_below(&host.rng, osdb_count(l->db)));
        host_damage(&host, s->cond);
        if (l->is_quiet)
            host_damage(&host, COND_SYNACKS);
        s->ref = host.ref;
        for (int a = 0; a < ATTR_COUNT; a++)
            s->seen.value[a] = arena_copy(&l->arena, host.subject.value[a]);
    }
}

static double told(double p)
{
    return log(p + smallest);
}

// Nobody known: the unknown stack, or another vendor's use of a known one.
static double p_nobody(const struct verdict_model *m, const struct verdict_scratch *s)
{
    double p = 0;
    for (uint32_t i = 0; i < s->n_alive; i++)
        p += s->alive[i] >= m->first_stack ? s->posterior[s->alive[i]] : 0;
    return p;
}

struct bins {
    uint32_t n[BINS];
    uint32_t right[BINS];
    double stated[BINS];
    double brier;
};

static void count_stated(const struct verdict_model *m, const struct verdict *v, uint32_t ref,
                         struct bins *b)
{
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    const double p = v->path[VERDICT_SYSTEM].p;
    const uint32_t i = p * BINS < BINS ? (uint32_t)(p * BINS) : BINS - 1;
    bool is_right = false;
    for (uint32_t k = systems->first[ref]; k < systems->first[ref + 1]; k++)
        is_right = is_right || systems->ids[k] == v->path[VERDICT_SYSTEM].id;
    b->n[i]++;
    b->right[i] += is_right;
    b->stated[i] += p;
    b->brier += (p - is_right) * (p - is_right);
}

// What is said of the truth: its system most, then its class and its stack.
static double gain_of(struct learn *l, const struct subject *subject, struct verdict_scratch *s,
                      struct bins *b)
{
    const struct arena_mark mark = arena_mark(&l->arena);
    struct verdict v;
    host.ref = subject->ref;
    const struct verdict_model *m = host_model(&l->arena, &host, subject->cond);
    verdict_judge(m, &subject->seen, 1, s, &v);
    const double nobody = p_nobody(m, s);
    const double stack = verdict_probability(m, s, VERDICT_STACK, subject->ref);
    const uint32_t id = m->base->level[VERDICT_STACK].ids[subject->ref];
    const bool is_new = subject->cond == COND_SYSTEMS;
    double gain = told(is_new ? nobody : verdict_probability(m, s, VERDICT_SYSTEM, subject->ref));
    gain += subject->cond >= COND_CLASSES
                ? 0
                : told(verdict_probability(m, s, VERDICT_CLASS, subject->ref)) / 2;
    gain += told(m->size[VERDICT_STACK][id] > 0 ? stack : v.unknown) / 2;
    struct bins one = {0};
    count_stated(m, &v, subject->ref, b ? b : &one);
    gain -= b ? 0 : stated_share * one.brier;
    arena_rewind(&l->arena, mark);
    return gain;
}

// Mean gain over all subjects.
static double try_all(struct learn *l, struct bins *b)
{
    const struct arena_mark mark = arena_mark(&l->arena);
    double sum = 0;
    model_set_priors(l->model);
    struct verdict_scratch *s = verdict_scratch_new(&l->arena, l->model);
    for (uint32_t i = 0; i < l->n; i++)
        sum += gain_of(l, &l->subjects[i], s, b);
    arena_rewind(&l->arena, mark);
    l->n_tries++;
    return sum / l->n;
}

static uint32_t list_numbers(struct verdict_params *p, struct number *out)
{
    const struct number single[] = {
        {"beta", &p->beta, 0, 0},
        {"nu", &p->nu, 0, 0},
        {"nu_unknown", &p->nu_unknown, 0, 0},
        {"q_class", &p->q_class, 0, 0},
        {"q_system", &p->q_system, 0, 0},
        {"q_stack", &p->q_stack, 0, 0},
        {"p_class", &p->p_class, 0, 0},
        {"p_system", &p->p_system, 0, 0},
        {"p_stack", &p->p_stack, 0, 0},
        {"p_unknown", &p->p_unknown, 0, 0},
        {"k", &p->k, 0, 0},
        {"k_stack", &p->k_stack, 0, 0},
        {"eps", &p->eps, 0, 0},
        {"phi0", &p->phi0, 0, 0},
        {"psi", &p->psi, 0, 0},
        {"absent", &p->absent, 0, 0},
        {"w_silent", &p->w_silent, 0, 0},
        {"p_clamp", &p->p_clamp, 0, 0},
        {"p_shift", &p->p_shift, 0, 0},
        {"p_mss", &p->p_mss, 0, 0},
    };
    uint32_t n = 0;
    for (; n < sizeof single / sizeof *single; n++)
        out[n] = single[n];
    for (int g = 0; g < GROUP_COUNT; g++)
        out[n++] = (struct number){verdict_group_names[g], &p->q[g], 0, 0};
    for (int g = 0; g < GROUP_COUNT; g++)
        if (p->phi[g] > 0)
            out[n++] = (struct number){verdict_group_names[g], &p->phi[g], 0, 0};
    for (uint32_t i = 0; i < n; i++) {
        out[i].start = log_odds(*out[i].at);
        out[i].step = first_step;
    }
    return n;
}

static double cost_of(const struct number *numbers, uint32_t n)
{
    double cost = 0;
    for (uint32_t i = 0; i < n; i++) {
        const double far = log_odds(*numbers[i].at) - numbers[i].start;
        cost += penalty * far * far;
    }
    return cost;
}

// One number up or down by its step; the step grows if that helps, else it shrinks.
static double move(struct learn *l, struct number *numbers, uint32_t n, uint32_t which, double best)
{
    struct number *k = &numbers[which];
    const double before = *k->at;
    for (int turn = 0; turn < 2; turn++) {
        *k->at = from_odds(log_odds(before) + k->step);
        const double gain = try_all(l, NULL) - cost_of(numbers, n);
        if (gain > best) {
            k->step *= 1.5;
            return gain;
        }
        k->step = -k->step;
    }
    *k->at = before;
    k->step /= 2;
    return best;
}

static void search(struct learn *l, struct number *numbers, uint32_t n, uint32_t rounds)
{
    double best = try_all(l, NULL);
    fprintf(stderr, "%u numbers, %u hosts: %.4f\n", n, l->n, best);
    for (uint32_t round = 0; round < rounds; round++) {
        for (uint32_t i = 0; i < n; i++)
            best = move(l, numbers, n, i, best);
        fprintf(stderr, "round %u: %.4f after %u tries\n", round + 1, best, l->n_tries);
    }
}

static char to_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c + 'A' - 'a') : c;
}

static void print_groups(const char *name, const double *v)
{
    printf("    .%s =\n        {\n", name);
    for (int g = 0; g < GROUP_COUNT; g++) {
        char upper[16] = "";
        for (size_t i = 0; verdict_group_names[g][i] && i + 1 < sizeof upper; i++)
            upper[i] = to_upper(verdict_group_names[g][i]);
        if (v[g] > 0)
            printf("            [GROUP_%s] = %.3g,\n", upper, v[g]);
    }
    printf("        },\n");
}

static void print_numbers(const struct learn *l, struct number *numbers, uint32_t n, uint64_t seed)
{
    printf("// Learnt by verdict_learn -s %llu from %u references and %u recorded runs, in %u "
           "tries.\n",
           (unsigned long long)seed, osdb_count(l->db), l->n_runs, l->n_tries);
    print_groups("q", l->params.q);
    print_groups("phi", l->params.phi);
    for (uint32_t i = 0; i < n; i++)
        if (numbers[i].at < l->params.q || numbers[i].at >= l->params.q + GROUP_COUNT)
            if (numbers[i].at < l->params.phi || numbers[i].at >= l->params.phi + GROUP_COUNT)
                printf("    .%s = %.3g,\n", numbers[i].name, *numbers[i].at);
    printf("    .beta_quiet = %.3g,\n", l->params.beta_quiet);
}

static void print_bins(struct learn *l, const char *what)
{
    struct bins b = {0};
    const double gain = try_all(l, &b);
    printf("%s: gain %.4f, Brier %.4f; stated -> observed (count):", what, gain, b.brier / l->n);
    for (int i = 0; i < BINS; i++)
        if (b.n[i] > 0)
            printf("  %.2f -> %.2f (%u)", b.stated[i] / b.n[i], (double)b.right[i] / b.n[i],
                   b.n[i]);
    printf("\n");
}

// Squared distance of what is stated from what is observed, in the mean.
static double gap_of(struct learn *l)
{
    struct bins b = {0};
    double sum = 0;
    (void)try_all(l, &b);
    for (int i = 0; i < BINS; i++)
        if (b.n[i] > 0)
            sum += (b.stated[i] - b.right[i]) * (b.stated[i] - b.right[i]) / b.n[i];
    return sum / l->n;
}

// What makes what is stated most like what is observed: shares of what it is, by steps.
static void calibrate(struct learn *l, double *beta, double from, double to)
{
    static const double step = 0.05;
    const double learnt = *beta;
    const uint32_t n = (uint32_t)lround(fabs(to - from) / step);
    double best = learnt;
    double least = HUGE_VAL;
    for (uint32_t i = 0; i <= n; i++) {
        *beta = learnt * (from + (to - from) * i / n);
        const double gap = gap_of(l);
        if (gap < least) {
            least = gap;
            best = *beta;
        }
    }
    *beta = best;
    fprintf(stderr, "beta %.3g, calibrated %.3g\n", learnt, best);
}

// What is learnt from few hosts is bolder than others bear out: beta is lowered, on other hosts,
// until what is stated is what is observed. Where nothing but SYN-ACKs gets out it is raised.
static void calibrate_all(struct learn *l, uint32_t n, uint64_t seed)
{
    draw_all(l, n, seed);
    take_runs(l, TO_CALIBRATE);
    calibrate(l, &l->params.beta, 1, 0.7);
    l->is_quiet = true;
    draw_all(l, n, seed);
    l->is_quiet = false;
    l->params.beta_quiet = l->params.beta;
    calibrate(l, &l->params.beta_quiet, 1, 1.7);
}

static const struct osdb *load(struct arena *a, const char *path)
{
    const struct osdb *db = NULL;
    const struct span text = host_read_file(a, path);
    if (span_is_absent(text))
        return NULL;
    struct osdb_tree *tree = osdb_tree_new(a, QUIRKS_NONE);
    (void)osdb_tree_add(tree, "file", text, NULL, NULL);
    return osdb_build(a, tree, &db) == ERR_OK ? db : NULL;
}

// learnt, then what is in params_tab.c, on hosts that nothing was learnt from.
static void compare(struct learn *l, uint32_t n, uint64_t seed)
{
    const struct verdict_params learnt = l->params;
    for (int is_recorded = 0; is_recorded <= (l->n_runs > 0); is_recorded++) {
        draw_all(l, is_recorded ? 0 : n, seed);
        if (is_recorded)
            take_runs(l, TO_COMPARE);
        print_bins(l, is_recorded ? "recorded, learnt" : "learnt");
        l->params = verdict_params;
        print_bins(l, is_recorded ? "recorded, before" : "before");
        l->params = learnt;
    }
}

int main(int argc, char **argv)
{
    static struct learn l;
    static struct number numbers[64];
    const char *path = "/usr/share/nmap/nmap-os-db";
    const char *runs = NULL;
    uint64_t n = SUBJECTS;
    uint64_t seed = 300000000;
    uint64_t rounds = ROUNDS;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-f") == 0 && i + 1 < argc) {
            runs = argv[++i];
            continue;
        }
        uint64_t *number = strcmp(argv[i], "-n") == 0   ? &n
                           : strcmp(argv[i], "-s") == 0 ? &seed
                           : strcmp(argv[i], "-r") == 0 ? &rounds
                                                        : NULL;
        if (!number)
            path = argv[i];
        else if (++i == argc || !text_dec(span_str(argv[i]), UINT32_MAX, number))
            return 2;
    }
    arena_init(&l.arena, "learn");
    l.db = load(&l.arena, path);
    if (!l.db) {
        printf("no %s: nothing to learn from\n", path);
        return SKIPPED;
    }
    l.n_runs = runs ? recorded_read(&l.arena, l.db, runs, &l.runs) : 0;
    if (runs && l.n_runs == 0)
        return 1;
    l.params = verdict_params;
    l.model = verdict_model_new(&l.arena, l.db, &l.params);
    draw_all(&l, (uint32_t)n, seed);
    take_runs(&l, TO_LEARN);
    const uint32_t n_numbers = list_numbers(&l.params, numbers);
    search(&l, numbers, n_numbers, (uint32_t)rounds);
    calibrate_all(&l, 2 * (uint32_t)n, seed + 2 * (uint64_t)OTHER_SEED);
    print_numbers(&l, numbers, n_numbers, seed);
    compare(&l, (uint32_t)n, seed + OTHER_SEED);
    arena_fini(&l.arena);
    return 0;
}
