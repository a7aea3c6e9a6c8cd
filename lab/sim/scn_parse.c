// SPDX-License-Identifier: Apache-2.0
// The statements of a scenario, one a line: what the network is like, who is in it, what runs and
// what is expected. In: the whole text. Out: struct scn, in the caller's arena. A "for" line makes
// several variants of the scenario; one call reads one of them. Errors carry line, column, token,
// and the included file they are in.
#include "lab/sim/scn_read.h"

#include "base/buf.h"
#include "base/text.h"

static enum err read_statements(struct scn_reader *r);

static enum err read_link(struct scn_reader *r)
{
    struct scn_token t;
    bool is_link;
    for (;;) {
        enum err err = scn_peek(r, &t);
        if (err || t.kind != SCN_WORD)
            return err ? err : scn_line_end(r);
        err = scn_take(r, &t);
        if (!err)
            err = scn_link_item(r, t.text, &r->scn->config.link, &is_link);
        if (!err && !is_link)
            err = scn_fail(r, ERR_SYNTAX, "not a property of links", &t);
        if (err)
            return err;
    }
}

// "interface tun0 p2p 10.8.0.1/24"
static enum err read_interface(struct scn_reader *r)
{
    struct scn_token name, kind, net;
    struct ip_addr addr;
    uint64_t bits;
    struct sim_config *c = &r->scn->config;
    enum err err = scn_word(r, &name);
    err = err ? err : scn_word(r, &kind);
    err = err ? err : scn_word(r, &net);
    if (err)
        return err;
    if (c->n_ifaces == SIM_IFACES)
        return scn_fail(r, ERR_LIMIT, "too many interfaces", &name);
    struct sim_iface *to = &c->iface[c->n_ifaces++];
    *to = (struct sim_iface){.kind = span_eq(kind.text, SPAN("p2p")) ? SIM_P2P : SIM_ETHERNET};
    if (to->kind == SIM_ETHERNET && !span_eq(kind.text, SPAN("ethernet")))
        return scn_fail(r, ERR_SYNTAX, "not ethernet or p2p", &kind);
    struct span len = net.text;
    const struct span head = span_cut(&len, '/');
    if (!ip_parse(head, &addr) || addr.family != IP_V4 || span_is_absent(len) ||
        !text_dec(len, 32, &bits))
        return scn_fail(r, ERR_SYNTAX, "not an address with prefix length", &net);
    memcpy(to->name, name.text.ptr, name.text.len < IO_NAME_MAX ? name.text.len : IO_NAME_MAX - 1);
    to->addr = ip_v4_u32(&addr);
    to->bits = (uint8_t)bits;
    return scn_line_end(r);
}

// "personality NAME [like OTHER] { text }"
static enum err read_personality(struct scn_reader *r)
{
    struct scn_token t;
    struct scn_personality *p = arena_alloc(r->arena, sizeof *p);
    struct span text;
    struct err_at at = {0};
    uint32_t line = 0;
    enum err err = scn_word(r, &t);
    p->name = arena_copy(r->arena, t.text);
    personality_init(&p->personality);
    err = err ? err : scn_take(r, &t);
    if (!err && t.kind == SCN_WORD && span_eq(t.text, SPAN("like"))) {
        err = scn_word(r, &t);
        const struct personality *base = err ? NULL : scn_personality(r->scn, t.text);
        if (!err && !base)
            err = scn_fail(r, ERR_SYNTAX, "unknown personality", &t);
        if (base)
            p->personality = *base;
        err = err ? err : scn_take(r, &t);
    }
    if (!err && t.kind != SCN_OPEN)
        err = scn_fail(r, ERR_SYNTAX, "\"{\" expected", &t);
    err = err ? err : scn_raw_block(r, &text, &line);
    if (err)
        return err;
    err = personality_parse(text, &p->personality, &at);
    if (err && r->at) {
        *r->at = at;
        r->at->line += line - 1;
    }
    p->next = r->scn->personalities;
    r->scn->personalities = p;
    return err ? err : scn_line_end(r);
}

