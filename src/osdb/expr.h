// SPDX-License-Identifier: Apache-2.0
// The pieces of an expression, for osdb and verdict, which prepare many comparisons at once.
// An expression accepts a value that stands in no literal, has no leading zero and none of the
// bytes "<>-|[" exactly if one of its bounds or brackets does.
#pragma once

#include "osdb/osdb.h"

enum osdb_alt_kind {
    ALT_LITERAL,
    ALT_ABOVE,
    ALT_BELOW,
    ALT_RANGE,
    ALT_BRACKET, // or whatever else has to be asked itself
};

struct osdb_alt {
    enum osdb_alt_kind kind;
    struct span low;  // the literal; operand of ABOVE; without leading zeros
    struct span high; // operand of BELOW
};

// Cuts the next alternative off *expr; loop while it is not absent.
struct osdb_alt osdb_alt_next(struct span *expr, enum osdb_form form);

// Whether bounds apply to the value.
bool osdb_value_is_number(struct span value, enum osdb_form form, enum quirks quirks);
// Whether 'low-high' can be satisfied at all.
bool osdb_range_is_heard(const struct osdb_alt *alt, enum quirks quirks);
// Whether a value has to be compared with each expression itself.
bool osdb_value_is_odd(struct span value);
