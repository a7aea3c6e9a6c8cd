// SPDX-License-Identifier: Apache-2.0
// Recorded answers of services, and what the reference scanner said of each: the same line and
// the same fields, by svdb and by its naive twin. Needs the database the verdicts are about.
// Argument: folder of responses.json.
#include "svdb_cases.h"

static const char *folder = "tests/golden/service";

struct load {
    struct arena arena;
    struct svdb_tree *tree;
    const struct svdb *db;
    struct svdb_scratch *scratch;
    struct svnaive *naive;
    unsigned n_hits;
};

static const char *current; // case

static void broken(void *ctx, const char *file, const struct err_at *at)
{
    (void)ctx;
    fail_msg("%s:%u:%u: %s %s", file, at->line, at->col, at->what, at->token);
}

static bool load(struct load *l)
{
    *l = (struct load){0};
    arena_init(&l->arena, "test");
    const struct span text = cases_installed(&l->arena);
    if (span_is_absent(text)) {
        arena_fini(&l->arena);
        return false;
    }
    l->tree = svdb_tree_new(&l->arena);
    assert_int_equal(svdb_tree_add(l->tree, installed, text, broken, NULL), ERR_OK);
    assert_int_equal(svdb_build(&l->arena, l->tree, &l->db), ERR_OK);
    l->scratch = svdb_scratch_new(&l->arena, l->db);
    l->naive = svnaive_new(&l->arena, l->tree);
    return true;
}

static void check_field(struct span have, struct span expected, const char *name)
{
    if (have.len == expected.len && span_eq(have, expected))
        return;
    fail_msg("%s: %s is '%.*s', not '%.*s'", current, name, (int)have.len, have.ptr ? have.ptr : "",
             (int)expected.len, expected.ptr ? expected.ptr : "");
}

static void check_cpes(const struct svdb_fields *f, const json_t *verdict)
{
    const json_t *list = json_object_get(verdict, "cpe");
    size_t n = 0;
    for (int i = 0; i < 3; i++)
        if (f->cpe[i].len > 0)
            check_field(f->cpe[i], span_str(json_string_value(json_array_get(list, n++))), "cpe");
    if (n != json_array_size(list))
        fail_msg("%s: %zu CPE names, not %zu", current, n, json_array_size(list));
}

static void check_fields(struct load *l, const struct svdb_hit *hit, const json_t *verdict)
{
    struct svdb_fields f;
    const struct arena_mark mark = arena_mark(&l->arena);
    svdb_expand(&l->arena, l->db, hit, &f);
    const bool is_tunnel = json_object_get(verdict, "note") != NULL;
    struct span service = f.service;
    if (span_starts(service, SPAN("ssl/")) && json_object_get(verdict, "tunnel"))
        service = span_from(service, 4);
    check_field(service, cases_text(verdict, "service"), "service");
    if (!is_tunnel) {
        check_field(f.product, cases_text(verdict, "product"), "product");
        check_field(f.version, cases_text(verdict, "version"), "version");
        check_field(f.extra, cases_text(verdict, "extrainfo"), "extra");
        check_field(f.hostname, cases_text(verdict, "hostname"), "host name");
        check_field(f.os, cases_text(verdict, "ostype"), "os");
        check_field(f.device, cases_text(verdict, "devicetype"), "device");
        check_cpes(&f, verdict);
    }
    arena_rewind(&l->arena, mark);
}

static void check_naive(struct load *l, const struct svdb_probe *probe, struct span response,
                        const struct svdb_hit *hit)
{
    struct svnaive_hit n;
    const bool is_found = svnaive_find(l->naive, probe->proto, probe->payload, response, &n);
    if (is_found != (hit != NULL))
        fail_msg("%s: the naive twin finds %s", current, is_found ? "a rule" : "nothing");
    if (!hit)
        return;
    if (n.line != svdb_rule_at(l->db, hit->rule).line || n.n_groups != hit->n_groups ||
        memcmp(n.group, hit->group, sizeof n.group) != 0)
        fail_msg("%s: the naive twin finds line %u", current, n.line);
}

static void check_case(struct load *l, const json_t *c)
{
    static char bytes[CASE_BYTES];
    struct svdb_hit hit;
    const json_t *verdict = json_object_get(c, "verdict");
    const struct span matched = cases_text(verdict, "matched");
    const int32_t probe = svdb_probe_named(l->db, cases_proto(c), cases_text(c, "probe"));
    current = json_string_value(json_object_get(c, "id"));
    assert_true(probe >= 0);
    const struct span response = cases_response(c, bytes);
    const struct svdb_probe info = svdb_probe_at(l->db, (uint32_t)probe);
    const bool found = svdb_find(l->db, (uint32_t)probe, response, l->scratch, &hit);
    check_naive(l, &info, response, found ? &hit : NULL);
    if (found == span_eq(matched, SPAN("none")))
        fail_msg("%s: %s, not %s", current, found ? "found" : "not found", matched.ptr);
    if (!found)
        return;
    l->n_hits++;
    const struct svdb_rule rule = svdb_rule_at(l->db, hit.rule);
    const uint32_t line = (uint32_t)json_integer_value(json_object_get(verdict, "line"));
    if (rule.line != line || hit.is_soft != span_eq(matched, SPAN("soft")))
        fail_msg("%s: line %u, not %u", current, rule.line, line);
    check_field(svdb_probe_at(l->db, hit.probe).name, cases_text(verdict, "matched_with_probe"),
                "probe");
    check_fields(l, &hit, verdict);
}

static void test_responses(void **state)
{
    (void)state;
    char path[4096];
    struct load l;
    size_t i;
    json_t *c;
    if (!load(&l))
        skip();
    snprintf(path, sizeof path, "%s/responses.json", folder);
    json_t *all = cases_load(path);
    json_array_foreach(all, i, c) check_case(&l, c);
    printf("%zu answers, %u with a rule\n", json_array_size(all), l.n_hits);
    assert_int_equal(json_array_size(all), 3257);
    json_decref(all);
    svnaive_free(l.naive);
    svdb_close(l.db);
    arena_fini(&l.arena);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_responses)};
    folder = argc > 1 ? argv[1] : folder;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
