// SPDX-License-Identifier: Apache-2.0
// Records of services between their makers: from the engine's to the model's shape, and out of
// an arena that ends.
#pragma once

#include "base/arena.h"
#include "engine/stream.h"
#include "model/service.h"

// Views into `from`, nothing is copied.
void tls_facts_of(const struct stream_tls *from, struct tls_facts *out);

// A copy with everything that it points to.
void service_copy(struct arena *a, const struct service *from, struct service *out);
