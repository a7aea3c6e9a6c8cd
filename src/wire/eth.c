// SPDX-License-Identifier: Apache-2.0
#include "wire/eth.h"

const struct mac_addr eth_broadcast = {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};

enum { MAX_TAGS = 2 };

static void read_mac(struct cur *c, struct mac_addr *out)
{
    const struct span s = cur_bytes(c, 6);
    if (s.len == 6)
        memcpy(out->byte, s.ptr, 6);
}

enum err eth_decode(struct cur *c, struct eth_hdr *out)
{
    *out = (struct eth_hdr){0};
    read_mac(c, &out->dst);
    read_mac(c, &out->src);
    out->type = cur_be16(c);
    for (int i = 0; i < MAX_TAGS && out->type == ETH_VLAN; i++) {
        cur_skip(c, 2);
        out->type = cur_be16(c);
    }
    return c->bad ? ERR_TRUNC : ERR_OK;
}

void eth_encode(struct buf *b, const struct eth_hdr *h)
{
    buf_bytes(b, span_of(h->dst.byte, 6));
    buf_bytes(b, span_of(h->src.byte, 6));
    buf_be16(b, h->type);
}
