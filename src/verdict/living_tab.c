// SPDX-License-Identifier: Apache-2.0
// Families that still bring out generations, as of 2026. A database knows nothing that came after
// it, and a stack changes less often than its version number: the newest generation that a
// database has of such a family is "that or newer". Where versions are no rising numbers, their
// order is given.
#include "base/text.h"
#include "verdict/model.h"

struct living {
    const char *vendor;
    const char *family;
    const char *order; // oldest first, separated by '|'; NULL: by number
};

static const char clients[] = "95|98|Me|NT|2000|XP|Longhorn|Vista|7|8|8.1|10|11";
static const char servers[] = "2003|2008|2012|2016|2019|2022|2025";

static const struct living families[] = {
    {"Linux", "Linux", NULL},
    {"Microsoft", "Windows", clients},
    {"Microsoft", "Windows", servers},
    {"Google", "Android", NULL},
    {"Apple", "Mac OS X", NULL},
    {"Apple", "macOS", NULL},
    {"Apple", "OS X", NULL},
    {"Apple", "iOS", NULL},
    {"FreeBSD", "FreeBSD", NULL},
    {"OpenBSD", "OpenBSD", NULL},
    {"NetBSD", "NetBSD", NULL},
    {"DragonFly BSD", "DragonFly BSD", NULL},
    {"VMware", "ESXi", NULL},
    {"VMware", "ESX Server", NULL},
    {"MikroTik", "RouterOS", NULL},
    {"Cisco", "IOS", NULL},
    {"Cisco", "IOS XE", NULL},
    {"Cisco", "NX-OS", NULL},
    {"Juniper", "JUNOS", NULL},
    {"Oracle", "Solaris", NULL},
    {"IBM", "AIX", NULL},
    {"IBM", "i", NULL},
    {"IBM", "z/OS", NULL},
    {"HP", "HP-UX", NULL},
    {"NetApp", "Data ONTAP", NULL},
    {"Palo Alto", "PAN-OS", NULL},
    {"Fortinet", "FortiOS", NULL},
    {"Synology", "DiskStation Manager", NULL},
    {"illumos", "OpenIndiana", NULL},
};

static uint32_t place_in(const char *order, struct span generation)
{
    struct span rest = span_str(order);
    for (uint32_t i = 1; !span_is_absent(rest); i++)
        if (span_eq(span_cut(&rest, '|'), generation))
            return i;
    return 0;
}

// "10.4.X" -> 10 * 2^20 + 4 * 2^10; 0: not a version.
static uint32_t version(struct span generation)
{
    enum { PARTS = 3, PART = 1023, PART_BITS = 10 };
    uint32_t v = 0;
    for (int i = 0; i < PARTS; i++) {
        uint64_t part = 0;
        if (!text_dec(span_cut(&generation, '.'), PART, &part))
            part = 0;
        v = v << PART_BITS | (uint32_t)part;
    }
    return v;
}

static uint32_t age_rank(const struct living *l, struct span generation)
{
    if (span_is_absent(generation))
        return 0;
    return l->order ? place_in(l->order, generation) : version(generation);
}

// A family may have several lines of generations.
static const struct living *living_of(const struct verdict_node *c)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (span_eq(c->vendor, span_str(families[i].vendor)) &&
            span_eq(c->family, span_str(families[i].family)) &&
            age_rank(&families[i], c->generation) > 0)
            return &families[i];
    return NULL;
}

void living_mark(struct level *classes)
{
    for (uint32_t i = 0; i < classes->n; i++) {
        struct verdict_node *c = &classes->nodes[i];
        const struct living *l = living_of(c);
        const uint32_t rank = l ? age_rank(l, c->generation) : 0;
        c->is_open_ended = rank > 0;
        for (uint32_t k = 0; k < classes->n && c->is_open_ended; k++)
            if (living_of(&classes->nodes[k]) == l)
                c->is_open_ended = age_rank(l, classes->nodes[k].generation) <= rank;
    }
}
