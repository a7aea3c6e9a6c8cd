// SPDX-License-Identifier: Apache-2.0
// Posterior -> probability of each node -> the deepest node that can be defended, family or stack,
// else at most three systems, else the type of device, else nothing but the nearest.
#include <math.h>

#include "verdict/weigh.h"

// Adds to a place; returns how many places have something.
static inline uint32_t add(double *p_place, uint32_t *places, uint32_t n, uint32_t place, double p)
{
    places[n] = place;                                        // stays if it is a new one
    n += (uint32_t)(p_place[place] <= 0) & (uint32_t)(p > 0); // no branch
    p_place[place] += p;
    return n;
}

static void add_to(struct verdict_scratch *s, uint32_t place, double p)
{
    s->n_places = add(s->p_place, s->places, s->n_places, place, p);
}

static void add_references(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct base *base = m->base;
    double *p_place = s->p_place;
    uint32_t *places = s->places;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_places; i++)
        p_place[places[i]] = 0;
    for (uint32_t i = 0; i < s->n_lineages; i++)
        s->p_lineage[s->lineages[i]] = 0;
    for (uint32_t i = 0; i < s->n_alive && s->alive[i] < m->n; i++) { // references first
        const uint32_t ref = s->alive[i];
        const double p = s->posterior[ref];
        s->p_lineage[base->lineage[ref]] += p;
        n = add(p_place, places, n, base->name_place[ref], p);
    }
    for (uint32_t i = 0; i < s->n_lineages; i++) {
        const uint32_t lineage = s->lineages[i];
        const uint32_t end = base->first_place[lineage + 1];
        for (uint32_t k = base->first_place[lineage]; k < end; k++)
            n = add(p_place, places, n, base->places[k], s->p_lineage[lineage]);
    }
    s->n_places = n;
}

// New members of stacks, and of classes and systems: these have a stack of their relatives.
static void add_new_stacks(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct base *base = m->base;
    const uint32_t stacks = base->level[VERDICT_STACK].place;
    for (uint32_t i = 0; i < s->n_lineages; i++) {
        const uint32_t lineage = s->lineages[i];
        uint32_t k = base->first_place[lineage];
        double p = 0;
        if (s->p_lineage[lineage] <= 0)
            continue;
        for (; base->places[k] < stacks; k++)
            p += s->posterior[m->first_class + base->places[k]] / s->p_place[base->places[k]];
        add_to(s, base->places[k], p * s->p_lineage[lineage]); // the only stack
    }
}

static void add_new_types(const struct verdict_model *m, struct verdict_scratch *s, uint32_t h)
{
    const uint32_t types = m->base->level[VERDICT_TYPE].place;
    const uint32_t end = m->first_type[h - m->first_class + 1];
    for (uint32_t k = m->first_type[h - m->first_class]; k < end; k++)
        add_to(s, types + m->types[k].type, s->posterior[h] * (double)m->types[k].share);
}

static void add_new_members(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct level *classes = &m->base->level[VERDICT_CLASS];
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    const struct level *families = &m->base->level[VERDICT_FAMILY];
    for (uint32_t i = 0; i < s->n_alive; i++) {
        const uint32_t h = s->alive[i];
        const double p = s->posterior[h];
        uint32_t system = h - m->first_system;
        if (h < m->first_class || h == m->unknown)
            continue;
        add_to(s, h - m->first_class, p);
        add_new_types(m, s, h);
        if (h >= m->first_stack)
            continue;
        if (h < m->first_system) {
            system = classes->parent[h - m->first_class];
            add_to(s, systems->place + system, p);
        }
        add_to(s, families->place + systems->parent[system], p);
    }
}

static struct verdict_node node_at(const struct verdict_model *m, const struct verdict_scratch *s,
                                   enum verdict_level level, uint32_t id)
{
    struct verdict_node node = {.level = level, .id = NO_NODE};
    if (id != NO_NODE) {
        node = m->base->level[level].nodes[id];
        node.p = s->p_node[level][id];
    }
    return node;
}

static const double alike = 1e-9;

static bool is_older(const struct level *level, uint32_t a, uint32_t b)
{
    return !level->nodes[a].is_open_ended && level->nodes[b].is_open_ended;
}

