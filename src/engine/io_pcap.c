// SPDX-License-Identifier: Apache-2.0
// Reads a capture file through libpcap, one packet ahead, so that wait can say what comes next
// and when. Invariant: `now_ns` never goes back, even if the time stamps of the file do.
//
// Of a Linux cooked capture of the second kind (LINKTYPE_LINUX_SLL2: 2 bytes protocol, 18
// more) only what is IP is received, from the IP header on.
#include "engine/io_pcap.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cur.h"
#include "base/limits.h"

enum {
    NS_PER_S = 1000 * 1000000,
    ONLY_IFACE = 1,  // index of the one interface a file has
    LINK_SLL2 = 100, // beside enum link_type, for this file alone
    SLL2_REST = 18,  // bytes of its header behind the protocol
};

enum ahead { AHEAD_UNKNOWN, AHEAD_PACKET, AHEAD_DAMAGE, AHEAD_END };

struct io_pcap {
    struct io io; // first: ops get a pointer to it
    pcap_t *pcap;
    const char *path; // behind this struct
    int link;
    bool has_first;
    int64_t first_ns; // Unix time
    uint64_t now_ns;
    enum ahead ahead;
    struct io_received next;
    struct io_stats stats;
    struct io_pcap_why why;
};

static struct io_pcap *pcap_of(struct io *io)
{
    return (struct io_pcap *)(void *)io;
}

static void why_set(struct io_pcap_why *why, const char *path, const char *reason)
{
    snprintf(why->text, sizeof why->text, "%s: %s", path, reason);
}

const char *io_pcap_why(const struct io *io)
{
    return ((const struct io_pcap *)(const void *)io)->why.text;
}

// The links of wire/frame.h, LINK_SLL2, or -1.
static int link_of(int datalink)
{
    switch (datalink) {
    case DLT_EN10MB:
        return LINK_ETHERNET;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        return LINK_RAW;
    case DLT_NULL:
    case DLT_LOOP:
        return LINK_NULL;
    case DLT_LINUX_SLL:
        return LINK_SLL;
    case DLT_LINUX_SLL2:
        return LINK_SLL2;
    default:
        return -1;
    }
}

// False: not IP.
static bool sll2_strip(struct io_received *r)
{
    struct cur c = cur_of(r->bytes.ptr, r->bytes.len);
    const uint16_t protocol = cur_be16(&c);
    cur_skip(&c, SLL2_REST);
    r->link = LINK_RAW;
    r->bytes = cur_rest(&c);
    return !c.bad && (protocol == ETH_IP4 || protocol == ETH_IP6);
}

static uint64_t stamp_convert(struct io_pcap *p, const struct timeval *ts)
{
    // tv_usec holds nanoseconds, as asked for at opening. Seconds are 64 bits wide in pcapng:
    // garbage there must not overflow.
    const int64_t seconds = ts->tv_sec > 0 ? ts->tv_sec % (INT64_MAX / NS_PER_S) : 0;
    const int64_t wall = seconds * NS_PER_S + (ts->tv_usec > 0 ? ts->tv_usec % NS_PER_S : 0);
    if (!p->has_first) {
        p->has_first = true;
        p->first_ns = wall;
    }
    const uint64_t passed = wall > p->first_ns ? (uint64_t)(wall - p->first_ns) : 0;
    return passed > p->now_ns ? passed : p->now_ns;
}

// True if p->next is a packet for the caller.
static bool take(struct io_pcap *p, const struct pcap_pkthdr *head, const unsigned char *bytes)
{
    const uint32_t len = head->caplen < LIMIT_FRAME ? head->caplen : LIMIT_FRAME;
    p->next = (struct io_received){stamp_convert(p, &head->ts), ONLY_IFACE, LINK_RAW,
                                   span_of(bytes, len)};
    if (p->link == LINK_SLL2)
        return sll2_strip(&p->next);
    p->next.link = (enum link_type)p->link;
    return true;
}

static enum ahead look(struct io_pcap *p)
{
    while (p->ahead == AHEAD_UNKNOWN) {
        struct pcap_pkthdr *head;
        const unsigned char *bytes;
        const int got = pcap_next_ex(p->pcap, &head, &bytes);
        if (got == 1) {
            if (take(p, head, bytes))
                p->ahead = AHEAD_PACKET;
        } else if (got == PCAP_ERROR) {
            why_set(&p->why, p->path, pcap_geterr(p->pcap));
            p->ahead = AHEAD_DAMAGE;
        } else {
            p->ahead = AHEAD_END;
        }
    }
    return p->ahead;
}

static uint64_t file_now(struct io *io)
{
    return pcap_of(io)->now_ns;
}

static int64_t file_wall(struct io *io)
{
    struct io_pcap *p = pcap_of(io);
    look(p); // the first packet has the time
    return (int64_t)((uint64_t)p->first_ns + p->now_ns);
}

// At the end of the file time still passes for whoever waits for a moment; who waits for a
// packet is told to receive, and learns there that none will come.
static int file_wait(struct io *io, uint64_t until_ns)
{
    struct io_pcap *p = pcap_of(io);
    const enum ahead ahead = look(p);
    if (ahead == AHEAD_DAMAGE || (ahead == AHEAD_PACKET && p->next.time_ns <= until_ns))
        return 1;
    if (until_ns == UINT64_MAX)
        return 1;
    if (until_ns > p->now_ns)
        p->now_ns = until_ns;
    return 0;
}

static int file_send(struct io *io, const struct io_packet *packets, uint32_t n)
{
    (void)io;
    (void)packets;
    return n ? -EROFS : 0;
}

