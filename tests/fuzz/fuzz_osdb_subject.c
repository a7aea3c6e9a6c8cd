// SPDX-License-Identifier: Apache-2.0
// Any bytes as a subject: parsing ends, errors lie inside of the text, and what was understood
// prints to a text that gives the same print again.
#include <stdlib.h>

#include "base/buf.h"
#include "osdb/osdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span print(const struct osdb_subject *s, void *mem)
{
    struct buf b;
    const struct osdb_subject tries[] = {*s, *s};
    buf_init(&b, mem, LIMIT_SUBJECT + 1); // text without a final newline gets one
    osdb_print_merged(&b, tries, 2);
    if (b.full)
        abort();
    return buf_span(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t first[LIMIT_SUBJECT + 1], second[LIMIT_SUBJECT + 1];
    struct osdb_subject a, b;
    struct err_at at = {0};
    if (osdb_subject_parse(span_of(data, size), &a, &at) != ERR_OK) {
        if (!at.what || at.line > size + 1 || at.col > size + 1)
            abort();
        return 0;
    }
    const struct span text = print(&a, first);
    if (text.len > LIMIT_SUBJECT)
        return 0;
    if (osdb_subject_parse(text, &b, &at) != ERR_OK || !span_eq(text, print(&b, second)))
        abort();
    return 0;
}
