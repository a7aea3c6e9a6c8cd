// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the SEQ line (spec 3.2 - 3.5) and of TSeq (first-generation specification
// 4.3).
#pragma once

#include "model/result.h"
#include "osfp/obs.h"

struct seq_env {
    bool is_local;
    int64_t scan_delay_us;
    enum quirks quirks;
    enum osdb_gen gen;
};

struct seq_ids {
    enum ipid_class cls;
    uint16_t value; // of IPID_CONSTANT
};

struct seq_result {
    uint32_t n;             // counted samples
    uint32_t slot[OBS_SEQ]; // their places
    bool has_rates;
    uint32_t sp;
    bool is_sp_noise; // own mode: what sp measures is mostly the unsteadiness of the path
    uint32_t gcd;
    uint32_t isr;
    enum isn_class isn_class; // first generation; ISN_NONE also: too few samples
    uint32_t index;           // that goes with it
    struct seq_ids ti;
    struct seq_ids ci;
    struct seq_ids ii;
    char ss;      // S, O, 0 = absent
    double ts_hz; // mean rate, 0 if there is none
    enum ts_class ts_class;
};

// How much the round trips of the samples vary, as a standard deviation: where it is larger than
// SEQ_STEADY_US the path is unsteady, which can be told from late wake-ups.
enum { SEQ_STEADY_US = 2000 };
double seq_unsteadiness_us(const struct obs *o, const struct seq_result *r);

void seq_evaluate(const struct obs *o, const struct seq_env *env, struct seq_result *out);
