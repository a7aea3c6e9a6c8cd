// SPDX-License-Identifier: Apache-2.0
// Sockets of streams. A stream's handle is its descriptor; what belongs to it stands in a table by
// descriptor. One level-triggered epoll set holds them all: the kernel reports ready ones in turn,
// so that a busy one cannot hide the others.
//
// A connection that has nothing left to send is closed in the orderly way. Then TIME_WAIT stays
// with us, but it blocks one pair of addresses and ports only, and of those to one service there
// are few; a reset instead would fill the logs of services. A reset is sent when the peer does
// not take what waits for it (and by the kernel when we leave its bytes unread): such connections
// would live on for minutes.
//
// UDP sockets are not connected, since a TFTP server answers from another port (RFC 1350 section
// 4): what the address that was asked sends from any port is an answer, all else is dropped.
#include "engine/io_linux.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/errqueue.h> // needs <time.h>

#include "base/limits.h"
#include "base/vec.h"

enum {
    EVENTS_MAX = 128, // of one call
    ERRORS_MAX = 64,  // taken from the error queue of one socket at a time
    LOW_FIRST = 512,  // source ports below 1024 (reserved for who asks for one: rresvport(3))
    LOW_LAST = 1023,
    SPARE_FDS = 64, // left to captures, databases, output files, name resolution
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct slot {
    void *tag;
    bool is_udp;
    bool is_v6;
    union address peer; // of UDP
    socklen_t peer_len;
    bool is_asking; // TCP over IPv6: a connection that does not stand yet
};

struct io_linux_streams {
    int epoll;
    uint16_t low_port; // tried next
    struct slot *slot; // by descriptor
    size_t cap;
};

int io_linux_streams_open(struct io_linux_streams **out)
{
    struct io_linux_streams *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->low_port = LOW_LAST;
    s->epoll = -1;
    *out = s;
    return 0;
}

void io_linux_streams_close(struct io_linux_streams *s)
{
    if (!s)
        return;
    if (s->epoll >= 0)
        close(s->epoll);
    vec_free(s->slot);
    free(s);
}

int io_linux_streams_fd(const struct io_linux_streams *s)
{
    return s->epoll;
}

// The soft limit of descriptors is for programs that use select; we do not.
uint32_t io_linux_stream_limit(void)
{
    struct rlimit r = {.rlim_cur = SPARE_FDS};
    if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
        const struct rlimit wish = {r.rlim_max, r.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &wish) == 0)
            r.rlim_cur = r.rlim_max;
    }
    const rlim_t most = LIMIT_STREAMS;
    const rlim_t n = r.rlim_cur < most + SPARE_FDS ? r.rlim_cur : most + SPARE_FDS;
    return (uint32_t)(n > 2 * SPARE_FDS ? n - SPARE_FDS : n / 2 + 1);
}

static socklen_t address_of(const struct ip_addr *a, uint16_t port, uint32_t iface,
                            union address *out)
{
    *out = (union address){.v6 = {0}};
    if (a && a->family == IP_V6) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        out->v6.sin6_scope_id = a->zone ? a->zone : iface;
        memcpy(&out->v6.sin6_addr, a->byte, 16);
        return sizeof out->v6;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons(port);
    if (a)
        memcpy(&out->v4.sin_addr, a->byte, 4);
    return sizeof out->v4;
}

// A wish: without privilege, or when all are taken, the kernel chooses.
static void bind_low(struct io_linux_streams *s, int fd, const struct io_stream_to *to)
{
    const int on = 1;
    const struct ip_addr any = {.family = to->addr.family};
    if (!to->is_udp) // ports of old connections to others may be used
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    for (int i = 0; i <= LOW_LAST - LOW_FIRST; i++) {
        union address a;
        const socklen_t len = address_of(&any, s->low_port, 0, &a);
        s->low_port = s->low_port == LOW_FIRST ? LOW_LAST : (uint16_t)(s->low_port - 1);
        if (bind(fd, &a.any, len) == 0 || errno != EADDRINUSE)
            return;
    }
}

static int bind_device(int fd, uint32_t iface)
{
    char name[IF_NAMESIZE] = "";
    if (!if_indextoname(iface, name))
        return -ENODEV;
    const socklen_t len = (socklen_t)strlen(name);
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, len) == 0 ? 0 : -errno;
}

static int prepare(struct io_linux_streams *s, int fd, const struct io_stream_to *to)
{
    const int on = 1;
    const bool is_v6 = to->addr.family == IP_V6;
    const int rc = to->iface ? bind_device(fd, to->iface) : 0;
    if (rc < 0)
        return rc;
    const int ttl = to->ttl;
    if (ttl > 0)
        setsockopt(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_UNICAST_HOPS : IP_TTL, &ttl,
                   sizeof ttl);
    if (to->is_low_port)
        bind_low(s, fd, to);
    if (!to->is_udp)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // UDP: every ICMP error, not only those that RFC 1122 4.1.3.3 demands. TCP over IPv6: one that
    // comes while the kernel is still inside connect would be told a second later.
    if (to->is_udp || is_v6)
        setsockopt(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? IPV6_RECVERR : IP_RECVERR, &on,
                   sizeof on);
    return 0;
}

// UDP stays unconnected, since a peer may answer from another port; but a missing route or a host
// known to be unreachable is told now.
static int try_route(int fd, const union address *a, socklen_t len)
{
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    if (connect(fd, &a->any, len) != 0)
        return -errno;
    return connect(fd, &nobody, sizeof nobody) == 0 ? 0 : -errno;
}

