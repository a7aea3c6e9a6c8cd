// SPDX-License-Identifier: Apache-2.0
// Opening a block and reading what is in it. What the parts mean: svdb/block.h.
#include "svdb/view.h"

#include "svdb/re.h"

static const uint32_t part_size[SVPART_COUNT] = {
    [SVPART_TEXT] = 1,
    [SVPART_SOURCE] = sizeof(struct svblock_source),
    [SVPART_DIAG] = sizeof(struct svblock_diag),
    [SVPART_PROBE] = sizeof(struct svblock_probe),
    [SVPART_NAME] = sizeof(struct svblock_name),
    [SVPART_RANGE] = sizeof(struct svblock_range),
    [SVPART_CHAIN] = sizeof(struct svblock_chain),
    [SVPART_YIELD] = sizeof(struct svblock_text),
    [SVPART_RULE] = sizeof(struct svblock_rule),
    [SVPART_RE] = 1,
};

const struct seal_kind svblock_kind = {
    .magic = {'w', 'h', 'o', 'r', 'l', 'S', 'V', '\n'},
    .version = SVBLOCK_VERSION,
    .n_parts = SVPART_COUNT,
    .head_size = sizeof(struct svblock_head),
    .table = offsetof(struct svblock_head, part),
    .part_size = part_size,
};

static struct svdb view_of(struct span block)
{
    const struct svblock_head *head = (const void *)block.ptr;
    return (struct svdb){
        .head = head,
        .text = seal_part(&svblock_kind, block, SVPART_TEXT),
        .sources = seal_part(&svblock_kind, block, SVPART_SOURCE),
        .diags = seal_part(&svblock_kind, block, SVPART_DIAG),
        .probes = seal_part(&svblock_kind, block, SVPART_PROBE),
        .names = seal_part(&svblock_kind, block, SVPART_NAME),
        .ranges = seal_part(&svblock_kind, block, SVPART_RANGE),
        .chains = seal_part(&svblock_kind, block, SVPART_CHAIN),
        .yields = seal_part(&svblock_kind, block, SVPART_YIELD),
        .rules = seal_part(&svblock_kind, block, SVPART_RULE),
        .n_rules = head->part[SVPART_RULE].n,
    };
}

// The expressions as re.h wants them; their text stays in the block.
static enum err open_index(struct arena *run, struct span block, struct svdb *db, struct err_at *at)
{
    const struct span index =
        span_of(seal_part(&svblock_kind, block, SVPART_RE), db->head->part[SVPART_RE].n);
    struct re_rule *rules = arena_array(run, db->n_rules, sizeof *rules);
    for (uint32_t i = 0; i < db->n_rules; i++) {
        const struct svblock_rule *r = &db->rules[i];
        rules[i] = (struct re_rule){svdb_text(db, r->regex), r->flags & SVRULE_CASELESS,
                                    r->flags & SVRULE_DOTALL};
    }
    return re_open(run, index, rules, db->n_rules, &db->re, at);
}

enum err svdb_open(struct arena *run, struct span block, const struct svdb **out, struct err_at *at)
{
    enum err err = seal_check(&svblock_kind, block, at);
    if (err)
        return err;
    struct svdb db = view_of(block);
    err = svdb_view_check(&db, at);
    if (!err)
        err = open_index(run, block, &db, at);
    if (err)
        return err;
    struct svdb *made = arena_alloc(run, sizeof *made);
    *made = db;
    *out = made;
    return ERR_OK;
}

void svdb_close(const struct svdb *db)
{
    re_close(db->re);
}

uint32_t svdb_n_sources(const struct svdb *db)
{
    return svdb_part_n(db, SVPART_SOURCE);
}

struct svdb_source svdb_source_at(const struct svdb *db, uint32_t source)
{
    const struct svblock_source *s = &db->sources[source];
    return (struct svdb_source){svdb_text(db, s->name), (enum err)s->err, s->n_broken, s->rules.n};
}

uint32_t svdb_n_diags(const struct svdb *db)
{
    return svdb_part_n(db, SVPART_DIAG);
}

