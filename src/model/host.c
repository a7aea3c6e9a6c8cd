// SPDX-License-Identifier: Apache-2.0
#include "model/host.h"

#include <stddef.h>

static uint32_t key_of(uint8_t proto, uint16_t number)
{
    return (uint32_t)proto << 16 | number;
}

const struct service *host_service(const struct host *h, const struct port *p)
{
    const uint32_t want = key_of(p->proto, p->number);
    uint32_t lo = 0;
    uint32_t hi = h->n_services;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (key_of(h->services[mid].proto, h->services[mid].port) < want)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == h->n_services || key_of(h->services[lo].proto, h->services[lo].port) != want)
        return NULL;
    return &h->services[lo];
}
