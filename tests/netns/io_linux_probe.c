// SPDX-License-Identifier: Apache-2.0
// One case of the live I/O test per run, told by the arguments; test_io_linux.sh makes the
// namespaces and judges what is printed. Exit code 0: the case holds; 1: it does not.
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "engine/io_linux.h"
#include "wire/frame.h"

enum {
    MS = 1000 * 1000, // nanoseconds
    PING_ID = 0x7107,
    PORT_LO = 40000,
    PORT_HI = 40099,
    IFACES = 64,
    BATCH = 64,
    PACKET = 128,
};

#define CHECK(condition, ...)                  \
    do {                                       \
        if (!(condition)) {                    \
            printf("FAILED %s: ", #condition); \
            printf(__VA_ARGS__);               \
            printf("\n");                      \
            exit(1);                           \
        }                                      \
    } while (0)

static struct io *open_io(void)
{
    struct io *io = NULL;
    struct span what = {0};
    const int rc = io_linux_open(&io, &what);
    CHECK(rc == 0, "%.*s: %s", (int)what.len, what.ptr, strerror(-rc));
    return io;
}

static struct ip_addr addr_of(const char *text)
{
    struct ip_addr a = {0};
    CHECK(ip_parse(span_str(text), &a), "%s", text);
    return a;
}

static struct io_iface iface_of(struct io *io, const char *name)
{
    struct io_iface f[IFACES];
    const int n = io->ops->ifaces(io, f, IFACES);
    for (int i = 0; i < n; i++)
        if (strcmp(f[i].name, name) == 0)
            return f[i];
    CHECK(false, "no interface %s", name);
    return f[0];
}

static struct io_route route_of(struct io *io, const char *dst, const char *iface)
{
    const struct ip_addr to = addr_of(dst);
    struct io_route r;
    const int rc = io->ops->route(io, &to, iface ? iface_of(io, iface).index : 0, &r);
    CHECK(rc == 0, "%s: %s", dst, strerror(-rc));
    return r;
}

static void capture(struct io *io, const struct io_route *r, uint16_t lo, uint16_t hi)
{
    const struct io_capture what = {r->iface, r->src, lo, hi, false};
    const int rc = io->ops->capture(io, &what);
    CHECK(rc == 0, "capture: %s", strerror(-rc));
}

static struct io_packet packet_of(const struct buf *b, const struct io_route *r, bool is_frame)
{
    CHECK(!b->full, "packet");
    return (struct io_packet){r->iface, is_frame, buf_span(b)};
}

static void put_ip(struct buf *b, const struct io_route *r, const struct ip_addr *dst,
                   uint8_t proto, uint16_t payload)
{
    const struct ip4_hdr ip = {
        .total_len = (uint16_t)(IP4_HDR_LEN + payload),
        .id = 7,
        .ttl = 64,
        .proto = proto,
        .src = ip_v4_u32(&r->src),
        .dst = ip_v4_u32(dst),
    };
    ip4_encode(b, &ip);
}

static void put_ping(struct buf *b, const struct io_route *r, const struct ip_addr *dst,
                     uint16_t seq)
{
    const struct icmp4_hdr h = {.type = ICMP4_ECHO, .id = PING_ID, .seq = seq};
    put_ip(b, r, dst, IP4_ICMP, ICMP4_HDR_LEN);
    icmp4_encode(b, &h);
}

static void put_udp(struct buf *b, const struct io_route *r, const struct ip_addr *dst,
                    uint16_t sport)
{
    const struct udp_hdr h = {.sport = sport, .dport = 9};
    put_ip(b, r, dst, IP4_UDP, UDP_HDR_LEN);
    udp_encode(b, &h, ip_v4_u32(&r->src), ip_v4_u32(dst));
}

// The next packet of this kind, or false after ms milliseconds.
static bool next(struct io *io, enum frame_kind kind, unsigned ms, struct frame *out)
{
    const uint64_t until = io->ops->now(io) + (uint64_t)ms * MS;
    for (;;) {
        struct io_received got;
        while (io->ops->receive(io, &got) == 1) {
            const uint64_t now = io->ops->now(io);
            CHECK(got.time_ns <= now, "stamp in the future");
            if (frame_decode(got.link, got.bytes, out) != ERR_OK || out->kind != kind)
                continue;
            out->time_ns = got.time_ns;
            out->iface = got.iface;
            return true;
        }
        if (io->ops->wait(io, until) != 1 && io->ops->now(io) >= until)
            return false;
    }
}

static void send_one(struct io *io, const struct io_packet *p)
{
    const int rc = io->ops->send(io, p, 1);
    CHECK(rc == 1, "send: %d %s", rc, rc < 0 ? strerror(-rc) : "");
}

static void case_ifaces(struct io *io, char **arg)
{
    (void)arg;
    struct io_iface f[IFACES];
    const int n = io->ops->ifaces(io, f, IFACES);
    for (int i = 0; i < n; i++) {
        char mem[32];
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        mac_print(&b, &f[i].mac);
        printf("%s link=%d mac=%.*s mtu=%u up=%d lo=%d p2p=%d", f[i].name, f[i].link,
               (int)buf_len(&b), mem, f[i].mtu, f[i].is_up, f[i].is_loopback, f[i].is_p2p);
        for (uint32_t k = 0; k < f[i].n_addrs; k++) {
            char text[IP_TEXT_MAX];
            printf(" %s/%u", ip_text(&f[i].addr[k], text), f[i].bits[k]);
        }
        printf("\n");
    }
}

// What is remembered of the addresses beside it must not be taken for it.
static void ask_beside(struct io *io, const struct ip_addr *to, uint32_t iface)
{
    struct io_route r;
    const struct ip_addr before = ip_v4(ip_v4_u32(to) - 1);
    const struct ip_addr behind = ip_v4(ip_v4_u32(to) + 1);
    io->ops->route(io, &before, iface, &r);
    io->ops->route(io, &before, 0, &r);
    io->ops->route(io, &behind, iface, &r);
}

static void case_route(struct io *io, char **arg)
{
    const char *iface = arg[1];
    const struct ip_addr to = addr_of(arg[0]);
    const uint32_t index = iface ? iface_of(io, iface).index : 0;
    struct io_route r = {0};
    ask_beside(io, &to, index);
    const int rc = io->ops->route(io, &to, index, &r);
    if (rc < 0) {
        printf("%s\n", strerrorname_np(-rc));
        return;
    }
    struct io_iface f[IFACES];
    const int n = io->ops->ifaces(io, f, IFACES);
    const char *name = "?";
    for (int i = 0; i < n; i++)
        if (f[i].index == r.iface)
            name = f[i].name;
    char src[IP_TEXT_MAX] = "-";
    char gateway[IP_TEXT_MAX] = "-";
    if (r.src.family)
        ip_text(&r.src, src);
    if (r.gateway.family)
        ip_text(&r.gateway, gateway);
    printf("%s src=%s gateway=%s local=%d\n", name, src, gateway, r.is_local);
}

static void case_arp(struct io *io, char **arg)
{
    const char *dst = arg[0];
    const struct ip_addr to = addr_of(dst);
    const struct io_route r = route_of(io, dst, NULL);
    struct io_iface f[IFACES];
    const int n = io->ops->ifaces(io, f, IFACES);
    struct arp_pkt arp = {.op = ARP_REQUEST, .spa = r.src, .tpa = to};
    for (int i = 0; i < n; i++)
        if (f[i].index == r.iface)
            arp.sha = f[i].mac;
    const struct eth_hdr eth = {eth_broadcast, arp.sha, ETH_ARP};
    char mem[PACKET];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    eth_encode(&b, &eth);
    arp_encode(&b, &arp);
    capture(io, &r, PORT_LO, PORT_HI);
    const struct io_packet p = packet_of(&b, &r, true);
    send_one(io, &p);
    struct frame got;
    CHECK(next(io, FRAME_ARP, 1000, &got), "no ARP reply");
    CHECK(got.arp.op == ARP_REPLY && ip_eq(&got.arp.spa, &to), "another ARP packet");
}

static void case_ping(struct io *io, char **arg)
{
    const char *dst = arg[0];
    const char *iface = arg[1];
    const struct ip_addr to = addr_of(dst);
    const struct io_route r = route_of(io, dst, iface);
    uint64_t age = UINT64_MAX;
    capture(io, &r, PORT_LO, PORT_HI);
    for (uint16_t seq = 0; seq < 20; seq++) {
        char mem[PACKET];
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        put_ping(&b, &r, &to, seq);
        const struct io_packet p = packet_of(&b, &r, false);
        const uint64_t sent = io->ops->now(io);
        send_one(io, &p);
        struct frame got;
        do // loopback shows the request as well
            CHECK(next(io, FRAME_ICMP4, 1000, &got), "no echo reply");
        while (got.icmp4.type == ICMP4_ECHO);
        const uint64_t now = io->ops->now(io);
        CHECK(got.icmp4.type == ICMP4_ECHO_REPLY && got.icmp4.seq == seq, "another reply");
        CHECK(ip_eq(&got.src, &to) && got.iface == r.iface, "from elsewhere");
        CHECK(got.time_ns >= sent && got.time_ns <= now, "stamp outside of the exchange");
        // Who had to wait for the processor sees its reply late: the best of them counts.
        age = now - got.time_ns < age ? now - got.time_ns : age;
    }
    CHECK(age < MS, "stamps are %llu ns old at least", (unsigned long long)age);
}

// Replies to the wrong port or address are not seen, those to an added one are.
static void case_widen(struct io *io, char **arg)
{
    const char *dst = arg[0];
    const struct ip_addr to = addr_of(dst);
    struct io_route r = route_of(io, dst, NULL);
    const struct ip_addr other = addr_of(arg[1]);
    capture(io, &r, PORT_LO, PORT_HI);
    for (int step = 0; step < 5; step++) {
        const uint16_t sport = step < 2 ? PORT_LO + 7 : step == 2 ? PORT_HI + 1 : PORT_LO;
        if (step == 2 || step == 4)
            r.src = other;
        if (step == 3) { // now the second address, with one more range
            capture(io, &r, 1000, 1001);
            capture(io, &r, PORT_LO, PORT_HI);
        }
        char mem[PACKET];
        struct buf b;
        buf_init(&b, mem, sizeof mem);
        put_udp(&b, &r, &to, sport);
        const struct io_packet p = packet_of(&b, &r, false);
        send_one(io, &p);
        struct frame got;
        const bool is_there = next(io, FRAME_ICMP4, 300, &got);
        CHECK(is_there == (step != 2), "step %d", step);
    }
}

// Echo requests into packets[0..n).
static void fill(struct io_packet *packets, char (*mem)[PACKET], uint32_t n,
                 const struct io_route *r, const struct ip_addr *dst)
{
    for (uint32_t i = 0; i < n; i++) {
        struct buf b;
        buf_init(&b, mem[i], PACKET);
        put_ping(&b, r, dst, (uint16_t)i);
        packets[i] = packet_of(&b, r, false);
    }
}

static uint32_t drain(struct io *io, uint64_t until)
{
    uint32_t n = 0;
    struct io_received got;
    struct frame f;
    do
        while (io->ops->receive(io, &got) == 1)
            if (frame_decode(got.link, got.bytes, &f) == ERR_OK && f.kind == FRAME_ICMP4)
                n += f.icmp4.type == ICMP4_ECHO_REPLY;
    while (io->ops->now(io) < until && io->ops->wait(io, until) == 1);
    return n;
}

// DESTINATION TOTAL [BATCH]
static void case_replies(struct io *io, char **arg)
{
    const char *dst = arg[0];
    const uint32_t total = (uint32_t)atoi(arg[1]);
    const uint32_t batch = arg[2] ? (uint32_t)atoi(arg[2]) : BATCH;
    CHECK(batch <= 4096, "batch");
    static struct io_packet packets[4096];
    static char mem[4096][PACKET];
    const struct ip_addr to = addr_of(dst);
    const struct io_route r = route_of(io, dst, NULL);
    capture(io, &r, PORT_LO, PORT_HI);
    fill(packets, mem, 1, &r, &to);
    send_one(io, packets); // resolves the neighbor
    drain(io, io->ops->now(io) + 300 * MS);
    fill(packets, mem, batch, &r, &to);
    uint32_t sent = 0;
    uint32_t got = 0;
    const uint64_t start = io->ops->now(io);
    while (sent < total) {
        const uint32_t n = total - sent < batch ? total - sent : batch;
        const int rc = io->ops->send(io, packets, n);
        CHECK(rc >= 0, "send: %s", strerror(-rc));
        sent += (uint32_t)rc;
        got += drain(io, 0);
    }
    const uint64_t took = io->ops->now(io) - start;
    got += drain(io, io->ops->now(io) + 300 * MS);
    struct io_stats s;
    io->ops->stats(io, &s);
    printf("%u of %u replies, dropped %llu, %.0f round trips per second\n", got, total,
           (unsigned long long)s.dropped, total * 1e9 / (double)took);
    CHECK(got == total && s.dropped == 0, "lost");
}

static void burst(struct io *io, char **arg, bool is_frame)
{
    const char *dst = arg[0];
    const uint32_t total = (uint32_t)atoi(arg[1]);
    static struct io_packet packets[BATCH];
    static char mem[BATCH][PACKET];
    const struct ip_addr to = addr_of(dst);
    const struct io_route r = route_of(io, dst, NULL);
    for (uint32_t i = 0; i < BATCH; i++) {
        struct buf b;
        buf_init(&b, mem[i], PACKET);
        const struct eth_hdr eth = {eth_broadcast, {{2, 0, 0, 0, 0, 1}}, ETH_IP4};
        if (is_frame)
            eth_encode(&b, &eth);
        put_udp(&b, &r, &to, PORT_LO);
        packets[i] = packet_of(&b, &r, is_frame);
    }
    uint64_t busy = 0;
    const uint64_t start = io->ops->now(io);
    for (uint32_t sent = 0; sent < total;) {
        const int rc = io->ops->send(io, packets, BATCH);
        CHECK(rc >= 0, "send: %s", strerror(-rc));
        busy += rc < BATCH;
        sent += (uint32_t)rc;
    }
    const uint64_t took = io->ops->now(io) - start;
    printf("%u %s: %.0f per second, %llu times busy\n", total, is_frame ? "frames" : "packets",
           total * 1e9 / (double)took, (unsigned long long)busy);
}

static void case_packets(struct io *io, char **arg)
{
    burst(io, arg, false);
}

static void case_frames(struct io *io, char **arg)
{
    burst(io, arg, true);
}

static void case_tun(struct io *io, char **arg)
{
    const char *name = arg[0];
    const char *dst = arg[1];
    const int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    struct ifreq ask = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    snprintf(ask.ifr_name, sizeof ask.ifr_name, "%s", name);
    CHECK(fd >= 0 && ioctl(fd, TUNSETIFF, &ask) == 0, "%s", strerror(errno));
    usleep(50 * 1000); // the carrier comes up
    const struct ip_addr to = addr_of(dst);
    const struct io_route r = route_of(io, dst, NULL);
    CHECK(iface_of(io, name).is_p2p && iface_of(io, name).link == LINK_RAW, "not a TUN device");
    capture(io, &r, PORT_LO, PORT_HI);
    char mem[PACKET];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    put_ping(&b, &r, &to, 3);
    const struct io_packet p = packet_of(&b, &r, false);
    send_one(io, &p);
    char seen[2048];
    struct frame f = {0};
    do { // the kernel may say something of its own first
        const ssize_t len = read(fd, seen, sizeof seen);
        CHECK(len > 0, "read: %s", strerror(errno));
        if (frame_decode(LINK_RAW, span_of(seen, (size_t)len), &f) != ERR_OK)
            f.kind = FRAME_OTHER;
    } while (f.kind != FRAME_ICMP4);
    const struct io_route back = {.iface = r.iface, .src = to};
    const struct icmp4_hdr reply = {.type = ICMP4_ECHO_REPLY, .id = PING_ID, .seq = 3};
    buf_init(&b, mem, sizeof mem);
    put_ip(&b, &back, &r.src, IP4_ICMP, ICMP4_HDR_LEN);
    icmp4_encode(&b, &reply);
    CHECK(write(fd, mem, buf_len(&b)) > 0, "write: %s", strerror(errno));
    CHECK(next(io, FRAME_ICMP4, 1000, &f), "no reply");
    CHECK(f.icmp4.type == ICMP4_ECHO_REPLY && f.iface == r.iface, "another packet");
    close(fd);
}

// A refused packet: an error if it is the first, else the ones before it count.
static void case_refused(struct io *io, char **arg)
{
    const char *dst = arg[0];
    const struct ip_addr to = addr_of(dst);
    const struct io_route r = route_of(io, dst, NULL);
    static struct io_packet p[3];
    static char mem[3][PACKET];
    static char big[70000] = {0x45};
    fill(p, mem, 3, &r, &to);
    p[1].bytes = span_of(mem[1], 19);
    CHECK(io->ops->send(io, p, 3) == 1, "short one in the middle");
    CHECK(io->ops->send(io, p + 1, 2) == -EINVAL, "short one first");
    memcpy(big, mem[0], IP4_HDR_LEN);
    p[1].bytes = span_of(big, sizeof big);
    CHECK(io->ops->send(io, p, 3) == 1, "long one in the middle");
    CHECK(io->ops->send(io, p + 1, 2) == -EMSGSIZE, "long one first");
    CHECK(io->ops->send(io, p + 2, 1) == 1, "the one behind");
    p[1] = (struct io_packet){9999, true, span_of(mem[0], 28)};
    CHECK(io->ops->send(io, p, 3) == 1, "no such interface, in the middle");
    CHECK(io->ops->send(io, p + 1, 2) == -ENXIO, "no such interface, first");
    CHECK(io->ops->send(io, p, 0) == 0, "none");
}

// What `command` does to an interface leaves the loop quiet.
static void change(struct io *io, char **arg, int again)
{
    const char *iface = arg[0];
    const char *command = arg[1];
    const struct io_iface f = iface_of(io, iface);
    const struct io_route r = {.iface = f.index, .src = f.addr[0]};
    capture(io, &r, PORT_LO, PORT_HI);
    CHECK(system(command) == 0, "%s", command);
    uint32_t calls = 0;
    const uint64_t until = io->ops->now(io) + 300 * MS;
    while (io->ops->now(io) < until) {
        struct io_received got;
        CHECK(io->ops->receive(io, &got) >= 0, "receive");
        CHECK(io->ops->wait(io, until) >= 0, "wait");
        calls++;
    }
    printf("%u rounds\n", calls);
    CHECK(calls < 400, "busy waiting");
    const struct io_capture what = {r.iface, r.src, PORT_LO, PORT_HI, false};
    CHECK(io->ops->capture(io, &what) == again, "capture again");
}

static void case_gone(struct io *io, char **arg)
{
    change(io, arg, -ENODEV);
}

static void case_down(struct io *io, char **arg)
{
    change(io, arg, 0);
}

// INTERFACE COMMAND DESTINATION: the old capture goes on.
static void case_back(struct io *io, char **arg)
{
    char *ping[] = {arg[2], arg[0]};
    change(io, arg, 0);
    case_ping(io, ping);
}

static unsigned descriptors(void)
{
    unsigned n = 0;
    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void case_life(struct io *outer, char **arg)
{
    (void)outer;
    const unsigned before = descriptors();
    for (int i = 0; i < 10; i++) {
        struct io *io = open_io();
        const struct io_route r = route_of(io, arg[0], NULL);
        const uint64_t start = io->ops->now(io);
        capture(io, &r, PORT_LO, PORT_HI);
        const uint64_t opened = io->ops->now(io);
        io->ops->close(io);
        const uint64_t closed = io_linux_clock(1);
        printf("capture %.1f ms, close %.1f ms\n", (double)(opened - start) / MS,
               (double)(closed - opened) / MS);
    }
    CHECK(descriptors() == before, "descriptors: %u, then %u", before, descriptors());
}

static void case_clock(struct io *io, char **arg)
{
    const char *dst = arg[0];
    const struct io_route r = route_of(io, dst, NULL);
    capture(io, &r, PORT_LO, PORT_HI);
    const uint64_t naps[] = {100000, 1000000, 10000000, 100000000};
    for (unsigned k = 0; k < 4; k++) {
        uint64_t worst = 0;
        uint64_t sum = 0;
        for (int i = 0; i < 20; i++) {
            const uint64_t until = io->ops->now(io) + naps[k];
            CHECK(io->ops->wait(io, until) == 0, "wait");
            const uint64_t late = io->ops->now(io) - until;
            worst = late > worst ? late : worst;
            sum += late;
        }
        printf("%6.1f ms: %.3f ms late, at worst %.3f\n", (double)naps[k] / MS,
               (double)sum / 20 / MS, (double)worst / MS);
    }
}

static void on_alarm(int number)
{
    (void)number;
}

static void case_signal(struct io *io, char **arg)
{
    const char *dst = arg[0];
    const struct io_route r = route_of(io, dst, NULL);
    const struct sigaction act = {.sa_handler = on_alarm};
    capture(io, &r, PORT_LO, PORT_HI);
    sigaction(SIGALRM, &act, NULL);
    alarm(1);
    CHECK(io->ops->wait(io, UINT64_MAX) == -EINTR, "wait");
}

static void case_lookups(struct io *io, char **arg)
{
    const struct ip_addr to = addr_of(arg[0]);
    const uint32_t n = (uint32_t)atoi(arg[1]);
    struct io_route r;
    const uint64_t start = io->ops->now(io);
    for (uint32_t i = 0; i < n; i++)
        CHECK(io->ops->route(io, &to, 0, &r) == 0, "route");
    printf("%.2f us each\n", (double)(io->ops->now(io) - start) / n / 1000);
}

static const struct {
    const char *name;
    void (*run)(struct io *io, char **arg);
} cases[] = {
    {"ifaces", case_ifaces},   {"route", case_route},   {"arp", case_arp},
    {"ping", case_ping},       {"widen", case_widen},   {"replies", case_replies},
    {"packets", case_packets}, {"frames", case_frames}, {"tun", case_tun},
    {"refused", case_refused}, {"gone", case_gone},     {"down", case_down},
    {"back", case_back},       {"clock", case_clock},   {"signal", case_signal},
    {"lookups", case_lookups}, {"life", case_life},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof *cases; i++) {
        if (strcmp(argv[1], cases[i].name) != 0)
            continue;
        struct io *io = open_io();
        cases[i].run(io, argv + 2);
        io->ops->close(io);
        return 0;
    }
    printf("no such case\n");
    return 1;
}
