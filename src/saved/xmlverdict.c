// SPDX-License-Identifier: Apache-2.0
// The verdict in XML, as src/report/xmlverdict.c writes it: a host script with elements and tables
// of nodes. What is not in it (reasons) is in its text.
#include "model/verdict.h"
#include "saved/xml.h"

static enum verdict_level level_of(struct span s)
{
    for (int i = 0; i < VERDICT_LEVEL_COUNT; i++)
        if (span_eq(s, span_str(verdict_level_name((enum verdict_level)i))))
            return (enum verdict_level)i;
    return VERDICT_UNKNOWN;
}

static double share_of(struct span s)
{
    uint64_t thousandths = 0;
    (void)word_decimal(s, 3, &thousandths);
    return thousandths < 1000 ? (double)thousandths / 1000 : 1;
}

static void begin_table(struct xml *x, const struct attrs *a)
{
    struct xml_verdict *v = &x->verdict;
    if (v->depth++ == 0) {
        v->is_path = span_eq(attr(a, "key"), SPAN("path"));
        v->n_nodes = 0;
    } else if (v->n_nodes < XML_NODES) {
        v->nodes[v->n_nodes++] = (struct os_node){.level = VERDICT_UNKNOWN};
    }
}

void xml_verdict_element(struct xml *x, struct span name, const struct attrs *a)
{
    struct xml_verdict *v = &x->verdict;
    if (span_eq(name, SPAN("script"))) {
        v->result = NULL;
        v->depth = 0;
        if (!span_eq(attr(a, "id"), SPAN("whorl-verdict")))
            return;
        v->result = arena_alloc(&x->r->build.host.arena, sizeof *v->result);
        v->result->text = attr_copy(&x->r->build.host.arena, a, "output");
    } else if (v->result && span_eq(name, SPAN("table"))) {
        begin_table(x, a);
    } else if (v->result && span_eq(name, SPAN("elem"))) {
        xml_begin_elem(x, a);
    }
}

static void end_elem(struct xml *x)
{
    struct xml_verdict *v = &x->verdict;
    const struct span key = span_of(x->key, x->n_key);
    const struct span text = span_of(x->text, x->n_text);
    struct os_node *node = v->n_nodes > 0 && v->depth > 0 ? &v->nodes[v->n_nodes - 1] : NULL;
    if (v->depth == 0)
        node = &v->result->answer;
    if (span_eq(key, SPAN("unknown")))
        v->result->unknown = share_of(text);
    else if (node && span_eq(key, SPAN("level")))
        node->level = level_of(text);
    else if (node && span_eq(key, SPAN("label")))
        node->label = arena_copy(&x->r->build.host.arena, text);
    else if (node && span_eq(key, SPAN("p")))
        node->p = share_of(text);
}

static void end_table(struct xml *x)
{
    struct xml_verdict *v = &x->verdict;
    if (v->depth == 0 || --v->depth > 0)
        return;
    struct os_node *nodes = arena_array(&x->r->build.host.arena, v->n_nodes, sizeof *nodes);
    if (v->n_nodes > 0)
        memcpy(nodes, v->nodes, v->n_nodes * sizeof *nodes);
    if (v->is_path) {
        v->result->path = nodes;
        v->result->n_path = v->n_nodes;
    } else {
        v->result->nodes = nodes;
        v->result->n_nodes = v->n_nodes;
    }
}

void xml_verdict_close(struct xml *x, struct span name)
{
    struct xml_verdict *v = &x->verdict;
    if (!v->result)
        return;
    if (span_eq(name, SPAN("elem")))
        end_elem(x);
    else if (span_eq(name, SPAN("table")))
        end_table(x);
    if (!span_eq(name, SPAN("script")))
        return;
    x->r->build.os.verdict = v->result;
    v->result = NULL;
}
