// SPDX-License-Identifier: Apache-2.0
// The verdict on the sample host.
#pragma once

#include "base/arena.h"
#include "model/verdict.h"

static inline const struct os_verdict *sample_verdict(struct arena *a)
{
    struct os_verdict *v = arena_alloc(a, sizeof *v);
    struct os_node *path = arena_array(a, 2, sizeof *path);
    struct os_node *nodes = arena_array(a, 1, sizeof *nodes);
    struct os_reason *reasons = arena_array(a, 3, sizeof *reasons);
    struct os_vote *votes = arena_array(a, 2, sizeof *votes);
    votes[0] = (struct os_vote){SPAN("services"), SPAN("Linux"), SPAN("22/tcp"), VOTE_DIFFERS};
    votes[1] = (struct os_vote){SPAN("name"), SPAN("Windows"), {NULL, 0}, VOTE_OPEN};
    path[0] = (struct os_node){VERDICT_NAME, SPAN("Linux 5.3 - 5.4"), 0.59, false};
    path[1] = (struct os_node){VERDICT_CLASS, SPAN("Linux 5.X or newer"), 0.971, true};
    nodes[0] = (struct os_node){VERDICT_SYSTEM, SPAN("a <b> \"c\""), 0.25, false};
    reasons[0] =
        (struct os_reason){SPAN("opt"), SPAN("TCP options"), VERDICT_EXPLAINED, CAUSE_CLAMP, 6.25};
    reasons[1] =
        (struct os_reason){SPAN("closed"), SPAN("closed TCP port"), VERDICT_NOT_ASKED, 0, 0};
    reasons[2] = (struct os_reason){SPAN("u1"), SPAN("closed UDP port"), VERDICT_SILENT, 0, -1.5};
    *v = (struct os_verdict){
        .answer = path[1],
        .nodes = nodes,
        .n_nodes = 1,
        .path = path,
        .n_path = 2,
        .rival = {VERDICT_SYSTEM, SPAN("Google Android"), 0.004, false},
        .unknown = 0.009,
        .reasons = reasons,
        .n_reasons = 3,
        .n_silent = 3,
        .silence = -0.125,
        .votes = votes,
        .n_votes = 2,
        .contradicts = true,
        .is_split = true,
        .voted = 2.25,
        .prior = 0.5,
        .others = -1.25,
        .odds = 5.5,
        .mss = 1412,
        .params = SPAN("2026-11"),
        .threshold = 0.875,
    };
    return v;
}
