// SPDX-License-Identifier: Apache-2.0
// The live implementation of engine/io.h for Linux. One raw IPv4 socket sends packets, one
// packet socket sends frames, libpcap captures, rtnetlink knows interfaces and routes. All of it
// works with CAP_NET_RAW alone.
//
// The kernel writes total length and header checksum of IP packets (not of frames), and puts a
// number of its own where their identification is 0. A packet with `iface` != 0 leaves through
// that interface (loopback excepted: the kernel finds what is local).
// Captured packets are cut after 1900 bytes.
#pragma once

#include "engine/io.h"

// 0, or -errno and *what names the object that could not be opened (constant text). Without
// privilege: -EPERM. Closed by ops->close.
int io_linux_open(struct io **out, struct span *what);

// Without any privilege: streams, routes and interfaces. Sending packets gives -EPERM, captures
// stay empty.
int io_linux_open_streams(struct io **out, struct span *what);

// The rest is for io_linux*.c only.

// Interfaces and routes.
struct io_linux_net;
int io_linux_net_open(struct io_linux_net **out);
void io_linux_net_close(struct io_linux_net *net);
int io_linux_net_ifaces(struct io_linux_net *net, struct io_iface *out, uint32_t max);
int io_linux_net_route(struct io_linux_net *net, const struct ip_addr *dst, uint32_t iface,
                       struct io_route *out);

// Hands every message of a dump of this address family to `each` (libmnl's mnl_cb_t). 0 or -errno.
struct nlmsghdr;
int io_linux_net_dump(struct io_linux_net *net, uint16_t type, uint8_t family,
                      int (*each)(const struct nlmsghdr *message, void *data), void *data);

// Received packets, and waiting for them.
struct io_linux_capture;
int io_linux_capture_open(struct io_linux_capture **out);
void io_linux_capture_close(struct io_linux_capture *c);
int io_linux_capture_add(struct io_linux_capture *c, const struct io_capture *what);
// Waits for `fd` too (-1: none).
int io_linux_capture_wait(struct io_linux_capture *c, int fd, uint64_t until_ns);
int io_linux_capture_receive(struct io_linux_capture *c, struct io_received *out);
void io_linux_capture_stats(struct io_linux_capture *c, struct io_stats *out);

// Sockets of streams, and one descriptor to wait for all of them: -1 before the first is opened.
struct io_linux_streams;
int io_linux_streams_open(struct io_linux_streams **out);
void io_linux_streams_close(struct io_linux_streams *s);
int io_linux_streams_fd(const struct io_linux_streams *s);
int io_linux_stream_open(struct io_linux_streams *s, const struct io_stream_to *to);
int io_linux_stream_read(struct io_linux_streams *s, int stream, void *bytes, size_t size);
int io_linux_stream_write(struct io_linux_streams *s, int stream, struct span bytes);
void io_linux_stream_want(struct io_linux_streams *s, int stream, unsigned want);
void io_linux_stream_close(struct io_linux_streams *s, int stream, bool is_abort);
int io_linux_stream_events(struct io_linux_streams *s, struct io_event *out, uint32_t max);
uint32_t io_linux_stream_limit(void);

// CLOCK_MONOTONIC or CLOCK_REALTIME in nanoseconds.
uint64_t io_linux_clock(int which);
