// SPDX-License-Identifier: Apache-2.0
#include "stage/servicetrace.h"

#include "base/text.h"
#include "stage/pipeline.h"

enum {
    COLUMNS = 80,
    INDENT = 8,
    LINES_MOST = 2,        // of bytes
    LINES_MOST_DEBUG = 64, // likewise with -d
};

struct line {
    struct buf b;
    char mem[512];
};

static bool is_on(const struct servicetrace *t)
{
    return t->visit->plan->traces_services;
}

static void put_seconds(struct buf *b, uint64_t ns)
{
    const uint64_t us = ns / 1000;
    buf_dec(b, us / 1000000);
    buf_char(b, '.');
    buf_dec_pad(b, us % 1000000 / 100, 4);
}

static void begin(const struct servicetrace *t, struct line *l)
{
    buf_init(&l->b, l->mem, sizeof l->mem);
    put_seconds(&l->b, engine_now(t->visit->engine) - t->begun_ns);
    buf_char(&l->b, ' ');
    ip_print(&l->b, &t->visit->host.addr);
    buf_char(&l->b, ' ');
    buf_dec(&l->b, t->port->number);
    buf_char(&l->b, '/');
    buf_str(&l->b, proto_name((enum proto)t->port->proto));
    buf_char(&l->b, ' ');
}

static void begin_conn(const struct servicetrace *t, struct line *l, uint32_t conn)
{
    begin(t, l);
    buf_char(&l->b, '#');
    buf_dec(&l->b, conn);
    buf_char(&l->b, ' ');
}

static void end(const struct servicetrace *t, const struct line *l)
{
    visit_note(t->visit, 0, buf_span(&l->b));
}

static void put_count(struct buf *b, uint64_t n, const char *what)
{
    buf_dec(b, n);
    buf_char(b, ' ');
    buf_str(b, what);
    buf_str(b, n == 1 ? "" : "s");
}

static void put_byte(struct buf *b, const char *byte)
{
    static const char names[] = "\rr\nn\tt\"\"";
    for (const char *n = names; *n; n += 2) {
        if (*byte != *n)
            continue;
        buf_char(b, '\\');
        buf_char(b, n[1]);
        return;
    }
    text_escape(b, span_of(byte, 1));
}

// As many bytes as fit into one line, in quotes; how many these were.
static size_t put_bytes(struct buf *b, struct span bytes)
{
    enum { WIDEST = 4, QUOTE = 1 }; // "\xHH"
    size_t i = 0;
    for (int k = 0; k < INDENT; k++)
        buf_char(b, ' ');
    buf_char(b, '"');
    while (i < bytes.len && buf_len(b) + WIDEST + QUOTE <= COLUMNS)
        put_byte(b, bytes.ptr + i++);
    buf_char(b, '"');
    return i;
}

static void tell_bytes(const struct servicetrace *t, struct span bytes)
{
    const int most = t->visit->plan->svid.is_debug ? LINES_MOST_DEBUG : LINES_MOST;
    for (int i = 0; i < most && bytes.len > 0; i++) {
        struct line l;
        buf_init(&l.b, l.mem, sizeof l.mem);
        bytes = span_from(bytes, put_bytes(&l.b, bytes));
        end(t, &l);
    }
    if (bytes.len == 0)
        return;
    struct line l;
    buf_init(&l.b, l.mem, sizeof l.mem);
    buf_str(&l.b, "        and ");
    put_count(&l.b, bytes.len, "byte");
    buf_str(&l.b, " more");
    end(t, &l);
}

static void put_probe(struct buf *b, const struct svid_step *step)
{
    if (!span_is_absent(step->probe))
        text_escape(b, span_head(step->probe, 40));
    else
        buf_str(b, step->tunnel == TUNNEL_NONE ? "RPC" : "a handshake");
}

void servicetrace_step(const struct servicetrace *t, const struct svid_step *step)
{
    static const char *const opens[] = {"connect for ", "connect with TLS for ",
                                        "connect with DTLS for "};
    struct line l;
    if (!is_on(t))
        return;
    begin_conn(t, &l, step->conn);
    switch (step->what) {
    case SVID_OPEN:
        buf_str(&l.b, opens[step->tunnel]);
        put_probe(&l.b, step);
        break;
    case SVID_SEND:
        buf_str(&l.b, "send ");
        put_probe(&l.b, step);
        buf_str(&l.b, ", ");
        put_count(&l.b, step->bytes.len, "byte");
        break;
    case SVID_CLOSE:
        buf_str(&l.b, "close");
        break;
    }
    end(t, &l);
    if (step->what == SVID_SEND)
        tell_bytes(t, step->bytes);
}

