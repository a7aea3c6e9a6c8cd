// SPDX-License-Identifier: Apache-2.0
// From a match list to the list of distinct classes, best first: os-detection specification
// 6.4. Classes of imperfect matches count only if no perfect match has a class.
#include "osdb/view.h"

static bool text_eq(struct block_text a, struct block_text b)
{
    return a.at == b.at && a.len == b.len; // each text is in the block once
}

static bool class_eq(const struct osdb *db, uint32_t a, uint32_t b)
{
    const struct block_class *x = &db->classes[db->ref_classes[a]];
    const struct block_class *y = &db->classes[db->ref_classes[b]];
    return text_eq(x->vendor, y->vendor) && text_eq(x->family, y->family) &&
           text_eq(x->generation, y->generation) && text_eq(x->type, y->type);
}

static bool is_taken(const struct osdb *db, const struct osdb_class_match *list, uint32_t n,
                     uint32_t cls)
{
    for (uint32_t i = 0; i < n; i++)
        if (class_eq(db, list[i].cls, cls))
            return true;
    return false;
}

uint32_t osdb_classes(const struct osdb *db, const struct osdb_result *result,
                      struct osdb_class_match out[LIMIT_OS_MATCHES], uint32_t *n_perfect)
{
    uint32_t n = 0;
    *n_perfect = 0;
    if (result->status != OSDB_SUCCESS)
        return 0;
    for (uint32_t i = 0; i < result->n; i++) {
        const struct osdb_match *m = &result->match[i];
        const struct block_ref *ref = &db->refs[m->ref];
        if (m->accuracy < 1.0 && *n_perfect > 0)
            break;
        for (uint32_t k = 0; k < ref->n_classes && n < LIMIT_OS_MATCHES; k++) {
            const uint32_t cls = ref->first_class + k;
            if (!is_taken(db, out, n, cls))
                out[n++] = (struct osdb_class_match){cls, m->accuracy};
        }
        if (m->accuracy == 1.0)
            *n_perfect = n;
    }
    return n;
}
