// SPDX-License-Identifier: Apache-2.0
// Port lists of simulated hosts. In: text such as "22,80-90". Out: ranges in the order they were
// given; a port belongs to the last range that holds it. Lists are bounded by DOORS_MAX.
#include "lab/hosts/doors.h"

#include "base/text.h"

enum err door_range_parse(struct span text, struct door_range *out, struct err_at *at)
{
    uint64_t lo = 0, hi = 65535;
    if (!span_eq(text, SPAN("all"))) {
        struct span rest = text;
        const struct span first = span_cut(&rest, '-');
        if (!text_dec(first, 65535, &lo))
            return err_set(at, ERR_RANGE, "not a port", text);
        hi = lo;
        if (!span_is_absent(rest) && !text_dec(rest, 65535, &hi))
            return err_set(at, ERR_RANGE, "not a port", text);
    }
    if (hi < lo)
        return err_set(at, ERR_RANGE, "port range is reversed", text);
    *out = (struct door_range){(uint16_t)lo, (uint16_t)hi, DOOR_CLOSED};
    return ERR_OK;
}

enum err doors_add(struct doors *d, struct span list, enum door door, struct err_at *at)
{
    struct span rest = list;
    while (!span_is_absent(rest)) {
        const struct span item = span_trim(span_cut(&rest, ','));
        struct door_range range;
        const enum err err = door_range_parse(item, &range, at);
        if (err)
            return err;
        if (d->n == DOORS_MAX)
            return err_set(at, ERR_LIMIT, "too many port ranges", item);
        range.door = (uint8_t)door;
        d->range[d->n++] = range;
    }
    return ERR_OK;
}

enum door doors_at(const struct doors *d, uint16_t port)
{
    for (uint32_t i = d->n; i > 0; i--) {
        const struct door_range *r = &d->range[i - 1];
        if (port >= r->lo && port <= r->hi)
            return (enum door)r->door;
    }
    return DOOR_CLOSED;
}
