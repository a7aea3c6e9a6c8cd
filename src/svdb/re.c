// SPDX-License-Identifier: Apache-2.0
// A scan looks at each four bytes of the subject: those that are the key of a rule, with the rest
// of its literal around them, make the rule a candidate. A candidate then has to have all its
// literals in their order, and last PCRE2 decides. The work for one subject is limited: see
// doc/svdb-re.md.
#include "svdb/re.h"

#include "svdb/re_block.h"
#include "svdb/re_pcre.h"

struct re_set {
    struct pcre *pcre;
    struct re_view view;
    const struct re_rule *rules;
    struct pcre_code **codes; // compiled when first needed
};

struct re_scratch {
    struct span subject;
    uint64_t *candidates; // bit by rule
    uint32_t n_words;
    uint64_t budget; // what is left of BUDGET
    bool is_cut;
};

// Work for one subject: steps of PCRE2 as pcre_match counts them, and looks for literals. Real
// answers use a thousandth of it; figures in doc/svdb-re.md.
enum { BUDGET = 32 << 20, LOOK = 64 };

enum err re_check(const struct re_rule *rule, struct err_at *at)
{
    struct arena a;
    enum err e = ERR_OK;
    arena_init(&a, "expression");
    struct pcre *p = pcre_open(&a);
    struct pcre_code *code = pcre_compile(p, rule, at);
    if (!code)
        e = ERR_SYNTAX;
    else if (pcre_matches_empty(code))
        e = err_set(at, ERR_SYNTAX, "the expression can match the empty text", rule->regex);
    pcre_free(code);
    pcre_close(p);
    arena_fini(&a);
    return e;
}

enum err re_open(struct arena *run, struct span index, const struct re_rule *rules, uint32_t n,
                 struct re_set **out, struct err_at *at)
{
    struct re_view view;
    const enum err e = re_view_open(index, n, &view, at);
    if (e != ERR_OK)
        return e;
    struct re_set *s = arena_alloc(run, sizeof *s);
    *s = (struct re_set){pcre_open(run), view, rules, arena_array(run, n, sizeof *s->codes)};
    *out = s;
    return ERR_OK;
}

void re_close(struct re_set *s)
{
    for (uint32_t i = 0; i < s->view.n_rules; i++)
        pcre_free(s->codes[i]);
    pcre_close(s->pcre);
}

struct re_scratch *re_scratch_new(struct arena *run, const struct re_set *s)
{
    struct re_scratch *m = arena_alloc(run, sizeof *m);
    m->n_words = s->view.n_rules / 64 + 1;
    m->candidates = arena_array(run, m->n_words, sizeof *m->candidates);
    return m;
}

static void set_candidate(struct re_scratch *m, uint32_t rule)
{
    m->candidates[rule / 64] |= 1ull << (rule % 64);
}

static bool equals(const struct re_lit *l, const unsigned char *text, const unsigned char *p)
{
    if (!l->is_caseless)
        return memcmp(text, p, l->len) == 0;
    for (uint32_t i = 0; i < l->len; i++) {
        if (re_lower(p[i]) != text[i])
            return false;
    }
    return true;
}

// Whether the literal of the key lies around its four bytes, found at `i`.
static bool is_around(const struct re_view *v, const struct re_key *k, struct span s, size_t i)
{
    const struct re_lit *l = &v->lits[k->lit];
    if (k->from > i || l->len > s.len - (i - k->from))
        return false;
    const size_t from = i - k->from;
    if (l->at != RE_FLOATS && l->at != from)
        return false;
    return equals(l, v->text + l->text, (const unsigned char *)s.ptr + from);
}

// `gram` was found at i.
static void look_up(const struct re_view *v, struct re_scratch *m, uint32_t gram, size_t i)
{
    const uint32_t bucket = re_bucket(re_hash(gram));
    for (uint32_t k = v->buckets[bucket]; k < v->buckets[bucket + 1]; k++) {
        if (v->keys[k].gram == gram && is_around(v, &v->keys[k], m->subject, i))
            set_candidate(m, v->keys[k].rule);
    }
}

static void look_at_all(const struct re_view *v, struct re_scratch *m, const unsigned char *p,
                        size_t n)
{
    const uint64_t *filter = v->filter;
    for (size_t i = 0; i < n; i++) {
        const uint32_t gram = re_gram(p + i), h = re_hash(gram);
        const uint64_t word = filter[re_filter_word(h, false)];
        // The first bit alone says of most texts that they are no key.
        if ((word >> re_filter_bit(h) & 1) && (word & re_filter_mask(h)) == re_filter_mask(h))
            look_up(v, m, gram, i);
    }
}

