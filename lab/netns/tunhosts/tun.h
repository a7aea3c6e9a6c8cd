// SPDX-License-Identifier: Apache-2.0
// A TUN device in the network namespace of the caller.
#pragma once

#include <stdint.h>

struct tun_config {
    const char *name;
    uint32_t own;   // address of this machine on it, host order
    uint32_t first; // the block routed into it
    uint32_t bits;
};

// A non-blocking descriptor, packets begin with the IP header; or -errno and *what failed.
int tun_open(const struct tun_config *cfg, const char **what);
