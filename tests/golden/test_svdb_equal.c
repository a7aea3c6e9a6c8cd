// SPDX-License-Identifier: Apache-2.0
// svdb_find equals its naive twin: over damaged recorded answers, cut and joined answers, random
// bytes, and beginnings of expressions. Judged against the installed database of a reference
// scanner together with a small file of our own.
// Arguments: folder of responses.json [how many].
#include "base/rng.h"
#include "svdb_cases.h"

static const char *folder = "tests/golden/service";
static unsigned wanted = 20000;

static const char own[] = "Probe TCP NULL q||\nsoftmatch own m|^220|\nmatch own m|^SSH-2| p/own/\n"
                          "Probe TCP web q|GET / HTTP/1.0\\r\\n\\r\\n|\nfallback other\n"
                          "softmatch own m|Server: n|\n"
                          "Probe TCP other q|own|\nmatch own m|400 Bad(.)Request| p/$1/\n";

struct draw {
    struct rng rng;
    json_t *cases;
    char bytes[2 * CASE_BYTES];
    size_t len;
};

static uint32_t below(struct draw *d, size_t n)
{
    return n > 0 ? rng_below(&d->rng, (uint32_t)n) : 0;
}

static size_t draw_case(struct draw *d, char *to)
{
    const json_t *c = json_array_get(d->cases, below(d, json_array_size(d->cases)));
    return cases_response(c, to).len;
}

// What an expression is written with, without its signs: often the beginning of what it matches.
static void draw_expression(struct draw *d, const struct svdb *db)
{
    const struct span regex = svdb_rule_at(db, below(d, svdb_n_rules(db))).regex;
    const size_t end = 1 + below(d, regex.len);
    d->len = 0;
    for (size_t i = 0; i < end; i++) {
        const char c = regex.ptr[i];
        if (c == '\\' && i + 1 < end && strchr("rn", regex.ptr[i + 1]))
            d->bytes[d->len++] = regex.ptr[++i] == 'r' ? '\r' : '\n';
        else if (!strchr("^()[]+*?$\\|", c))
            d->bytes[d->len++] = c;
    }
}

static void draw_random(struct draw *d)
{
    d->len = below(d, 300);
    for (size_t i = 0; i < d->len; i++)
        d->bytes[i] = (char)below(d, 256);
}

static void damage(struct draw *d)
{
    for (uint32_t n = below(d, 5); n > 0 && d->len > 0; n--) {
        const uint32_t at = below(d, d->len);
        switch (below(d, 4)) {
        case 0:
            d->bytes[at] = (char)below(d, 256);
            break;
        case 1:
            d->bytes[at] = (char)(d->bytes[at] ^ 0x20);
            break;
        case 2:
            d->len = at;
            break;
        default:
            memmove(d->bytes + at, d->bytes + at + 1, d->len - at - 1);
            d->len--;
        }
    }
}

static void draw(struct draw *d, const struct svdb *db)
{
    const uint32_t kind = below(d, 16);
    if (kind == 0)
        draw_random(d);
    else if (kind < 6)
        draw_expression(d, db);
    else
        d->len = draw_case(d, d->bytes);
    if (kind == 6 && d->len < CASE_BYTES)
        d->len += draw_case(d, d->bytes + d->len);
    damage(d);
}

// The probes that have most rules are asked most.
static uint32_t draw_probe(struct draw *d, const struct svdb *db)
{
    if (below(d, 4) == 0)
        return below(d, svdb_n_probes(db));
    return svdb_rule_at(db, below(d, svdb_n_rules(db))).probe;
}

static void compare(const struct svdb *db, uint32_t probe, struct span response,
                    const struct svdb_hit *hit, const struct svnaive_hit *n)
{
    struct svdb_rule rule = {0};
    if (hit)
        rule = svdb_rule_at(db, hit->rule);
    if ((hit != NULL) == (n != NULL) &&
        (!hit ||
         (rule.line == n->line && rule.source == n->source && hit->is_soft == n->is_soft &&
          hit->n_groups == n->n_groups && memcmp(hit->group, n->group, sizeof n->group) == 0)))
        return;
    const struct span name = svdb_probe_at(db, probe).name;
    fail_msg("probe %.*s, %zu bytes '%.*s': line %u, naive line %u", (int)name.len, name.ptr,
             response.len, (int)(response.len < 200 ? response.len : 200), response.ptr, rule.line,
             n ? n->line : 0);
}

static void test_equal(void **state)
{
    (void)state;
    static struct draw d;
    struct arena arena;
    const struct svdb *db;
    char path[4096];
    unsigned n_found = 0;
    arena_init(&arena, "test");
    const struct span text = cases_installed(&arena);
    if (span_is_absent(text)) {
        arena_fini(&arena);
        skip();
    }
    struct svdb_tree *tree = svdb_tree_new(&arena);
    assert_int_equal(svdb_tree_add(tree, "own", span_str(own), NULL, NULL), ERR_OK);
    assert_int_equal(svdb_tree_add(tree, installed, text, NULL, NULL), ERR_OK);
    assert_int_equal(svdb_build(&arena, tree, &db), ERR_OK);
    struct svdb_scratch *scratch = svdb_scratch_new(&arena, db);
    struct svnaive *naive = svnaive_new(&arena, tree);
    snprintf(path, sizeof path, "%s/responses.json", folder);
    d.cases = cases_load(path);
    rng_seed(&d.rng, 20);
    for (unsigned i = 0; i < wanted; i++) {
        struct svdb_hit hit;
        struct svnaive_hit n;
        draw(&d, db);
        const uint32_t probe = draw_probe(&d, db);
        const struct svdb_probe p = svdb_probe_at(db, probe);
        const struct span response = span_of(d.bytes, d.len);
        const bool found = svdb_find(db, probe, response, scratch, &hit);
        const bool expected = svnaive_find(naive, p.proto, p.payload, response, &n);
        compare(db, probe, response, found ? &hit : NULL, expected ? &n : NULL);
        n_found += found;
    }
    printf("%u answers, %u with a rule\n", wanted, n_found);
    json_decref(d.cases);
    svnaive_free(naive);
    svdb_close(db);
    arena_fini(&arena);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_equal)};
    folder = argc > 1 ? argv[1] : folder;
    wanted = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : wanted;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
