// SPDX-License-Identifier: Apache-2.0
// Fingerprints of real scans whose truth is known (lab/os-runs.sh).
#include <stdio.h>

#include "base/text.h"
#include "verdict/generate.h"

// The reference at a line of the first file of the database, or UINT32_MAX.
static uint32_t ref_at(const struct osdb *db, uint64_t line)
{
    for (uint32_t i = 0; i < osdb_count(db); i++)
        if (osdb_ref_at(db, i).line == line)
            return i;
    return UINT32_MAX;
}

static bool take_block(const struct osdb *db, struct span block, struct recorded *out)
{
    struct err_at at;
    uint64_t line;
    struct span first = span_cut(&block, '\n');
    if (!span_eq(span_cut(&first, ' '), SPAN("Truth")) || !text_dec(first, UINT32_MAX, &line))
        return false;
    out->ref = ref_at(db, line);
    return out->ref != UINT32_MAX && osdb_subject_parse(block, &out->seen, &at) == ERR_OK;
}

static size_t block_len(struct span text)
{
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '\n' && text.ptr[i + 1] == '\n')
            return i + 1;
    return text.len;
}

uint32_t recorded_read(struct arena *a, const struct osdb *db, const char *path,
                       struct recorded **out)
{
    enum { MOST = 1 << 16 };
    struct span text = host_read_file(a, path);
    uint32_t n = 0;
    *out = arena_array(a, MOST, sizeof **out);
    while (!span_is_absent(text) && text.len > 1 && n < MOST) {
        const size_t len = block_len(text);
        if (!take_block(db, span_head(text, len), &(*out)[n])) {
            fprintf(stderr, "%s: block %u is broken, or of another database\n", path, n + 1);
            return 0;
        }
        text = span_from(text, len < text.len ? len + 1 : len);
        n++;
    }
    return n;
}

enum condition recorded_condition(uint32_t i)
{
    const enum condition cond = (enum condition)(i % COND_COUNT);
    return cond < COND_ENTRY ? COND_CLEAN : cond;
}
