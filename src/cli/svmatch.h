// SPDX-License-Identifier: Apache-2.0
// Answers that were saved -> what they say, as a scan would have concluded: the first hard match
// in the order of the answers, else the first soft one, else another probe's lines.
#pragma once

#include "saved/sf.h"
#include "svdb/svdb.h"

struct json;
struct writer;

enum svmatch_status { SVMATCH_NONE, SVMATCH_HARD, SVMATCH_SOFT, SVMATCH_FOREIGN };

struct svmatch {
    enum svmatch_status status;
    uint32_t reply; // index of the answer that matched
    struct svdb_hit hit;
    struct svdb_fields fields; // those of a soft match fill what the hard one leaves open
};

void svmatch_run(struct arena *a, const struct svdb *db, struct svdb_scratch *scratch,
                 const struct sf_found *found, struct svmatch *out);

// "product version (extra)", "http", ...; one line, no newline.
void svmatch_text(struct writer *w, const struct svmatch *m);

// "answer to PROBE, LIST, FILE:LINE", one line, no newline.
void svmatch_why(struct writer *w, const struct svdb *db, const struct sf_found *found,
                 const struct svmatch *m);

// The members "status", "service", "why" of a JSON object.
void svmatch_json(struct json *j, const struct svdb *db, const struct sf_found *found,
                  const struct svmatch *m);
