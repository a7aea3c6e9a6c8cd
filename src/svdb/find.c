// SPDX-License-Identifier: Apache-2.0
// Answer -> rule. Reference: specification 2.4, 7.5.
#include "svdb/re.h"
#include "svdb/view.h"

struct svdb_scratch {
    struct re_scratch *re;
};

struct svdb_scratch *svdb_scratch_new(struct arena *run, const struct svdb *db)
{
    struct svdb_scratch *s = arena_alloc(run, sizeof *s);
    s->re = re_scratch_new(run, db->re);
    return s;
}

static void take(const struct svdb *db, const struct re_hit *hit, struct svdb_hit *out)
{
    const struct svblock_rule *r = &db->rules[hit->rule];
    _Static_assert((int)SVDB_GROUPS == (int)RE_GROUPS, "the same groups");
    *out = (struct svdb_hit){
        .rule = hit->rule,
        .probe = r->probe,
        .is_soft = r->flags & SVRULE_SOFT,
        .n_groups = hit->n_groups,
    };
    memcpy(out->group, hit->group, sizeof out->group);
}

// The first hit of one source counts, soft or hard; the rest of its chain is not asked. After a
// soft one the sources behind it may still have a hard one.
uint32_t svdb_find_both(const struct svdb *db, uint32_t probe, struct span response,
                        struct svdb_scratch *scratch, struct svdb_hit out[2])
{
    const struct svblock_slice chain = db->probes[probe].chain;
    uint32_t silent = SVBLOCK_NONE; // this source has said what it has to say
    uint32_t n = 0;
    re_scan(db->re, response, scratch->re);
    for (uint32_t i = chain.first; i < chain.first + chain.n; i++) {
        const struct svblock_chain *c = &db->chains[i];
        struct re_hit hit = {0};
        if (c->source == silent || !re_first(db->re, scratch->re, c->lo, c->hi, &hit))
            continue;
        const bool is_soft = db->rules[hit.rule].flags & SVRULE_SOFT;
        if (!is_soft || n == 0)
            take(db, &hit, &out[n++]);
        if (!is_soft)
            return n;
        silent = c->source;
    }
    return n;
}

bool svdb_find(const struct svdb *db, uint32_t probe, struct span response,
               struct svdb_scratch *scratch, struct svdb_hit *out)
{
    struct svdb_hit hits[2];
    const uint32_t n = svdb_find_both(db, probe, response, scratch, hits);
    if (n > 0)
        *out = hits[n - 1];
    return n > 0;
}

static bool is_in_chain(const struct svdb *db, struct svblock_slice chain, uint32_t rule)
{
    for (uint32_t i = chain.first; i < chain.first + chain.n; i++)
        if (db->chains[i].lo <= rule && rule < db->chains[i].hi)
            return true;
    return false;
}

static bool may_tell(const struct svdb *db, uint32_t probe, uint32_t rule)
{
    const struct svblock_probe *p = &db->probes[probe];
    const struct svblock_rule *r = &db->rules[rule];
    return (r->flags & SVRULE_NAMES) &&
           (!(r->flags & SVRULE_BINARY) || db->probes[r->probe].proto == p->proto) &&
           !is_in_chain(db, p->chain, rule);
}

bool svdb_find_foreign(const struct svdb *db, uint32_t probe, struct span response,
                       struct svdb_scratch *scratch, struct svdb_hit *out)
{
    struct re_hit hit = {0};
    re_scan(db->re, response, scratch->re);
    for (uint32_t lo = 0; re_first(db->re, scratch->re, lo, db->n_rules, &hit); lo = hit.rule + 1) {
        if (!may_tell(db, probe, hit.rule))
            continue;
        take(db, &hit, out);
        out->is_foreign = true;
        return true;
    }
    return false;
}
