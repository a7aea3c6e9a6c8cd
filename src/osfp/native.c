// SPDX-License-Identifier: Apache-2.0
// What an IPv6 stack shows that has no counterpart over IPv4 (os-ipv6 spec 2.5): the line N6 of a
// subject. Flow labels (F), hop limits (H) and traffic classes (C) of SYN/ACKs (L or S), resets
// (R), echo replies (E) and port unreachables (U); the answers to extension headers (X1, X2), to a
// neighbor solicitation (NF, NL) and to a closed UDP port (UQ, US); the ids of fragments (FI).
#include "osfp/line.h"

#include "osfp/six.h"

enum {
    NEAR = 64,      // flow labels out of a table of connections
    FRAGMENTS = 64, // steps of a counter of fragments
    SAMPLES_MAX = 8,
};

// Values of one field in the order of the probes.
struct samples {
    uint32_t n;
    uint32_t v[SAMPLES_MAX];
};

static const uint8_t synacks[] = {0, 1, 2, 3, 4, 5};
static const uint8_t resets[] = {PROBE_T4, PROBE_T5, PROBE_T6, PROBE_T7};
static const uint8_t echoes[] = {PROBE_IE1, PROBE_IE2, PROBE_X1};

// The first reply of a kind that came, NULL if none did.
static const struct obs_reply *any_of(const struct obs *o, const uint8_t *probes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (line_reply(o, probes[i]))
            return line_reply(o, probes[i]);
    return NULL;
}

static const struct obs_reply *any_echo(const struct obs *o)
{
    return any_of(o, echoes, sizeof echoes);
}

static struct samples flows_of(const struct obs *o, const uint8_t *probes, size_t n)
{
    struct samples s = {0};
    for (size_t i = 0; i < n; i++) {
        const struct obs_reply *r = line_reply(o, probes[i]);
        if (r)
            s.v[s.n++] = r->flow;
    }
    return s;
}

static bool are_all(const struct samples *s, uint32_t value)
{
    for (uint32_t i = 0; i < s->n; i++)
        if (s->v[i] != value)
            return false;
    return true;
}

static bool are_steps(const struct samples *s, uint32_t most)
{
    for (uint32_t i = 0; i + 1 < s->n; i++) {
        const uint32_t step = s->v[i + 1] - s->v[i];
        if (step == 0 || step > most)
            return false;
    }
    return true;
}

// Passt takes the place in a table, which is used again.
static bool are_near(const struct samples *s)
{
    uint32_t least = s->v[0], most = s->v[0];
    for (uint32_t i = 1; i < s->n; i++) {
        least = s->v[i] < least ? s->v[i] : least;
        most = s->v[i] > most ? s->v[i] : most;
    }
    return most - least < NEAR;
}

// Zero, as Sent by us, Constant, near each other (I), Random; O: other, of one value.
static void put_flows(struct line *l, const char *attr, const struct obs *o, const uint8_t *probes,
                      size_t n)
{
    const struct samples s = flows_of(o, probes, n);
    if (s.n == 0)
        return;
    line_put_char(l, attr,
                  are_all(&s, 0)          ? 'Z'
                  : are_all(&s, SIX_FLOW) ? 'S'
                  : s.n == 1              ? 'O'
                  : are_all(&s, s.v[0])   ? 'C'
                  : are_near(&s)          ? 'I'
                                          : 'R');
}

static void put_hops(struct line *l, const char *attr, const struct obs_reply *r)
{
    if (r)
        line_put_hex(l, attr, r->ttl <= 32 ? 32 : r->ttl <= 64 ? 64 : r->ttl <= 128 ? 128 : 255);
}

static void put_class(struct line *l, const char *attr, const struct obs_reply *r)
{
    if (r)
        line_put_hex(l, attr, r->tos);
}

