// SPDX-License-Identifier: Apache-2.0
// TCP options of replies: sound or not, as a string, their timestamp.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "osdb/osdb.h"

struct buf;

// Spec 2.7: a packet with unsound options counts as never received.
bool options_are_sound(struct span options);
// Spec 3.6: the option string; empty if it cannot be walked.
void options_print(struct buf *b, struct span options, enum quirks quirks);
// The value of the first timestamp option; false without one.
bool options_timestamp(struct span options, uint32_t *value);
