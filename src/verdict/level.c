// SPDX-License-Identifier: Apache-2.0
// The tree of systems, level by level: names, classes (vendor, family, generation), systems
// (vendor, family), families and types. A reference with several classes lies below each.
#include "verdict/model.h"

struct making {
    struct intern keys;
    struct pile nodes;
    struct pile parents;
    struct pile ids;
    struct level *level;
};

static void put_key(struct pile *key, struct span s)
{
    const uint32_t len = span_is_absent(s) ? UINT32_MAX : (uint32_t)s.len;
    pile_add(key, &len, sizeof len);
    if (s.len > 0)
        pile_add(key, s.ptr, s.len);
}

static uint32_t node_id(struct making *m, struct pile *key, const struct verdict_node *node)
{
    key->len = 0;
    put_key(key, node->vendor);
    put_key(key, node->family);
    put_key(key, node->generation);
    put_key(key, node->text);
    const uint32_t before = m->keys.n;
    const uint32_t id = intern_add(&m->keys, key->bytes, key->len);
    if (m->keys.n > before) {
        struct verdict_node made = *node;
        made.id = id;
        pile_add(&m->nodes, &made, sizeof made);
    }
    return id;
}

static struct verdict_node node_of(enum verdict_level level, const struct osdb_class *c)
{
    struct verdict_node node = {.level = level};
    if (level == VERDICT_TYPE) {
        node.text = c->type;
        return node;
    }
    node.family = c->family;
    if (level <= VERDICT_SYSTEM)
        node.vendor = c->vendor;
    if (level == VERDICT_CLASS)
        node.generation = c->generation;
    return node;
}

static void put_id(struct making *m, uint32_t first, uint32_t id)
{
    const uint32_t *ids = (const uint32_t *)(const void *)m->ids.bytes;
    for (uint32_t k = first; k < m->ids.len / sizeof id; k++)
        if (ids[k] == id)
            return;
    pile_add(&m->ids, &id, sizeof id);
}

static void put_ref(const struct base *base, struct making *m, enum verdict_level level,
                    uint32_t ref, struct pile *key)
{
    const struct osdb_ref r = osdb_ref_at(base->db, ref);
    const uint32_t first = (uint32_t)(m->ids.len / sizeof first);
    m->level->first[ref] = first;
    if (level == VERDICT_NAME) {
        const struct verdict_node node = {.level = level, .text = r.name};
        put_id(m, first, node_id(m, key, &node));
        return;
    }
    for (uint32_t k = 0; k < r.n_classes; k++) {
        const struct osdb_class c = osdb_class_at(base->db, r.first_class + k);
        const struct verdict_node node = node_of(level, &c);
        put_id(m, first, node_id(m, key, &node));
    }
}

static void level_make(struct base *base, enum verdict_level which, struct arena *run)
{
    const uint32_t n = osdb_count(base->db);
    struct level *level = &base->level[which];
    struct making m = {
        .keys = intern_new(run, 1), .nodes = {.arena = run}, .ids = {.arena = run}, .level = level};
    struct pile key = {.arena = run};
    level->first = arena_array(run, n + 1, sizeof *level->first);
    for (uint32_t i = 0; i < n; i++)
        put_ref(base, &m, which, i, &key);
    level->first[n] = (uint32_t)(m.ids.len / sizeof *level->ids);
    level->ids = (uint32_t *)(void *)m.ids.bytes;
    level->n = m.keys.n;
    level->nodes = (struct verdict_node *)(void *)m.nodes.bytes;
}

static bool is_below(const struct verdict_node *node, const struct verdict_node *above)
{
    return span_eq(node->family, above->family) &&
           (above->level == VERDICT_FAMILY || span_eq(node->vendor, above->vendor));
}

