// SPDX-License-Identifier: Apache-2.0
// Reference: service-detection specification 1.7 (limits), 2.4 (find).
#define PCRE2_CODE_UNIT_WIDTH 8
#include "naive/svdb_naive.h"

#include <pcre2.h>

#include "svdb/tree.h"

enum { MATCH_LIMIT = 50000, DEPTH_LIMIT = 1000, HEAP_LIMIT_KIB = 10240, MATCH_GROUPS = 100 };

struct svnaive {
    const struct svdb_tree *tree;
    pcre2_code ****code; // [file][probe][rule]
    pcre2_match_context *limits;
    pcre2_match_data *data;
};

static pcre2_code *compile(const struct svdb_tree_rule *r)
{
    int error;
    size_t at;
    const uint32_t options =
        (r->is_caseless ? PCRE2_CASELESS : 0) | (r->is_dotall ? PCRE2_DOTALL : 0);
    return pcre2_compile((PCRE2_SPTR)r->regex.ptr, r->regex.len, options, &error, &at, NULL);
}

struct svnaive *svnaive_new(struct arena *run, const struct svdb_tree *tree)
{
    struct svnaive *n = arena_alloc(run, sizeof *n);
    n->tree = tree;
    n->limits = pcre2_match_context_create(NULL);
    n->data = pcre2_match_data_create(MATCH_GROUPS, NULL);
    pcre2_set_match_limit(n->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(n->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(n->limits, HEAP_LIMIT_KIB);
    n->code = arena_array(run, svdb_tree_n_files(tree), sizeof *n->code);
    for (uint32_t f = 0; f < svdb_tree_n_files(tree); f++) {
        const struct svdb_file *file = svdb_tree_file(tree, f);
        n->code[f] = arena_array(run, svdb_file_n_probes(file), sizeof **n->code);
        for (uint32_t p = 0; p < svdb_file_n_probes(file); p++) {
            const struct svdb_tree_probe *probe = svdb_file_probe(file, p);
            n->code[f][p] = arena_array(run, svdb_probe_n_rules(probe), sizeof ***n->code);
            for (uint32_t r = 0; r < svdb_probe_n_rules(probe); r++)
                n->code[f][p][r] = compile(svdb_probe_rule(probe, r));
        }
    }
    return n;
}

void svnaive_free(struct svnaive *n)
{
    for (uint32_t f = 0; f < svdb_tree_n_files(n->tree); f++) {
        const struct svdb_file *file = svdb_tree_file(n->tree, f);
        for (uint32_t p = 0; p < svdb_file_n_probes(file); p++)
            for (uint32_t r = 0; r < svdb_probe_n_rules(svdb_file_probe(file, p)); r++)
                pcre2_code_free(n->code[f][p][r]);
    }
    pcre2_match_context_free(n->limits);
    pcre2_match_data_free(n->data);
}

static bool match(struct svnaive *n, const pcre2_code *code, struct span response,
                  struct svnaive_hit *out)
{
    const PCRE2_SPTR text = (PCRE2_SPTR)(response.ptr ? response.ptr : "");
    const int rc = code ? pcre2_match(code, text, response.len, 0, 0, n->data, n->limits) : -1;
    if (rc < 0)
        return false;
    const size_t *at = pcre2_get_ovector_pointer(n->data);
    memset(out->group, 0, sizeof out->group);
    out->n_groups = rc > SVDB_GROUPS ? SVDB_GROUPS : (uint32_t)rc;
    for (uint32_t i = 0; i < out->n_groups; i++)
        if (at[2 * i] != PCRE2_UNSET)
            out->group[i] = span_of((const char *)text + at[2 * i], at[2 * i + 1] - at[2 * i]);
    return true;
}

static bool ask_probe(struct svnaive *n, uint32_t f, uint32_t probe, struct span response,
                      struct svnaive_hit *out)
{
    const struct svdb_tree_probe *p = svdb_file_probe(svdb_tree_file(n->tree, f), probe);
    for (uint32_t r = 0; r < svdb_probe_n_rules(p); r++) {
        if (!match(n, n->code[f][probe][r], response, out))
            continue;
        out->source = f;
        out->line = svdb_probe_rule(p, r)->line;
        out->is_soft = svdb_probe_rule(p, r)->is_soft;
        return true;
    }
    return false;
}

static bool is_same(const struct svdb_tree_probe *p, enum svdb_proto proto, struct span payload)
{
    return span_eq(p->payload, payload) && (p->proto == proto || payload.len == 0);
}

// The rules of all probes of the file that send these bytes, as if they were one.
static bool ask_payload(struct svnaive *n, uint32_t f, enum svdb_proto proto, struct span payload,
                        struct span response, struct svnaive_hit *out)
{
    const struct svdb_file *file = svdb_tree_file(n->tree, f);
    for (uint32_t p = 0; p < svdb_file_n_probes(file); p++)
        if (is_same(svdb_file_probe(file, p), proto, payload) && ask_probe(n, f, p, response, out))
            return true;
    return false;
}

static bool ask_file(struct svnaive *n, uint32_t f, enum svdb_proto proto, struct span payload,
                     struct span response, struct svnaive_hit *out)
{
    const struct svdb_file *file = svdb_tree_file(n->tree, f);
    if (ask_payload(n, f, proto, payload, response, out))
        return true;
    for (uint32_t p = 0; p < svdb_file_n_probes(file) && payload.len > 0; p++) {
        const struct svdb_tree_probe *probe = svdb_file_probe(file, p);
        for (uint32_t k = 0; k < probe->n_fallbacks && is_same(probe, proto, payload); k++) {
            const struct svdb_tree_probe *to =
                svdb_file_named(file, proto, probe->fallback[k].name);
            if (to && ask_payload(n, f, to->proto, to->payload, response, out))
                return true;
        }
    }
    return payload.len > 0 && proto == SVDB_TCP &&
           ask_payload(n, f, proto, SPAN(""), response, out);
}

bool svnaive_find(struct svnaive *n, enum svdb_proto proto, struct span payload,
                  struct span response, struct svnaive_hit *out)
{
    bool has_soft = false;
    for (uint32_t f = 0; f < svdb_tree_n_files(n->tree); f++) {
        struct svnaive_hit hit;
        if (!ask_file(n, f, proto, payload, response, &hit) || (hit.is_soft && has_soft))
            continue;
        *out = hit;
        if (!hit.is_soft)
            return true;
        has_soft = true;
    }
    return has_soft;
}
