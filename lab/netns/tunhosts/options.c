// SPDX-License-Identifier: Apache-2.0
#include "lab/netns/tunhosts/options.h"

#include <getopt.h>
#include <stdio.h>

#include "base/ip.h"
#include "base/text.h"

enum { KEYS_MAX = 4096, PER_CENT = 10000, BITS_LEAST = 12 };

static const char help[] =
    "tunhosts stands in for the hosts of a block behind a TUN device.\n"
    "usage: tunhosts [options] ADDRESS/BITS   (at most 2^20 hosts: /12)\n"
    "  --db FILE        references to take personalities from (data/os.db)\n"
    "  --lines L,L,...  only those that begin at these lines of it\n"
    "  --each           one host of each, in order; else they are drawn\n"
    "  --set 'K = V'    on top of every personality: open, closed, filtered, reject = PORTS,\n"
    "                   udp-open ..., ttl = N, ping = no; may be repeated\n"
    "  --count N        only the first N addresses\n"
    "  --up PERCENT     only so many of them have a host (100)\n"
    "  --seed N         which host is what (1)\n"
    "  --key FILE       write down who is what: address, line, name\n"
    "  --loss PERCENT   of packets, in either direction\n"
    "  --rtt TIME --jitter TIME   round trip: RTT - JITTER to RTT + JITTER\n"
    "  --bottleneck N[:QUEUE]     packets a second to all hosts together; QUEUE wait (1000)\n"
    "  --rst-limit N[:BURST]      resets a second of one host; burst 6\n"
    "  --icmp-limit N[:BURST]     ICMP errors likewise\n"
    "  --device NAME    (tun0)\n"
    "  --own ADDRESS    of this machine on the device (10.255.255.254)\n";

enum option_id {
    ID_DB = 256,
    ID_EACH,
    ID_LINES,
    ID_SET,
    ID_COUNT,
    ID_UP,
    ID_SEED,
    ID_KEY,
    ID_LOSS,
    ID_RTT,
    ID_JITTER,
    ID_NARROW,
    ID_RST,
    ID_ICMP,
    ID_DEVICE,
    ID_OWN,
    ID_HELP,
};

static const struct option names[] = {
    {"db", 1, 0, ID_DB},         {"each", 0, 0, ID_EACH},       {"lines", 1, 0, ID_LINES},
    {"set", 1, 0, ID_SET},       {"count", 1, 0, ID_COUNT},     {"up", 1, 0, ID_UP},
    {"seed", 1, 0, ID_SEED},     {"key", 1, 0, ID_KEY},         {"loss", 1, 0, ID_LOSS},
    {"rtt", 1, 0, ID_RTT},       {"jitter", 1, 0, ID_JITTER},   {"bottleneck", 1, 0, ID_NARROW},
    {"rst-limit", 1, 0, ID_RST}, {"icmp-limit", 1, 0, ID_ICMP}, {"device", 1, 0, ID_DEVICE},
    {"own", 1, 0, ID_OWN},       {"help", 0, 0, ID_HELP},       {0},
};

static bool parse_number(struct span text, uint32_t *out)
{
    uint64_t v;
    if (!text_dec(text, UINT32_MAX, &v))
        return false;
    *out = (uint32_t)v;
    return true;
}

// "5" or "0.25" percent, in millionths.
static bool parse_percent(struct span text, uint32_t *out)
{
    uint64_t whole, part = 0, scale = PER_CENT;
    struct span rest = text;
    if (!text_dec(span_cut(&rest, '.'), 100, &whole))
        return false;
    if (!span_is_absent(rest) && (rest.len > 4 || !text_dec(rest, PER_CENT, &part)))
        return false;
    for (size_t i = 0; !span_is_absent(rest) && i < rest.len; i++)
        scale /= 10;
    *out = (uint32_t)(whole * PER_CENT + (span_is_absent(rest) ? 0 : part * scale));
    return true;
}

static bool parse_limit(struct span text, struct crowd_limit *out)
{
    struct span rest = text;
    out->burst = 6; // as Linux does
    if (!parse_number(span_cut(&rest, ':'), &out->rate))
        return false;
    return span_is_absent(rest) || parse_number(rest, &out->burst);
}

static bool parse_narrow(struct span text, struct narrow *out)
{
    struct span rest = text;
    out->queue = 1000;
    if (!parse_number(span_cut(&rest, ':'), &out->rate))
        return false;
    return span_is_absent(rest) || parse_number(rest, &out->queue);
}

static bool parse_addr(struct span text, uint32_t *out)
{
    struct ip_addr a;
    if (!ip_parse(text, &a) || a.family != IP_V4)
        return false;
    *out = ip_v4_u32(&a);
    return true;
}

static bool parse_block(struct span text, struct options *o)
{
    struct span bits = text;
    const struct span addr = span_cut(&bits, '/');
    if (!parse_addr(addr, &o->crowd.first) || span_is_absent(bits) ||
        !parse_number(bits, &o->bits) || o->bits < BITS_LEAST || o->bits > 32)
        return false;
    const uint32_t size = UINT32_C(1) << (32 - o->bits);
    o->crowd.first &= ~(size - 1);
    if (o->crowd.n == 0 || o->crowd.n > size)
        o->crowd.n = size;
    return true;
}

static bool parse_one(struct options *o, struct buf *keys, int id, const char *text)
{
    const struct span value = span_str(text);
    switch (id) {
    case ID_DB:
        o->db = text;
        return true;
    case ID_EACH:
        o->crowd.is_each = true;
        return true;
    case ID_LINES:
        o->lines = value;
        return true;
    case ID_SET:
        buf_bytes(keys, value);
        buf_char(keys, '\n');
        return !keys->full;
    case ID_COUNT:
        return parse_number(value, &o->crowd.n);
    case ID_UP:
        return parse_percent(value, &o->crowd.up_ppm);
    case ID_SEED:
        return text_dec(value, UINT64_MAX, &o->crowd.seed);
    case ID_KEY:
        o->key = text;
        return true;
    case ID_LOSS:
        return parse_percent(value, &o->crowd.loss_ppm);
    case ID_RTT:
        return text_time(value, &o->rtt_ns);
    case ID_JITTER:
        return text_time(value, &o->jitter_ns);
    case ID_NARROW:
        return parse_narrow(value, &o->narrow);
    case ID_RST:
        return parse_limit(value, &o->crowd.rst);
    case ID_ICMP:
        return parse_limit(value, &o->crowd.icmp);
    case ID_DEVICE:
        o->device = text;
        return true;
    case ID_OWN:
        return parse_addr(value, &o->own);
    default:
        return false;
    }
}

bool options_parse_args(struct arena *run, int argc, char **argv, struct options *out)
{
    struct buf keys;
    int id;
    buf_init(&keys, arena_alloc(run, KEYS_MAX), KEYS_MAX);
    *out = (struct options){.db = "data/os.db", .device = "tun0", .own = 0x0AFFFFFE};
    out->crowd.seed = 1;
    out->crowd.up_ppm = 100 * PER_CENT;
    while ((id = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (parse_one(out, &keys, id, optarg))
            continue;
        if (id == ID_HELP || id == 'h')
            fputs(help, stdout);
        else if (id != '?')
            fprintf(stderr, "tunhosts: not understood: %s\n", optarg);
        return false;
    }
    out->keys = buf_span(&keys);
    if (argc - optind == 1 && parse_block(span_str(argv[optind]), out))
        return true;
    fputs(help, stderr);
    return false;
}
