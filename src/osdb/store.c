// SPDX-License-Identifier: Apache-2.0
// The references of all files that were added, and access to them. Everything lives in the
// arena given to osdb_new; the texts are borrowed.
#include "osdb/store.h"

struct osdb *osdb_new(struct arena *run, enum quirks quirks)
{
    struct osdb *db = arena_alloc(run, sizeof *db);
    db->run = run;
    db->quirks = quirks;
    return db;
}

enum quirks osdb_quirks(const struct osdb *db)
{
    return db->quirks;
}

uint32_t osdb_count(const struct osdb *db)
{
    return db->n;
}

const struct osdb_ref *osdb_ref_at(const struct osdb *db, uint32_t index)
{
    return &db->entries[index]->ref;
}

struct span osdb_expr_at(const struct osdb *db, uint32_t index, int attr)
{
    const struct osdb_entry *e = db->entries[index];
    for (uint32_t i = 0; i < e->n_items; i++)
        if (e->items[i].attr == attr)
            return span_of(e->items[i].ptr, e->items[i].len);
    return (struct span){NULL, 0};
}

uint32_t osdb_points(const struct osdb *db, int attr)
{
    return db->points[attr];
}
