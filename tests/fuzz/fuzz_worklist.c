// SPDX-License-Identifier: Apache-2.0
// Work lists: any bytes, in two pieces.
#include <stdlib.h>

#include "saved/worklist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *ctx, const struct work_item *item)
{
    size_t *n = ctx;
    *n += item->spec.len;
    if (item->has_port && (item->port.number == 0 || item->port.state == PORT_UNKNOWN))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena run;
    size_t n = 0;
    arena_init(&run, "fuzzing");
    struct worklist *w = worklist_open(&run, take, &n);
    worklist_feed(w, span_of(data, size / 3));
    worklist_feed(w, span_of(data + size / 3, size - size / 3));
    if (size % 7 > 0) // else it is left in the middle
        worklist_end(w);
    worklist_close(w);
    arena_fini(&run);
    return 0;
}