static enum err read_run(struct scn_reader *r, const struct scn_token *keyword)
{
    struct scn *s = r->scn;
    struct scn_token t;
    if (s->argc > 0)
        return scn_fail(r, ERR_SYNTAX, "a second run", keyword);
    s->argv[s->argc++] = "whorl";
    for (;;) {
        const enum err err = scn_take(r, &t);
        if (err || t.kind == SCN_NEWLINE || t.kind == SCN_END)
            return err;
        if (t.kind != SCN_WORD)
            return scn_fail(r, ERR_SYNTAX, "quote braces in arguments", &t);
        if (s->argc == SCN_ARGS_MAX)
            return scn_fail(r, ERR_LIMIT, "too many arguments", &t);
        s->argv[s->argc++] = arena_copy(r->arena, t.text).ptr;
        s->argv[s->argc] = NULL;
    }
}

static void add_label(struct scn_reader *r, struct span value)
{
    char space[256];
    struct buf b;
    buf_init(&b, space, sizeof space);
    buf_bytes(&b, r->scn->label);
    if (r->scn->label.len > 0)
        buf_char(&b, ' ');
    buf_bytes(&b, value);
    r->scn->label = arena_copy(r->arena, buf_span(&b));
}

// "for NAME in A B C": the value is the one of this variant.
static enum err read_for(struct scn_reader *r)
{
    struct scn_token name, t;
    struct span value[SCN_ARGS_MAX];
    uint32_t n = 0;
    enum err err = scn_word(r, &name);
    err = err ? err : scn_word(r, &t);
    if (!err && !span_eq(t.text, SPAN("in")))
        err = scn_fail(r, ERR_SYNTAX, "\"in\" expected", &t);
    while (!err) {
        err = scn_take(r, &t);
        if (err || t.kind != SCN_WORD)
            break;
        if (n == SCN_ARGS_MAX)
            return scn_fail(r, ERR_LIMIT, "too many values", &t);
        value[n++] = t.text;
    }
    if (err)
        return err;
    if (n == 0 || (t.kind != SCN_NEWLINE && t.kind != SCN_END))
        return scn_fail(r, ERR_SYNTAX, "values expected", &t);
    if (r->scn->n_variants * n > SCN_VARIANTS_MAX)
        return scn_fail(r, ERR_LIMIT, "too many variants", &name);
    struct scn_var *v = arena_alloc(r->arena, sizeof *v);
    *v = (struct scn_var){r->vars, arena_copy(r->arena, name.text), value[r->variant % n]};
    r->vars = v;
    r->variant /= n;
    r->scn->n_variants *= n;
    add_label(r, v->value);
    return ERR_OK;
}

static enum err read_include(struct scn_reader *r)
{
    struct scn_token t;
    enum err err = scn_word(r, &t);
    err = err ? err : scn_line_end(r);
    if (err)
        return err;
    if (r->depth == SCN_INCLUDE_DEPTH)
        return scn_fail(r, ERR_LIMIT, "includes too deep", &t);
    struct scn_reader inner = *r;
    inner.text = r->files ? r->files->load(r->files->ctx, r->arena, t.text) : (struct span){0};
    if (span_is_absent(inner.text) || inner.text.len > SCN_TEXT_MAX)
        return scn_fail(r, ERR_SYS, "cannot read file", &t);
    inner.pos = inner.line_start = 0;
    inner.line = 1;
    inner.depth = r->depth + 1;
    const struct span outer_file = r->scn->file;
    r->scn->file = arena_copy(r->arena, t.text);
    err = read_statements(&inner);
    if (err)
        return err;
    r->scn->file = outer_file;
    r->vars = inner.vars;
    r->variant = inner.variant;
    return ERR_OK;
}

static enum err read_text(struct scn_reader *r, struct span *out)
{
    struct scn_token t;
    const enum err err = scn_word(r, &t);
    if (!err)
        *out = arena_copy(r->arena, t.text);
    return err;
}

static enum err read_narrow(struct scn_reader *r, struct narrow *out)
{
    uint64_t rate, queue;
    enum err err = scn_number(r, 1 << 24, &rate);
    if (!err)
        err = scn_number(r, 1 << 20, &queue);
    if (!err)
        *out = (struct narrow){.rate = (uint32_t)rate, .queue = (uint32_t)queue};
    return err;
}

