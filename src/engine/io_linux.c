// SPDX-License-Identifier: Apache-2.0
// Owns the clock and the two sending sockets, and joins them with the network view
// (io_linux_net.c), the capture (io_linux_capture.c) and the streams (io_linux_stream.c) into one
// struct io.
//
// Packets go out in runs of one kind, a run in one system call. The kernel stops at the first
// one it refuses: what went out before is the result, and the refusal shows when the caller
// comes back with that packet as the first (sendmmsg(2)). A full queue is no error.
#include "engine/io_linux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cur.h"
#include "wire/eth.h"
#include "wire/ip4.h"
#include "wire/ip6.h"

enum {
    RUN_MAX = 64,              // packets of one system call
    SEND_BUFFER = 4 << 20,     // bytes
    TIMER_SLACK_NS = 1,        // trains of probes are timed; the default is 50 us
    NS_PER_S = 1000 * 1000000, // nanoseconds
};

struct io_linux {
    struct io io; // first: ops get a pointer to it
    int ip_fd;
    int ip6_fd; // -1: the system has no IPv6
    int frame_fd;
    bool has_streams_only;
    uint32_t loopback;
    struct io_linux_net *net;
    struct io_linux_capture *capture;
    struct io_linux_streams *streams;
};

// What sendmmsg wants for one run.
struct run {
    struct mmsghdr msg[RUN_MAX];
    struct iovec iov[RUN_MAX];
    union {
        struct sockaddr_in ip;
        struct sockaddr_in6 ip6;
        struct sockaddr_ll frame;
    } to[RUN_MAX];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
    } control[RUN_MAX];
};

static struct io_linux *linux_of(struct io *io)
{
    return (struct io_linux *)(void *)io;
}

