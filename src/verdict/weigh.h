// SPDX-License-Identifier: Apache-2.0
// Private to verdict: what one subject says for each hypothesis, group by group.
#pragma once

#include "verdict/explain.h"
#include "verdict/model.h"

enum { TRIES_MAX = 8 }; // of the SEQ test that are averaged

// What is read of a host. Several values of an attribute: of the tries.
struct seen {
    struct span value[VERDICT_ATTRS];
    struct span more[VERDICT_ATTRS][TRIES_MAX - 1];
    uint8_t n[VERDICT_ATTRS];
};

// What the attributes of a group say: factors as multiples of the background, and their parts.
struct said {
    bool is_seen;
    bool is_silent;   // asked, and nothing answered
    uint32_t table;   // whose rows these are
    double *row;      // L of each row
    double *factor;   // of each row
    double *by_class; // of each class
    double *by_system;
    double somebody;   // J
    double novelty;    // N
    double background; // B
    double unknown;    // factor of the unknown stack
};

struct verdict_scratch {
    struct seen seen;
    struct said said[GROUP_COUNT];
    uint8_t *cause;    // of each row of GROUP_OPT: enum verdict_cause
    double *clamp;     // and how probable a clamp is
    uint32_t mss;      // that looks clamped; 0: none
    double *p;         // under each expression of a column
    double *view;      // the same blanked
    double *rows;      // room for rows of any table, of readings
    uint32_t n_silent; // groups that are one observation
    double *silence;   // of these, by hypothesis: factor
    double *product;   // of all other factors, by hypothesis
    double *sums;      // room for those of classes and systems
    float *score;      // by hypothesis: logarithm of the likelihood
    float *kept;       // room for another score
    double *posterior; // by hypothesis
    double *p_node[VERDICT_LEVELS];
};

void seen_read(const struct osdb_subject *tries, uint32_t n, struct seen *out);

// Values of other sides (bits) are dropped; then SS is, too.
void seen_keep(struct seen *seen, uint32_t sides);
// What one more open port shows for itself.
void seen_keep_port(struct seen *seen);

// Fills said, silence and score from seen.
void weigh_all(const struct verdict_model *m, struct verdict_scratch *s);
// Logarithm of the sum of prior * likelihood^beta; fills posterior.
double weigh_sum(const struct verdict_model *m, struct verdict_scratch *s, const float *score);

// Multiplies rows of a group by what one value says. Returns the mass of the value.
double weigh_column(const struct verdict_model *m, struct verdict_scratch *s, int attr,
                    double *rows);
// The options and windows with their hidden causes. Fills said[].row; returns the product of
// masses.
double reading_options(const struct verdict_model *m, struct verdict_scratch *s);
double reading_windows(const struct verdict_model *m, struct verdict_scratch *s);

// The logarithm of the factor of a group for a hypothesis.
double weigh_factor(const struct verdict_model *m, const struct verdict_scratch *s,
                    enum verdict_group g, uint32_t hypothesis);
