// SPDX-License-Identifier: Apache-2.0
// The narrowest place of a way that all hosts share: it passes one packet after the other, some
// wait in line, and who finds the line full is lost.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct narrow {
    uint32_t rate;  // packets a second, 0 = no such place
    uint32_t queue; // of them that wait
    uint64_t free_ns;
    uint64_t n_lost;
};

// A packet comes there at now_ns, which never runs backward. False: it is lost; else *out_ns is
// when it has passed.
bool narrow_pass(struct narrow *n, uint64_t now_ns, uint64_t *out_ns);
