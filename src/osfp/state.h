// SPDX-License-Identifier: Apache-2.0
// The body of struct osfp and what plan, tries and replay share of it.
#pragma once

#include "base/rng.h"
#include "osfp/build.h"
#include "osfp/obs.h"
#include "osfp/osfp.h"
#include "osfp/sched.h"

// How well a SEQ train went.
struct train {
    uint32_t n_answered;
    bool is_disturbed; // its spacing was
    bool is_late;      // a reply came after its timeout
    bool is_mixed;     // another connection attempt fell between its probes
};

struct best_train {
    struct train how;
    enum obs_ts ts;
    struct obs_sample sample[OBS_SEQ];
    struct obs_probe probe[OBS_SEQ];
};

struct osfp {
    struct arena *arena;
    struct osfp_config cfg;
    struct rng rng;
    enum osfp_state state;
    int64_t unix_ns; // wall clock at time 0
    uint32_t n_begun;
    uint32_t n_over;
    uint32_t n_room;
    struct osdb_subject *subjects; // side by side, one for each try that is over
    struct os_sequence *sequences;

    struct obs obs; // of the current try
    struct sched sched;
    struct rto rto;
    uint16_t open;
    uint16_t closed;
    uint8_t packet[BUILD_MAX];
    uint8_t *fragments; // IPv6: SIX_FRAGMENTS_MAX bytes
    uint64_t start_ns;
    uint64_t deadline_ns; // of all tries
    double loss;          // on the way, 0 = not known
    bool lacks_acks;      // read from text
    bool lacks_native;    // and that had no line N6
    struct span *packets; // IPv6: the replies as they came, by probe; else NULL

    bool has_u1_distance; // spec 3.13, kept from the first U1 reply on
    int32_t u1_distance;
    int32_t closed_udp;       // stored
    int64_t longest_train_ms; // SEQ1 to SEQ6, of all tries
    struct train train;       // the last one
    struct best_train best;
    uint32_t n_trains;
    uint32_t lost_always; // bits of SEQ probes that no train has brought a reply to
    uint32_t score;       // how much the tries so far have brought

    struct {
        bool has_tcp_base; // learned in this try
        bool has_udp_base;
        bool has_icmp_id;
        uint64_t last_ns; // of the last probe
    } replay;
};

// train.c: at the end of a try, before its tests are computed; leaves the best train in fp->obs.
void train_finish(struct osfp *fp);

// tries.c

void try_prepare(struct osfp *fp); // the next observation, without drawn values
void try_begin(struct osfp *fp, uint32_t wanted, uint64_t start_ns);
void try_finish(struct osfp *fp);
uint32_t try_all_probes(const struct osfp *fp);

// A reply came in; p as obs_receive returned it.
void try_note_reply(struct osfp *fp, int p, bool is_first, const struct frame *f);
