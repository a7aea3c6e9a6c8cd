// SPDX-License-Identifier: Apache-2.0
// The door to the world: clock, packets, interfaces, routes. Three implementations: io_linux
// (live), io_pcap (a capture file), lab/sim (hosts in this process under a virtual clock).
// Timers, pacing and retransmission lie above it. Errors are -errno.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/span.h"
#include "wire/frame.h"

enum { IO_NAME_MAX = 16, IO_IFACE_ADDRS = 8 };

struct io_iface {
    uint32_t index;
    char name[IO_NAME_MAX];
    enum link_type link;
    struct mac_addr mac; // all zero if the link has none
    uint32_t mtu;
    bool is_up;
    bool is_loopback;
    bool is_p2p; // no neighbours to resolve (TUN, PPP)
    uint32_t n_addrs;
    struct ip_addr addr[IO_IFACE_ADDRS];
    uint8_t bits[IO_IFACE_ADDRS]; // prefix lengths
};

struct io_route {
    uint32_t iface;
    struct ip_addr src;     // our address towards the destination
    struct ip_addr gateway; // IP_NONE: the destination is on the link
    bool is_local;          // the destination is ours
};

struct io_packet {
    uint32_t iface;
    bool is_frame; // bytes begin with a link header; else with the IP header, and the
                   // kernel routes it
    struct span bytes;
};

struct io_received {
    uint64_t time_ns; // kernel receive time on the clock of io_now
    uint32_t iface;
    enum link_type link;
    struct span bytes; // valid until the next receive or wait
};

// What to capture on an interface: ARP replies, and IP packets to `addr` that are ICMP, or TCP
// or UDP with a destination port in port_lo..port_hi; other protocols if they are wanted.
struct io_capture {
    uint32_t iface;
    struct ip_addr addr;
    uint16_t port_lo;
    uint16_t port_hi;
    bool takes_others;
};

struct io_stats {
    uint64_t received;
    uint64_t dropped; // seen by the kernel, lost before we read them
};

// A TCP connection, or a UDP socket that knows one peer only. Nothing of it blocks.
struct io_stream_to {
    struct ip_addr addr;
    uint16_t port;
    bool is_udp;
    bool is_low_port; // from a source port below 1024 if that is allowed
    uint32_t iface;   // 0 = as routed
    uint8_t ttl;      // 0 = the system's
    void *tag;        // comes back in events, not NULL
};

enum { IO_STREAM_READ = 1, IO_STREAM_WRITE = 2 };

struct io_event {
    void *tag;
    bool is_readable;
    bool is_writable; // the first time: connected
    int error;        // -errno, also of ICMP; what was received before can still be read
};

struct io;

struct io_ops {
    // Monotonic nanoseconds; the same value may come twice, never a smaller one.
    uint64_t (*now)(struct io *io);
    // Unix time in nanoseconds.
    int64_t (*wall)(struct io *io);
    // Returns when a packet can be received or a stream has an event (1), at until_ns (0), or
    // -EINTR when a signal came.
    int (*wait)(struct io *io, uint64_t until_ns);
    // Sends n packets; returns how many the kernel took (it may be busy: fewer, even 0), or
    // -errno if the first one cannot ever be sent.
    int (*send)(struct io *io, const struct io_packet *packets, uint32_t n);
    // 1 and a packet, 0 if there is none now, -ENODATA if there will never be one again.
    int (*receive)(struct io *io, struct io_received *out);
    // Fills up to max interfaces, returns how many.
    int (*ifaces)(struct io *io, struct io_iface *out, uint32_t max);
    // The route to dst; `iface` != 0 forces that interface. -ENETUNREACH etc.
    int (*route)(struct io *io, const struct ip_addr *dst, uint32_t iface, struct io_route *out);
    // Starts (or widens) the capture of one interface. 0 or -errno.
    int (*capture)(struct io *io, const struct io_capture *what);
    void (*stats)(struct io *io, struct io_stats *out);
    void (*close)(struct io *io);

    // Begins a connection and wants IO_STREAM_WRITE (UDP: IO_STREAM_READ). A handle >= 0 or
    // -errno: EMFILE, ENFILE, EADDRNOTAVAIL (all ports taken) may pass; ENOSYS: never.
    int (*stream_open)(struct io *io, const struct io_stream_to *to);
    // Bytes read (a datagram may be empty), -EAGAIN, -ENODATA at the end of the stream, -errno.
    int (*stream_read)(struct io *io, int stream, void *bytes, size_t size);
    // Bytes taken, -EAGAIN, -errno. UDP: one datagram.
    int (*stream_write)(struct io *io, int stream, struct span bytes);
    // Which of IO_STREAM_... make events; errors always do.
    void (*stream_want)(struct io *io, int stream, unsigned want);
    // is_abort: what was written may be thrown away, a TCP peer is told by a reset.
    void (*stream_close)(struct io *io, int stream, bool is_abort);
    // What happened: up to max events, returns how many. A stream whose condition persists comes
    // again, after the others.
    int (*stream_events)(struct io *io, struct io_event *out, uint32_t max);
    // How many streams the system allows at a time.
    uint32_t (*stream_limit)(struct io *io);
};

struct io {
    const struct io_ops *ops;
};
