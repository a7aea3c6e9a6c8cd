// SPDX-License-Identifier: Apache-2.0
// IPv6 detections recorded beside the reference scanner: DIR/NAME.pcap and what it printed,
// DIR/NAME.txt. The packets must be printed in the same way; times are compared with a margin, as
// its clock is not that of the capture. DIR/verdicts.tsv: what the projection onto the installed
// database of the reference must say of each; skipped without one.
// Usage: test_os_six DIR.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "engine/io_pcap.h"
#include "osdb/six.h"
#include "osfp/osfp.h"
#include "wire/frame.h"

enum { FILE_MAX = 1 << 24, NAMES_MAX = 64 };

static const char *dir;

static struct span load(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){NULL, 0};
    char *mem = arena_alloc(a, FILE_MAX);
    const size_t n = fread(mem, 1, FILE_MAX, f);
    fclose(f);
    return span_of(mem, n);
}

static struct span load_of(struct arena *a, const char *name, const char *suffix)
{
    char path[8192];
    snprintf(path, sizeof path, "%s/%s%s", dir, name, suffix);
    return load(a, path);
}

static bool next_packet(struct io *io, struct frame *f)
{
    struct io_received r;
    if (io->ops->receive(io, &r) != 1)
        return false;
    *f = (struct frame){.time_ns = r.time_ns};
    if (frame_decode(r.link, r.bytes, f) != ERR_OK)
        f->kind = FRAME_OTHER;
    return true;
}

static struct io *open_capture(const char *name)
{
    char path[8192];
    struct io *io = NULL;
    struct io_pcap_why why;
    snprintf(path, sizeof path, "%s/%s.pcap", dir, name);
    if (io_pcap_open(&io, path, &why) != 0)
        fail_msg("%s", why.text);
    return io;
}

// The value of a key of the SCAN item, -1 if it has none.
static int32_t scan_value(struct span text, const char *key)
{
    const struct span k = span_str(key);
    const size_t end = span_find(text, ')');
    for (size_t i = 0; i + k.len < end; i++) {
        uint64_t v;
        if (!span_eq(span_head(span_from(text, i), k.len), k))
            continue;
        const struct span value = span_from(text, i + k.len);
        return text_dec(span_head(value, span_find(value, '%')), 65535, &v) ? (int32_t)v : -1;
    }
    return -1;
}

static struct osfp *replay(struct arena *a, const char *name, struct span text, enum quirks quirks)
{
    struct osfp_config cfg = {
        .open_tcp = scan_value(text, "%OT="),
        .closed_tcp = scan_value(text, "%CT="),
        .closed_udp = -1,
        .is_direct = true,
        .quirks = quirks,
    };
    struct frame f;
    struct io *io = open_capture(name);
    while (next_packet(io, &f))
        if (f.kind == FRAME_UDP && f.udp.payload.len == 300 && f.src.family == IP_V6) {
            cfg.src = f.src;
            cfg.dst = f.dst;
        }
    io->ops->close(io);
    io = open_capture(name);
    struct osfp *fp = osfp_replay_new(a, &cfg);
    while (next_packet(io, &f))
        osfp_replay_frame(fp, &f);
    io->ops->close(io);
    osfp_replay_end(fp);
    return fp;
}

// Takes the times out; sums up how far they are apart: RT - ST.
static struct span without_times(struct arena *a, struct span text, double *waits)
{
    char *out = arena_alloc(a, text.len + 1);
    size_t n = 0;
    *waits = 0;
    for (size_t i = 0; i < text.len;) {
        const struct span rest = span_from(text, i);
        const bool is_send = span_starts(rest, SPAN("%ST="));
        if (!is_send && !span_starts(rest, SPAN("%RT="))) {
            if (text.ptr[i] != '\n')
                out[n++] = text.ptr[i];
            i++;
            continue;
        }
        char *end;
        const double v = strtod(text.ptr + i + 4, &end);
        *waits += is_send ? -v : v;
        i = (size_t)(end - text.ptr);
    }
    return span_of(out, n);
}

