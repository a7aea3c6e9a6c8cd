// SPDX-License-Identifier: Apache-2.0
// The index of many expressions as bytes (doc/svdb-re.md): a head, then arrays in the order of
// enum re_part, each at a multiple of 8. Numbers are in the order of this machine; a block of
// another order does not verify.
#pragma once

#include "svdb/re_facts.h"

enum {
    RE_MAGIC = 0x31455257,
    RE_WORDS = 12,   // log2 of the words of the filter
    RE_BUCKETS = 14, // log2 of the buckets of keys
    RE_FIRSTS = 257, // rules without a key, by first byte; the last list: any or none
    RE_GRAM = 4,     // bytes of a key
    RE_HEAD = 64     // places of the subject that have keys of their own
};

enum re_part {
    PART_RULES,   // struct re_rule_facts, n_rules
    PART_LITS,    // struct re_lit, n_lits
    PART_KEYS,    // struct re_key, n_keys, by bucket
    PART_BUCKETS, // uint32_t, first key of each bucket and the end
    PART_FIRSTS,  // uint32_t, first in PART_LOOSE of each byte and the end
    PART_LOOSE,   // uint32_t, n_loose rules
    PART_FILTER,  // uint64_t, see re_filter_mask: for all places, then for the head alone
    PART_TEXT,    // bytes of literals
    PARTS
};

struct re_head {
    uint32_t magic;
    uint32_t size;
    uint32_t n_rules;
    uint32_t n_lits;
    uint32_t n_keys;
    uint32_t n_loose;
    uint32_t n_text;
    uint32_t pad;
};

struct re_rule_facts {
    uint32_t lit; // first
    uint32_t n_lits;
    uint32_t min_len;
};

struct re_lit {
    uint32_t text; // offset in PART_TEXT
    uint32_t at;   // in the subject, or RE_FLOATS
    uint32_t gap;
    uint16_t len;
    uint16_t is_caseless;
};

// Four bytes of one literal of a rule.
struct re_key {
    uint32_t gram; // re_gram of them; re_gram_at if their place is fixed and below RE_HEAD
    uint32_t rule;
    uint32_t lit;
    uint32_t from; // in the literal
};

// Pointers into verified bytes.
struct re_view {
    uint32_t n_rules;
    const struct re_rule_facts *rules;
    const struct re_lit *lits;
    const struct re_key *keys;
    const uint32_t *buckets;
    const uint32_t *firsts;
    const uint32_t *loose;
    const uint64_t *filter;
    const unsigned char *text;
};

// Where each part begins; at[PARTS] is the size. False: larger than a block may be.
bool re_parts(const struct re_head *h, size_t at[PARTS + 1]);
enum err re_view_open(struct span index, uint32_t n_rules, struct re_view *out, struct err_at *at);

// Four bytes without case (and with some confusion of other bytes).
static inline uint32_t re_gram(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v | 0x20202020u;
}

// The same bytes at one place of the subject.
static inline uint32_t re_gram_at(uint32_t gram, size_t at)
{
    return gram ^ (uint32_t)(at + 1) * 0x85ebca6bu;
}

static inline uint32_t re_hash(uint32_t gram)
{
    return gram * 2654435761u;
}

static inline bool re_is_head(const struct re_lit *l, uint32_t from)
{
    return l->at < RE_HEAD && l->at + from < RE_HEAD;
}

// The word of the filter for this hash, and the two bits that a key with it sets there.
static inline uint32_t re_filter_word(uint32_t hash, bool is_head)
{
    return hash >> (32 - RE_WORDS) | (uint32_t)is_head << RE_WORDS;
}

static inline uint32_t re_filter_bit(uint32_t hash)
{
    return hash >> 14 & 63;
}

static inline uint64_t re_filter_mask(uint32_t hash)
{
    return 1ull << re_filter_bit(hash) | 1ull << (hash >> 8 & 63);
}

static inline uint32_t re_bucket(uint32_t hash)
{
    return hash >> (32 - RE_BUCKETS);
}

static inline unsigned char re_lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}