struct svdb_diag svdb_diag_at(const struct svdb *db, uint32_t diag)
{
    const struct svblock_diag *d = &db->diags[diag];
    struct svdb_diag out = {d->source, {.code = (enum err)d->code, .line = d->line, .col = d->col}};
    out.at.what = db->text + d->what.at;
    memcpy(out.at.token, db->text + d->token.at, d->token.len);
    return out;
}

uint32_t svdb_n_probes(const struct svdb *db)
{
    return svdb_part_n(db, SVPART_PROBE);
}

struct svdb_probe svdb_probe_at(const struct svdb *db, uint32_t probe)
{
    const struct svblock_probe *p = &db->probes[probe];
    return (struct svdb_probe){
        .name = svdb_text(db, p->name),
        .proto = (enum svdb_proto)p->proto,
        .payload = svdb_text(db, p->payload),
        .rarity = p->rarity,
        .total_wait_ms = p->total_wait_ms,
        .tcpwrapped_ms = p->tcpwrapped_ms,
        .no_payload = p->flags & SVPROBE_NO_PAYLOAD,
        .n_rules = p->n_rules,
    };
}

uint32_t svdb_n_rules(const struct svdb *db)
{
    return db->n_rules;
}

struct svdb_rule svdb_rule_at(const struct svdb *db, uint32_t rule)
{
    const struct svblock_rule *r = &db->rules[rule];
    return (struct svdb_rule){
        .service = svdb_text(db, r->service),
        .regex = svdb_text(db, r->regex),
        .is_soft = r->flags & SVRULE_SOFT,
        .is_caseless = r->flags & SVRULE_CASELESS,
        .is_dotall = r->flags & SVRULE_DOTALL,
        .probe = r->probe,
        .source = r->source,
        .line = r->line,
        .templates = svdb_text(db, r->templates),
    };
}

int32_t svdb_null_probe(const struct svdb *db)
{
    return db->head->null_probe == SVBLOCK_NONE ? -1 : (int32_t)db->head->null_probe;
}

int32_t svdb_probe_named(const struct svdb *db, enum svdb_proto proto, struct span name)
{
    for (uint32_t i = 0; i < svdb_part_n(db, SVPART_NAME); i++) {
        const struct svblock_name *n = &db->names[i];
        if (n->proto == proto && span_eq(svdb_text(db, n->name), name))
            return (int32_t)n->probe;
    }
    return -1;
}

static bool has_port(const struct svdb *db, struct svblock_slice s, uint16_t port)
{
    for (uint32_t i = s.first; i < s.first + s.n; i++)
        if (db->ranges[i].lo <= port && port <= db->ranges[i].hi)
            return true;
    return false;
}

bool svdb_lists_port(const struct svdb *db, uint32_t probe, uint16_t port)
{
    return has_port(db, db->probes[probe].ports, port);
}

bool svdb_lists_ssl_port(const struct svdb *db, uint32_t probe, uint16_t port)
{
    return has_port(db, db->probes[probe].ssl_ports, port);
}

bool svdb_excludes(const struct svdb *db, enum svdb_proto proto, uint16_t port)
{
    return has_port(db, db->head->exclude[proto], port);
}

bool svdb_yields(const struct svdb *db, uint32_t probe, struct span service)
{
    uint32_t lo = db->probes[probe].yields.first;
    uint32_t hi = lo + db->probes[probe].yields.n;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        const int order = span_cmp(svdb_text(db, db->yields[mid]), service);
        if (order == 0)
            return true;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

bool svdb_yields_from(const struct svdb *db, uint32_t probe, uint32_t source, struct span service)
{
    const struct svblock_slice chain = db->probes[probe].chain;
    for (uint32_t i = chain.first; i < chain.first + chain.n; i++) {
        const struct svblock_chain *c = &db->chains[i];
        if (c->source != source || c->lo >= c->hi || db->rules[c->lo].probe != probe)
            continue;
        for (uint32_t r = c->lo; r < c->hi; r++)
            if (span_eq(svdb_text(db, db->rules[r].service), service))
                return true;
    }
    return false;
}
