// SPDX-License-Identifier: Apache-2.0
// Private to verdict: what values say under each expression of their column. Numbers are dear to
// compute and few of them come again and again: they are kept. Of one thread.
#pragma once

#include "verdict/model.h"

enum { MEMO_SLOTS = 64, MEMO_VALUE = 16 };

struct memo_slot {
    double *p;
    uint8_t len;
    char value[MEMO_VALUE];
};

struct memo {
    double *p[VERDICT_ATTRS];               // room for a value that is not kept
    double *blank[OPTIONS];                 // the same of options with a number blanked
    struct memo_slot *slots[VERDICT_ATTRS]; // NULL: words, which are cheap
};

void memo_init(struct memo *memo, struct arena *run, const struct verdict_model *m);

// Until the next value of this attribute.
const double *memo_weigh(struct memo *memo, const struct column *c, struct span value);
