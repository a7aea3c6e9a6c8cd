// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/rng.h"

enum { SIZE = 777 };

static char bytes[SIZE];

static bool same(struct digest_value a, struct digest_value b)
{
    return a.word[0] == b.word[0] && a.word[1] == b.word[1];
}

static void fill(void)
{
    struct rng rng;
    rng_seed(&rng, 1);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)rng_u32(&rng);
}

static void test_pieces(void **state)
{
    (void)state;
    fill();
    const struct digest_value whole = digest_of(span_of(bytes, SIZE));
    for (size_t step = 1; step < SIZE; step++) {
        struct digest d;
        digest_init(&d);
        for (size_t at = 0; at < SIZE; at += step)
            digest_add(&d, span_head(span_of(bytes + at, SIZE - at), step));
        assert_true(same(digest_end(&d), whole));
    }
}

// Every changed bit and every other length gives another value, in both halves.
static void test_changes(void **state)
{
    (void)state;
    fill();
    const struct digest_value whole = digest_of(span_of(bytes, SIZE));
    for (size_t bit = 0; bit < 8 * SIZE; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        const struct digest_value v = digest_of(span_of(bytes, SIZE));
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        assert_true(v.word[0] != whole.word[0] && v.word[1] != whole.word[1]);
    }
    memset(bytes, 0, SIZE);
    for (size_t len = 0; len + 1 < SIZE; len++)
        assert_false(same(digest_of(span_of(bytes, len)), digest_of(span_of(bytes, len + 1))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pieces),
                                       cmocka_unit_test(test_changes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
