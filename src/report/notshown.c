// SPDX-License-Identifier: Apache-2.0
// Folding of uninteresting ports (output spec 2.4): a state is folded when it has more ports
// than the level of detail allows, or when --open asks only for what may be open. Folded ports
// are counted by state, and within a state by reason and protocol. Pure: the same answer serves
// every kind of report.
#include "report/notshown.h"

#include "model/host.h"
#include "model/scan.h"

enum { FOLD_STEP = 25, FOLD_DEBUG = 20, NO_FOLD_DEBUG = 3, NO_FOLD_VERBOSE = 3 };

static bool may_be_open(enum port_state s)
{
    return s == PORT_OPEN || s == PORT_OPEN_FILTERED || s == PORT_UNFILTERED;
}

static bool is_folded(const struct scan *scan, enum port_state s, uint32_t n)
{
    const int limit = FOLD_STEP * (scan->verbose + 1 + FOLD_DEBUG * scan->debug);
    if (n == 0 || s == PORT_OPEN || s == PORT_UNKNOWN || scan->debug >= NO_FOLD_DEBUG)
        return false;
    if (s == PORT_OPEN_FILTERED && scan->verbose >= NO_FOLD_VERBOSE)
        return false;
    if (scan->open_only && !may_be_open(s))
        return true;
    return (int64_t)n > limit;
}

static struct notshown_group *group_of(struct notshown *v, enum port_state s)
{
    for (uint32_t i = 0; i < v->n_groups; i++) {
        if (v->groups[i].state == s)
            return &v->groups[i];
    }
    struct notshown_group *g = &v->groups[v->n_groups++];
    g->state = s;
    g->n = 0;
    g->n_items = 0;
    return g;
}

static void group_add(struct notshown_group *g, const struct port *p, uint32_t place)
{
    uint32_t i = 0;
    while (i < g->n_items && (g->items[i].reason != p->reason || g->items[i].proto != p->proto))
        i++;
    struct notshown_item *item = &g->items[i];
    if (i == g->n_items) {
        g->n_items++;
        *item = (struct notshown_item){0, 0, (enum reason)p->reason, (enum proto)p->proto};
    }
    g->n++;
    item->n++;
    item->last = place;
}

// Equal counts: the one seen last stands first.
static bool item_goes_before(const struct notshown_item *a, const struct notshown_item *b)
{
    return a->n != b->n ? a->n > b->n : a->last > b->last;
}

static void sort_items(struct notshown_group *g)
{
    for (uint32_t i = 1; i < g->n_items; i++) {
        const struct notshown_item item = g->items[i];
        uint32_t at = i;
        for (; at > 0 && item_goes_before(&item, &g->items[at - 1]); at--)
            g->items[at] = g->items[at - 1];
        g->items[at] = item;
    }
}

// Equal counts: in the order of enum port_state.
static bool group_goes_before(const struct notshown_group *a, const struct notshown_group *b)
{
    return a->n != b->n ? a->n > b->n : a->state < b->state;
}

static void sort_groups(struct notshown *v)
{
    for (uint32_t i = 1; i < v->n_groups; i++) {
        const struct notshown_group group = v->groups[i];
        uint32_t at = i;
        for (; at > 0 && group_goes_before(&group, &v->groups[at - 1]); at--)
            v->groups[at] = v->groups[at - 1];
        v->groups[at] = group;
    }
}

void notshown_of(struct notshown *v, const struct scan *scan, const struct host *host)
{
    uint32_t count[PORT_STATE_COUNT] = {0};
    v->n_shown = 0;
    v->n_hidden = 0;
    v->n_groups = 0;
    for (uint32_t i = 0; i < host->n_ports; i++)
        count[host->ports[i].state]++;
    v->n_undecided = count[PORT_UNKNOWN];
    if (host->is_cut_short && scan->ports_per_host > host->n_ports)
        v->n_undecided += scan->ports_per_host - host->n_ports;
    for (unsigned s = 0; s < PORT_STATE_COUNT; s++)
        v->is_hidden[s] = is_folded(scan, (enum port_state)s, count[s]);
    for (uint32_t i = 0; i < host->n_ports; i++) {
        const struct port *p = &host->ports[i];
        if (v->is_hidden[p->state]) {
            group_add(group_of(v, (enum port_state)p->state), p, i);
            v->n_hidden++;
        } else if (p->state != PORT_UNKNOWN) {
            v->n_shown++;
        }
    }
    for (uint32_t i = 0; i < v->n_groups; i++)
        sort_items(&v->groups[i]);
    sort_groups(v);
}

bool notshown_wants_host(const struct scan *scan, const struct host *host)
{
    if (!scan->open_only || !host->has_ports)
        return true;
    for (uint32_t i = 0; i < host->n_ports; i++) {
        if (may_be_open((enum port_state)host->ports[i].state))
            return true;
    }
    return false;
}
