// SPDX-License-Identifier: Apache-2.0
// Private to osfp: one test line under construction. Values live in the arena.
#pragma once

#include "base/buf.h"
#include "osfp/subject.h"

struct line {
    struct arena *arena;
    struct osdb_subject *subject;
    enum osdb_test test;
    const struct subject_env *env;
    enum quirks quirks;
};

// Another line of the same subject, which has it from now on.
struct line line_begin(const struct line *base, enum osdb_test test);

// An attribute that the test does not have is passed over.
void line_put(struct line *l, const char *attr, struct span value);
void line_put_char(struct line *l, const char *attr, char c);
void line_put_buf(struct line *l, const char *attr, const struct buf *b);

// TCP flags as letters, the last one in the header first; ece: the letter that the generation has
// for ECE.
void line_put_flags(struct line *l, const char *attr, uint8_t flags, char ece);
void line_put_hex(struct line *l, const char *attr, uint32_t v);
void line_put_hex_pad(struct line *l, const char *attr, uint32_t v, unsigned digits); // 0: none

// NULL: not answered.
const struct obs_reply *line_reply(const struct obs *o, enum probe p);

// All lines of the first generation: first.c.
void first_build(const struct line *base, const struct obs *o);

// The line of what IPv6 alone has: native.c.
void native_build(const struct line *base, const struct obs *o);
