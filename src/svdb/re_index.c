// SPDX-License-Identifier: Apache-2.0
// Facts of all rules -> the index. The key of a rule is that run of four bytes in its literals
// which is rarest among all rules; a rule without such a run is found by its first byte, or
// always tried.
#include "base/limits.h"
#include "base/vec.h"
#include "svdb/re_block.h"

struct index {
    struct re_head head;
    struct re_rule_facts *rules;
    struct re_bytes *firsts; // all bytes: any text, the empty one too
    struct re_key *keys;     // of each rule; from == NO_KEY: none
    struct re_lit *lits;
    size_t cap_lits;
    unsigned char *text;
    size_t cap_text;
    uint32_t *counts; // of grams, by hash
};

enum {
    NO_KEY = UINT16_MAX + 1,
    COUNTS = 16 // log2 of the number of counts
};

static uint32_t count_of(uint32_t gram)
{
    return re_hash(gram) >> (32 - COUNTS);
}

static bool has_letters(const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (p[i] >= 'a' && p[i] <= 'z')
            return true;
    }
    return false;
}

static uint32_t key_gram(const struct re_lit *l, const unsigned char *text, uint32_t from)
{
    const uint32_t gram = re_gram(text + from);
    return re_is_head(l, from) ? re_gram_at(gram, l->at + from) : gram;
}

static void add_literals(struct index *x, const struct re_facts *f, bool is_caseless)
{
    for (uint32_t i = 0; i < f->n; i++) {
        const struct re_literal *l = &f->literal[i];
        const unsigned char *text = f->text + l->from;
        const struct re_lit lit = {x->head.n_text, l->at, l->gap, l->len,
                                   is_caseless && has_letters(text, l->len)};
        x->lits = vec_grow(x->lits, &x->cap_lits, (size_t)x->head.n_lits + 1, sizeof *x->lits);
        x->text = vec_grow(x->text, &x->cap_text, (size_t)x->head.n_text + l->len, 1);
        x->lits[x->head.n_lits++] = lit;
        memcpy(x->text + x->head.n_text, text, l->len);
        x->head.n_text += l->len;
        for (uint32_t k = 0; k + RE_GRAM <= l->len; k++)
            x->counts[count_of(key_gram(&lit, text, k))]++;
    }
}

static void add_rule(struct index *x, const struct re_rule *rule, uint32_t i)
{
    struct re_facts f;
    re_facts_of(rule, &f);
    x->rules[i] = (struct re_rule_facts){x->head.n_lits, f.n, f.min_len};
    x->firsts[i] = f.first;
    if (!f.has_first)
        x->firsts[i] = (struct re_bytes){{~0ull, ~0ull, ~0ull, ~0ull}};
    add_literals(x, &f, rule->is_caseless);
}

static void choose_key(struct index *x, uint32_t i)
{
    const struct re_rule_facts *r = &x->rules[i];
    uint32_t best = UINT32_MAX;
    x->keys[i] = (struct re_key){0, i, 0, NO_KEY};
    for (uint32_t n = r->lit; n < r->lit + r->n_lits; n++) {
        const unsigned char *text = x->text + x->lits[n].text;
        for (uint32_t k = 0; k + RE_GRAM <= x->lits[n].len; k++) {
            const uint32_t gram = key_gram(&x->lits[n], text, k);
            const uint32_t count = x->counts[count_of(gram)];
            if (count >= best)
                continue;
            best = count;
            x->keys[i] = (struct re_key){gram, i, n, k};
        }
    }
    x->head.n_keys += x->keys[i].from != NO_KEY;
}

// List of a rule without a key for byte c; the last list is of those that fit any byte.
static bool is_loose(const struct index *x, uint32_t rule, uint32_t c)
{
    const struct re_bytes *f = &x->firsts[rule];
    const bool is_any = (f->word[0] & f->word[1] & f->word[2] & f->word[3]) == ~0ull;
    if (x->keys[rule].from != NO_KEY)
        return false;
    return c == RE_FIRSTS - 1 ? is_any : !is_any && re_has_byte(f, (unsigned char)c);
}

