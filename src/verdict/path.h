// SPDX-License-Identifier: Apache-2.0
// Interference and several machines behind one address, from answers that the scan saw anyway: how
// far they came, and how the SYN-ACKs of the open ports look. Only answers of one kind are compared
// with each other, so that a stack which sends resets with another TTL than SYN-ACKs is one stack.
#pragma once

#include "base/arena.h"
#include "model/finding.h"
#include "model/port.h"

struct host;

enum { PATH_FINDINGS_MAX = 10 };

// Findings about a host whose ports are known. Texts live in a; returns how many.
uint32_t path_findings(struct arena *a, const struct host *h, struct finding *out);

// Whether two SYN-ACKs may be of one stack.
bool path_alike(const struct synack *a, const struct synack *b);

// Whether what the port scan saw leaves a doubt that one machine answers.
bool path_doubts(const struct host *h);

// How far the answers of most ports of a kind came, or -1; open ports: see usual_ttl in path.c.
int32_t path_hops(const struct host *h, enum port_state state);
int32_t path_hops_of(uint8_t ttl);

// For a system that begins SYN-ACKs and resets with the same TTL: whether they came over as many
// hops.
bool path_filter(struct arena *a, const struct host *h, struct finding *out);

// Over all hosts of a run: ports on which every address answers alike, whether there is a host or
// not.
enum { PATH_PORTS = 64 };

struct path_port {
    uint16_t port;
    uint8_t state; // enum port_state
    uint8_t ttl;
    uint32_t n;        // hosts on which it answered like this
    uint32_t n_only;   // hosts that answered on nothing else
    uint32_t n_nearer; // hosts that gave other answers from farther away
};

struct path_tally {
    uint32_t n_hosts; // scanned
    uint32_t n_ports;
    struct path_port port[PATH_PORTS];
};

void path_add(struct path_tally *t, const struct host *h);

// "port 113/tcp is answered by the path, ...", in a; absent when there is none more from *next on.
struct span path_say(struct arena *a, const struct path_tally *t, uint32_t *next);
