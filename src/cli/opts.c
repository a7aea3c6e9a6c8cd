// SPDX-License-Identifier: Apache-2.0
// Long options take one dash or two and any unambiguous beginning; values follow "=" or stand in
// the next argument. Short ones take their value attached or next; counters may repeat (-vv) or
// carry a number (-v3). What is no option is a target, and what follows "--".
#include "cli/opts.h"

#include "base/text.h"
#include "report/writer.h"

struct args {
    const struct opt_table *table;
    int argc;
    char **argv;
    int at;
    bool is_over; // of options: "--" was there
    struct err_at *err;
};

void opts_init(struct opts *o, const struct opt_table *table)
{
    *o = (struct opts){.table = table,
                       .timing = 3,
                       .max_tries = 5,
                       .intensity = 7,
                       .tcp_scan = -1,
                       .progress_fd = -1,
                       .scan_flags = -1,
                       .port_ratio = -1,
                       .packet = {.ttl = -1},
                       .pace = {.max_retries = -1}};
}

static enum err fail(struct args *a, struct span option, enum err code, const char *what)
{
    return err_set(a->err, code, what, option);
}

static void *field(struct opts *o, const struct opt *k)
{
    return (char *)o + k->offset;
}

static enum err parse_count(struct args *a, int *out, char letter, struct span attached)
{
    uint64_t n;
    struct span rest = attached;
    if (attached.len == 0) {
        ++*out;
        return ERR_OK;
    }
    if (text_dec(attached, 10, &n)) {
        *out = (int)n;
        return ERR_OK;
    }
    ++*out;
    while (rest.len > 0 && rest.ptr[0] == letter) {
        ++*out;
        rest = span_from(rest, 1);
    }
    return rest.len == 0 ? ERR_OK : fail(a, attached, ERR_SYNTAX, "unknown option");
}

static enum err take(struct args *a, struct opts *o, const struct opt *k, struct span value)
{
    switch (k->kind) {
    case OPT_FLAG:
        *(bool *)field(o, k) = true;
        return ERR_OK;
    case OPT_COUNT:
        return parse_count(a, field(o, k), k->letters[0], value);
    case OPT_SPAN:
        *(struct span *)field(o, k) = value;
        return ERR_OK;
    case OPT_CUSTOM:
    case OPT_GROUP:
        return k->parse(o, value, a->err);
    }
    return ERR_OK;
}

static bool next_value(struct args *a, struct span *value)
{
    if (a->at + 1 >= a->argc)
        return false;
    *value = span_str(a->argv[++a->at]);
    return true;
}

// The table entry for a long name: an exact one, or the only one that begins so.
static const struct opt *find_long(const struct opt_table *table, struct span name,
                                   bool *is_ambiguous)
{
    const struct opt *found = NULL;
    *is_ambiguous = false;
    for (size_t i = 0; i < table->n; i++) {
        const struct span have = span_str(table->opts[i].name);
        if (!have.ptr || name.len == 0 || !span_starts(have, name))
            continue;
        if (have.len == name.len)
            return &table->opts[i];
        *is_ambiguous = found != NULL;
        found = &table->opts[i];
    }
    return *is_ambiguous ? NULL : found;
}

static enum err parse_long(struct args *a, struct opts *o, struct span arg, struct span body)
{
    bool is_ambiguous;
    struct span value = body;
    const bool has_value = span_find(body, '=') < body.len;
    const struct span name = span_cut(&value, '=');
    const struct opt *k = find_long(a->table, name, &is_ambiguous);
    if (!k)
        return fail(a, arg, ERR_SYNTAX,
                    is_ambiguous ? "this beginning fits several options" : "unknown option");
    if (has_value && !k->takes_value && !k->is_value_optional)
        return fail(a, arg, ERR_SYNTAX, "this option takes no value");
    if (!has_value)
        value = SPAN("");
    if (k->takes_value && !has_value && !next_value(a, &value))
        return fail(a, arg, ERR_SYNTAX, "the value is missing");
    return take(a, o, k, value);
}

