// SPDX-License-Identifier: Apache-2.0
// Two hyphens in a row would end a comment; the second is written as an entity, in attributes
// too, as programs that read the command back from a comment expect (output spec 4.1).
#include "report/xmltext.h"

#include "base/text.h"

static bool is_char(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xD800) ||
           (c >= 0xE000 && c < 0xFFFE) || c >= 0x10000;
}

static void reference_write(struct writer *w, uint32_t c)
{
    static const char digits[] = "0123456789abcdef";
    writer_str(w, "&#x");
    if (c > 15)
        writer_bytes(w, span_of(&digits[c >> 4 & 15], 1));
    writer_bytes(w, span_of(&digits[c & 15], 1));
    writer_str(w, ";");
}

static const char *entity_of(uint32_t c, uint32_t last)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    case '-':
        return last == '-' ? "&#45;" : NULL;
    default:
        return NULL;
    }
}

// Writes the first character of *s, which is not empty.
static void char_write(struct writer *w, struct span *s, uint32_t *last)
{
    uint32_t c;
    const size_t n = text_utf8(*s, &c);
    const struct span bytes = span_head(*s, n > 0 ? n : 1);
    const char *entity = entity_of(c, *last);
    if (n == 0 || !is_char(c))
        writer_escaped(w, bytes);
    else if (entity)
        writer_str(w, entity);
    else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
        reference_write(w, c);
    else
        writer_bytes(w, bytes);
    *last = c;
    *s = span_from(*s, bytes.len);
}

void xml_text(struct writer *w, struct span s)
{
    uint32_t last = 0;
    while (s.len > 0)
        char_write(w, &s, &last);
}

void xml_put(struct writer *w, const char *name, struct span value)
{
    writer_str(w, " ");
    writer_str(w, name);
    writer_str(w, "=\"");
    xml_text(w, value);
    writer_str(w, "\"");
}

void xml_put_number(struct writer *w, const char *name, int64_t value)
{
    writer_str(w, " ");
    writer_str(w, name);
    writer_str(w, "=\"");
    writer_int(w, value);
    writer_str(w, "\"");
}

void xml_some(struct writer *w, const char *name, struct span value)
{
    if (!span_is_absent(value))
        xml_put(w, name, value);
}

void xml_elem(struct writer *w, const char *key, struct span text)
{
    if (span_is_absent(text))
        return;
    writer_str(w, "<elem");
    xml_put(w, "key", span_str(key));
    writer_str(w, ">");
    xml_text(w, text);
    writer_str(w, "</elem>");
}

// What arrives was made printable before: pieces never cut a character.
static bool xml_sink_write(struct sink *self, struct span bytes)
{
    struct xml_sink *x = (struct xml_sink *)self;
    while (bytes.len > 0)
        char_write(x->w, &bytes, &x->last);
    return !x->w->has_failed;
}

void xml_sink_init(struct xml_sink *x, struct writer *w)
{
    *x = (struct xml_sink){.sink = {xml_sink_write}, .w = w};
}
