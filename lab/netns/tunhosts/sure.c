// SPDX-License-Identifier: Apache-2.0
// OS detection of one host without a network: the state machine's packets go straight to the
// personality, under a clock that jumps to the next event.
#include "lab/netns/tunhosts/sure.h"

#include "osfp/osfp.h"

enum { OPEN = 80, CLOSED = 81, US = 0x0A000001, HOST = 0x0A000002, SPORT = 40000, SEED = 1 };

static const uint64_t trip_ns = 100000;

void sure_init(struct sure *s, struct arena *run, const struct osdb *db)
{
    *s = (struct sure){.db = db, .scratch = osdb_scratch_new(run, db)};
    arena_init(&s->arena, "check of references");
}

void sure_fini(struct sure *s)
{
    arena_fini(&s->arena);
}

static bool knock(struct personality_state *host, uint16_t port, uint8_t flags, uint64_t now_ns)
{
    uint8_t packet[64], reply[PERS_REPLIES][PERS_REPLY_MAX];
    struct buf b, out[PERS_REPLIES];
    struct frame f = {0}, got = {0};
    const struct tcp_hdr tcp = {.sport = SPORT,
                                .dport = port,
                                .seq = SEED,
                                .flags = TCP_SYN,
                                .options = SPAN(""),
                                .payload = SPAN("")};
    const struct ip4_hdr ip = {.total_len = IP4_HDR_LEN + TCP_HDR_LEN,
                               .ttl = 64,
                               .proto = IP4_TCP,
                               .src = US,
                               .dst = HOST};
    buf_init(&b, packet, sizeof packet);
    ip4_encode(&b, &ip);
    tcp_encode(&b, &tcp, ip.src, ip.dst);
    for (int i = 0; i < PERS_REPLIES; i++)
        buf_init(&out[i], reply[i], PERS_REPLY_MAX);
    return frame_decode(LINK_RAW, buf_span(&b), &f) == ERR_OK &&
           personality_answer(host, &f, now_ns, out) == 1 &&
           frame_decode(LINK_RAW, buf_span(&out[0]), &got) == ERR_OK &&
           (got.tcp.flags & (TCP_SYN | TCP_RST)) == flags &&
           (!(flags & TCP_SYN) || got.tcp.ack == SEED + 1);
}

static void answer(struct osfp *fp, struct personality_state *host, struct span packet,
                   uint64_t now_ns)
{
    uint8_t reply[PERS_REPLIES][PERS_REPLY_MAX];
    struct buf out[PERS_REPLIES];
    struct frame f = {0};
    for (int i = 0; i < PERS_REPLIES; i++)
        buf_init(&out[i], reply[i], PERS_REPLY_MAX);
    if (frame_decode(LINK_RAW, packet, &f) != ERR_OK)
        return;
    const uint32_t n = personality_answer(host, &f, now_ns, out);
    for (uint32_t i = 0; i < n; i++) {
        struct frame got = {.time_ns = now_ns + trip_ns};
        if (frame_decode(LINK_RAW, buf_span(&out[i]), &got) == ERR_OK)
            osfp_receive(fp, &got);
    }
}

static struct osfp *detect(struct arena *a, struct personality_state *host, bool has_closed,
                           uint64_t now_ns)
{
    const struct osfp_config cfg = {.src = ip_v4(US),
                                    .dst = ip_v4(HOST),
                                    .open_tcp = OPEN,
                                    .closed_tcp = has_closed ? CLOSED : -1,
                                    .closed_udp = -1,
                                    .other_tcp = -1,
                                    .other_udp = -1,
                                    .timing = {1000000, 100000, 10000000, 3, 0},
                                    .ttl = -1,
                                    .max_tries = 1,
                                    .seed = SEED};
    struct osfp *fp = osfp_new(a, &cfg, now_ns);
    struct osfp_packet p;
    while (osfp_tick(fp, now_ns) == OSFP_BUSY) {
        while (osfp_next(fp, now_ns, &p)) {
            osfp_sent(fp, p.probe, now_ns);
            answer(fp, host, p.packet, now_ns);
        }
        const uint64_t when = osfp_when(fp);
        now_ns = when > now_ns + trip_ns ? when : now_ns + trip_ns;
    }
    return fp;
}

bool sure_is(struct sure *s, const struct personality *p, uint32_t ref)
{
    const uint64_t begin_ns = 1000000000;
    struct personality copy = *p;
    struct personality_state host;
    struct osdb_result result;
    bool is_found = false;
    copy.tcp_doors.n = copy.udp_doors.n = 0;
    (void)doors_add(&copy.tcp_doors, SPAN("80"), DOOR_OPEN, NULL);
    personality_start(&host, &copy, SEED);
    if (!knock(&host, OPEN, TCP_SYN, begin_ns))
        return false;
    const bool has_closed = knock(&host, CLOSED, TCP_RST, begin_ns);
    const struct arena_mark mark = arena_mark(&s->arena);
    const struct osfp *fp = detect(&s->arena, &host, has_closed, begin_ns);
    osdb_match(s->db, osfp_subject(fp, 0), s->scratch, &result);
    for (uint32_t i = 0; i < result.n_perfect && i < result.n; i++)
        is_found = is_found || result.match[i].ref == ref;
    arena_rewind(&s->arena, mark);
    return is_found;
}
