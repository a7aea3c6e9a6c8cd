// SPDX-License-Identifier: Apache-2.0
// The verdict as its model is written down (doc/verdict.md): one reference after the other, one
// attribute after the other, nothing shared, nothing left out.
#pragma once

#include "verdict/weigh.h"

// Probability of each hypothesis, model_hypotheses of them. Slow.
void naive_posterior(struct arena *a, const struct verdict_model *m, const struct seen *seen,
                     double *posterior);
