// SPDX-License-Identifier: Apache-2.0
// Private to verdict: what values say under each expression of their column. Few of them come again
// and again: they are kept. Of one thread.
#pragma once

#include "verdict/model.h"

enum { MEMO_SLOTS = 64, MEMO_WORDS = 16, MEMO_SAMPLES = 512, MEMO_BYTES = 256, MEMO_VALUE = 16 };

struct memo_slot {
    float *p;    // of each expression, times the scale
    double mass; // of the value
    double scale;
    size_t len; // 0: free
    uint64_t value[2];
};

// Of options and windows: where a value is found, and which expressions it hits.
enum { MEMO_KNOWN = 256, MEMO_TEXTS = 64, MEMO_TEXT = 32, MEMO_HITS = 48 };

// Where a value that the column knows was found last.
struct memo_known {
    const struct word *word;
    uint32_t len; // 0: free
    char text[MEMO_TEXT];
};

struct memo_text {
    struct word word;
    struct stretch *hits; // room
    size_t len;           // 0: free
    char text[MEMO_TEXT];
};

struct memo_texts {
    const struct lists *lists;
    uint32_t col; // of the lists
    struct memo_known *known;
    struct memo_text *slots;
    struct memo_text spare; // for a value that is not kept
    struct hit *found;      // room
};

struct memo {
    struct memo_slot *slots[VERDICT_ATTRS]; // NULL: options and windows
    struct memo_slot spare[VERDICT_ATTRS];  // for a value that is not kept
    double *room;
    struct memo_texts texts[VERDICT_ATTRS]; // options and windows
    struct memo_texts blank[VIEW_COUNT][OPTIONS];
};

void memo_init(struct memo *memo, struct arena *run, const struct verdict_model *m);

// Which of n places is a text's.
uint32_t memo_place(struct span text, uint32_t n);

// Until the next value of the column.
const struct word *memo_read(struct memo_texts *texts, const struct column *c, struct span value);

// Until the next value of this attribute.
const struct memo_slot *memo_weigh(struct memo *memo, const struct column *c, struct span value);
