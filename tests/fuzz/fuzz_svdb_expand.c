// SPDX-License-Identifier: Apache-2.0
// Any templates over any answer: up to the first line feed templates, the rest is the answer.
// Fields are printable, within their lengths and without blanks at the end.
#include <stdlib.h>

#include "svdb/expand.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct span s, size_t max)
{
    if (s.ptr && (s.len == 0 || s.len > max || s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == ','))
        abort();
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < 0x20 || s.ptr[i] > 0x7E)
            abort();
}

// Two bytes, the rest of the line, and all that follows; $4 and $6 are unset.
static void capture(struct span response, struct svdb_hit *hit)
{
    const size_t end = span_find(response, '\n');
    *hit = (struct svdb_hit){.n_groups = 7};
    hit->group[0] = response;
    hit->group[1] = span_head(response, 2);
    hit->group[2] = span_head(response, end);
    hit->group[3] = span_from(response, end);
    hit->group[5] = span_from(response, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct svdb_hit hit;
    struct svdb_fields f;
    struct span response = span_of(data, size);
    const struct span templates = span_cut(&response, '\n');
    arena_init(&arena, "fuzz");
    capture(span_is_absent(response) ? SPAN("a") : response, &hit);
    svdb_expand_templates(&arena, templates, &hit, &f);
    check(f.product, 79);
    check(f.version, 79);
    check(f.extra, 255);
    check(f.hostname, 79);
    check(f.os, 31);
    check(f.device, 31);
    for (int i = 0; i < 3; i++) {
        check(f.cpe[i], 79);
        if (f.cpe[i].ptr && !span_starts(f.cpe[i], SPAN("cpe:/")))
            abort();
    }
    arena_fini(&arena);
    return 0;
}
