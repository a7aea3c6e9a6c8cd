// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <pcap/dlt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h> // needs some of those above

#include "base/buf.h"
#include "engine/io_pcap.h"

enum { FILE_MAX = 4096, NS_PER_S = 1000 * 1000000, MS = 1000 * 1000 };

static char dir[] = "/tmp/test_io_pcap_XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(dir))
        return -1;
    snprintf(path, sizeof path, "%s/file", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

static void file_write(struct span s)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(s.ptr, 1, s.len, f), s.len);
    fclose(f);
}

// Capture files are written in the byte order of their writer; these are big-endian.
static void put_head(struct buf *b, uint32_t magic, uint32_t link)
{
    buf_be32(b, magic);
    buf_be16(b, 2);
    buf_be16(b, 4);
    buf_zero(b, 8);
    buf_be32(b, 65535);
    buf_be32(b, link);
}

static void put_record(struct buf *b, uint32_t s, uint32_t fraction, struct span bytes)
{
    buf_be32(b, s);
    buf_be32(b, fraction);
    buf_be32(b, (uint32_t)bytes.len);
    buf_be32(b, (uint32_t)bytes.len);
    buf_bytes(b, bytes);
}

enum { MAGIC_US = (int)0xA1B2C3D4, MAGIC_NS = (int)0xA1B23C4D };

static struct io *open_ok(void)
{
    struct io *io = NULL;
    struct io_pcap_why why = {""};
    assert_int_equal(io_pcap_open(&io, path, &why), 0);
    assert_string_equal(io_pcap_why(io), "");
    return io;
}

static struct io *open_bytes(const struct buf *b)
{
    assert_false(b->full);
    file_write(buf_span(b));
    return open_ok();
}

static void open_fails(int rc)
{
    struct io *io = NULL;
    struct io_pcap_why why = {""};
    assert_int_equal(io_pcap_open(&io, path, &why), rc);
    assert_null(io);
    assert_ptr_equal(strstr(why.text, path), why.text);
    assert_true(strlen(why.text) > strlen(path) + 2);
}

static void expect(struct io *io, uint64_t time_ns, enum link_type link, struct span bytes)
{
    struct io_received got;
    assert_int_equal(io->ops->receive(io, &got), 1);
    assert_int_equal(got.time_ns, time_ns);
    assert_int_equal(io->ops->now(io), time_ns);
    assert_int_equal(got.link, link);
    assert_true(span_eq(got.bytes, bytes));
}

static void expect_end(struct io *io)
{
    struct io_received got;
    for (int i = 0; i < 3; i++)
        assert_int_equal(io->ops->receive(io, &got), -ENODATA);
    assert_int_equal(io->ops->wait(io, UINT64_MAX), 1);
}

static void test_times(void **state)
{
    (void)state;
    static const struct {
        uint32_t magic;
        uint32_t unit_ns;
    } kinds[] = {{(uint32_t)MAGIC_US, 1000}, {(uint32_t)MAGIC_NS, 1}};
    for (int k = 0; k < 2; k++) {
        char mem[FILE_MAX];
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        put_head(&b, kinds[k].magic, DLT_EN10MB);
        put_record(&b, 1700000000, 999999, SPAN("one"));
        put_record(&b, 1700000001, 7, SPAN("two"));
        put_record(&b, 1700000000, 5, SPAN("earlier"));
        put_record(&b, 1700000001, 8, SPAN(""));
        struct io *io = open_bytes(&b);
        const uint64_t unit = kinds[k].unit_ns;
        assert_int_equal(io->ops->now(io), 0);
        assert_int_equal(io->ops->wall(io),
                         1700000000 * (int64_t)NS_PER_S + 999999 * (int64_t)unit);
        const uint64_t second = NS_PER_S - 999999 * unit + 7 * unit;
        expect(io, 0, LINK_ETHERNET, SPAN("one"));
        expect(io, second, LINK_ETHERNET, SPAN("two"));
        expect(io, second, LINK_ETHERNET, SPAN("earlier")); // time never goes back
        expect(io, second + unit, LINK_ETHERNET, SPAN(""));
        expect_end(io);
        struct io_stats stats;
        io->ops->stats(io, &stats);
        assert_int_equal(stats.received, 4);
        io->ops->close(io);
    }
}

