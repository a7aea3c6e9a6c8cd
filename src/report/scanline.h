// SPDX-License-Identifier: Apache-2.0
// The OS fingerprint as text: SCAN line and test lines, wrapped or plain (os-detection spec
// 4.3 and 4.5).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"

struct buf;
struct host;
struct scan;
struct writer;

enum { SCANLINE_MAX = 512 };

// One line without newline; host->os is there. now: unix seconds of writing. Text of the scan
// record is escaped.
void scanline_print(struct buf *b, const struct scan *scan, const struct host *host, bool is_good,
                    int64_t now);

// PV: private or otherwise not globally reachable, by the rule that quirks (0, 793, 7991) name.
bool scanline_is_private(const struct ip_addr *a, int quirks);

// "OS:" and 72 characters a line, cut anywhere.
void fingerprint_wrapped(struct writer *w, const struct scan *scan, const struct host *host,
                         bool is_good);

// One test a line, no prefix.
void fingerprint_plain(struct writer *w, const struct scan *scan, const struct host *host,
                       bool is_good);
