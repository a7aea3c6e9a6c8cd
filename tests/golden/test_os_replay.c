// SPDX-License-Identifier: Apache-2.0
// Recorded scans give the test lines that the reference scanner printed: each row of
// DIR/replay.tsv names a capture, whose behaviour it shows and the ports that it does not hold.
// Usage: test_os_replay DIR... Rows of 4.22SOC8 are of the first generation. Rows near a rounding
// edge allow +-1 in the attribute they name.
// In own mode the same lines come out, but for the captures that have lines of their own in own/:
// no stale IE marks, 65535 -> 0 is a step of one, repeated T5-T7 in order of arrival.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "engine/io_pcap.h"
#include "osfp/osfp.h"
#include "wire/frame.h"

enum { FILE_MAX = 1 << 22, LINES_MAX = 1 << 16 };

static const char *dir;

static struct span load(struct arena *a, const char *name, const char *suffix)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", dir, name, suffix);
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){0};
    char *mem = arena_alloc(a, FILE_MAX);
    const size_t n = fread(mem, 1, FILE_MAX, f);
    fclose(f);
    return span_of(mem, n);
}

static struct io *open_capture(const char *name)
{
    char path[4096];
    struct io *io = NULL;
    struct io_pcap_why why;
    snprintf(path, sizeof path, "%s/%s.pcap", dir, name);
    if (io_pcap_open(&io, path, &why) != 0)
        fail_msg("%s", why.text);
    return io;
}

static bool next_packet(struct io *io, struct frame *f)
{
    struct io_received r;
    if (io->ops->receive(io, &r) != 1)
        return false;
    f->time_ns = r.time_ns;
    if (frame_decode(r.link, r.bytes, f) != ERR_OK)
        f->kind = FRAME_OTHER;
    return true;
}

// Addresses are those of the first U1, which every recorded scan holds.
static void find_addresses(const char *name, struct osfp_config *cfg)
{
    struct frame f = {0};
    struct io *io = open_capture(name);
    while (next_packet(io, &f)) {
        if (f.kind == FRAME_UDP && f.udp.payload.len == 300) {
            cfg->src = f.src;
            cfg->dst = f.dst;
            break;
        }
    }
    io->ops->close(io);
}

static int32_t input(struct span row, struct span key)
{
    for (size_t i = 0; i + key.len <= row.len; i++) {
        uint64_t v;
        if (!span_eq(span_head(span_from(row, i), key.len), key))
            continue;
        struct span value = span_from(row, i + key.len);
        value = span_head(value, span_find(value, ' '));
        return text_dec(value, 65535, &v) ? (int32_t)v : -1;
    }
    return -1;
}

static struct span replay(struct arena *a, const char *name, const struct osfp_config *cfg)
{
    struct osfp *fp = osfp_replay_new(a, cfg);
    struct frame f = {0};
    struct io *io = open_capture(name);
    while (next_packet(io, &f))
        osfp_replay_frame(fp, &f);
    io->ops->close(io);
    osfp_replay_end(fp);
    struct buf b;
    buf_init(&b, arena_alloc(a, LINES_MAX), LINES_MAX);
    if (osfp_tries(fp) > 0)
        osdb_print_merged(&b, osfp_subject(fp, 0), osfp_tries(fp));
    return buf_span(&b);
}

static struct span column(struct span row, int n)
{
    for (int i = 0; i < n && !span_is_absent(row); i++)
        (void)span_cut(&row, '\t');
    return span_cut(&row, '\t');
}

// The value of the named attribute is taken out, so what is left must be equal.
static struct span without(struct arena *a, struct span line, const char *attr, int64_t *value)
{
    char key[16];
    char *out = arena_alloc(a, line.len + 1);
    size_t n = 0;
    snprintf(key, sizeof key, "%s=", attr);
    const size_t key_len = strlen(key);
    for (size_t i = 0; i < line.len;) {
        const bool is_start = i > 0 && (line.ptr[i - 1] == '(' || line.ptr[i - 1] == '%');
        if (is_start && line.len - i > key_len && memcmp(line.ptr + i, key, key_len) == 0) {
            char *end;
            *value = strtoll(line.ptr + i + key_len, &end, 16);
            i = (size_t)(end - line.ptr);
        } else {
            out[n++] = line.ptr[i++];
        }
    }
    return span_of(out, n);
}