// With one dash a single letter is never the beginning of a long name: -f is not --fuzzy.
static const struct opt *find_long_of_one_dash(const struct opt_table *table, struct span name)
{
    bool is_ambiguous;
    return name.len > 1 ? find_long(table, name, &is_ambiguous) : NULL;
}

// The entry with the longest letters that the argument begins with.
static const struct opt *find_short(const struct opt_table *table, struct span body)
{
    const struct opt *found = NULL;
    size_t best = 0;
    for (size_t i = 0; i < table->n; i++) {
        const struct span letters = span_str(table->opts[i].letters);
        if (!letters.ptr || letters.len <= best || !span_starts(body, letters))
            continue;
        found = &table->opts[i];
        best = letters.len;
    }
    return found;
}

static enum err parse_short(struct args *a, struct opts *o, struct span arg, struct span body)
{
    const struct opt *k = find_short(a->table, body);
    struct span name = body;
    const struct span head = span_cut(&name, '=');
    const struct opt *with_long = find_long_of_one_dash(a->table, head);
    const bool is_exact = with_long && strlen(with_long->name) == head.len;
    const size_t n_letters = !k ? body.len : k->kind == OPT_GROUP ? 1 : strlen(k->letters);
    struct span value = span_from(body, n_letters);
    const bool has_rest = value.len > 0;
    const bool takes_rest = k && (k->takes_value || k->is_value_optional);
    if (is_exact || (with_long && (!k || (has_rest && !takes_rest))))
        return parse_long(a, o, arg, body);
    if (!k || (has_rest && !takes_rest))
        return fail(a, arg, ERR_SYNTAX, "unknown option");
    if (k->takes_value && !has_rest && !next_value(a, &value))
        return fail(a, arg, ERR_SYNTAX, "the value is missing");
    return take(a, o, k, value);
}

static enum err parse_one(struct args *a, struct opts *o)
{
    const struct span arg = span_str(a->argv[a->at]);
    if (a->is_over || arg.len < 2 || arg.ptr[0] != '-') {
        o->targets[o->n_targets++] = arg;
        return ERR_OK;
    }
    a->is_over = arg.len == 2 && arg.ptr[1] == '-';
    if (a->is_over)
        return ERR_OK;
    if (span_starts(arg, SPAN("--")))
        return parse_long(a, o, arg, span_from(arg, 2));
    return parse_short(a, o, arg, span_from(arg, 1));
}

enum err opts_parse(struct opts *o, struct arena *run, int argc, char **argv, struct err_at *at)
{
    struct args a = {.table = o->table, .argc = argc, .argv = argv, .at = 1, .err = at};
    *at = (struct err_at){0};
    o->targets = arena_array(run, (size_t)argc, sizeof *o->targets);
    for (; a.at < argc; a.at++) {
        const int option = a.at;
        const enum err e = parse_one(&a, o);
        if (e != ERR_OK) {
            at->line = (uint32_t)option; // which argument
            return e;
        }
    }
    return ERR_OK;
}

static void help_line(struct writer *w, const struct opt *k)
{
    char text[40];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "  ");
    if (k->letters) {
        buf_char(&b, '-');
        buf_str(&b, k->letters);
    }
    if (k->letters && k->name)
        buf_str(&b, ", ");
    if (k->name) {
        buf_str(&b, "--");
        buf_str(&b, k->name);
    }
    if (k->takes_value) {
        buf_str(&b, " <");
        buf_str(&b, k->value_name);
        buf_char(&b, '>');
    }
    while (buf_len(&b) < 26)
        buf_char(&b, ' ');
    writer_bytes(w, buf_span(&b));
    writer_str(w, " ");
    writer_str(w, k->help);
    writer_str(w, "\n");
}

void opts_help(struct writer *w, const struct opt_table *table)
{
    writer_str(w, table->head);
    for (size_t i = 0; i < table->n; i++) {
        const struct opt *k = &table->opts[i];
        if (k->section) {
            writer_str(w, k->section);
            writer_str(w, ":\n");
        }
        if (k->help)
            help_line(w, k);
    }
    writer_str(w, table->tail);
}
