// SPDX-License-Identifier: Apache-2.0
// Gathers one fingerprint from the pieces that tokens bring (os-detection spec 4.1 to 4.5):
//   wrapped   "OS:" and a piece that may be cut anywhere; whatever stands before "OS:" (quoting
//             marks, the head of a log line) does not matter
//   plain     one or more whole test lines
// A line that was broken once more on its way is taken up if the piece before it is incomplete.
// Tests come in a fixed order, so a smaller one begins another fingerprint, as "SCAN(" does.
// A damaged block swallows its pieces until it ends, so that it is told once.
#include "base/text.h"
#include "saved/parts.h"

enum { ORDER_NONE = -1, ORDER_SCAN = 0 };

static const struct span names[] = {
    {"SCAN", 4}, {"SEQ", 3}, {"TSeq", 4}, {"OPS", 3}, {"WIN", 3}, {"ECN", 3}, {"T1", 2}, {"T2", 2},
    {"T3", 2},   {"T4", 2},  {"T5", 2},   {"T6", 2},  {"T7", 2},  {"U1", 2},  {"IE", 2}, {"PU", 2},
};

// IE is the last one of the second generation, PU of the first.
enum { N_NAMES = sizeof names / sizeof names[0], ORDER_LAST = N_NAMES - 2 };

