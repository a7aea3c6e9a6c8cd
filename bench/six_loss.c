// SPDX-License-Identifier: Apache-2.0
// What IPv6 costs: for each reference of a database one sample that it accepts (of each expression
// the first alternative, of ranges the middle) is compared with all references, by all attributes
// and by those that can be seen over IPv6. How many samples are matched in full by a reference of
// another family or generation as well, how often the most frequent family is the right one, and
// how many references match. Argument: another database.
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "osdb/explain.h"
#include "osdb/scratch.h"
#include "osdb/six.h"

enum { TIE_MAX = 64, VALUE_MAX = 64 };

// Which attributes are compared.
struct set {
    const char *name;
    bool is_six;      // those of the projection alone
    bool has_answers; // to U1 and IE
    bool has_closed;  // T5, T6, T7, U1
    bool has_hops;
};

struct tie {
    uint32_t n;
    bool has_family; // another one than the sample's
    bool has_generation;
    bool is_right; // the most frequent family, of equal ones the first, is the sample's
};

struct bench {
    struct arena arena;
    struct osdb_tree *tree;
    const struct osdb *db;
    struct osdb_scratch *scratch;
    struct osdb_subject *samples;
    bool is_in[ATTR_COUNT];
    uint32_t *sizes; // of the ties
};

static struct span read_file(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){NULL, 0};
    char *text = arena_alloc(a, LIMIT_DB_FILE);
    const size_t n = fread(text, 1, LIMIT_DB_FILE, f);
    fclose(f);
    return span_of(text, n);
}

static size_t close_of(struct span s)
{
    const size_t close = span_find(s, ']');
    return close < s.len ? close : s.len - 1;
}

// The first of "a|b", of "<h" and ">h" one that fits, of "a-b" the middle.
static void put_middle(struct buf *b, struct span list)
{
    uint64_t low, high;
    const struct span one = span_cut(&list, '|');
    struct span to = one;
    const struct span from = span_cut(&to, '-');
    if (one.len > 1 && one.ptr[0] == '>' && text_hex(span_from(one, 1), &low))
        buf_hex(b, low + 1);
    else if (one.len > 1 && one.ptr[0] == '<' && text_hex(span_from(one, 1), &high) && high > 0)
        buf_hex(b, high / 2);
    else if (!span_is_absent(to) && text_hex(from, &low) && text_hex(to, &high) && high >= low)
        buf_hex(b, low + (high - low) / 2);
    else
        buf_bytes(b, one);
}

