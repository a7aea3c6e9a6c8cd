// SPDX-License-Identifier: Apache-2.0
// Any bytes as a compiled service-probe database. The size and checksum in the header are
// corrected first, or nothing would ever get behind them. What is accepted must be safe in every
// respect: asking it, and reading all that it holds.
#include <stdlib.h>

#include "svdb/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned touch(struct span s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += (unsigned char)s.ptr[i];
    return sum;
}

static unsigned touch_all(const struct svdb *db)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < svdb_n_sources(db); i++)
        sum += touch(svdb_source_at(db, i).name);
    for (uint32_t i = 0; i < svdb_n_diags(db); i++)
        sum += touch(span_str(svdb_diag_at(db, i).at.what));
    for (uint32_t i = 0; i < svdb_n_probes(db); i++) {
        const struct svdb_probe p = svdb_probe_at(db, i);
        sum += touch(p.name) + touch(p.payload) + svdb_lists_port(db, i, 80) +
               svdb_lists_ssl_port(db, i, 443) + svdb_yields(db, i, SPAN("http"));
    }
    for (uint32_t i = 0; i < svdb_n_rules(db); i++) {
        const struct svdb_rule r = svdb_rule_at(db, i);
        sum += touch(r.service) + touch(r.regex) + touch(r.templates) +
               touch(svdb_probe_at(db, r.probe).name) + touch(svdb_source_at(db, r.source).name);
    }
    return sum + svdb_excludes(db, SVDB_TCP, 9100) + svdb_excludes(db, SVDB_UDP, 9100) +
           (unsigned)svdb_probe_named(db, SVDB_TCP, SPAN("NULL"));
}

static void ask(struct arena *arena, const struct svdb *db)
{
    static const struct span answers[] = {SPAN("220 hello 1.0\r\n"), SPAN(""), SPAN("\0\x01\xff")};
    struct svdb_scratch *scratch = svdb_scratch_new(arena, db);
    struct svdb_hit hit;
    struct svdb_fields f;
    for (uint32_t i = 0; i < svdb_n_probes(db) && i < 8; i++)
        for (size_t k = 0; k < sizeof answers / sizeof *answers; k++) {
            if (svdb_find(db, i, answers[k], scratch, &hit))
                svdb_expand(arena, db, &hit, &f);
            if (svdb_find_foreign(db, i, answers[k], scratch, &hit))
                svdb_expand(arena, db, &hit, &f);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    const struct svdb *db;
    struct err_at at = {0};
    char *block = aligned_alloc(SEAL_ALIGN, (size / SEAL_ALIGN + 1) * SEAL_ALIGN);
    if (!block)
        abort();
    if (size > 0)
        memcpy(block, data, size);
    seal_mend(block, size);
    arena_init(&arena, "fuzz");
    if (svdb_open(&arena, span_of(block, size), &db, &at) == ERR_OK) {
        volatile unsigned sum = touch_all(db);
        (void)sum;
        ask(&arena, db);
        svdb_close(db);
    } else if (at.code == ERR_OK || !at.what) {
        abort();
    }
    arena_fini(&arena);
    free(block);
    return 0;
}
