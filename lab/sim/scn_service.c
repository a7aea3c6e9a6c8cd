// SPDX-License-Identifier: Apache-2.0
// "service PORT/tcp { ... }" in the braces of a host: a script of rules, one a line. See
// doc/scenarios.md.
#include "lab/sim/scn_read.h"

#include "base/text.h"

enum { FLOOD_MAX = 1 << 30 };

static enum err read_text(struct scn_reader *r, struct span *out)
{
    struct scn_token t;
    const enum err err = scn_word(r, &t);
    if (!err)
        *out = arena_copy(r->arena, t.text);
    return err;
}

static enum err expect_word(struct scn_reader *r, struct span word, const char *what)
{
    struct scn_token t;
    const enum err err = scn_word(r, &t);
    if (err || span_eq(t.text, word))
        return err;
    return scn_fail(r, ERR_SYNTAX, what, &t);
}

// Of "on": "connect", "data", 'data "TEXT"' or 'data ~"TEXT"'.
static enum err read_event(struct scn_reader *r, struct sim_rule *rule)
{
    struct scn_token t;
    enum err err = scn_word(r, &t);
    if (err || span_eq(t.text, SPAN("connect")))
        return err;
    if (!span_eq(t.text, SPAN("data")))
        return scn_fail(r, ERR_SYNTAX, "not connect or data", &t);
    rule->is_data = true;
    err = scn_peek(r, &t);
    if (err || t.kind != SCN_WORD)
        return err;
    const bool is_part = !t.is_quoted && span_eq(t.text, SPAN("~"));
    if (!t.is_quoted && !is_part)
        return ERR_OK;
    rule->is_whole = !is_part;
    if (is_part)
        err = scn_take(r, &t);
    return err ? err : read_text(r, &rule->wanted);
}

static enum err read_drip(struct scn_reader *r, struct sim_act *act)
{
    enum err err = read_text(r, &act->text);
    err = err ? err : expect_word(r, SPAN("each"), "\"each\" expected");
    return err ? err : scn_time(r, &act->each_ns);
}

static enum err read_act(struct scn_reader *r, struct sim_rule *rule, const struct scn_token *key)
{
    static const struct {
        const char *name;
        enum sim_act_kind kind;
    } kinds[] = {{"send", SIM_SEND}, {"echo", SIM_ECHO},   {"flood", SIM_FLOOD},
                 {"drip", SIM_DRIP}, {"close", SIM_CLOSE}, {"reset", SIM_RESET}};
    const size_t n = sizeof kinds / sizeof kinds[0];
    size_t i = 0;
    while (i < n && !span_eq(key->text, span_str(kinds[i].name)))
        i++;
    if (i == n)
        return scn_fail(r, ERR_SYNTAX, "not an act of a service", key);
    if (rule->n_acts == SIM_ACTS)
        return scn_fail(r, ERR_LIMIT, "too many acts", key);
    struct sim_act *act = &rule->act[rule->n_acts++];
    act->kind = kinds[i].kind;
    switch (act->kind) {
    case SIM_SEND:
        return read_text(r, &act->text);
    case SIM_FLOOD:
        return scn_number(r, FLOOD_MAX, &act->number);
    case SIM_DRIP:
        return read_drip(r, act);
    default:
        return ERR_OK;
    }
}

// The first word has been taken; up to the end of the line or the '}', which is left.
static enum err read_rule(struct scn_reader *r, struct sim_rule *rule, struct scn_token t)
{
    for (;;) {
        enum err err;
        if (span_eq(t.text, SPAN("on")))
            err = read_event(r, rule);
        else if (span_eq(t.text, SPAN("after")))
            err = scn_time(r, &rule->after_ns);
        else
            err = read_act(r, rule, &t);
        err = err ? err : scn_peek(r, &t);
        if (err || t.kind != SCN_WORD)
            return err;
        err = scn_take(r, &t);
        if (err)
            return err;
    }
}

static enum err read_rules(struct scn_reader *r, struct sim_service *s)
{
    const struct sim_rule **last = &s->rules;
    struct scn_token t;
    for (;;) {
        enum err err = scn_take(r, &t);
        if (err || t.kind == SCN_CLOSE)
            return err;
        if (t.kind == SCN_NEWLINE)
            continue;
        if (t.kind != SCN_WORD)
            return scn_fail(r, ERR_SYNTAX, "block without end", &t);
        if (span_eq(t.text, SPAN("single")) || span_eq(t.text, SPAN("silent"))) {
            s->is_single = s->is_single || t.text.ptr[2] == 'n';
            continue;
        }
        struct sim_rule *rule = arena_alloc(r->arena, sizeof *rule);
        rule->wanted = SPAN("");
        err = read_rule(r, rule, t);
        if (err)
            return err;
        *last = rule;
        last = &rule->next;
    }
}

enum err scn_read_service(struct scn_reader *r, struct sim_host *h)
{
    struct scn_token t, open;
    struct err_at at = {0};
    uint64_t port = 0;
    struct sim_service *s = arena_alloc(r->arena, sizeof *s);
    enum err err = scn_word(r, &t);
    err = err ? err : scn_take(r, &open);
    if (err)
        return err;
    struct span proto = t.text;
    const struct span number = span_cut(&proto, '/');
    s->is_udp = span_eq(proto, SPAN("udp"));
    if (!text_dec(number, UINT16_MAX, &port) || (!s->is_udp && !span_eq(proto, SPAN("tcp"))))
        return scn_fail(r, ERR_SYNTAX, "not PORT/tcp or PORT/udp", &t);
    if (open.kind != SCN_OPEN)
        return scn_fail(r, ERR_SYNTAX, "\"{\" expected", &open);
    s->port = (uint16_t)port;
    err = doors_add(s->is_udp ? &h->udp_doors : &h->tcp_doors, number, DOOR_OPEN, &at);
    if (err)
        return scn_fail(r, err, at.what, &t);
    s->next = h->services;
    h->services = s;
    return read_rules(r, s);
}
