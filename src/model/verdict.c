// SPDX-License-Identifier: Apache-2.0
#include "model/verdict.h"

const char *verdict_level_name(enum verdict_level level)
{
    static const char *const names[VERDICT_LEVEL_COUNT] = {
        "name", "class", "system", "family", "stack", "type", "one_of", "unknown",
    };
    return names[level];
}

const char *verdict_state_name(enum verdict_state state)
{
    static const char *const names[VERDICT_STATE_COUNT] = {
        [VERDICT_NOT_ASKED] = "not_asked",
        [VERDICT_SILENT] = "silent",
        [VERDICT_NOT_IN_REFERENCE] = "not_in_reference",
        [VERDICT_AGREES] = "agrees",
        [VERDICT_EXPLAINED] = "explained",
        [VERDICT_CHANGED] = "changed",
        [VERDICT_NEW_VALUE] = "new_value",
    };
    return names[state];
}

const char *verdict_cause_name(enum verdict_cause cause)
{
    static const char *const names[CAUSE_COUNT] = {
        "none",
        "mss_clamped",
        "window_scale",
        "mss",
    };
    return names[cause];
}

const char *vote_stance_name(enum vote_stance stance)
{
    static const char *const names[VOTE_STANCES] = {"agrees", "differs", "open"};
    return names[stance];
}
