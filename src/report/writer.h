// SPDX-License-Identifier: Apache-2.0
// Text on its way to a sink: gathers small pieces, remembers a failure and is silent after it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ip.h"
#include "base/span.h"
#include "report/sink.h"

enum { WRITER_PENDING = 4096 };

struct writer {
    struct sink *sink; // borrowed
    bool has_failed;
    bool has_color;     // set by the owner of the sink
    struct buf pending; // in mem: a writer must not be copied
    uint8_t mem[WRITER_PENDING];
};

void writer_init(struct writer *w, struct sink *sink);

// False if anything since writer_init was lost.
bool writer_flush(struct writer *w);

void writer_bytes(struct writer *w, struct span s); // as they are: our own text only
void writer_str(struct writer *w, const char *s);
void writer_line(struct writer *w, const char *s); // s and a newline
void writer_escaped(struct writer *w, struct span s);
void writer_dotted(struct writer *w, struct span s); // as text_dotted
// Colors by the numbers of ECMA-48 SGR ("1;32"), and back; nothing without has_color.
void writer_paint(struct writer *w, const char *sgr);
void writer_plain(struct writer *w);

void writer_blanks(struct writer *w, size_t n);
void writer_dec(struct writer *w, uint64_t v);
void writer_int(struct writer *w, int64_t v);
void writer_hex(struct writer *w, uint64_t v);
void writer_fixed(struct writer *w, double v, unsigned decimals);
void writer_ip(struct writer *w, const struct ip_addr *a);
