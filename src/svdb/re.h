// SPDX-License-Identifier: Apache-2.0
// Many regular expressions over one text: which is the first, in their order, that matches? An
// index of required literals names the few candidates, PCRE2 (compiled when first needed, with
// limits) confirms them. The only file group that knows PCRE2. Dialect: spec section 1.7.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct re_rule {
    struct span regex;
    bool is_caseless;
    bool is_dotall;
};

// Whether PCRE2 accepts it; *at->col is the place inside the expression. Able to match the empty
// text is an error too (spec 1.7).
enum err re_check(const struct re_rule *rule, struct err_at *at);

// The index of n rules as relocatable bytes, a multiple of 8, to be part of a block.
enum err re_compile(struct arena *run, struct arena *scratch, const struct re_rule *rules,
                    uint32_t n, struct span *out);

struct re_set;

// Verifies the index and borrows it together with the rules. ERR_RANGE, ERR_TRUNC: damaged.
enum err re_open(struct arena *run, struct span index, const struct re_rule *rules, uint32_t n,
                 struct re_set **out, struct err_at *at);
void re_close(struct re_set *s);

struct re_scratch;
struct re_scratch *re_scratch_new(struct arena *run, const struct re_set *s);

enum { RE_GROUPS = 10 };

struct re_hit {
    uint32_t rule;
    uint32_t n_groups;            // with group 0
    struct span group[RE_GROUPS]; // into the subject; absent = unset
};

// Reads the subject once and remembers the candidates of all rules. The subject must stay as it
// is until the next scan.
void re_scan(struct re_set *s, struct span subject, struct re_scratch *m);

// The first rule in lo..hi-1 that matches the scanned subject. What exceeds a limit does not match.
bool re_first(struct re_set *s, struct re_scratch *m, uint32_t lo, uint32_t hi, struct re_hit *out);

// Whether the work that one subject may cost was used up since the scan: rules that would have
// cost more were left out. Only a hostile subject comes so far.
bool re_is_cut(const struct re_scratch *m);
