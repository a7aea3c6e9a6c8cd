// SPDX-License-Identifier: Apache-2.0
// Zones of link-local addresses (RFC 4007): the interface behind the % of a target.
#pragma once

#include "base/ip.h"
#include "base/span.h"

struct io;

// The index of an interface by its name; 0: there is none. A targets_zone_fn.
uint32_t zone_of(void *ctx, struct span name);

// A link-local address without a zone is one of `iface`, or with 0 of the link that the way to it
// goes over: answers carry it.
void zone_settle(struct io *io, uint32_t iface, struct ip_addr *addr);
