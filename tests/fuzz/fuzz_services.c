// SPDX-License-Identifier: Apache-2.0
// "pattern NEWLINE table": whatever the table, its answers agree with each other: the ranking
// holds every listed port once, names come from it, and no pattern matches more than is listed.
#include <stdlib.h>

#include "model/services.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t count(const struct set *s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof s->word / sizeof s->word[0]; i++)
        n += (uint32_t)__builtin_popcountll(s->word[i]);
    return n;
}

// Every port of a non-zero word: named ports are listed, matched ports are named.
static void check_names(const struct services *s, enum proto proto, const struct set *listed,
                        const struct set *matched)
{
    for (unsigned port = 0; port < 65536; port++) {
        if (port % 64 == 0 && listed->word[port / 64] == 0 && matched->word[port / 64] == 0) {
            port += 63;
            continue;
        }
        const bool has_name = !span_is_absent(services_name(s, proto, (uint16_t)port));
        if (has_name && !set_has(listed, (uint16_t)port))
            abort();
        if (!has_name && set_has(matched, (uint16_t)port))
            abort();
    }
}

static void check(const struct services *s, enum proto proto, struct span pattern)
{
    struct set listed = {0}, top = {0}, matched = {0};
    const uint32_t n = services_listed(s, proto, 0, 65535, &listed);
    if (count(&listed) != n || services_top(s, proto, UINT32_MAX, NULL, &top) != n)
        abort();
    if (memcmp(&listed, &top, sizeof listed) != 0)
        abort();
    const uint32_t hits = services_match(s, proto, pattern, &matched);
    if (hits > n || count(&matched) != hits)
        abort();
    check_names(s, proto, &listed, &matched);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena run;
    struct services *s;
    struct err_at at = {0};
    struct span text = span_of(data, size);
    const struct span pattern = span_cut(&text, '\n');
    arena_init(&run, "fuzz");
    const enum err e = services_parse(&run, text, &s, &at);
    if (e != ERR_OK && (at.code != e || !at.what))
        abort();
    for (unsigned p = 0; p < PROTO_COUNT; p++)
        check(s, (enum proto)p, pattern);
    arena_fini(&run);
    return 0;
}
