// SPDX-License-Identifier: Apache-2.0
// IP ID classes of spec 3.3: TI, CI and II of an observation, and of a plain list.
#pragma once

#include "osfp/seq.h"

struct ipid_sample {
    uint32_t n;
    uint16_t id[OBS_SEQ];
    uint32_t order[OBS_SEQ]; // of arrival
    uint16_t step[OBS_SEQ];  // step[i] leads to id[i + 1]
};

// May correct the steps (local targets).
struct seq_ids ipid_classify(struct ipid_sample *s, uint32_t n_min, const struct seq_env *env);

struct seq_ids ipid_of_first(const struct obs *o, const struct seq_env *env);  // IPID of TSeq
struct seq_ids ipid_of_seq(const struct obs *o, const struct seq_env *env);    // TI
struct seq_ids ipid_of_closed(const struct obs *o, const struct seq_env *env); // CI
struct seq_ids ipid_of_echo(const struct obs *o, const struct seq_env *env);   // II
