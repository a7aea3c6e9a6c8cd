// SPDX-License-Identifier: Apache-2.0
// Private to verdict: one attribute of all references, as its different expressions, and how
// probable a value is under each of them.
#pragma once

#include "base/pile.h"
#include "base/rng.h"
#include "verdict/verdict.h"

struct buf;
struct hit;
struct lists;
struct stretch;

// Of the second generation: the first ones.
enum { VERDICT_ATTRS = 119, VERDICT_TESTS = TEST_TSEQ };

enum rule { RULE_WORD, RULE_ANSWER, RULE_SPREAD, RULE_GCD, RULE_TTL, RULE_GUESS, RULE_CLOCK };

// Options may be compared with a number blanked on both sides.
enum view { VIEW_PLAIN, VIEW_SHIFT, VIEW_MSS, VIEW_COUNT };

enum { DECAY = 64 }; // distances at which a sample still counts
static const double sample_elsewhere = 0.02 / 256;

struct range {
    double low;
    double high;
};

// The ranges of samples side by side: what a value says under each, and of which expression it is.
struct samples {
    uint32_t n;
    double *low;
    double *high;
    double *times;   // of how far it is, by decay
    double *at_zero; // of zero: nothing is random
    double *has_any; // by expression: 1, or 0
    uint16_t *of;
};

// A value of a column of words, looked up: which expressions say more of it than the others do.
struct word {
    uint32_t id;  // UINT32_MAX: nobody has shown it
    double mass;  // share among all that references show
    double scale; // what its probabilities are multiplied by: then floats hold their products
    uint32_t n;
    const struct stretch *hits; // number 0 is among them; NULL: only of options and windows
};

struct column {
    int attr;
    enum rule rule;
    enum osdb_form form;
    enum quirks quirks;
    const struct verdict_params *params;
    uint32_t n; // expressions, number 0 stands for none
    struct span *expr;
    double *refs;         // how many references have each
    struct intern values; // known ones, canonical
    double *mass;         // of each value: its share in all
    double unseen;        // mass of any other value
    double *expr_mass;    // of all known values that an expression accepts
    double wide;          // exponent of what an expression loses by accepting much
    double *narrow;       // expr_mass to the power -wide
    uint32_t *first_post; // by value: expressions with this literal and no other kind of part
    uint32_t *posts;
    float *post_times; // how many times as much as eps * mass these say, but for (1 - eps) / eps
    uint32_t *open;    // expressions that have ranges or brackets
    uint32_t n_open;
    uint32_t *first_range; // by expression, of numbers
    struct range *ranges;
    struct samples samples;  // RULE_SPREAD
    double width;            // added to ranges of samples: twice the scale of their tails
    double decay[DECAY + 1]; // by distance; the last one for all beyond
    struct word *known;      // by value; NULL: hits are not noted
};

// Attribute `attr`, of which reference i has expression cell[i] of `expr`, 0: none.
void column_make(struct column *c, struct arena *run, const struct verdict_params *params,
                 const struct intern *exprs, const uint32_t *refs);

// Probability of the value under each expression, and for number 0 what absence is worth.
void column_weigh(const struct column *c, struct span value, double *p);

struct word column_find(const struct column *c, struct span value);
double column_mass(const struct column *c, struct span value);

// Of words most expressions say eps * mass: how many times as much the others do. hits: room for
// one of each expression.
uint32_t column_hits(const struct column *c, struct span value, const struct word *word,
                     struct hit *hits);
// Notes the hits of all known values, as rows of column `col` of the lists.
void column_know(struct column *c, const struct lists *lists, uint32_t col, struct arena *run);
// A value that is known as it is written; NULL: it is not.
const struct word *column_known(const struct column *c, struct span value);

double column_power(double v, double exponent);

// One value of an alternative of an expression, uniform; GCD: small ones oftener.
void draw_value(struct rng *rng, struct span alternative, bool is_gcd, struct buf *b);
