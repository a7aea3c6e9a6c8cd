// SPDX-License-Identifier: Apache-2.0
// Permutations are permutations; parts are exactly the whole, whatever the order and the excludes.
#include "check.h"

#include <stdlib.h>

#include "cli/shard.h"
#include "stage/choose.h"
#include "stage/shuffle.h"
#include "stage/targets.h"

static uint64_t narrow_at(const struct shuffle *s, uint64_t i)
{
    const struct wide at = shuffle_at(s, wide_of(i));
    assert_int_equal(at.hi, 0);
    return at.lo;
}

static void every_number_once(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 3000; n = n * 5 / 4 + 1) {
        uint8_t seen[4096] = {0};
        struct shuffle s;
        uint64_t n_fixed = 0;
        shuffle_init(&s, wide_of(n), n);
        for (uint64_t i = 0; i < n; i++) {
            const uint64_t at = narrow_at(&s, i);
            assert_true(at < n);
            assert_int_equal(seen[at]++, 0);
            n_fixed += at == i;
        }
        assert_true(n < 100 || n_fixed < n / 10);
    }
}

static void seeds_differ_and_repeat(void **state)
{
    (void)state;
    struct shuffle a, b, c;
    uint32_t n_same = 0;
    shuffle_init(&a, wide_of(1 << 24), 1);
    shuffle_init(&b, wide_of(1 << 24), 1);
    shuffle_init(&c, wide_of(1 << 24), 2);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(narrow_at(&a, i), narrow_at(&b, i));
        n_same += narrow_at(&a, i) == narrow_at(&c, i);
    }
    assert_true(n_same < 3);
}

// At the ends of the range, where nothing can be counted: inside, and another one for each.
static void large_ranges(void **state)
{
    (void)state;
    for (unsigned bits = 60; bits <= 128; bits++) {
        const struct wide sizes[] = {wide_minus(wide_power(bits), wide_of(1)), wide_power(bits),
                                     wide_add(wide_power(bits), wide_of(1))};
        for (size_t k = 0; k < COUNT_OF(sizes); k++) {
            struct wide got[200];
            struct shuffle s;
            shuffle_init(&s, sizes[k], bits);
            for (uint64_t i = 0; i < COUNT_OF(got); i++) {
                const struct wide at = i % 2 == 0 ? wide_of(i) : wide_minus(sizes[k], wide_of(i));
                got[i] = shuffle_at(&s, at);
                assert_true(wide_less(got[i], sizes[k]));
                for (uint64_t j = 0; j < i; j++)
                    assert_true(wide_less(got[i], got[j]) || wide_less(got[j], got[i]));
            }
        }
    }
}

static struct targets *make(struct arena *a, const char *const *specs, size_t n)
{
    struct targets *t = targets_new(a, NULL, NULL);
    struct err_at at;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(targets_add(t, span_str(specs[i]), &at), ERR_OK);
    return t;
}

static const char *const whole_specs[] = {"10.0.0.0/20", "10.1.0-3.5,7-9", "10.2.0.1"};
static const char *const left_out[] = {"10.0.3.0/24", "10.1.2.8"};

enum { WHOLE = 4096 + 16 + 1, LEFT_OUT = 256 + 1, BLOCK = 0x0A000000, SPAN_OF = 0x00030000 };

// Counts how often each address comes in all parts together.
static uint32_t count_parts(uint32_t n_shards, bool is_shuffled, uint8_t *seen)
{
    uint32_t most = 0, least = UINT32_MAX;
    for (uint32_t i = 0; i < n_shards; i++) {
        struct arena a;
        struct choose c;
        struct target t;
        uint32_t n = 0;
        arena_init(&a, "test");
        struct targets *targets = make(&a, whole_specs, COUNT_OF(whole_specs));
        choose_init(&c, (struct hash_key){1, 2});
        c.excluded = make(&a, left_out, COUNT_OF(left_out));
        c.shard = i;
        c.n_shards = n_shards;
        if (is_shuffled)
            targets_shuffle(targets, 42);
        while (targets_next(targets, &t)) {
            if (!choose_takes(&c, &t.addr))
                continue;
            seen[ip_v4_u32(&t.addr) - BLOCK]++;
            n++;
        }
        most = n > most ? n : most;
        least = n < least ? n : least;
        choose_fini(&c);
        arena_fini(&a);
    }
    assert_true(most - least <= 1);
    return most;
}

