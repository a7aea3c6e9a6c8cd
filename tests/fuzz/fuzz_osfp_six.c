// SPDX-License-Identifier: Apache-2.0
// IPv6 detection: any text as a printed fingerprint, which must print again to something that
// reads the same; any packets as replies of a live detection.
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "osfp/osfp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ip_addr us = {.byte = {0xFD, [15] = 1}, .family = IP_V6};
static const struct ip_addr host = {.byte = {0xFD, [15] = 2}, .family = IP_V6};

static struct osfp_config config(void)
{
    return (struct osfp_config){
        .src = us,
        .dst = host,
        .open_tcp = 22,
        .closed_tcp = 1,
        .closed_udp = -1,
        .other_tcp = -1,
        .other_udp = -1,
        .is_direct = true,
        .timing = {.initial_us = 1000000, .min_us = 100000, .max_us = 10000000, .level = 3},
        .ttl = -1,
        .max_tries = 2,
        .seed = 1,
        .tcp_base = 0x4000,
        .udp_base = 0x5000,
    };
}

static struct span printed(struct arena *a, const struct osfp *fp)
{
    struct buf b;
    buf_init(&b, arena_alloc(a, LIMIT_SUBJECT6), LIMIT_SUBJECT6);
    osfp_print_six(fp, &b);
    return b.full ? (struct span){NULL, 0} : buf_span(&b);
}

static void read_text(struct arena *a, struct span text)
{
    struct osfp *fp;
    struct osfp *again;
    struct err_at at = {0};
    const struct osfp_config cfg = config();
    if (osfp_read_six(a, &cfg, text, &fp, &at) != ERR_OK)
        return;
    const struct span first = printed(a, fp);
    if (first.len < 20 || osfp_read_six(a, &cfg, first, &again, &at) != ERR_OK)
        return; // nothing of it was a reply, or it was too much
    if (printed(a, again).len > first.len)
        abort();
}

// Length, packet, length, packet, ...: each is made to come from the host to us.
static void receive(struct arena *a, struct cur c)
{
    const struct osfp_config cfg = config();
    struct osfp_packet out;
    uint64_t now = 1000000;
    struct osfp *fp = osfp_new(a, &cfg, now);
    for (int i = 0; i < 200 && osfp_tick(fp, now) == OSFP_BUSY; i++) {
        while (osfp_next(fp, now, &out))
            osfp_sent(fp, out.probe, now);
        struct span bytes = cur_bytes(&c, cur_u8(&c));
        struct frame f = {.time_ns = now + 1000};
        if (bytes.len > 0 && frame_decode(LINK_RAW, bytes, &f) == ERR_OK) {
            f.src = f.kind == FRAME_ICMP6 && bytes.len % 2 ? f.src : host;
            f.dst = us;
            osfp_receive(fp, &f);
        }
        now = osfp_when(fp) > now ? osfp_when(fp) : now + 1000;
    }
    osfp_stop(fp);
    (void)printed(a, fp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    arena_init(&a, "fuzz");
    if (size > 0 && data[0] == 'B')
        receive(&a, cur_of(data + 1, size - 1));
    else
        read_text(&a, span_of(data, size));
    arena_fini(&a);
    return 0;
}
