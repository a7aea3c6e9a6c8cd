// SPDX-License-Identifier: Apache-2.0
// Recorded fingerprints, taken apart and written again: the same bytes (spec 4.6). Where data was
// cut the bytes that follow are not known, so the cut ones are filled up with letters.
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "svid/svid.h"

static const char *folder;

enum { FILE_MOST = 4 << 20, REPLIES = 64 };

static struct span load(struct arena *a, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *mem = arena_alloc(a, FILE_MOST);
    const size_t n = fread(mem, 1, FILE_MOST, f);
    fclose(f);
    return span_of(mem, n);
}

static uint64_t number(struct span s)
{
    uint64_t n = 0;
    assert_true(text_dec(s, UINT64_MAX, &n));
    return n;
}

static uint64_t hex(struct span s)
{
    uint64_t n = 0;
    assert_true(text_hex(s, &n));
    return n;
}

static struct span until(struct span *rest, const char *mark)
{
    const size_t len = strlen(mark);
    for (size_t i = 0; i + len <= rest->len; i++) {
        if (memcmp(rest->ptr + i, mark, len) != 0)
            continue;
        const struct span head = span_head(*rest, i);
        *rest = span_from(*rest, i + len);
        return head;
    }
    fail_msg("no %s in %.*s", mark, (int)rest->len, rest->ptr);
    return *rest;
}

static char unescape(struct span *rest)
{
    const char c = rest->ptr[0];
    *rest = span_from(*rest, 1);
    if (c != '\\')
        return c;
    const char e = rest->ptr[0];
    *rest = span_from(*rest, 1);
    if (e == 'x') {
        const char byte = (char)hex(span_head(*rest, 2));
        *rest = span_from(*rest, 2);
        return byte;
    }
    return (char)(e == '0' ? 0 : e == 'r' ? '\r' : e == 'n' ? '\n' : e == 't' ? '\t' : e);
}

// Behind "%r(": NAME,LEN,"data") - a quote in the data is escaped.
static void take_reply(struct arena *a, struct span *rest, struct service_reply *out)
{
    char *mem = arena_alloc(a, 8192);
    size_t n = 0;
    out->probe = until(rest, ",");
    out->len = hex(until(rest, ",\""));
    while (rest->ptr[0] != '"')
        mem[n++] = unescape(rest);
    while (n < out->len && n < 4096)
        mem[n++] = 'z';
    out->bytes = span_of(mem, n);
    (void)until(rest, "\")");
}

static void take_head(struct span *rest, struct svid_sf *out)
{
    (void)until(rest, "SF-Port");
    out->port = (uint16_t)number(until(rest, "-"));
    out->proto = span_eq(until(rest, ":V="), SPAN("UDP")) ? PROTO_UDP : PROTO_TCP;
    struct span version = until(rest, "%I=");
    out->version =
        until(&version, version.len > 6 && memchr(version.ptr, '%', version.len) ? "%T=SSL" : "");
    if (out->version.len == 0)
        out->version = version;
    else
        out->tunnel = TUNNEL_TLS;
    out->intensity = (uint32_t)number(until(rest, "%D="));
    out->month = (uint32_t)number(until(rest, "/"));
    out->day = (uint32_t)number(until(rest, "%Time="));
    out->wall = (int64_t)hex(until(rest, "%P="));
}

static void check(struct arena *a, struct span text)
{
    struct svid_sf about = {0};
    struct service_reply *replies = arena_array(a, REPLIES, sizeof *replies);
    uint32_t n = 0;
    struct span rest = text;
    take_head(&rest, &about);
    about.platform = until(&rest, "%r(");
    for (;;) {
        take_reply(a, &rest, &replies[n++]);
        if (rest.ptr[0] == ';')
            break;
        (void)until(&rest, "%r(");
    }
    struct span have = svid_fingerprint(a, &about, replies, n);
    if (!span_eq(have, text)) { // recorded with -d
        about.is_debug = true;
        have = svid_fingerprint(a, &about, replies, n);
    }
    if (!span_eq(have, text))
        fail_msg("%.*s\nis written as\n%.*s", (int)text.len, text.ptr, (int)have.len, have.ptr);
}

// One fingerprint: lines that begin with "SF", joined.
static struct span join(struct arena *a, struct span *rest)
{
    struct buf b;
    const size_t room = 65536;
    buf_init(&b, arena_alloc(a, room), room);
    while (!span_is_absent(*rest)) {
        const struct span line = span_cut(rest, '\n');
        if (span_starts(line, SPAN("SF-Port")))
            buf_bytes(&b, line);
        else if (span_starts(line, SPAN("SF:")))
            buf_bytes(&b, span_from(line, 3));
        else
            continue;
        if (line.ptr[line.len - 1] == ';')
            break;
    }
    return buf_span(&b);
}

static void test_written_again(void **state)
{
    (void)state;
    struct arena a;
    uint32_t n = 0;
    arena_init(&a, "test");
    struct span rest = load(&a, "sf.txt");
    for (;;) {
        const struct arena_mark mark = arena_mark(&a);
        const struct span one = join(&a, &rest);
        if (one.len == 0)
            break;
        check(&a, one);
        arena_rewind(&a, mark);
        n++;
    }
    print_message("%u fingerprints\n", n);
    assert_true(n >= 100);
    arena_fini(&a);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_again),
    };
    if (argc != 2)
        return 1;
    folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
