// SPDX-License-Identifier: Apache-2.0
// "flags byte, expression NEWLINE subject": what PCRE2 matches must pass the index, with the same
// groups; and what is told of the expression must hold for the subject.
#include <stdlib.h>

#include "naive/re_naive.h"
#include "svdb/re_facts.h"

enum { REGEX_MAX = 300, SUBJECT_MAX = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_facts(const struct re_rule *rule)
{
    static struct re_facts f;
    re_facts_of(rule, &f);
    must(f.n <= RE_LITERALS && f.min_len <= RE_LENGTH);
    for (uint32_t i = 0; i < f.n; i++)
        must(f.literal[i].len > 0 && f.literal[i].len <= RE_LITERAL &&
             f.literal[i].from + f.literal[i].len <= RE_TEXT);
}

static void must_be_same(const struct re_hit *a, const struct re_hit *b)
{
    must(a->rule == b->rule && a->n_groups == b->n_groups);
    for (uint32_t i = 0; i < a->n_groups; i++)
        must(a->group[i].ptr == b->group[i].ptr && a->group[i].len == b->group[i].len);
}

static void compare(struct arena *a, const struct re_rule *rule, struct span subject)
{
    struct arena scratch;
    struct span index;
    struct re_set *set;
    struct re_hit fast, slow;
    arena_init(&scratch, "fuzz");
    must(re_compile(a, &scratch, rule, 1, &index) == ERR_OK);
    must(re_open(a, index, rule, 1, &set, NULL) == ERR_OK);
    struct re_scratch *m = re_scratch_new(a, set);
    struct re_naive *naive = re_naive_open(a, rule, 1);
    if (naive) {
        re_scan(set, subject, m);
        const bool is_hit = re_first(set, m, 0, 1, &fast);
        must(is_hit == re_naive_first(naive, subject, 0, 1, &slow) || re_is_cut(m));
        if (is_hit)
            must_be_same(&fast, &slow);
        re_naive_close(naive);
    }
    re_close(set);
    arena_fini(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct span subject = span_of(data + 1, size - 1);
    const struct span regex = span_cut(&subject, '\n');
    const struct re_rule rule = {regex, data[0] & 1, data[0] & 2};
    struct err_at at = {0};
    struct arena a;
    if (regex.len > REGEX_MAX || subject.len > SUBJECT_MAX)
        return 0;
    if (span_is_absent(subject))
        subject = SPAN("");
    check_facts(&rule);
    if (re_check(&rule, &at) != ERR_OK) {
        must(at.what != NULL);
        return 0;
    }
    arena_init(&a, "fuzz");
    compare(&a, &rule, subject);
    arena_fini(&a);
    return 0;
}
