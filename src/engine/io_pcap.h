// SPDX-License-Identifier: Apache-2.0
// A capture file (pcap or pcapng) behind engine/io.h: every packet of it is received, those we
// once sent included; nothing can be sent (-EROFS) and there is no route (-ENETUNREACH), nor
// streams (-ENOSYS).
//
// Time runs from packet to packet: `now` is the time stamp of the packet read last, counted from
// the first one. A caller who waits before each receive also gets its timers at the right places
// in between. After a damaged record, receive returns -EBADMSG once, then -ENODATA.
#pragma once

#include "engine/io.h"

enum { IO_PCAP_WHY_MAX = 512, IO_PCAP_HEAD = 4 };

// "path: reason", NUL-terminated; the path is as given.
struct io_pcap_why {
    char text[IO_PCAP_WHY_MAX];
};

// 0 or -errno: what fopen says, -EBADMSG for a file that is no capture, -EPROTONOSUPPORT for a
// link layer that nobody here can read. *why is filled on failure. Closed by ops->close.
int io_pcap_open(struct io **out, const char *path, struct io_pcap_why *why);

// The same for what is left of an open file or pipe of which `head` (at most IO_PCAP_HEAD bytes)
// has been read already; `name` is for messages. fd stays open and the caller's.
int io_pcap_open_fd(struct io **out, int fd, struct span head, const char *name,
                    struct io_pcap_why *why);

// A file with these first bytes is a capture: pcap or pcapng.
bool io_pcap_is_capture(struct span head);

// Why receive returned -EBADMSG; "" if it did not. `io` comes from io_pcap_open.
const char *io_pcap_why(const struct io *io);
