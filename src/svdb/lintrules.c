// SPDX-License-Identifier: Apache-2.0
// One rule: templates that can never be filled in, or of which nothing is kept.
#include "svdb/expand.h"
#include "svdb/lints.h"

struct span svdb_lint_rule_line(const struct svdb_tree_rule *rule)
{
    const size_t head = rule->is_soft ? SPAN("softmatch ").len : SPAN("match ").len;
    const char *start = rule->service.ptr - head;
    const char *end = rule->templates.ptr + rule->templates.len;
    return span_of(start, (size_t)(end - start));
}

static void tell(const struct svdb_lint *l, const struct svdb_tree_rule *rule,
                 enum svdb_fault fault, const char *what, struct span token)
{
    struct svdb_finding f = {.fault = fault, .at = {.line = rule->line}};
    f.at.col = (uint32_t)(token.ptr - svdb_lint_rule_line(rule).ptr) + 1;
    svdb_lint_tell(l, &f, what, token);
}

// Behind a class that begins at i.
static size_t class_end(struct span s, size_t i)
{
    const size_t first = i + 1 < s.len && s.ptr[i + 1] == '^' ? i + 2 : i + 1;
    for (i = first; i < s.len && (s.ptr[i] != ']' || i == first); i++)
        if (s.ptr[i] == '\\')
            i++;
    return i + 1;
}

// Capturing groups. Named ones begin (?<n, (?P<n or (?'n, look-behinds (?<= and (?<!.
static uint32_t count_groups(struct span s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\') {
            i++;
        } else if (s.ptr[i] == '[') {
            i = class_end(s, i) - 1;
        } else if (s.ptr[i] == '(') {
            const struct span rest = span_from(s, i + 1);
            const bool is_named = span_starts(rest, SPAN("?P<")) || span_starts(rest, SPAN("?'")) ||
                                  (span_starts(rest, SPAN("?<")) && rest.len > 2 &&
                                   rest.ptr[2] != '=' && rest.ptr[2] != '!');
            n += is_named || rest.len == 0 || (rest.ptr[0] != '?' && rest.ptr[0] != '*');
        }
    }
    return n;
}

static void check_placeholders(const struct svdb_lint *l, const struct svdb_tree_rule *rule,
                               const struct svdb_template *t, uint32_t n_groups)
{
    struct span rest = span_from(t->text, span_find(t->text, '$'));
    while (rest.len > 0) {
        const char *what = NULL;
        const struct span token = rest;
        rest = span_from(rest, 1);
        const uint32_t group = svdb_placeholder(&rest, &what);
        if (group > n_groups)
            what = "no such group in the expression";
        if (group == 0 || what) {
            tell(l, rule, SVDB_FAULT_ERROR, what, token);
            return;
        }
        rest = span_from(rest, span_find(rest, '$'));
    }
}

// Without captures what is written must fit.
static void check_length(const struct svdb_lint *l, const struct svdb_tree_rule *rule,
                         const struct svdb_template *t)
{
    const size_t prefix = t->field == SVDB_CPE ? SPAN("cpe:/").len : 0;
    if (span_find(t->text, '$') == t->text.len && t->text.len + prefix > svdb_field_max(t->field))
        tell(l, rule, SVDB_FAULT_ERROR, "longer than this field holds; it is never told", t->whole);
}

static void check_flags(const struct svdb_lint *l, const struct svdb_tree_rule *rule,
                        const struct svdb_template *t)
{
    const bool is_known = t->field == SVDB_CPE && span_eq(t->flags, SPAN("a"));
    if (t->flags.len > 0 && !is_known)
        tell(l, rule, SVDB_FAULT_NOTE, "unknown flag, without effect", t->flags);
}

// Bit of the field, of each part of CPE names; 0: not a part.
static uint32_t slot_of(const struct svdb_template *t)
{
    static const char parts[] = "aho";
    const char c = t->text.len > 0 ? t->text.ptr[0] : '\0';
    if (t->field != SVDB_CPE)
        return UINT32_C(1) << t->field;
    const char *part = c ? memchr(parts, c, sizeof parts - 1) : NULL;
    return part ? UINT32_C(1) << ((uint32_t)SVDB_CPE + (uint32_t)(part - parts)) : 0;
}

void svdb_lint_rule(const struct svdb_lint *l, const struct svdb_tree_rule *rule)
{
    const uint32_t n_groups = count_groups(rule->regex);
    struct span rest = rule->templates;
    struct svdb_template t;
    uint32_t seen = 0;
    bool found = true;
    if (rule->service.len == 0)
        tell(l, rule, SVDB_FAULT_WARNING, "service without a name", rule->service);
    while (svdb_template_next(rule->templates, &rest, &t, &found, NULL) == ERR_OK && found) {
        const uint32_t slot = slot_of(&t);
        if (slot == 0 && (t.text.len == 0 || t.text.ptr[0] != '$'))
            tell(l, rule, SVDB_FAULT_ERROR, "a CPE name begins with a, h or o", t.whole);
        if (slot & seen)
            tell(l, rule, SVDB_FAULT_WARNING, "given twice; only the last one is told", t.whole);
        seen |= slot;
        check_placeholders(l, rule, &t, n_groups);
        check_length(l, rule, &t);
        check_flags(l, rule, &t);
    }
}
