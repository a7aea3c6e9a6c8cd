// SPDX-License-Identifier: Apache-2.0
// Findings in XML, as src/report/xmlpath.c writes them: lines of the output, and behind them a
// table with the kind and the ports of each.
#include "model/host.h"
#include "saved/xml.h"

static void begin(struct xml *x, const struct attrs *a)
{
    struct xml_path *p = &x->path;
    struct span rest = attr_copy(&x->r->build.host.arena, a, "output");
    p->n = p->at = 0;
    while (!span_is_absent(rest) && p->n < LIMIT_FINDINGS)
        p->finding[p->n++] = (struct finding){.text = span_cut(&rest, '\n')};
}

void xml_path_element(struct xml *x, struct span name, const struct attrs *a)
{
    struct xml_path *p = &x->path;
    if (span_eq(name, SPAN("script"))) {
        p->is_in = span_eq(attr(a, "id"), SPAN("whorl-path"));
        if (p->is_in)
            begin(x, a);
    } else if (p->is_in && span_eq(name, SPAN("table"))) {
        p->at++;
    } else if (p->is_in && span_eq(name, SPAN("elem"))) {
        xml_begin_elem(x, a);
    }
}

static void end_elem(struct xml *x)
{
    struct xml_path *p = &x->path;
    const struct span key = span_of(x->key, x->n_key);
    const struct span text = span_of(x->text, x->n_text);
    if (p->at == 0 || p->at > p->n)
        return;
    struct finding *f = &p->finding[p->at - 1];
    if (span_eq(key, SPAN("ports")))
        f->ports = arena_copy(&x->r->build.host.arena, text);
    for (int i = 0; span_eq(key, SPAN("kind")) && i < FINDING_KINDS; i++)
        if (span_eq(text, span_str(finding_name((enum finding_kind)i))))
            f->kind = (enum finding_kind)i;
}

void xml_path_close(struct xml *x, struct span name)
{
    struct xml_path *p = &x->path;
    struct host *h = &x->r->build.host;
    if (!p->is_in)
        return;
    if (span_eq(name, SPAN("elem")))
        end_elem(x);
    if (!span_eq(name, SPAN("script")))
        return;
    struct finding *f = arena_array(&h->arena, p->n, sizeof *f);
    for (uint32_t i = 0; i < p->n; i++)
        f[i] = p->finding[i];
    h->findings = f;
    h->n_findings = p->n;
    p->is_in = false;
}

void xml_path_remark(struct xml *x, const struct attrs *a)
{
    if (!span_eq(attr(a, "id"), SPAN("whorl-path")))
        return;
    struct record told = {.kind = RECORD_NOTE, .text = attr(a, "output")};
    records_tell(x->r, &told);
}
