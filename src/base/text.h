// SPDX-License-Identifier: Apache-2.0
// Numbers and escapes in text. Nothing a target sends reaches a terminal other than through
// text_escape or text_dotted.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct buf;

// Printable ASCII as it is, everything else and the backslash as \xHH.
void text_escape(struct buf *b, struct span s);

// Printable ASCII as it is, the backslash too, everything else as a dot: of the same length
// (service-detection spec 4.3).
void text_dotted(struct buf *b, struct span s);

// Bytes of the character that s, which is not empty, begins with; 0: it is not UTF-8 (RFC 3629).
// code: of the character, or the byte.
size_t text_utf8(struct span s, uint32_t *code);

// A whole span of decimal digits up to max. False for anything else, empty included.
bool text_dec(struct span s, uint64_t max, uint64_t *out);

// A whole span of 1..16 hexadecimal digits of either case.
bool text_hex(struct span s, uint64_t *out);

bool text_is_hex(char c);
bool text_is_digit(char c);

// Decimal number with an optional unit ms, s, m, h (none: seconds), in nanoseconds.
bool text_time(struct span s, uint64_t *ns);
