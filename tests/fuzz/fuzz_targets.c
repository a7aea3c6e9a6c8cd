// SPDX-License-Identifier: Apache-2.0
// Each line is a target specification. Addresses of one specification come in ascending order and
// inside of the prefix; errors have a reason.
#include <stdlib.h>
#include <string.h>

#include "stage/targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LOOK_AT = 3000 };

// The first byte of the name is how many addresses it has, some of them of the other family.
static uint32_t resolve(void *ctx, struct span name, struct ip_addr *out, uint32_t max)
{
    (void)ctx;
    uint32_t n = (uint8_t)name.ptr[0] % 8u;
    n = n < max ? n : max;
    for (uint32_t i = 0; i < n; i++) {
        out[i] = ip_v4(0xC0000200u + i);
        out[i].family = (uint8_t)name.ptr[name.len - 1] >> i & 1 ? IP_V6 : IP_V4;
    }
    return n;
}

static void enumerate(struct arena *run, struct span spec)
{
    struct targets *t = targets_new(run, resolve, NULL);
    struct err_at at = {0};
    struct target found = {0};
    struct span name;
    struct ip_addr last = {0};
    const enum err e = targets_add(t, spec, &at);
    if (e != ERR_OK) {
        if (at.code != e || !at.what || targets_next(t, &found))
            abort();
        return;
    }
    int n = 0;
    for (; n < LOOK_AT && targets_next(t, &found); n++) {
        if (n > 0 && (found.addr.family != last.family ||
                      memcmp(found.addr.byte, last.byte, sizeof last.byte) <= 0))
            abort();
        last = found.addr;
    }
    if ((n == 0) != (targets_unresolved(t, &name) == 1))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = span_of(data, size);
    struct arena run;
    arena_init(&run, "fuzz");
    for (int i = 0; i < 8 && !span_is_absent(rest); i++)
        enumerate(&run, span_cut(&rest, '\n'));
    arena_fini(&run);
    return 0;
}
