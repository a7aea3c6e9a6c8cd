// SPDX-License-Identifier: Apache-2.0
// A sweep asks for the route of each address; the kernel takes 4 us to answer. Here the tables and
// rules are read once a second, to see which addresses are alike. Where a route has several next
// hops the kernel chooses by the address, and where there are very many routes reading them takes
// too long: then nothing is shared. Nor is it for IPv6, where our own address is chosen to fit the
// destination (RFC 6724).
#include "engine/io_linux_routes.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <time.h>

#include "base/vec.h"
#include "engine/io_linux.h"

static const uint64_t age_most_ns = UINT64_C(1000000000);

struct reading {
    struct cells *cells;
    bool is_unshared;
};

struct prefix {
    uint32_t net;
    bool has_choice; // several next hops
};

static int prefix_attr(const struct nlattr *a, void *data)
{
    struct prefix *p = data;
    const uint16_t type = mnl_attr_get_type(a);
    if (type == RTA_DST && mnl_attr_get_payload_len(a) == sizeof p->net)
        p->net = ntohl(mnl_attr_get_u32(a));
    p->has_choice |= type == RTA_MULTIPATH || type == RTA_NH_ID;
    return MNL_CB_OK;
}

static void add(struct reading *r, const struct prefix *p, unsigned bits)
{
    r->is_unshared |= p->has_choice || !cells_add(r->cells, p->net, bits);
}

static int each_route(const struct nlmsghdr *message, void *data)
{
    struct reading *r = data;
    struct prefix p = {0};
    const struct rtmsg *info = mnl_nlmsg_get_payload(message);
    if (message->nlmsg_type != RTM_NEWROUTE)
        return MNL_CB_OK;
    mnl_attr_parse(message, sizeof *info, prefix_attr, &p);
    add(r, &p, info->rtm_dst_len);
    return r->is_unshared ? MNL_CB_STOP : MNL_CB_OK;
}

static int rule_attr(const struct nlattr *a, void *data)
{
    struct prefix *p = data;
    if (mnl_attr_get_type(a) == FRA_DST && mnl_attr_get_payload_len(a) == sizeof p->net)
        p->net = ntohl(mnl_attr_get_u32(a));
    return MNL_CB_OK;
}

static int each_rule(const struct nlmsghdr *message, void *data)
{
    struct reading *r = data;
    struct prefix p = {0};
    const struct fib_rule_hdr *info = mnl_nlmsg_get_payload(message);
    if (message->nlmsg_type != RTM_NEWRULE)
        return MNL_CB_OK;
    mnl_attr_parse(message, sizeof *info, rule_attr, &p);
    add(r, &p, info->dst_len);
    return r->is_unshared ? MNL_CB_STOP : MNL_CB_OK;
}

void io_linux_routes_fini(struct io_linux_routes *r)
{
    cells_fini(&r->cells);
    vec_free(r->answer);
    *r = (struct io_linux_routes){0};
}

// On a socket of its own: closing it ends a dump that is broken off.
static void read_tables(struct io_linux_routes *r)
{
    struct io_linux_net *net;
    struct reading all = {.cells = &r->cells};
    cells_clear(&r->cells);
    int rc = io_linux_net_open(&net);
    if (rc == 0) {
        rc = io_linux_net_dump(net, RTM_GETROUTE, AF_INET, each_route, &all);
        if (rc == 0 && !all.is_unshared)
            rc = io_linux_net_dump(net, RTM_GETRULE, AF_INET, each_rule, &all);
        io_linux_net_close(net);
    }
    r->is_unshared = all.is_unshared || rc < 0;
    cells_sort(&r->cells);
    r->answer = vec_grow(r->answer, &r->cap_answers, r->cells.n, sizeof *r->answer);
    memset(r->answer, 0, r->cells.n * sizeof *r->answer);
}

struct route_answer *io_linux_routes_find(struct io_linux_routes *r, const struct ip_addr *dst,
                                          uint32_t iface)
{
    const uint64_t now_ns = io_linux_clock(CLOCK_MONOTONIC_COARSE);
    if (dst->family != IP_V4)
        return NULL;
    if (r->time_ns == 0 || now_ns - r->time_ns > age_most_ns) {
        r->time_ns = now_ns;
        read_tables(r);
    }
    if (r->is_unshared)
        return NULL;
    struct route_answer *a = &r->answer[cells_find(&r->cells, ip_v4_u32(dst))];
    if (a->iface != iface)
        *a = (struct route_answer){.iface = iface};
    return a;
}
