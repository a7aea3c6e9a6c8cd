// SPDX-License-Identifier: Apache-2.0
// JSON text (RFC 8259) piece by piece: commas come by themselves. Strings are valid UTF-8 and
// hold any bytes: a byte that is not part of a UTF-8 character is written as the private
// character U+F700 + byte, and so are the bytes of the characters U+F780 to U+F7FF themselves,
// so that nothing is lost and the way back is one rule.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct writer;

enum { JSON_BYTE = 0xF700 }; // what is added to a byte that is not UTF-8

struct json {
    struct writer *w;
    bool needs_comma;
};

void json_init(struct json *j, struct writer *w);
void json_open(struct json *j, char bracket); // '{', '[', or '"' for plain pieces of a text
void json_close(struct json *j, char bracket);
void json_key(struct json *j, const char *name); // of the value that comes next
void json_text(struct json *j, struct span s);   // absent: null
void json_base64(struct json *j, struct span s);
void json_number(struct json *j, uint64_t v);
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_percent(struct json *j, double share); // 0.9717 -> 97.17, cut, so never 100 too early
void json_fixed(struct json *j, double v);       // three digits behind the point
void json_share(struct json *j, double share);   // 0.5 .. 1, exact: what is read is the same

// Key and value. Nothing at all for an absent text, false and zero, where the name says "some".
void json_put_text(struct json *j, const char *key, struct span s);
void json_put_number(struct json *j, const char *key, uint64_t v);
void json_some_text(struct json *j, const char *key, struct span s);
void json_some_number(struct json *j, const char *key, uint64_t v);
void json_some_bool(struct json *j, const char *key, bool v);
