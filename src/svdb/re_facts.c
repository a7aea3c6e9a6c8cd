// SPDX-License-Identifier: Apache-2.0
// One walk over the expression. `struct place` says what all texts have that lead there; at the
// end of a group the places of its alternatives are merged, at an optional group what was found
// in it is forgotten.
#include "svdb/re_facts.h"

#include "svdb/re_syntax.h"

enum { NEST = 32 }; // groups in groups; deeper gives no facts

struct place {
    uint32_t min; // bytes before it, at least
    uint32_t end; // of the last literal, likewise
    uint32_t n;   // literals
    uint32_t n_text;
    uint32_t last_len; // of the last literal
    bool is_run;       // the next byte goes on with it
    bool varies;       // the number of bytes before it
    bool is_anchored;
    bool has_first;        // some byte must come before it
    struct re_bytes first; // which may be the first one
};

struct walk {
    struct re_text t;
    struct re_facts *facts;
    int depth;
};

// Back to a place where less was known.
static void go_back(const struct walk *w, struct place *at, const struct place *to)
{
    *at = *to;
    if (at->n > 0)
        w->facts->literal[at->n - 1].len = (uint16_t)at->last_len;
}

// `len` bytes, `times.min` times or more.
static void advance(struct place *at, uint32_t len, struct re_times times)
{
    const uint64_t min = at->min + (uint64_t)len * times.min;
    at->varies = at->varies || times.min != times.max || min > RE_LENGTH;
    at->min = min > RE_LENGTH ? RE_LENGTH : (uint32_t)min;
}

static void put_byte(const struct walk *w, struct place *at, int byte)
{
    struct re_facts *f = w->facts;
    if (at->last_len == RE_LITERAL)
        at->is_run = false;
    if (at->n_text == RE_TEXT || (!at->is_run && at->n == RE_LITERALS)) {
        at->is_run = false;
        advance(at, 1, (struct re_times){1, 1});
        return;
    }
    if (!at->is_run) {
        const bool is_fixed = at->is_anchored && !at->varies;
        f->literal[at->n++] = (struct re_literal){
            (uint16_t)at->n_text, 0, is_fixed ? at->min : RE_FLOATS, at->min - at->end};
        at->last_len = 0;
    }
    f->text[at->n_text++] = (unsigned char)byte;
    f->literal[at->n - 1].len = (uint16_t)++at->last_len;
    advance(at, 1, (struct re_times){1, 1});
    at->end = at->min;
    at->is_run = true;
}

// A piece that may begin with these bytes; it is_sure to have one.
static void put_first(struct place *at, const struct re_bytes *set, bool is_sure)
{
    if (at->has_first)
        return;
    for (int i = 0; i < 4; i++)
        at->first.word[i] |= set->word[i];
    at->has_first = is_sure;
}

static void put_atom(struct walk *w, struct place *at, const struct re_atom *atom)
{
    struct re_times times = re_quantifier(&w->t);
    put_first(at, &atom->set, times.min > 0);
    for (uint32_t n = 0; atom->byte >= 0 && n < RE_LITERAL && times.min > 0; n++) {
        put_byte(w, at, atom->byte);
        times.min--;
        times.max -= times.max != UINT32_MAX;
    }
    if (times.max > 0)
        at->is_run = false;
    advance(at, 1, times);
}

static void put_nothing(struct walk *w, struct place *at, bool is_start)
{
    if (re_is_quantified(&w->t))
        w->t.is_lost = true;
    if (is_start && at->min == 0 && !at->varies)
        at->is_anchored = true;
}

static void walk_alternatives(struct walk *w, struct place *at);

static void close_group(struct walk *w)
{
    if (w->t.p == w->t.end)
        w->t.is_lost = true;
    else
        w->t.p++;
}

static void walk_group(struct walk *w, struct place *at)
{
    const struct place before = *at;
    walk_alternatives(w, at);
    close_group(w);
    const struct re_times times = re_quantifier(&w->t);
    const uint32_t len = at->min - before.min;
    if (times.min == 0) {
        const struct re_bytes first = at->first;
        go_back(w, at, &before);
        put_first(at, &first, false);
        at->is_run = false;
        at->varies = true;
        return;
    }
    if (times.max > 1)
        at->is_run = false;
    advance(at, len, (struct re_times){times.min - 1, times.max - (times.max != UINT32_MAX)});
}

