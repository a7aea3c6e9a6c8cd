// SPDX-License-Identifier: Apache-2.0
#include "cli/opts_packet.h"

#include "base/text.h"
#include "cli/opts.h"
#include "stage/probe.h"

static enum err parse_number(struct span value, uint64_t lo, uint64_t hi, uint32_t *out,
                             struct err_at *at, const char *what)
{
    uint64_t n;
    if (!text_dec(value, hi, &n) || n < lo)
        return err_set(at, ERR_RANGE, what, value);
    *out = (uint32_t)n;
    return ERR_OK;
}

enum err parse_ttl(struct opts *o, struct span value, struct err_at *at)
{
    uint32_t n = 0;
    const enum err e = parse_number(value, 0, 255, &n, at, "must be a number from 0 to 255");
    if (e == ERR_OK)
        o->packet.ttl = (int)n;
    return e;
}

enum err parse_source_port(struct opts *o, struct span value, struct err_at *at)
{
    uint32_t n = 0;
    const enum err e = parse_number(value, 1, 65535, &n, at, "must be a port, 1 to 65535");
    if (e == ERR_OK)
        o->packet.source_port = (uint16_t)n;
    return e;
}

enum err parse_source(struct opts *o, struct span value, struct err_at *at)
{
    struct ip_addr a;
    if (!ip_parse(value, &a))
        return err_set(at, ERR_SYNTAX, "must be an address", value);
    *(a.family == IP_V6 ? &o->packet.source6 : &o->packet.source4) = a;
    return ERR_OK;
}

static enum err add_random(struct opts_packet *p, struct span item, struct err_at *at)
{
    struct span count = item;
    uint32_t n = 1;
    span_cut(&count, ':');
    if (!span_is_absent(count) &&
        parse_number(count, 1, LIMIT_DECOYS, &n, at, "must be RND or RND:number") != ERR_OK)
        return ERR_RANGE;
    p->n_random_decoys += n;
    return p->n_decoys + p->n_random_decoys > LIMIT_DECOYS - 1
               ? err_set(at, ERR_LIMIT, "these are too many decoys", item)
               : ERR_OK;
}

static enum err add_decoy(struct opts_packet *p, struct span item, struct err_at *at)
{
    struct ip_addr a = {0};
    const bool is_me = span_eq_nocase(item, SPAN("ME"));
    if (span_eq_nocase(span_head(item, 3), SPAN("RND")))
        return add_random(p, item, at);
    if (!is_me && !ip_parse(item, &a))
        return err_set(at, ERR_SYNTAX, "decoys are addresses, ME, RND or RND:number", item);
    if (is_me && p->is_place_given)
        return err_set(at, ERR_SYNTAX, "ME may be given once", item);
    if (p->n_decoys + p->n_random_decoys > LIMIT_DECOYS - 2)
        return err_set(at, ERR_LIMIT, "these are too many decoys", item);
    p->is_place_given |= is_me;
    p->decoys[p->n_decoys++] = a;
    return ERR_OK;
}

