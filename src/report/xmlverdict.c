// SPDX-License-Identifier: Apache-2.0
// The verdict in XML: as the result of a host script, for the format lets nothing else be added
// that its readers keep (output spec 4.8). They show and compare it like any other.
#include "base/buf.h"
#include "model/verdict.h"
#include "report/verdict.h"
#include "report/xml.h"
#include "report/xmltext.h"

static void line_write(struct writer *w, const char *key, struct span text)
{
    xml_elem(w, key, text);
    if (!span_is_absent(text))
        writer_line(w, "");
}

static void share_write(struct writer *w, const char *key, double p)
{
    uint8_t mem[16];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_fixed(&b, verdict_cut(p), 3);
    line_write(w, key, buf_span(&b));
}

static void node_write(struct writer *w, const struct os_node *n)
{
    line_write(w, "level", span_str(verdict_level_name(n->level)));
    line_write(w, "label", n->label);
    share_write(w, "p", n->p);
}

static void nodes_write(struct writer *w, const char *key, const struct os_node *nodes, uint32_t n)
{
    if (n == 0)
        return;
    writer_str(w, "<table");
    xml_put(w, "key", span_str(key));
    writer_line(w, ">");
    for (uint32_t i = 0; i < n; i++) {
        writer_line(w, "<table>");
        node_write(w, &nodes[i]);
        writer_line(w, "</table>");
    }
    writer_line(w, "</table>");
}

void xml_verdict_write(struct writer *w, const struct os_verdict *v)
{
    uint8_t mem[VERDICT_LINE_MAX];
    struct buf text;
    buf_init(&text, mem, sizeof mem);
    verdict_text(&text, v);
    writer_str(w, "<script id=\"whorl-verdict\"");
    xml_put(w, "output", buf_span(&text));
    writer_line(w, ">");
    node_write(w, &v->answer);
    nodes_write(w, "nodes", v->nodes, v->n_nodes);
    nodes_write(w, "path", v->path, v->n_path);
    share_write(w, "unknown", v->unknown);
    writer_str(w, "</script>");
}
