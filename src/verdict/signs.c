// SPDX-License-Identifier: Apache-2.0
// Options are blanked with one-byte fillers (NOP): stacks align with up to three in a row, what is
// blanked out leaves more. TTLs: of one machine the answers of different kinds begin where the best
// reference says; a rewriter that knows one kind of answer makes it begin elsewhere than the rest.
#include "verdict/signs.h"

#include "base/buf.h"

enum {
    TEXT_MAX = 400,
    NOPS_LEAST = 5, // in a row
    TTL_SLACK = 10, // what a distance may be wrong by
    NO_TTL = 0,
};

// The longest row of fillers in options as fingerprints write them: "M5B4SNNNNNNNNNNNW7".
static uint32_t longest_fill(struct span options)
{
    uint32_t longest = 0;
    uint32_t n = 0;
    for (size_t i = 0; i < options.len; i++) {
        n = options.ptr[i] == 'N' ? n + 1 : 0;
        longest = n > longest ? n : longest;
    }
    return longest;
}

static uint32_t blanked_options(const struct osdb_subject *subject)
{
    const struct osdb_test_info *ops = &osdb_tests[TEST_OPS];
    uint32_t most = longest_fill(subject->value[osdb_attr(TEST_ECN, SPAN("O"))]);
    for (int a = ops->first; a < ops->first + ops->n; a++) {
        const uint32_t n = longest_fill(subject->value[a]);
        most = n > most ? n : most;
    }
    return most;
}

static uint32_t hex_at(struct span s, size_t *at)
{
    uint32_t v = 0;
    for (; *at < s.len; (*at)++) {
        const char c = s.ptr[*at];
        const bool is_letter = c >= 'A' && c <= 'F';
        if (!is_letter && (c < '0' || c > '9'))
            break;
        v = v << 4 | (uint32_t)(is_letter ? c - 'A' + 10 : c - '0');
    }
    return v;
}

// Where stacks begin; NO_TTL: nowhere near.
static uint32_t begin_of(uint32_t ttl)
{
    static const uint32_t begins[] = {32, 64, 128, 255};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (ttl + TTL_SLACK >= begins[i] && ttl <= begins[i] + TTL_SLACK)
            return begins[i];
    return NO_TTL;
}

static uint32_t seen_begin(const struct osdb_subject *subject, enum osdb_test t)
{
    struct span v = subject->value[osdb_attr(t, SPAN("T"))];
    size_t at = 0;
    if (span_is_absent(v))
        v = subject->value[osdb_attr(t, SPAN("TG"))];
    return span_is_absent(v) ? NO_TTL : begin_of(hex_at(v, &at));
}

// "3B-45" is 64; several alternatives are none.
static uint32_t expected_begin(const struct osdb *db, uint32_t ref, enum osdb_test t)
{
    const struct span e = osdb_expr_at(db, ref, osdb_attr(t, SPAN("T")));
    size_t at = 0;
    if (span_is_absent(e))
        return NO_TTL;
    const uint32_t low = hex_at(e, &at);
    if (at == e.len)
        return begin_of(low);
    if (e.ptr[at++] != '-')
        return NO_TTL;
    const uint32_t high = hex_at(e, &at);
    return at == e.len ? begin_of((low + high) / 2) : NO_TTL;
}

// Kinds of answers, by the test that shows the TTL of each.
static const struct kind {
    enum osdb_test test;
    const char *name;
} kinds[] = {
    {TEST_T1, "SYN-ACKs"},
    {TEST_T4, "resets of the same port"},
    {TEST_T5, "resets of closed ports"},
    {TEST_U1, "ICMP errors"},
    {TEST_IE, "echoes"},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

struct begins {
    uint32_t seen[KINDS];
    uint32_t expected[KINDS];
    uint32_t n;  // kinds of which both are known
    bool is_one; // all that was seen begins alike
};

static void read_begins(const struct osdb *db, uint32_t ref, const struct osdb_subject *subject,
                        struct begins *b)
{
    uint32_t first = NO_TTL;
    *b = (struct begins){.is_one = true};
    for (int i = 0; i < KINDS; i++) {
        b->seen[i] = seen_begin(subject, kinds[i].test);
        b->expected[i] = expected_begin(db, ref, kinds[i].test);
        if (b->seen[i] == NO_TTL || b->expected[i] == NO_TTL)
            continue;
        first = b->n == 0 ? b->seen[i] : first;
        b->is_one &= b->seen[i] == first;
        b->n++;
    }
}

static void put_mixed(const struct begins *b, struct buf *to)
{
    uint32_t n = 0;
    buf_str(to, "the TTL begins ");
    for (int i = 0; i < KINDS; i++) {
        if (b->seen[i] == NO_TTL)
            continue;
        buf_str(to, n++ > 0 ? ", at " : "at ");
        buf_dec(to, b->seen[i]);
        buf_str(to, " in ");
        buf_str(to, kinds[i].name);
    }
}

static void put_whole(const struct begins *b, struct span label, struct buf *to)
{
    int i = 0;
    while (b->seen[i] == NO_TTL || b->expected[i] == NO_TTL)
        i++;
    buf_str(to, "the TTL begins at ");
    buf_dec(to, b->seen[i]);
    buf_str(to, ", of ");
    buf_bytes(to, label);
    buf_str(to, " at ");
    buf_dec(to, b->expected[i]);
}

static bool is_odd(const struct begins *b, int i)
{
    return b->seen[i] != NO_TTL && b->expected[i] != NO_TTL && b->seen[i] != b->expected[i];
}

// Two kinds at least, the open port's among them: others alone may be another machine's.
static bool are_odd(const struct begins *b)
{
    return b->n >= 2 && (is_odd(b, 0) || is_odd(b, 1));
}

bool signs_disguise(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                    uint32_t best_ref, struct span label, struct finding *out)
{
    const uint32_t n_fill = blanked_options(subject);
    const bool has_ref = best_ref < osdb_count(db) && !span_is_absent(label);
    struct begins begins = {0};
    struct buf b;
    if (has_ref)
        read_begins(db, best_ref, subject, &begins);
    const bool has_ttl = has_ref && are_odd(&begins);
    if (n_fill < NOPS_LEAST && !has_ttl)
        return false;
    buf_init(&b, arena_alloc(a, TEXT_MAX), TEXT_MAX);
    buf_str(&b, "the stack is disguised, or its packets are rewritten: ");
    if (n_fill >= NOPS_LEAST) {
        buf_str(&b, "TCP options are blanked out (");
        buf_dec(&b, n_fill);
        buf_str(&b, has_ttl ? " fillers in a row); " : " fillers in a row)");
    }
    if (has_ttl && begins.is_one)
        put_whole(&begins, label, &b);
    else if (has_ttl)
        put_mixed(&begins, &b);
    *out = (struct finding){FINDING_DISGUISE, {NULL, 0}, buf_span(&b)};
    return true;
}
