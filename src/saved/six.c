// SPDX-License-Identifier: Apache-2.0
// Gathers one IPv6 fingerprint (os-ipv6 spec 1.3). Its packets hold what separates tokens
// elsewhere, so from its SCAN item on it takes the characters themselves: wrapped lines from their
// "OS:" on, others whole, until the EXTRA item, a quotation mark, or a line that is none of it.
// JSON lines have the items without SCAN.
#include "saved/parts.h"

static const struct span mark = {"OS:", 3};
enum { ITEM_NAME_MAX = 4 }; // TECN

static const struct span last_item = {"EXTRA(", 6};

static bool contains(struct span s, struct span part)
{
    for (size_t i = 0; i + part.len <= s.len; i++)
        if (span_starts(span_from(s, i), part))
            return true;
    return false;
}

void six_init(struct six *x, struct arena *run, found_fn *call, void *ctx)
{
    *x = (struct six){.call = call, .ctx = ctx};
    buf_init(&x->text, arena_alloc(run, SIX_MAX), SIX_MAX);
}

// "S1(P=6": a name in capitals and digits, a packet that begins with an IPv6 header.
static bool is_item(struct span s)
{
    size_t n = 0;
    while (n < s.len && ((s.ptr[n] >= 'A' && s.ptr[n] <= 'Z') || (n > 0 && s.ptr[n] < 'A')) &&
           s.ptr[n] != '(')
        n++;
    return n >= 2 && n <= ITEM_NAME_MAX &&
           (span_starts(span_from(s, n), SPAN("(P=6")) || span_starts(s, SPAN("N6(")));
}

bool six_begin(struct six *x, const struct token *t, const struct context *host)
{
    struct span s = t->text;
    const bool has_scan = !is_item(s);
    while (has_scan && s.len > 0 && !span_starts(s, SPAN("SCAN(V=")))
        s = span_from(s, 1);
    if (has_scan && !contains(span_head(s, span_find(s, ')')), SPAN("%E=6%")))
        return false;
    const size_t before = t->text.len - s.len;
    buf_init(&x->text, x->text.start, SIX_MAX);
    buf_bytes(&x->text, s);
    x->is_on = true;
    x->is_wrapped = before >= mark.len && span_starts(span_from(t->text, before - mark.len), mark);
    x->line = t->line;
    x->is_line_start = false;
    x->host = *host;
    return true;
}

static struct span view(const char *text, uint32_t n)
{
    return n > 0 ? span_of(text, n) : (struct span){NULL, 0};
}

void six_finish(struct six *x)
{
    const struct span text = buf_span(&x->text);
    const bool has_scan = span_starts(text, SPAN("SCAN("));
    const size_t scan = has_scan ? span_find(text, ')') + 1 : 0;
    const bool is_whole =
        text.len > 0 && text.ptr[text.len - 1] == ')' && contains(text, last_item);
    if (!x->is_on)
        return;
    x->is_on = false;
    const struct found f = {
        .is_six = true,
        .line = x->line,
        .name = view(x->host.name, x->host.n_name),
        .addr = view(x->host.addr, x->host.n_addr),
        .scan = has_scan ? span_head(text, scan) : (struct span){NULL, 0},
        .tests = span_from(text, scan),
        .damage = x->text.full ? "longer than a fingerprint can be"
                  : is_whole   ? NULL
                               : "the end of this fingerprint is missing",
        .damage_line = x->line,
    };
    x->call(x->ctx, &f);
}

// The beginning of a wrapped line, up to its mark.
static void take_prefix(struct six *x, char c)
{
    if (c == '\n' || x->n_prefix == SIX_PREFIX) {
        six_finish(x);
        return;
    }
    x->prefix[x->n_prefix++] = c;
    const struct span s = span_of(x->prefix, x->n_prefix);
    if (s.len >= mark.len && span_starts(span_from(s, s.len - mark.len), mark))
        x->is_line_start = false;
}

void six_char(struct six *x, char c)
{
    if (x->is_line_start && x->is_wrapped) {
        take_prefix(x, c);
        return;
    }
    if (c == '\n') {
        if (x->is_line_start) // a blank line
            six_finish(x);
        x->is_line_start = true;
        x->n_prefix = 0;
        return;
    }
    x->is_line_start = false;
    if (c == '"' || c == '<') {
        six_finish(x);
        return;
    }
    if ((unsigned char)c > ' ')
        buf_char(&x->text, c);
    const struct span text = buf_span(&x->text);
    const size_t tail = last_item.len + 6; // EXTRA(FL=12345)
    if (c == ')' && text.len > tail && contains(span_from(text, text.len - tail - 3), last_item))
        six_finish(x);
}
