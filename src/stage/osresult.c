// SPDX-License-Identifier: Apache-2.0
#include "stage/osresult.h"

static const struct os_class *copy_classes(struct arena *a, const struct osdb_ref *ref)
{
    struct os_class *out = arena_array(a, ref->n_classes, sizeof *out);
    for (uint32_t i = 0; i < ref->n_classes; i++) {
        const struct osdb_class *c = &ref->classes[i];
        out[i] = (struct os_class){c->vendor, c->family, c->generation, c->type, c->cpe, c->n_cpe};
    }
    return out;
}

static void put_matches(struct arena *a, const struct osdb_result *from, struct os_result *to)
{
    struct os_match *m = arena_array(a, from->n, sizeof *m);
    for (uint32_t i = 0; i < from->n; i++) {
        const struct osdb_ref *ref = from->match[i].ref;
        m[i] = (struct os_match){
            .name = ref->name,
            .accuracy = from->match[i].accuracy,
            .line = ref->line,
            .classes = copy_classes(a, ref),
            .n_classes = ref->n_classes,
        };
    }
    to->matches = m;
    to->n_matches = from->n;
    to->n_perfect = from->n_perfect;
}

static void put_classes(struct arena *a, const struct osdb_result *from, struct os_result *to)
{
    struct osdb_class_match found[LIMIT_OS_MATCHES];
    to->n_classes = osdb_classes(from, found, &to->n_perfect_classes);
    struct os_class_match *c = arena_array(a, to->n_classes, sizeof *c);
    for (uint32_t i = 0; i < to->n_classes; i++) {
        const struct osdb_class *k = found[i].cls;
        c[i].cls =
            (struct os_class){k->vendor, k->family, k->generation, k->type, k->cpe, k->n_cpe};
        c[i].accuracy = found[i].accuracy;
    }
    to->classes = c;
}

void osresult_fill(struct arena *host, const struct osdb_result *from, struct os_result *to)
{
    to->status = from->status == OSDB_SUCCESS    ? OS_MATCHED
                 : from->status == OSDB_TOO_MANY ? OS_TOO_MANY
                                                 : OS_NO_MATCHES;
    put_matches(host, from, to);
    put_classes(host, from, to);
}