static void parts_are_the_whole(void **state)
{
    (void)state;
    static uint8_t one[SPAN_OF], parts[SPAN_OF];
    for (int shuffled = 0; shuffled < 2; shuffled++) {
        memset(one, 0, sizeof one);
        assert_int_equal(count_parts(1, shuffled, one), WHOLE - LEFT_OUT);
        for (uint32_t n = 2; n < 20; n += 5) {
            memset(parts, 0, sizeof parts);
            count_parts(n, shuffled, parts);
            assert_memory_equal(one, parts, sizeof one);
        }
    }
    assert_int_equal(one[0x0300], 0);
    assert_int_equal(one[0x010208], 0);
    assert_int_equal(one[0x010209], 1);
}

static void order_is_random(void **state)
{
    (void)state;
    struct arena a;
    struct target t;
    uint32_t n_up = 0, last = 0;
    arena_init(&a, "test");
    struct targets *targets = make(&a, (const char *const[]){"10.0.0.0/8"}, 1);
    targets_shuffle(targets, 1);
    const size_t before = a.total;
    for (int i = 0; i < 10000; i++) {
        assert_true(targets_next(targets, &t));
        const uint32_t addr = ip_v4_u32(&t.addr);
        assert_int_equal(addr >> 24, 10);
        n_up += addr > last;
        last = addr;
    }
    assert_in_range(n_up, 4700, 5300);
    assert_int_equal(a.total, before);
    arena_fini(&a);
}

static int order_addresses(const void *a, const void *b)
{
    const struct ip_addr *x = a, *y = b;
    return memcmp(x->byte, y->byte, sizeof x->byte);
}

enum { SIX_MOST = 4096 };

// What the parts give, at most `most` addresses in all, sorted.
static uint32_t six_parts(const char *const *specs, size_t n, uint32_t n_shards, uint32_t most,
                          struct ip_addr out[SIX_MOST])
{
    uint32_t n_out = 0;
    for (uint32_t i = 0; i < n_shards; i++) {
        struct arena a;
        struct choose c;
        struct target t;
        arena_init(&a, "test");
        struct targets *targets = make(&a, specs, n);
        const uint32_t end = n_out + most / n_shards;
        choose_init(&c, (struct hash_key){1, 2});
        c.shard = i;
        c.n_shards = n_shards;
        targets_shuffle(targets, 42);
        const size_t before = a.total;
        while (n_out < end) {
            choose_skipped(&c, targets_skip(targets, choose_others(&c)));
            if (!targets_next(targets, &t))
                break;
            if (choose_takes(&c, &t.addr))
                out[n_out++] = t.addr;
        }
        assert_int_equal(a.total, before);
        choose_fini(&c);
        arena_fini(&a);
    }
    qsort(out, n_out, sizeof *out, order_addresses);
    for (uint32_t i = 1; i < n_out; i++)
        assert_true(order_addresses(&out[i - 1], &out[i]) < 0); // no repeats
    return n_out;
}

static void parts_of_a_block_of_the_sixth_version(void **state)
{
    (void)state;
    static const char *const specs[] = {"fd77::a000/117", "10.0.0.0/25", "fd77:1::/120"};
    static struct ip_addr got[SIX_MOST];
    for (uint32_t n_shards = 1; n_shards < 8; n_shards += 2) {
        const uint32_t most = n_shards * SIX_MOST; // of each: all it has
        assert_int_equal(six_parts(specs, 3, n_shards, most, got), 2048 + 128 + 256);
        for (uint32_t i = 0; i < 2048; i++) {
            char text[IP_TEXT_MAX];
            struct ip_addr want;
            (void)ip_parse(SPAN("fd77::a000"), &want);
            want.byte[14] |= (uint8_t)(i >> 8);
            want.byte[15] = (uint8_t)i;
            if (order_addresses(&got[128 + i], &want) != 0)
                fail_msg("%s is missing", ip_text(&want, text));
        }
    }
}

