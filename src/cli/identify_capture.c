// SPDX-License-Identifier: Apache-2.0
// The OS detections in a capture file: replayed, matched, printed. Their SCAN lines are ours.
#include "cli/identify.h"

#include <errno.h>
#include <sys/random.h>

#include "cli/say.h"
#include "engine/io_pcap.h"
#include "report/scanline.h"
#include "stage/recorded.h"

enum { REASON_TEXT = 128, NS_PER_S = 1000000000 };

struct capture {
    struct identify *id;
    int64_t unix_ns; // wall clock of its first packet
};

static struct span lines_of(struct arena *a, const struct osfp *fp, bool is_six)
{
    struct buf b;
    if (is_six) {
        buf_init(&b, arena_alloc(a, LIMIT_SUBJECT6), LIMIT_SUBJECT6);
        osfp_print_six(fp, &b);
        return buf_span(&b);
    }
    buf_init(&b, arena_alloc(a, LIMIT_SUBJECT), LIMIT_SUBJECT);
    osdb_print_merged(&b, osfp_subject(fp, 0), osfp_tries(fp));
    return buf_span(&b);
}

static struct span reason_of(struct arena *a, const struct osfp *fp)
{
    struct buf b;
    buf_init(&b, arena_alloc(a, REASON_TEXT), REASON_TEXT);
    osfp_not_ideal(fp, &b);
    return buf_len(&b) > 0 ? buf_span(&b) : (struct span){NULL, 0};
}

static struct span scan_line_of(struct identify *id, const struct host *host)
{
    struct buf b;
    const bool is_good = span_is_absent(host->os->not_ideal);
    buf_init(&b, arena_alloc(&id->scratch, SCANLINE_MAX), SCANLINE_MAX);
    scanline_print(&b, &id->scan, host, is_good, host->ended);
    return buf_span(&b);
}

static void on_scan(void *ctx, const struct recorded_scan *s)
{
    const struct capture *c = ctx;
    struct identify *id = c->id;
    struct arena *a = &id->scratch;
    const struct arena_mark mark = arena_mark(a);
    const uint32_t tries = osfp_tries(s->fp);
    const bool is_six = s->target.family == IP_V6;
    struct osdb_result best;
    if (identify_must_stop(id))
        return;
    struct os_result os = {
        .lines = lines_of(a, s->fp, is_six),
        .not_ideal = reason_of(a, s->fp),
        .tries = tries,
        .open_tcp = s->open_tcp,
        .closed_tcp = s->closed_tcp,
        .closed_udp = osfp_closed_udp(s->fp),
    };
    struct host host = {.addr = s->target, .state = HOST_UP, .os = &os};
    host.started = (c->unix_ns + (int64_t)s->began_ns) / NS_PER_S;
    host.ended = (c->unix_ns + (int64_t)s->ended_ns) / NS_PER_S;
    os.has_distance = osfp_distance(s->fp, &os.distance, &os.distance_kind);
    osfp_sequence(s->fp, tries - 1, &os.seq);
    os.scan_line = scan_line_of(id, &host);
    if (is_six) // later tries complete the earlier ones
        identify_match_six(id, osfp_subject(s->fp, tries - 1), &os, &best);
    else
        identify_match(id, osfp_subject(s->fp, 0), tries, &os, &best);
    identify_print(id, s->packet, &host, &os, &best);
    arena_rewind(a, mark);
}

static int replay(struct capture *c, struct arena *a, struct io *io)
{
    struct recorded_config cfg = {.quirks = c->id->opts.quirks, .unix_ns = io->ops->wall(io)};
    struct io_received packet;
    int rc = 0;
    if (getrandom(&cfg.key, sizeof cfg.key, 0) != sizeof cfg.key)
        cfg.key = (struct hash_key){1, 2};
    c->unix_ns = cfg.unix_ns;
    struct recorded *r = recorded_new(a, &cfg, on_scan, c);
    while (!identify_must_stop(c->id) && (rc = io->ops->receive(io, &packet)) == 1) {
        struct frame f = {0};
        if (frame_decode(packet.link, packet.bytes, &f) != ERR_OK)
            f.kind = FRAME_OTHER;
        f.time_ns = packet.time_ns;
        recorded_frame(r, &f);
    }
    recorded_end(r);
    return rc;
}

// Why is "NAME: reason".
static void tell(struct identify *id, const char *why)
{
    const struct span text = span_str(why);
    const size_t skip = id->file.len + strlen(": ");
    say_about(&id->err, id->file, text.len > skip ? why + skip : "not a readable capture");
    id->n_failed++;
}

void identify_capture(struct identify *id, int fd, struct span head)
{
    struct capture c = {.id = id};
    struct io_pcap_why why;
    struct io *io = NULL;
    if (io_pcap_open_fd(&io, fd, head, id->file.ptr, &why) < 0) {
        tell(id, why.text);
        return;
    }
    struct arena a;
    arena_init(&a, "a capture");
    if (replay(&c, &a, io) == -EBADMSG)
        tell(id, io_pcap_why(io));
    arena_fini(&a);
    io->ops->close(io);
}
