// SPDX-License-Identifier: Apache-2.0
// Target specifications (scanning spec 1.1): addresses, CIDR blocks, octet lists and ranges,
// names; IPv6 addresses, with a zone, and CIDR blocks. Addresses are enumerated, never stored, so a
// /8 costs no memory.
#pragma once

#include "base/err.h"
#include "stage/pipeline.h"

struct targets;

// Turns a name into addresses: how many were written (the first is scanned), 0 = unknown name.
typedef uint32_t targets_resolve_fn(void *ctx, struct span name, struct ip_addr *out, uint32_t max);

struct targets *targets_new(struct arena *run, targets_resolve_fn *resolve, void *ctx);

// An interface by its name: its index, 0 = there is none.
typedef uint32_t targets_zone_fn(void *ctx, struct span name);

// prefers_six: names that have addresses of both families are scanned over IPv6. zone may be NULL:
// then fe80::1%2 is understood and fe80::1%eth0 is not. Before targets_add.
void targets_set_six(struct targets *t, bool prefers_six, targets_zone_fn *zone);

// Adds one specification; it is checked here, names are resolved when they come up.
enum err targets_add(struct targets *t, struct span spec, struct err_at *at);

// n random IPv4 addresses (0 = without end) behind all others; addresses of reserved blocks are
// never drawn.
void targets_draw(struct targets *t, uint64_t n, uint64_t seed);

// Passes over up to n targets where that costs nothing; returns how many it was.
uint64_t targets_skip(struct targets *t, uint64_t n);

// Targets that have not come yet; UINT64_MAX = without end, or as good as that. A name counts as
// one.
uint64_t targets_left(const struct targets *t);

// The next target; false when there is none left. Order: as given, addresses ascending.
bool targets_next(struct targets *t, struct target *out);

// Names that could not be resolved so far, for the exit code. The last one is in *name.
uint32_t targets_unresolved(const struct targets *t, struct span *name);

// Every address of the wanted family that a name has is a target, not only the first.
void targets_take_all(struct targets *t);

// Names are wanted over both families.
void targets_take_both(struct targets *t);

// From now on in a random order, the same for the same seed and specifications. Names are resolved
// at once.
void targets_shuffle(struct targets *t, uint64_t seed);

// Resolves all names now. False if one is unknown.
bool targets_resolve(struct targets *t);

// Makes targets_have quick: once, behind targets_add and targets_resolve.
void targets_index(struct targets *t);

// Whether an address is one of them; for names, of those resolved.
bool targets_have(const struct targets *t, const struct ip_addr *addr);