static int begin(struct io_linux_streams *s, int fd, const struct io_stream_to *to)
{
    union address a;
    int rc = prepare(s, fd, to);
    const socklen_t len = address_of(&to->addr, to->port, to->iface, &a);
    if (rc == 0 && to->is_udp)
        rc = try_route(fd, &a, len);
    if (rc < 0)
        return rc;
    if (!to->is_udp && connect(fd, &a.any, len) != 0 && errno != EINPROGRESS && errno != EINTR)
        return -errno;
    struct epoll_event e = {.events = to->is_udp ? EPOLLIN : EPOLLOUT, .data.fd = fd};
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
        return -errno;
    s->slot = vec_grow(s->slot, &s->cap, (size_t)fd + 1, sizeof *s->slot);
    s->slot[fd] = (struct slot){.tag = to->tag,
                                .is_udp = to->is_udp,
                                .is_v6 = to->addr.family == IP_V6,
                                .peer = a,
                                .peer_len = len,
                                .is_asking = !to->is_udp && to->addr.family == IP_V6};
    return 0;
}

int io_linux_stream_open(struct io_linux_streams *s, const struct io_stream_to *to)
{
    if (to->addr.family != IP_V4 && to->addr.family != IP_V6)
        return -EAFNOSUPPORT;
    if (s->epoll < 0)
        s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll < 0)
        return -errno;
    const int type = to->is_udp ? SOCK_DGRAM : SOCK_STREAM;
    const int fd = socket(to->addr.family == IP_V6 ? AF_INET6 : AF_INET,
                          type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    const int rc = begin(s, fd, to);
    if (rc < 0)
        close(fd);
    return rc < 0 ? rc : fd;
}

static bool is_peer(const struct slot *slot, const union address *from)
{
    if (slot->is_v6)
        return memcmp(&from->v6.sin6_addr, &slot->peer.v6.sin6_addr, 16) == 0;
    return from->v4.sin_addr.s_addr == slot->peer.v4.sin_addr.s_addr;
}

int io_linux_stream_read(struct io_linux_streams *s, int stream, void *bytes, size_t size)
{
    const struct slot *slot = &s->slot[stream];
    union address from = {.v6 = {0}};
    socklen_t len;
    ssize_t n;
    do {
        len = sizeof from;
        n = recvfrom(stream, bytes, size, MSG_DONTWAIT, &from.any, &len);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    if (slot->is_udp && !is_peer(slot, &from))
        return -EAGAIN;
    return n > 0 || slot->is_udp ? (int)n : -ENODATA;
}

int io_linux_stream_write(struct io_linux_streams *s, int stream, struct span bytes)
{
    const struct slot *slot = &s->slot[stream];
    const struct sockaddr *to = slot->is_udp ? &slot->peer.any : NULL;
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    ssize_t n;
    do
        n = sendto(stream, bytes.ptr, bytes.len, flags, to, to ? slot->peer_len : 0);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == ENOBUFS || errno == ENOMEM ? -EAGAIN : -errno;
    return (int)n;
}

void io_linux_stream_want(struct io_linux_streams *s, int stream, unsigned want)
{
    struct epoll_event e = {.data.fd = stream};
    e.events = (want & IO_STREAM_READ ? (uint32_t)EPOLLIN : 0) |
               (want & IO_STREAM_WRITE ? (uint32_t)EPOLLOUT : 0);
    epoll_ctl(s->epoll, EPOLL_CTL_MOD, stream, &e);
}

void io_linux_stream_close(struct io_linux_streams *s, int stream, bool is_abort)
{
    const struct linger reset = {.l_onoff = 1};
    if (is_abort && !s->slot[stream].is_udp)
        setsockopt(stream, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    s->slot[stream] = (struct slot){0};
    close(stream);
}

// The next error of a socket's queue, 0 if it says nothing about the peer, -EAGAIN at its end.
static int next_error(int fd, bool is_v6)
{
    union {
        struct cmsghdr align;
        char bytes[512];
    } control;
    struct msghdr m = {.msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    if (recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return -EAGAIN;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        struct sock_extended_err e;
        const bool is_ours = is_v6 ? c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR
                                   : c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR;
        if (!is_ours || c->cmsg_len < CMSG_LEN(sizeof e))
            continue;
        memcpy(&e, CMSG_DATA(c), sizeof e);
        return e.ee_errno == EMSGSIZE ? 0 : -(int)e.ee_errno; // the kernel cuts from then on
    }
    return 0;
}

// The error of a socket, taken off it; 0: none that matters. ICMP errors end no connection that
// stands: anybody can send them.
static int take_error(int fd, const struct slot *slot)
{
    int error = 0;
    socklen_t len = sizeof error;
    int first = 0;
    for (int i = 0; (slot->is_udp || slot->is_v6) && i < ERRORS_MAX; i++) {
        const int e = next_error(fd, slot->is_v6);
        if (e == -EAGAIN)
            break;
        first = first || !(slot->is_udp || slot->is_asking) ? first : e;
    }
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
    return first ? first : error == EMSGSIZE ? 0 : -error;
}

int io_linux_stream_events(struct io_linux_streams *s, struct io_event *out, uint32_t max)
{
    struct epoll_event e[EVENTS_MAX];
    if (s->epoll < 0)
        return 0;
    const int n = epoll_wait(s->epoll, e, (int)(max < EVENTS_MAX ? max : EVENTS_MAX), 0);
    for (int i = 0; i < n; i++) {
        const int fd = e[i].data.fd;
        out[i] = (struct io_event){.tag = s->slot[fd].tag,
                                   .is_readable = (e[i].events & (EPOLLIN | EPOLLHUP)) != 0,
                                   .is_writable = (e[i].events & EPOLLOUT) != 0};
        if (e[i].events & EPOLLERR)
            out[i].error = take_error(fd, &s->slot[fd]);
        if (out[i].is_writable && out[i].error == 0)
            s->slot[fd].is_asking = false;
    }
    return n > 0 ? n : 0;
}
