// SPDX-License-Identifier: Apache-2.0
// A packet as one line of text for people who watch (output spec 2.8).
#pragma once

#include "base/buf.h"
#include "wire/frame.h"

enum { PACKET_LINE_MAX = 512 }; // bytes that any line fits into

// "TCP 192.0.2.1:40000 > 192.0.2.7:22 S ttl=42 id=21122 iplen=44  seq=1 win=1024 <mss 1460>".
// Without a newline; nothing of it is text of the sender.
void packet_line(struct buf *b, const struct frame *f);
