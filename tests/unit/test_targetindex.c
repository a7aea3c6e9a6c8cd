// SPDX-License-Identifier: Apache-2.0
// Many specifications at once: the same answers as one by one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/rng.h"
#include "stage/targetindex.h"

enum { MANY = 2000 };

struct list {
    struct arena arena;
    struct spec *first;
};

static void add(struct list *l, const char *text)
{
    struct err_at at;
    const struct zones zones = {0};
    struct spec *s = arena_alloc(&l->arena, sizeof *s);
    assert_int_equal(spec_parse(&zones, span_str(text), s, &at), ERR_OK);
    s->next = l->first;
    l->first = s;
}

static bool one_by_one(const struct list *l, const struct ip_addr *addr)
{
    const struct spec *s = l->first;
    while (s && !spec_has(s, addr))
        s = s->next;
    return s != NULL;
}

static void every_kind_is_found(void **state)
{
    static const char *const specs[] = {"10.0.0.0/24",     "10.0.0.128/26", "10.0.2.7",
                                        "10.1.0-9.1,3,5",  "10.2.3-4.*",    "0.0.0.0/32",
                                        "255.255.255.255", "fd00::/64",     "fd00:1::5"};
    static const char *const probes[] = {
        "10.0.0.0",  "10.0.0.255",   "10.0.1.0",   "10.0.2.7", "10.0.2.8", "10.1.4.3",
        "10.1.4.4",  "10.2.3.0",     "10.2.4.255", "10.2.5.0", "0.0.0.0",  "255.255.255.255",
        "fd00::1:2", "fd00:0:0:1::", "fd00:1::5",  "fd00:1::6"};
    (void)state;
    struct list l = {0};
    arena_init(&l.arena, "test");
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        add(&l, specs[i]);
    const struct target_index *t = target_index_new(&l.arena, l.first);
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        struct ip_addr addr;
        assert_true(ip_parse(span_str(probes[i]), &addr));
        assert_int_equal(target_index_has(t, &addr), one_by_one(&l, &addr));
    }
    arena_fini(&l.arena);
}

static void drawn_blocks_give_what_the_list_gives(void **state)
{
    (void)state;
    struct list l = {0};
    struct rng rng;
    uint32_t n_in = 0;
    arena_init(&l.arena, "test");
    rng_seed(&rng, 5);
    for (int i = 0; i < MANY; i++) {
        char text[64];
        snprintf(text, sizeof text, "10.%u.%u.%u/%u", rng_below(&rng, 4), rng_below(&rng, 256),
                 rng_below(&rng, 256), 22 + rng_below(&rng, 11));
        add(&l, text);
    }
    const struct target_index *t = target_index_new(&l.arena, l.first);
    for (int i = 0; i < 10 * MANY; i++) {
        const struct ip_addr addr = ip_v4(0x0A000000 | rng_below(&rng, 5 << 16));
        assert_int_equal(target_index_has(t, &addr), one_by_one(&l, &addr));
        n_in += target_index_has(t, &addr);
    }
    assert_true(n_in > MANY && n_in < 9 * MANY);
    arena_fini(&l.arena);
}

static void nothing_has_nothing(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, "test");
    const struct ip_addr addr = ip_v4(0x0A000001);
    assert_false(target_index_has(target_index_new(&arena, NULL), &addr));
    arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_found),
        cmocka_unit_test(drawn_blocks_give_what_the_list_gives),
        cmocka_unit_test(nothing_has_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