// A value; in options brackets hold lists and ranges of their own.
static struct span sample_of(struct arena *a, struct span expr, bool is_nested)
{
    char mem[VALUE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    if (!is_nested || span_find(expr, '[') == expr.len) {
        put_middle(&b, expr);
        return arena_copy(a, buf_span(&b));
    }
    while (expr.len > 0 && expr.ptr[0] != '|') {
        const size_t n = expr.ptr[0] == '[' ? close_of(expr) : 0;
        if (n > 0)
            put_middle(&b, span_from(span_head(expr, n), 1));
        else
            buf_char(&b, expr.ptr[0]);
        expr = span_from(expr, n + 1);
    }
    return arena_copy(a, buf_span(&b));
}

static void make_samples(struct bench *b)
{
    b->samples = arena_array(&b->arena, b->db->n_refs, sizeof *b->samples);
    for (uint32_t i = 0; i < b->db->n_refs; i++)
        for (int k = 0; k < osdb_gens[OSDB_SECOND].n_attrs; k++) {
            const struct span expr = osdb_expr_at(b->db, i, k);
            if (!span_is_absent(expr))
                b->samples[i].value[k] =
                    sample_of(&b->arena, expr, osdb_attr_form(k) == OSDB_FORM_NESTED);
        }
}

static bool is_hops(int attr)
{
    return strcmp(osdb_attr_names[attr], "TG") == 0 || strcmp(osdb_attr_names[attr], "T") == 0;
}

// Twice the points that are compared; T and TG count once.
static uint32_t choose(struct bench *b, const struct set *set)
{
    uint32_t points = 0;
    for (int i = 0; i < osdb_gens[OSDB_SECOND].n_attrs; i++) {
        const enum osdb_test test = osdb_attr_test(i);
        const bool is_answer = test == TEST_U1 || test == TEST_IE;
        const bool is_closed = (test >= TEST_T5 && test <= TEST_T7) || test == TEST_U1;
        const uint32_t weight = set->is_six ? osdb_six_weight(b->db, i) : 2 * osdb_points(b->db, i);
        b->is_in[i] = weight > 0 && (set->has_answers || !is_answer) &&
                      (set->has_closed || !is_closed) && (set->has_hops || !is_hops(i));
        points += b->is_in[i] && strcmp(osdb_attr_names[i], "T") != 0 ? weight : 0;
    }
    return points;
}

static struct osdb_class class_of(const struct osdb *db, uint32_t ref)
{
    return osdb_class_at(db, osdb_ref_at(db, ref).first_class);
}

static bool is_family(const struct osdb_class *a, const struct osdb_class *b)
{
    return span_eq(a->vendor, b->vendor) && span_eq(a->family, b->family);
}

// Bits of the references that lose nothing and are compared by all that the sample has.
static void find_equal(struct bench *b, uint32_t sample, uint64_t *equal)
{
    const size_t words = b->db->row / 8;
    struct osdb_subject s = {0};
    for (int i = 0; i < ATTR_COUNT; i++)
        if (b->is_in[i])
            s.value[i] = b->samples[sample].value[i];
    lookup_subject(b->db, &s, b->scratch);
    memset(equal, 0xFF, b->db->row);
    for (int i = 0; i < osdb_gens[OSDB_SECOND].n_attrs; i++) {
        const uint64_t *missing = (const void *)b->scratch->missing[i];
        if (span_is_absent(s.value[i]))
            continue;
        const uint64_t *has = (const void *)view_row(b->db, b->db->head->attr[i].present);
        for (size_t w = 0; w < words; w++)
            equal[w] &= missing ? ~missing[w] & has[w] : has[w];
    }
}

static struct tie judge(struct bench *b, uint32_t sample, const uint64_t *equal)
{
    const struct osdb_class own = class_of(b->db, sample);
    struct osdb_class in[TIE_MAX];
    struct tie t = {0};
    uint32_t most = 0;
    for (uint32_t i = 0; i < b->db->n_refs; i++) {
        if (!(equal[i / 64] >> i % 64 & 1))
            continue;
        const struct osdb_class c = class_of(b->db, i);
        const bool is_same = is_family(&own, &c);
        t.has_family |= !is_same;
        t.has_generation |= !is_same || !span_eq(own.generation, c.generation);
        if (t.n < TIE_MAX)
            in[t.n++] = c;
    }
    for (uint32_t i = 0; i < t.n; i++) {
        uint32_t n = 0;
        for (uint32_t k = 0; k < t.n; k++)
            n += is_family(&in[i], &in[k]);
        if (n > most)
            t.is_right = is_family(&in[i], &own);
        most = n > most ? n : most;
    }
    return t;
}

static int order(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int order_spans(const void *a, const void *b)
{
    return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

// References that differ in some expression that is compared.
static uint32_t count_signatures(struct bench *b)
{
    const uint32_t n = b->db->n_refs;
    struct span *all = arena_array(&b->arena, n, sizeof *all);
    uint32_t n_distinct = n > 0;
    for (uint32_t i = 0; i < n; i++) {
        struct buf out;
        buf_init(&out, arena_alloc(&b->arena, LIMIT_DB_LINE), LIMIT_DB_LINE);
        for (int k = 0; k < ATTR_COUNT; k++)
            if (b->is_in[k]) {
                const struct span expr = osdb_expr_at(b->db, i, k);
                buf_bytes(&out, span_is_absent(expr) ? SPAN("?") : expr);
                buf_char(&out, '%');
            }
        all[i] = buf_span(&out);
    }
    qsort(all, n, sizeof *all, order_spans);
    for (uint32_t i = 1; i < n; i++)
        n_distinct += !span_eq(all[i - 1], all[i]);
    return n_distinct;
}

static void row(struct bench *b, const struct set *set)
{
    const struct arena_mark mark = arena_mark(&b->arena);
    const uint32_t n = b->db->n_refs;
    const uint32_t points = choose(b, set);
    uint64_t *equal = arena_alloc(&b->arena, b->db->row);
    uint32_t family = 0, generation = 0, right = 0;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        find_equal(b, i, equal);
        const struct tie t = judge(b, i, equal);
        family += t.has_family;
        generation += t.has_generation;
        right += t.is_right;
        b->sizes[i] = t.n;
        sum += t.n;
    }
    qsort(b->sizes, n, sizeof *b->sizes, order);
    printf("%-38s %6u %6u %5u (%4.1f %%) %5u (%4.1f %%) %6.1f %% %5.2f / %u\n", set->name,
           points / 2, count_signatures(b), family, 100.0 * family / n, generation,
           100.0 * generation / n, 100.0 * right / n, (double)sum / n, b->sizes[n * 95 / 100]);
    arena_rewind(&b->arena, mark);
}

int main(int argc, char **argv)
{
    static struct bench b;
    static const struct set sets[] = {
        {"all, as over IPv4", false, true, true, true},
        {"projected", true, true, true, true},
        {"projected, no answer to UDP or ICMPv6", true, false, true, true},
        {"projected, no closed port", true, true, false, true},
        {"projected, TCP only, no hop limit", true, false, true, false},
    };
    const char *path = argc > 1 ? argv[1] : "/usr/share/nmap/nmap-os-db";
    arena_init(&b.arena, "bench");
    const struct span text = read_file(&b.arena, path);
    if (span_is_absent(text)) {
        printf("no %s: nothing to compute\n", path);
        return 0;
    }
    b.tree = osdb_tree_new(&b.arena, QUIRKS_NONE);
    (void)osdb_tree_add(b.tree, "file", text, NULL, NULL);
    if (osdb_build(&b.arena, b.tree, &b.db) != ERR_OK)
        return 1;
    b.scratch = osdb_scratch_new(&b.arena, b.db);
    b.sizes = arena_array(&b.arena, b.db->n_refs, sizeof *b.sizes);
    make_samples(&b);
    printf("%u references; matched in full by another\n", b.db->n_refs);
    printf("%-38s %6s %6s %14s %14s %8s %9s\n", "compared", "points", "differ", "family",
           "generation", "majority", "mean/p95");
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        row(&b, &sets[i]);
    arena_fini(&b.arena);
    return 0;
}
