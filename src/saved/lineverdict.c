// SPDX-License-Identifier: Apache-2.0
// The verdict in JSON lines, as src/report/recordverdict.c writes it.
#include "model/verdict.h"
#include "saved/lines.h"

enum { NUMBER_MOST = 1000000 };

static double number_of(const json_t *o, const char *key)
{
    const double v = json_number_value(json_object_get(o, key));
    return v > -NUMBER_MOST && v < NUMBER_MOST ? v : 0;
}

static double p_of(const json_t *o, const char *key)
{
    const double p = number_of(o, key);
    return p < 0 ? 0 : p > 1 ? 1 : p;
}

static enum verdict_level level_of(const json_t *o)
{
    const struct span s = value_plain(o, "level");
    for (int i = 0; i < VERDICT_LEVEL_COUNT; i++)
        if (span_eq(s, span_str(verdict_level_name((enum verdict_level)i))))
            return (enum verdict_level)i;
    return VERDICT_UNKNOWN;
}

static struct os_node node_of(struct arena *a, const json_t *o)
{
    return (struct os_node){
        .level = level_of(o),
        .label = value_text(a, o, "label"),
        .p = p_of(o, "p"),
        .is_open_ended = value_true(o, "open_ended"),
    };
}

static const struct os_node *nodes_of(struct arena *a, const json_t *list, uint32_t *n)
{
    struct os_node *nodes = arena_array(a, json_array_size(list), sizeof *nodes);
    *n = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < *n; i++)
        nodes[i] = node_of(a, json_array_get(list, i));
    return nodes;
}

static enum verdict_state state_of(const json_t *o)
{
    const struct span s = value_plain(o, "state");
    for (int i = 0; i < VERDICT_STATE_COUNT; i++)
        if (span_eq(s, span_str(verdict_state_name((enum verdict_state)i))))
            return (enum verdict_state)i;
    return VERDICT_NOT_ASKED;
}

static enum verdict_cause cause_of(const json_t *o)
{
    const struct span s = value_plain(o, "cause");
    for (int i = 0; i < CAUSE_COUNT; i++)
        if (span_eq(s, span_str(verdict_cause_name((enum verdict_cause)i))))
            return (enum verdict_cause)i;
    return CAUSE_NONE;
}

static void reasons_of(struct arena *a, const json_t *list, struct os_verdict *out)
{
    struct os_reason *reasons = arena_array(a, json_array_size(list), sizeof *reasons);
    out->n_reasons = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < out->n_reasons; i++) {
        const json_t *o = json_array_get(list, i);
        reasons[i] = (struct os_reason){
            .group = value_text(a, o, "group"),
            .about = value_text(a, o, "about"),
            .state = state_of(o),
            .cause = cause_of(o),
            .nats = number_of(o, "nats"),
        };
    }
    out->reasons = reasons;
}

static enum vote_stance stance_of(const json_t *o)
{
    const struct span s = value_plain(o, "stance");
    for (int i = 0; i < VOTE_STANCES; i++)
        if (span_eq(s, span_str(vote_stance_name((enum vote_stance)i))))
            return (enum vote_stance)i;
    return VOTE_OPEN;
}

static void votes_of(struct arena *a, const json_t *o, struct os_verdict *out)
{
    const json_t *list = json_object_get(o, "votes");
    struct os_vote *votes = arena_array(a, json_array_size(list), sizeof *votes);
    out->n_votes = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < out->n_votes; i++) {
        const json_t *vote = json_array_get(list, i);
        votes[i] = (struct os_vote){
            .layer = value_text(a, vote, "layer"),
            .label = value_text(a, vote, "label"),
            .where = value_text(a, vote, "where"),
            .stance = stance_of(vote),
        };
    }
    out->votes = votes;
    out->contradicts = value_true(o, "contradicts");
    out->is_split = value_true(o, "split");
}

static void wishes_of(struct arena *a, const json_t *list, struct os_verdict *out)
{
    struct os_wish *wishes = arena_array(a, json_array_size(list), sizeof *wishes);
    out->n_wishes = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < out->n_wishes; i++) {
        const json_t *o = json_array_get(list, i);
        wishes[i] = (struct os_wish){value_text(a, o, "group"), value_text(a, o, "about"),
                                     value_true(o, "silent"), number_of(o, "gain")};
    }
    out->wishes = wishes;
}

const struct os_verdict *lines_verdict(struct arena *a, const json_t *o)
{
    const json_t *model = json_object_get(o, "model");
    if (!json_is_object(o))
        return NULL;
    struct os_verdict *v = arena_alloc(a, sizeof *v);
    v->answer = node_of(a, o);
    v->nodes = nodes_of(a, json_object_get(o, "nodes"), &v->n_nodes);
    v->unknown = p_of(o, "unknown");
    v->path = nodes_of(a, json_object_get(o, "path"), &v->n_path);
    v->perfect = node_of(a, json_object_get(o, "perfect"));
    v->rival = node_of(a, json_object_get(o, "rival"));
    reasons_of(a, json_object_get(o, "evidence"), v);
    v->n_silent = value_u32(o, "silent");
    v->silence = number_of(o, "silence");
    v->prior = number_of(o, "prior");
    v->others = number_of(o, "others");
    v->odds = number_of(o, "odds");
    v->voted = number_of(o, "voted");
    votes_of(a, o, v);
    wishes_of(a, json_object_get(o, "would_decide"), v);
    v->mss = value_u32(o, "mss");
    v->params = value_text(a, model, "params");
    v->threshold = p_of(model, "threshold");
    return v;
}