uint64_t io_linux_clock(int which)
{
    struct timespec t = {0};
    clock_gettime(which, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static uint64_t linux_now(struct io *io)
{
    (void)io;
    return io_linux_clock(CLOCK_MONOTONIC);
}

static int64_t linux_wall(struct io *io)
{
    (void)io;
    return (int64_t)io_linux_clock(CLOCK_REALTIME);
}

static int linux_wait(struct io *io, uint64_t until_ns)
{
    const struct io_linux *l = linux_of(io);
    return io_linux_capture_wait(l->capture, io_linux_streams_fd(l->streams), until_ns);
}

static int linux_receive(struct io *io, struct io_received *out)
{
    return io_linux_capture_receive(linux_of(io)->capture, out);
}

static int linux_ifaces(struct io *io, struct io_iface *out, uint32_t max)
{
    return io_linux_net_ifaces(linux_of(io)->net, out, max);
}

static int linux_route(struct io *io, const struct ip_addr *dst, uint32_t iface,
                       struct io_route *out)
{
    return io_linux_net_route(linux_of(io)->net, dst, iface, out);
}

static void linux_stats(struct io *io, struct io_stats *out)
{
    io_linux_capture_stats(linux_of(io)->capture, out);
}

// A file descriptor or -errno. Options are wishes: sending works without them.
static int open_sender(int family, int protocol)
{
    const int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (fd < 0)
        return -errno;
    const int size = SEND_BUFFER;
    const int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (family == AF_INET) {
        setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
        // Without it the kernel says "sent" of packets that a full queue dropped (raw(7)).
        setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    }
    return fd;
}

// Opened when the first frame or capture needs it: closing a packet socket takes the kernel 10 ms.
static int need_frame_fd(struct io_linux *l)
{
    if (l->frame_fd < 0)
        l->frame_fd = open_sender(AF_PACKET, 0); // protocol 0: it receives nothing
    return l->frame_fd;
}

static int address_frame(struct run *r, uint32_t i, const struct io_packet *p)
{
    struct cur c = cur_of(p->bytes.ptr, p->bytes.len);
    struct eth_hdr eth;
    if (p->iface == 0 || eth_decode(&c, &eth) != ERR_OK)
        return -EINVAL;
    r->to[i].frame = (struct sockaddr_ll){
        .sll_family = AF_PACKET,
        .sll_protocol = htons(eth.type),
        .sll_ifindex = (int)p->iface,
    };
    r->msg[i].msg_hdr.msg_namelen = sizeof r->to[i].frame;
    return 0;
}

static void force_iface(struct run *r, uint32_t i, uint32_t iface)
{
    struct msghdr *m = &r->msg[i].msg_hdr;
    const struct in_pktinfo info = {.ipi_ifindex = (int)iface};
    m->msg_control = r->control[i].bytes;
    m->msg_controllen = sizeof r->control[i].bytes;
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
}

// The scope of a link-local destination is its interface; else the kernel routes. What is behind
// the fixed header may be anything: a probe of a protocol ends there.
static int address_ip6(struct run *r, uint32_t i, const struct io_packet *p)
{
    struct ip_addr dst = {.family = IP_V6};
    if (p->bytes.len < IP6_HDR_LEN)
        return -EINVAL;
    memcpy(dst.byte, p->bytes.ptr + IP6_HDR_LEN - sizeof dst.byte, sizeof dst.byte);
    r->to[i].ip6 = (struct sockaddr_in6){.sin6_family = AF_INET6};
    memcpy(&r->to[i].ip6.sin6_addr, dst.byte, sizeof dst.byte);
    if (ip6_is_link_local(&dst))
        r->to[i].ip6.sin6_scope_id = p->iface;
    r->msg[i].msg_hdr.msg_namelen = sizeof r->to[i].ip6;
    return 0;
}

static int address_ip(struct run *r, uint32_t i, const struct io_packet *p, uint32_t loopback)
{
    struct cur c = cur_of(p->bytes.ptr, p->bytes.len);
    const uint8_t version = cur_u8(&c) >> 4;
    if (version == 6)
        return address_ip6(r, i, p);
    cur_skip(&c, 15);
    const uint32_t dst = cur_be32(&c);
    if (version != 4 || c.bad)
        return -EINVAL;
    r->to[i].ip = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(dst)};
    r->msg[i].msg_hdr.msg_namelen = sizeof r->to[i].ip;
    if (p->iface != 0 && p->iface != loopback)
        force_iface(r, i, p->iface);
    return 0;
}

static int run_put(struct run *r, uint32_t i, const struct io_packet *p, uint32_t loopback)
{
    r->iov[i] = (struct iovec){(void *)(uintptr_t)p->bytes.ptr, p->bytes.len};
    r->msg[i] = (struct mmsghdr){0};
    r->msg[i].msg_hdr.msg_name = &r->to[i];
    r->msg[i].msg_hdr.msg_iov = &r->iov[i];
    r->msg[i].msg_hdr.msg_iovlen = 1;
    return p->is_frame ? address_frame(r, i, p) : address_ip(r, i, p, loopback);
}

static bool is_ip6(const struct io_packet *p)
{
    return !p->is_frame && p->bytes.len > 0 && (uint8_t)p->bytes.ptr[0] >> 4 == 6;
}

static int fd_of(struct io_linux *l, const struct io_packet *p)
{
    if (p->is_frame)
        return need_frame_fd(l);
    if (is_ip6(p))
        return l->ip6_fd >= 0 ? l->ip6_fd : -EAFNOSUPPORT;
    return l->ip_fd;
}

// The packets of one kind at the beginning of p: how many went out, or -errno for the first.
static int run_send(struct io_linux *l, const struct io_packet *p, uint32_t n)
{
    struct run r;
    uint32_t len = 0;
    int rc = 0;
    while (len < n && len < RUN_MAX && p[len].is_frame == p[0].is_frame &&
           is_ip6(&p[len]) == is_ip6(&p[0])) {
        rc = run_put(&r, len, &p[len], l->loopback);
        if (rc < 0)
            break;
        len++;
    }
    if (len == 0)
        return rc;
    const int fd = fd_of(l, &p[0]);
    if (fd < 0)
        return fd;
    int sent;
    do
        sent = sendmmsg(fd, r.msg, len, MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

static bool is_busy(int rc)
{
    return rc == -EAGAIN || rc == -EWOULDBLOCK || rc == -ENOBUFS || rc == -ENOMEM;
}

static int linux_send(struct io *io, const struct io_packet *packets, uint32_t n)
{
    uint32_t done = 0;
    if (linux_of(io)->has_streams_only)
        return -EPERM;
    while (done < n) {
        const int sent = run_send(linux_of(io), packets + done, n - done);
        if (sent < 0 && done == 0 && !is_busy(sent))
            return sent;
        if (sent <= 0)
            break;
        done += (uint32_t)sent;
    }
    return (int)done;
}

// Opens the socket for frames along with the first capture on a link, so that privilege may be
// dropped after the captures have been started.
static int linux_capture(struct io *io, const struct io_capture *what)
{
    struct io_linux *l = linux_of(io);
    if (l->has_streams_only)
        return 0;
    const int fd = what->iface == l->loopback ? 0 : need_frame_fd(l);
    return fd < 0 ? fd : io_linux_capture_add(l->capture, what);
}

static int linux_stream_open(struct io *io, const struct io_stream_to *to)
{
    return io_linux_stream_open(linux_of(io)->streams, to);
}

static int linux_stream_read(struct io *io, int stream, void *bytes, size_t size)
{
    return io_linux_stream_read(linux_of(io)->streams, stream, bytes, size);
}

static int linux_stream_write(struct io *io, int stream, struct span bytes)
{
    return io_linux_stream_write(linux_of(io)->streams, stream, bytes);
}

static void linux_stream_want(struct io *io, int stream, unsigned want)
{
    io_linux_stream_want(linux_of(io)->streams, stream, want);
}

static void linux_stream_close(struct io *io, int stream, bool is_abort)
{
    io_linux_stream_close(linux_of(io)->streams, stream, is_abort);
}

static int linux_stream_events(struct io *io, struct io_event *out, uint32_t max)
{
    return io_linux_stream_events(linux_of(io)->streams, out, max);
}

static uint32_t linux_stream_limit(struct io *io)
{
    (void)io;
    return io_linux_stream_limit();
}

static void linux_close(struct io *io)
{
    struct io_linux *l = linux_of(io);
    io_linux_streams_close(l->streams);
    io_linux_capture_close(l->capture);
    io_linux_net_close(l->net);
    if (l->frame_fd >= 0)
        close(l->frame_fd);
    if (l->ip6_fd >= 0)
        close(l->ip6_fd);
    if (l->ip_fd >= 0)
        close(l->ip_fd);
    free(l);
}

static const struct io_ops linux_ops = {
    .now = linux_now,
    .wall = linux_wall,
    .wait = linux_wait,
    .send = linux_send,
    .receive = linux_receive,
    .ifaces = linux_ifaces,
    .route = linux_route,
    .capture = linux_capture,
    .stats = linux_stats,
    .close = linux_close,
    .stream_open = linux_stream_open,
    .stream_read = linux_stream_read,
    .stream_write = linux_stream_write,
    .stream_want = linux_stream_want,
    .stream_close = linux_stream_close,
    .stream_events = linux_stream_events,
    .stream_limit = linux_stream_limit,
};

static int fail(struct span *what, struct span object, int rc)
{
    *what = object;
    return rc;
}

static int open_parts(struct io_linux *l, struct span *what)
{
    if (!l->has_streams_only)
        l->ip_fd = open_sender(AF_INET, IPPROTO_RAW);
    if (!l->has_streams_only)
        l->ip6_fd = open_sender(AF_INET6, IPPROTO_RAW); // with header included (raw(7))
    if (l->ip_fd < 0 && !l->has_streams_only)
        return fail(what, SPAN("raw IPv4 socket"), l->ip_fd);
    int rc = io_linux_net_open(&l->net);
    if (rc < 0)
        return fail(what, SPAN("rtnetlink socket"), rc);
    rc = io_linux_capture_open(&l->capture);
    if (rc < 0)
        return fail(what, SPAN("capture"), rc);
    rc = io_linux_streams_open(&l->streams);
    if (rc < 0)
        return fail(what, SPAN("streams"), rc);
    return 0;
}

static int open_as(bool has_streams_only, struct io **out, struct span *what)
{
    struct io_linux *l = calloc(1, sizeof *l);
    if (!l)
        return fail(what, SPAN("memory"), -ENOMEM);
    l->io.ops = &linux_ops;
    l->has_streams_only = has_streams_only;
    l->ip_fd = -1;
    l->ip6_fd = -1;
    l->frame_fd = -1;
    const int rc = open_parts(l, what);
    if (rc < 0) {
        linux_close(&l->io);
        return rc;
    }
    l->loopback = if_nametoindex("lo");
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
    *out = &l->io;
    return 0;
}

int io_linux_open(struct io **out, struct span *what)
{
    return open_as(false, out, what);
}

int io_linux_open_streams(struct io **out, struct span *what)
{
    return open_as(true, out, what);
}
