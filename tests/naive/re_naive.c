// SPDX-License-Identifier: Apache-2.0
#include "naive/re_naive.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

// Service-detection specification, section 1.7.
enum { MATCH_LIMIT = 50000, DEPTH_LIMIT = 1000, HEAP_LIMIT = 10240 };

struct re_naive {
    pcre2_match_context *limits;
    pcre2_match_data *data;
    pcre2_code **codes;
    uint32_t n;
};

struct re_naive *re_naive_open(struct arena *run, const struct re_rule *rules, uint32_t n)
{
    struct re_naive *s = arena_alloc(run, sizeof *s);
    s->limits = pcre2_match_context_create(NULL);
    s->data = pcre2_match_data_create(RE_GROUPS, NULL);
    s->codes = arena_array(run, n, sizeof *s->codes);
    s->n = n;
    pcre2_set_match_limit(s->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(s->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->limits, HEAP_LIMIT);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t options =
            (rules[i].is_caseless ? PCRE2_CASELESS : 0) | (rules[i].is_dotall ? PCRE2_DOTALL : 0);
        int code;
        PCRE2_SIZE at;
        s->codes[i] = pcre2_compile((PCRE2_SPTR)rules[i].regex.ptr, rules[i].regex.len, options,
                                    &code, &at, NULL);
        if (!s->codes[i]) {
            re_naive_close(s);
            return NULL;
        }
    }
    return s;
}

void re_naive_close(struct re_naive *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        pcre2_code_free(s->codes[i]);
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->limits);
}

static struct span group(const PCRE2_SIZE *at, uint32_t i, struct span subject)
{
    const PCRE2_SIZE from = at[2 * (size_t)i], to = at[2 * (size_t)i + 1];
    if (from == PCRE2_UNSET || to < from)
        return (struct span){NULL, 0};
    return span_of(subject.ptr + from, to - from);
}

bool re_naive_first(struct re_naive *s, struct span subject, uint32_t lo, uint32_t hi,
                    struct re_hit *out)
{
    for (uint32_t i = lo; i < hi; i++) {
        const int n = pcre2_match(s->codes[i], (PCRE2_SPTR)subject.ptr, subject.len, 0,
                                  PCRE2_NO_JIT, s->data, s->limits);
        if (n < 0)
            continue;
        *out = (struct re_hit){.rule = i, .n_groups = n == 0 ? RE_GROUPS : (uint32_t)n};
        for (uint32_t g = 0; g < out->n_groups; g++)
            out->group[g] = group(pcre2_get_ovector_pointer(s->data), g, subject);
        return true;
    }
    return false;
}
