// SPDX-License-Identifier: Apache-2.0
// Nodes become labels: "Vendor Family Generation", the vendor once where both names are the same.
#include "verdict/record.h"

#include "base/buf.h"
#include "verdict/decide.h"
#include "verdict/explain.h"
#include "verdict/fuse.h"
#include "verdict/model.h"

#define OR_NEWER " or newer"
#define LIKE "-like stack"

static const char *const abouts[GROUP_COUNT] = {
    [GROUP_OPT] = "TCP options",
    [GROUP_WIN] = "TCP windows",
    [GROUP_TTL] = "TTL",
    [GROUP_DF] = "don't fragment bit",
    [GROUP_ISN] = "sequence numbers",
    [GROUP_IPID] = "IP IDs",
    [GROUP_TS] = "timestamps",
    [GROUP_SYNACK] = "SYN-ACKs",
    [GROUP_ODD] = "odd flags",
    [GROUP_ACK] = "ACK to an open port",
    [GROUP_CLOSED] = "closed TCP port",
    [GROUP_U1] = "closed UDP port",
    [GROUP_IE] = "ICMP echo",
};

static void put(struct buf *b, struct span s)
{
    if (s.len == 0)
        return;
    buf_str(b, buf_len(b) > 0 ? " " : "");
    buf_bytes(b, s);
}

static struct span label_of(struct arena *a, const struct verdict_node *n)
{
    const size_t room =
        n->vendor.len + n->family.len + n->generation.len + n->text.len + 3 + strlen(OR_NEWER LIKE);
    struct buf b;
    if (n->id == UINT32_MAX)
        return (struct span){NULL, 0};
    buf_init(&b, arena_alloc(a, room), room);
    if (n->level == VERDICT_STACK && n->family.len > 0) {
        put(&b, n->family);
        buf_str(&b, LIKE);
        return buf_span(&b);
    }
    if (!span_eq(n->vendor, n->family))
        put(&b, n->vendor);
    put(&b, n->family);
    put(&b, n->generation);
    put(&b, n->text);
    buf_str(&b, n->is_open_ended ? OR_NEWER : "");
    return buf_span(&b);
}

static struct os_node node_of(struct arena *a, const struct verdict_node *n)
{
    return (struct os_node){n->level, label_of(a, n), n->p, n->is_open_ended};
}

static void put_nodes(struct arena *a, const struct verdict *v, struct os_verdict *out)
{
    struct os_node *path = arena_array(a, VERDICT_LEVELS, sizeof *path);
    struct os_node *nodes = arena_array(a, v->n, sizeof *nodes);
    for (int i = 0; i < VERDICT_LEVELS; i++)
        if (v->path[i].id != UINT32_MAX)
            path[out->n_path++] = node_of(a, &v->path[i]);
    for (uint32_t i = 0; i < v->n; i++)
        nodes[i] = node_of(a, &v->node[i]);
    out->path = path;
    out->answer = (struct os_node){.level = v->level, .p = v->p};
    if (v->level == VERDICT_STACK)
        out->answer = node_of(a, &v->path[VERDICT_STACK]);
    else if (v->level < VERDICT_LEVELS && v->n > 0) {
        out->answer = nodes[0];
        return;
    }
    out->nodes = nodes;
    out->n_nodes = v->n;
}

static void put_reasons(struct arena *a, const struct verdict_reasons *from, struct os_verdict *out)
{
    struct os_reason *reasons = arena_array(a, GROUP_COUNT, sizeof *reasons);
    for (int i = 0; i < GROUP_COUNT; i++) {
        const struct verdict_reason *r = &from->reason[i];
        reasons[i] = (struct os_reason){span_str(verdict_group_names[r->group]),
                                        span_str(abouts[r->group]), r->state, r->cause, r->nats};
    }
    out->reasons = reasons;
    out->n_reasons = GROUP_COUNT;
    out->n_silent = from->n_silent;
    out->silence = from->silence;
    out->prior = from->prior;
    out->others = from->others;
    out->voted = from->voted;
    out->odds = from->odds;
    out->mss = from->mss;
}

static void put_votes(struct arena *a, const struct verdict_votes *votes, const struct verdict *v,
                      struct os_verdict *out)
{
    struct os_vote *copy = arena_array(a, votes->n, sizeof *copy);
    for (uint32_t i = 0; i < votes->n; i++)
        copy[i] = votes->vote[i];
    out->votes = copy;
    out->n_votes = votes->n;
    out->contradicts = v->contradicts;
    out->is_split = votes->is_split;
}

struct os_verdict *verdict_record(struct arena *a, const struct verdict_model *model,
                                  const struct verdict_scratch *scratch, const struct verdict *v,
                                  const struct verdict_votes *votes)
{
    struct os_verdict *out = arena_alloc(a, sizeof *out);
    struct verdict_reasons reasons;
    verdict_explain(model, scratch, v, &reasons);
    put_nodes(a, v, out);
    put_reasons(a, &reasons, out);
    put_votes(a, votes, v, out);
    out->rival = node_of(a, &v->rival);
    out->unknown = v->unknown;
    out->params = span_str(model->params->version);
    out->threshold = model->params->threshold;
    return out;
}

void verdict_record_wishes(struct arena *a, const struct verdict_wishes *from,
                           struct os_verdict *out)
{
    struct os_wish *wishes = arena_array(a, from->n, sizeof *wishes);
    for (uint32_t i = 0; i < from->n; i++) {
        const struct verdict_wish *w = &from->wish[i];
        const char *about = w->group == GROUP_OPT ? "open TCP port" : abouts[w->group];
        wishes[i] = (struct os_wish){span_str(verdict_group_names[w->group]), span_str(about),
                                     w->is_silent, w->gain};
    }
    out->wishes = wishes;
    out->n_wishes = from->n;
}
