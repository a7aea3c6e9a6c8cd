// SPDX-License-Identifier: Apache-2.0
// SipHash-2-4: Aumasson and Bernstein, 2012.
#include "base/hash.h"

static uint64_t rotl(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[0] = rotl(v[0], 32);
    v[2] += v[3];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[2] = rotl(v[2], 32);
}

static uint64_t load_le(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)(uint8_t)p[i] << (8 * i);
    return v;
}

static uint64_t load_le8(const char *p)
{
    const uint8_t *b = (const uint8_t *)p;
    return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
           (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 |
           (uint64_t)b[7] << 56;
}

static inline void absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

uint64_t hash_keyed(const struct hash_key *key, struct span data)
{
    uint64_t v[4] = {key->k0 ^ 0x736F6D6570736575u, key->k1 ^ 0x646F72616E646F6Du,
                     key->k0 ^ 0x6C7967656E657261u, key->k1 ^ 0x7465646279746573u};
    size_t at = 0;
    for (; data.len - at >= 8; at += 8)
        absorb(v, load_le8(data.ptr + at));
    absorb(v, (uint64_t)data.len << 56 | load_le(data.ptr + at, data.len - at));
    v[2] ^= 0xFF;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint32_t hash_crc32(struct span data)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < data.len; i++) {
        crc ^= (uint8_t)data.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0); // reversed polynomial 04C11DB7
    }
    return ~crc;
}
