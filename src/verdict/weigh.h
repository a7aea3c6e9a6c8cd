// SPDX-License-Identifier: Apache-2.0
// Private to verdict: what one subject says for each hypothesis, group by group.
#pragma once

#include "verdict/explain.h"
#include "verdict/fuse.h"
#include "verdict/memo.h"
#include "verdict/model.h"
#include "verdict/seen.h"
#include "verdict/sum.h"

// What the attributes of a group say: factors as multiples of the background, and their parts, all
// multiplied by the scale but for factors.
struct said {
    bool is_seen;
    bool is_silent;    // asked, and nothing answered
    uint32_t table;    // whose rows these are
    float *row;        // L of each row
    float *factor;     // of each row, logarithm
    double scale;      // product of the scales of the values
    float most;        // factor of any row; only of groups that may be silent
    double novelty;    // N: root of the product of the masses of the values
    double background; // B
    double unknown;    // factor of the unknown stack
};

// What a group said last for these values: hosts of one network repeat each other.
enum { KEPT_SLOTS = 256, KEPT_ROWS = 1 << 17, KEPT_VALUES = 224 };

struct kept {
    struct said said;
    const struct verdict_model *model;
    uint32_t n_values; // bytes; 0: free
    char values[KEPT_VALUES];
};

// The options read in each way, by row.
struct readings {
    float *plain;
    float *blank[VIEW_COUNT];
    float *clamped;
    float *clamp; // how probable a clamp is
};

struct verdict_scratch {
    struct seen seen;
    struct said said[GROUP_COUNT];
    struct kept *kept_of[GROUP_COUNT]; // NULL: not kept
    struct memo memo;
    float *samples[VERDICT_ATTRS]; // of several tries: SEQ
    struct readings readings;
    uint32_t mss;         // that looks clamped; 0: none
    float *other;         // room for rows of another reading
    float *room;          // of grids
    float *zeros;         // as many as any table has rows
    float *part[N_PARTS]; // sums, by row of the part
    uint32_t n_silent;    // groups that are one observation
    bool is_compared;     // with other evidence: the same beta for all
    double beta;          // of this evidence
    float prior_times;    // of prior_score: the model's beta by this one
    double common;        // logarithm of the background of all others
    double quiet;         // background of these, or 1
    float *score;         // sum of the logarithms of all factors, by hypothesis; of references near
    float *tops;          // the most of each block of references
    bool is_whole;        // all references have a score
    uint32_t *near;       // references that are not far below the best
    uint32_t n_near;
    float *silent;      // of groups that may be silent, by near
    float best;         // score of any reference
    uint32_t *lineages; // of the references near
    uint32_t n_lineages;
    uint32_t *lineage_round; // the last one in which each was near
    double *p_lineage;       // probability of the references of each that is
    uint32_t *nodes;         // classes, systems and stacks that matter
    uint32_t n_nodes;
    uint32_t round;       // of nodes: how often they were weighed
    uint32_t *node_round; // the last one of each node's sums
    float *node_sums;     // by node * ROWS_WIDE + table
    float *node_factor;   // of those chosen, in their order, SUM_PARTS each
    double *posterior;    // by hypothesis; 0: negligible
    double evidence;      // ln Z of what was judged last
    uint32_t *alive;      // hypotheses that are not, references first
    uint32_t n_alive;
    uint32_t *several; // references among them that are of several systems
    uint32_t n_several;
    double vote[KIN_COUNT];         // how much the votes make of each kin
    float *kept;                    // room for the scores of two ports
    double *p_place;                // probability of each node
    double *p_node[VERDICT_LEVELS]; // the same, by level
    uint32_t *places;               // with any
    uint32_t n_places;
};

// Fills said, score, near, best and common from seen.
void weigh_all(const struct verdict_model *m, struct verdict_scratch *s);

// A prior as nats of this evidence's likelihood.
static inline float weigh_prior(const struct verdict_scratch *s, float prior_score)
{
    return prior_score * s->prior_times;
}

#define SCORE_NONE (-1e4F) // of nodes that do not matter

// Fills nodes and their score, after that of references (nodes.c).
void nodes_weigh(const struct verdict_model *m, struct verdict_scratch *s);
double nodes_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t hypothesis);

enum { SUM_NEGLIGIBLE = 14 }; // nats below the best

// What the votes make of a hypothesis (vote.c).
double vote_of(const struct verdict_model *m, const struct verdict_scratch *s, uint32_t hypothesis);
// Weighs the votes against the posterior, then changes it. False: they contradict it.
bool vote_apply(const struct verdict_model *m, struct verdict_scratch *s,
                struct verdict_votes *votes);

// Fills posterior and alive from score; returns the logarithm of the sum of
// prior * likelihood^beta (sum.c).
double sum_posterior(const struct verdict_model *m, struct verdict_scratch *s);
// The same as sum_posterior of such scores, without a posterior.
double sum_of_scores(const struct verdict_model *m, const float *score);

// The options and windows with their hidden causes. Fills said[].row, scale and novelty.
void reading_options(const struct verdict_model *m, struct verdict_scratch *s);
void reading_windows(const struct verdict_model *m, struct verdict_scratch *s);
enum verdict_cause reading_cause(const struct verdict_model *m, const struct verdict_scratch *s,
                                 uint32_t row);

// The MSS that looks clamped; 0: none.
uint32_t reading_clamped_mss(const struct verdict_model *m, const struct seen *seen);
// As if it had not been clamped: options with MSS `to`, a window counted in the MSS.
enum { READING_ROOM = 256 };
struct span reading_with_mss(struct span options, uint32_t clamped, uint32_t to, char *mem);
struct span reading_window(struct span window, uint32_t clamped, char *mem);

// The logarithm of the factor of a group for a hypothesis.
double weigh_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t hypothesis);
// Whether a group is one of those that are one observation.
bool weigh_is_quiet(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g);
// Of these: their probability together, from the product of their factors; and of a hypothesis.
double weigh_together(const struct verdict_model *m, const struct verdict_scratch *s,
                      double product);
double weigh_silence(const struct verdict_model *m, const struct verdict_scratch *s,
                     uint32_t hypothesis);
