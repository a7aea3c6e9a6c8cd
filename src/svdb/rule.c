// SPDX-License-Identifier: Apache-2.0
// One match line: SERVICE m|regex|options templates. Reference: specification 1.6.
#include "svdb/parse.h"
#include "svdb/re.h"

// m|regex|, leaves *rest behind it.
static bool take_regex(struct svdb_parse *p, struct span *rest, struct svdb_tree_rule *rule)
{
    const struct span s = svdb_skip_blanks(*rest);
    if (s.len < 2 || s.ptr[0] != 'm' || svdb_is_blank(s.ptr[1])) {
        svdb_parse_error(p, ERR_SYNTAX, "m and a regular expression must follow the service", s);
        return false;
    }
    const struct span inside = span_from(s, 2);
    const size_t len = span_find(inside, s.ptr[1]);
    if (len == inside.len) {
        svdb_parse_error(p, ERR_SYNTAX, "the end of the regular expression is missing", s);
        return false;
    }
    rule->regex = span_head(inside, len);
    rule->regex_col = (uint32_t)(inside.ptr - p->line.ptr) + 1;
    *rest = span_from(inside, len + 1);
    return true;
}

static bool take_options(struct svdb_parse *p, struct span *rest, struct svdb_tree_rule *rule)
{
    for (; rest->len > 0 && !svdb_is_blank(rest->ptr[0]); *rest = span_from(*rest, 1)) {
        const char c = rest->ptr[0];
        if (c != 'i' && c != 's') {
            svdb_parse_error(p, ERR_SYNTAX, "unknown option of a regular expression", *rest);
            return false;
        }
        rule->is_caseless |= c == 'i';
        rule->is_dotall |= c == 's';
    }
    return true;
}

static bool check_templates(struct svdb_parse *p, struct span templates)
{
    struct span rest = templates;
    struct svdb_template t;
    struct err_at at = {0};
    bool found = true;
    while (found) {
        if (svdb_template_next(p->line, &rest, &t, &found, &at) == ERR_OK)
            continue;
        svdb_parse_report(p, &at);
        return false;
    }
    return true;
}

static bool check_regex(struct svdb_parse *p, const struct svdb_tree_rule *rule)
{
    struct err_at at = {0};
    const struct re_rule r = {rule->regex, rule->is_caseless, rule->is_dotall};
    if (re_check(&r, &at) == ERR_OK)
        return true;
    at.line = 0;
    at.col = rule->regex_col + (at.col > 0 ? at.col - 1 : 0);
    svdb_parse_report(p, &at);
    return false;
}

static void take_rule(struct svdb_parse *p, struct span arg, bool is_soft)
{
    struct svdb_tree_rule rule = {.line = p->line_no, .is_soft = is_soft};
    struct span rest = arg;
    rule.service = span_cut(&rest, ' ');
    if (span_is_absent(rest))
        rest = span_from(p->line, p->line.len);
    if (!take_regex(p, &rest, &rule) || !take_options(p, &rest, &rule) ||
        !check_templates(p, rest) || !check_regex(p, &rule))
        return;
    rule.templates = svdb_skip_blanks(rest);
    pile_add(&p->probe->rules, &rule, sizeof rule);
    p->into->source.n_rules++;
}

void svdb_parse_match(struct svdb_parse *p, struct span arg)
{
    take_rule(p, arg, false);
}

void svdb_parse_softmatch(struct svdb_parse *p, struct span arg)
{
    take_rule(p, arg, true);
}
