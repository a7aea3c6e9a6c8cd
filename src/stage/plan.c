// SPDX-License-Identifier: Apache-2.0
#include "stage/plan.h"

#include "base/text.h"

#define MS INT64_C(1000)
#define S (1000 * MS)

const struct timing timing_templates[6] = {
    {0, {300 * S, 100 * MS, 300 * S}, 300 * S, 10, 1},
    {1, {15 * S, 100 * MS, 15 * S}, 15 * S, 10, 1},
    {2, {1 * S, 100 * MS, 10 * S}, 400 * MS, 10, 1},
    {3, {1 * S, 100 * MS, 10 * S}, 0, 10, 300},
    {4, {500 * MS, 100 * MS, 1250 * MS}, 0, 6, 300},
    {5, {250 * MS, 50 * MS, 300 * MS}, 0, 2, 300},
};

int timing_level(struct span name)
{
    static const char *const names[] = {"paranoid", "sneaky",     "polite",
                                        "normal",   "aggressive", "insane"};
    uint64_t level;
    if (text_dec(name, 5, &level))
        return (int)level;
    for (int i = 0; i < 6; i++)
        if (span_eq_nocase(name, span_str(names[i])))
            return i;
    return -1;
}
