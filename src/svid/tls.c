// SPDX-License-Identifier: Apache-2.0
// TLS inside (spec 2.6). The caller makes the handshake; here is decided when one is tried: on
// ports that stand for TLS, when an answer looks like a TLS record or speaks of TLS, when the
// port stays silent, and when a rule says so. A handshake that succeeds is proof, and its
// connection goes on as the first of the round inside.
#include "svid/state.h"

#include "base/cur.h"

bool tls_try(struct svid *s, uint64_t now_ns)
{
    if (s->tls != TLS_IDLE || !conn_open(s, WORK_TLS, TUNNEL_TLS, now_ns))
        return false;
    s->tls = TLS_TRIES;
    s->tls_ns = now_ns;
    return true;
}

static bool is_from_outside(const struct found *hard)
{
    return span_starts(hard->rule.service, SPAN("ssl/"));
}

// After a rule that names TLS.
enum tls_way tls_enter(struct svid *s, const struct found *hard, uint64_t now_ns)
{
    const bool is_plain_name = !span_eq(hard->rule.service, SPAN("ssl"));
    if (is_plain_name && (s->cfg.is_serial || !is_from_outside(hard)))
        return TLS_NO_WAY;
    if (s->cfg.is_serial) {
        s->tls = TLS_INSIDE;
        plan_round(s, TUNNEL_TLS, now_ns);
        return TLS_MOVED;
    }
    if (is_plain_name)
        s->outer = hard;
    if (s->tls == TLS_IDLE) {
        conn_close_all(s, now_ns);
        return tls_try(s, now_ns) ? TLS_MOVED : TLS_WAIT;
    }
    return s->tls == TLS_TRIES ? TLS_WAIT : TLS_NO_WAY;
}

// The rule says TLS, the handshake failed: whatever is inside stays unknown.
bool tls_has_failed(const struct svid *s, const struct found *hard)
{
    return s->tls == TLS_FAILED && s->round.tunnel == TUNNEL_NONE && hard &&
           span_eq(hard->rule.service, SPAN("ssl"));
}

void tls_note(struct svid *s, const struct tls_facts *facts)
{
    if (!facts || (s->facts && (s->facts->has_certificate || !facts->has_certificate)))
        return;
    struct tls_facts *to = arena_alloc(s->arena, sizeof *to);
    struct span *names = arena_array(s->arena, facts->n_names, sizeof *names);
    *to = *facts;
    to->version = arena_copy(s->arena, facts->version);
    to->cipher = arena_copy(s->arena, facts->cipher);
    to->alpn = arena_copy(s->arena, facts->alpn);
    to->subject = arena_copy(s->arena, facts->subject);
    to->issuer = arena_copy(s->arena, facts->issuer);
    for (uint32_t i = 0; i < facts->n_names; i++)
        names[i] = arena_copy(s->arena, facts->names[i]);
    to->names = names;
    s->facts = to;
}

// The connection of a handshake on suspicion goes on as the first one of the round inside.
void tls_opened(struct svid *s, struct conn *c, const struct tls_facts *facts, uint64_t now_ns)
{
    const struct conn kept = *c;
    const uint32_t i = (uint32_t)(c - s->conn);
    c->state = CONN_FREE;
    s->tls = TLS_INSIDE;
    tls_note(s, facts);
    plan_round(s, TUNNEL_TLS, now_ns);
    *c = kept;
    c->state = CONN_OPEN;
    c->opened_ns = now_ns;
    c->turn_ns = 0;
    c->is_crowded = false;
    if (s->round.n == 0 || !s->round.asks[0].is_null) {
        c->work = NO_CONN;
        s->parked = (int32_t)i;
        return;
    }
    c->work = 0;
    s->round.asks[0].state = ASK_RUNS;
    s->round.asks[0].conn = (int32_t)i;
}

void tls_failed(struct svid *s, const struct tls_facts *facts, bool is_handshake)
{
    s->tls = TLS_FAILED;
    if (is_handshake && facts && facts->has_certificate)
        tls_note(s, facts);
}

static bool is_record(struct span bytes)
{
    struct cur c = cur_of(bytes.ptr, bytes.len);
    const uint8_t type = cur_u8(&c);
    const uint8_t major = cur_u8(&c);
    const uint8_t minor = cur_u8(&c);
    const uint16_t len = cur_be16(&c);
    const bool is_type = type == 0x15 || type == 0x16; // alert, handshake: RFC 8446 section 5.1
    return !c.bad && is_type && major == 3 && minor <= 4 && len > 0 && len <= 16640;
}

// "... plain HTTP request was sent to HTTPS port", "... use TLS": servers say it in words.
static bool speaks_of_tls(struct span bytes)
{
    static const char *const words[] = {"HTTPS", "TLS"};
    if (!span_starts(bytes, SPAN("HTTP/1.")))
        return false;
    const struct span head = span_head(bytes, 1024);
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        const struct span word = span_str(words[w]);
        for (size_t i = 0; i + word.len <= head.len; i++)
            if (span_eq_nocase(span_head(span_from(head, i), word.len), word))
                return true;
    }
    return false;
}

bool tls_is_hint(struct span bytes)
{
    return is_record(bytes) ||
           (bytes.len > 12 && memcmp(bytes.ptr + 9, "400", 3) == 0 && speaks_of_tls(bytes));
}
