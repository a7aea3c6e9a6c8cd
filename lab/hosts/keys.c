// SPDX-License-Identifier: Apache-2.0
// The "key = value" lines of a personality: what no fingerprint tells, such as ports, and what is
// handy to override, such as one TTL for everything. Reference: the list of keys in
// doc/scenarios.md.
#include "lab/hosts/hosts.h"

#include "base/text.h"

struct door_key {
    const char *name;
    enum door door;
    bool is_udp;
};

static const struct door_key door_keys[] = {
    {"open", DOOR_OPEN, false},
    {"closed", DOOR_CLOSED, false},
    {"filtered", DOOR_FILTERED, false},
    {"reject", DOOR_REJECT, false},
    {"udp-open", DOOR_OPEN, true},
    {"udp-closed", DOOR_CLOSED, true},
    {"udp-filtered", DOOR_FILTERED, true},
    {"udp-reject", DOOR_REJECT, true},
};

bool personality_door(struct span name, enum door *door, bool *is_udp)
{
    for (size_t i = 0; i < sizeof door_keys / sizeof door_keys[0]; i++) {
        if (!span_eq(name, span_str(door_keys[i].name)))
            continue;
        *door = door_keys[i].door;
        *is_udp = door_keys[i].is_udp;
        return true;
    }
    return false;
}

static enum err decimal(struct span text, uint64_t max, uint64_t *out, struct err_at *at)
{
    return text_dec(text, max, out) ? ERR_OK : err_set(at, ERR_RANGE, "not a number", text);
}

static enum err boolean(struct span text, bool *out, struct err_at *at)
{
    *out = span_eq(text, SPAN("yes"));
    return *out || span_eq(text, SPAN("no")) ? ERR_OK
                                             : err_set(at, ERR_SYNTAX, "not yes or no", text);
}

// "random", "constant", "step N", "clock HZ"
static enum err set_isn(struct pers_isn *isn, struct span text, struct err_at *at)
{
    uint64_t v = 0;
    struct span rest = text;
    const struct span kind = span_cut(&rest, ' ');
    *isn = (struct pers_isn){.kind = PERS_ISN_STEP};
    if (span_eq(kind, SPAN("constant")))
        return ERR_OK;
    if (span_eq(kind, SPAN("random"))) {
        isn->kind = PERS_ISN_RANDOM;
        return ERR_OK;
    }
    const bool is_clock = span_eq(kind, SPAN("clock"));
    if (!is_clock && !span_eq(kind, SPAN("step")))
        return err_set(at, ERR_SYNTAX, "not random, constant, step or clock", kind);
    const enum err err = decimal(span_trim(rest), UINT32_MAX, &v, at);
    isn->kind = is_clock ? PERS_ISN_CLOCK : PERS_ISN_STEP;
    isn->hz = (uint32_t)v;
    for (int i = 0; i < PERS_ISN_STEPS; i++)
        isn->step[i] = (uint32_t)v;
    return err;
}

static void set_ttl(struct personality *p, uint8_t ttl)
{
    for (int i = 0; i < PERS_TCP_COUNT; i++)
        p->tcp[i].ttl = ttl;
    p->unreach.ttl = ttl;
    p->echo.ttl = ttl;
}

static enum err number_key(struct personality *p, struct span key, struct span text,
                           struct err_at *at)
{
    uint64_t v = 0;
    const bool is_ttl = span_eq(key, SPAN("ttl"));
    const bool is_code = span_eq(key, SPAN("reject-code"));
    if (!is_ttl && !is_code && !span_eq(key, SPAN("uptime")))
        return err_set(at, ERR_SYNTAX, "unknown key", key);
    const enum err err = decimal(text, is_ttl ? 255 : is_code ? 15 : 1000000000, &v, at);
    if (err)
        return err;
    if (is_ttl)
        set_ttl(p, (uint8_t)v);
    else if (is_code)
        p->reject_code = (uint8_t)v;
    else
        p->clock.uptime_s = (uint32_t)v;
    return ERR_OK;
}

enum err personality_key(struct personality *p, struct span line, struct err_at *at)
{
    struct span value = line;
    const struct span key = span_trim(span_cut(&value, '='));
    enum door door;
    bool is_udp;
    if (span_is_absent(value))
        return err_set(at, ERR_SYNTAX, "neither a test line nor key = value", line);
    value = span_trim(value);
    if (personality_door(key, &door, &is_udp))
        return doors_add(is_udp ? &p->udp_doors : &p->tcp_doors, value, door, at);
    if (span_eq(key, SPAN("isn")))
        return set_isn(&p->isn, value, at);
    if (span_eq(key, SPAN("ping")))
        return boolean(value, &p->echo.is_sent, at);
    if (span_eq(key, SPAN("timestamp")))
        return boolean(value, &p->echo.has_timestamp, at);
    return number_key(p, key, value, at);
}
