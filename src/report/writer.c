// SPDX-License-Identifier: Apache-2.0
// Every piece of a report passes through here. Pieces are gathered in a fixed buffer and handed
// to the sink when it is full or at writer_flush. The first failed write is final: what follows
// is dropped, so callers need to ask only once, at the flush. Text that came from a target or a
// file goes through writer_escaped or writer_dotted and nothing else.
#include "report/writer.h"

#include "base/text.h"

enum {
    NUMBER_TEXT = 64,
    ESCAPE_STEP = 64, // input bytes at a time, each at most four bytes of output
};

void writer_init(struct writer *w, struct sink *sink)
{
    w->sink = sink;
    w->has_failed = false;
    w->has_color = false;
    buf_init(&w->pending, w->mem, sizeof w->mem);
}

bool writer_flush(struct writer *w)
{
    const struct span s = buf_span(&w->pending);
    if (s.len > 0 && !w->has_failed)
        w->has_failed = !w->sink->write(w->sink, s);
    buf_init(&w->pending, w->mem, sizeof w->mem);
    return !w->has_failed;
}

void writer_bytes(struct writer *w, struct span s)
{
    while (s.len > 0 && !w->has_failed) {
        const size_t room = sizeof w->mem - buf_len(&w->pending);
        buf_bytes(&w->pending, span_head(s, room));
        if (s.len < room)
            return;
        s = span_from(s, room);
        (void)writer_flush(w);
    }
}

void writer_str(struct writer *w, const char *s)
{
    writer_bytes(w, span_str(s));
}

void writer_line(struct writer *w, const char *s)
{
    writer_str(w, s);
    writer_bytes(w, SPAN("\n"));
}

void writer_escaped(struct writer *w, struct span s)
{
    while (s.len > 0) {
        uint8_t text[4 * ESCAPE_STEP];
        struct buf b;
        buf_init(&b, text, sizeof text);
        text_escape(&b, span_head(s, ESCAPE_STEP));
        writer_bytes(w, buf_span(&b));
        s = span_from(s, ESCAPE_STEP);
    }
}

void writer_dotted(struct writer *w, struct span s)
{
    while (s.len > 0) {
        uint8_t text[ESCAPE_STEP];
        struct buf b;
        buf_init(&b, text, sizeof text);
        text_dotted(&b, span_head(s, ESCAPE_STEP));
        writer_bytes(w, buf_span(&b));
        s = span_from(s, ESCAPE_STEP);
    }
}

void writer_blanks(struct writer *w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        writer_bytes(w, SPAN(" "));
}

void writer_dec(struct writer *w, uint64_t v)
{
    uint8_t text[NUMBER_TEXT];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_dec(&b, v);
    writer_bytes(w, buf_span(&b));
}

void writer_int(struct writer *w, int64_t v)
{
    uint8_t text[NUMBER_TEXT];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_int(&b, v);
    writer_bytes(w, buf_span(&b));
}

void writer_hex(struct writer *w, uint64_t v)
{
    uint8_t text[NUMBER_TEXT];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_hex(&b, v);
    writer_bytes(w, buf_span(&b));
}

void writer_fixed(struct writer *w, double v, unsigned decimals)
{
    uint8_t text[NUMBER_TEXT];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_fixed(&b, v, decimals);
    writer_bytes(w, buf_span(&b));
}

void writer_ip(struct writer *w, const struct ip_addr *a)
{
    char text[IP_TEXT_MAX];
    writer_str(w, ip_text(a, text));
}

void writer_paint(struct writer *w, const char *sgr)
{
    if (!w->has_color)
        return;
    writer_str(w, "\033[");
    writer_str(w, sgr);
    writer_str(w, "m");
}

void writer_plain(struct writer *w)
{
    writer_paint(w, "0");
}
