// SPDX-License-Identifier: Apache-2.0
#include "svdb/re.h"

#include "svdb/re_pcre.h"

struct re_set {
    struct pcre *pcre;
    const struct re_rule *rules;
    uint32_t n;
    struct pcre_code **codes; // compiled when first needed
};

struct re_scratch {
    struct span subject;
};

enum err re_check(const struct re_rule *rule, struct err_at *at)
{
    struct arena a;
    enum err e = ERR_OK;
    arena_init(&a, "expression");
    struct pcre *p = pcre_open(&a);
    struct pcre_code *code = pcre_compile(p, rule, at);
    if (!code)
        e = ERR_SYNTAX;
    else if (pcre_matches_empty(code))
        e = err_set(at, ERR_SYNTAX, "the expression can match the empty text", rule->regex);
    pcre_free(code);
    pcre_close(p);
    arena_fini(&a);
    return e;
}

enum err re_compile(struct arena *run, struct arena *scratch, const struct re_rule *rules,
                    uint32_t n, struct span *out)
{
    (void)scratch;
    (void)rules;
    uint64_t *head = arena_alloc(run, sizeof *head);
    *head = n;
    *out = span_of(head, sizeof *head);
    return ERR_OK;
}

enum err re_open(struct arena *run, struct span index, const struct re_rule *rules, uint32_t n,
                 struct re_set **out, struct err_at *at)
{
    uint64_t head;
    if (index.len != sizeof head)
        return err_set(at, ERR_TRUNC, "wrong size of the index of expressions", SPAN(""));
    memcpy(&head, index.ptr, sizeof head);
    if (head != n)
        return err_set(at, ERR_RANGE, "the index is of other expressions", SPAN(""));
    struct re_set *s = arena_alloc(run, sizeof *s);
    *s = (struct re_set){pcre_open(run), rules, n, arena_array(run, n, sizeof *s->codes)};
    *out = s;
    return ERR_OK;
}

void re_close(struct re_set *s)
{
    for (uint32_t i = 0; i < s->n; i++)
        pcre_free(s->codes[i]);
    pcre_close(s->pcre);
}

struct re_scratch *re_scratch_new(struct arena *run, const struct re_set *s)
{
    (void)s;
    return arena_alloc(run, sizeof(struct re_scratch));
}

void re_scan(struct re_set *s, struct span subject, struct re_scratch *m)
{
    (void)s;
    m->subject = subject;
}

bool re_first(struct re_set *s, struct re_scratch *m, uint32_t lo, uint32_t hi, struct re_hit *out)
{
    for (uint32_t i = lo; i < hi && i < s->n; i++) {
        if (!s->codes[i])
            s->codes[i] = pcre_compile(s->pcre, &s->rules[i], NULL);
        if (!s->codes[i])
            continue;
        out->rule = i;
        if (pcre_match(s->pcre, s->codes[i], m->subject, PCRE_MATCH_LIMIT, out) == PCRE_YES)
            return true;
    }
    return false;
}
