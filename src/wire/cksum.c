// SPDX-License-Identifier: Apache-2.0
#include "wire/cksum.h"

#include "base/ip.h"

uint32_t cksum_add(uint32_t sum, struct span data)
{
    const uint8_t *p = (const uint8_t *)data.ptr;
    uint64_t total = sum;
    for (size_t i = 0; i + 1 < data.len; i += 2)
        total += (uint32_t)p[i] << 8 | p[i + 1];
    if (data.len % 2)
        total += (uint32_t)p[data.len - 1] << 8;
    while (total >> 32)
        total = (total & 0xFFFFFFFFu) + (total >> 32);
    return (uint32_t)total;
}

uint16_t cksum_end(uint32_t sum)
{
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

uint16_t cksum_of(struct span data)
{
    return cksum_end(cksum_add(0, data));
}

uint32_t cksum_pseudo4(uint32_t src, uint32_t dst, uint8_t proto, uint16_t len)
{
    return (src >> 16) + (src & 0xFFFF) + (dst >> 16) + (dst & 0xFFFF) + proto + len;
}

uint32_t cksum_pseudo6(const uint8_t src[16], const uint8_t dst[16], uint8_t proto, uint32_t len)
{
    const uint32_t sum = cksum_add((len >> 16) + (len & 0xFFFF) + proto, span_of(src, 16));
    return cksum_add(sum, span_of(dst, 16));
}

uint32_t cksum_pseudo(const struct ip_addr *src, const struct ip_addr *dst, uint8_t proto,
                      uint16_t len)
{
    if (src->family == IP_V6)
        return cksum_pseudo6(src->byte, dst->byte, proto, len);
    return cksum_pseudo4(ip_v4_u32(src), ip_v4_u32(dst), proto, len);
}
