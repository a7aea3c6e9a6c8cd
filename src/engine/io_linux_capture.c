// SPDX-License-Identifier: Apache-2.0
// One libpcap handle per interface, all read without blocking, in turn. A handle's filter is
// built from the list of its rules and lets nothing else through; it is widened in place. An
// interface that goes away takes its handle along, the others go on.
//
// The kernel stamps packets with the wall clock. The difference to the monotonic clock is
// measured often, and at once when a stamp does not fit; a stamp that still lies in the future or
// long ago (the wall clock was stepped behind it) is taken as now.
#include "engine/io_linux.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"

enum {
    HANDLES_MAX = 16,
    RULES_MAX = 16,
    SNAP_LEN = 1900,     // two packets in a page of the ring (packet_mmap: header, MAC, reserve)
    RING_LEN = 32 << 20, // about 16,000 packets, all of it resident
    LOOP_LEN = 8 << 20,  // loopback delivers while we send: nothing comes in bursts
    TURN_MAX = 64,       // packets from one handle before the next one has its turn
    FILTER_MAX = 4096,   // text, RULES_MAX of the longest rules fit
    NS_PER_S = 1000 * 1000000,
    OFFSET_AGE_MAX_NS = 100 * 1000000,
    OFFSET_TRIES = 4,
    OFFSET_GOOD_NS = 2000,
    STAMP_AGE_MAX_S = 5,
};

struct rule {
    struct ip_addr addr;
    uint16_t lo;
    uint16_t hi;
    bool takes_others;
};

struct handle {
    pcap_t *pcap;
    uint32_t iface;
    enum link_type link;
    struct rule rule[RULES_MAX];
    uint32_t n_rules;
};

struct io_linux_capture {
    struct handle handle[HANDLES_MAX];
    uint32_t n;
    uint32_t turn;     // index of the handle to read next
    uint32_t turn_len; // packets it gave in a row
    uint64_t received;
    uint64_t dropped;  // of handles that are gone
    int64_t offset_ns; // wall clock - monotonic clock
    uint64_t offset_time_ns;
};

// The reading with the least time between both clocks wins.
static void offset_measure(struct io_linux_capture *c)
{
    uint64_t best = UINT64_MAX;
    for (int i = 0; i < OFFSET_TRIES && best > OFFSET_GOOD_NS; i++) {
        const uint64_t before = io_linux_clock(CLOCK_MONOTONIC);
        const uint64_t wall = io_linux_clock(CLOCK_REALTIME);
        const uint64_t after = io_linux_clock(CLOCK_MONOTONIC);
        c->offset_time_ns = after;
        if (after - before >= best)
            continue;
        best = after - before;
        c->offset_ns = (int64_t)(wall - before - best / 2);
    }
}

static bool is_plausible(int64_t stamp, int64_t now)
{
    return stamp <= now && now - stamp <= (int64_t)STAMP_AGE_MAX_S * NS_PER_S;
}

static uint64_t stamp_convert(struct io_linux_capture *c, const struct timeval *ts)
{
    // Nanosecond precision was asked for: tv_usec holds nanoseconds (pcap_set_tstamp_precision).
    const int64_t wall = (int64_t)ts->tv_sec * NS_PER_S + (int64_t)ts->tv_usec;
    const int64_t now = (int64_t)io_linux_clock(CLOCK_MONOTONIC);
    if (now - (int64_t)c->offset_time_ns > OFFSET_AGE_MAX_NS ||
        !is_plausible(wall - c->offset_ns, now))
        offset_measure(c);
    const int64_t stamp = wall - c->offset_ns;
    return (uint64_t)(is_plausible(stamp, now) ? stamp : now);
}

int io_linux_capture_open(struct io_linux_capture **out)
{
    struct io_linux_capture *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    offset_measure(c);
    *out = c;
    return 0;
}

void io_linux_capture_close(struct io_linux_capture *c)
{
    for (uint32_t i = 0; c && i < c->n; i++)
        pcap_close(c->handle[i].pcap);
    free(c);
}

static uint64_t handle_dropped(const struct handle *h)
{
    struct pcap_stat s = {0};
    return pcap_stats(h->pcap, &s) == 0 ? s.ps_drop : 0;
}

