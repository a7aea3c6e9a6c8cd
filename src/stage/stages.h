// SPDX-License-Identifier: Apache-2.0
// The stages in the order in which a host meets them.
#pragma once

#include "stage/pipeline.h"

extern const struct stage stage_discover;
extern const struct stage stage_ports;
extern const struct stage stage_os;
extern const struct stage stage_services;
extern const struct stage stage_trace;
extern const struct stage stage_ends;
extern const struct stage stage_deepen;

enum { STAGE_DISCOVER, STAGE_PORTS, STAGE_COUNT = 7 };
extern const struct stage *const stages[STAGE_COUNT];