static void for_each(void (*check)(struct arena *a, const char *name, struct span text, void *ctx),
                     void *ctx)
{
    char names[NAMES_MAX][64];
    int n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
        const char *dot = strrchr(e->d_name, '.');
        if (dot && strcmp(dot, ".pcap") == 0 && n < NAMES_MAX)
            snprintf(names[n++], sizeof names[0], "%.*s", (int)(dot - e->d_name), e->d_name);
    }
    closedir(d);
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        struct arena a;
        arena_init(&a, "capture");
        check(&a, names[i], load_of(&a, names[i], ".txt"), ctx);
        arena_fini(&a);
    }
}

static void check_print(struct arena *a, const char *name, struct span text, void *ctx)
{
    int *wrong = ctx;
    struct buf b;
    double want_waits, got_waits;
    buf_init(&b, arena_alloc(a, LIMIT_SUBJECT6), LIMIT_SUBJECT6);
    osfp_print_six(replay(a, name, text, QUIRKS_793), &b);
    const struct span captured = load_of(a, name, ".captured");
    text = span_is_absent(captured) ? text : captured;
    const struct span items = span_from(text, span_find(text, ')') + 1);
    const struct span want = without_times(a, items, &want_waits);
    const struct span got = without_times(a, buf_span(&b), &got_waits);
    if (span_eq(want, got) && fabs(want_waits - got_waits) < 0.002)
        return;
    print_error("%s (%f, %f)\n  want %.*s\n  got  %.*s\n", name, want_waits, got_waits,
                (int)want.len, want.ptr, (int)got.len, got.ptr);
    ++*wrong;
}

static void captures_are_printed_as_the_reference_does(void **state)
{
    int wrong = 0;
    (void)state;
    for_each(check_print, &wrong);
    assert_int_equal(wrong, 0);
}

static struct span without_seq(struct arena *a, struct span text)
{
    char *out = arena_alloc(a, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        const struct span rest = span_from(text, i);
        if (span_starts(rest, SPAN("%S=A%")) || span_starts(rest, SPAN("%S=O%")))
            i += 4;
        out[n++] = text.ptr[i];
    }
    return span_of(out, n);
}

// The last line holds silences, too; a print does not say what was asked in vain.
static struct span without_native(struct span text)
{
    size_t n = 0;
    while (n < text.len && !span_starts(span_from(text, n), SPAN("N6(")))
        n++;
    return span_head(text, n);
}

// Equal but for the first line, as the clocks differ by microseconds, and for what a printed reset
// does not tell.
static bool is_same_subject(struct arena *a, struct span x, struct span y)
{
    (void)span_cut(&x, '\n');
    (void)span_cut(&y, '\n');
    return span_eq(without_seq(a, without_native(x)), without_seq(a, without_native(y)));
}

// What was printed is read, and printed again; its subject is that of the capture.
static void check_read(struct arena *a, const char *name, struct span text, void *ctx)
{
    int *wrong = ctx;
    struct osfp *fp;
    struct err_at at = {0};
    struct buf b, lines[2];
    const struct osfp_config cfg = {.open_tcp = scan_value(text, "%OT="),
                                    .closed_tcp = scan_value(text, "%CT="),
                                    .closed_udp = -1,
                                    .is_direct = true};
    const struct span items = span_from(text, span_find(text, ')') + 1);
    assert_int_equal(osfp_read_six(a, &cfg, items, &fp, &at), ERR_OK);
    const struct osfp *const both[2] = {fp, replay(a, name, text, QUIRKS_793)};
    for (int i = 0; i < 2; i++) {
        buf_init(&lines[i], arena_alloc(a, LIMIT_SUBJECT), LIMIT_SUBJECT);
        osdb_print_merged(&lines[i], osfp_subject(both[i], 0), 1);
    }
    buf_init(&b, arena_alloc(a, LIMIT_SUBJECT6), LIMIT_SUBJECT6);
    osfp_print_six(fp, &b);
    char *joined = arena_alloc(a, buf_len(&b) + 1);
    size_t n = 0;
    for (size_t i = 0; i < buf_len(&b); i++)
        if (b.start[i] != '\n')
            joined[n++] = (char)b.start[i];
    const bool is_cut = !span_is_absent(load_of(a, name, ".captured"));
    if (span_eq(span_of(joined, n), items) &&
        (is_cut || is_same_subject(a, buf_span(&lines[0]), buf_span(&lines[1]))))
        return;
    print_error("%s\n%.*s%.*s", name, (int)buf_len(&lines[0]), lines[0].start,
                (int)buf_len(&lines[1]), lines[1].start);
    ++*wrong;
}

