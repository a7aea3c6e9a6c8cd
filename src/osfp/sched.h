// SPDX-License-Identifier: Apache-2.0
// When which probe of a try is sent, sent again and given up. Knows probes by number only.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "osfp/obs.h"
#include "osfp/rto.h"

struct osfp_timing;

enum slot_state {
    SLOT_OFF,     // not wanted (yet)
    SLOT_QUEUED,  // to be sent
    SLOT_WAITING, // for its reply
    SLOT_DONE,    // answered
    SLOT_SILENT,  // given up; a SEQ probe may still be answered late
};

struct slot {
    enum slot_state state;
    uint8_t n_sent;
    int32_t rank; // of queued ones the least goes first
    uint64_t sent_ns;
};

enum sched_kind { SCHED_OWN, SCHED_REFERENCE, SCHED_FIRST };

struct sched {
    const struct osfp_timing *timing;
    struct rto *rto;
    enum sched_kind kind;
    uint8_t sent_max; // transmissions of a probe
    uint8_t gap_room; // other packets between two SEQ probes
    uint64_t now_ns;  // the latest time heard of
    uint64_t start_ns;
    uint64_t last_ns;  // of the last packet, SEQ or other
    int last_probe;    // -1 before the first
    uint32_t wanted;   // bit set of probes
    uint32_t next_seq; // 0..6, 6 = all sent or no train
    uint32_t in_gap;   // other packets since the last SEQ probe
    uint32_t n_late;   // SEQ replies after their timeout
    int32_t n_retries;
    bool is_phase_b;      // reference: SEQ is settled
    uint32_t first_round; // first generation: transmissions that an answered probe took, the most
    struct slot slot[PROBE_COUNT];
};

static inline uint32_t probe_bit(int p)
{
    return (uint32_t)1 << p;
}

enum {
    SCHED_SEQ_BITS = 0x3F,
    SCHED_OPS_BITS = 0x3F << PROBE_OPS,
};

// wanted: bits of the probes of this try; OPS and T1 bits allow resends, all SEQ bits or none.
void sched_begin(struct sched *s, uint32_t wanted, uint64_t start_ns);

// The probe that is due, or -1.
int sched_due(const struct sched *s);
void sched_sent(struct sched *s, int p);
void sched_sent_at(struct sched *s, int p, uint64_t sent_ns); // the real time, later
void sched_answered(struct sched *s, int p, uint64_t rx_ns);

// Timeouts up to now_ns.
void sched_advance(struct sched *s, uint64_t now_ns);

bool sched_is_over(const struct sched *s);

// The next time at which something happens; now_ns or earlier: at once.
uint64_t sched_when(const struct sched *s);
