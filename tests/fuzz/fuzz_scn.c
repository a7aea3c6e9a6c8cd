// SPDX-License-Identifier: Apache-2.0
// Scenario files from hostile text, and the network they describe: frames are sent into it and
// everything that comes out is read. The input is text up to a NUL byte, then frames, each behind
// a byte with its length.
#include <stdlib.h>

#include "base/buf.h"
#include "lab/sim/scn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WAITS_MAX = 50 };

static struct span load(void *ctx, struct arena *arena, struct span name)
{
    const struct span *self = ctx; // every included file is the scenario again
    (void)arena;
    return name.len > 1 ? *self : (struct span){NULL, 0};
}

static void read_all(struct io *io)
{
    struct io_received r;
    for (int i = 0; i < WAITS_MAX && io->ops->wait(io, io->ops->now(io) + 1000000000) == 1; i++) {
        struct frame f = {0};
        if (io->ops->receive(io, &r) == 1)
            (void)frame_decode(r.link, r.bytes, &f);
    }
}

// Connections to the services that there are, each told the bytes of the frames.
static void talk(struct io *io, const struct sim_config *config, struct span bytes)
{
    static char tag;
    char got[2000];
    struct io_event e;
    for (uint32_t i = 0; i < config->n_hosts; i++)
        for (const struct sim_service *s = config->hosts[i].services; s; s = s->next) {
            const struct io_stream_to to = {.addr = ip_v4(config->hosts[i].first),
                                            .port = s->port,
                                            .is_udp = s->is_udp,
                                            .tag = &tag};
            const int h = io->ops->stream_open(io, &to);
            for (int n = 0; h >= 0 && n < WAITS_MAX; n++) {
                if (io->ops->wait(io, io->ops->now(io) + 1000000000) < 0)
                    break;
                (void)io->ops->stream_events(io, &e, 1);
                (void)io->ops->stream_write(io, h, bytes);
                io->ops->stream_want(io, h, IO_STREAM_READ);
                (void)io->ops->stream_read(io, h, got, sizeof got);
            }
            if (h >= 0 && h % 2 == 0)
                io->ops->stream_close(io, h, false);
        }
}

static void use(const struct sim_config *config, struct span frames)
{
    struct io *io = sim_open(config);
    struct cur c = cur_of(frames.ptr, frames.len);
    const struct io_capture capture = {2, ip_v4(0x0A000001), 0, 65535, true};
    (void)io->ops->capture(io, &capture);
    while (cur_left(&c) > 0) {
        const size_t len = cur_u8(&c);
        const struct span bytes = cur_bytes(&c, len < cur_left(&c) ? len : cur_left(&c));
        const struct io_packet packets[2] = {{.iface = 2, .is_frame = true, .bytes = bytes},
                                             {.bytes = bytes}};
        for (int i = 0; i < 2; i++)
            (void)io->ops->send(io, &packets[i], 1);
    }
    read_all(io);
    talk(io, config, frames);
    io->ops->close(io);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct scn scn;
    struct err_at at = {0};
    struct span rest = span_of(data, size);
    struct span text = span_cut(&rest, '\0');
    const struct scn_files files = {load, &text};
    const struct scn_outcome outcome = {.out = SPAN("a\nb"), .err = SPAN("")};
    char space[512];
    struct buf why;
    arena_init(&arena, "fuzz");
    buf_init(&why, space, sizeof space);
    if (scn_parse(&arena, &files, text, 1, &scn, &at) == ERR_OK) {
        scn_build(&arena, &scn);
        (void)scn_check(&arena, &scn, &files, &outcome, &why);
        use(&scn.config, rest);
    } else if (at.code == ERR_OK || !at.what) {
        abort();
    }
    arena_fini(&arena);
    return 0;
}
