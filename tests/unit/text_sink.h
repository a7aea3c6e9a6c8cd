// SPDX-License-Identifier: Apache-2.0
// A sink that keeps what it gets, for tests: up to `room` bytes, then it fails.
#pragma once

#include <string.h>

#include "report/sink.h"

struct text_sink {
    struct sink sink; // first
    size_t room;
    size_t len;
    char text[1 << 17];
};

static inline bool text_sink_write(struct sink *self, struct span s)
{
    struct text_sink *t = (struct text_sink *)self;
    if (s.len > t->room - t->len)
        return false;
    memcpy(t->text + t->len, s.ptr, s.len);
    t->len += s.len;
    t->text[t->len] = '\0';
    return true;
}

static inline void text_sink_init(struct text_sink *t)
{
    t->sink.write = text_sink_write;
    t->room = sizeof t->text - 1;
    t->len = 0;
    t->text[0] = '\0';
}
