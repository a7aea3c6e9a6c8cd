// SPDX-License-Identifier: Apache-2.0
// What one open port shows when it is asked again: whole trains of SYNs, so that ports can be
// compared with each other and a port with itself.
#pragma once

#include "model/result.h"

enum { END_TRAINS = 2 };

// What becomes of a connection to a port whose SYN-ACKs have no window.
enum end_proof {
    END_NOT_ASKED,
    END_OPENS,  // the window opens when the handshake is complete
    END_RESETS, // the connection is reset
    END_STAYS,  // the window stays closed
};

struct end {
    uint16_t port;
    enum end_proof proof;
    uint32_t n;                                     // trains that were answered
    const struct osdb_subject *subject[END_TRAINS]; // tests of open ports only
    struct os_sequence seq[END_TRAINS];
};
