// SPDX-License-Identifier: Apache-2.0
// From a match list to the list of distinct classes, best first: os-detection specification
// 6.4. Classes of imperfect matches count only if no perfect match has a class.
#include "osdb/osdb.h"

static bool class_eq(const struct osdb_class *a, const struct osdb_class *b)
{
    return span_eq(a->vendor, b->vendor) && span_eq(a->family, b->family) &&
           span_is_absent(a->generation) == span_is_absent(b->generation) &&
           span_eq(a->generation, b->generation) && span_eq(a->type, b->type);
}

static bool is_taken(const struct osdb_class_match *list, uint32_t n, const struct osdb_class *c)
{
    for (uint32_t i = 0; i < n; i++)
        if (class_eq(list[i].cls, c))
            return true;
    return false;
}

uint32_t osdb_classes(const struct osdb_result *result,
                      struct osdb_class_match out[LIMIT_OS_MATCHES], uint32_t *n_perfect)
{
    uint32_t n = 0;
    *n_perfect = 0;
    if (result->status != OSDB_SUCCESS)
        return 0;
    for (uint32_t i = 0; i < result->n; i++) {
        const struct osdb_match *m = &result->match[i];
        if (m->accuracy < 1.0 && *n_perfect > 0)
            break;
        for (uint32_t k = 0; k < m->ref->n_classes && n < LIMIT_OS_MATCHES; k++) {
            const struct osdb_class *c = &m->ref->classes[k];
            if (!is_taken(out, n, c))
                out[n++] = (struct osdb_class_match){c, m->accuracy};
        }
        if (m->accuracy == 1.0)
            *n_perfect = n;
    }
    return n;
}
