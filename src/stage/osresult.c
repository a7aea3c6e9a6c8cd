// SPDX-License-Identifier: Apache-2.0
#include "stage/osresult.h"

static struct os_class copy_class(struct arena *a, const struct osdb *db, uint32_t cls)
{
    const struct osdb_class c = osdb_class_at(db, cls);
    struct span *cpe = arena_array(a, c.n_cpe, sizeof *cpe);
    for (uint32_t i = 0; i < c.n_cpe; i++)
        cpe[i] = osdb_cpe_at(db, c.first_cpe + i);
    return (struct os_class){c.vendor, c.family, c.generation, c.type, cpe, c.n_cpe};
}

static const struct os_class *copy_classes(struct arena *a, const struct osdb *db,
                                           const struct osdb_ref *ref)
{
    struct os_class *out = arena_array(a, ref->n_classes, sizeof *out);
    for (uint32_t i = 0; i < ref->n_classes; i++)
        out[i] = copy_class(a, db, ref->first_class + i);
    return out;
}

static void put_matches(struct arena *a, const struct osdb *db, const struct osdb_result *from,
                        struct os_result *to)
{
    struct os_match *m = arena_array(a, from->n, sizeof *m);
    uint32_t *perfect = arena_array(a, from->n_perfect, sizeof *perfect);
    for (uint32_t i = 0; i < from->n_perfect; i++)
        perfect[i] = from->match[i].ref;
    for (uint32_t i = 0; i < from->n; i++) {
        const struct osdb_ref ref = osdb_ref_at(db, from->match[i].ref);
        m[i] = (struct os_match){
            .name = ref.name,
            .accuracy = from->match[i].accuracy,
            .line = ref.line,
            .classes = copy_classes(a, db, &ref),
            .n_classes = ref.n_classes,
        };
    }
    to->matches = m;
    to->n_matches = from->n;
    to->n_perfect = from->n_perfect;
    to->perfect = perfect;
}

static void put_classes(struct arena *a, const struct osdb *db, const struct osdb_result *from,
                        struct os_result *to)
{
    struct osdb_class_match found[LIMIT_OS_MATCHES];
    to->n_classes = osdb_classes(db, from, found, &to->n_perfect_classes);
    struct os_class_match *c = arena_array(a, to->n_classes, sizeof *c);
    for (uint32_t i = 0; i < to->n_classes; i++)
        c[i] = (struct os_class_match){copy_class(a, db, found[i].cls), found[i].accuracy};
    to->classes = c;
}

void osresult_fill(struct arena *host, const struct osdb *db, const struct osdb_result *from,
                   struct os_result *to)
{
    to->status = from->status == OSDB_SUCCESS    ? OS_MATCHED
                 : from->status == OSDB_TOO_MANY ? OS_TOO_MANY
                                                 : OS_NO_MATCHES;
    put_matches(host, db, from, to);
    put_classes(host, db, from, to);
}
