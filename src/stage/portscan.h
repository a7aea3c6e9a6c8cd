// SPDX-License-Identifier: Apache-2.0
// Private to the port scan: one scan of one host, of a slice of its ports. The machinery knows
// windows, tries and timeouts (portscan.c), a method knows packets.
#pragma once

#include "stage/loss.h"
#include "stage/pipeline.h"
#include "stage/ports.h"
#include "stage/turns.h"

#define PORTSCAN_SILENCE_GROWTH 0.25 // of a place in the window, per timed out first probe
#define PORTSCAN_SENT_UNIT_NS UINT64_C(4000000)

struct portscan;
struct recheck;

// An answer: which port, which try it belongs to, what it says.
struct portscan_answer {
    uint32_t index;
    uint32_t try;
    enum port_state state;
    enum reason reason;
    uint64_t time_ns;
    uint8_t ttl; // 0 = not known
    struct ip_addr from;
};

struct scan_method {
    size_t state_size; // of s->own, zeroed
    // May be NULL.
    void (*open)(struct visit *v, struct portscan *s);
    // One probe to a port. False: it must wait, s->wake_ns is set; it is tried again then.
    bool (*send)(struct visit *v, struct portscan *s, uint32_t index);
    // Whether the packet was an answer to this scan.
    bool (*frame)(struct visit *v, struct portscan *s, const struct frame *f);
    // Nobody waits for a probe to this port any longer. False: it had not left yet. May be NULL.
    bool (*forget)(struct portscan *s, uint32_t index);
    // All ports were asked as often as makes sense. True if that was all; else s->wake_ns is set
    // and it is called again then, or after a packet. May be NULL.
    bool (*rest)(struct visit *v, struct portscan *s);
    void (*close)(struct portscan *s); // may be NULL
    // One probe of a recheck (stage/recheck.h). False: as with send. NULL: it has none.
    bool (*ask)(struct visit *v, struct portscan *s, const struct recheck *r, uint32_t index);
    // While it rests: how long that will last. May be NULL.
    uint64_t (*rest_left)(const struct portscan *s, uint64_t now_ns);
};

// A kind of scan (scanning spec 4.2).
struct scan_type {
    const char *name;
    enum proto proto;
    enum port_state silence; // of a port that does not answer
    const struct scan_method *method;
};

extern const struct scan_type scan_types[SCAN_KIND_COUNT];

struct flight {
    uint64_t sent_ns;
    uint32_t index; // of the port
    uint8_t try;
    uint8_t round_before; // of the crowd, in which the try before was sent
};

struct portscan {
    const struct scan_type *type;
    const struct plan_scan *plan;
    struct visit *visit;
    enum port_state silence; // of ports that do not answer
    struct port *ports;      // slice of the host's
    uint32_t n_ports;
    void *own; // state of the method
    bool is_done;
    uint64_t wake_ns;

    struct flight *flights; // a ring, in order of sending
    uint32_t first;
    uint32_t n_flights;
    uint32_t *again; // ports to ask again, a ring
    uint32_t again_first;
    uint32_t n_again;
    uint32_t *parked; // asked often enough, unless the limit rises
    uint32_t n_parked;
    uint32_t next;     // place in the order of what was not asked at all
    uint32_t n_active; // in flight and undecided
    uint8_t *tries;    // sent, per port
    uint8_t *rounds;   // of the crowd, in which the last try was sent, per port
    uint16_t *sent_at; // that try, in such units
    struct turn turn;
    uint8_t *told;     // enum port_state that the caller of the pipeline knows, per port
    uint32_t best_try; // highest try that brought an answer
    double window;
    double threshold;
    uint64_t last_drop_ns;
    uint64_t least_ns; // that an answer took; 0: there was none
    uint32_t n_expected;
    uint32_t n_received;
    struct loss loss;
    bool is_last;        // what tries were kept for the end may be used
    uint64_t calm_ns;    // then: the least time between two probes,
    uint64_t calm_at_ns; // and when the next one may leave
    uint32_t n_withheld; // ports whose silence an error that was held back may explain
    uint32_t n_sent;     // probes, repeated ones too
};

void portscan_init(struct visit *v, struct portscan *s, const struct plan_scan *plan,
                   struct port *ports);

// What all hosts share: whether there is room for one more probe (else the scan waits in line for
// it); the round of the try before that of one that is sent; what an answer tells, f: if its probe
// has not timed out; a place in line is given up, or only the rest of a turn.
bool portscan_has_room(struct portscan *s);
uint8_t portscan_embark(struct portscan *s, uint32_t index, uint64_t now_ns);
void portscan_land(struct portscan *s, const struct portscan_answer *a, const struct flight *f,
                   bool tells_loss);
void portscan_leave(struct portscan *s);
void portscan_end_turn(struct portscan *s);

// Sends what may be sent. Sets is_done or wake_ns.
void portscan_proceed(struct portscan *s, uint64_t now_ns);

void portscan_decide(struct portscan *s, const struct portscan_answer *a);

// Takes over what is known of the host's ports.
void portscan_know(struct portscan *s, const struct host *known);

// The ports that were decided and not told yet, into out; returns how many. They count as told.
uint32_t portscan_untold(struct portscan *s, struct port *out);

// Index of a port number, or n_ports.
uint32_t portscan_index(const struct plan_scan *s, uint16_t number);

// Sends now unless gap or rate forbid it: then s->wake_ns is set.
bool portscan_send(struct portscan *s, struct span packet);

// How certain the scan is, once it is done.
void portscan_certainty(const struct portscan *s, struct scan_loss *out);

uint64_t portscan_timeout_ns(const struct visit *v);
uint32_t portscan_tries(const struct portscan *s); // that a silent port is worth
uint32_t portscan_tries_of(const struct plan *p, uint32_t best_try, uint32_t by_loss);

// Adds this scan to the outlook of its host: probes, and the longest time of all its scans.
void portscan_outlook(const struct portscan *s, uint64_t now_ns, struct outlook *o);

// State and reason of an ICMP error about a port; false if it says nothing.
bool portscan_of_icmp(const struct frame *f, struct portscan_answer *a);

extern const struct scan_method scan_method_tcp, scan_method_udp, scan_method_sctp, scan_method_ip,
    scan_method_connect;
