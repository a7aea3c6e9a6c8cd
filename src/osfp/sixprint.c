// SPDX-License-Identifier: Apache-2.0
// The fingerprint of an IPv6 host as the reference prints it (os-ipv6 spec 1.3): one item for each
// answered probe with the whole packet in hex, addresses hidden, and the times of sending and
// receiving in seconds from the start. Own mode adds the test line N6 before the last item. A pair
// of digits that comes three times or more is
// written once with its count.
#include "osfp/six.h"
#include "osfp/state.h"

#include "base/buf.h"

enum {
    HIDDEN = 256,   // a byte that is not shown
    SRC_AT = 8,     // the addresses in an IPv6 header
    ADDRS_LEN = 32, //
    ADDR_LEN = 16,  //
    RUN_LEAST = 3,  // pairs that are counted
    DIGITS = 6,     // of a time
};

static void hide(uint16_t *byte, size_t n, size_t at, size_t len)
{
    for (size_t i = at; i < at + len && i < n; i++)
        byte[i] = HIDDEN;
}

// The packet as numbers; HIDDEN for what is an address.
static size_t mask(struct span packet, uint16_t byte[SIX_PACKET_MAX])
{
    const size_t n = packet.len < SIX_PACKET_MAX ? packet.len : SIX_PACKET_MAX;
    const size_t icmp = IP6_HDR_LEN;
    struct ip6_hdr ip;
    struct cur c = cur_of(packet.ptr, n);
    for (size_t i = 0; i < n; i++)
        byte[i] = (uint8_t)packet.ptr[i];
    hide(byte, n, SRC_AT, ADDRS_LEN);
    if (ip6_decode(&c, true, &ip) != ERR_OK || ip.proto != IP6_ICMP || ip.ext_len > 0 || n <= icmp)
        return n;
    const uint8_t type = (uint8_t)packet.ptr[icmp];
    if (icmp6_is_error(type))
        hide(byte, n, icmp + ICMP6_HDR_LEN + SRC_AT, ADDRS_LEN);
    if (type == ICMP6_ADVERT)
        hide(byte, n, icmp + ICMP6_HDR_LEN, ADDR_LEN);
    return n;
}

static void print_pair(struct buf *b, uint16_t byte)
{
    if (byte == HIDDEN) {
        buf_str(b, "XX");
        return;
    }
    buf_char(b, "0123456789abcdef"[byte >> 4]);
    buf_char(b, "0123456789abcdef"[byte & 15]);
}

static void print_packet(struct buf *b, struct span packet)
{
    uint16_t byte[SIX_PACKET_MAX];
    const size_t n = mask(packet, byte);
    for (size_t i = 0; i < n;) {
        size_t run = 1;
        while (i + run < n && byte[i + run] == byte[i])
            run++;
        if (run < RUN_LEAST)
            run = 1;
        print_pair(b, byte[i]);
        if (run > 1) {
            buf_char(b, '{');
            buf_dec(b, run);
            buf_char(b, '}');
        }
        i += run;
    }
}

static void trim_zeros(struct buf *b)
{
    while (b->p > b->start && b->p[-1] == '0')
        b->p--;
    if (b->p > b->start && b->p[-1] == '.')
        b->p--;
}

// Seconds as "%g" prints them: six digits that count, no zeros behind them.
static void print_time(struct buf *b, uint64_t ns)
{
    char mem[32];
    struct buf t;
    double s = (double)ns / 1e9;
    unsigned decimals = DIGITS - 1;
    int exponent = 0;
    buf_init(&t, mem, sizeof mem);
    if (ns > 0 && s < 1e-4)
        for (; s < 0.9999995; exponent--)
            s *= 10;
    for (double v = s; v < 0.9999995 && v > 0 && exponent == 0; v *= 10)
        decimals++;
    for (double v = s; v >= 9.999995 && decimals > 0; v /= 10)
        decimals--;
    buf_fixed(&t, s, decimals < 9 ? decimals : 9);
    if (decimals > 0)
        trim_zeros(&t);
    buf_bytes(b, buf_span(&t));
    if (exponent == 0)
        return;
    buf_str(b, "e-");
    buf_dec_pad(b, (uint64_t)-exponent, 2);
}

static uint64_t since_start(const struct osfp *fp, uint64_t ns)
{
    return ns > fp->start_ns ? ns - fp->start_ns : 0;
}

static void print_item(struct buf *b, const struct osfp *fp, const char *name, enum probe p)
{
    const uint64_t sent_ns = fp->obs.probe[p].sent_ns;
    const uint64_t rx_ns = fp->obs.probe[p].reply.rx_ns; // by another clock: may seem earlier
    buf_str(b, name);
    buf_str(b, "(P=");
    print_packet(b, fp->packets[p]);
    buf_str(b, "%ST=");
    print_time(b, since_start(fp, sent_ns));
    buf_str(b, "%RT=");
    print_time(b, since_start(fp, rx_ns > sent_ns ? rx_ns : sent_ns));
    buf_str(b, ")\n");
}

// What only our own probes and comparisons tell: beside the reference's items, not in place of one.
static void print_native(struct buf *b, const struct osfp *fp)
{
    const struct osdb_subject *last = osfp_subject(fp, fp->n_over - 1);
    if (fp->cfg.quirks != QUIRKS_NONE || fp->lacks_native || !last || !last->has_line[TEST_N6])
        return;
    osdb_print_line(b, last, TEST_N6);
    buf_char(b, '\n');
}

void osfp_print_six(const struct osfp *fp, struct buf *b)
{
    for (size_t i = 0; fp->packets && i < SIX_ITEMS; i++)
        if (fp->packets[six_items[i].probe].len > 0)
            print_item(b, fp, six_items[i].name, six_items[i].probe);
    print_native(b, fp);
    buf_str(b, "EXTRA(FL=");
    buf_hex_pad(b, SIX_FLOW, 5);
    buf_char(b, ')');
}
