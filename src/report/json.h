// SPDX-License-Identifier: Apache-2.0
// JSON text (RFC 8259) piece by piece: commas come by themselves, strings are always valid UTF-8
// (bytes that are none become U+FFFD).
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct writer;

struct json {
    struct writer *w;
    bool needs_comma;
};

void json_init(struct json *j, struct writer *w);
void json_open(struct json *j, char bracket); // '{' or '['
void json_close(struct json *j, char bracket);
void json_key(struct json *j, const char *name); // of the value that comes next
void json_text(struct json *j, struct span s);   // absent: null
void json_number(struct json *j, uint64_t v);
void json_percent(struct json *j, double share); // 0.9717 -> 97.17, cut, so never 100 too early
