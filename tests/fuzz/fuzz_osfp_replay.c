// SPDX-License-Identifier: Apache-2.0
// Arbitrary packets as a recorded scan, raw or with addresses that make them probes or replies.
// The replay ends with subjects that can be printed and read back.
#include "osfp_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct feed_packet p;
    struct cur c = cur_of(data, size);
    uint64_t now_ns = 1000000000;
    arena_init(&a, "fuzz");
    const struct osfp_config cfg = feed_config(cur_u8(&c));
    struct osfp *fp = osfp_replay_new(&a, &cfg);
    while (feed_next(&c, &p)) {
        now_ns += p.step_ns;
        struct frame f = {.time_ns = now_ns};
        if (p.control & 1)
            feed_fit(&p, FEED_SRC, FEED_DST);
        else if (p.control & 2)
            feed_fit(&p, FEED_DST, FEED_SRC);
        uint8_t *exact = malloc(p.len ? p.len : 1); // a read past the end is seen
        if (!exact)
            abort();
        memcpy(exact, p.bytes, p.len);
        if (frame_decode(LINK_RAW, span_of(exact, p.len), &f) == ERR_OK)
            osfp_replay_frame(fp, &f);
        free(exact);
    }
    osfp_replay_end(fp);
    feed_check(fp);
    arena_fini(&a);
    return 0;
}
