// SPDX-License-Identifier: Apache-2.0
// For the verdict tests: a database, its model and the verdict on a subject.
#pragma once

#include "osdb_load.h"

#include <math.h>

#include "verdict/weigh.h"
#include "verdict_systems.h"

struct judged {
    struct load load;
    const struct verdict_model *model;
    struct verdict_scratch *scratch;
    struct osdb_subject subject;
    struct verdict verdict;
};

static inline void judged_load(struct judged *j, const char *text)
{
    load_text(&j->load, QUIRKS_NONE, text);
    assert_string_equal(j->load.errors, "");
    j->model = verdict_model_new(&j->load.arena, j->load.db, &verdict_params);
    j->scratch = verdict_scratch_new(&j->load.arena, j->model);
}

static inline void judged_subject(struct judged *j, const char *subject)
{
    assert_int_equal(osdb_subject_parse(span_str(subject), &j->subject, NULL), ERR_OK);
    verdict_judge(j->model, &j->subject, 1, j->scratch, &j->verdict);
}

static inline double judged_p(const struct judged *j, enum verdict_level level, uint32_t ref)
{
    return verdict_probability(j->model, j->scratch, level, ref);
}

static inline void check_close(double a, double b, double by)
{
    if (fabs(a - b) > by)
        print_error("%.9f is not %.9f\n", a, b);
    assert_true(fabs(a - b) <= by);
}

static inline void check_sum(const struct judged *j)
{
    double sum = 0;
    for (uint32_t h = 0; h < model_hypotheses(j->model); h++) {
        assert_true(j->scratch->posterior[h] >= 0);
        sum += j->scratch->posterior[h];
    }
    check_close(sum, 1, 1e-9);
    for (int v = 0; v < VERDICT_LEVELS; v++)
        for (uint32_t i = 0; i < j->model->base->level[v].n; i++)
            assert_true(j->scratch->p_node[v][i] <= 1 + 1e-9);
}
