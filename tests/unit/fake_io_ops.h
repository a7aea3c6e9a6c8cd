// SPDX-License-Identifier: Apache-2.0
// The functions behind fake_io.h.
#pragma once

#include <errno.h>
#include <string.h>

#include "engine/engine.h"

enum { FAKE_SENT = 8192, FAKE_BYTES = 1600, FAKE_INBOX = 8192 };

struct fake_packet {
    uint64_t at_ns; // sent, or to be received
    uint32_t iface;
    bool is_frame;
    enum link_type link;
    uint32_t len;
    uint8_t bytes[FAKE_BYTES];
};

struct fake_io {
    struct io io; // first
    uint64_t now_ns;
    uint32_t room;  // packets that send takes in all, from here on
    int send_error; // what send returns instead, once
    int wait_error; // likewise
    int route_error;
    int capture_error;
    struct io_iface iface[2];
    uint32_t n_ifaces;
    struct io_route route;
    uint32_t n_captures;
    struct io_capture captured;
    uint32_t n_sent;
    uint32_t n_inbox;
    uint32_t n_taken;
    void (*on_sent)(struct fake_io *f, const struct fake_packet *p);
    struct fake_packet sent[FAKE_SENT];
    struct fake_packet inbox[FAKE_INBOX]; // by time, from n_taken on
};

static inline struct fake_io *fake_of(struct io *io)
{
    return (struct fake_io *)io;
}

static inline int fake_once(int *error)
{
    const int rc = *error;
    *error = 0;
    return rc;
}

static inline uint64_t fake_now(struct io *io)
{
    return fake_of(io)->now_ns;
}

static inline int64_t fake_wall(struct io *io)
{
    return INT64_C(1700000000000000000) + (int64_t)fake_of(io)->now_ns;
}

static inline int fake_wait(struct io *io, uint64_t until_ns)
{
    struct fake_io *f = fake_of(io);
    const int error = fake_once(&f->wait_error);
    if (error)
        return error;
    const uint64_t next = f->n_taken < f->n_inbox ? f->inbox[f->n_taken].at_ns : UINT64_MAX;
    const uint64_t at = next < until_ns ? next : until_ns;
    if (at > f->now_ns && at != UINT64_MAX)
        f->now_ns = at;
    return next <= until_ns;
}

static inline int fake_send(struct io *io, const struct io_packet *p, uint32_t n)
{
    struct fake_io *f = fake_of(io);
    const int error = fake_once(&f->send_error);
    if (error)
        return error;
    uint32_t i = 0;
    for (; i < n && f->room > 0 && f->n_sent < FAKE_SENT; i++, f->room--) {
        struct fake_packet *to = &f->sent[f->n_sent++];
        *to = (struct fake_packet){f->now_ns, p[i].iface, p[i].is_frame, LINK_ETHERNET, 0, {0}};
        to->len = (uint32_t)(p[i].bytes.len < FAKE_BYTES ? p[i].bytes.len : FAKE_BYTES);
        memcpy(to->bytes, p[i].bytes.ptr, to->len);
        if (f->on_sent)
            f->on_sent(f, to);
    }
    return (int)i;
}

static inline int fake_receive(struct io *io, struct io_received *out)
{
    struct fake_io *f = fake_of(io);
    if (f->n_taken == f->n_inbox || f->inbox[f->n_taken].at_ns > f->now_ns)
        return 0;
    const struct fake_packet *p = &f->inbox[f->n_taken++];
    *out = (struct io_received){p->at_ns, p->iface, p->link, span_of(p->bytes, p->len)};
    return 1;
}

static inline int fake_ifaces(struct io *io, struct io_iface *out, uint32_t max)
{
    const struct fake_io *f = fake_of(io);
    uint32_t n = 0;
    for (; n < f->n_ifaces && n < max; n++)
        out[n] = f->iface[n];
    return (int)n;
}

static inline int fake_route(struct io *io, const struct ip_addr *dst, uint32_t iface,
                             struct io_route *out)
{
    const struct fake_io *f = fake_of(io);
    (void)dst;
    *out = f->route;
    if (iface)
        out->iface = iface;
    return f->route_error;
}

static inline int fake_capture(struct io *io, const struct io_capture *what)
{
    struct fake_io *f = fake_of(io);
    if (f->capture_error)
        return f->capture_error;
    f->captured = *what;
    f->n_captures++;
    return 0;
}

static inline void fake_stats(struct io *io, struct io_stats *out)
{
    (void)io;
    *out = (struct io_stats){.dropped = 17};
}