static void rule_print(struct buf *b, const struct rule *r)
{
    const bool is_v4 = r->addr.family == IP_V4;
    buf_str(b, is_v4 ? "(ip dst host " : "(ip6 dst host ");
    ip_print(b, &r->addr);
    buf_str(b, " and (");
    buf_str(b, r->takes_others ? "not (tcp or udp)" : is_v4 ? "icmp" : "icmp6");
    buf_str(b, " or ((tcp or udp) and dst portrange ");
    buf_dec(b, r->lo);
    buf_char(b, '-');
    buf_dec(b, r->hi);
    buf_str(b, ")))");
}

// 0 or -errno; the handle keeps its old filter then.
static int filter_set(struct handle *h)
{
    char text[FILTER_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    for (uint32_t i = 0; i < h->n_rules; i++) {
        buf_str(&b, i ? " or " : "");
        rule_print(&b, &h->rule[i]);
    }
    buf_str(&b, h->link == LINK_ETHERNET ? " or arp[6:2] = 2" : ""); // ARP replies (RFC 826)
    buf_char(&b, '\0');
    if (b.full)
        return -ENOSPC;
    struct bpf_program program;
    if (pcap_compile(h->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return -EINVAL;
    const int rc = pcap_setfilter(h->pcap, &program) == 0 ? 0 : -EIO;
    pcap_freecode(&program);
    return rc;
}

// -EPROTONOSUPPORT for link layers that nobody here can read.
static int handle_link(struct handle *h)
{
    switch (pcap_datalink(h->pcap)) {
    case DLT_EN10MB:
        h->link = LINK_ETHERNET;
        return 0;
    case DLT_RAW:
        h->link = LINK_RAW;
        return 0;
    case DLT_NULL:
        h->link = LINK_NULL;
        return 0;
    case DLT_LINUX_SLL:
        h->link = LINK_SLL;
        return 0;
    default:
        return -EPROTONOSUPPORT;
    }
}

static int activate(pcap_t *p, int ring_len)
{
    // Cannot fail before activation.
    pcap_set_snaplen(p, SNAP_LEN);
    pcap_set_promisc(p, 0);
    pcap_set_immediate_mode(p, 1);
    pcap_set_buffer_size(p, ring_len);
    if (pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO) != 0)
        return -ENOTSUP;
    const int rc = pcap_activate(p); // > 0: a warning
    if (rc == PCAP_ERROR_PERM_DENIED)
        return -EPERM;
    if (rc == PCAP_ERROR_NO_SUCH_DEVICE)
        return -ENODEV;
    if (rc == PCAP_ERROR_IFACE_NOT_UP)
        return -ENETDOWN;
    return rc < 0 ? -EIO : 0;
}

// libpcap would take our own packets out again, but only after they have filled the ring, on
// loopback with a copy of every packet; so the kernel is asked as well (Linux 4.20, packet(7)).
static void skip_outgoing(pcap_t *p)
{
    const int on = 1;
    setsockopt(pcap_fileno(p), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
    pcap_setdirection(p, PCAP_D_IN);
}

static int handle_open(struct handle *h, uint32_t iface)
{
    char text[PCAP_ERRBUF_SIZE];
    char name[IF_NAMESIZE];
    if (!if_indextoname(iface, name))
        return -ENODEV;
    *h = (struct handle){.pcap = pcap_create(name, text), .iface = iface};
    if (!h->pcap)
        return -ENOMEM;
    int rc = activate(h->pcap, strcmp(name, "lo") == 0 ? LOOP_LEN : RING_LEN);
    if (rc == 0)
        rc = handle_link(h);
    if (rc == 0)
        skip_outgoing(h->pcap);
    if (rc == 0 && pcap_setnonblock(h->pcap, 1, text) != 0)
        rc = -EIO;
    if (rc < 0)
        pcap_close(h->pcap);
    return rc;
}

// Puts the rule into the list, joined with one it touches. False if the list is full.
static bool rule_add(struct handle *h, const struct rule *r)
{
    for (uint32_t i = 0; i < h->n_rules; i++) {
        struct rule *old = &h->rule[i];
        if (!ip_eq(&old->addr, &r->addr) || r->lo > old->hi + 1 || old->lo > r->hi + 1)
            continue;
        old->takes_others |= r->takes_others;
        old->lo = r->lo < old->lo ? r->lo : old->lo;
        old->hi = r->hi > old->hi ? r->hi : old->hi;
        return true;
    }
    if (h->n_rules >= RULES_MAX)
        return false;
    h->rule[h->n_rules++] = *r;
    return true;
}

static bool has_rule(const struct handle *h, const struct rule *r)
{
    for (uint32_t i = 0; i < h->n_rules; i++) {
        const struct rule *old = &h->rule[i];
        if (ip_eq(&old->addr, &r->addr) && old->lo <= r->lo && old->hi >= r->hi &&
            old->takes_others >= r->takes_others)
            return true;
    }
    return false;
}

static struct handle *handle_find(struct io_linux_capture *c, uint32_t iface)
{
    for (uint32_t i = 0; i < c->n; i++)
        if (c->handle[i].iface == iface)
            return &c->handle[i];
    return NULL;
}

static int widen(struct handle *h, const struct rule *r)
{
    const struct handle before = *h;
    const int rc = rule_add(h, r) ? filter_set(h) : -ENOSPC;
    if (rc < 0)
        *h = before;
    return rc;
}

int io_linux_capture_add(struct io_linux_capture *c, const struct io_capture *what)
{
    const struct rule r = {what->addr, what->port_lo, what->port_hi, what->takes_others};
    if (r.lo > r.hi)
        return -EINVAL;
    if (r.addr.family != IP_V4 && r.addr.family != IP_V6)
        return -EAFNOSUPPORT;
    struct handle *h = handle_find(c, what->iface);
    if (h)
        return has_rule(h, &r) ? 0 : widen(h, &r);
    if (c->n >= HANDLES_MAX)
        return -EMFILE;
    h = &c->handle[c->n];
    int rc = handle_open(h, what->iface);
    if (rc < 0)
        return rc;
    rc = widen(h, &r);
    if (rc < 0)
        pcap_close(h->pcap);
    else
        c->n++;
    return rc;
}

static void handle_end(struct io_linux_capture *c, uint32_t i)
{
    c->dropped += handle_dropped(&c->handle[i]);
    pcap_close(c->handle[i].pcap);
    c->handle[i] = c->handle[--c->n];
}

static void turn_next(struct io_linux_capture *c)
{
    c->turn++;
    c->turn_len = 0;
}

int io_linux_capture_receive(struct io_linux_capture *c, struct io_received *out)
{
    for (uint32_t empty = 0; empty < c->n;) {
        if (c->turn >= c->n)
            c->turn = 0;
        const struct handle *h = &c->handle[c->turn];
        struct pcap_pkthdr *head;
        const unsigned char *bytes;
        const int got = pcap_next_ex(h->pcap, &head, &bytes);
        if (got == 1) {
            *out = (struct io_received){stamp_convert(c, &head->ts), h->iface, h->link,
                                        span_of(bytes, head->caplen)};
            c->received++;
            if (++c->turn_len >= TURN_MAX)
                turn_next(c);
            return 1;
        }
        if (got < 0) {
            handle_end(c, c->turn);
        } else {
            turn_next(c);
            empty++;
        }
    }
    return 0;
}

int io_linux_capture_wait(struct io_linux_capture *c, int fd, uint64_t until_ns)
{
    struct pollfd fds[HANDLES_MAX + 1];
    for (uint32_t i = 0; i < c->n; i++)
        fds[i] = (struct pollfd){pcap_get_selectable_fd(c->handle[i].pcap), POLLIN, 0};
    fds[c->n] = (struct pollfd){fd, POLLIN, 0}; // a negative one is passed over
    const uint64_t now = io_linux_clock(CLOCK_MONOTONIC);
    const uint64_t left = until_ns > now ? until_ns - now : 0;
    const struct timespec timeout = {(time_t)(left / NS_PER_S), (long)(left % NS_PER_S)};
    const int rc = ppoll(fds, c->n + 1, until_ns == UINT64_MAX ? NULL : &timeout, NULL);
    if (rc < 0)
        return -errno;
    return rc > 0;
}

void io_linux_capture_stats(struct io_linux_capture *c, struct io_stats *out)
{
    *out = (struct io_stats){c->received, c->dropped};
    for (uint32_t i = 0; i < c->n; i++)
        out->dropped += handle_dropped(&c->handle[i]);
}
