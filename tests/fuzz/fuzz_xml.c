// SPDX-License-Identifier: Apache-2.0
// Any bytes as XML of a saved scan. How far libxml2 comes in a broken document depends on the
// pieces it gets, so only sound ones must come out the same.
#include "saved_views.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    saved_views_run(span_of(data, size));
    return 0;
}
