// SPDX-License-Identifier: Apache-2.0
// The verdict in JSON. Probabilities and nats have three digits.
#include "base/buf.h"
#include "model/verdict.h"
#include "report/record.h"
#include "report/verdict.h"

static void node_keys(struct json *j, const struct os_node *n)
{
    json_put_text(j, "level", span_str(verdict_level_name(n->level)));
    json_put_text(j, "label", n->label);
    json_key(j, "p");
    json_fixed(j, verdict_cut(n->p));
    json_some_bool(j, "open_ended", n->is_open_ended);
}

static void nodes_write(struct json *j, const char *key, const struct os_node *nodes, uint32_t n)
{
    json_key(j, key);
    json_open(j, '[');
    for (uint32_t i = 0; i < n; i++) {
        json_open(j, '{');
        node_keys(j, &nodes[i]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void reason_write(struct json *j, const struct os_reason *r)
{
    json_open(j, '{');
    json_put_text(j, "group", r->group);
    json_put_text(j, "about", r->about);
    json_key(j, "nats");
    json_fixed(j, r->nats);
    json_put_text(j, "state", span_str(verdict_state_name(r->state)));
    if (r->cause != CAUSE_NONE)
        json_put_text(j, "cause", span_str(verdict_cause_name(r->cause)));
    json_close(j, '}');
}

static void number_key(struct json *j, const char *key, double v)
{
    json_key(j, key);
    json_fixed(j, v);
}

static void evidence_keys(struct json *j, const struct os_verdict *v)
{
    json_key(j, "evidence");
    json_open(j, '[');
    for (uint32_t i = 0; i < v->n_reasons; i++)
        reason_write(j, &v->reasons[i]);
    json_close(j, ']');
    json_some_number(j, "silent", v->n_silent);
    if (v->n_silent > 0)
        number_key(j, "silence", v->silence);
    number_key(j, "prior", v->prior);
    number_key(j, "others", v->others);
    number_key(j, "voted", v->voted);
    number_key(j, "odds", v->odds);
    json_some_number(j, "mss", v->mss);
}

static void votes_keys(struct json *j, const struct os_verdict *v)
{
    if (v->n_votes == 0)
        return;
    json_key(j, "votes");
    json_open(j, '[');
    for (uint32_t i = 0; i < v->n_votes; i++) {
        json_open(j, '{');
        json_put_text(j, "layer", v->votes[i].layer);
        json_put_text(j, "label", v->votes[i].label);
        json_some_text(j, "where", v->votes[i].where);
        json_put_text(j, "stance", span_str(vote_stance_name(v->votes[i].stance)));
        json_close(j, '}');
    }
    json_close(j, ']');
    json_some_bool(j, "contradicts", v->contradicts);
    json_some_bool(j, "split", v->is_split);
}

static void wishes_key(struct json *j, const struct os_verdict *v)
{
    if (v->n_wishes == 0)
        return;
    json_key(j, "would_decide");
    json_open(j, '[');
    for (uint32_t i = 0; i < v->n_wishes; i++) {
        json_open(j, '{');
        json_put_text(j, "group", v->wishes[i].group);
        json_put_text(j, "about", v->wishes[i].about);
        json_some_bool(j, "silent", v->wishes[i].is_silent);
        number_key(j, "gain", v->wishes[i].gain);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void record_os_verdict(struct json *j, const struct os_verdict *v)
{
    uint8_t mem[VERDICT_LINE_MAX];
    struct buf text;
    buf_init(&text, mem, sizeof mem);
    verdict_text(&text, v);
    json_key(j, "verdict");
    json_open(j, '{');
    node_keys(j, &v->answer);
    json_put_text(j, "text", buf_span(&text));
    nodes_write(j, "nodes", v->nodes, v->n_nodes);
    number_key(j, "unknown", verdict_cut(v->unknown));
    nodes_write(j, "path", v->path, v->n_path);
    if (!span_is_absent(v->perfect.label)) {
        json_key(j, "perfect");
        json_open(j, '{');
        node_keys(j, &v->perfect);
        json_close(j, '}');
    }
    json_key(j, "rival");
    json_open(j, '{');
    node_keys(j, &v->rival);
    json_close(j, '}');
    evidence_keys(j, v);
    votes_keys(j, v);
    wishes_key(j, v);
    json_key(j, "model");
    json_open(j, '{');
    json_put_text(j, "params", v->params);
    number_key(j, "threshold", v->threshold);
    json_close(j, '}');
    json_close(j, '}');
}