// Its inside says nothing about what is consumed.
static void walk_assertion(struct walk *w, struct place *at)
{
    struct place inside = *at;
    inside.is_run = false;
    walk_alternatives(w, &inside);
    close_group(w);
    go_back(w, at, at);
    put_nothing(w, at, false);
}

static bool starts(const struct walk *w, const char *s, size_t len)
{
    return (size_t)(w->t.end - w->t.p) >= len && memcmp(w->t.p, s, len) == 0;
}

static void walk_parenthesis(struct walk *w, struct place *at)
{
    if (++w->depth > NEST || starts(w, "*", 1)) {
        w->t.is_lost = true;
        return;
    }
    if (starts(w, "?:", 2) || starts(w, "?>", 2)) {
        w->t.p += 2;
        walk_group(w, at);
    } else if (starts(w, "?=", 2) || starts(w, "?!", 2)) {
        w->t.p += 2;
        walk_assertion(w, at);
    } else if (starts(w, "?<=", 3) || starts(w, "?<!", 3)) {
        w->t.p += 3;
        walk_assertion(w, at);
    } else if (starts(w, "?", 1)) {
        w->t.is_lost = true;
    } else {
        walk_group(w, at);
    }
    w->depth--;
}

static void walk_escape(struct walk *w, struct place *at)
{
    struct re_atom atom;
    uint32_t min = 0;
    const enum re_piece piece = re_escape(&w->t, &atom, &min);
    if (piece == RE_ATOM) {
        put_atom(w, at, &atom);
    } else if (piece == RE_SOMETHING) {
        const struct re_times times = re_quantifier(&w->t);
        put_first(at, &re_all_bytes, min > 0 && times.min > 0);
        at->is_run = false;
        at->varies = true;
        advance(at, min, times);
    } else {
        put_nothing(w, at, piece == RE_START);
    }
}

static void walk_piece(struct walk *w, struct place *at)
{
    struct re_atom atom;
    if (re_is_quantified(&w->t)) {
        w->t.is_lost = true; // nothing to repeat
        return;
    }
    const unsigned char c = *w->t.p++;
    switch (c) {
    case '(':
        walk_parenthesis(w, at);
        return;
    case '\\':
        walk_escape(w, at);
        return;
    case '^':
    case '$':
        put_nothing(w, at, c == '^');
        return;
    case '[':
        re_class(&w->t, &atom);
        break;
    case '.':
        re_any(&atom);
        break;
    default:
        re_plain(&w->t, c, &atom);
    }
    put_atom(w, at, &atom);
}

// What holds after either of two alternatives of the same group.
static void merge(struct place *into, const struct place *other)
{
    into->varies = into->varies || other->varies || into->min != other->min;
    if (other->min < into->min)
        into->min = other->min;
    into->is_anchored = into->is_anchored && other->is_anchored;
    into->has_first = into->has_first && other->has_first;
    for (int i = 0; i < 4; i++)
        into->first.word[i] |= other->first.word[i];
}

// Up to the end or the closing parenthesis.
static void walk_alternatives(struct walk *w, struct place *at)
{
    const struct place before = *at;
    struct place merged = before;
    for (uint32_t n = 0; !w->t.is_lost; n++) {
        while (!w->t.is_lost && w->t.p < w->t.end && *w->t.p != '|' && *w->t.p != ')')
            walk_piece(w, at);
        const bool is_last = w->t.p == w->t.end || *w->t.p == ')';
        if (n == 0 && is_last)
            return;
        if (n == 0)
            merged = *at;
        else
            merge(&merged, at);
        go_back(w, at, &before);
        if (is_last)
            break;
        w->t.p++;
    }
    // The literals of `before`, the lengths of the alternatives.
    at->min = merged.min;
    at->varies = merged.varies;
    at->is_anchored = merged.is_anchored;
    at->has_first = merged.has_first;
    at->first = merged.first;
    at->is_run = false;
}

void re_facts_of(const struct re_rule *rule, struct re_facts *out)
{
    const unsigned char *p = (const unsigned char *)(rule->regex.ptr ? rule->regex.ptr : "");
    struct walk w = {{p, p + rule->regex.len, rule->is_caseless, false}, out, 0};
    struct place at = {0};
    out->min_len = 0;
    out->has_first = false;
    out->n = 0;
    walk_alternatives(&w, &at);
    if (w.t.is_lost || w.t.p < w.t.end)
        return;
    out->min_len = at.min;
    out->has_first = at.has_first && at.is_anchored;
    out->first = at.first;
    out->n = at.n;
}
