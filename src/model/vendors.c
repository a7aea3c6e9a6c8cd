// SPDX-License-Identifier: Apache-2.0
// A hash table with open addresses, made when the first host on the same link is found: most runs
// never ask. Of lines with the same prefix the first counts.
#include "model/vendors.h"

#include "base/text.h"

enum { DIGITS_LEAST = 6, DIGITS_MOST = 9, DIGITS_ALL = 12, TABLE_LEAST = 16 };

struct vendor {
    uint64_t key; // 0 = free
    struct span name;
};

struct vendors {
    struct arena *run;
    struct span text;
    struct vendor *table; // NULL: not read yet
    size_t mask;
};

struct vendors *vendors_open(struct arena *run, struct span text)
{
    struct vendors *v = arena_alloc(run, sizeof *v);
    v->run = run;
    v->text = text;
    return v;
}

static uint64_t key_of(uint64_t prefix, size_t n_digits)
{
    return prefix << 4 | n_digits;
}

// The place of the key, or the free one where it belongs.
static struct vendor *place_of(const struct vendors *v, uint64_t key)
{
    const uint64_t spread = key * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(spread >> 32) & v->mask;
    while (v->table[at].key != 0 && v->table[at].key != key)
        at = (at + 1) & v->mask;
    return &v->table[at];
}

static void take_line(struct vendors *v, struct span line)
{
    const struct span base = SPAN("(base 16)");
    uint64_t prefix;
    size_t n = 0;
    while (n < line.len && text_is_hex(line.ptr[n]))
        n++;
    struct span name = span_trim(span_from(line, n));
    if (n < DIGITS_LEAST || n > DIGITS_MOST || !text_hex(span_head(line, n), &prefix))
        return;
    if (span_starts(name, base))
        name = span_trim(span_from(name, base.len));
    struct vendor *place = place_of(v, key_of(prefix, n));
    if (place->key == 0 && name.len > 0)
        *place = (struct vendor){key_of(prefix, n), name};
}

static void read_all(struct vendors *v)
{
    size_t n_lines = 1;
    size_t cap = TABLE_LEAST;
    for (size_t i = 0; i < v->text.len; i++)
        n_lines += v->text.ptr[i] == '\n';
    while (cap < 2 * n_lines)
        cap *= 2;
    v->table = arena_array(v->run, cap, sizeof *v->table);
    v->mask = cap - 1;
    for (struct span rest = v->text; !span_is_absent(rest);)
        take_line(v, span_cut(&rest, '\n'));
}

struct span vendors_name(struct vendors *v, const struct mac_addr *mac)
{
    uint64_t all = 0;
    if (!v)
        return (struct span){NULL, 0};
    if (!v->table)
        read_all(v);
    for (size_t i = 0; i < sizeof mac->byte; i++)
        all = all << 8 | mac->byte[i];
    for (size_t n = DIGITS_MOST; n >= DIGITS_LEAST; n--) {
        const struct vendor *place = place_of(v, key_of(all >> 4 * (DIGITS_ALL - n), n));
        if (place->key != 0)
            return place->name;
    }
    return (struct span){NULL, 0};
}
