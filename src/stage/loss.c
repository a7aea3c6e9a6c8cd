// SPDX-License-Identifier: Apache-2.0
#include "stage/loss.h"

#include "base/limits.h"

enum { ASKED_ENOUGH = 50 };

void loss_note(struct loss *l, uint32_t try)
{
    l->n_asked += try + 1;
    l->n_lost += try;
}

double loss_share(const struct loss *own, const struct loss *all)
{
    const struct loss *l = own->n_asked >= ASKED_ENOUGH ? own : all;
    return l->n_asked > 0 ? (double)l->n_lost / (double)l->n_asked : 0;
}

double loss_rest(double share, uint32_t tries)
{
    double rest = 1;
    while (tries-- > 0)
        rest *= share;
    return rest;
}

uint32_t loss_tries(double share)
{
    uint32_t n = 1;
    while (n < LIMIT_PORT_TRIES && loss_rest(share, n) > LOSS_CERTAIN)
        n++;
    return n;
}