static bool is_close(struct arena *a, struct span got, struct span want, struct span note)
{
    static const char *const names[] = {"SP", "ISR", "TS"};
    static const char mark[] = "allow +-1: ";
    const struct span key = span_str(mark);
    size_t at = 0;
    while (at < note.len && !span_starts(span_from(note, at), key))
        at++;
    const struct span attr = span_from(note, at + key.len);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int64_t x = 0;
        int64_t y = 0;
        if (at < note.len && span_starts(attr, span_str(names[i])) &&
            span_eq(without(a, got, names[i], &x), without(a, want, names[i], &y)) &&
            llabs(x - y) <= 1)
            return true;
    }
    return false;
}

static int compare(struct arena *a, struct span name, struct span got, struct span want,
                   struct span note)
{
    int wrong = 0;
    while (!span_is_absent(got) || !span_is_absent(want)) {
        const struct span g = span_is_absent(got) ? SPAN("") : span_cut(&got, '\n');
        const struct span w = span_is_absent(want) ? SPAN("") : span_cut(&want, '\n');
        if (span_eq(g, w) || is_close(a, g, w, note))
            continue;
        print_error("%.*s\n  want %.*s\n  got  %.*s\n", (int)name.len, name.ptr, (int)w.len, w.ptr,
                    (int)g.len, g.ptr);
        wrong++;
    }
    return wrong;
}

static struct span expected(struct arena *a, const char *name, bool is_own)
{
    char path[160];
    snprintf(path, sizeof path, "own/%s", name);
    struct span want = is_own ? load(a, path, ".txt") : (struct span){0};
    snprintf(path, sizeof path, "expected/%s", name);
    if (span_is_absent(want))
        want = load(a, path, ".txt");
    return span_is_absent(want) ? SPAN("") : want;
}

static int check_row(struct arena *a, struct span row, bool is_own)
{
    const struct span name = column(row, 0);
    const struct span inputs = column(row, 6);
    const int32_t delay_ms = input(inputs, SPAN("delay_ms="));
    char text[128];
    snprintf(text, sizeof text, "%.*s", (int)name.len, name.ptr);
    struct osfp_config cfg = {
        .open_tcp = input(inputs, SPAN("OT=")),
        .closed_tcp = input(inputs, SPAN("CT=")),
        .closed_udp = -1,
        .is_local = input(inputs, SPAN("local=")) == 1,
        .timing = {.scan_delay_us = delay_ms > 0 ? delay_ms * 1000 : 0},
        .quirks = span_eq(column(row, 1), SPAN("7.93")) ? QUIRKS_793 : QUIRKS_7991,
    };
    if (span_eq(column(row, 1), SPAN("4.22SOC8")))
        cfg.gen = OSDB_FIRST;
    if (is_own)
        cfg.quirks = QUIRKS_NONE;
    find_addresses(text, &cfg);
    return compare(a, name, replay(a, text, &cfg), expected(a, text, is_own), column(row, 7));
}

static void check_all(bool is_own)
{
    struct arena table;
    int n = 0;
    int wrong = 0;
    arena_init(&table, "table");
    struct span rest = load(&table, "replay", ".tsv");
    (void)span_cut(&rest, '\n'); // column names
    while (!span_is_absent(rest)) {
        const struct span row = span_cut(&rest, '\n');
        if (row.len == 0)
            continue;
        struct arena a;
        arena_init(&a, "capture");
        wrong += check_row(&a, row, is_own) > 0;
        n++;
        arena_fini(&a);
    }
    arena_fini(&table);
    print_message("%d captures, %d wrong\n", n, wrong);
    assert_true(n > 0);
    assert_int_equal(wrong, 0);
}

static void every_capture_gives_the_lines_of_the_reference(void **state)
{
    (void)state;
    check_all(false);
}

static void own_mode_differs_where_it_is_meant_to(void **state)
{
    (void)state;
    check_all(true);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_capture_gives_the_lines_of_the_reference),
        cmocka_unit_test(own_mode_differs_where_it_is_meant_to),
    };
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        dir = argv[i];
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed || argc < 2;
}
