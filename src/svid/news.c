// SPDX-License-Identifier: Apache-2.0
// What has become known and was not fetched yet: rules that fit, answers that are complete. Both
// lists are oldest first.
#include "svid/parts.h"

void news_found(struct svid *s, struct found *f)
{
    if (s->found)
        s->last_found->next = f;
    else
        s->found = f;
    s->last_found = f;
}

bool svid_next_hit(struct svid *s, struct svid_hit *out)
{
    const struct found *f = s->found;
    if (!f)
        return false;
    s->found = f->next;
    *out = (struct svid_hit){
        .probe = svdb_probe_at(s->cfg.db, f->probe).name,
        .list = svdb_probe_at(s->cfg.db, f->list).name,
        .file = svdb_source_at(s->cfg.db, f->rule.source).name,
        .rule = &f->rule,
        .fields = &f->fields,
        .is_foreign = f->is_foreign,
    };
    return true;
}

void news_reply(struct svid *s, const struct service_reply *reply)
{
    struct heard *h = arena_alloc(s->arena, sizeof *h);
    *h = (struct heard){.reply = *reply};
    if (s->heard)
        s->last_heard->next = h;
    else
        s->heard = h;
    s->last_heard = h;
}

bool svid_next_reply(struct svid *s, struct service_reply *out)
{
    if (!s->heard)
        return false;
    *out = s->heard->reply;
    s->heard = s->heard->next;
    return true;
}
