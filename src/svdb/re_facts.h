// SPDX-License-Identifier: Apache-2.0
// What every text must have that an expression matches, told from its syntax alone: literals in
// their order, the least length, the first byte. Sound for any input: what is not understood
// (inline options, verbs, names, recursion, \Q...) gives no facts, which holds for every text.
#pragma once

#include "svdb/re.h"

enum {
    RE_LITERALS = 32,   // kept of one expression, the first ones
    RE_TEXT = 1024,     // their bytes together
    RE_LITERAL = 255,   // bytes of one; what is longer goes on in the next
    RE_LENGTH = 1 << 20 // lengths are counted up to here
};
#define RE_FLOATS UINT32_MAX

struct re_bytes {
    uint64_t word[4];
};

static inline bool re_has_byte(const struct re_bytes *set, unsigned char byte)
{
    return set->word[byte >> 6] >> (byte & 63) & 1;
}

struct re_literal {
    uint16_t from; // in text
    uint16_t len;
    uint32_t at;  // offset in the subject, or RE_FLOATS
    uint32_t gap; // least number of bytes after the end of the literal before it
};

struct re_facts {
    uint32_t min_len;
    bool has_first; // a match begins the subject, with one of `first`
    struct re_bytes first;
    uint32_t n;
    struct re_literal literal[RE_LITERALS]; // all of them, in this order, without overlap
    unsigned char text[RE_TEXT];            // lower case if the rule is caseless
};

void re_facts_of(const struct re_rule *rule, struct re_facts *out);