enum err parse_decoys(struct opts *o, struct span value, struct err_at *at)
{
    struct span rest = value;
    while (!span_is_absent(rest)) {
        const enum err e = add_decoy(&o->packet, span_cut(&rest, ','), at);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

enum err parse_mtu(struct opts *o, struct span value, struct err_at *at)
{
    uint64_t n;
    if (!text_dec(value, 65528, &n) || n == 0 || n % 8 != 0)
        return err_set(at, ERR_RANGE, "must be a multiple of 8, such as 24", value);
    o->packet.fragments = (uint32_t)n;
    return ERR_OK;
}

static enum err check_one_data(const struct opts *o, struct err_at *at, struct span value)
{
    const struct opts_packet *p = &o->packet;
    if (span_is_absent(p->data) && span_is_absent(p->hex) && !p->has_data_length)
        return ERR_OK;
    return err_set(at, ERR_SYNTAX, "only one of --data, --data-string and --data-length", value);
}

// "0xAABB", "\xAA\xBB" or "AABB": the digits, checked.
enum err parse_data(struct opts *o, struct span value, struct err_at *at)
{
    struct span rest = span_starts(value, SPAN("0x")) ? span_from(value, 2) : value;
    const bool is_escaped = span_starts(rest, SPAN("\\x"));
    size_t n = 0;
    for (; rest.len > 0; n++) {
        if (is_escaped && !span_starts(rest, SPAN("\\x")))
            break;
        rest = span_from(rest, is_escaped ? 2 : 0);
        if (rest.len < 2 || !text_is_hex(rest.ptr[0]) || !text_is_hex(rest.ptr[1]))
            break;
        rest = span_from(rest, 2);
    }
    if (n == 0 || rest.len > 0 || n > PROBE_DATA_MAX)
        return err_set(at, ERR_SYNTAX, "must be 1 to 1400 bytes as 0xAABB, \\xAA\\xBB or AABB",
                       value);
    const enum err e = check_one_data(o, at, value);
    o->packet.hex = value;
    return e;
}

enum err parse_data_string(struct opts *o, struct span value, struct err_at *at)
{
    if (value.len > PROBE_DATA_MAX)
        return err_set(at, ERR_RANGE, "may have 1400 bytes", value);
    const enum err e = check_one_data(o, at, value);
    o->packet.data = value;
    return e;
}

enum err parse_data_length(struct opts *o, struct span value, struct err_at *at)
{
    uint32_t n = 0;
    enum err e = parse_number(value, 0, PROBE_DATA_MAX, &n, at, "must be a number up to 1400");
    if (e == ERR_OK)
        e = check_one_data(o, at, value);
    if (e != ERR_OK)
        return e;
    o->packet.data_length = n;
    o->packet.has_data_length = true;
    return ERR_OK;
}

// Numbers without a unit are seconds; so large ones were meant as milliseconds (spec 5.1).
bool opts_is_bare(struct span value, uint64_t most_bare_s)
{
    uint64_t bare;
    return text_dec(value, UINT64_MAX, &bare) && bare >= most_bare_s;
}

static enum err parse_span_of_time(struct span value, uint64_t most_bare_s, uint64_t *out,
                                   struct err_at *at)
{
    if (opts_is_bare(value, most_bare_s))
        return err_set(at, ERR_RANGE, "is taken as seconds; write ms behind milliseconds", value);
    if (!text_time(value, out))
        return err_set(at, ERR_RANGE, "must be a time such as 500ms or 2s", value);
    return ERR_OK;
}

static enum err parse_rtt(struct span value, uint64_t *out, struct err_at *at)
{
    const enum err e = parse_span_of_time(value, 50, out, at);
    if (e == ERR_OK && *out < 5000000)
        return err_set(at, ERR_RANGE, "must be at least 5ms", value);
    return e;
}

enum err parse_min_rtt(struct opts *o, struct span value, struct err_at *at)
{
    const enum err e = parse_span_of_time(value, 50, &o->pace.min_rtt_ns, at);
    if (e == ERR_OK && o->pace.min_rtt_ns == 0)
        o->pace.min_rtt_ns = 1000000;
    return e;
}

enum err parse_max_rtt(struct opts *o, struct span value, struct err_at *at)
{
    return parse_rtt(value, &o->pace.max_rtt_ns, at);
}

enum err parse_initial_rtt(struct opts *o, struct span value, struct err_at *at)
{
    return parse_rtt(value, &o->pace.initial_rtt_ns, at);
}

enum err parse_max_delay(struct opts *o, struct span value, struct err_at *at)
{
    o->pace.has_max_scan_delay = true;
    return parse_span_of_time(value, 100, &o->pace.max_scan_delay_ns, at);
}

enum err parse_retries(struct opts *o, struct span value, struct err_at *at)
{
    uint32_t n = 0;
    const enum err e = parse_number(value, 0, 1000000, &n, at, "must be a number, 0 or more");
    if (e == ERR_OK)
        o->pace.max_retries = (int)n;
    return e;
}

enum err parse_min_parallelism(struct opts *o, struct span value, struct err_at *at)
{
    return parse_number(value, 1, 65535, &o->pace.min_parallelism, at,
                        "must be a number, 1 or more");
}

enum err parse_max_parallelism(struct opts *o, struct span value, struct err_at *at)
{
    return parse_number(value, 1, 65535, &o->pace.max_parallelism, at,
                        "must be a number, 1 or more");
}

enum err parse_min_hostgroup(struct opts *o, struct span value, struct err_at *at)
{
    return parse_number(value, 1, 1 << 24, &o->pace.min_hostgroup, at,
                        "must be a number, 1 or more");
}

enum err parse_max_hostgroup(struct opts *o, struct span value, struct err_at *at)
{
    return parse_number(value, 1, 1 << 24, &o->pace.max_hostgroup, at,
                        "must be a number, 1 or more");
}

enum err parse_min_rate(struct opts *o, struct span value, struct err_at *at)
{
    uint32_t n = 0;
    const enum err e = parse_number(value, 1, 1000000000, &n, at,
                                    "must be a number of packets per second, 1 or more");
    if (e == ERR_OK)
        o->pace.min_rate = n;
    return e;
}

enum err parse_later(struct opts *o, struct span value, struct err_at *at)
{
    (void)o;
    return err_set(at, ERR_RANGE, "this option of the reference scanner is not built yet", value);
}

enum err parse_never_html(struct opts *o, struct span value, struct err_at *at)
{
    (void)o;
    return err_set(at, ERR_RANGE, "the report in HTML is --html", value);
}

enum err parse_script(struct opts *o, struct span value, struct err_at *at)
{
    (void)value;
    (void)at;
    o->scripts = true;
    return ERR_OK;
}