void servicetrace_opened(const struct servicetrace *t, uint32_t conn, uint64_t took_ns,
                         const struct tls_facts *facts)
{
    struct line l;
    if (!is_on(t))
        return;
    begin_conn(t, &l, conn);
    buf_str(&l.b, "open after ");
    put_seconds(&l.b, took_ns);
    buf_str(&l.b, " s");
    if (facts) {
        buf_str(&l.b, ", ");
        text_escape(&l.b, span_head(facts->version, 20));
        buf_str(&l.b, facts->alpn.len > 0 ? ", " : "");
        text_escape(&l.b, span_head(facts->alpn, 20));
    }
    end(t, &l);
}

void servicetrace_data(const struct servicetrace *t, uint32_t conn, struct span bytes)
{
    struct line l;
    if (!is_on(t))
        return;
    begin_conn(t, &l, conn);
    buf_str(&l.b, "got ");
    put_count(&l.b, bytes.len, "byte");
    end(t, &l);
    tell_bytes(t, bytes);
}

void servicetrace_ended(const struct servicetrace *t, uint32_t conn, enum stream_end how)
{
    static const char *const ends[] = {
        [STREAM_CLOSED] = "closed by the peer",
        [STREAM_RESET] = "reset by the peer",
        [STREAM_REFUSED] = "refused",
        [STREAM_UNREACHABLE] = "unreachable",
        [STREAM_TIMEOUT] = "not open in time",
        [STREAM_HANDSHAKE] = "the handshake failed",
        [STREAM_LOCAL] = "refused by this system",
    };
    struct line l;
    if (!is_on(t))
        return;
    begin_conn(t, &l, conn);
    buf_str(&l.b, ends[how]);
    end(t, &l);
}

// Cut to a line.
static void put_cut(struct buf *b, struct span text)
{
    text_dotted(b, span_head(text, COLUMNS - buf_len(b)));
}

static void tell_cut(const struct servicetrace *t, const char *head, struct span text)
{
    struct line l;
    buf_init(&l.b, l.mem, sizeof l.mem);
    buf_str(&l.b, "        ");
    buf_str(&l.b, head);
    put_cut(&l.b, text);
    end(t, &l);
}

static void put_field(struct buf *b, const char *name, struct span value)
{
    if (value.len == 0)
        return;
    buf_str(b, name);
    buf_char(b, '/');
    buf_bytes(b, value); // printable, see svdb_expand
    buf_char(b, '/');
}

static void tell_fields(const struct servicetrace *t, const struct svdb_fields *f)
{
    char text[1024];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_bytes(&b, f->service);
    put_field(&b, " p", f->product);
    put_field(&b, " v", f->version);
    put_field(&b, " i", f->extra);
    put_field(&b, " h", f->hostname);
    put_field(&b, " o", f->os);
    put_field(&b, " d", f->device);
    tell_cut(t, "", buf_span(&b));
}

void servicetrace_hit(const struct servicetrace *t, const struct svid_hit *hit)
{
    struct line l;
    if (!is_on(t))
        return;
    begin(t, &l);
    text_escape(&l.b, span_head(hit->probe, 40));
    buf_str(&l.b, hit->rule->is_soft ? ": soft match" : ": hard match");
    if (!span_eq(hit->probe, hit->list)) {
        buf_str(&l.b, hit->is_foreign ? ", foreign, of " : " of ");
        text_escape(&l.b, span_head(hit->list, 40));
    }
    end(t, &l);
    buf_init(&l.b, l.mem, sizeof l.mem);
    buf_bytes(&l.b, span_head(hit->file, 300));
    buf_char(&l.b, ':');
    buf_dec(&l.b, hit->rule->line);
    tell_cut(t, "", buf_span(&l.b));
    tell_cut(t, "m|", hit->rule->regex);
    tell_fields(t, hit->fields);
}

void servicetrace_done(const struct servicetrace *t, const struct service *s)
{
    static const char *const states[] = {
        [SERVICE_HARD] = "hard match",         [SERVICE_SOFT] = "soft match",
        [SERVICE_NOMATCH] = "no match",        [SERVICE_TCPWRAPPED] = "tcpwrapped",
        [SERVICE_INCOMPLETE] = "not finished", [SERVICE_EXCLUDED] = "excluded",
        [SERVICE_NOT_ASKED] = "not asked",
    };
    struct line l;
    if (!is_on(t))
        return;
    begin(t, &l);
    buf_str(&l.b, "done: ");
    buf_str(&l.b, states[s->state]);
    buf_str(&l.b, ", ");
    put_count(&l.b, s->connections, "connection");
    buf_str(&l.b, ", ");
    buf_dec(&l.b, s->elapsed_ms);
    buf_str(&l.b, " ms");
    end(t, &l);
}
