// SPDX-License-Identifier: Apache-2.0
// What is known of the way that a host under way has still before it in its stage.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct outlook {
    uint32_t at;       // index of the stage
    bool has_begun;    // its stage; false: it waits in line
    bool is_starved;   // it would do more units at once if it might (rate limit, gap, many hosts)
    double spent_ns;   // in the stage
    double own_ns;     // that it still takes if nothing but itself holds it up; below 0: not known
    double units_done; // pieces of work of the stage, such as ports; 0 if it has none
    double units_left;
};
