// SPDX-License-Identifier: Apache-2.0
// Eight lanes, each taking one word of a stripe by exclusive-or, rotation and a product with an
// odd number. Each step is a bijection of the lane, so a single changed word always changes the
// lane; the lanes run side by side, so the multiplier is never idle.
#include "base/digest.h"

static const uint64_t MULTIPLIER = 0x9E3779B97F4A7C15u; // odd; 2^64 divided by the golden ratio
static const uint64_t FINISHER = 0xD6E8FEB86659FD93u;   // odd

static uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static void take_stripes(struct digest *d, const char *p, size_t n)
{
    uint64_t lane[8];
    uint64_t word[8];
    memcpy(lane, d->lane, sizeof lane);
    for (size_t i = 0; i < n; i++, p += DIGEST_STRIPE) {
        memcpy(word, p, sizeof word);
        for (int k = 0; k < 8; k++)
            lane[k] = rotl(lane[k] ^ word[k], 29) * MULTIPLIER;
    }
    memcpy(d->lane, lane, sizeof lane);
}

void digest_init(struct digest *d)
{
    *d = (struct digest){.len = 0};
    for (uint64_t k = 0; k < 8; k++)
        d->lane[k] = (k + 1) * FINISHER;
}

void digest_add(struct digest *d, struct span bytes)
{
    const size_t held = d->len % DIGEST_STRIPE;
    if (bytes.len == 0)
        return;
    d->len += bytes.len;
    if (held > 0) {
        const size_t room = DIGEST_STRIPE - held;
        const struct span head = span_head(bytes, room);
        memcpy(d->tail + held, head.ptr, head.len);
        bytes = span_from(bytes, head.len);
        if (head.len < room)
            return;
        take_stripes(d, d->tail, 1);
    }
    const size_t n = bytes.len / DIGEST_STRIPE;
    take_stripes(d, bytes.ptr, n);
    const struct span rest = span_from(bytes, n * DIGEST_STRIPE);
    if (rest.len > 0)
        memcpy(d->tail, rest.ptr, rest.len);
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 32) * FINISHER;
    x = (x ^ x >> 29) * MULTIPLIER;
    return x ^ x >> 32;
}

struct digest_value digest_end(struct digest *d)
{
    const size_t held = d->len % DIGEST_STRIPE;
    memset(d->tail + held, 0, DIGEST_STRIPE - held);
    if (held > 0)
        take_stripes(d, d->tail, 1);
    struct digest_value v = {{d->len, ~d->len}};
    for (int k = 0; k < 8; k++) {
        v.word[0] = mix(v.word[0] ^ d->lane[k]);
        v.word[1] = mix(rotl(v.word[1], 23) ^ d->lane[7 - k]) + d->lane[k];
    }
    return v;
}

struct digest_value digest_of(struct span bytes)
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, bytes);
    return digest_end(&d);
}
