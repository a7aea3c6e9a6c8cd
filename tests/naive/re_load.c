// SPDX-License-Identifier: Apache-2.0
#include "naive/re_load.h"

#include <stdio.h>

#include "base/limits.h"

static struct span read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){NULL, 0};
    fseek(f, 0, SEEK_END);
    const long size = ftell(f);
    rewind(f);
    if (size < 0 || size > LIMIT_DB_FILE)
        return (struct span){NULL, 0};
    char *text = arena_alloc(a, (size_t)size);
    const size_t n = fread(text, 1, (size_t)size, f);
    fclose(f);
    return span_of(text, n);
}

static void add_rule(struct re_file *f, struct span line)
{
    struct span rest = line;
    span_cut(&rest, ' ');
    if (rest.len < 3 || rest.ptr[0] != 'm' || f->n_lists == 0)
        return;
    const char delimiter = rest.ptr[1];
    rest = span_from(rest, 2);
    struct re_rule rule = {.regex = span_cut(&rest, delimiter)};
    const struct span flags = rest.ptr ? span_cut(&rest, ' ') : rest;
    rule.is_caseless = span_find(flags, 'i') < flags.len;
    rule.is_dotall = span_find(flags, 's') < flags.len;
    f->rules[f->n++] = rule;
    f->lists[f->n_lists - 1].hi = f->n;
}

static void add_list(struct re_file *f, struct span line)
{
    const struct span proto = span_cut(&line, ' ');
    if (f->n_lists == RE_LISTS)
        return;
    f->lists[f->n_lists++] = (struct re_list){.name = span_cut(&line, ' '),
                                              .is_udp = span_eq(proto, SPAN("UDP")),
                                              .lo = f->n,
                                              .hi = f->n};
}

bool re_load(struct arena *a, const char *path, struct re_file *out)
{
    struct span text = read_file(a, path);
    if (span_is_absent(text))
        return false;
    uint32_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    *out = (struct re_file){.rules = arena_array(a, (size_t)lines + 1, sizeof *out->rules)};
    while (!span_is_absent(text)) {
        struct span rest = span_cut(&text, '\n');
        const struct span word = span_cut(&rest, ' ');
        if (span_eq(word, SPAN("Probe")))
            add_list(out, rest);
        else if (span_eq(word, SPAN("match")) || span_eq(word, SPAN("softmatch")))
            add_rule(out, rest);
        else if (span_eq(word, SPAN("fallback")) && out->n_lists > 0)
            out->lists[out->n_lists - 1].fallback = rest;
    }
    return true;
}

static const struct re_list *named(const struct re_file *f, bool is_udp, struct span name)
{
    for (uint32_t i = 0; i < f->n_lists; i++) {
        if (f->lists[i].is_udp == is_udp && span_eq(f->lists[i].name, name))
            return &f->lists[i];
    }
    return NULL;
}

uint32_t re_chain(const struct re_file *f, bool is_udp, struct span probe,
                  const struct re_list *chain[RE_CHAIN])
{
    uint32_t n = 0;
    const struct re_list *own = named(f, is_udp, probe);
    if (!own)
        return 0;
    chain[n++] = own;
    struct span rest = own->fallback;
    while (!span_is_absent(rest) && n < RE_CHAIN - 1) {
        const struct re_list *l = named(f, is_udp, span_trim(span_cut(&rest, ',')));
        if (l)
            chain[n++] = l;
    }
    const struct re_list *null = is_udp ? NULL : named(f, false, SPAN("NULL"));
    if (null && null != own)
        chain[n++] = null;
    return n;
}
