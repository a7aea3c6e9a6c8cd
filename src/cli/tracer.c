// SPDX-License-Identifier: Apache-2.0
#include "cli/tracer.h"

#include <errno.h>
#include <string.h>

#include "engine/packetline.h"
#include "report/writer.h"

static void put_head(struct buf *b, const struct tracer *t, const char *word, uint64_t at_ns)
{
    const uint64_t ns = at_ns > t->begun_ns ? at_ns - t->begun_ns : 0;
    buf_str(b, word);
    buf_str(b, " (");
    buf_fixed(b, (double)ns / 1e9, 4);
    buf_str(b, "s) ");
}

static void put_line(const struct tracer *t, struct buf *b)
{
    writer_bytes(t->out, buf_span(b));
    writer_str(t->out, "\n");
    writer_flush(t->out);
}

static void on_packet(void *ctx, bool is_sent, const struct frame *f)
{
    const struct tracer *t = ctx;
    char text[PACKET_LINE_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    put_head(&b, t, is_sent ? "SENT" : "RCVD", f->time_ns);
    packet_line(&b, f);
    put_line(t, &b);
}

static void on_connection(void *ctx, const struct ip_addr *to, uint16_t port, int error)
{
    const struct tracer *t = ctx;
    char text[PACKET_LINE_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    put_head(&b, t, "CONN", engine_now(t->engine));
    buf_str(&b, "TCP localhost > ");
    ip_print(&b, to);
    buf_char(&b, ':');
    buf_dec(&b, port);
    buf_str(&b, " => ");
    buf_str(&b, error == 0 ? "Connected" : strerror(-error));
    put_line(t, &b);
}

void tracer_init(struct tracer *t, struct engine *e, struct writer *out)
{
    *t = (struct tracer){
        .trace = {on_packet, on_connection, t},
        .engine = e,
        .out = out,
        .begun_ns = engine_now(e),
    };
}

void tracer_switch(struct tracer *t, bool is_on)
{
    engine_trace(t->engine, is_on ? &t->trace : NULL);
}
