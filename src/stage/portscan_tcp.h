// SPDX-License-Identifier: Apache-2.0
// Private to the port scan: answers to its TCP probes.
#pragma once

#include <stdbool.h>

struct frame;
struct plan_scan;
struct portscan_answer;
struct visit;

// What a packet from the host, or about it, says of which port. Whether it was asked in that try is
// for the caller to know. False: it answers no probe of this scan.
bool portscan_tcp_answer(const struct visit *v, const struct plan_scan *scan, const struct frame *f,
                         struct portscan_answer *out);
