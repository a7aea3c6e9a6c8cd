// SPDX-License-Identifier: Apache-2.0
// How the probes of OS detection are set up for a host; the stages that ask more of them begin
// here.
#pragma once

#include "osfp/osfp.h"
#include "stage/pipeline.h"

void os_configure(const struct visit *v, struct osfp_config *cfg);

// The lowest port in a state, 0 only if there is no other; -1: there is none.
int32_t os_lowest_port(const struct host *h, enum proto proto, enum port_state state);
