// SPDX-License-Identifier: Apache-2.0
// Private to verdict: words that tell a kernel.
#pragma once

#include "verdict/fuse.h"

struct kin_word {
    const char *word; // lower case, but for families
    enum kin kin;     // NONE: such a text tells nothing
    const char *more; // what else it tells, NULL: nothing
};

// Each ends with a NULL.
extern const struct kin_word kin_families[];
extern const struct kin_word kin_services[];
extern const struct kin_word kin_makers[];
extern const struct kin_word kin_hosts[];
extern const struct kin_word kin_certificates[];

struct service;

// What a service says of the system below it; NULL: nothing.
const struct kin_word *kin_word_of(const struct service *s);
