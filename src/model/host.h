// SPDX-License-Identifier: Apache-2.0
// The record that walks through the stages. Everything it points to lives in its arena.
#pragma once

#include "base/arena.h"
#include "base/ip.h"
#include "base/rtt.h"
#include "model/end.h"
#include "model/finding.h"
#include "model/port.h"
#include "model/result.h"
#include "model/route.h"
#include "model/script.h"
#include "model/service.h"

enum host_state { HOST_UNKNOWN, HOST_UP, HOST_DOWN, HOST_SKIPPED };

// What a port scan knows of its own certainty.
struct scan_loss {
    enum proto proto;
    uint64_t n_asked; // questions to ports that have answered
    uint64_t n_lost;  // of them, or their answers
    uint32_t n_ports;
    uint32_t n_uncertain; // that seem silent and may have been lost
};

enum { HOST_SCANS_MAX = 4 };

struct host {
    struct arena arena;
    struct ip_addr addr;
    struct span name;             // as the user wrote it, absent if an address was given
    struct span ptr_name;         // reverse DNS, absent if not known
    const struct ip_addr *others; // further addresses of the name, not scanned
    uint32_t n_others;

    enum host_state state;
    enum reason reason;
    uint8_t reason_ttl;
    uint64_t signs; // bits of enum reason: answers of different kinds that show that it is up
    bool is_local;  // one of the scanner's own addresses
    bool is_direct; // on the same link
    bool has_mac;   // of the target itself
    struct mac_addr mac;
    struct span vendor;
    struct rtt rtt;

    bool has_ports;     // a port scan ran
    struct port *ports; // ascending by protocol and number when reported
    uint32_t n_ports;
    struct scan_loss losses[HOST_SCANS_MAX]; // of its port scans
    uint32_t n_losses;
    struct ip_addr *from; // other senders that ports refer to
    uint32_t n_from;

    struct synack *synacks; // of open TCP ports, in the order of their answers
    uint32_t n_synacks;
    struct end *ends; // open ports that were asked again, ascending
    uint32_t n_ends;
    const struct finding *findings; // interference, several machines
    uint32_t n_findings;

    const struct service *services; // ascending by protocol and number; only ports asked
    uint32_t n_services;

    const struct os_result *os; // NULL: no OS detection for this host
    bool os_skipped;            // left out by --osscan-limit

    const struct route *route; // NULL: not asked for, or not found

    const struct script *scripts; // of another scanner, in the order of its file
    uint32_t n_scripts;

    int64_t started; // unix seconds
    int64_t ended;
    bool is_cut_short; // interrupted or out of time: what is here is not all
};

// The service of a port, NULL if the port was not asked.
const struct service *host_service(const struct host *h, const struct port *p);
