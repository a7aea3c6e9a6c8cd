// SPDX-License-Identifier: Apache-2.0
// What asking one probe after the other would have found, from the answers that are there (spec
// 2.2, 2.4, 2.5): the walk stops at the first ask whose end is not known yet.
//
// Where the file that counts first names a product softly, the hard match of a later file beside it
// is spare: it decides unless a probe of the first file finds better.
#include "svid/parts.h"

static bool decides(const struct verdict *v, const struct found *hard)
{
    return hard && (!v->spare || hard->rule.source <= v->soft->rule.source);
}

// No ask from here on can matter: some hard match stands before it.
static uint32_t bound_from(const struct svid *s, uint32_t from, const struct verdict *v)
{
    for (uint32_t i = from; i < s->round.n; i++)
        if (decides(v, s->round.asks[i].hard) && choose_fits(s, &s->round.asks[i], v->soft))
            return i;
    return s->round.n;
}

static bool is_hard(struct verdict *v, uint32_t at, const struct found *hard)
{
    v->kind = VERDICT_HARD;
    v->at = at;
    v->hard = hard;
    return true;
}

// False: the walk goes on.
static bool hear(struct verdict *v, const struct ask *a, uint32_t i, uint32_t *spare_at)
{
    if (decides(v, a->hard)) {
        v->soft = v->soft ? v->soft : a->soft;
        return is_hard(v, i, a->hard);
    }
    if (a->spare && !v->spare) {
        v->spare = a->spare;
        v->soft = a->soft;
        *spare_at = i;
    }
    v->soft = v->soft ? v->soft : a->soft;
    return false;
}

struct verdict judge(const struct svid *s, bool is_last)
{
    struct verdict v = {.kind = VERDICT_END, .soft = s->told, .bound = s->round.n};
    uint32_t spare_at = 0;
    for (uint32_t i = 0; i < s->round.n; i++) {
        const struct ask *a = &s->round.asks[i];
        if (a->state == ASK_OVER ? !a->soft && !a->hard : is_last && !a->soft)
            continue;
        if (!choose_fits(s, a, v.soft))
            continue;
        if (a->state != ASK_OVER && !is_last) {
            v.kind = VERDICT_OPEN;
            v.at = i;
            v.bound = bound_from(s, i, &v);
            return v;
        }
        if (hear(&v, a, i, &spare_at))
            return v;
    }
    if (v.spare)
        is_hard(&v, spare_at, v.spare);
    return v;
}
