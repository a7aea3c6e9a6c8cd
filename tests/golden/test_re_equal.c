// SPDX-License-Identifier: Apache-2.0
// The index against each rule in turn, on the installed service-probe file: texts drawn from
// every rule, whole and damaged, give the same first rule and groups for the rule itself, for its
// list and for the whole file.
#include <stdio.h>

#include "check.h"
#include "naive/re_draw.h"
#include "naive/re_load.h"
#include "naive/re_naive.h"

enum { ROUNDS = 5, WHOLE_FILE = 32 };

struct both {
    struct arena arena;
    struct re_file file;
    struct re_set *set;
    struct re_scratch *scratch;
    struct re_naive *naive;
    uint32_t n_texts;
    uint32_t n_hits;
};

static void assert_same_hit(const struct re_hit *a, const struct re_hit *b)
{
    assert_int_equal(a->rule, b->rule);
    assert_int_equal(a->n_groups, b->n_groups);
    for (uint32_t i = 0; i < a->n_groups; i++) {
        assert_ptr_equal(a->group[i].ptr, b->group[i].ptr);
        assert_int_equal(a->group[i].len, b->group[i].len);
    }
}

static void compare(struct both *b, struct span text, uint32_t lo, uint32_t hi)
{
    struct re_hit fast, slow;
    const bool is_hit = re_first(b->set, b->scratch, lo, hi, &fast);
    const bool is_naive_hit = re_naive_first(b->naive, text, lo, hi, &slow);
    if (is_hit != is_naive_hit)
        print_message("rule %u: %.*s\n", is_hit ? fast.rule : slow.rule,
                      (int)b->file.rules[is_hit ? fast.rule : slow.rule].regex.len,
                      b->file.rules[is_hit ? fast.rule : slow.rule].regex.ptr);
    assert_int_equal(is_hit, is_naive_hit);
    if (is_hit)
        assert_same_hit(&fast, &slow);
    b->n_hits += is_hit;
}

static void compare_all(struct both *b, struct span text, const struct re_list *list, uint32_t rule)
{
    re_scan(b->set, text, b->scratch);
    compare(b, text, rule, rule + 1);
    compare(b, text, list->lo, list->hi);
    if (b->n_texts++ % WHOLE_FILE == 0)
        compare(b, text, 0, b->file.n);
}

static void test_equal(void **state)
{
    static struct both b;
    static struct re_draw d;
    struct span index;
    struct err_at at;
    (void)state;
    arena_init(&b.arena, "test");
    if (!re_load(&b.arena, "/usr/share/nmap/nmap-service-probes", &b.file)) {
        print_message("no service-probe file is installed\n");
        skip();
    }
    assert_int_equal(re_compile(&b.arena, &b.arena, b.file.rules, b.file.n, &index), ERR_OK);
    assert_int_equal(re_open(&b.arena, index, b.file.rules, b.file.n, &b.set, &at), ERR_OK);
    b.scratch = re_scratch_new(&b.arena, b.set);
    b.naive = re_naive_open(&b.arena, b.file.rules, b.file.n);
    assert_non_null(b.naive);
    rng_seed(&d.rng, 1);
    for (uint32_t l = 0; l < b.file.n_lists; l++) {
        const struct re_list *list = &b.file.lists[l];
        for (uint32_t i = list->lo * ROUNDS; i < list->hi * ROUNDS; i++) {
            re_draw_text(&d, &b.file.rules[i / ROUNDS]);
            if (i % ROUNDS > 1)
                re_draw_damage(&d);
            compare_all(&b, re_drawn(&d), list, i / ROUNDS);
        }
    }
    print_message("%u texts, %u hits\n", b.n_texts, b.n_hits);
    re_naive_close(b.naive);
    re_close(b.set);
    arena_fini(&b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
