// SPDX-License-Identifier: Apache-2.0
// Cuts characters into tokens and lines and shows each token to the host context and to the
// block. Separators are blanks, quotes, angle and curly brackets, commas and everything beyond
// ASCII: none of them occurs inside of a fingerprint, and with them the marks of mails, XML and
// JSON fall away. There is no XML parser below: files cut short, several documents in one, and
// control characters, all of them common, would stop one, and all that is wanted of a document
// is two attributes.
#include <string.h>

#include "base/hash.h"
#include "saved/parts.h"

enum { SEEN = 1 << 14 };

struct finder {
    found_fn *call;
    void *ctx;
    uint64_t *seen; // of the last fingerprints with an address, by hash
    struct decoder decoder;
    struct context context;
    struct block block;
    struct six six;
    struct token token; // text in text[]
    uint32_t n_text;
    uint64_t line;
    char before;
    bool has_token; // in this line
    bool has_piece;
    bool has_entry; // a line "Fingerprint ..." of a database came before
    bool is_entry;  // until the next blank line there are expressions, not fingerprints
    bool is_object; // the line begins with a curly bracket
    char text[TOKEN_MAX];
};

static void line_begin(struct finder *f)
{
    f->has_token = f->has_piece = f->is_object = false;
    f->before = '\n';
}

static void input_begin(struct finder *f)
{
    f->context = (struct context){0};
    f->line = 1;
    f->has_entry = f->is_entry = false;
    memset(f->seen, 0, SEEN * sizeof *f->seen);
    line_begin(f);
}

static uint64_t hash_of(const struct found *found)
{
    static const struct hash_key key = {0, 0}; // whoever forges one hides his own fingerprint
    const uint64_t tests = hash_keyed(&key, found->tests);
    uint8_t both[ADDR_MAX + sizeof tests];
    struct buf b;
    buf_init(&b, both, sizeof both);
    buf_bytes(&b, found->addr);
    buf_be32(&b, (uint32_t)(tests >> 32));
    buf_be32(&b, (uint32_t)tests);
    return hash_keyed(&key, buf_span(&b));
}

// JSON lines tell of a fingerprint when it is known and again when the host is finished: the same
// of the same address is told once.
static void tell(void *ctx, const struct found *found)
{
    struct finder *f = ctx;
    if (found->addr.len > 0 && found->addr.len <= ADDR_MAX && !found->damage) {
        const uint64_t hash = hash_of(found);
        uint64_t *place = &f->seen[hash % SEEN];
        if (*place == hash)
            return;
        *place = hash;
    }
    f->call(f->ctx, found);
}

struct finder *finder_new(struct arena *run, found_fn *call, void *ctx)
{
    struct finder *f = arena_alloc(run, sizeof *f);
    f->call = call;
    f->ctx = ctx;
    f->seen = arena_array(run, SEEN, sizeof *f->seen);
    block_init(&f->block, run, tell, f);
    six_init(&f->six, run, tell, f);
    input_begin(f);
    return f;
}

// Entries of databases are no fingerprints: "MatchPoints", or "Fingerprint" and "Class" lines.
static void note_entry(struct finder *f)
{
    const struct token *t = &f->token;
    if (!t->is_first)
        return;
    f->is_entry |= span_eq(t->text, SPAN("MatchPoints"));
    f->is_entry |= f->has_entry && span_eq(t->text, SPAN("Class"));
    f->has_entry = span_eq(t->text, SPAN("Fingerprint"));
}

static void end_token(struct finder *f)
{
    if (f->n_text == 0)
        return;
    f->token.text = span_of(f->text, f->n_text);
    f->n_text = 0;
    note_entry(f);
    if (f->is_entry)
        return;
    if (six_begin(&f->six, &f->token, &f->context)) {
        block_finish(&f->block);
        return;
    }
    if (block_token(&f->block, &f->token, &f->context))
        f->has_piece = true;
    else
        context_token(&f->context, &f->token);
}

static void end_line(struct finder *f)
{
    block_line_end(&f->block, !f->has_token, f->has_piece);
    f->is_entry &= f->has_token;
    context_line_end(&f->context, f->is_object);
    line_begin(f);
}

static bool is_separator(char c)
{
    switch (c) {
    case '"':
    case '\'':
    case '`':
    case '<':
    case '>':
    case '|':
    case ',':
    case ';':
    case '{':
    case '}':
    case '[':
    case ']':
        return true;
    default:
        return (unsigned char)c <= ' ' || (unsigned char)c >= 0x7F;
    }
}

static void add_char(struct finder *f, char c)
{
    if (f->n_text == 0) {
        f->token = (struct token){.line = f->line, .before = f->before, .is_first = !f->has_token};
        f->has_token = true;
    }
    if (f->n_text < TOKEN_MAX)
        f->text[f->n_text++] = c;
    else
        f->token.is_cut = true;
}

static void on_char(void *ctx, char c)
{
    struct finder *f = ctx;
    if (f->six.is_on) {
        six_char(&f->six, c);
        return;
    }
    if (!is_separator(c)) {
        add_char(f, c);
        return;
    }
    end_token(f);
    if (f->six.is_on) {
        six_char(&f->six, c);
        return;
    }
    f->is_object |= c == '{' && f->before == '\n' && !f->has_token;
    f->before = c;
    if (c == '\n')
        end_line(f);
}

void finder_feed(struct finder *f, struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        decode_byte(&f->decoder, bytes.ptr[i], on_char, f);
        f->line += bytes.ptr[i] == '\n';
    }
}

void finder_end(struct finder *f)
{
    decode_end(&f->decoder, on_char, f);
    if (!f->six.is_on)
        end_token(f);
    six_finish(&f->six);
    block_finish(&f->block);
    input_begin(f);
}
