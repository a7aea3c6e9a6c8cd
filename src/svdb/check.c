// SPDX-License-Identifier: Apache-2.0
// Is a block safe to use? The parts are known to lie inside of it. Here every index, place and
// length in them is held against what it counts, so that whatever the bytes are, nothing outside
// of the block is ever read. What a checked block says may still be nonsense.
#include "svdb/view.h"

enum { RARITY_MAX = 9 };

static bool is_inside(uint32_t first, uint32_t n, uint32_t limit)
{
    return first <= limit && n <= limit - first;
}

static bool is_text(const struct svdb *db, struct svblock_text t)
{
    return is_inside(t.at, t.len, svdb_part_n(db, SVPART_TEXT));
}

static bool is_slice(const struct svdb *db, struct svblock_slice s, enum svblock_part part)
{
    return is_inside(s.first, s.n, svdb_part_n(db, part));
}

static bool check_sources(const struct svdb *db)
{
    for (uint32_t i = 0; i < svdb_part_n(db, SVPART_SOURCE); i++) {
        const struct svblock_source *s = &db->sources[i];
        if (!is_text(db, s->name) || s->err > ERR_SYS || !is_slice(db, s->rules, SVPART_RULE))
            return false;
    }
    for (uint32_t i = 0; i < svdb_part_n(db, SVPART_DIAG); i++) {
        const struct svblock_diag *d = &db->diags[i];
        const bool is_good = d->source < svdb_part_n(db, SVPART_SOURCE) && d->code <= ERR_SYS &&
                             is_text(db, d->what) && is_text(db, d->token) && d->what.len > 0 &&
                             d->token.len < sizeof((struct err_at *)0)->token &&
                             db->text[d->what.at + d->what.len - 1] == '\0';
        if (!is_good)
            return false;
    }
    return true;
}

static bool check_probe(const struct svdb *db, const struct svblock_probe *p)
{
    return is_text(db, p->name) && is_text(db, p->payload) && p->proto <= SVDB_UDP &&
           p->rarity >= 1 && p->rarity <= RARITY_MAX && is_slice(db, p->ports, SVPART_RANGE) &&
           is_slice(db, p->ssl_ports, SVPART_RANGE) && is_slice(db, p->chain, SVPART_CHAIN) &&
           is_slice(db, p->yields, SVPART_YIELD);
}

static bool check_probes(const struct svdb *db)
{
    const uint32_t n = svdb_part_n(db, SVPART_PROBE);
    for (uint32_t i = 0; i < n; i++)
        if (!check_probe(db, &db->probes[i]))
            return false;
    for (uint32_t i = 0; i < svdb_part_n(db, SVPART_NAME); i++)
        if (!is_text(db, db->names[i].name) || db->names[i].probe >= n)
            return false;
    for (uint32_t i = 0; i < svdb_part_n(db, SVPART_YIELD); i++)
        if (!is_text(db, db->yields[i]))
            return false;
    for (uint32_t i = 0; i < svdb_part_n(db, SVPART_CHAIN); i++) {
        const struct svblock_chain *c = &db->chains[i];
        if (c->source >= svdb_part_n(db, SVPART_SOURCE) || c->lo > c->hi || c->hi > db->n_rules)
            return false;
    }
    return n <= INT32_MAX && (db->head->null_probe < n || db->head->null_probe == SVBLOCK_NONE);
}

static bool check_rules(const struct svdb *db)
{
    uint32_t n_bad = 0;
    for (uint32_t i = 0; i < db->n_rules; i++) {
        const struct svblock_rule *r = &db->rules[i];
        n_bad += !is_text(db, r->service) || !is_text(db, r->regex) || !is_text(db, r->templates) ||
                 r->probe >= svdb_part_n(db, SVPART_PROBE) ||
                 r->source >= svdb_part_n(db, SVPART_SOURCE);
    }
    return n_bad == 0;
}

enum err svdb_view_check(const struct svdb *db, struct err_at *at)
{
    if (check_sources(db) && check_probes(db) && check_rules(db) &&
        is_slice(db, db->head->exclude[SVDB_TCP], SVPART_RANGE) &&
        is_slice(db, db->head->exclude[SVDB_UDP], SVPART_RANGE))
        return ERR_OK;
    if (at)
        *at = (struct err_at){0};
    return err_set(at, ERR_RANGE, "compiled database with a wrong index", (struct span){NULL, 0});
}
