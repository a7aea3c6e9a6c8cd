// SPDX-License-Identifier: Apache-2.0
// The interpreter of PCRE2, never its JIT: the two count steps differently, so an answer at the
// limits would depend on how it was computed, and the index leaves so few expressions to try that
// JIT does not pay (doc/svdb-re.md).
#include "svdb/re_pcre.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/vec.h"

enum {
    FEW_STEPS = 100,   // most expressions need less
    SOME_STEPS = 2000, // nearly all
    WINDOW = 64,       // starts tried at once with more steps
    LONG = 2048        // in subjects of so many bytes a step may cost twice as much, and so on
};

struct pcre {
    pcre2_general_context *memory;
    pcre2_compile_context *compile;
    pcre2_match_context *limits;
    pcre2_match_data *data;
};

// pcre_code is a name for pcre2_code that needs no pcre2.h.
static struct pcre_code *wrap(pcre2_code *code)
{
    return (struct pcre_code *)(void *)code;
}

static const pcre2_code *unwrap(const struct pcre_code *code)
{
    return (const pcre2_code *)(const void *)code;
}

static void *get_memory(size_t size, void *ctx)
{
    size_t cap = 0;
    (void)ctx;
    return vec_grow(NULL, &cap, size, 1);
}

static void free_memory(void *mem, void *ctx)
{
    (void)ctx;
    vec_free(mem);
}

struct pcre *pcre_open(struct arena *run)
{
    struct pcre *p = arena_alloc(run, sizeof *p);
    p->memory = pcre2_general_context_create(get_memory, free_memory, NULL);
    p->compile = pcre2_compile_context_create(p->memory);
    p->limits = pcre2_match_context_create(p->memory);
    p->data = pcre2_match_data_create(RE_GROUPS, p->memory);
    pcre2_set_newline(p->compile, PCRE2_NEWLINE_LF);
    pcre2_set_bsr(p->compile, PCRE2_BSR_ANYCRLF);
    pcre2_set_depth_limit(p->limits, PCRE_DEPTH_LIMIT);
    pcre2_set_heap_limit(p->limits, PCRE_HEAP_LIMIT);
    return p;
}

void pcre_close(struct pcre *p)
{
    pcre2_match_data_free(p->data);
    pcre2_match_context_free(p->limits);
    pcre2_compile_context_free(p->compile);
    pcre2_general_context_free(p->memory);
}

static const char *reason(int code)
{
    switch (code) {
    case PCRE2_ERROR_END_BACKSLASH:
        return "the expression ends with a backslash";
    case PCRE2_ERROR_UNKNOWN_ESCAPE:
        return "unknown escape in the expression";
    case PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER:
    case PCRE2_ERROR_QUANTIFIER_TOO_BIG:
        return "wrong numbers of a quantifier";
    case PCRE2_ERROR_QUANTIFIER_INVALID:
        return "a quantifier with nothing to repeat";
    case PCRE2_ERROR_MISSING_SQUARE_BRACKET:
        return "no ] to end a class";
    case PCRE2_ERROR_CLASS_RANGE_ORDER:
    case PCRE2_ERROR_CLASS_INVALID_RANGE:
        return "wrong range in a class";
    case PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS:
        return "a group is not closed";
    case PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS:
        return "a group is closed that was not opened";
    case PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH:
        return "look-behind of no fixed length";
    case PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE:
        return "reference to a group that does not exist";
    default:
        return "PCRE2 does not accept the expression";
    }
}

// Verbs may end the search, and \G asks where it began: not to be tried window by window.
static bool has_own_starts(struct span regex)
{
    return regex.len > 0 &&
           (memmem(regex.ptr, regex.len, "(*", 2) || memmem(regex.ptr, regex.len, "\\G", 2));
}

struct pcre_code *pcre_compile(const struct pcre *p, const struct re_rule *rule, struct err_at *at)
{
    const uint32_t options = (has_own_starts(rule->regex) ? 0 : PCRE2_USE_OFFSET_LIMIT) |
                             PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
                             (rule->is_caseless ? PCRE2_CASELESS : 0) |
                             (rule->is_dotall ? PCRE2_DOTALL : 0);
    const PCRE2_SPTR text = (PCRE2_SPTR)(rule->regex.ptr ? rule->regex.ptr : "");
    int code = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *re = pcre2_compile(text, rule->regex.len, options, &code, &offset, p->compile);
    if (!re) {
        err_set(at, ERR_SYNTAX, reason(code), span_from(rule->regex, offset));
        if (at)
            at->col = (uint32_t)offset + 1;
    }
    return wrap(re);
}

