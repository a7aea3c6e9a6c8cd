// SPDX-License-Identifier: Apache-2.0
// The verdict is what its model says, written down naively: on hosts drawn from small databases
// and, where one is installed, from a large one. What the fast form leaves out is negligible.
#include "verdict_load.h"

#include <stdio.h>

#include "naive/draw.h"
#include "naive/verdict_naive.h"

enum { SMALL_SUBJECTS = 300, LARGE_SUBJECTS = 10 };

// Of the probability of any node above a hypothesis.
static const double small_gap = 2e-4;
static const double large_gap = 1e-2;

static struct load load;
static struct draw draw;
static double worst;

static void compare(const struct verdict_model *m, struct verdict_scratch *s,
                    const struct osdb_subject *subject, double gap)
{
    const struct arena_mark mark = arena_mark(&load.arena);
    const uint32_t n = model_hypotheses(m);
    double *p = arena_array(&load.arena, n, sizeof *p);
    double apart = 0;
    struct verdict v;
    struct seen seen;
    verdict_judge(m, subject, 1, s, &v);
    seen_read(subject, 1, &seen);
    naive_posterior(&load.arena, m, &seen, p);
    for (uint32_t h = 0; h < n; h++)
        apart += fabs(p[h] - s->posterior[h]) / 2;
    worst = apart > worst ? apart : worst;
    if (apart > gap)
        print_error("%.2e apart\n", apart);
    assert_true(apart <= gap);
    arena_rewind(&load.arena, mark);
}

// Parts of the fingerprint are lost, at random.
static void lose(struct osdb_subject *s, struct rng *rng)
{
    for (int t = 0; t < TEST_TSEQ; t++) {
        if (rng_below(rng, 4) > 0)
            continue;
        for (int a = osdb_tests[t].first; a < osdb_tests[t].first + osdb_tests[t].n; a++)
            s->value[a] = (struct span){NULL, 0};
    }
}

// Nothing comes back but SYN-ACKs.
static void silence(struct osdb_subject *s)
{
    for (int t = TEST_T2; t <= TEST_IE; t++) {
        for (int a = osdb_tests[t].first; a < osdb_tests[t].first + osdb_tests[t].n; a++)
            s->value[a] = (struct span){NULL, 0};
        s->value[osdb_tests[t].first] = SPAN("N");
    }
}

static void check_model(const struct verdict_model *m, uint32_t n, double gap)
{
    struct verdict_scratch *s = verdict_scratch_new(&load.arena, m);
    rng_seed(&draw.rng, 7);
    worst = 0;
    for (uint32_t i = 0; i < n; i++) {
        draw_subject(&draw, load.tree, rng_below(&draw.rng, osdb_count(load.db)));
        if (i % 3 == 1)
            lose(&draw.subject, &draw.rng);
        if (i % 6 == 2)
            silence(&draw.subject);
        compare(m, s, &draw.subject, gap);
    }
    printf("%u references: at most %.1e apart\n", m->n_left, worst);
}

// All references, then without every third.
static void check_database(uint32_t n, double gap)
{
    const struct verdict_model *m = verdict_model_new(&load.arena, load.db, &verdict_params);
    bool *is_left_out = arena_array(&load.arena, osdb_count(load.db), sizeof *is_left_out);
    for (uint32_t i = 0; i < osdb_count(load.db); i += 3)
        is_left_out[i] = true;
    check_model(m, n, gap);
    check_model(verdict_model_without(&load.arena, m, is_left_out), n / 2, gap);
}

static void small_databases(void **state)
{
    (void)state;
    load_text(&load, QUIRKS_NONE, SYSTEMS);
    check_database(SMALL_SUBJECTS, small_gap);
    load_fini(&load);
}

static void a_large_database(void **state)
{
    static char text[LIMIT_DB_FILE];
    FILE *f = fopen("/usr/share/nmap/nmap-os-db", "rb");
    (void)state;
    if (!f) {
        printf("no large database is installed\n");
        return;
    }
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    load_text(&load, QUIRKS_NONE, text);
    check_database(LARGE_SUBJECTS, large_gap);
    load_fini(&load);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_databases),
        cmocka_unit_test(a_large_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
