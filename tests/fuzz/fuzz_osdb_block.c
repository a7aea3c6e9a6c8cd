// SPDX-License-Identifier: Apache-2.0
// Any bytes as a compiled database. The size and checksum in the header are corrected first, or
// nothing would ever get behind them. What is accepted must be safe in every respect: matching
// it, and reading all that it holds.
#include <stdlib.h>

#include "osdb/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const subjects[] = {
    ("SEQ(SP=26%GCD=FA00%TI=I)\nOPS(O1=M5B4%O2=M5B4ST11%O3=%O4=M1%O5=M%O6=W7)\n"
     "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)\nT2(R=N)\nU1(R=Y%IPL=164%UN=0)\nIE(R=N)\n"),
    "SEQ(SP=1-2%GCD=01%ISR=123456789%TI=|)\nT1(R=%DF=>Y%T=AR)\n",
    "",
};

static void *aligned(size_t size)
{
    void *mem = aligned_alloc(SEAL_ALIGN, (size / SEAL_ALIGN + 1) * SEAL_ALIGN);
    if (!mem)
        abort();
    return mem;
}

// Reads each byte.
static unsigned touch(struct span s)
{
    unsigned sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += (unsigned char)s.ptr[i];
    return sum;
}

static unsigned touch_all(const struct osdb *db)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < osdb_n_sources(db); i++)
        sum += touch(osdb_source_at(db, i).name);
    for (uint32_t i = 0; i < osdb_n_diags(db); i++)
        sum += touch(span_str(osdb_diag_at(db, i).at.what));
    for (uint32_t i = 0; i < osdb_count(db); i++) {
        const struct osdb_ref r = osdb_ref_at(db, i);
        sum += touch(r.name) + touch(osdb_source_at(db, r.source).name);
        for (uint32_t c = 0; c < r.n_classes && c < LIMIT_DB_CLASSES; c++) {
            const struct osdb_class cls = osdb_class_at(db, r.first_class + c);
            sum += touch(cls.vendor) + touch(cls.family) + touch(cls.generation) + touch(cls.type);
            for (uint32_t k = 0; k < cls.n_cpe && k < LIMIT_DB_CPES; k++)
                sum += touch(osdb_cpe_at(db, cls.first_cpe + k));
        }
        for (int a = 0; a < ATTR_COUNT; a++)
            sum += touch(osdb_expr_at(db, i, a));
    }
    return sum;
}

static void match_all(struct arena *arena, const struct osdb *db)
{
    static struct osdb_result result;
    struct osdb_subject subject;
    struct osdb_class_match classes[LIMIT_OS_MATCHES];
    uint32_t n_perfect = 0;
    struct osdb_scratch *scratch = osdb_scratch_new(arena, db);
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        if (osdb_subject_parse(span_str(subjects[i]), &subject, NULL) != ERR_OK)
            abort();
        osdb_match(db, &subject, scratch, &result);
        if (osdb_classes(db, &result, classes, &n_perfect) > LIMIT_OS_MATCHES)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    const struct osdb *db;
    struct err_at at = {0};
    char *block = aligned(size);
    if (size > 0)
        memcpy(block, data, size);
    seal_mend(block, size);
    arena_init(&arena, "fuzz");
    if (osdb_open(&arena, span_of(block, size), &db, &at) == ERR_OK) {
        volatile unsigned sum = touch_all(db);
        (void)sum;
        match_all(&arena, db);
    } else if (at.code == ERR_OK || !at.what) {
        abort();
    }
    arena_fini(&arena);
    free(block);
    return 0;
}
