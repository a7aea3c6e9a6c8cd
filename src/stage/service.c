// SPDX-License-Identifier: Apache-2.0
#include "stage/service.h"

#include <stddef.h>

void tls_facts_of(const struct stream_tls *from, struct tls_facts *out)
{
    *out = (struct tls_facts){
        .version = from->version,
        .cipher = from->cipher,
        .alpn = from->alpn,
        .subject = from->subject,
        .issuer = from->issuer,
        .names = from->names,
        .n_names = from->n_names,
        .not_before = from->not_before,
        .not_after = from->not_after,
        .has_certificate = from->has_certificate,
    };
    memcpy(out->sha256, from->sha256, sizeof out->sha256);
}

static const struct tls_facts *facts_copy(struct arena *a, const struct tls_facts *from)
{
    struct tls_facts *to = arena_alloc(a, sizeof *to);
    struct span *names = arena_array(a, from->n_names, sizeof *names);
    *to = *from;
    to->version = arena_copy(a, from->version);
    to->cipher = arena_copy(a, from->cipher);
    to->alpn = arena_copy(a, from->alpn);
    to->subject = arena_copy(a, from->subject);
    to->issuer = arena_copy(a, from->issuer);
    for (uint32_t i = 0; i < from->n_names; i++)
        names[i] = arena_copy(a, from->names[i]);
    to->names = names;
    return to;
}

static const struct service_reply *replies_copy(struct arena *a, const struct service *from)
{
    struct service_reply *to = arena_array(a, from->n_replies, sizeof *to);
    for (uint32_t i = 0; i < from->n_replies; i++) {
        to[i] = from->replies[i];
        to[i].probe = arena_copy(a, to[i].probe);
        to[i].bytes = arena_copy(a, to[i].bytes);
    }
    return to;
}

void service_copy(struct arena *a, const struct service *from, struct service *out)
{
    static const size_t texts[] = {
        offsetof(struct service, name),        offsetof(struct service, product),
        offsetof(struct service, version),     offsetof(struct service, extra),
        offsetof(struct service, hostname),    offsetof(struct service, os),
        offsetof(struct service, device),      offsetof(struct service, cpe[0]),
        offsetof(struct service, cpe[1]),      offsetof(struct service, cpe[2]),
        offsetof(struct service, fingerprint), offsetof(struct service, probe),
        offsetof(struct service, list),        offsetof(struct service, file),
        offsetof(struct service, note),
    };
    *out = *from;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct span *text = (struct span *)(void *)((char *)out + texts[i]);
        *text = arena_copy(a, *text);
    }
    if (from->tls)
        out->tls = facts_copy(a, from->tls);
    out->replies = replies_copy(a, from);
}
