// SPDX-License-Identifier: Apache-2.0
#include "stage/synack.h"

#include "base/limits.h"
#include "stage/pipeline.h"

static void read_options(const struct frame *f, struct synack *s)
{
    struct cur c = cur_of(f->tcp.options.ptr, f->tcp.options.len);
    struct tcp_opt opt;
    bool bad = false;
    while (tcp_opt_next(&c, &opt, &bad) && s->n_kinds < sizeof s->kinds) {
        s->kinds[s->n_kinds++] = opt.kind;
        if (opt.kind == TCP_OPT_MSS && opt.body.len == 2)
            s->mss = (uint16_t)((uint8_t)opt.body.ptr[0] << 8 | (uint8_t)opt.body.ptr[1]);
    }
}

void synack_keep(struct visit *v, const struct frame *f)
{
    struct host *h = &v->host;
    if (h->addr.family != IP_V4 || f->kind != FRAME_TCP || h->n_synacks == LIMIT_SYNACKS)
        return;
    for (uint32_t i = 0; i < h->n_synacks; i++)
        if (h->synacks[i].port == f->tcp.sport)
            return;
    if (!h->synacks)
        h->synacks = arena_array(&h->arena, LIMIT_SYNACKS, sizeof *h->synacks);
    struct synack *s = &h->synacks[h->n_synacks++];
    *s = (struct synack){
        .port = f->tcp.sport,
        .window = f->tcp.window,
        .ttl = f->ttl,
        .df = f->ip4.df,
        .has_id = f->ip4.id != 0,
    };
    read_options(f, s);
}
