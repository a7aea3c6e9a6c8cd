// SPDX-License-Identifier: Apache-2.0
// The small pieces of the PCRE syntax, read one at a time: escapes, classes, quantifiers.
#pragma once

#include "svdb/re_facts.h"

struct re_text {
    const unsigned char *p;
    const unsigned char *end;
    bool is_caseless;
    bool is_lost; // met something that is not understood; all facts are void
};

// One byte of the subject: which bytes it may be. byte: the only one (lower case if caseless),
// or -1.
struct re_atom {
    struct re_bytes set;
    int byte;
};

extern const struct re_bytes re_all_bytes;

enum re_piece {
    RE_ATOM,
    RE_NOTHING,  // an assertion: no bytes
    RE_START,    // the start of the subject
    RE_SOMETHING // any number of bytes, *min at least
};

// What stands behind a backslash, behind [, for a dot, for any other byte; *min is for
// RE_SOMETHING alone.
enum re_piece re_escape(struct re_text *t, struct re_atom *atom, uint32_t *min);
void re_class(struct re_text *t, struct re_atom *atom);
void re_any(struct re_atom *atom);
void re_plain(const struct re_text *t, unsigned char c, struct re_atom *atom);

// How often the piece before *p: {1, 1} if there is no quantifier.
struct re_times {
    uint32_t min;
    uint32_t max; // UINT32_MAX: no end
};
struct re_times re_quantifier(struct re_text *t);
bool re_is_quantified(const struct re_text *t);
