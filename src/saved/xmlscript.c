// SPDX-License-Identifier: Apache-2.0
// Results of scripts in XML: <script> of a port, a host or, before and after, of the whole scan,
// with what they hold as <table> and <elem>. What whorl writes in that form itself (its verdict,
// what stands in between, what was lost) is read in xmlverdict.c, xmlpath.c and xmlloss.c.
#include "saved/xml.h"

static struct arena *arena_of(struct xml *x)
{
    return x->is_in_host ? &x->r->build.host.arena : &x->r->scan_arena;
}

static struct scripts *scripts_of(struct xml *x)
{
    return x->is_in_host ? &x->r->build.scripts : &x->scan_scripts;
}

static void begin_script(struct xml *x, const struct attrs *a)
{
    struct xml_script *s = &x->script;
    struct scripts *all = scripts_of(x);
    const struct span id = attr(a, "id"), output = attr(a, "output");
    s->depth = 0;
    s->is_in = !span_is_absent(id) && !span_starts(id, SPAN("whorl-")) &&
               scripts_have_room(all, id.len + output.len);
    if (!s->is_in)
        return;
    all->n_parts = 0;
    s->now = (struct script){
        .id = arena_copy(arena_of(x), id),
        .output = arena_copy(arena_of(x), output),
        .is_of_port = x->is_in_host && x->service,
    };
    if (s->now.is_of_port) {
        s->now.proto = x->port.proto;
        s->now.port = x->port.number;
    }
}

static void begin_part(struct xml *x, const struct attrs *a, bool is_table)
{
    struct xml_script *s = &x->script;
    const struct span key = attr(a, "key");
    s->is_kept = s->depth < XML_TABLES && scripts_have_room(scripts_of(x), key.len);
    if (s->is_kept) {
        const struct script_part p = {
            (uint8_t)s->depth, is_table, arena_copy(arena_of(x), key), {NULL, 0}};
        scripts_part(scripts_of(x), &p);
    }
    s->depth += is_table;
    x->is_in_text = !is_table;
}

void xml_script_element(struct xml *x, struct span name, const struct attrs *a)
{
    if (span_eq(name, SPAN("script")))
        begin_script(x, a);
    else if (x->script.is_in && span_eq(name, SPAN("table")))
        begin_part(x, a, true);
    else if (x->script.is_in && span_eq(name, SPAN("elem")))
        begin_part(x, a, false);
}

static void end_elem(struct xml *x)
{
    struct scripts *all = scripts_of(x);
    if (!x->script.is_kept || all->n_parts == 0 || all->parts[all->n_parts - 1].is_table ||
        !scripts_have_room(all, x->n_text))
        return;
    all->parts[all->n_parts - 1].text = arena_copy(arena_of(x), span_of(x->text, x->n_text));
    x->script.is_kept = false;
}

void xml_script_close(struct xml *x, struct span name)
{
    struct xml_script *s = &x->script;
    if (!s->is_in)
        return;
    if (span_eq(name, SPAN("elem")))
        end_elem(x);
    else if (span_eq(name, SPAN("table")))
        s->depth -= s->depth > 0;
    if (!span_eq(name, SPAN("script")))
        return;
    scripts_add(scripts_of(x), arena_of(x), &s->now);
    s->is_in = false;
}
