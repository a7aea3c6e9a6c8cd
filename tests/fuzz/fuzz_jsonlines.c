// SPDX-License-Identifier: Apache-2.0
// Any bytes behind the beginning of a saved scan in JSON lines.
#include <string.h>

#include "saved_views.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char begin[] = "{\"type\":\"begin\",\"schema\":1,\"options\":{\"os\":true},"
                                "\"verbose\":2}\n";
    struct arena a;
    saved_views_run(span_of(data, size));
    arena_init(&a, "test");
    char *text = arena_alloc(&a, sizeof begin + size);
    memcpy(text, begin, sizeof begin - 1);
    if (size > 0)
        memcpy(text + sizeof begin - 1, data, size);
    saved_views_run(span_of(text, sizeof begin - 1 + size));
    arena_fini(&a);
    return 0;
}
