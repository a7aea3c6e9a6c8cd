// SPDX-License-Identifier: Apache-2.0
// Distributions beside each other on one address. A container brings its own distribution and
// shares the kernel, so TCP/IP does not show it; neither does a proxy on the host that hands
// connections to it.
#include "base/buf.h"
#include "model/host.h"
#include "verdict/fuse.h"
#include "verdict/signs.h"
#include "verdict/words.h"

enum { TEXT_MAX = 300, LIST_MAX = 4 };

// Those whose packages stand beside each other on one system are one.
static const struct base {
    const char *name;
    const char *base;
} bases[] = {
    {"Debian", "Debian"},  {"Raspbian", "Debian"},      {"Ubuntu", "Ubuntu"}, {"CentOS", "Red Hat"},
    {"Fedora", "Red Hat"}, {"Red Hat", "Red Hat"},      {"SUSE", "SUSE"},     {"openSUSE", "SUSE"},
    {"Alpine", "Alpine"},  {"Amazon Linux", "Red Hat"}, {"Gentoo", "Gentoo"},
};

enum { BASES = sizeof bases / sizeof *bases };

static int base_of(const struct service *s)
{
    const bool is_told = s->state == SERVICE_HARD || s->state == SERVICE_SOFT;
    const struct kin_word *w = is_told ? kin_word_of(s) : NULL;
    for (int i = 0; w && w->more && i < BASES; i++)
        if (strcmp(w->more, bases[i].name) == 0)
            for (int k = 0; k < BASES; k++)
                if (strcmp(bases[i].base, bases[k].name) == 0)
                    return k;
    return BASES;
}

// Ports of a base into list; returns how many.
static uint32_t list_ports(const struct host *h, int base, struct buf *list)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_services; i++) {
        if (base_of(&h->services[i]) != base || n++ >= LIST_MAX)
            continue;
        buf_str(list, n > 1 ? "," : "");
        buf_dec(list, h->services[i].port);
    }
    return n;
}

bool signs_distributions(struct arena *a, const struct host *h, struct finding *out)
{
    uint8_t list_mem[TEXT_MAX];
    struct buf list, b;
    uint32_t n = 0;
    buf_init(&list, list_mem, sizeof list_mem);
    buf_init(&b, arena_alloc(a, TEXT_MAX), TEXT_MAX);
    for (int base = 0; base < BASES; base++) {
        uint8_t mem[TEXT_MAX];
        struct buf ports;
        buf_init(&ports, mem, sizeof mem);
        if (list_ports(h, base, &ports) == 0)
            continue;
        buf_str(&list, n > 0 ? " | " : "");
        buf_bytes(&list, buf_span(&ports));
        buf_str(&b, n++ > 0 ? ", " : "");
        buf_str(&b, bases[base].name);
        buf_str(&b, " on ");
        buf_bytes(&b, buf_span(&ports));
    }
    buf_str(&b, " by what services say: containers, or machines behind this address");
    *out = (struct finding){FINDING_CONTAINER, arena_copy(a, buf_span(&list)), buf_span(&b)};
    return n > 1;
}
