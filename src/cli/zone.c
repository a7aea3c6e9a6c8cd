// SPDX-License-Identifier: Apache-2.0
#include "cli/zone.h"

#include <net/if.h>

#include "engine/io.h"
#include "wire/ip6.h"

uint32_t zone_of(void *ctx, struct span name)
{
    char text[IO_NAME_MAX] = {0};
    (void)ctx;
    if (name.len >= sizeof text)
        return 0;
    memcpy(text, name.ptr, name.len);
    return if_nametoindex(text);
}

void zone_settle(struct io *io, uint32_t iface, struct ip_addr *addr)
{
    struct io_route route;
    if (addr->zone > 0 || !ip6_is_link_local(addr) || !io)
        return;
    if (iface > 0)
        addr->zone = iface;
    else if (io->ops->route(io, addr, 0, &route) == 0)
        addr->zone = route.iface;
}
