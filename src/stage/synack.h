// SPDX-License-Identifier: Apache-2.0
// Keeps how the SYN-ACKs of open ports look: the cheap fingerprint that a port scan sees anyway.
#pragma once

struct frame;
struct visit;

// A SYN-ACK of an open port came. IPv4; of the first LIMIT_SYNACKS ports.
void synack_keep(struct visit *v, const struct frame *f);
