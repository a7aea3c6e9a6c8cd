// SPDX-License-Identifier: Apache-2.0
// Makers of network interfaces by the first digits of a MAC address. The text has lines of
//   AABBCC[D...] name        or        AABBCC (base 16) name
// with 6 to 9 digits, as in nmap-mac-prefixes and in the IEEE's oui.txt; other lines are passed
// over. The longest prefix of an address counts.
#pragma once

#include "base/arena.h"
#include "base/ip.h"

struct vendors;

// Keeps views into text, which is not read before the first question.
struct vendors *vendors_open(struct arena *run, struct span text);

// Absent if the address is of none of them; v may be NULL.
struct span vendors_name(struct vendors *v, const struct mac_addr *mac);
