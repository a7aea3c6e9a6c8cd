// SPDX-License-Identifier: Apache-2.0
// Rules that can never be reached, because an expression above is the beginning of theirs: what
// matches "ab" matches "a". Rules are sorted by their expressions, so that all beginnings of one
// stand before it.
#include "svdb/lints.h"

struct reach {
    const struct svdb_lint *l;
    const struct svdb_tree_rule *rules;
    uint32_t *order;
    uint32_t n;
};

static int compare(const struct reach *r, uint32_t a, uint32_t b)
{
    const int order = span_cmp(r->rules[a].regex, r->rules[b].regex);
    return order != 0 ? order : a < b ? -1 : a > b;
}

static void sift(struct reach *r, uint32_t top, uint32_t n)
{
    while (2 * top + 1 < n) {
        uint32_t child = 2 * top + 1;
        if (child + 1 < n && compare(r, r->order[child], r->order[child + 1]) < 0)
            child++;
        if (compare(r, r->order[top], r->order[child]) >= 0)
            return;
        const uint32_t item = r->order[top];
        r->order[top] = r->order[child];
        r->order[child] = item;
        top = child;
    }
}

static void sort(struct reach *r)
{
    for (uint32_t i = r->n / 2; i-- > 0;)
        sift(r, i, r->n);
    for (uint32_t n = r->n; n-- > 1;) {
        const uint32_t item = r->order[0];
        r->order[0] = r->order[n];
        r->order[n] = item;
        sift(r, 0, n);
    }
}

// Whether what stands behind the first n bytes leaves them what they are: no quantifier, no
// further digit of an escape.
static bool is_cut(struct span regex, size_t n)
{
    if (n == regex.len)
        return true;
    const char next = regex.ptr[n];
    const bool is_digit = (next >= '0' && next <= '9') || (next >= 'a' && next <= 'f') ||
                          (next >= 'A' && next <= 'F');
    for (size_t i = n > 4 ? n - 4 : 0; i < n && is_digit; i++)
        if (regex.ptr[i] == '\\')
            return false;
    size_t open = n; // of a quantifier that is not complete yet
    while (open > 0 && ((regex.ptr[open - 1] >= '0' && regex.ptr[open - 1] <= '9') ||
                        regex.ptr[open - 1] == ','))
        open--;
    if (open > 0 && regex.ptr[open - 1] == '{')
        return false;
    return next != '?' && next != '*' && next != '+' && next != '{';
}

// With alternatives or options inside the beginning is not what it seems.
static bool is_plain(struct span regex)
{
    return span_find(regex, '|') == regex.len;
}

static bool covers(const struct svdb_tree_rule *a, const struct svdb_tree_rule *b)
{
    if (a->is_caseless != b->is_caseless || a->is_dotall != b->is_dotall)
        return false;
    return span_eq(a->regex, b->regex) || (is_plain(b->regex) && is_cut(b->regex, a->regex.len));
}

static void tell(const struct reach *r, uint32_t a, uint32_t b)
{
    const struct svdb_tree_rule *above = &r->rules[a];
    const struct svdb_tree_rule *rule = &r->rules[b];
    struct svdb_finding f = {
        .fault = SVDB_FAULT_WARNING,
        .at = {.line = rule->line, .col = rule->regex_col},
        .other = above->service,
        .other_line = above->line,
    };
    const char *what = "never reached: a rule above matches all that this one does";
    if (above->is_soft && !rule->is_soft)
        what = "hidden by a softmatch above that matches all that this one does";
    else if (span_eq(above->regex, rule->regex))
        what = "never reached: a rule above has the same expression";
    svdb_lint_tell(r->l, &f, what, rule->regex);
}

// The stack holds the beginnings of the rule that is looked at, one of the other.
static void walk(const struct reach *r, uint32_t *stack)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        const uint32_t rule = r->order[i];
        uint32_t best = rule;
        while (n > 0 && !span_starts(r->rules[rule].regex, r->rules[stack[n - 1]].regex))
            n--;
        for (uint32_t k = 0; k < n; k++)
            if (stack[k] < best && covers(&r->rules[stack[k]], &r->rules[rule]))
                best = stack[k];
        if (best != rule)
            tell(r, best, rule);
        stack[n++] = rule;
    }
}

void svdb_lint_reach(const struct svdb_lint *l, const struct svdb_tree_probe *probe)
{
    const uint32_t n = svdb_probe_n_rules(probe);
    if (n == 0)
        return;
    struct reach r = {l, svdb_probe_rule(probe, 0), NULL, n};
    r.order = arena_array(l->scratch, n, sizeof *r.order);
    for (uint32_t i = 0; i < n; i++)
        r.order[i] = i;
    sort(&r);
    walk(&r, arena_array(l->scratch, n, sizeof(uint32_t)));
}
