// SPDX-License-Identifier: Apache-2.0
// A command line as the reports print it (output spec 2.1), cut into arguments again.
#include "base/buf.h"
#include "base/text.h"
#include "saved/xml.h"

// One argument from the beginning of *rest, without the quotes.
static struct span take_word(struct arena *a, struct span *rest)
{
    struct buf b;
    bool is_quoted = false;
    size_t i = 0;
    buf_init(&b, arena_alloc(a, rest->len + 1), rest->len);
    for (; i < rest->len; i++) {
        const char c = rest->ptr[i];
        if (c == '"')
            is_quoted = !is_quoted;
        else if (c == '\\' && is_quoted && i + 1 < rest->len)
            buf_char(&b, rest->ptr[++i]);
        else if (c == ' ' && !is_quoted)
            break;
        else
            buf_char(&b, c);
    }
    *rest = span_from(*rest, i + 1);
    return buf_span(&b);
}

static size_t count_words(struct span command)
{
    size_t n = 1;
    for (size_t i = 0; i < command.len; i++)
        n += command.ptr[i] == ' ';
    return n;
}

uint32_t saved_arguments(struct arena *a, struct span command, struct span **out)
{
    struct span *list = arena_array(a, count_words(command), sizeof *list);
    uint32_t n = 0;
    while (command.len > 0) {
        if (command.ptr[0] == ' ')
            command = span_from(command, 1);
        else
            list[n++] = arena_copy(a, take_word(a, &command));
    }
    *out = list;
    return n;
}

static bool has_letter(struct span arg, char letter)
{
    return span_find(arg, letter) < arg.len;
}

static void flag_of(struct span arg, struct scan *scan)
{
    const bool is_all = span_eq(arg, SPAN("-A"));
    const bool is_scans = span_starts(arg, SPAN("-s")) && !span_starts(arg, SPAN("-sc"));
    uint64_t v;
    struct span value = arg;
    (void)span_cut(&value, '=');
    while (span_starts(arg, SPAN("--")))
        arg = span_from(arg, 1);
    scan->does_os |= is_all || span_eq(arg, SPAN("-O")) || span_eq(arg, SPAN("-O2"));
    scan->does_services |= is_all || (is_scans && arg.len < 6 && has_letter(arg, 'V'));
    scan->lists_only |= is_scans && arg.len < 6 && has_letter(arg, 'L');
    scan->show_reasons |= span_eq(arg, SPAN("-reason"));
    scan->open_only |= span_eq(arg, SPAN("-open"));
    scan->os_guess |= span_eq(arg, SPAN("-osscan-guess")) || span_eq(arg, SPAN("-fuzzy"));
    if (span_starts(arg, SPAN("-version-intensity=")) && text_dec(value, 9, &v))
        scan->version_intensity = (uint32_t)v;
}

void command_flags(struct scan *scan)
{
    scan->version_intensity = 7;
    for (uint32_t i = 1; i < scan->n_arguments && !span_eq(scan->arguments[i], SPAN("--")); i++)
        flag_of(scan->arguments[i], scan);
}