void pcre_free(struct pcre_code *code)
{
    pcre2_code_free((pcre2_code *)(void *)code);
}

bool pcre_matches_empty(const struct pcre_code *code)
{
    uint32_t is_empty = 0;
    pcre2_pattern_info(unwrap(code), PCRE2_INFO_MATCHEMPTY, &is_empty);
    return is_empty != 0;
}

// With \K in a look-ahead a match can end before it starts: such a group is left unset.
static void set_groups(pcre2_match_data *data, uint32_t n, struct span subject, struct re_hit *out)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);
    out->n_groups = n;
    for (uint32_t i = 0; i < RE_GROUPS; i++) {
        const PCRE2_SIZE from = at[2 * (size_t)i], to = at[2 * (size_t)i + 1];
        const bool is_set = i < n && from != PCRE2_UNSET && from <= to && to <= subject.len;
        out->group[i] = is_set ? span_of(subject.ptr + from, to - from) : (struct span){NULL, 0};
    }
}

struct attempt {
    struct pcre *p;
    const pcre2_code *re;
    struct span text;
    size_t from; // first start
    size_t to;   // last start, or PCRE2_UNSET
    uint64_t *budget;
};

enum { CUT = 1 << 16 }; // no result of pcre2_match

// What pcre2_match says with so many steps from each start. PCRE2 tells of the number of steps
// only whether it was enough, so that many are paid.
static int run(const struct attempt *a, uint32_t steps, uint64_t price)
{
    price *= 1 + a->text.len / LONG;
    if (*a->budget < price)
        return CUT;
    *a->budget -= price;
    pcre2_set_match_limit(a->p->limits, steps);
    pcre2_set_offset_limit(a->p->limits, a->to);
    return pcre2_match(a->re, (PCRE2_SPTR)a->text.ptr, a->text.len, a->from, PCRE2_NO_JIT,
                       a->p->data, a->p->limits);
}

// The answer is that of PCRE_MATCH_LIMIT, but what needs fewer steps pays for fewer.
static int run_more(const struct attempt *a)
{
    const int said = run(a, SOME_STEPS, SOME_STEPS);
    return said == PCRE2_ERROR_MATCHLIMIT ? run(a, PCRE_MATCH_LIMIT, PCRE_MATCH_LIMIT) : said;
}

// The limit is for each start, so a hostile subject could take it thousands of times.
static int run_windows(struct attempt *a)
{
    int said = PCRE2_ERROR_NOMATCH;
    for (; a->from <= a->text.len && said == PCRE2_ERROR_NOMATCH; a->from += WINDOW) {
        a->to = a->from + WINDOW - 1;
        said = run_more(a);
    }
    return said;
}

enum pcre_said pcre_match(struct pcre *p, const struct pcre_code *code, struct span subject,
                          uint64_t *budget, struct re_hit *out)
{
    struct attempt a = {p, unwrap(code), subject.ptr ? subject : SPAN(""), 0, PCRE2_UNSET, budget};
    uint32_t options = 0;
    pcre2_pattern_info(a.re, PCRE2_INFO_ALLOPTIONS, &options);
    const bool has_windows = (options & PCRE2_USE_OFFSET_LIMIT) && !(options & PCRE2_ANCHORED);
    int n = run(&a, FEW_STEPS, FEW_STEPS + (has_windows ? a.text.len / 8 : 0));
    if (n == PCRE2_ERROR_MATCHLIMIT)
        n = has_windows ? run_windows(&a) : run_more(&a);
    if (n == PCRE2_ERROR_NOMATCH)
        return PCRE_NO;
    if (n == CUT)
        return PCRE_CUT;
    if (n < 0)
        return PCRE_LIMIT;
    set_groups(p->data, n == 0 ? RE_GROUPS : (uint32_t)n, a.text, out);
    return PCRE_YES;
}