static void test_wait(void **state)
{
    (void)state;
    char mem[FILE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_head(&b, (uint32_t)MAGIC_US, DLT_RAW);
    put_record(&b, 50, 0, SPAN("one"));
    put_record(&b, 50, 30000, SPAN("two"));
    struct io *io = open_bytes(&b);
    assert_int_equal(io->ops->wait(io, 0), 1);
    expect(io, 0, LINK_RAW, SPAN("one"));
    assert_int_equal(io->ops->wait(io, 20 * MS), 0); // a timer lies before the next packet
    assert_int_equal(io->ops->now(io), 20 * MS);
    assert_int_equal(io->ops->wait(io, 10 * MS), 0); // in the past
    assert_int_equal(io->ops->now(io), 20 * MS);
    assert_int_equal(io->ops->wait(io, 100 * MS), 1);
    assert_int_equal(io->ops->wait(io, 30 * MS), 1);
    assert_int_equal(io->ops->now(io), 20 * MS);
    expect(io, 30 * MS, LINK_RAW, SPAN("two"));
    assert_int_equal(io->ops->wait(io, 99 * MS), 0);
    assert_int_equal(io->ops->now(io), 99 * MS);
    assert_int_equal(io->ops->wall(io), 50 * (int64_t)NS_PER_S + 99 * MS);
    expect_end(io);
    io->ops->close(io);
}

static void test_links(void **state)
{
    (void)state;
    static const struct {
        uint32_t datalink; // as written in files (pcap-linktype(7))
        enum link_type link;
    } rows[] = {
        {0, LINK_NULL},  {1, LINK_ETHERNET}, {101, LINK_RAW}, {108, LINK_NULL},
        {113, LINK_SLL}, {228, LINK_RAW},    {229, LINK_RAW},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char mem[FILE_MAX];
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        put_head(&b, (uint32_t)MAGIC_US, rows[i].datalink);
        put_record(&b, 1, 0, SPAN("0123456789abcdefghij"));
        struct io *io = open_bytes(&b);
        struct io_iface f;
        assert_int_equal(io->ops->ifaces(io, &f, 0), 0);
        assert_int_equal(io->ops->ifaces(io, &f, 1), 1);
        assert_int_equal(f.link, rows[i].link);
        struct io_received got;
        assert_int_equal(io->ops->receive(io, &got), 1);
        assert_int_equal(got.link, rows[i].link);
        assert_int_equal(got.iface, f.index);
        expect_end(io);
        io->ops->close(io);
    }
}

static void test_sll2(void **state)
{
    (void)state;
    char mem[FILE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_head(&b, (uint32_t)MAGIC_US, 276);
    put_record(&b, 1, 0,
               SPAN("\x08\x06"
                    "..................arp"));
    put_record(&b, 2, 0,
               SPAN("\x08\x00"
                    "..................ip4"));
    put_record(&b, 3, 0,
               SPAN("\x08\x00"
                    "................."));
    put_record(&b, 4, 0,
               SPAN("\x86\xDD"
                    "..................ip6"));
    struct io *io = open_bytes(&b);
    expect(io, (uint64_t)1 * NS_PER_S, LINK_RAW, SPAN("ip4"));
    expect(io, (uint64_t)3 * NS_PER_S, LINK_RAW, SPAN("ip6"));
    expect_end(io);
    io->ops->close(io);
}

static void test_nothing_goes_out(void **state)
{
    (void)state;
    char mem[FILE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_head(&b, (uint32_t)MAGIC_US, 1);
    struct io *io = open_bytes(&b);
    const struct io_packet p = {1, true, SPAN("frame")};
    const struct ip_addr dst = ip_v4(0x0A000001);
    const struct io_capture what = {1, dst, 1, 2, false};
    struct io_route r;
    assert_int_equal(io->ops->send(io, &p, 1), -EROFS);
    assert_int_equal(io->ops->send(io, &p, 0), 0);
    assert_int_equal(io->ops->route(io, &dst, 0, &r), -ENETUNREACH);
    assert_int_equal(io->ops->capture(io, &what), 0);
    assert_int_equal(io->ops->wall(io), 0);
    expect_end(io); // a file without packets
    io->ops->close(io);
}

// Every way of cutting a file with two records: never a crash, always a result.
static void test_cut(void **state)
{
    (void)state;
    char mem[FILE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_head(&b, (uint32_t)MAGIC_US, 1);
    put_record(&b, 1, 0, SPAN("one"));
    put_record(&b, 2, 0, SPAN("second"));
    const struct span all = buf_span(&b);
    const size_t first_end = 24 + 16 + 3; // file header, record header, "one"
    for (size_t len = 0; len < all.len; len++) {
        file_write(span_head(all, len));
        if (len < 24) {
            open_fails(-EBADMSG);
            continue;
        }
        struct io *io = open_ok();
        struct io_received got;
        if (len >= first_end)
            expect(io, 0, LINK_ETHERNET, SPAN("one"));
        if (len != 24 && len != first_end) {
            assert_int_equal(io->ops->wait(io, 0), 1);
            assert_int_equal(io->ops->receive(io, &got), -EBADMSG);
            assert_ptr_equal(strstr(io_pcap_why(io), path), io_pcap_why(io));
        }
        expect_end(io);
        io->ops->close(io);
    }
}

// Every single byte of a file changed in several ways.
static void test_damage(void **state)
{
    (void)state;
    char mem[FILE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_head(&b, (uint32_t)MAGIC_NS, 1);
    put_record(&b, 1, 0, SPAN("one"));
    put_record(&b, 2, 0, SPAN("second"));
    const struct span all = buf_span(&b);
    static const uint8_t with[] = {0x01, 0x80, 0xFF};
    for (size_t i = 0; i < all.len * sizeof with; i++) {
        mem[i / sizeof with] ^= (char)with[i % sizeof with];
        file_write(all);
        mem[i / sizeof with] ^= (char)with[i % sizeof with];
        struct io *io = NULL;
        struct io_pcap_why why;
        if (io_pcap_open(&io, path, &why) < 0)
            continue;
        struct io_received got;
        int n = 0;
        uint64_t before = 0;
        while (io->ops->receive(io, &got) == 1) {
            assert_true(got.time_ns >= before);
            before = got.time_ns;
            n++;
        }
        assert_in_range(n, 0, 3);
        expect_end(io);
        io->ops->close(io);
    }
}

static void put_block(struct buf *b, uint32_t type, struct span body)
{
    buf_be32(b, type);
    buf_be32(b, (uint32_t)body.len + 12);
    buf_bytes(b, body);
    buf_be32(b, (uint32_t)body.len + 12);
}

static void test_pcapng(void **state)
{
    (void)state;
    char mem[FILE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_block(&b, 0x0A0D0D0A, SPAN("\x1A\x2B\x3C\x4D\0\1\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"));
    put_block(&b, 1, SPAN("\0\1\0\0\0\0\xFF\xFF")); // Ethernet, time in microseconds
    put_block(&b, 6, SPAN("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\4\0\0\0\4abcd"));
    put_block(&b, 6, SPAN("\0\0\0\0\0\0\0\1\0\0\0\7\0\0\0\4\0\0\0\4efgh"));
    put_block(&b, 6, SPAN("\0\0\0\0\xFF\xFF\xFF\xFF\0\0\0\0\0\0\0\4\0\0\0\4late"));
    struct io *io = open_bytes(&b);
    expect(io, 0, LINK_ETHERNET, SPAN("abcd"));
    expect(io, 7000, LINK_ETHERNET, SPAN("efgh"));
    struct io_received got;
    assert_int_equal(io->ops->receive(io, &got), 1);
    expect_end(io);
    io->ops->close(io);
    put_block(&b, 6, SPAN("\0\0\0\3\0\0\0\1\0\0\0\0\0\0\0\4\0\0\0\4abcd")); // no interface 3
    io = open_bytes(&b);
    for (int i = 0; i < 3; i++)
        assert_int_equal(io->ops->receive(io, &got), 1);
    assert_int_equal(io->ops->receive(io, &got), -EBADMSG);
    expect_end(io);
    io->ops->close(io);
}

static void test_no_capture(void **state)
{
    (void)state;
    char mem[FILE_MAX];
    struct buf b;
    file_write(SPAN(""));
    open_fails(-EBADMSG);
    file_write(SPAN("This is a letter to nobody, not a capture file, and rather long."));
    open_fails(-EBADMSG);
    buf_init(&b, mem, sizeof mem);
    put_head(&b, (uint32_t)MAGIC_US, 147); // LINKTYPE_USER0
    file_write(buf_span(&b));
    open_fails(-EPROTONOSUPPORT);
    unlink(path);
    open_fails(-ENOENT);
    assert_int_equal(mkdir(path, 0700), 0);
    open_fails(-EBADMSG);
    assert_int_equal(rmdir(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),      cmocka_unit_test(test_wait),
        cmocka_unit_test(test_links),      cmocka_unit_test(test_sll2),
        cmocka_unit_test(test_cut),        cmocka_unit_test(test_nothing_goes_out),
        cmocka_unit_test(test_damage),     cmocka_unit_test(test_pcapng),
        cmocka_unit_test(test_no_capture),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
