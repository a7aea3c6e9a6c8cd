// SPDX-License-Identifier: Apache-2.0
// Private to saved: a host that is being put together from a saved record, and the words of the
// formats as values.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/limits.h"
#include "model/host.h"
#include "model/scan.h"
#include "saved/scripts.h"

// Lists grow in arrays that are kept from host to host; build_finish copies them into the host.
struct build {
    struct host host;
    struct os_result os;
    bool has_os;
    struct port *ports;
    size_t n_ports, cap_ports;
    struct service *services;
    size_t n_services, cap_services;
    struct ip_addr *from;
    size_t n_from, cap_from;
    struct os_match *matches;
    size_t n_matches, cap_matches;
    struct scripts scripts;
    bool has_overflow; // something was left out
};

void build_begin(struct build *b);  // a new host with an arena of its own
void build_finish(struct build *b); // all lists are in b->host, sorted, each port once
void build_drop(struct build *b);   // ends the host's arena
void build_fini(struct build *b);

void build_port(struct build *b, const struct port *p);
// All numbers of "1-5,80" like p.
void build_ports(struct build *b, const struct port *p, struct span list);
// A service of the port that is known by no more than the table; until the next call.
struct service *build_service(struct build *b, const struct port *p);
void build_match(struct build *b, const struct os_match *m);
// Place of a sender for port.from; 0 if the text is no address.
uint16_t build_from(struct build *b, struct span addr);
uint16_t build_sender(struct build *b, const struct ip_addr *addr);

// Puts a CPE name into the place of its part; others are dropped.
void build_cpe(struct service *s, struct span cpe);

// The distinct classes of b->matches, best first (os-detection spec 6.4).
void build_classes(struct build *b);

// "OS:SCAN(...)..." wrapped, or one test a line, into os.scan_line and os.lines.
void build_fingerprint(struct build *b, struct span text);

// Words of the formats; false or the zero value for others.
bool word_state(struct span s, enum port_state *out);
enum reason word_reason(struct span s);
bool word_proto(struct span s, uint8_t *out);
bool word_host_state(struct span s, enum host_state *out);
bool word_ipid(struct span s, enum ipid_class *out);
bool word_ts(struct span s, enum ts_class *out);
bool word_isn(struct span s, enum isn_class *out);
bool word_mac(struct span s, struct mac_addr *out);
// "Fri Nov 20 22:31:29 2026" as if it were UTC.
bool word_date(struct span s, int64_t *out);
// "11.58" in units of 10^-decimals.
bool word_decimal(struct span s, unsigned decimals, uint64_t *out);
// 96 -> a share that is shown as 96.
double share_of_percent(uint64_t percent);
enum service_state word_service_state(struct span s);
bool word_hex32(struct span s, uint64_t *out);

// Times beyond this count as not known: the end of the year 9999.
#define SAVED_TIME_MAX INT64_C(253402300799)
