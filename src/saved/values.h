// SPDX-License-Identifier: Apache-2.0
// Private to saved: values out of a JSON object. What is missing or of another type is "not
// known": absent, false, or the given value.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ip.h"

// Bytes as they were before they became JSON (doc/whorl-json.md, Strings); NUL behind them.
struct span value_bytes(struct arena *a, const json_t *v);
struct span value_text(struct arena *a, const json_t *o, const char *key);
struct span value_plain(const json_t *o, const char *key); // a view, as it stands in the file
struct span value_base64(struct arena *a, const json_t *o, const char *key);

// Kept within lo..hi: a number beyond counts as not known.
int64_t value_int(const json_t *o, const char *key, int64_t lo, int64_t hi, int64_t otherwise);
uint64_t value_count(const json_t *o, const char *key);
uint32_t value_u32(const json_t *o, const char *key);
double value_share(const json_t *v); // 0..1
bool value_true(const json_t *o, const char *key);
bool value_addr(const json_t *o, const char *key, struct ip_addr *out);

struct span *value_texts(struct arena *a, const json_t *o, const char *key, uint32_t *n);
