// SPDX-License-Identifier: Apache-2.0
// OS detection of one host, with the probes of either generation, as a state machine without
// I/O: what to send next, what a reply changes, when to be called again. Source: os-detection
// spec 1.4 - 4.4, and the first-generation specification.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/result.h"
#include "osdb/osdb.h"
#include "wire/frame.h"

struct buf;

// Bounds of retransmission timeouts, microseconds (spec 2.5).
struct osfp_timing {
    int64_t initial_us;
    int64_t min_us;
    int64_t max_us;
    int level;             // -T0 .. -T5
    int64_t scan_delay_us; // least spacing of probes to the host, 0 = none
};

struct osfp_config {
    struct ip_addr src;
    struct ip_addr dst; // its family is that of the detection
    int32_t open_tcp;   // -1 = none (spec 1.4: already chosen by the caller)
    int32_t closed_tcp; // -1 = none is known; T5-T7 then go to other_tcp
    int32_t closed_udp; // -1 = none is known; U1 then goes to other_udp
    int32_t other_tcp;  // an unfiltered port, or -1 for a random one
    int32_t other_udp;
    bool is_local;  // the target is one of our own addresses
    bool is_direct; // its MAC address is known
    bool did_udp_scan;
    struct osfp_timing timing;
    int64_t srtt_us; // from discovery and port scan, 0 = no sample yet
    int64_t rttvar_us;
    int32_t ttl; // -1 = random 37..59 per packet
    uint32_t max_tries;
    uint32_t only_tests; // bits of enum osdb_test that are wanted, 0 = all
    enum osdb_gen gen;
    enum quirks quirks; // with quirks: order, spacing and tries exactly as the reference's
    int64_t unix_ns;    // wall clock at `now` of osfp_new
    uint64_t seed;
    // 0 = random 61000..65199 (quirks: 33000..65260); the first source port used is tcp_base itself
    uint16_t tcp_base;
    uint16_t udp_base;
    bool keep_ports; // -g: the same source ports in every try
};

struct osfp;

struct osfp *osfp_new(struct arena *host, const struct osfp_config *cfg, uint64_t now_ns);

struct osfp_packet {
    struct span packet; // valid until the next call
    struct span more;   // its second fragment, to be sent right behind it; absent: none
    uint32_t probe;     // to hand back to osfp_sent
    bool is_timed;      // belongs to the SEQ train: must not wait for any rate limit
};

// The packet that is due at now_ns; false if none is.
bool osfp_next(struct osfp *fp, uint64_t now_ns, struct osfp_packet *out);

// When it was really handed to the kernel; without this call the now_ns of osfp_next counts.
void osfp_sent(struct osfp *fp, uint32_t probe, uint64_t sent_ns);

// A packet from the target, or an ICMP error that quotes one of ours. Foreign ones are ignored.
// Returns true if it was a reply to a probe.
bool osfp_receive(struct osfp *fp, const struct frame *f);

enum osfp_state { OSFP_BUSY, OSFP_TRY_OVER, OSFP_DONE };

// Moves on by time (timeouts); returns the state at now_ns.
enum osfp_state osfp_tick(struct osfp *fp, uint64_t now_ns);

// When osfp_next or osfp_tick have something to do again; UINT64_MAX unless busy.
uint64_t osfp_when(const struct osfp *fp);

// What is known of the way by now: the share of questions that stay without an answer on it.
void osfp_note_loss(struct osfp *fp, double share);

// After OSFP_TRY_OVER: the caller has matched the try. Starts another one, if there is reason to
// hope for a better answer and tries are left, or is done.
void osfp_continue(struct osfp *fp, bool is_perfect, uint64_t now_ns);

// Stops at once: what has been seen so far makes up the try.
void osfp_stop(struct osfp *fp);

uint32_t osfp_tries(const struct osfp *fp); // that were begun

// Of a try that is over, else NULL. The subjects of all tries stand side by side from index 0;
// the pointer is valid until another try ends.
const struct osdb_subject *osfp_subject(const struct osfp *fp, uint32_t try_index);

// The sequence samples of a try with their classes; uptime only where it makes sense.
void osfp_sequence(const struct osfp *fp, uint32_t try_index, struct os_sequence *out);

// Spec 3.13. False if not known.
bool osfp_distance(const struct osfp *fp, int32_t *hops, char *kind);

// The TCP ports that were asked, -1 = none known.
void osfp_ports(const struct osfp *fp, int32_t *open_tcp, int32_t *closed_tcp);

// The stored UDP port (spec 1.4: a random one counts once it has answered), -1 = none.
int32_t osfp_closed_udp(const struct osfp *fp);

// Spec 4.4: writes the first reason; nothing if conditions were ideal.
void osfp_not_ideal(const struct osfp *fp, struct buf *b);
bool osfp_is_ideal(const struct osfp *fp);

// IPv6: what was answered so far as the reference prints it (os-ipv6 spec 1.3), one item per text
// line, without the SCAN item. At most LIMIT_SUBJECT6 bytes.
void osfp_print_six(const struct osfp *fp, struct buf *b);

// The detection that was printed so, as if it had been replayed: cfg as for osfp_replay_new, but
// for the addresses; ports that it does not know are taken from the replies. ERR_SYNTAX with the
// place in *at.
enum err osfp_read_six(struct arena *arena, const struct osfp_config *cfg, struct span text,
                       struct osfp **out, struct err_at *at);

// Offline: the same observations and tests from the packets of a recorded scan, in time order.
// cfg gives what a capture does not hold: stored open and closed TCP port, is_local, is_direct,
// scan delay, quirks (spec section 10); unix_ns is the wall clock at time 0 of the frames.
// The result is used through the functions above; the state is OSFP_DONE after the end.
struct osfp *osfp_replay_new(struct arena *arena, const struct osfp_config *cfg);
void osfp_replay_frame(struct osfp *fp, const struct frame *f);
void osfp_replay_end(struct osfp *fp);

// What has become known of the stored ports since osfp_replay_new, -1 = nothing; counts for tries
// that are not over.
void osfp_replay_ports(struct osfp *fp, int32_t open_tcp, int32_t closed_tcp);

// Whether a packet looks like one of the probes, of which generation, and to which port they go;
// TO_ANY: the packet does not tell whether that is open or closed.
enum osfp_role { OSFP_NO_PROBE, OSFP_TO_OPEN, OSFP_TO_CLOSED, OSFP_TO_HOST, OSFP_TO_ANY };
enum osfp_role osfp_role(const struct frame *f, enum osdb_gen *gen);
