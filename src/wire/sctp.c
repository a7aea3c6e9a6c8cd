// SPDX-License-Identifier: Apache-2.0
#include "wire/sctp.h"

enum { RWND = 32768, STREAMS_OUT = 10, STREAMS_IN = 2048, CKSUM_AT = 8 };

static const uint32_t castagnoli_reversed = 0x82F63B78;

uint32_t sctp_cksum(struct span packet)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < packet.len; i++) {
        crc ^= i >= CKSUM_AT && i < SCTP_HDR_LEN ? 0 : (uint8_t)packet.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? castagnoli_reversed : 0);
    }
    return ~crc;
}

bool sctp_cksum_ok(struct span packet)
{
    const uint32_t sum = sctp_cksum(packet);
    for (int i = 0; i < 4; i++) // the low byte first (RFC 9260 appendix A)
        if (packet.len < SCTP_HDR_LEN ||
            (uint8_t)packet.ptr[CKSUM_AT + i] != (uint8_t)(sum >> (8 * i)))
            return false;
    return true;
}

enum err sctp_decode(struct cur *c, struct sctp_hdr *out)
{
    *out = (struct sctp_hdr){0};
    out->sport = cur_be16(c);
    out->dport = cur_be16(c);
    out->vtag = cur_be32(c);
    cur_skip(c, 4);
    out->chunk = cur_u8(c);
    return c->bad ? ERR_TRUNC : ERR_OK;
}

void sctp_encode_init(struct buf *b, const struct sctp_hdr *h, uint32_t tag, uint32_t tsn)
{
    uint8_t *start = b->p;
    buf_be16(b, h->sport);
    buf_be16(b, h->dport);
    buf_be32(b, 0);
    buf_be32(b, 0);
    buf_u8(b, SCTP_INIT);
    buf_u8(b, 0);
    buf_be16(b, SCTP_INIT_LEN - SCTP_HDR_LEN);
    buf_be32(b, tag);
    buf_be32(b, RWND);
    buf_be16(b, STREAMS_OUT);
    buf_be16(b, STREAMS_IN);
    buf_be32(b, tsn);
    if (b->full)
        return;
    const uint32_t sum = sctp_cksum(span_of(start, SCTP_INIT_LEN));
    for (int i = 0; i < 4; i++)
        start[CKSUM_AT + i] = (uint8_t)(sum >> (8 * i));
}
