// SPDX-License-Identifier: Apache-2.0
// What the port scans of a host lost in XML, as src/report/certainty.c writes it: a table of
// numbers for each scan. The text of the script says the same.
#include "model/host.h"
#include "saved/xml.h"

static void begin_table(struct xml *x)
{
    struct xml_loss *l = &x->loss;
    l->has_room = l->n < HOST_SCANS_MAX;
    l->n += l->has_room;
    if (l->has_room)
        l->scan[l->n - 1] = (struct scan_loss){.proto = PROTO_TCP};
}

void xml_loss_element(struct xml *x, struct span name, const struct attrs *a)
{
    struct xml_loss *l = &x->loss;
    if (span_eq(name, SPAN("script"))) {
        l->is_in = span_eq(attr(a, "id"), SPAN("whorl-certainty"));
        l->has_room = false;
        l->n = 0;
    } else if (l->is_in && span_eq(name, SPAN("table"))) {
        begin_table(x);
    } else if (l->is_in && span_eq(name, SPAN("elem"))) {
        xml_begin_elem(x, a);
    }
}

static void end_elem(struct xml *x)
{
    struct xml_loss *l = &x->loss;
    const struct span key = span_of(x->key, x->n_key);
    const struct span text = span_of(x->text, x->n_text);
    struct scan_loss *s = &l->scan[l->n - 1];
    uint64_t v = 0;
    uint8_t proto;
    if (span_eq(key, SPAN("protocol")) && word_proto(text, &proto))
        s->proto = (enum proto)proto;
    if (!word_decimal(text, 0, &v))
        return;
    const uint32_t few = v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
    if (span_eq(key, SPAN("asked")))
        s->n_asked = v;
    else if (span_eq(key, SPAN("lost")))
        s->n_lost = v;
    else if (span_eq(key, SPAN("ports")))
        s->n_ports = few;
    else if (span_eq(key, SPAN("uncertain")))
        s->n_uncertain = few;
}

void xml_loss_close(struct xml *x, struct span name)
{
    struct xml_loss *l = &x->loss;
    struct host *h = &x->r->build.host;
    if (!l->is_in)
        return;
    if (l->has_room && span_eq(name, SPAN("elem")))
        end_elem(x);
    if (span_eq(name, SPAN("table")))
        l->has_room = false;
    if (!span_eq(name, SPAN("script")))
        return;
    memcpy(h->losses, l->scan, l->n * sizeof *l->scan);
    h->n_losses = l->n;
    l->is_in = false;
}
