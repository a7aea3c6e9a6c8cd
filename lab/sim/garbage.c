// SPDX-License-Identifier: Apache-2.0
// What a broken or hostile host sends: its right answers with flipped bits, cut short, with lying
// lengths, or plain noise. In: the packet to answer. Out: one or two packets that may be anything
// up to the link header. Drawn from the host's own dice.
#include "lab/sim/world.h"

#include "wire/cksum.h"

enum { NOISE_MAX = 400, GARBAGE_KINDS = 7 };

static void noise(struct rng *rng, struct buf *out, uint32_t max)
{
    for (uint32_t n = rng_below(rng, max); n > 0; n--)
        buf_u8(out, (uint8_t)rng_u32(rng));
}

static void flip_bits(struct rng *rng, struct buf *out, size_t from)
{
    const uint32_t len = (uint32_t)(buf_len(out) - from);
    for (uint32_t n = 1 + rng_below(rng, 16); n > 0 && len > 0; n--)
        out->start[from + rng_below(rng, len)] ^= (uint8_t)(1u << rng_below(rng, 8));
}

// The header checksum is made right again, so that the rest is looked at.
static void mend(struct buf *out)
{
    uint8_t *ip = out->start;
    if (buf_len(out) < IP4_HDR_LEN)
        return;
    ip[10] = ip[11] = 0;
    const uint16_t sum = cksum_of(span_of(ip, IP4_HDR_LEN));
    ip[10] = (uint8_t)(sum >> 8);
    ip[11] = (uint8_t)sum;
}

static void lie_about_lengths(struct rng *rng, struct buf *out)
{
    static const uint8_t places[] = {0, 2, 3, 6, 7, 32, 41, 43, 20 + 24, 20 + 25};
    const uint8_t at = places[rng_below(rng, sizeof places)];
    if (at < buf_len(out))
        out->start[at] = (uint8_t)rng_u32(rng);
}

static void damage(struct rng *rng, struct buf *out)
{
    switch (rng_below(rng, GARBAGE_KINDS)) {
    case 0: // noise only
        out->p = out->start;
        noise(rng, out, NOISE_MAX);
        return;
    case 1: // a good header before noise
        if (buf_len(out) > IP4_HDR_LEN)
            out->p = out->start + IP4_HDR_LEN;
        noise(rng, out, NOISE_MAX);
        break;
    case 2:
        flip_bits(rng, out, 0);
        return;
    case 3: // flipped behind the IP header
        flip_bits(rng, out, buf_len(out) < IP4_HDR_LEN ? 0 : IP4_HDR_LEN);
        return;
    case 4: // cut
        out->p = out->start + rng_below(rng, (uint32_t)buf_len(out) + 1);
        return;
    case 5:
        lie_about_lengths(rng, out);
        break;
    default: // followed by noise
        noise(rng, out, NOISE_MAX);
        return;
    }
    mend(out);
}

uint32_t garbage_answer(struct world_host *h, const struct frame *f, uint64_t now_ns,
                        struct buf out[PERS_REPLIES])
{
    uint32_t n = personality_answer(&h->stack, f, now_ns, out);
    if (n == 0) { // silence is no garbage: the request itself comes back
        buf_bytes(&out[0], span_head(f->packet, PERS_REPLY_MAX - NOISE_MAX));
        n = 1;
    }
    damage(&h->rng, &out[0]);
    if (rng_below(&h->rng, 4) > 0)
        return n;
    noise(&h->rng, &out[1], NOISE_MAX);
    return PERS_REPLIES;
}