static void look_at_head(const struct re_view *v, struct re_scratch *m, const unsigned char *p,
                         size_t n)
{
    for (size_t i = 0; i < n && i < RE_HEAD; i++) {
        const uint32_t gram = re_gram_at(re_gram(p + i), i), h = re_hash(gram);
        const uint64_t mask = re_filter_mask(h);
        if ((v->filter[re_filter_word(h, true)] & mask) == mask)
            look_up(v, m, gram, i);
    }
}

static void add_loose(const struct re_view *v, struct re_scratch *m, uint32_t list)
{
    for (uint32_t i = v->firsts[list]; i < v->firsts[list + 1]; i++)
        set_candidate(m, v->loose[i]);
}

void re_scan(struct re_set *s, struct span subject, struct re_scratch *m)
{
    const struct re_view *v = &s->view;
    const unsigned char *p = (const unsigned char *)subject.ptr;
    m->subject = subject;
    m->budget = BUDGET;
    m->is_cut = false;
    memset(m->candidates, 0, m->n_words * sizeof *m->candidates);
    add_loose(v, m, RE_FIRSTS - 1);
    if (subject.len > 0)
        add_loose(v, m, p[0]);
    if (subject.len >= RE_GRAM) {
        look_at_head(v, m, p, subject.len - RE_GRAM + 1);
        look_at_all(v, m, p, subject.len - RE_GRAM + 1);
    }
}

// Where the literal is in s, or s.len + 1.
static size_t find(const struct re_lit *l, const unsigned char *text, struct span s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    if (!l->is_caseless) {
        const unsigned char *at = memmem(p, s.len, text, l->len);
        return at ? (size_t)(at - p) : s.len + 1;
    }
    for (size_t i = 0; i + l->len <= s.len; i++) {
        if (re_lower(p[i]) == text[0] && equals(l, text, p + i))
            return i;
    }
    return s.len + 1;
}

// Finding each as early as possible finds them all, if they are there.
static bool has_literals(const struct re_view *v, uint32_t rule, struct span s)
{
    const struct re_rule_facts *r = &v->rules[rule];
    uint64_t end = 0;
    if (s.len < r->min_len)
        return false;
    for (const struct re_lit *l = v->lits + r->lit; l < v->lits + r->lit + r->n_lits; l++) {
        const unsigned char *text = v->text + l->text;
        const uint64_t from = l->at != RE_FLOATS ? l->at : end + l->gap;
        if (from + l->len > s.len)
            return false;
        if (l->at != RE_FLOATS) {
            if (!equals(l, text, (const unsigned char *)s.ptr + from))
                return false;
            end = from + l->len;
            continue;
        }
        const struct span rest = span_from(s, (size_t)from);
        const size_t at = find(l, text, rest);
        if (at > rest.len)
            return false;
        end = from + at + l->len;
    }
    return true;
}

static enum pcre_said confirm(struct re_set *s, struct re_scratch *m, uint32_t rule,
                              struct re_hit *out)
{
    const uint64_t price = m->subject.len / LOOK;
    if (m->budget < price)
        return PCRE_CUT;
    m->budget -= price;
    if (!has_literals(&s->view, rule, m->subject))
        return PCRE_NO;
    if (!s->codes[rule])
        s->codes[rule] = pcre_compile(s->pcre, &s->rules[rule], NULL);
    if (!s->codes[rule])
        return PCRE_NO;
    out->rule = rule;
    return pcre_match(s->pcre, s->codes[rule], m->subject, &m->budget, out);
}

// The candidates of one word of bits that lie in lo..hi-1.
static uint64_t in_range(uint64_t bits, uint32_t word, uint32_t lo, uint32_t hi)
{
    const uint32_t first = word * 64;
    if (lo > first)
        bits &= ~0ull << (lo - first);
    if (hi - first < 64)
        bits &= (1ull << (hi - first)) - 1;
    return bits;
}

bool re_first(struct re_set *s, struct re_scratch *m, uint32_t lo, uint32_t hi, struct re_hit *out)
{
    hi = hi < s->view.n_rules ? hi : s->view.n_rules;
    for (uint32_t w = lo / 64; w * 64 < hi; w++) {
        for (uint64_t bits = in_range(m->candidates[w], w, lo, hi); bits; bits &= bits - 1) {
            const uint32_t rule = w * 64 + (uint32_t)__builtin_ctzll(bits);
            const enum pcre_said said = confirm(s, m, rule, out);
            if (said == PCRE_YES)
                return true;
            m->is_cut = m->is_cut || said == PCRE_CUT;
            m->candidates[w] &= ~(bits & -bits); // not asked again
        }
    }
    return false;
}

bool re_is_cut(const struct re_scratch *m)
{
    return m->is_cut;
}
