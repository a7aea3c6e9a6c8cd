// SPDX-License-Identifier: Apache-2.0
// Probes of all files that are one probe: same protocol and same bytes to send, or nothing to
// send (the NULL probe). What no file says has its default; of what several say counts the least
// rarity and the longest wait. Reference: specification 1.4, 1.5, 2.4.
#include "svdb/compile.h"

static struct svblock_probe *probe_at(struct svdb_compile *c, uint32_t probe)
{
    return (struct svblock_probe *)(void *)c->part[SVPART_PROBE].bytes + probe;
}

// The NULL probe is one whatever protocol is written.
static uint32_t key_of(struct svdb_compile *c, const struct svdb_tree_probe *p)
{
    const size_t n = p->payload.len;
    char *key = arena_alloc(c->arena, n + 1);
    key[0] = (char)p->proto;
    memcpy(key + 1, p->payload.ptr, n);
    return intern_add(&c->keys, key, n > 0 ? n + 1 : 0);
}

static void take_max(uint32_t *to, uint32_t v)
{
    *to = v > *to ? v : *to;
}

static void join(struct svdb_compile *c, uint32_t id, const struct svdb_tree_probe *p)
{
    const bool is_null = p->payload.len == 0;
    const uint32_t proto = is_null ? SVDB_TCP : p->proto;
    const struct svblock_text name = svdb_compile_text(c, p->name);
    const struct svblock_name alias = {name, proto, id};
    pile_add(&c->part[SVPART_NAME], &alias, sizeof alias);
    if (id == c->n_probes) {
        const struct svblock_probe new = {
            .name = name, .payload = svdb_compile_text(c, p->payload), .proto = proto};
        pile_add(&c->part[SVPART_PROBE], &new, sizeof new);
        c->n_probes++;
        if (is_null)
            c->head.null_probe = id;
    }
    struct svblock_probe *to = probe_at(c, id);
    if (p->rarity > 0 && (to->rarity == 0 || p->rarity < to->rarity))
        to->rarity = p->rarity;
    take_max(&to->total_wait_ms, p->total_wait_ms);
    take_max(&to->tcpwrapped_ms, p->tcpwrapped_ms);
    to->flags |= p->no_payload ? SVPROBE_NO_PAYLOAD : 0;
}

void svdb_join_probes(struct svdb_compile *c)
{
    const uint32_t n_files = svdb_tree_n_files(c->tree);
    c->head.null_probe = SVBLOCK_NONE;
    c->id = arena_array(c->arena, n_files, sizeof *c->id);
    for (uint32_t f = 0; f < n_files; f++) {
        const struct svdb_file *file = svdb_tree_file(c->tree, f);
        c->id[f] = arena_array(c->arena, svdb_file_n_probes(file), sizeof **c->id);
        for (uint32_t i = 0; i < svdb_file_n_probes(file); i++) {
            const struct svdb_tree_probe *p = svdb_file_probe(file, i);
            c->id[f][i] = key_of(c, p);
            join(c, c->id[f][i], p);
        }
    }
    for (uint32_t i = 0; i < c->n_probes; i++) {
        struct svblock_probe *p = probe_at(c, i);
        p->rarity = p->rarity ? p->rarity : SVDB_RARITY;
        p->total_wait_ms = p->total_wait_ms ? p->total_wait_ms : SVDB_TOTAL_WAIT_MS;
        p->tcpwrapped_ms = p->tcpwrapped_ms ? p->tcpwrapped_ms : SVDB_TCPWRAPPED_MS;
    }
}

static void put_ranges(struct svdb_compile *c, const struct pile *ranges, struct svblock_slice *s)
{
    const uint32_t before = svdb_compile_n(c, SVPART_RANGE);
    _Static_assert(sizeof(struct svdb_range) == sizeof(struct svblock_range), "one is the other");
    pile_add(&c->part[SVPART_RANGE], ranges->bytes, ranges->len);
    s->n += svdb_compile_n(c, SVPART_RANGE) - before;
}