static void count_loose(struct index *x)
{
    for (uint32_t i = 0; i < x->head.n_rules; i++) {
        for (uint32_t c = 0; c < RE_FIRSTS && x->keys[i].from == NO_KEY; c++)
            x->head.n_loose += is_loose(x, i, c);
    }
}

static void write_loose(const struct index *x, uint32_t *firsts, uint32_t *loose)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < RE_FIRSTS; c++) {
        firsts[c] = n;
        for (uint32_t i = 0; i < x->head.n_rules; i++) {
            if (is_loose(x, i, c))
                loose[n++] = i;
        }
    }
    firsts[RE_FIRSTS] = n;
}

// Keys of one bucket stay in the order of their rules.
static void write_keys(const struct index *x, uint32_t *buckets, struct re_key *keys,
                       uint64_t *filter)
{
    for (uint32_t i = 0; i < x->head.n_rules; i++) {
        if (x->keys[i].from == NO_KEY)
            continue;
        const uint32_t h = re_hash(x->keys[i].gram);
        const bool is_head = re_is_head(&x->lits[x->keys[i].lit], x->keys[i].from);
        filter[re_filter_word(h, is_head)] |= re_filter_mask(h);
        buckets[re_bucket(h) + 1]++;
    }
    for (uint32_t b = 0; b < 1u << RE_BUCKETS; b++)
        buckets[b + 1] += buckets[b];
    for (uint32_t i = x->head.n_rules; i-- > 0;) {
        if (x->keys[i].from == NO_KEY)
            continue;
        const uint32_t b = re_bucket(re_hash(x->keys[i].gram));
        keys[--buckets[b + 1]] = x->keys[i];
    }
    // Each end has moved to its beginning: back by one bucket.
    memmove(buckets, buckets + 1, sizeof *buckets << RE_BUCKETS);
    buckets[1u << RE_BUCKETS] = x->head.n_keys;
}

static void copy(char *to, const void *from, size_t size)
{
    if (size > 0)
        memcpy(to, from, size);
}

static enum err write_index(struct arena *run, struct index *x, struct span *out)
{
    size_t at[PARTS + 1];
    if (!re_parts(&x->head, at))
        return ERR_LIMIT;
    x->head.size = (uint32_t)at[PARTS];
    char *b = arena_alloc(run, at[PARTS]);
    copy(b, &x->head, sizeof x->head);
    copy(b + at[PART_RULES], x->rules, x->head.n_rules * sizeof *x->rules);
    copy(b + at[PART_LITS], x->lits, x->head.n_lits * sizeof *x->lits);
    copy(b + at[PART_TEXT], x->text, x->head.n_text);
    write_keys(x, (uint32_t *)(void *)(b + at[PART_BUCKETS]),
               (struct re_key *)(void *)(b + at[PART_KEYS]),
               (uint64_t *)(void *)(b + at[PART_FILTER]));
    write_loose(x, (uint32_t *)(void *)(b + at[PART_FIRSTS]),
                (uint32_t *)(void *)(b + at[PART_LOOSE]));
    *out = span_of(b, at[PARTS]);
    return ERR_OK;
}

enum err re_compile(struct arena *run, struct arena *scratch, const struct re_rule *rules,
                    uint32_t n, struct span *out)
{
    const struct arena_mark mark = arena_mark(scratch);
    struct index x = {
        .head = {.magic = RE_MAGIC, .n_rules = n},
        .rules = arena_array(scratch, n, sizeof *x.rules),
        .firsts = arena_array(scratch, n, sizeof *x.firsts),
        .keys = arena_array(scratch, n, sizeof *x.keys),
        .counts = arena_array(scratch, (size_t)1 << COUNTS, sizeof *x.counts),
    };
    for (uint32_t i = 0; i < n; i++)
        add_rule(&x, &rules[i], i);
    for (uint32_t i = 0; i < n; i++)
        choose_key(&x, i);
    count_loose(&x);
    const enum err e = write_index(run, &x, out);
    vec_free(x.lits);
    vec_free(x.text);
    if (scratch != run)
        arena_rewind(scratch, mark);
    return e;
}
