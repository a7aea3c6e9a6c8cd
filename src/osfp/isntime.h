// SPDX-License-Identifier: Apache-2.0
// Whether initial sequence numbers may follow the time, as far as the path lets it be seen.
#pragma once

#include "osfp/obs.h"

// The SYN/ACKs of the train and of the probes around it lie on one line over the times at which
// the SYNs may have arrived: each between its sending and that plus what its round trip took longer
// than the shortest one. unit: the divisor of the steps, to which numbers may be rounded down.
// per_second: about how fast they rise.
bool isn_may_follow_time(const struct obs *o, uint32_t unit, double per_second);