static enum err read_setting(struct scn_reader *r, const struct scn_token *key)
{
    struct sim_config *c = &r->scn->config;
    uint64_t v = 0;
    enum err err;
    if (span_eq(key->text, SPAN("known"))) {
        err = read_text(r, &r->scn->known);
    } else if (span_eq(key->text, SPAN("seed"))) {
        err = scn_number(r, UINT32_MAX, &c->seed);
    } else if (span_eq(key->text, SPAN("gateway"))) {
        err = scn_address(r, &c->gateway);
    } else if (span_eq(key->text, SPAN("busy"))) {
        err = scn_share(r, &c->busy);
    } else if (span_eq(key->text, SPAN("queue"))) {
        err = scn_number(r, 1 << 20, &v);
        c->queue = (uint32_t)v;
    } else if (span_eq(key->text, SPAN("bottleneck"))) {
        err = read_narrow(r, &c->narrow);
    } else if (span_eq(key->text, SPAN("streams"))) {
        err = scn_number(r, 1 << 20, &v);
        c->streams = (uint32_t)v;
    } else if (span_eq(key->text, SPAN("round"))) {
        err = scn_time(r, &c->round_ns);
    } else if (span_eq(key->text, SPAN("stop"))) {
        err = scn_time(r, &c->stop_ns);
    } else if (span_eq(key->text, SPAN("limit"))) {
        err = scn_time(r, &c->limit_ns);
    } else if (span_eq(key->text, SPAN("clock"))) {
        err = scn_number(r, UINT32_MAX, &v);
        c->unix_s = (int64_t)v;
    } else {
        err = scn_fail(r, ERR_SYNTAX, "unknown statement", key);
    }
    return err ? err : scn_line_end(r);
}

static enum err read_statement(struct scn_reader *r, const struct scn_token *key)
{
    if (span_eq(key->text, SPAN("host")))
        return scn_read_host(r);
    if (span_eq(key->text, SPAN("expect")))
        return scn_read_expect(r, key->line);
    if (span_eq(key->text, SPAN("personality")))
        return read_personality(r);
    if (span_eq(key->text, SPAN("link")))
        return read_link(r);
    if (span_eq(key->text, SPAN("run")))
        return read_run(r, key);
    if (span_eq(key->text, SPAN("for")))
        return read_for(r);
    if (span_eq(key->text, SPAN("include")))
        return read_include(r);
    if (span_eq(key->text, SPAN("interface")))
        return read_interface(r);
    return read_setting(r, key);
}

static enum err read_statements(struct scn_reader *r)
{
    struct scn_token t;
    for (;;) {
        enum err err = scn_take(r, &t);
        if (err || t.kind == SCN_END)
            return err;
        if (t.kind == SCN_NEWLINE)
            continue;
        err = t.kind == SCN_WORD ? read_statement(r, &t)
                                 : scn_fail(r, ERR_SYNTAX, "a statement expected", &t);
        if (err)
            return err;
    }
}

enum err scn_parse(struct arena *arena, const struct scn_files *files, struct span text,
                   uint32_t variant, struct scn *out, struct err_at *at)
{
    *out = (struct scn){.n_variants = 1, .label = SPAN("")};
    out->config.seed = 1;
    out->config.unix_s = 1750000000; // a fixed day in June 2025
    out->config.limit_ns = (uint64_t)24 * 3600 * 1000000000u;
    out->config.link.delay_ns = 100000;
    if (at)
        *at = (struct err_at){0};
    if (text.len > SCN_TEXT_MAX)
        return err_set(at, ERR_LIMIT, "scenario too long", span_head(text, 0));
    struct scn_reader r = {.arena = arena,
                           .files = files,
                           .scn = out,
                           .at = at,
                           .text = text,
                           .line = 1,
                           .variant = variant};
    return read_statements(&r);
}

void scn_build(struct arena *arena, struct scn *scn)
{
    struct sim_host *hosts = arena_array(arena, scn->n_entries, sizeof *hosts);
    uint32_t i = scn->n_entries;
    for (const struct scn_entry *e = scn->entries; e; e = e->next)
        hosts[--i] = e->host;
    scn->config.hosts = hosts;
    scn->config.n_hosts = scn->n_entries;
}
