// SPDX-License-Identifier: Apache-2.0
// The host that a text speaks of: "Nmap scan report for NAME (ADDRESS)" of normal output,
// <host>, <address addr="..."> and <hostname name="..."> of XML, "host", "address", "addr" or
// "ip" of JSON. What does not parse as an address is none, so other uses of these words are
// harmless.
#include "base/ip.h"
#include "saved/parts.h"

static void forget(struct context *c)
{
    c->n_name = 0;
    c->n_addr = 0;
}

static void set_name(struct context *c, struct span s)
{
    const struct span cut = span_head(s, sizeof c->name);
    memcpy(c->name, cut.ptr, cut.len);
    c->n_name = (uint32_t)cut.len;
}

static bool set_addr(struct context *c, struct span s)
{
    struct ip_addr addr;
    if (s.len > sizeof c->addr || !ip_parse(s, &addr))
        return false;
    memcpy(c->addr, s.ptr, s.len);
    c->n_addr = (uint32_t)s.len;
    return true;
}

// Behind "Nmap scan report for".
static void heading_token(struct context *c, struct span s)
{
    if (s.len > 2 && s.ptr[0] == '(' && s.ptr[s.len - 1] == ')') {
        set_addr(c, span_head(span_from(s, 1), s.len - 2));
        return;
    }
    if (c->n_name > 0 || c->n_addr > 0)
        return;
    if (!set_addr(c, s))
        set_name(c, s);
}

static bool is_heading_word(const struct context *c, struct span s)
{
    static const char *const words[] = {"Nmap", "scan", "report", "for"};
    return c->n_heading < 4 && span_eq(s, span_str(words[c->n_heading]));
}

static char key_of(const struct token *t)
{
    static const struct span addrs[] = {
        {"addr=", 5}, {"addr", 4}, {"address", 7}, {"host", 4}, {"ip", 2},
    };
    for (size_t i = 0; i < sizeof addrs / sizeof addrs[0]; i++)
        if (span_eq(t->text, addrs[i]) && (i == 0 || t->before == '"'))
            return 'a';
    return 0;
}

static void keyed_token(struct context *c, const struct token *t)
{
    const char key = c->key;
    const struct span s = t->text;
    if (key == 'h') { // <hostname
        c->key = span_eq(s, SPAN("name=")) ? 'n' : 0;
        return;
    }
    c->key = 0;
    if (key == 'n' && c->n_name == 0)
        set_name(c, s);
    else if (key == 'a' && !set_addr(c, s))
        c->key = key_of(t); // the word was a value: {"type":"host","addr":"..."}
}

void context_token(struct context *c, const struct token *t)
{
    if (c->n_heading == 4) {
        heading_token(c, t->text);
        return;
    }
    if (is_heading_word(c, t->text)) {
        if (++c->n_heading == 4)
            forget(c);
        return;
    }
    c->n_heading = 0;
    if (t->before == '<' && (span_eq(t->text, SPAN("host")) || span_eq(t->text, SPAN("/host")))) {
        forget(c);
        c->key = 0;
        return;
    }
    if (t->before == '<' && span_eq(t->text, SPAN("hostname"))) {
        c->key = 'h';
        return;
    }
    if (c->key && span_eq(t->text, SPAN(":"))) // between key and value in JSON
        return;
    if (c->key)
        keyed_token(c, t);
    else
        c->key = key_of(t);
}

void context_line_end(struct context *c, bool is_object)
{
    if (is_object)
        forget(c);
    c->n_heading = 0;
    c->key = 0;
}
