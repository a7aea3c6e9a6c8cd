// SPDX-License-Identifier: Apache-2.0
// Arbitrary packets into a running OS detection, raw or with addresses, ports and ids that fit a
// probe. It always ends, asks to be called again at times that move on, and gives subjects that
// can be printed and read back.
#include "osfp/obs.h"
#include "osfp_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURNS = 6000 };

struct sent {
    uint16_t tcp_base;
    uint16_t icmp_id;
    uint16_t udp_port;
    uint16_t u1_port;
};

static void note_sent(struct sent *s, const struct osfp_packet *out)
{
    const uint32_t p = out->probe % PROBE_COUNT;
    struct frame f = {0};
    if (frame_decode(LINK_RAW, out->packet, &f) != ERR_OK)
        abort();
    if (f.kind == FRAME_TCP)
        s->tcp_base = (uint16_t)(f.tcp.sport - p);
    else if (f.kind == FRAME_ICMP4)
        s->icmp_id = (uint16_t)(f.icmp4.id - (p - PROBE_IE1));
    else
        *s = (struct sent){s->tcp_base, s->icmp_id, f.udp.sport, f.udp.dport};
}

// Sends and ticks; returns whether the machine is still busy.
static bool turn(struct osfp *fp, struct sent *s, uint64_t now_ns, bool is_perfect)
{
    struct osfp_packet out;
    for (int i = 0; osfp_next(fp, now_ns, &out); i++) {
        if (i > PROBE_COUNT)
            abort();
        note_sent(s, &out);
    }
    if (osfp_tick(fp, now_ns) == OSFP_TRY_OVER)
        osfp_continue(fp, is_perfect, now_ns);
    return osfp_tick(fp, now_ns) == OSFP_BUSY;
}

static void fit(struct feed_packet *p, const struct sent *s)
{
    feed_fit(p, FEED_DST, FEED_SRC);
    if (p->len < 28)
        return;
    const uint8_t which = p->control >> 3;
    if (p->bytes[9] == IP4_TCP) {
        feed_put16(p, 22, (uint16_t)(s->tcp_base + which % PROBE_U1));
    } else if (p->bytes[9] == IP4_ICMP && p->bytes[20] == ICMP4_ECHO_REPLY) {
        feed_put16(p, 24, (uint16_t)(s->icmp_id + which % 2));
    } else if (p->bytes[9] == IP4_ICMP) {
        feed_put16(p, 48, s->udp_port);
        feed_put16(p, 50, s->u1_port);
    }
}

static void finish(struct osfp *fp, struct sent *s, uint64_t now_ns, bool is_perfect)
{
    int turns = 0;
    while (turn(fp, s, now_ns, is_perfect)) {
        const uint64_t when = osfp_when(fp);
        if (turns++ > TURNS || when == UINT64_MAX)
            abort();
        now_ns = when > now_ns ? when : now_ns;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct feed_packet p;
    struct sent s = {0};
    struct cur c = cur_of(data, size);
    uint64_t now_ns = 1000000000;
    arena_init(&a, "fuzz");
    const uint8_t flags = cur_u8(&c);
    const struct osfp_config cfg = feed_config(flags);
    struct osfp *fp = osfp_new(&a, &cfg, now_ns);
    while (feed_next(&c, &p) && turn(fp, &s, now_ns, flags & 64)) {
        struct frame f = {.time_ns = now_ns};
        if (p.control & 1)
            fit(&p, &s);
        uint8_t *exact = malloc(p.len ? p.len : 1); // a read past the end is seen
        if (!exact)
            abort();
        memcpy(exact, p.bytes, p.len);
        if (frame_decode(LINK_RAW, span_of(exact, p.len), &f) == ERR_OK)
            (void)osfp_receive(fp, &f);
        free(exact);
        now_ns += p.step_ns;
    }
    if (flags & 128)
        osfp_stop(fp);
    finish(fp, &s, now_ns, flags & 64);
    feed_check(fp);
    arena_fini(&a);
    return 0;
}
