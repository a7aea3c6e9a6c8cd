// SPDX-License-Identifier: Apache-2.0
#include "engine/guise.h"

#include "wire/alter.h"
#include "wire/ip4.h"

enum { PACKET_MAX = 2048, TTL_MIN = 37, TTL_SPREAD = 23 }; // scanning spec 4.1

void guise_init(struct guise *g, const struct engine_guise *cfg, struct hash_key key)
{
    g->cfg = *cfg;
    rng_seed(&g->rng, key.k0 ^ key.k1);
}

bool guise_is_on(const struct guise *g)
{
    return g->cfg.n_decoys > 0 || g->cfg.fragment > 0 || g->cfg.has_bad_sums;
}

uint32_t guise_most(const struct guise *g, size_t len)
{
    const uint32_t pieces = g->cfg.fragment ? (uint32_t)len / g->cfg.fragment + 1 : 1;
    return pieces * (g->cfg.n_decoys > 0 ? g->cfg.n_decoys : 1);
}

static void put_pieces(const struct guise *g, const struct path *path, struct span packet,
                       guise_put_fn *put, void *ctx)
{
    uint8_t mem[PACKET_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    if (!alter_fragment(packet, g->cfg.fragment, 0, &b)) {
        put(ctx, path, packet);
        return;
    }
    for (uint32_t i = 1; buf_len(&b) > 0; i++) {
        put(ctx, path, buf_span(&b));
        buf_init(&b, mem, sizeof mem);
        alter_fragment(packet, g->cfg.fragment, i, &b);
    }
}

static void put_decoy(struct guise *g, const struct path *path, struct span packet,
                      const struct ip_addr *decoy, guise_put_fn *put, void *ctx)
{
    uint8_t mem[PACKET_MAX];
    if (decoy->family != path->route.src.family)
        return;
    memcpy(mem, packet.ptr, packet.len);
    alter_source(mem, packet.len, decoy);
    if (g->cfg.varies_ttl)
        alter_ttl(mem, packet.len, (uint8_t)(TTL_MIN + rng_below(&g->rng, TTL_SPREAD)));
    put_pieces(g, path, span_of(mem, packet.len), put, ctx);
}

void guise_each(struct guise *g, const struct path *path, struct span packet, guise_put_fn *put,
                void *ctx)
{
    uint8_t mem[PACKET_MAX];
    if (packet.len > sizeof mem) {
        put(ctx, path, packet);
        return;
    }
    memcpy(mem, packet.ptr, packet.len);
    if (g->cfg.has_bad_sums)
        alter_break_sum(mem, packet.len);
    const struct span own = span_of(mem, packet.len);
    for (uint32_t i = 0; i < g->cfg.n_decoys; i++) {
        if (g->cfg.decoys[i].family == IP_NONE)
            put_pieces(g, path, own, put, ctx);
        else
            put_decoy(g, path, own, &g->cfg.decoys[i], put, ctx);
    }
    if (g->cfg.n_decoys == 0)
        put_pieces(g, path, own, put, ctx);
}
