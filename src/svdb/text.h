// SPDX-License-Identifier: Apache-2.0
// Private to svdb: the small grammars inside of lines. In: spans of one line. Errors hold the
// column within the line, its number is the caller's. Reference: specification 1.3 to 1.8.
#pragma once

#include "svdb/tree.h"

// Fills *at with the column of token, which lies in line; returns code.
enum err svdb_fail(struct err_at *at, struct span line, enum err code, const char *what,
                   struct span token);

bool svdb_is_blank(char c); // white space of the C locale
struct span svdb_skip_blanks(struct span s);

// Bytes with the escapes of 1.4: \\ \0 \n \r \t \xHH. `out` has room for s.len bytes. Another
// escape is an error; *bad is what it begins with.
enum err svdb_unescape(struct span s, char *out, size_t *len, struct span *bad);

// "N,N-M,..." appended to ranges (struct svdb_range). With groups T: U: S: and open ends (-p
// syntax, 1.3) they go to the pile of their protocol, those without a group to both.
enum err svdb_ports(struct span line, struct span list, struct pile *ranges, struct err_at *at);
enum err svdb_exclude(struct span line, struct span list, struct pile ranges[2], struct err_at *at);

// In the order of struct svdb_fields.
enum svdb_field {
    SVDB_SERVICE,
    SVDB_PRODUCT,
    SVDB_VERSION,
    SVDB_EXTRA,
    SVDB_HOSTNAME,
    SVDB_OS,
    SVDB_DEVICE,
    SVDB_CPE,
};

// p/text/, or cpe:/text/; any byte may stand for the slash. What comes of a CPE text begins with
// "cpe:/" all the same.
struct svdb_template {
    enum svdb_field field;
    struct span text;
    struct span whole;
};

// Cuts the next template off *rest. *found is false at the end.
enum err svdb_template_next(struct span line, struct span *rest, struct svdb_template *out,
                            bool *found, struct err_at *at);