static void what_is_printed_can_be_read(void **state)
{
    int wrong = 0;
    (void)state;
    for_each(check_read, &wrong);
    assert_int_equal(wrong, 0);
}

static void no_diag(void *ctx, const char *file, const struct err_at *at)
{
    (void)ctx;
    (void)file;
    (void)at;
}

static const char *const states[] = {"named", "weak", "far"};

struct references {
    const struct osdb *db;
    struct osdb_scratch *scratch;
    struct span table;
    int wrong;
};

static struct span row_of(struct span table, struct span name)
{
    while (!span_is_absent(table)) {
        struct span row = span_cut(&table, '\n');
        if (span_eq(span_cut(&row, '\t'), name))
            return row;
    }
    return SPAN("");
}

// The vendor of the first class tells the stacks of the captures apart.
static struct span class_word(const struct osdb *db, uint32_t ref)
{
    const struct osdb_ref r = osdb_ref_at(db, ref);
    const struct osdb_class c = osdb_class_at(db, r.first_class);
    return span_eq(c.family, SPAN("embedded")) ? c.vendor : c.family;
}

static void check_verdict(struct arena *a, const char *name, struct span text, void *ctx)
{
    struct references *refs = ctx;
    struct osdb_projection p;
    struct osdb_six_result r;
    const struct osfp *fp = replay(a, name, text, QUIRKS_NONE);
    osdb_project(a, osfp_subject(fp, osfp_tries(fp) - 1), &p);
    osdb_six_match(refs->db, &p, refs->scratch, &r);
    const struct span row = row_of(refs->table, span_str(name));
    char got[256];
    struct buf b;
    buf_init(&b, got, sizeof got);
    buf_str(&b, states[r.state]);
    buf_char(&b, '\t');
    buf_dec(&b, r.observed / 2);
    buf_char(&b, '\t');
    buf_fixed(&b, r.n ? r.match[0].score * 100 : 0, 1);
    buf_char(&b, '\t');
    if (r.n > 0 && r.state != OSDB_SIX_WEAK)
        buf_bytes(&b, class_word(refs->db, r.match[0].ref));
    if (span_eq(buf_span(&b), row))
        return;
    print_error("%s\n  want %.*s\n  got  %.*s\n", name, (int)row.len, row.ptr, (int)buf_len(&b),
                got);
    refs->wrong++;
}

static void verdicts_are_those_of_the_table(void **state)
{
    struct arena run, scratch;
    struct references refs = {0};
    (void)state;
    arena_init(&run, "database");
    arena_init(&scratch, "scratch");
    const struct span text = load(&run, "/usr/share/nmap/nmap-os-db");
    if (span_is_absent(text)) {
        print_message("no database of the reference is installed\n");
        arena_fini(&run);
        skip();
    }
    struct osdb_tree *tree = osdb_tree_new(&run, QUIRKS_NONE);
    assert_int_equal(osdb_tree_add(tree, "nmap-os-db", text, no_diag, NULL), ERR_OK);
    assert_int_equal(osdb_build(&run, tree, &refs.db), ERR_OK);
    refs.table = load_of(&run, "verdicts", ".tsv");
    refs.scratch = osdb_scratch_new(&run, refs.db);
    for_each(check_verdict, &refs);
    assert_int_equal(refs.wrong, 0);
    arena_fini(&scratch);
    arena_fini(&run);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captures_are_printed_as_the_reference_does),
        cmocka_unit_test(what_is_printed_can_be_read),
        cmocka_unit_test(verdicts_are_those_of_the_table),
    };
    dir = argc > 1 ? argv[1] : "tests/golden/os6";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
