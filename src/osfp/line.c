// SPDX-License-Identifier: Apache-2.0
#include "osfp/line.h"

#include "wire/tcp.h"

void line_put(struct line *l, const char *attr, struct span value)
{
    const int i = osdb_attr(l->test, span_str(attr));
    if (i >= 0)
        l->subject->value[i] = value;
}

void line_put_char(struct line *l, const char *attr, char c)
{
    line_put(l, attr, arena_copy(l->arena, span_of(&c, 1)));
}

void line_put_buf(struct line *l, const char *attr, const struct buf *b)
{
    line_put(l, attr, arena_copy(l->arena, buf_span(b)));
}

void line_put_hex_pad(struct line *l, const char *attr, uint32_t v, unsigned digits)
{
    char mem[16];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    if (digits > 0)
        buf_hex_pad(&b, v, digits);
    else
        buf_hex(&b, v);
    line_put_buf(l, attr, &b);
}

void line_put_hex(struct line *l, const char *attr, uint32_t v)
{
    line_put_hex_pad(l, attr, v, 0);
}

void line_put_flags(struct line *l, const char *attr, uint8_t flags, char ece)
{
    const struct {
        uint8_t flag;
        char c;
    } order[] = {{TCP_ECE, ece}, {TCP_URG, 'U'}, {TCP_ACK, 'A'}, {TCP_PSH, 'P'},
                 {TCP_RST, 'R'}, {TCP_SYN, 'S'}, {TCP_FIN, 'F'}};
    char mem[8];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (flags & order[i].flag)
            buf_char(&b, order[i].c);
    line_put_buf(l, attr, &b);
}

struct line line_begin(const struct line *base, enum osdb_test test)
{
    struct line l = *base;
    l.test = test;
    l.subject->has_line[test] = true;
    return l;
}

const struct obs_reply *line_reply(const struct obs *o, enum probe p)
{
    return o->probe[p].reply.is_seen ? &o->probe[p].reply : NULL;
}
