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

static void use(const struct sim_config *config, struct span frames)
{
    struct io *io = sim_open(config);
    struct cur c = cur_of(frames.ptr, frames.len);
    const struct io_capture capture = {2, ip_v4(0x0A000001), 0, 65535};
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
