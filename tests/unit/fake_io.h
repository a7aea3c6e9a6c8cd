// SPDX-License-Identifier: Apache-2.0
// A door to nowhere, for tests of what lies above it: keeps what is sent, hands out what is
// queued, and its clock moves only when somebody waits.
#pragma once

#include "fake_io_ops.h"

// Puts bytes into the inbox, behind what comes at the same time or earlier.
static inline void fake_deliver(struct fake_io *f, uint64_t at_ns, enum link_type link,
                                struct span bytes)
{
    uint32_t i = f->n_inbox++;
    for (; i > f->n_taken && f->inbox[i - 1].at_ns > at_ns; i--)
        f->inbox[i] = f->inbox[i - 1];
    f->inbox[i] = (struct fake_packet){at_ns, 2, true, link, (uint32_t)bytes.len, {0}};
    memcpy(f->inbox[i].bytes, bytes.ptr, bytes.len);
}

// One Ethernet interface, 192.0.2.1/24 on index 2; neighbours are reached directly.
static inline void fake_init(struct fake_io *f)
{
    static const struct io_ops ops = {.now = fake_now,
                                      .wall = fake_wall,
                                      .wait = fake_wait,
                                      .send = fake_send,
                                      .receive = fake_receive,
                                      .ifaces = fake_ifaces,
                                      .route = fake_route,
                                      .capture = fake_capture,
                                      .stats = fake_stats};
    memset(f, 0, sizeof *f);
    f->io.ops = &ops;
    f->now_ns = 1000000000;
    f->room = UINT32_MAX;
    f->n_ifaces = 1;
    f->iface[0] = (struct io_iface){
        .index = 2, .link = LINK_ETHERNET, .mac = {{2, 0, 0, 0, 0, 1}}, .mtu = 1500, .is_up = true};
    f->route = (struct io_route){.iface = 2, .src = ip_v4(0xC0000201)};
}
