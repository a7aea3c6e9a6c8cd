// SPDX-License-Identifier: Apache-2.0
// MatchPoints: how much each attribute weighs. Attributes that are not mentioned, or whose
// value is refused, weigh 0. Reference: os-detection specification 5.2, section 9 rows 14, 19.
#include "osdb/parse.h"

#include "base/text.h"

enum { POINTS_MAX = 100000 }; // of one attribute; published databases use up to 100

void osdb_points_begin(struct osdb_parse *p)
{
    p->state = PARSE_POINTS;
    if (p->has_points_record) {
        osdb_parse_error(p, ERR_SYNTAX, "second MatchPoints", p->line);
        p->state = PARSE_SKIP;
        return;
    }
    p->has_points_record = true;
    if (p->n > 0 && p->tree->quirks != QUIRKS_793)
        osdb_parse_error(p, ERR_SYNTAX, "MatchPoints after a fingerprint", p->line);
}

// Unknown names and 0 meant nothing to 7.93.
static void points_part(struct osdb_parse *p, enum osdb_test test, const struct osdb_part *part)
{
    const bool is_lax = p->tree->quirks == QUIRKS_793;
    const int attr = osdb_attr(test, part->name);
    uint64_t v = 0;
    if (span_is_absent(part->value))
        osdb_parse_error(p, ERR_SYNTAX, "attribute without \"=\"", part->text);
    else if (attr < 0 && !is_lax)
        osdb_parse_error(p, ERR_SYNTAX, "unknown attribute", part->name);
    else if (!text_dec(part->value, POINTS_MAX, &v))
        osdb_parse_error(p, ERR_RANGE, "points are no number or too many", part->value);
    else if (v == 0 && !is_lax)
        osdb_parse_error(p, ERR_RANGE, "points must not be 0", part->value);
    else if (attr >= 0)
        p->points[attr] = (uint32_t)v;
}

void osdb_points_line(struct osdb_parse *p)
{
    struct osdb_line line;
    struct err_at at = {0};
    const bool is_lax = p->tree->quirks == QUIRKS_793;
    if (osdb_line_split(p->line, &line, &at)) {
        osdb_parse_report(p, &at);
        if (is_lax)
            p->state = PARSE_OUTSIDE;
        return;
    }
    const int test = osdb_test_by_name(p->tree->gen, line.name);
    if (test < 0) {
        if (!is_lax)
            osdb_parse_error(p, ERR_SYNTAX, "unknown test", line.name);
        return;
    }
    struct span body = line.body;
    struct osdb_part part;
    while (osdb_line_next(&body, &part))
        points_part(p, (enum osdb_test)test, &part);
}
