// SPDX-License-Identifier: Apache-2.0
// Personalities from hostile text, and stacks that get hostile packets. The input is text up to a
// NUL byte, then frames, each behind a byte with its length.
#include <stdlib.h>

#include "lab/hosts/personality.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer(struct personality_state *s, struct span bytes, uint64_t now_ns)
{
    static const enum link_type links[] = {LINK_RAW, LINK_ETHERNET};
    for (int i = 0; i < 2; i++) {
        uint8_t space[PERS_REPLIES][PERS_REPLY_MAX];
        struct buf out[PERS_REPLIES];
        struct frame f = {0};
        struct frame reply = {0};
        if (frame_decode(links[i], bytes, &f) != ERR_OK)
            continue;
        for (int k = 0; k < PERS_REPLIES; k++)
            buf_init(&out[k], space[k], sizeof space[k]);
        const uint32_t n = personality_answer(s, &f, now_ns, out);
        for (uint32_t k = 0; k < n; k++) // what a stack sends can be read, whatever it was told
            if (frame_decode(LINK_RAW, buf_span(&out[k]), &reply) != ERR_OK)
                abort();
        (void)probe_of(&f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct personality p;
    struct personality_state s;
    struct err_at at = {0};
    struct span rest = span_of(data, size);
    const struct span text = span_cut(&rest, '\0');
    personality_init(&p);
    if (personality_parse(text, &p, &at) != ERR_OK && (at.code == ERR_OK || at.line == 0))
        abort();
    personality_start(&s, &p, 1);
    struct cur c = cur_of(rest.ptr, rest.len);
    for (uint64_t now_ns = 0; cur_left(&c) > 0; now_ns += 100000000) {
        const size_t len = cur_u8(&c);
        answer(&s, cur_bytes(&c, len < cur_left(&c) ? len : cur_left(&c)), now_ns);
    }
    return 0;
}
