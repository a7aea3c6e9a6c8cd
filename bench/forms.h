// SPDX-License-Identifier: Apache-2.0
// A fingerprint in the forms in which people pass them on.
#pragma once

#include "base/buf.h"

enum { FORM_TEXT = 4096 };

static inline void put_lines(struct buf *b, struct span lines, const char *end)
{
    while (lines.len > 0) {
        buf_bytes(b, span_cut(&lines, '\n'));
        buf_str(b, end);
    }
}

static inline void put_wrapped(struct buf *b, struct span lines)
{
    size_t column = 0;
    for (size_t i = 0; i < lines.len; i++) {
        if (lines.ptr[i] == '\n')
            continue;
        buf_str(b, column == 0 ? "OS:" : "");
        buf_char(b, lines.ptr[i]);
        column = (column + 1) % 72;
        buf_str(b, column == 0 ? "\n" : "");
    }
    buf_str(b, "\n\n");
}

// Number i as it stands in a file: wrapped, plain, XML or JSON.
static inline void put_saved(struct buf *b, struct span tests, uint64_t i)
{
    static const char scan[] = "SCAN(V=7.93%E=4%D=11/20%OT=22%CT=23%CU=30623%PV=Y%DS=1%DC=D%G=Y"
                               "%TM=6B00CB84%P=x86_64-pc-linux-gnu)\n";
    uint8_t mem[FORM_TEXT];
    struct buf all;
    buf_init(&all, mem, sizeof mem);
    buf_str(&all, scan);
    buf_bytes(&all, tests);
    if (i % 4 == 0) {
        buf_str(b, "Nmap scan report for 192.0.2.1\nTCP/IP fingerprint:\n");
        put_wrapped(b, buf_span(&all));
    } else if (i % 4 == 1) {
        buf_bytes(b, buf_span(&all));
        buf_str(b, "\n");
    } else if (i % 4 == 2) {
        buf_str(b, "<host><address addr=\"192.0.2.1\"/>\n<os><osfingerprint fingerprint=\"");
        put_lines(b, buf_span(&all), "&#xa;");
        buf_str(b, "\"/>\n</os></host>\n");
    } else {
        buf_str(b, "{\"host\":\"192.0.2.1\",\"fingerprint\":\"");
        put_lines(b, buf_span(&all), "\\n");
        buf_str(b, "\"}\n");
    }
}
