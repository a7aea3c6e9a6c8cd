// SPDX-License-Identifier: Apache-2.0
#include "stage/loss.h"

#include "base/limits.h"

enum { ASKED_ENOUGH = 50 }; // what all hosts lose counts like so many questions to this one

void loss_note(struct loss *l, uint32_t try)
{
    l->n_asked += try + 1;
    l->n_lost += try;
}

double loss_share(const struct loss *own, const struct loss *all)
{
    const double others = all->n_asked > 0 ? (double)all->n_lost / (double)all->n_asked : 0;
    return ((double)own->n_lost + others * ASKED_ENOUGH) / ((double)own->n_asked + ASKED_ENOUGH);
}

double loss_rest(double share, uint32_t tries)
{
    double rest = 1;
    while (tries-- > 0)
        rest *= share;
    return rest;
}

double loss_weight(uint32_t n_answered, uint32_t n_silent)
{
    return n_silent == 0 || n_answered < n_silent ? 1 : (double)n_answered / n_silent;
}

uint32_t loss_tries(double share, double weight)
{
    uint32_t n = 1;
    while (n < LIMIT_PORT_TRIES && weight * loss_rest(share, n) > LOSS_CERTAIN)
        n++;
    return n;
}
