// SPDX-License-Identifier: Apache-2.0
// What the port scans of a host lost, in words: the same in every kind of report that is read by
// people. Silent when nothing was lost and no port is uncertain.
#pragma once

#include <stdbool.h>

struct buf;
struct host;
struct writer;

enum { CERTAINTY_TEXT_MAX = 512 };

bool certainty_is_worth_telling(const struct host *host);

// "tcp 200 of 1100 probes lost, 12 of 300 ports uncertain; udp 0 of 40 probes lost, ...": the scans
// of which there is anything to tell. Lost are probes to ports that answered a later one.
void certainty_text(struct buf *b, const struct host *host);

// With "Certainty: " before it.
void certainty_title(struct buf *b, const struct host *host);

void certainty_line(struct writer *w, const struct host *host);

// As the result of a host script (output spec 4.8).
void certainty_xml(struct writer *w, const struct host *host);
