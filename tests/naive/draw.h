// SPDX-License-Identifier: Apache-2.0
// Subjects made from references: one value that each expression accepts, and damage to them.
#pragma once

#include "base/rng.h"
#include "osdb/tree.h"

enum { DRAW_TEXT = 1 << 15 };

struct draw {
    struct rng rng;
    struct osdb_subject subject;
    char text[DRAW_TEXT]; // the values
};

// A value for each expression of reference `ref`, any of those that are accepted.
void draw_subject(struct draw *d, const struct osdb_tree *tree, uint32_t ref);

// One to four changes: lines lost or unanswered, values lost, empty, altered, or taken over from
// another reference, as a value or as the text of its expression.
void draw_damage(struct draw *d, const struct osdb_tree *tree);