static void find_parents(struct level *level, const struct level *above, struct arena *run)
{
    level->parent = arena_array(run, level->n, sizeof *level->parent);
    for (uint32_t i = 0; i < level->n; i++)
        for (uint32_t k = 0; k < above->n; k++)
            if (is_below(&level->nodes[i], &above->nodes[k]))
                level->parent[i] = k;
}

// The names of the newest generations go on as these do.
static void mark_names(struct base *base)
{
    const struct level *classes = &base->level[VERDICT_CLASS];
    const struct level *names = &base->level[VERDICT_NAME];
    for (uint32_t i = 0; i < osdb_count(base->db); i++)
        for (uint32_t k = classes->first[i]; k < classes->first[i + 1]; k++)
            if (classes->nodes[classes->ids[k]].is_open_ended)
                names->nodes[names->ids[names->first[i]]].is_open_ended = true;
}

static void number_places(struct base *base, struct arena *run)
{
    static const enum verdict_level order[VERDICT_LEVELS] = {
        VERDICT_CLASS, VERDICT_SYSTEM, VERDICT_STACK, VERDICT_NAME, VERDICT_FAMILY, VERDICT_TYPE};
    for (int v = 0; v < VERDICT_LEVELS; v++) {
        base->level[order[v]].place = base->n_places;
        base->n_places += base->level[order[v]].n;
    }
    base->level_of = arena_array(run, base->n_places, sizeof *base->level_of);
    for (int v = 0; v < VERDICT_LEVELS; v++)
        memset(base->level_of + base->level[v].place, v, base->level[v].n);
}

static void put_places(const struct base *base, uint32_t ref, struct pile *out)
{
    static const enum verdict_level order[] = {VERDICT_CLASS, VERDICT_SYSTEM, VERDICT_STACK,
                                               VERDICT_FAMILY, VERDICT_TYPE};
    out->len = 0;
    for (size_t v = 0; v < sizeof order / sizeof *order; v++) {
        const struct level *level = &base->level[order[v]];
        for (uint32_t k = level->first[ref]; k < level->first[ref + 1]; k++) {
            const uint32_t place = level->place + level->ids[k];
            pile_add(out, &place, sizeof place);
        }
    }
}

// Many references lie below the same nodes.
static void make_lineages(struct base *base, struct arena *run)
{
    const uint32_t n = osdb_count(base->db);
    struct intern lineages = intern_new(run, sizeof(uint32_t));
    struct pile places = {.arena = run};
    base->lineage = arena_array(run, n, sizeof *base->lineage);
    base->name_place = arena_array(run, n, sizeof *base->name_place);
    for (uint32_t i = 0; i < n; i++) {
        const struct level *names = &base->level[VERDICT_NAME];
        put_places(base, i, &places);
        base->lineage[i] = (uint16_t)intern_add(&lineages, places.bytes, places.len);
        base->name_place[i] = names->place + names->ids[names->first[i]];
    }
    base->n_lineages = lineages.n;
    base->first_place = arena_array(run, (size_t)lineages.n + 1, sizeof *base->first_place);
    places.len = 0;
    for (uint32_t k = 0; k < lineages.n; k++) {
        const struct span s = intern_span(&lineages, k);
        pile_add(&places, s.ptr, s.len);
        base->first_place[k + 1] = (uint32_t)(places.len / sizeof *base->places);
    }
    base->places = (uint32_t *)(void *)places.bytes;
}

void level_make_all(struct base *base, struct arena *run)
{
    for (int i = 0; i < VERDICT_LEVELS; i++)
        if (i != VERDICT_STACK)
            level_make(base, (enum verdict_level)i, run);
    find_parents(&base->level[VERDICT_CLASS], &base->level[VERDICT_SYSTEM], run);
    find_parents(&base->level[VERDICT_SYSTEM], &base->level[VERDICT_FAMILY], run);
    living_mark(&base->level[VERDICT_CLASS]);
    mark_names(base);
    stack_make(base, run);
    number_places(base, run);
    make_lineages(base, run);
}