static bool is_better(const struct level *level, const double *p, uint32_t a, uint32_t b)
{
    const double more = p[a] - p[b];
    if (fabs(more) > alike)
        return more > 0;
    return is_older(level, b, a) || (a < b && !is_older(level, a, b));
}

// The most probable node of each level, of equals one that goes on; "embedded" is no family.
static void find_best(const struct verdict_model *m, const struct verdict_scratch *s,
                      uint32_t *best)
{
    double least[VERDICT_LEVELS] = {0}; // below it no node is better
    for (int v = 0; v < VERDICT_LEVELS; v++)
        best[v] = NO_NODE;
    for (uint32_t i = 0; i < s->n_places; i++) {
        const uint32_t place = s->places[i];
        const int v = m->base->level_of[place];
        const struct level *level = &m->base->level[v];
        const uint32_t id = place - level->place;
        if (s->p_place[place] <= least[v] ||
            (v == VERDICT_FAMILY && span_eq(level->nodes[id].family, SPAN("embedded"))))
            continue;
        if (best[v] == NO_NODE || is_better(level, s->p_node[v], id, best[v])) {
            best[v] = id;
            least[v] = fmax(s->p_place[place] - 2 * alike, 0);
        }
    }
}

static struct verdict_node unknown_node(const struct verdict_model *m,
                                        const struct verdict_scratch *s)
{
    return (struct verdict_node){
        .level = VERDICT_UNKNOWN, .id = NO_NODE, .p = s->posterior[m->unknown]};
}

// The strongest system of another vendor and family, or the unknown stack.
static struct verdict_node rival_of(const struct verdict_model *m, const struct verdict_scratch *s,
                                    uint32_t best)
{
    const double *p = s->p_node[VERDICT_SYSTEM];
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    uint32_t rival = NO_NODE;
    for (uint32_t i = 0; i < s->n_places; i++) {
        const uint32_t id = s->places[i] - systems->place;
        if (id >= systems->n || id == best || p[id] <= 0)
            continue;
        if (rival == NO_NODE || p[id] > p[rival] || (p[id] >= p[rival] && id < rival))
            rival = id;
    }
    const struct verdict_node unknown = unknown_node(m, s);
    if (rival == NO_NODE || p[rival] < unknown.p)
        return unknown;
    return node_at(m, s, VERDICT_SYSTEM, rival);
}

// An entry with classes in two systems counts once for both together.
static double p_of_any(const struct verdict_model *m, const struct verdict_scratch *s,
                       const uint32_t *taken, uint32_t n)
{
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += s->p_node[VERDICT_SYSTEM][taken[i]];
    for (uint32_t a = 0; a < s->n_several; a++) {
        const uint32_t ref = s->several[a];
        uint32_t times = 0;
        for (uint32_t k = systems->first[ref]; k < systems->first[ref + 1]; k++)
            for (uint32_t i = 0; i < n; i++)
                times += systems->ids[k] == taken[i];
        if (times > 1)
            sum -= (times - 1) * s->posterior[ref];
    }
    return sum;
}

static void find_several(const struct verdict_model *m, struct verdict_scratch *s)
{
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    s->n_several = 0;
    for (uint32_t i = 0; i < s->n_alive && s->alive[i] < m->n; i++) {
        const uint32_t ref = s->alive[i];
        if (systems->first[ref + 1] - systems->first[ref] > 1)
            s->several[s->n_several++] = ref;
    }
}

static bool is_among(const uint32_t *taken, uint32_t n, uint32_t id)
{
    for (uint32_t i = 0; i < n; i++)
        if (taken[i] == id)
            return true;
    return false;
}

// The system that adds most to those taken.
static uint32_t next_system(const struct verdict_model *m, const struct verdict_scratch *s,
                            const uint32_t *taken, uint32_t n)
{
    const struct level *systems = &m->base->level[VERDICT_SYSTEM];
    const double before = n ? p_of_any(m, s, taken, n) : 0;
    uint32_t list[VERDICT_NODES];
    uint32_t best = NO_NODE;
    double most = 0;
    for (uint32_t i = 0; i < s->n_places; i++) {
        const uint32_t id = s->places[i] - systems->place;
        if (id >= systems->n || s->p_node[VERDICT_SYSTEM][id] < most || is_among(taken, n, id))
            continue; // no system adds more than it has
        memcpy(list, taken, n * sizeof *list);
        list[n] = id;
        const double added = p_of_any(m, s, list, n + 1) - before;
        if (added > most || (added >= most && most > 0 && id < best)) {
            most = added;
            best = id;
        }
    }
    return best;
}

