// SPDX-License-Identifier: Apache-2.0
// For the svid tests: a database from text, a target, and runs against scripted servers.
#pragma once

#include "check.h"

#include "peer/peer.h"

struct load {
    struct arena arena;
    struct svid_config cfg;
    struct svid_target target;
    struct peer_run run;
};

static inline void load_complain(void *ctx, const char *file, const struct err_at *at)
{
    (void)ctx;
    fail_msg("%s:%u:%u %s [%s]", file, at->line, at->col, at->what, at->token);
}

// Of two files the first counts first; absent: one is enough.
static inline void load_both(struct load *l, struct span text, struct span later)
{
    const struct svdb *db = NULL;
    memset(l, 0, sizeof *l);
    arena_init(&l->arena, "test");
    struct svdb_tree *tree = svdb_tree_new(&l->arena);
    assert_int_equal(svdb_tree_add(tree, "test.db", text, load_complain, NULL), ERR_OK);
    if (later.len > 0)
        assert_int_equal(svdb_tree_add(tree, "later.db", later, load_complain, NULL), ERR_OK);
    assert_int_equal(svdb_build(&l->arena, tree, &db), ERR_OK);
    l->cfg = (struct svid_config){
        .db = db,
        .scratch = svdb_scratch_new(&l->arena, db),
        .intensity = 7,
        .max_conns = SVID_CONNS,
        .version = SPAN("1"),
        .platform = SPAN("test"),
    };
    l->target = (struct svid_target){
        .proto = PROTO_TCP, .port = 23001, .is_open = true, .wall = 255, .month = 1, .day = 2};
}

static inline void load_init(struct load *l, struct span text)
{
    load_both(l, text, (struct span){0});
}

static inline void load_fini(struct load *l)
{
    svdb_close(l->cfg.db);
    arena_fini(&l->arena);
}

static inline const struct service *load_run(struct load *l, const struct peer *peer)
{
    peer_run(peer, &l->arena, &l->cfg, &l->target, &l->run);
    return &l->run.result;
}

static inline double load_seconds(const struct load *l)
{
    return (double)l->run.took_ns / 1e9;
}

#define PEER(...)                                                                        \
    {                                                                                    \
        .lines = (const struct peer_line[]){__VA_ARGS__},                                \
        .n = sizeof((const struct peer_line[]){__VA_ARGS__}) / sizeof(struct peer_line), \
        .rtt_us = 200                                                                    \
    }
