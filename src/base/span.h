// SPDX-License-Identifier: Apache-2.0
// A view of bytes that somebody else owns. May hold NUL; escaped only when printed.
// ptr == NULL means "absent", which differs from an empty span with a ptr.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const char *ptr;
    size_t len;
};

#define SPAN(literal) ((struct span){"" literal, sizeof(literal) - 1})

static inline struct span span_of(const void *ptr, size_t len)
{
    return (struct span){ptr, len};
}

// NULL gives the absent span.
static inline struct span span_str(const char *s)
{
    return (struct span){s, s ? strlen(s) : 0};
}

static inline bool span_is_absent(struct span s)
{
    return s.ptr == NULL;
}

bool span_eq(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);

// ASCII letters without case.
bool span_eq_nocase(struct span a, struct span b);

// Byte-wise order as memcmp, a shorter prefix first: < 0, 0, > 0.
int span_cmp(struct span a, struct span b);

// Blanks and tabs (and CR) removed at both ends.
struct span span_trim(struct span s);

// Index of the first byte c, or s.len.
size_t span_find(struct span s, char c);

// The bytes from `from` (cut to the length) to the end.
struct span span_from(struct span s, size_t from);

// The first `len` bytes (cut to the length).
struct span span_head(struct span s, size_t len);

// Cuts *rest at the first `sep`: returns what stands before it and leaves what follows.
// Without sep returns all and leaves *rest absent. Loop: while (!span_is_absent(rest)).
struct span span_cut(struct span *rest, char sep);