// Ports of one kind of all files that have the probe.
static struct svblock_slice ports_of(struct svdb_compile *c, uint32_t probe, bool is_ssl)
{
    struct svblock_slice out = {svdb_compile_n(c, SVPART_RANGE), 0};
    for (uint32_t f = 0; f < svdb_tree_n_files(c->tree); f++) {
        const struct svdb_file *file = svdb_tree_file(c->tree, f);
        for (uint32_t i = 0; i < svdb_file_n_probes(file); i++) {
            const struct svdb_tree_probe *p = svdb_file_probe(file, i);
            if (c->id[f][i] == probe)
                put_ranges(c, is_ssl ? &p->ssl_ports : &p->ports, &out);
        }
    }
    return out;
}

// A list that is empty, or in the chain of this source already, is left out.
static void put_list(struct svdb_compile *c, uint32_t first, uint32_t source, uint32_t probe)
{
    const struct svblock_slice rules = c->list[source][probe];
    const struct svblock_chain link = {source, rules.first, rules.first + rules.n};
    const struct svblock_chain *all = (const void *)c->part[SVPART_CHAIN].bytes;
    if (rules.n == 0)
        return;
    for (uint32_t i = first; i < svdb_compile_n(c, SVPART_CHAIN); i++)
        if (all[i].lo == link.lo)
            return;
    pile_add(&c->part[SVPART_CHAIN], &link, sizeof link);
}

static uint32_t id_of(const struct svdb_compile *c, uint32_t f, const struct svdb_tree_probe *p)
{
    const struct svdb_file *file = svdb_tree_file(c->tree, f);
    uint32_t i = 0;
    while (svdb_file_probe(file, i) != p)
        i++;
    return c->id[f][i];
}

static void put_fallbacks(struct svdb_compile *c, uint32_t first, uint32_t f, uint32_t probe)
{
    const struct svdb_file *file = svdb_tree_file(c->tree, f);
    for (uint32_t i = 0; i < svdb_file_n_probes(file); i++) {
        const struct svdb_tree_probe *p = svdb_file_probe(file, i);
        for (uint32_t k = 0; k < p->n_fallbacks && c->id[f][i] == probe; k++) {
            const struct svdb_tree_probe *to = svdb_file_named(file, p->proto, p->fallback[k].name);
            if (to)
                put_list(c, first, f, id_of(c, f, to));
        }
    }
}

static struct svblock_slice chain_of(struct svdb_compile *c, uint32_t probe)
{
    const uint32_t first = svdb_compile_n(c, SVPART_CHAIN);
    const uint32_t null = c->head.null_probe;
    for (uint32_t f = 0; f < svdb_tree_n_files(c->tree); f++) {
        put_list(c, first, f, probe);
        if (probe == null)
            continue;
        put_fallbacks(c, first, f, probe);
        if (probe_at(c, probe)->proto == SVDB_TCP && null != SVBLOCK_NONE)
            put_list(c, first, f, null);
    }
    return (struct svblock_slice){first, svdb_compile_n(c, SVPART_CHAIN) - first};
}

void svdb_join_lists(struct svdb_compile *c)
{
    for (uint32_t i = 0; i < c->n_probes; i++) {
        struct svblock_probe *p = probe_at(c, i);
        p->ports = ports_of(c, i, false);
        p->ssl_ports = ports_of(c, i, true);
        p->chain = chain_of(c, i);
        for (uint32_t f = 0; f < svdb_tree_n_files(c->tree); f++)
            p->n_rules += c->list[f][i].n;
    }
    for (int proto = 0; proto < 2; proto++) {
        c->head.exclude[proto] = (struct svblock_slice){svdb_compile_n(c, SVPART_RANGE), 0};
        for (uint32_t f = 0; f < svdb_tree_n_files(c->tree); f++)
            put_ranges(c, &svdb_tree_file(c->tree, f)->exclude[proto], &c->head.exclude[proto]);
    }
}
