// SPDX-License-Identifier: Apache-2.0
// The bar is made of pieces in the order of their worth: share, time that remains, hosts, the bar
// itself, phases. A narrow terminal gets the first ones.
#include "report/progress.h"

#include "base/buf.h"
#include "model/progress.h"
#include "report/json.h"
#include "report/normal.h"
#include "report/writer.h"

enum { PIECE_MAX = 160, BAR_LEAST = 10, BAR_MOST = 30 };

#define SECOND UINT64_C(1000000000)

static void clock_print(struct buf *b, uint64_t ns)
{
    const uint64_t s = (ns + SECOND / 2) / SECOND;
    buf_dec(b, s / 3600);
    buf_char(b, ':');
    buf_dec_pad(b, s / 60 % 60, 2);
    buf_char(b, ':');
    buf_dec_pad(b, s % 60, 2);
}

static void share_print(struct buf *b, double share, unsigned decimals)
{
    const double percent = share < 0 ? 0 : share * 100;
    const double most = decimals > 0 ? 99.99 : 99;
    buf_fixed(b, percent < most ? percent : most, decimals);
    buf_char(b, '%');
}

static void hosts_print(struct buf *b, const struct progress *p)
{
    buf_dec(b, p->n_done);
    if (p->n_total < UINT64_MAX) {
        buf_str(b, " of ");
        buf_dec(b, p->n_total);
    }
    buf_str(b, p->n_total == 1 ? " host (" : " hosts (");
    buf_dec(b, p->n_up);
    buf_str(b, " up)");
}

static void phases_print(struct buf *b, const struct progress *p)
{
    for (uint32_t i = 0; i < p->n_phases; i++) {
        buf_str(b, i == 0 ? "" : ", ");
        buf_str(b, p->phase[i].name);
        if (p->n_total == 1)
            continue;
        buf_char(b, ' ');
        buf_dec(b, p->phase[i].n_hosts);
    }
}

static void meter_print(struct buf *b, double share, size_t width)
{
    const size_t full = share < 0 ? 0 : (size_t)(share * (double)(width - 2));
    buf_char(b, '[');
    for (size_t i = 0; i + 2 < width; i++)
        buf_char(b, i < full ? '#' : '-');
    buf_char(b, ']');
}

// Two blanks and the piece, if both fit.
static bool add(struct buf *line, struct span piece)
{
    const size_t gap = buf_len(line) > 0 ? 2 : 0;
    if (piece.len == 0 || (size_t)(line->end - line->p) < gap + piece.len)
        return false;
    buf_str(line, gap ? "  " : "");
    buf_bytes(line, piece);
    return true;
}

static void share_piece(struct buf *b, const struct progress *p)
{
    if (p->share >= 0)
        share_print(b, p->share, 0);
}

static void time_piece(struct buf *b, const struct progress *p)
{
    const bool is_known = p->remaining_ns < UINT64_MAX;
    clock_print(b, is_known ? p->remaining_ns : p->elapsed_ns);
    buf_str(b, is_known ? " left" : " elapsed");
}

void progress_bar(struct buf *b, const struct progress *p, size_t width)
{
    static void (*const pieces[])(struct buf *, const struct progress *) = {
        share_piece, time_piece, hosts_print, phases_print};
    char mem[PROGRESS_WIDTH_MAX], text[PIECE_MAX];
    struct buf line, piece;
    const size_t room = width < sizeof mem ? width : sizeof mem;
    buf_init(&line, mem, room);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        buf_init(&piece, text, sizeof text);
        pieces[i](&piece, p);
        add(&line, buf_span(&piece));
    }
    const size_t left = room - buf_len(&line);
    if (p->share >= 0 && left >= BAR_LEAST + 1) {
        meter_print(b, p->share, left - 1 < BAR_MOST ? left - 1 : BAR_MOST);
        buf_char(b, ' ');
    }
    buf_bytes(b, buf_span(&line));
}

