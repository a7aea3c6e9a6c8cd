// SPDX-License-Identifier: Apache-2.0
// The states lie in one mapping that the kernel fills as hosts are spoken to. Limits count by the
// time at which the next packet would be due (GCRA), one number for each.
#include "lab/netns/tunhosts/crowd.h"

#include <sys/mman.h>

#include "base/hash.h"

enum { PPM = 1000000, ANSWER_TYPE_AT = IP4_HDR_LEN, FLAGS_AT = IP4_HDR_LEN + 13, PROTO_AT = 9 };

static const uint64_t second_ns = 1000000000;

struct citizen {
    struct personality_state state; // .p is NULL until it is begun
    uint64_t rst_due_ns;
    uint64_t icmp_due_ns;
};

struct crowd {
    struct crowd_config cfg;
    const struct refs *refs;
    struct rng rng;
    struct crowd_counts counts;
    struct citizen citizen[];
};

static size_t crowd_size(uint32_t n)
{
    return sizeof(struct crowd) + n * sizeof(struct citizen);
}

struct crowd *crowd_open(const struct crowd_config *cfg, const struct refs *refs)
{
    struct crowd *c = mmap(NULL, crowd_size(cfg->n), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (c == MAP_FAILED)
        return NULL;
    c->cfg = *cfg;
    c->refs = refs;
    rng_seed(&c->rng, cfg->seed);
    return c;
}

void crowd_close(struct crowd *c)
{
    munmap(c, crowd_size(c->cfg.n));
}

static uint64_t draw(const struct crowd *c, uint32_t addr, char what)
{
    const struct hash_key key = {c->cfg.seed, (uint64_t)what};
    return hash_keyed(&key, span_of(&addr, sizeof addr));
}

bool crowd_has(const struct crowd *c, uint32_t addr)
{
    if (addr - c->cfg.first >= c->cfg.n)
        return false;
    return c->cfg.up_ppm >= PPM || draw(c, addr, 'u') % PPM < c->cfg.up_ppm;
}

uint32_t crowd_ref(const struct crowd *c, uint32_t addr)
{
    const uint64_t pick = c->cfg.is_each ? addr - c->cfg.first : draw(c, addr, 'r');
    return (uint32_t)(pick % c->refs->n);
}

bool crowd_loses(struct crowd *c)
{
    const bool is_lost = c->cfg.loss_ppm > 0 && rng_below(&c->rng, PPM) < c->cfg.loss_ppm;
    c->counts.lost += is_lost;
    return is_lost;
}

static bool limit_allows(const struct crowd_limit *l, uint64_t *due_ns, uint64_t now_ns)
{
    if (l->rate == 0)
        return true;
    const uint64_t gap = second_ns / l->rate;
    const uint64_t ahead = l->burst > 0 ? (l->burst - 1) * gap : 0;
    if (*due_ns > now_ns + ahead)
        return false;
    *due_ns = (*due_ns > now_ns ? *due_ns : now_ns) + gap;
    return true;
}

// Whether the host's own limits let a reply out.
static bool is_allowed(const struct crowd *c, struct citizen *h, const struct buf *reply,
                       uint64_t now_ns)
{
    const uint8_t *p = reply->start;
    if (p[PROTO_AT] == IP4_TCP && p[FLAGS_AT] & TCP_RST)
        return limit_allows(&c->cfg.rst, &h->rst_due_ns, now_ns);
    if (p[PROTO_AT] == IP4_ICMP && p[ANSWER_TYPE_AT] == ICMP4_UNREACH)
        return limit_allows(&c->cfg.icmp, &h->icmp_due_ns, now_ns);
    return true;
}

uint32_t crowd_answer(struct crowd *c, const struct frame *f, uint64_t now_ns,
                      struct buf out[PERS_REPLIES])
{
    const uint32_t addr = f->ip4.dst;
    c->counts.received++;
    if (!crowd_has(c, addr))
        return 0;
    struct citizen *h = &c->citizen[addr - c->cfg.first];
    if (!h->state.p)
        personality_start(&h->state, &c->refs->personality[crowd_ref(c, addr)], draw(c, addr, 's'));
    const uint32_t n = personality_answer(&h->state, f, now_ns, out);
    uint32_t n_out = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!is_allowed(c, h, &out[i], now_ns)) {
            c->counts.limited++;
            continue;
        }
        if (n_out != i)
            out[n_out] = out[i];
        n_out++;
    }
    c->counts.answered += n_out;
    return n_out;
}

const struct crowd_counts *crowd_counts(const struct crowd *c)
{
    return &c->counts;
}
