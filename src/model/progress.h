// SPDX-License-Identifier: Apache-2.0
// How far a run has come, at one moment.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { PROGRESS_PHASES = 8 };

// A stage of the run, seen over all hosts, when the first one begins or the last one has ended.
struct phase {
    const char *name;
    uint32_t n_ports; // of each host, in the port scan
    bool is_over;
    uint64_t n_hosts; // that it took, when it is over
    uint64_t took_ns;
};

struct progress_phase {
    const char *name;
    uint32_t n_hosts; // in it now
};

struct progress {
    uint64_t elapsed_ns;
    uint64_t remaining_ns; // of the whole run; UINT64_MAX = not known yet
    double share;          // done, 0 .. 1, never falls; below 0: not known
    uint64_t n_total;      // targets of the run, UINT64_MAX = without end
    uint64_t n_done;
    uint64_t n_up;
    uint32_t n_live; // under way
    struct progress_phase phase[PROGRESS_PHASES];
    uint32_t n_phases;
    uint64_t sent_packets;
    uint64_t received_packets;
};