static void etc_write(struct writer *w, const struct progress *p, int64_t now)
{
    uint8_t text[32];
    struct buf b;
    buf_init(&b, text, sizeof text);
    clock_print(&b, p->remaining_ns);
    writer_str(w, "; ETC: ");
    time_write(w, "%H:%M", now + (int64_t)(p->remaining_ns / SECOND));
    writer_str(w, " (");
    writer_bytes(w, buf_span(&b));
    writer_line(w, " remaining)");
}

void progress_lines(struct writer *w, const struct progress *p, int64_t now)
{
    uint8_t text[4 * PIECE_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Stats: ");
    clock_print(&b, p->elapsed_ns);
    buf_str(&b, " elapsed; ");
    hosts_print(&b, p);
    buf_str(&b, " completed");
    buf_str(&b, p->n_phases > 0 ? "; in " : "");
    phases_print(&b, p);
    buf_char(&b, '\n');
    if (p->share >= 0) {
        buf_str(&b, "Timing: About ");
        share_print(&b, p->share, 2);
        buf_str(&b, " done");
    }
    writer_bytes(w, buf_span(&b));
    if (p->share >= 0 && p->remaining_ns < UINT64_MAX)
        etc_write(w, p, now);
    else if (p->share >= 0)
        writer_str(w, "\n");
    writer_flush(w);
}

static void count_write(struct writer *w, uint64_t n, const char *what)
{
    writer_dec(w, n);
    writer_str(w, what);
    writer_str(w, n == 1 ? "" : "s");
}

void phase_write(struct writer *w, const struct phase *phase, int64_t now)
{
    writer_str(w, phase->is_over ? "Completed " : "Initiating ");
    writer_str(w, phase->name);
    writer_str(w, " at ");
    time_write(w, "%H:%M", now);
    if (phase->is_over) {
        writer_str(w, ", ");
        writer_fixed(w, (double)phase->took_ns / 1e9, 2);
        writer_str(w, "s elapsed (");
        count_write(w, phase->n_hosts, " host");
    } else if (phase->n_ports > 0) {
        writer_str(w, " (");
        count_write(w, phase->n_ports, " port");
        writer_str(w, " per host");
    }
    writer_line(w, phase->is_over || phase->n_ports > 0 ? ")" : "");
}

static void seconds_put(struct json *j, const char *key, uint64_t ns)
{
    json_key(j, key);
    writer_fixed(j->w, (double)ns / 1e9, 1);
    j->needs_comma = true;
}

static void hosts_put(struct json *j, const struct progress *p)
{
    json_key(j, "hosts");
    json_open(j, '{');
    if (p->n_total < UINT64_MAX)
        json_put_number(j, "total", p->n_total);
    json_put_number(j, "done", p->n_done);
    json_put_number(j, "up", p->n_up);
    json_put_number(j, "active", p->n_live);
    json_close(j, '}');
}

static void phases_put(struct json *j, const struct progress *p)
{
    json_key(j, "phases");
    json_open(j, '[');
    for (uint32_t i = 0; i < p->n_phases; i++) {
        json_open(j, '{');
        json_put_text(j, "name", span_str(p->phase[i].name));
        json_put_number(j, "hosts", p->phase[i].n_hosts);
        json_close(j, '}');
    }
    json_close(j, ']');
}

void progress_json(struct writer *w, const struct progress *p, int64_t now, bool is_last)
{
    struct json j;
    json_init(&j, w);
    json_open(&j, '{');
    json_put_text(&j, "type", SPAN("progress"));
    json_put_number(&j, "time", (uint64_t)now);
    seconds_put(&j, "elapsed", p->elapsed_ns);
    if (p->share >= 0) {
        json_key(&j, "percent");
        json_percent(&j, p->share);
    }
    if (p->remaining_ns < UINT64_MAX)
        seconds_put(&j, "remaining", p->remaining_ns);
    hosts_put(&j, p);
    phases_put(&j, p);
    json_put_number(&j, "sent", p->sent_packets);
    json_put_number(&j, "received", p->received_packets);
    json_some_bool(&j, "last", is_last);
    json_close(&j, '}');
    writer_str(w, "\n");
    writer_flush(w);
}
