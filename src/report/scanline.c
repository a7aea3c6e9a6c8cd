// SPDX-License-Identifier: Apache-2.0
// The SCAN line says under which conditions a fingerprint was taken; the test lines come ready
// from the OS result. G tells whether the text is fit to be learned from. The date and time are
// those of the end of the host, in local time.
#include "report/scanline.h"

#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/host.h"
#include "model/scan.h"
#include "report/writer.h"

enum {
    WRAP_WIDTH = 72,
    ESCAPE_STEP = 64,
    WRAP_WIDTH_SIX = 71,
    ENGINE = 4, // IPv4; the first generation has no such key
    ENGINE_SIX = 6,
};

struct net {
    uint32_t addr;
    uint8_t bits;
};

// Not globally reachable (RFC 6890 and its registry).
static const struct net special[] = {
    {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
    {0xC6336400, 24}, {0xCB007100, 24}, {0xF0000000, 4},
};

// The few blocks that the 7.93 rule knows.
static const struct net special_793[] = {
    {0x0A000000, 8},
    {0xA9FE0000, 16},
    {0xAC100000, 12},
    {0xC0A80000, 16},
};

static bool in_nets(uint32_t addr, const struct net *nets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((addr ^ nets[i].addr) >> (32 - nets[i].bits) == 0)
            return true;
    }
    return false;
}

bool scanline_is_private(const struct ip_addr *a, int quirks)
{
    const uint32_t addr = ip_v4_u32(a);
    if (a->family != IP_V4)
        return false;
    if (quirks == 793)
        return in_nets(addr, special_793, sizeof special_793 / sizeof special_793[0]);
    if (quirks == 7991 && addr < 0x80000000u)
        return true;
    return in_nets(addr, special, sizeof special / sizeof special[0]);
}

static void key_date(struct buf *b, int64_t now)
{
    const time_t t = (time_t)now;
    struct tm tm;
    buf_str(b, "%D=");
    if (!localtime_r(&t, &tm))
        return;
    buf_int(b, tm.tm_mon + 1);
    buf_char(b, '/');
    buf_int(b, tm.tm_mday);
}

static void key_port(struct buf *b, const char *key, int32_t port)
{
    buf_str(b, key);
    if (port >= 0)
        buf_int(b, port);
}

static void key_distance(struct buf *b, const struct os_result *os)
{
    if (os->has_distance) {
        buf_str(b, "%DS=");
        buf_int(b, os->distance);
    }
    if (os->distance_kind && !os->is_first) {
        buf_str(b, "%DC=");
        buf_char(b, os->distance_kind);
    }
}

static void key_mac(struct buf *b, const struct host *host)
{
    if (!host->has_mac)
        return;
    buf_str(b, "%M=");
    for (size_t i = 0; i < 3; i++)
        buf_hex_pad(b, host->mac.byte[i], 2);
}

void scanline_print(struct buf *b, const struct scan *scan, const struct host *host, bool is_good,
                    int64_t now)
{
    const struct os_result *os = host->os;
    buf_str(b, "SCAN(V=");
    text_escape(b, scan->version);
    if (!os->is_first) {
        buf_str(b, "%E=");
        buf_int(b, host->addr.family == IP_V6 ? ENGINE_SIX : ENGINE);
    }
    key_date(b, now);
    key_port(b, "%OT=", os->open_tcp);
    key_port(b, "%CT=", os->closed_tcp);
    key_port(b, "%CU=", os->closed_udp);
    buf_str(b, scanline_is_private(&host->addr, scan->quirks) ? "%PV=Y" : "%PV=N");
    key_distance(b, os);
    buf_str(b, is_good ? "%G=Y" : "%G=N");
    key_mac(b, host);
    buf_str(b, "%TM=");
    buf_hex(b, (uint64_t)now);
    buf_str(b, "%P=");
    text_escape(b, scan->platform);
    buf_char(b, ')');
}

// Lines of the same width; at: how full the last one is.
struct wrap {
    struct writer *w;
    size_t width;
    size_t at;
};

static void wrap(struct wrap *to, struct span s)
{
    while (s.len > 0) {
        if (to->at == to->width) {
            writer_bytes(to->w, SPAN("\n"));
            to->at = 0;
        }
        if (to->at == 0)
            writer_bytes(to->w, SPAN("OS:"));
        const struct span piece = span_head(s, to->width - to->at);
        writer_bytes(to->w, piece);
        to->at += piece.len;
        s = span_from(s, piece.len);
    }
}

static void wrap_escaped(struct wrap *to, struct span s)
{
    while (s.len > 0) {
        uint8_t text[4 * ESCAPE_STEP];
        struct buf b;
        buf_init(&b, text, sizeof text);
        text_escape(&b, span_head(s, ESCAPE_STEP));
        wrap(to, buf_span(&b));
        s = span_from(s, ESCAPE_STEP);
    }
}

// The line that was read with the fingerprint, or a new one in mem.
static struct span scanline_of(const struct scan *scan, const struct host *host, bool is_good,
                               uint8_t mem[SCANLINE_MAX])
{
    struct buf b;
    if (!span_is_absent(host->os->scan_line))
        return host->os->scan_line;
    buf_init(&b, mem, SCANLINE_MAX);
    scanline_print(&b, scan, host, is_good, host->ended);
    return buf_span(&b);
}

void fingerprint_wrapped(struct writer *w, const struct scan *scan, const struct host *host,
                         bool is_good)
{
    uint8_t mem[SCANLINE_MAX];
    struct span rest = host->os->lines;
    struct wrap to = {w, host->addr.family == IP_V6 ? WRAP_WIDTH_SIX : WRAP_WIDTH, 0};
    wrap(&to, scanline_of(scan, host, is_good, mem));
    while (!span_is_absent(rest))
        wrap_escaped(&to, span_cut(&rest, '\n'));
    writer_bytes(w, SPAN("\n"));
}

void fingerprint_plain(struct writer *w, const struct scan *scan, const struct host *host,
                       bool is_good)
{
    uint8_t mem[SCANLINE_MAX];
    struct span rest = host->os->lines;
    writer_bytes(w, scanline_of(scan, host, is_good, mem));
    writer_bytes(w, SPAN("\n"));
    while (!span_is_absent(rest)) {
        const struct span line = span_cut(&rest, '\n');
        if (line.len == 0)
            continue;
        writer_escaped(w, line);
        writer_bytes(w, SPAN("\n"));
    }
}
