// SPDX-License-Identifier: Apache-2.0
// Names and frequencies of ports: the file format of scanning spec section 3.3,
//   name  port/proto  [frequency]  [# comment]
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/set.h"
#include "base/span.h"
#include "model/port.h"

struct services;

// Keeps views into text. The first record of a (port, protocol) wins. The first error is
// reported in *at, the rest of the file is loaded; returns ERR_OK if any record is usable.
enum err services_parse(struct arena *run, struct span text, struct services **out,
                        struct err_at *at);

// Adds names of IP protocols: "name  number  [aliases]  [# comment]" a line (nmap-protocols,
// protocols(5)). Broken lines are left out. How many there are now.
uint32_t services_add_protocols(struct arena *run, struct services *s, struct span text);

// False for a file without any frequency ("old style"): then "the most frequent" has no meaning
// and the caller chooses by services_listed.
bool services_has_frequencies(const struct services *s);

// Absent if not listed; "unknown" is what the file calls some.
struct span services_name(const struct services *s, enum proto proto, uint16_t port);

// Adds the n ports of the highest frequency (ties: file order) among those of `within` (NULL =
// all that are listed); returns how many.
uint32_t services_top(const struct services *s, enum proto proto, uint32_t n,
                      const struct set *within, struct set *out);

// Adds the ports with at least this frequency; returns how many.
uint32_t services_frequent(const struct services *s, enum proto proto, double least,
                           const struct set *within, struct set *out);

// Ports whose name matches a pattern with * and ?; returns how many were added.
uint32_t services_match(const struct services *s, enum proto proto, struct span pattern,
                        struct set *out);

// All listed ports of a protocol within lo..hi.
uint32_t services_listed(const struct services *s, enum proto proto, uint16_t lo, uint16_t hi,
                         struct set *out);