static bool is_alnum(char c)
{
    return text_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int order_of(struct span name)
{
    for (int i = 0; i < N_NAMES; i++)
        if (span_eq(names[i], name))
            return i;
    return ORDER_NONE;
}

// s is the beginning of a name, or begins with one.
static bool may_be_name(struct span s)
{
    for (int i = 0; i < N_NAMES; i++)
        if (span_starts(names[i], span_head(s, names[i].len)))
            return true;
    return false;
}

// "SEQ(SP=", "SEQ()", and "SCAN(V" even if it is cut short there.
static bool begins_test(struct span s)
{
    const size_t open = span_find(span_head(s, TEST_NAME_MAX + 1), '(');
    const int order = order_of(span_head(s, open));
    if (order == ORDER_NONE || open == s.len)
        return false;
    size_t i = open + 1;
    while (i < s.len && is_alnum(s.ptr[i]))
        i++;
    if (i == s.len)
        return order == ORDER_SCAN && open + 1 < s.len && s.ptr[open + 1] == 'V';
    return s.ptr[i] == '=' ? i > open + 1 : s.ptr[i] == ')' && i == open + 1;
}

// "T9(R=" has the form of a test, though its name is none.
static bool looks_like_test(struct span s)
{
    const size_t open = span_find(span_head(s, TEST_NAME_MAX + 1), '(');
    size_t i = open + 1;
    if (open < 2 || open == span_head(s, TEST_NAME_MAX + 1).len)
        return false;
    while (i < s.len && is_alnum(s.ptr[i]))
        i++;
    return i < s.len && s.ptr[i] == '=' && s.ptr[s.len - 1] == ')';
}

// What of the token belongs to a fingerprint, in *out.
static enum piece find_piece(struct span s, struct span *out)
{
    for (size_t i = 0; i + 2 < s.len; i++) {
        if (i > 0 && is_alnum(s.ptr[i - 1]))
            continue;
        *out = span_from(s, i);
        if (span_starts(*out, SPAN("OS:")) && out->len > 3) {
            *out = span_from(*out, 3);
            return PIECE_WRAPPED;
        }
        if (begins_test(*out))
            return PIECE_PLAIN;
    }
    *out = s;
    return looks_like_test(s) ? PIECE_PLAIN : PIECE_NONE;
}

void block_init(struct block *b, struct arena *run, found_fn *call, void *ctx)
{
    *b = (struct block){.call = call, .ctx = ctx, .order = ORDER_NONE};
    b->lines = arena_array(run, SAVED_LINES_MAX, sizeof *b->lines);
    buf_init(&b->text, arena_alloc(run, BLOCK_MAX), BLOCK_MAX);
}

static void reset(struct block *b)
{
    buf_init(&b->text, b->text.start, BLOCK_MAX);
    b->is_open = b->is_wrapped = b->is_inside = b->has_scan = false;
    b->order = ORDER_NONE;
    b->n_name = b->n_lines = b->n_token = 0;
    b->scan_len = b->whole_len = 0;
    b->damage = NULL;
}

static void begin(struct block *b, bool is_wrapped, uint64_t line, const struct context *host)
{
    b->is_open = true;
    b->is_wrapped = is_wrapped;
    b->line = b->last_line = line;
    b->host = *host;
}

static void harm(struct block *b, const char *what, struct span token)
{
    if (b->damage)
        return;
    const struct span cut = span_head(token, sizeof b->token);
    b->damage = what;
    b->damage_line = b->last_line;
    b->n_token = (uint32_t)cut.len;
    if (cut.len > 0)
        memcpy(b->token, cut.ptr, cut.len);
}

static struct span view(const char *text, uint32_t n)
{
    return n > 0 ? span_of(text, n) : (struct span){NULL, 0};
}

// Where the test lines begin.
static size_t tests_at(const struct block *b)
{
    return b->scan_len > 0 ? b->scan_len + 1 : 0;
}

static void hand_over(struct block *b)
{
    const struct span text = buf_span(&b->text);
    const size_t tests = tests_at(b);
    const struct found f = {
        .line = b->line,
        .name = view(b->host.name, b->host.n_name),
        .addr = view(b->host.addr, b->host.n_addr),
        .scan = view(text.ptr, (uint32_t)b->scan_len),
        .tests = span_from(span_head(text, b->whole_len), tests),
        .n_tests = b->n_lines,
        .lines = b->lines,
        .damage = b->damage,
        .damage_line = b->damage_line,
        .token = view(b->token, b->n_token),
    };
    b->call(b->ctx, &f);
}

void block_finish(struct block *b)
{
    if (!b->is_open)
        return;
    if (b->is_inside || b->n_name > 0)
        harm(b, "the end of this fingerprint is missing", SPAN(""));
    else if (b->n_lines == 0)
        harm(b, "a SCAN line without test lines", SPAN(""));
    if (b->has_scan || b->is_wrapped || b->n_lines >= TESTS_LEAST)
        hand_over(b);
    reset(b);
}

static void begin_line(struct block *b)
{
    const struct span name = span_of(b->name, b->n_name);
    const int order = order_of(name);
    if (order == ORDER_NONE) {
        harm(b, "unknown test", name);
        return;
    }
    b->n_name = 0;
    if (order < b->order || (order == ORDER_SCAN && b->has_scan)) {
        const struct context host = b->host;
        const bool is_wrapped = b->is_wrapped;
        const uint64_t line = b->last_line;
        block_finish(b);
        begin(b, is_wrapped, line, &host);
    }
    b->order = order;
    b->is_inside = true;
    b->has_scan |= order == ORDER_SCAN;
    buf_bytes(&b->text, names[order]);
    buf_char(&b->text, '(');
}

static void end_line(struct block *b)
{
    const size_t len = buf_len(&b->text);
    b->is_inside = false;
    buf_char(&b->text, '\n');
    b->whole_len = len + 1;
    if (b->order == ORDER_SCAN) {
        b->scan_len = len;
        return;
    }
    if (b->text.full || b->n_lines == SAVED_LINES_MAX || len - tests_at(b) >= LIMIT_SUBJECT)
        harm(b, "longer than a fingerprint can be", SPAN(""));
    else
        b->lines[b->n_lines++] = b->last_line;
}

// False: what follows in this token is not ours. is_head: the name stands first in its token.
static bool add_name(struct block *b, char c, bool is_head)
{
    b->name[b->n_name++] = c;
    const struct span name = span_of(b->name, b->n_name);
    if (b->n_name <= TEST_NAME_MAX && may_be_name(name))
        return true;
    b->n_name = 0;
    if (b->is_wrapped || is_head)
        harm(b, "unknown test", name);
    return false;
}

static bool add_char(struct block *b, char c, bool is_head)
{
    if (!b->is_inside && c != '(')
        return add_name(b, c, is_head);
    if (!b->is_inside) {
        begin_line(b);
        return !b->damage;
    }
    if (c == '(') {
        harm(b, "a piece of this fingerprint is missing", SPAN(""));
        return false;
    }
    buf_char(&b->text, c);
    if (c == ')')
        end_line(b);
    else if (b->text.full)
        harm(b, "longer than a fingerprint can be", SPAN(""));
    return !b->damage;
}

static bool append(struct block *b, struct span s, const struct token *t)
{
    b->last_line = t->line;
    for (size_t i = 0; i < s.len && !b->damage; i++)
        if (!add_char(b, s.ptr[i], i < TEST_NAME_MAX))
            break;
    if (t->is_cut)
        harm(b, "longer than a fingerprint can be", SPAN(""));
    return true;
}

static bool is_incomplete(const struct block *b)
{
    return b->is_open && !b->damage && (b->is_inside || b->n_name > 0);
}

// The rest of a line that was broken on the way: the first word of its line, and like no word.
static bool is_rest(const struct block *b, const struct token *t)
{
    bool has_mark = false;
    if (!is_incomplete(b) || !t->is_first)
        return false;
    for (size_t i = 0; i < t->text.len; i++) {
        const char c = t->text.ptr[i];
        has_mark |= c == '%' || c == '=' || c == '(' || c == ')';
        if (!is_alnum(c) && !memchr("%=()+/._-", c, 9))
            return false;
    }
    return has_mark;
}

// "%DC=D%G=Y" cannot be a beginning, but is no other text either.
static bool is_middle(struct span s)
{
    return span_find(s, '%') < s.len && span_find(s, '=') < s.len;
}

static bool take_wrapped(struct block *b, struct span s, const struct token *t,
                         const struct context *host)
{
    const bool is_start = begins_test(s);
    if (span_starts(s, SPAN("SCAN(")) || !b->is_wrapped)
        block_finish(b);
    if (b->is_open)
        return is_incomplete(b) || b->damage || may_be_name(s) ? append(b, s, t) : false;
    if (!is_start && !is_middle(s))
        return false;
    begin(b, true, t->line, host);
    if (!is_start)
        harm(b, "the beginning of this fingerprint is missing", SPAN(""));
    return append(b, s, t);
}

static bool take_plain(struct block *b, struct span s, const struct token *t,
                       const struct context *host)
{
    if (s.len < t->text.len && is_rest(b, t))
        return append(b, t->text, t);
    if (!begins_test(s))
        return b->is_open && !b->is_wrapped ? append(b, s, t) : false;
    if (is_incomplete(b) || b->is_wrapped || span_starts(s, SPAN("SCAN(")))
        block_finish(b);
    if (!b->is_open)
        begin(b, false, t->line, host);
    return append(b, s, t);
}

bool block_token(struct block *b, const struct token *t, const struct context *host)
{
    struct span s;
    switch (find_piece(t->text, &s)) {
    case PIECE_WRAPPED:
        return take_wrapped(b, s, t, host);
    case PIECE_PLAIN:
        return take_plain(b, s, t, host);
    case PIECE_NONE:
        return is_rest(b, t) ? append(b, t->text, t) : false;
    }
    return false;
}

void block_line_end(struct block *b, bool is_blank, bool has_piece)
{
    const bool is_whole = !b->is_inside && b->n_name == 0 && b->order >= ORDER_LAST;
    if (is_blank ? is_whole : !has_piece)
        block_finish(b);
}