// Silence is told only of hosts that answer echo requests without extension headers.
static void put_extensions(struct line *l, const struct obs *o)
{
    const bool answers_echo = line_reply(o, PROBE_IE1) || line_reply(o, PROBE_IE2);
    const struct obs_reply *x1 = line_reply(o, PROBE_X1);
    const struct obs_reply *x2 = line_reply(o, PROBE_X2);
    if (x1)
        line_put_hex(l, "X1", x1->echo.code);
    else if (answers_echo)
        line_put_char(l, "X1", 'N');
    if (x2 && x2->error.type != 0) {
        line_put_hex(l, "X2", (uint32_t)x2->error.type << 8 | x2->error.code);
        line_put_hex(l, "XP", x2->error.pointer);
        line_put_hex(l, "XQ", x2->error.quoted);
    } else if (x2 || answers_echo) {
        line_put_char(l, "X2", x2 ? 'E' : 'N');
    }
}

static void put_neighbor(struct line *l, const struct obs *o)
{
    const struct obs_reply *r = line_reply(o, PROBE_NS);
    if (r) {
        line_put_hex(l, "NF", r->advert.flags);
        line_put_hex(l, "NL", r->advert.len);
    } else if (o->probe[PROBE_NS].n_sent > 0) {
        line_put_char(l, "NF", 'N');
    }
}

static void put_quote(struct line *l, const struct obs_reply *r)
{
    if (!r)
        return;
    line_put_hex(l, "UQ", r->unreach.n_quoted);
    line_put_char(l, "US", r->unreach.is_foreign ? 'N' : 'Y');
}

static char fragment_class(const struct samples *s)
{
    return are_all(s, 0)              ? 'Z'
           : are_all(s, s->v[0])      ? 'C'
           : are_steps(s, FRAGMENTS)  ? 'I'
           : are_steps(s, UINT16_MAX) ? 'P'
                                      : 'R';
}

// P: steps that are positive and larger; W: the answer came whole; N: none came, though the host
// answers short requests.
static void put_fragments(struct line *l, const struct obs *o)
{
    struct samples ids = {0};
    bool is_whole = false, was_sent = false;
    for (int p = PROBE_F1; p <= PROBE_F3; p++) {
        const struct obs_reply *r = line_reply(o, (enum probe)p);
        was_sent |= o->probe[p].n_sent > 0;
        is_whole |= r && !r->is_fragment;
        if (r && r->is_fragment)
            ids.v[ids.n++] = r->frag_id;
    }
    const bool answers_echo = line_reply(o, PROBE_IE1) || line_reply(o, PROBE_IE2);
    if (is_whole)
        line_put_char(l, "FI", 'W');
    else if (ids.n > 1)
        line_put_char(l, "FI", fragment_class(&ids));
    else if (ids.n == 0 && was_sent && answers_echo)
        line_put_char(l, "FI", 'N');
}

void native_build(const struct line *base, const struct obs *o)
{
    const struct obs_reply *synack = any_of(o, synacks, sizeof synacks);
    const struct obs_reply *u1 = line_reply(o, PROBE_U1);
    static const uint8_t unreachable[] = {PROBE_U1};
    struct line l = line_begin(base, TEST_N6);
    put_flows(&l, "FL", o, synacks, sizeof synacks);
    put_flows(&l, "FR", o, resets, sizeof resets);
    put_flows(&l, "FE", o, echoes, sizeof echoes);
    put_flows(&l, "FU", o, unreachable, sizeof unreachable);
    put_hops(&l, "HS", synack);
    put_hops(&l, "HR", any_of(o, resets, sizeof resets));
    put_hops(&l, "HE", any_echo(o));
    put_hops(&l, "HU", u1);
    put_class(&l, "CS", synack);
    put_class(&l, "CE", line_reply(o, PROBE_IE2)); // asked with class 4
    put_class(&l, "CU", u1);
    put_extensions(&l, o);
    put_neighbor(&l, o);
    put_quote(&l, u1);
    put_fragments(&l, o);
}