// Fills node[] with the nearest systems; true if together they reach the threshold.
static bool find_few(const struct verdict_model *m, struct verdict_scratch *s, struct verdict *out)
{
    uint32_t taken[VERDICT_NODES];
    out->n = 0;
    out->p = 0;
    find_several(m, s);
    while (out->n < VERDICT_NODES && out->p < m->params->threshold) {
        const uint32_t id = next_system(m, s, taken, out->n);
        if (id == NO_NODE)
            break;
        taken[out->n] = id;
        out->node[out->n++] = node_at(m, s, VERDICT_SYSTEM, id);
        out->p = p_of_any(m, s, taken, out->n);
    }
    return out->p >= m->params->threshold;
}

static void answer_one(struct verdict *out, enum verdict_level level)
{
    out->level = level;
    out->n = 1;
    out->node[0] = out->path[level];
    out->p = out->path[level].p;
}

static void decide(const struct verdict_model *m, struct verdict_scratch *s, struct verdict *out)
{
    for (int v = VERDICT_NAME; v <= VERDICT_FAMILY; v++)
        if (out->path[v].p >= m->params->threshold) {
            answer_one(out, (enum verdict_level)v);
            return;
        }
    const bool is_few = find_few(m, s, out);
    if (out->path[VERDICT_STACK].p >= m->params->threshold) {
        out->level = VERDICT_STACK;
        out->p = out->path[VERDICT_STACK].p;
        return;
    }
    if (is_few) {
        out->level = VERDICT_ONE_OF;
        return;
    }
    if (out->path[VERDICT_TYPE].p >= m->params->threshold) {
        answer_one(out, VERDICT_TYPE);
        return;
    }
    out->level = VERDICT_UNKNOWN;
    out->p = out->unknown;
}

static uint32_t best_ref(const struct verdict_model *m, const struct verdict_scratch *s)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < s->n_alive && s->alive[i] < m->n; i++)
        if (best == UINT32_MAX || s->posterior[s->alive[i]] > s->posterior[best])
            best = s->alive[i];
    return best;
}

void verdict_judge_all(const struct verdict_model *m, const struct osdb_subject *tries, uint32_t n,
                       struct verdict_votes *votes, struct verdict_scratch *s, struct verdict *out)
{
    uint32_t best[VERDICT_LEVELS];
    seen_read(tries, n, &s->seen);
    weigh_all(m, s);
    s->evidence = sum_posterior(m, s);
    const bool contradicts = !vote_apply(m, s, votes);
    *out = (struct verdict){.unknown = s->posterior[m->unknown], .contradicts = contradicts};
    add_references(m, s);
    add_new_stacks(m, s);
    add_new_members(m, s);
    find_best(m, s, best);
    for (int v = 0; v < VERDICT_LEVELS; v++)
        out->path[v] = node_at(m, s, (enum verdict_level)v, best[v]);
    out->rival = rival_of(m, s, out->path[VERDICT_SYSTEM].id);
    out->best_ref = best_ref(m, s);
    decide(m, s, out);
}

void verdict_judge(const struct verdict_model *m, const struct osdb_subject *tries, uint32_t n,
                   struct verdict_scratch *s, struct verdict *out)
{
    struct verdict_votes none = {0};
    verdict_judge_all(m, tries, n, &none, s, out);
}

double verdict_probability(const struct verdict_model *m, const struct verdict_scratch *s,
                           enum verdict_level which, uint32_t ref)
{
    const struct level *level = &m->base->level[which];
    double most = 0;
    for (uint32_t k = level->first[ref]; k < level->first[ref + 1]; k++)
        if (s->p_node[which][level->ids[k]] > most)
            most = s->p_node[which][level->ids[k]];
    return most;
}
