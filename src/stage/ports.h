// SPDX-License-Identifier: Apache-2.0
// What the port scan takes from the service database and what it leaves for the services stage:
// payloads of UDP probes, and the answers they got (scanning spec 4.5).
#pragma once

#include <stdint.h>

#include "base/span.h"

struct host;
struct plan;
struct scan_loss;
struct visit;

enum {
    PORTS_PAYLOAD_MAX = 1400, // bytes; longer ones are not sent
    PORTS_PAYLOADS = 64,      // of one port; further ones are not sent
    PORTS_UDP_SOURCES = 16 * PORTS_PAYLOADS + 256,
};

#define PORTS_NO_PROBE UINT32_MAX

struct udp_payload {
    struct span bytes;
    uint32_t probe; // means nothing here: it comes back with the answer
    struct span name;
};

struct udp_port {
    uint16_t port;
    uint32_t n;
    const struct udp_payload *payload;
};

struct udp_payloads {
    const struct udp_port *port; // ascending
    uint32_t n;
};

// The payloads of a port; NULL if there are none or p is NULL.
const struct udp_port *udp_payloads_of(const struct udp_payloads *p, uint16_t port);

// The first answer of a UDP port, in the host's arena.
struct port_reply {
    struct port_reply *next;
    uint16_t port;
    uint32_t probe;    // of the payload it answers, PORTS_NO_PROBE: an empty datagram
    struct span bytes; // the first LIMIT_SERVICE_REPLY at most
    uint64_t len;      // of all that came
};

// NULL: it gave none, or too much was kept already.
const struct port_reply *ports_reply(const struct visit *v, uint16_t port);

// Tells people how certain a scan of this host was.
void ports_note_loss(const struct visit *v, const struct host *h, const char *scan,
                     const struct scan_loss *l);

// What the port scan of a run is called: "SYN Stealth Scan".
const char *ports_label(const struct plan *p);
