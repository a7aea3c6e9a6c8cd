// SPDX-License-Identifier: Apache-2.0
// Why a reference scored as it did for a subject, attribute by attribute: the scores of
// osdb_match taken apart. Everything is borrowed from the database and the subject.
#pragma once

#include "osdb/osdb.h"

enum osdb_outcome {
    OSDB_NOTHING, // neither side has the attribute
    OSDB_WON,
    OSDB_LOST,
    OSDB_UNSEEN, // expected, but the subject has no value: not compared
    OSDB_SILENT, // the reference says nothing: not compared
};

// Why a subject has no value.
enum osdb_absence {
    OSDB_PRESENT,
    OSDB_NOT_ASKED,  // no line of this test: it could not be sent
    OSDB_NO_ANSWER,  // R=N
    OSDB_NOT_GIVEN,  // the answer did not tell
    OSDB_OTHER_HALF, // T stands where TG is not known and the other way round
};

struct osdb_row {
    enum osdb_outcome outcome;
    enum osdb_absence absence;
    struct span seen;
    struct span expected;
    uint32_t points; // at stake
};

struct osdb_explained {
    uint32_t ref;
    uint32_t won;      // points
    uint32_t possible; // points that were compared; accuracy = won / possible
    uint32_t unseen;   // points that were not, for want of a value
    struct osdb_row row[ATTR_COUNT];
};

// An attribute that tells two references apart, or would if it had been seen.
struct osdb_rival {
    int attr;
    uint32_t points;
    bool is_seen;
};

enum osdb_test osdb_attr_test(int attr);

void osdb_explain(const struct osdb *db, const struct osdb_subject *subject, uint32_t ref,
                  struct osdb_explained *out);

double osdb_explained_accuracy(const struct osdb_explained *e);

// Attributes on which the outcomes differ, then those that were not seen and on which the
// expectations differ; each part by falling points. Returns how many.
uint32_t osdb_rivals(const struct osdb_explained *a, const struct osdb_explained *b,
                     struct osdb_rival out[ATTR_COUNT]);

// The references with the best accuracies, however bad, best first; at most max (<= 36).
uint32_t osdb_nearest(const struct osdb *db, const struct osdb_subject *subject, uint32_t max,
                      uint32_t *out);
