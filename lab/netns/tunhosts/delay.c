// SPDX-License-Identifier: Apache-2.0
// A binary heap of places in a mapping. Places are given out last in, first out, so that only as
// much memory is touched as packets were ever under way together.
#include "lab/netns/tunhosts/delay.h"

#include <sys/mman.h>

struct entry {
    uint64_t at_ns;
    uint32_t place;
    uint16_t len;
    bool is_reply;
};

struct delay {
    uint32_t n;
    uint32_t n_free;
    uint32_t n_used; // places that were ever given out
    struct entry heap[DELAY_PACKETS];
    uint32_t free[DELAY_PACKETS];
    uint8_t bytes[DELAY_PACKETS][DELAY_PACKET_MAX];
};

struct delay *delay_open(void)
{
    struct delay *d = mmap(NULL, sizeof *d, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return d == MAP_FAILED ? NULL : d;
}

void delay_close(struct delay *d)
{
    munmap(d, sizeof *d);
}

static void rise(struct delay *d, struct entry e)
{
    uint32_t i = d->n++;
    while (i > 0 && d->heap[(i - 1) / 2].at_ns > e.at_ns) {
        d->heap[i] = d->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    d->heap[i] = e;
}

static void sink(struct delay *d)
{
    const struct entry last = d->heap[--d->n];
    uint32_t i = 0;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= d->n)
            break;
        if (child + 1 < d->n && d->heap[child + 1].at_ns < d->heap[child].at_ns)
            child++;
        if (d->heap[child].at_ns >= last.at_ns)
            break;
        d->heap[i] = d->heap[child];
        i = child;
    }
    d->heap[i] = last;
}

bool delay_put(struct delay *d, uint64_t at_ns, bool is_reply, struct span bytes)
{
    if (d->n == DELAY_PACKETS || bytes.len > DELAY_PACKET_MAX)
        return false;
    const uint32_t place = d->n_free > 0 ? d->free[--d->n_free] : d->n_used++;
    memcpy(d->bytes[place], bytes.ptr, bytes.len);
    rise(d, (struct entry){at_ns, place, (uint16_t)bytes.len, is_reply});
    return true;
}

bool delay_next(struct delay *d, uint64_t now_ns, struct delay_item *out)
{
    if (d->n == 0 || d->heap[0].at_ns > now_ns)
        return false;
    const struct entry e = d->heap[0];
    sink(d);
    d->free[d->n_free++] = e.place;
    *out = (struct delay_item){e.at_ns, e.is_reply, span_of(d->bytes[e.place], e.len)};
    return true;
}

uint64_t delay_when(const struct delay *d)
{
    return d->n > 0 ? d->heap[0].at_ns : UINT64_MAX;
}