static void the_beginning_of_blocks_without_end(void **state)
{
    (void)state;
    static struct ip_addr whole[SIX_MOST], parts[SIX_MOST];
    static const char *const blocks[] = {"2001:db8:1:2::/64", "2001:db8::/32", "2001:db8::/65",
                                         "2001:db8::/63", "::/0"};
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        struct arena a;
        arena_init(&a, "test");
        struct targets *targets = make(&a, &blocks[i], 1);
        assert_int_equal(six_parts(&blocks[i], 1, 1, 3000, whole), 3000);
        assert_int_equal(six_parts(&blocks[i], 1, 3, 3000, parts), 3000);
        for (uint32_t k = 0; k < 3000; k++) {
            assert_int_equal(order_addresses(&whole[k], &parts[k]), 0);
            assert_true(targets_have(targets, &whole[k]));
        }
        // All bits below the prefix vary.
        assert_int_not_equal(whole[0].byte[8], whole[2999].byte[8]);
        assert_true(whole[1].byte[15] != whole[2].byte[15] ||
                    whole[2].byte[15] != whole[3].byte[15]);
        arena_fini(&a);
    }
}

static void no_address_twice(void **state)
{
    (void)state;
    struct choose c;
    const struct ip_addr a = ip_v4(1), b = ip_v4(2);
    choose_init(&c, (struct hash_key){1, 2});
    assert_true(choose_takes(&c, &a));
    assert_true(choose_takes(&c, &a));
    c.is_unique = true;
    assert_true(choose_takes(&c, &a));
    assert_true(choose_takes(&c, &b));
    assert_false(choose_takes(&c, &a));
    choose_fini(&c);
}

// A stand-in for the environment: NAME=VALUE strings.
static const char *const *environment;
static char *get(const char *name)
{
    static char value[64];
    const size_t len = strlen(name);
    for (size_t i = 0; environment[i]; i++) {
        if (strncmp(environment[i], name, len) != 0 || environment[i][len] != '=')
            continue;
        memcpy(value, environment[i] + len + 1, strlen(environment[i] + len + 1) + 1);
        return value;
    }
    return NULL;
}

static void assert_shard(const char *text, const char *const *env, int index, int n)
{
    struct shard s = {0};
    struct err_at at;
    environment = env;
    const enum err err = shard_parse(span_str(text), get, &s, &at);
    if (index < 0) {
        assert_int_not_equal(err, ERR_OK);
        return;
    }
    assert_int_equal(err, ERR_OK);
    assert_int_equal(s.index, index);
    assert_int_equal(s.n, n);
}

#define ENV(...) ((const char *const[]){__VA_ARGS__, NULL})

static void shards_of_engines(void **state)
{
    (void)state;
    const char *const *none = (const char *const[]){NULL};
    assert_shard("3/8", none, 2, 8);
    assert_shard("1/1", none, 0, 1);
    assert_shard("0/8", none, -1, 0);
    assert_shard("9/8", none, -1, 0);
    assert_shard("8", none, -1, 0);
    assert_shard("a/b", none, -1, 0);
    assert_shard("auto", none, -1, 0);
    assert_shard("auto", ENV("WHORL_SHARD=2/3", "SLURM_PROCID=7"), 1, 3);
    assert_shard("auto", ENV("WHORL_SHARD_INDEX=0", "WHORL_SHARD_COUNT=4"), 0, 4);
    assert_shard("auto",
                 ENV("SLURM_ARRAY_TASK_ID=7", "SLURM_ARRAY_TASK_COUNT=3", "SLURM_ARRAY_TASK_MIN=3",
                     "SLURM_ARRAY_TASK_STEP=2", "SLURM_PROCID=0", "SLURM_NTASKS=1"),
                 2, 3);
    assert_shard("auto", ENV("SLURM_PROCID=7", "SLURM_NTASKS=8"), 7, 8);
    assert_shard("auto", ENV("JOB_COMPLETION_INDEX=7", "WHORL_SHARD_COUNT=8"), 7, 8);
    assert_shard("auto", ENV("JOB_COMPLETION_INDEX=7"), -1, 0);
    assert_shard("auto", ENV("JOB_COMPLETION_INDEX=8", "WHORL_SHARD_COUNT=8"), -1, 0);
    assert_shard("auto", ENV("NOMAD_ALLOC_INDEX=1", "WHORL_SHARD_COUNT=2"), 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_once),
        cmocka_unit_test(seeds_differ_and_repeat),
        cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(order_is_random),
        cmocka_unit_test(large_ranges),
        cmocka_unit_test(parts_of_a_block_of_the_sixth_version),
        cmocka_unit_test(the_beginning_of_blocks_without_end),
        cmocka_unit_test(no_address_twice),
        cmocka_unit_test(shards_of_engines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
