// SPDX-License-Identifier: Apache-2.0
// What a hostile server can say in a handshake and after it. The first byte chooses TLS or DTLS and
// the size of the pieces that the rest comes in. OpenSSL parses; ours is what stands around it.
#include <stdlib.h>

#include "engine/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *ctx, struct span bytes)
{
    *(size_t *)ctx += bytes.len;
}

static void look(struct tls *t)
{
    struct stream_tls facts;
    if (!tls_facts(t, &facts))
        return;
    for (uint32_t i = 0; i < facts.n_names; i++)
        if (span_is_absent(facts.names[i]))
            abort();
}

static void hear(struct tls *t, struct span bytes, enum tls_step *step)
{
    char plain[4096];
    tls_feed(t, bytes);
    if (*step == TLS_MORE)
        *step = tls_shake(t);
    while (*step == TLS_DONE && tls_read(t, plain, sizeof plain) > 0)
        tls_write(t, SPAN("more"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tls_room *room; // OpenSSL takes long to begin
    const bool is_dtls = size > 0 && data[0] & 1;
    const size_t piece = size > 0 && data[0] > 1 ? (size_t)data[0] * 16 : SIZE_MAX;
    size_t said = 0;
    if (!room)
        room = tls_room_open();
    struct tls *t = room ? tls_open(room, is_dtls, SPAN("a.example"), count, &said) : NULL;
    if (!t)
        abort();
    enum tls_step step = tls_shake(t);
    for (struct span rest = span_from(span_of(data, size), 1); step != TLS_FAILED && rest.len > 0;
         rest = span_from(rest, piece))
        hear(t, span_head(rest, piece), &step);
    look(t);
    tls_bye(t);
    tls_close(t);
    return said > 0 ? 0 : -1;
}
