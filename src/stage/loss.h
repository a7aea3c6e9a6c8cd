// SPDX-License-Identifier: Apache-2.0
// How much the way to hosts loses, as seen at ports that have answered: who answered the third
// question has lost two of three. What is lost are questions or answers.
#pragma once

#include <stdint.h>

struct loss {
    uint64_t n_asked;
    uint64_t n_lost;
};

// An answer to question `try` (from 0).
void loss_note(struct loss *l, uint32_t try);

// 0 .. 1: of the host itself, the more so the more it has answered, else of all hosts.
double loss_share(const struct loss *own, const struct loss *all);

// Among many ports that answer, a silent one is rather one that has lost: how many times that
// makes it likelier than among as many silent ones.
double loss_weight(uint32_t n_answered, uint32_t n_silent);

// How many questions leave less than LOSS_CERTAIN that a silent port is one that answers.
#define LOSS_CERTAIN 0.001
uint32_t loss_tries(double share, double weight);

// What `tries` questions leave.
double loss_rest(double share, uint32_t tries);
