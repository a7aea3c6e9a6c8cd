// SPDX-License-Identifier: Apache-2.0
// From a fingerprint found in text to its verdict. The lines of several tries may be merged in
// it (os-detection spec 4.2), and nothing says which lines belong together. So the first lines
// of all tests make the first subject, the second lines the second, and so on, where a test that
// has fewer lines gives its last one again; the best result is the answer.
#include "cli/identify.h"

#include "base/text.h"
#include "cli/say.h"
#include "osfp/osfp.h"

// The lines of one fingerprint by test; those of a test stand together.
struct variants {
    const struct found *found;
    struct span *lines;
    uint32_t first[TEST_COUNT];
    uint32_t n[TEST_COUNT];
    uint32_t most; // lines of a test
};

static void sort_lines(struct arena *a, const struct found *f, struct variants *v)
{
    struct span rest = f->tests;
    *v = (struct variants){.found = f, .most = 1};
    v->lines = arena_array(a, f->n_tests, sizeof *v->lines);
    for (uint32_t i = 0; i < f->n_tests; i++) {
        v->lines[i] = span_cut(&rest, '\n');
        const int test = osdb_test_of_line(v->lines[i]);
        if (test < 0)
            continue;
        if (v->n[test]++ == 0)
            v->first[test] = i;
        if (v->n[test] > v->most)
            v->most = v->n[test];
    }
    if (v->most > LIMIT_OS_TRIES)
        v->most = LIMIT_OS_TRIES;
}

static uint32_t line_of(const struct variants *v, int test, uint32_t k)
{
    return v->first[test] + (k < v->n[test] ? k : v->n[test] - 1);
}

// The k-th subject; its values are views into memory of the arena.
static enum err make_subject(struct arena *a, const struct variants *v, uint32_t k,
                             struct osdb_subject *out, struct err_at *at)
{
    uint32_t used[TEST_COUNT];
    uint32_t n = 0;
    struct buf b;
    buf_init(&b, arena_alloc(a, v->found->tests.len), v->found->tests.len);
    for (int t = 0; t < TEST_COUNT; t++) {
        if (v->n[t] == 0)
            continue;
        used[n++] = line_of(v, t, k);
        buf_bytes(&b, v->lines[used[n - 1]]);
        buf_char(&b, '\n');
    }
    *at = (struct err_at){0};
    const enum err err = osdb_subject_parse(buf_span(&b), out, at);
    if (err != ERR_OK)
        at->line = at->line > 0 && at->line <= n ? used[at->line - 1] : 0;
    return err;
}

static void tell_damage(struct identify *id, uint64_t line, const char *what, struct span token)
{
    say_at(&id->err, (struct say_place){id->file, line}, what, token);
    id->n_damaged++;
}

// Absent if the SCAN line has no such key.
static struct span scan_value(struct span scan, struct span key)
{
    struct span rest = span_from(scan, strlen("SCAN("));
    rest = span_head(rest, rest.len > 0 ? rest.len - 1 : 0);
    while (rest.len > 0) {
        struct span value = span_cut(&rest, '%');
        if (span_eq(span_cut(&value, '='), key))
            return value;
    }
    return (struct span){NULL, 0};
}

static int32_t scan_port(struct span scan, struct span key)
{
    uint64_t v;
    return text_dec(scan_value(scan, key), UINT16_MAX, &v) ? (int32_t)v : -1;
}

// What the SCAN line tells of the conditions.
static void read_scan(struct span scan, struct os_result *os)
{
    uint64_t hops;
    os->open_tcp = os->closed_tcp = os->closed_udp = -1;
    os->scan_line = scan;
    if (span_is_absent(scan))
        return;
    os->open_tcp = scan_port(scan, SPAN("OT"));
    os->closed_tcp = scan_port(scan, SPAN("CT"));
    os->closed_udp = scan_port(scan, SPAN("CU"));
    os->has_distance = text_dec(scan_value(scan, SPAN("DS")), UINT8_MAX, &hops);
    if (os->has_distance)
        os->distance = (int32_t)hops;
    if (span_eq(scan_value(scan, SPAN("G")), SPAN("N")))
        os->not_ideal = SPAN("its SCAN line says so (G=N)");
}

static void identify_sound(struct identify *id, const struct found *f)
{
    struct variants v;
    struct osdb_result best;
    struct err_at at;
    struct os_result os = {.lines = f->tests};
    struct host host = {.state = HOST_UP, .name = f->name, .os = &os};
    sort_lines(&id->scratch, f, &v);
    struct osdb_subject *subjects = arena_array(&id->scratch, v.most, sizeof *subjects);
    for (uint32_t k = 0; k < v.most; k++) {
        if (make_subject(&id->scratch, &v, k, &subjects[k], &at) == ERR_OK)
            continue;
        tell_damage(id, f->lines[at.line], at.what, span_str(at.token));
        return;
    }
    identify_match(id, subjects, v.most, &os, &best);
    read_scan(f->scan, &os);
    if (!ip_parse(f->addr, &host.addr))
        host.addr = (struct ip_addr){0};
    identify_print(id, f->line, &host, &os, &best);
}

static void identify_six(struct identify *id, const struct found *f)
{
    struct arena *a = &id->scratch;
    struct osdb_result best;
    struct osfp *fp;
    struct err_at at = {0};
    struct os_result os = {.tries = 1};
    struct host host = {.state = HOST_UP, .name = f->name, .os = &os};
    read_scan(f->scan, &os);
    const struct osfp_config cfg = {
        .open_tcp = os.open_tcp, .closed_tcp = os.closed_tcp, .closed_udp = os.closed_udp};
    if (osfp_read_six(a, &cfg, f->tests, &fp, &at) != ERR_OK) {
        tell_damage(id, f->line, at.what, span_str(at.token));
        return;
    }
    struct buf b;
    buf_init(&b, arena_alloc(a, LIMIT_SUBJECT6), LIMIT_SUBJECT6);
    osfp_print_six(fp, &b);
    os.lines = buf_span(&b);
    osfp_ports(fp, &os.open_tcp, &os.closed_tcp);
    os.closed_udp = osfp_closed_udp(fp);
    osfp_sequence(fp, 0, &os.seq);
    identify_match_six(id, osfp_subject(fp, 0), &os, &best);
    if (!ip_parse(f->addr, &host.addr))
        host.addr = (struct ip_addr){0};
    identify_print(id, f->line, &host, &os, &best);
}

void identify_found(void *ctx, const struct found *f)
{
    struct identify *id = ctx;
    const struct arena_mark mark = arena_mark(&id->scratch);
    if (identify_must_stop(id))
        return;
    if (f->damage)
        tell_damage(id, f->damage_line, f->damage, f->token);
    else if (f->is_six)
        identify_six(id, f);
    else
        identify_sound(id, f);
    arena_rewind(&id->scratch, mark);
}
