// SPDX-License-Identifier: Apache-2.0
#include "stage/judge.h"

#include "model/host.h"
#include "verdict/fuse.h"
#include "verdict/path.h"
#include "verdict/record.h"

struct judge {
    struct arena *run;
    const struct osdb *db;
    const struct verdict_model *model; // NULL: not yet
    struct verdict_scratch *scratch;
};

struct judge *judge_new(struct arena *run, const struct osdb *db)
{
    if (!db || osdb_gen(db) != OSDB_SECOND || osdb_quirks(db) != QUIRKS_NONE || osdb_count(db) == 0)
        return NULL;
    struct judge *j = arena_alloc(run, sizeof *j);
    j->run = run;
    j->db = db;
    return j;
}

void judge_ready(struct judge *j)
{
    if (j->model)
        return;
    j->model = verdict_model_new(j->run, j->db, &verdict_params);
    j->scratch = verdict_scratch_new(j->run, j->model);
}

static const struct os_verdict *judge_all(struct judge *j, struct arena *a,
                                          const struct osdb_subject *tries, uint32_t n,
                                          struct verdict_votes *votes)
{
    struct verdict v;
    judge_ready(j);
    verdict_judge_all(j->model, tries, n, votes, j->scratch, &v);
    return verdict_record(a, j->model, j->scratch, &v, votes);
}

const struct os_verdict *judge_subjects(struct judge *j, struct arena *a,
                                        const struct osdb_subject *tries, uint32_t n)
{
    struct verdict_votes none = {0};
    return judge_all(j, a, tries, n, &none);
}

static void sort_synacks(struct host *h)
{
    for (uint32_t i = 1; i < h->n_synacks; i++) {
        const struct synack s = h->synacks[i];
        uint32_t at = i;
        for (; at > 0 && h->synacks[at - 1].port > s.port; at--)
            h->synacks[at] = h->synacks[at - 1];
        h->synacks[at] = s;
    }
}

void judge_path(struct host *h)
{
    struct finding found[PATH_FINDINGS_MAX];
    if (!h->has_ports)
        return;
    sort_synacks(h);
    h->n_findings = path_findings(&h->arena, h, found);
    if (h->n_findings == 0)
        return;
    struct finding *copy = arena_array(&h->arena, LIMIT_FINDINGS, sizeof *copy);
    memcpy(copy, found, h->n_findings * sizeof *copy);
    h->findings = copy;
}

void judge_host(struct judge *j, struct host *h)
{
    struct verdict_votes votes;
    if (!h->os || h->os->n_subjects == 0 || h->addr.family != IP_V4)
        return;
    struct os_result *os = arena_alloc(&h->arena, sizeof *os);
    *os = *h->os;
    votes_collect(&h->arena, h, &votes);
    os->verdict = judge_all(j, &h->arena, os->subjects, os->n_subjects, &votes);
    h->os = os;
}
