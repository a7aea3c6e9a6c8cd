// SPDX-License-Identifier: Apache-2.0
// The escapes in which fingerprints travel: character references of XML and HTML, backslash
// escapes of JSON. What is no escape comes out as it is, so plain text loses nothing. Only ASCII
// matters; other characters come out as blanks.
#include "base/text.h"
#include "saved/parts.h"

struct entity {
    struct span name;
    char c;
};

static const struct entity entities[] = {
    {{"quot", 4}, '"'}, {{"apos", 4}, '\''}, {{"lt", 2}, '<'},
    {{"gt", 2}, '>'},   {{"amp", 2}, '&'},   {{"nbsp", 4}, ' '},
};

static char ascii(uint64_t code)
{
    return code > 0 && code < 0x7F ? (char)code : ' ';
}

// The character of a name between "&" and ";", 0 if it is none.
static char entity_of(struct span name)
{
    uint64_t code;
    if (span_starts(name, SPAN("#x")) || span_starts(name, SPAN("#X")))
        return text_hex(span_from(name, 2), &code) ? ascii(code) : 0;
    if (span_starts(name, SPAN("#")))
        return text_dec(span_from(name, 1), UINT32_MAX, &code) ? ascii(code) : 0;
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
        if (span_eq(entities[i].name, name))
            return entities[i].c;
    return 0;
}

// Emits what is pending as it stands.
static void give_up(struct decoder *d, decode_fn *emit, void *ctx)
{
    const uint32_t n = d->n_pending;
    d->n_pending = 0;
    for (uint32_t i = 0; i < n; i++)
        emit(ctx, d->pending[i]);
}

static void resolve(struct decoder *d, char c, decode_fn *emit, void *ctx)
{
    d->n_pending = 0;
    emit(ctx, c);
}

static bool fits_entity(char c)
{
    return text_is_digit(c) || c == '#' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Each of these is called with the new byte in place; false: it does not belong to the escape.
static bool add_to_entity(struct decoder *d, char byte, decode_fn *emit, void *ctx)
{
    if (byte == ';') {
        const char c = entity_of(span_of(d->pending + 1, d->n_pending - 1));
        if (c == 0)
            return false;
        resolve(d, c, emit, ctx);
        return true;
    }
    if (!fits_entity(byte) || d->n_pending == PENDING_MAX)
        return false;
    d->pending[d->n_pending++] = byte;
    return true;
}

static bool add_to_backslash(struct decoder *d, char byte, decode_fn *emit, void *ctx)
{
    static const char plain[] = "n\nr\rt\t\"\"//b f ";
    uint64_t code;
    if (d->n_pending == 1 && byte != 'u') {
        for (size_t i = 0; i + 1 < sizeof plain; i += 2) {
            if (plain[i] == byte) {
                resolve(d, plain[i + 1], emit, ctx);
                return true;
            }
        }
        return false;
    }
    if (d->n_pending > 1 && !text_is_hex(byte))
        return false;
    d->pending[d->n_pending++] = byte;
    if (d->n_pending == 6 && text_hex(span_of(d->pending + 2, 4), &code))
        resolve(d, ascii(code), emit, ctx);
    return true;
}

void decode_byte(struct decoder *d, char byte, decode_fn *emit, void *ctx)
{
    if (byte == '\0')
        return;
    if (d->n_pending > 0) {
        const bool is_taken = d->pending[0] == '&' ? add_to_entity(d, byte, emit, ctx)
                                                   : add_to_backslash(d, byte, emit, ctx);
        if (is_taken)
            return;
        give_up(d, emit, ctx);
    }
    if (byte == '&' || byte == '\\') {
        d->pending[0] = byte;
        d->n_pending = 1;
        return;
    }
    emit(ctx, byte);
}

void decode_end(struct decoder *d, decode_fn *emit, void *ctx)
{
    give_up(d, emit, ctx);
}
