// SPDX-License-Identifier: Apache-2.0
// Texts that an expression roughly describes, and damage to them. Rough: look-around and
// back-references are left out, so a text need not match.
#pragma once

#include "base/rng.h"
#include "svdb/re.h"

enum { RE_DRAW_TEXT = 1 << 14 };

struct re_draw {
    struct rng rng;
    uint32_t len;
    unsigned char text[RE_DRAW_TEXT];
};

void re_draw_text(struct re_draw *d, const struct re_rule *rule);

// One to three changes: bytes altered, lost, added, doubled, the case of a letter, the end cut off.
void re_draw_damage(struct re_draw *d);

static inline struct span re_drawn(const struct re_draw *d)
{
    return span_of(d->text, d->len);
}