static int file_receive(struct io *io, struct io_received *out)
{
    struct io_pcap *p = pcap_of(io);
    switch (look(p)) {
    case AHEAD_PACKET:
        p->ahead = AHEAD_UNKNOWN;
        if (p->next.time_ns > p->now_ns)
            p->now_ns = p->next.time_ns;
        p->next.time_ns = p->now_ns;
        *out = p->next;
        p->stats.received++;
        return 1;
    case AHEAD_DAMAGE:
        p->ahead = AHEAD_END;
        return -EBADMSG;
    default:
        return -ENODATA;
    }
}

static int file_ifaces(struct io *io, struct io_iface *out, uint32_t max)
{
    const int link = pcap_of(io)->link;
    if (max == 0)
        return 0;
    *out = (struct io_iface){
        .index = ONLY_IFACE,
        .name = "file",
        .link = link == LINK_SLL2 ? LINK_RAW : (enum link_type)link,
        .mtu = LIMIT_PACKET,
        .is_up = true,
        .is_p2p = true,
    };
    return 1;
}

static int file_route(struct io *io, const struct ip_addr *dst, uint32_t iface,
                      struct io_route *out)
{
    (void)io;
    (void)dst;
    (void)iface;
    (void)out;
    return -ENETUNREACH;
}

static int file_capture(struct io *io, const struct io_capture *what)
{
    (void)io;
    (void)what;
    return 0;
}

static void file_stats(struct io *io, struct io_stats *out)
{
    *out = pcap_of(io)->stats;
}

static int file_stream_open(struct io *io, const struct io_stream_to *to)
{
    (void)io;
    (void)to;
    return -ENOSYS; // so the other operations of streams are never called
}

static uint32_t file_stream_limit(struct io *io)
{
    (void)io;
    return 1;
}

static void file_close(struct io *io)
{
    pcap_close(pcap_of(io)->pcap);
    free(io);
}

static const struct io_ops file_ops = {
    .now = file_now,
    .wall = file_wall,
    .wait = file_wait,
    .send = file_send,
    .receive = file_receive,
    .ifaces = file_ifaces,
    .route = file_route,
    .capture = file_capture,
    .stats = file_stats,
    .close = file_close,
    .stream_open = file_stream_open,
    .stream_limit = file_stream_limit,
};

static int open_stream(pcap_t **out, FILE *f, const char *name, struct io_pcap_why *why)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    *out = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, text);
    if (!*out) {
        fclose(f);
        why_set(why, name, text);
        return -EBADMSG;
    }
    if (link_of(pcap_datalink(*out)) < 0) {
        pcap_close(*out); // and f
        why_set(why, name, "packets of a link layer that is not supported");
        return -EPROTONOSUPPORT;
    }
    return 0;
}

static int open_file(struct io **out, FILE *f, const char *name, struct io_pcap_why *why)
{
    pcap_t *pcap = NULL;
    const int rc = open_stream(&pcap, f, name, why);
    if (rc < 0)
        return rc;
    const size_t name_len = strlen(name) + 1;
    struct io_pcap *p = calloc(1, sizeof *p + name_len);
    if (!p) {
        pcap_close(pcap);
        why_set(why, name, strerror(ENOMEM));
        return -ENOMEM;
    }
    p->io.ops = &file_ops;
    p->pcap = pcap;
    p->path = memcpy(p + 1, name, name_len);
    p->link = link_of(pcap_datalink(pcap));
    *out = &p->io;
    return 0;
}

int io_pcap_open(struct io **out, const char *path, struct io_pcap_why *why)
{
    FILE *f = fopen(path, "rbe");
    if (!f) {
        const int rc = -errno;
        why_set(why, path, strerror(-rc));
        return rc;
    }
    return open_file(out, f, path, why);
}

// What was read already, then the rest of fd.
struct rejoined {
    int fd;
    char head[IO_PCAP_HEAD];
    size_t n_head;
};

static ssize_t rejoined_read(void *cookie, char *bytes, size_t size)
{
    struct rejoined *r = cookie;
    if (r->n_head == 0)
        return read(r->fd, bytes, size);
    const size_t n = size < r->n_head ? size : r->n_head;
    memcpy(bytes, r->head, n);
    memmove(r->head, r->head + n, r->n_head - n);
    r->n_head -= n;
    return (ssize_t)n;
}

static int rejoined_close(void *cookie)
{
    free(cookie);
    return 0;
}

int io_pcap_open_fd(struct io **out, int fd, struct span head, const char *name,
                    struct io_pcap_why *why)
{
    const cookie_io_functions_t calls = {.read = rejoined_read, .close = rejoined_close};
    struct rejoined *r = calloc(1, sizeof *r);
    FILE *f = r ? fopencookie(r, "rb", calls) : NULL;
    if (!f) {
        free(r);
        why_set(why, name, strerror(ENOMEM));
        return -ENOMEM;
    }
    r->fd = fd;
    r->n_head = head.len < IO_PCAP_HEAD ? head.len : IO_PCAP_HEAD;
    memcpy(r->head, head.ptr, r->n_head);
    return open_file(out, f, name, why);
}

bool io_pcap_is_capture(struct span head)
{
    static const uint32_t magic[] = {0xA1B2C3D4, 0xD4C3B2A1, 0xA1B23C4D, 0x4D3CB2A1, 0x0A0D0D0A};
    struct cur c = cur_of(head.ptr, head.len);
    const uint32_t first = cur_be32(&c);
    for (size_t i = 0; i < sizeof magic / sizeof magic[0]; i++)
        if (first == magic[i])
            return true;
    return false;
}
