// SPDX-License-Identifier: Apache-2.0
// Private to verdict: what values say under each expression of their column. Few of them come again
// and again: they are kept. Of one thread.
#pragma once

#include "verdict/model.h"

enum { MEMO_SLOTS = 64, MEMO_WORDS = 16, MEMO_LONG = 4, MEMO_VALUE = 16 };

struct memo_slot {
    float *p;    // of each expression, times the scale
    double mass; // of the value
    double scale;
    size_t len; // 0: free
    uint64_t value[2];
};

struct memo {
    struct memo_slot *slots[VERDICT_ATTRS]; // NULL: options and windows
    struct memo_slot spare[VERDICT_ATTRS];  // for a value that is not kept
    double *room;
};

void memo_init(struct memo *memo, struct arena *run, const struct verdict_model *m);

// Until the next value of this attribute.
const struct memo_slot *memo_weigh(struct memo *memo, const struct column *c, struct span value);
