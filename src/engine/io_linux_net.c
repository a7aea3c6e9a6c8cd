// SPDX-License-Identifier: Apache-2.0
// What the kernel knows of the network, asked over rtnetlink (rtnetlink(7)) anew, so that
// interfaces and routes that change during a run are seen; a route is remembered for a second. In:
// link, address and route messages of the kernel. Out: struct io_iface and struct io_route.
#include "engine/io_linux.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "engine/io_linux_routes.h"
#include "wire/ip6.h"

enum {
    ANSWER_MAX = 32768, // bytes of one datagram of a dump (netlink(7))
    DUMP_TRIES = 5,     // a dump is broken off when the tables change meanwhile
};

struct io_linux_net {
    struct mnl_socket *socket;
    uint32_t seq;
    struct io_linux_routes routes;
    char answer[ANSWER_MAX];
};

struct iface_list {
    struct io_iface *iface;
    uint32_t n;
    uint32_t max;
};

int io_linux_net_open(struct io_linux_net **out)
{
    struct io_linux_net *net = calloc(1, sizeof *net);
    if (!net)
        return -ENOMEM;
    net->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (!net->socket || mnl_socket_bind(net->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
        const int rc = -errno;
        io_linux_net_close(net);
        return rc;
    }
    *out = net;
    return 0;
}

void io_linux_net_close(struct io_linux_net *net)
{
    if (!net)
        return;
    if (net->socket)
        mnl_socket_close(net->socket);
    io_linux_routes_fini(&net->routes);
    free(net);
}

// False: what is left of a dump that was broken off.
static bool is_answer(const struct io_linux_net *net, size_t len)
{
    struct nlmsghdr head;
    if (len < sizeof head)
        return false;
    memcpy(&head, net->answer, sizeof head);
    return head.nlmsg_seq == net->seq;
}

// Sends one request and hands every message of the answer to `each`. 0 or -errno.
static int ask(struct io_linux_net *net, struct nlmsghdr *request, mnl_cb_t each, void *data)
{
    const unsigned port = mnl_socket_get_portid(net->socket);
    request->nlmsg_seq = ++net->seq;
    if (mnl_socket_sendto(net->socket, request, request->nlmsg_len) < 0)
        return -errno;
    for (;;) {
        const ssize_t len = mnl_socket_recvfrom(net->socket, net->answer, sizeof net->answer);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return -errno;
        if (!is_answer(net, (size_t)len))
            continue;
        const int rc = mnl_cb_run(net->answer, (size_t)len, net->seq, port, each, data);
        if (rc < 0)
            return -errno;
        if (rc == MNL_CB_STOP)
            return 0;
    }
}

int io_linux_net_dump(struct io_linux_net *net, uint16_t type, uint8_t family, mnl_cb_t each,
                      void *data)
{
    char room[64] = {0};
    struct nlmsghdr *request = mnl_nlmsg_put_header(room);
    request->nlmsg_type = type;
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    struct ifinfomsg *head = mnl_nlmsg_put_extra_header(request, sizeof *head);
    head->ifi_family = family; // of all kinds of requests it stands first
    return ask(net, request, each, data);
}

static struct span attr_span(const struct nlattr *a)
{
    return span_of(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
}

// IP_NONE if the length fits no family.
static struct ip_addr attr_ip(const struct nlattr *a)
{
    const struct span s = attr_span(a);
    struct ip_addr addr = {0};
    if (s.len != 4 && s.len != 16)
        return addr;
    addr.family = s.len == 4 ? IP_V4 : IP_V6;
    memcpy(addr.byte, s.ptr, s.len);
    return addr;
}

// linux/if_arp.h: what stands before the IP header on this kind of device.
static enum link_type link_of(uint16_t hardware)
{
    switch (hardware) {
    case ARPHRD_ETHER:
    case ARPHRD_LOOPBACK:
        return LINK_ETHERNET;
    case ARPHRD_PPP:
        return LINK_SLL;
    default:
        return LINK_RAW;
    }
}

static int iface_attr(const struct nlattr *a, void *data)
{
    struct io_iface *f = data;
    const struct span s = attr_span(a);
    switch (mnl_attr_get_type(a)) {
    case IFLA_IFNAME:
        memcpy(f->name, s.ptr, s.len < IO_NAME_MAX ? s.len : IO_NAME_MAX - 1);
        break;
    case IFLA_ADDRESS:
        if (s.len == sizeof f->mac.byte && f->link == LINK_ETHERNET)
            memcpy(f->mac.byte, s.ptr, s.len);
        break;
    case IFLA_MTU:
        if (s.len == sizeof f->mtu)
            f->mtu = mnl_attr_get_u32(a);
        break;
    default:
        break;
    }
    return MNL_CB_OK;
}

static int each_link(const struct nlmsghdr *message, void *data)
{
    struct iface_list *list = data;
    const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
    if (message->nlmsg_type != RTM_NEWLINK || list->n >= list->max)
        return MNL_CB_OK;
    struct io_iface *f = &list->iface[list->n++];
    const bool has_no_arp = info->ifi_flags & (IFF_POINTOPOINT | IFF_NOARP);
    *f = (struct io_iface){
        .index = (uint32_t)info->ifi_index,
        .link = link_of(info->ifi_type),
        .is_up = info->ifi_flags & IFF_UP,
        .is_loopback = info->ifi_flags & IFF_LOOPBACK,
    };
    f->is_p2p = has_no_arp && !f->is_loopback;
    return mnl_attr_parse(message, sizeof *info, iface_attr, f);
}

static struct io_iface *list_find(struct iface_list *list, uint32_t index)
{
    for (uint32_t i = 0; i < list->n; i++)
        if (list->iface[i].index == index)
            return &list->iface[i];
    return NULL;
}

// On a point-to-point link IFA_ADDRESS is the peer and IFA_LOCAL is ours.
static int addr_attr(const struct nlattr *a, void *data)
{
    struct ip_addr *addr = data;
    const uint16_t type = mnl_attr_get_type(a);
    if (type == IFA_LOCAL || (type == IFA_ADDRESS && addr->family == IP_NONE))
        *addr = attr_ip(a);
    return MNL_CB_OK;
}

static int each_addr(const struct nlmsghdr *message, void *data)
{
    const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
    if (message->nlmsg_type != RTM_NEWADDR)
        return MNL_CB_OK;
    struct io_iface *f = list_find(data, info->ifa_index);
    if (!f || f->n_addrs >= IO_IFACE_ADDRS)
        return MNL_CB_OK;
    struct ip_addr addr = {0};
    mnl_attr_parse(message, sizeof *info, addr_attr, &addr);
    if (addr.family == IP_NONE)
        return MNL_CB_OK;
    if (ip6_is_link_local(&addr))
        addr.zone = f->index;
    f->addr[f->n_addrs] = addr;
    f->bits[f->n_addrs++] = info->ifa_prefixlen;
    return MNL_CB_OK;
}

static int list_fill(struct io_linux_net *net, struct iface_list *list)
{
    list->n = 0;
    const int rc = io_linux_net_dump(net, RTM_GETLINK, AF_UNSPEC, each_link, list);
    return rc < 0 ? rc : io_linux_net_dump(net, RTM_GETADDR, AF_UNSPEC, each_addr, list);
}

int io_linux_net_ifaces(struct io_linux_net *net, struct io_iface *out, uint32_t max)
{
    struct iface_list list = {out, 0, max};
    int rc = -EINTR;
    for (int i = 0; i < DUMP_TRIES && rc == -EINTR; i++)
        rc = list_fill(net, &list);
    return rc < 0 ? rc : (int)list.n;
}

struct found {
    struct io_route route;
    uint8_t type;
    bool is_there;
};

static int route_attr(const struct nlattr *a, void *data)
{
    struct found *f = data;
    const struct span s = attr_span(a);
    switch (mnl_attr_get_type(a)) {
    case RTA_OIF:
        if (s.len == sizeof f->route.iface)
            f->route.iface = mnl_attr_get_u32(a);
        break;
    case RTA_PREFSRC:
        f->route.src = attr_ip(a);
        break;
    case RTA_GATEWAY:
        f->route.gateway = attr_ip(a);
        break;
    case RTA_VIA: // a gateway of the other family: 2 bytes family, address (RFC 8950)
        if (s.len == 2 + 16) {
            f->route.gateway.family = IP_V6;
            memcpy(f->route.gateway.byte, s.ptr + 2, 16);
        }
        break;
    default:
        break;
    }
    return MNL_CB_OK;
}

static int each_route(const struct nlmsghdr *message, void *data)
{
    struct found *f = data;
    const struct rtmsg *info = mnl_nlmsg_get_payload(message);
    if (message->nlmsg_type != RTM_NEWROUTE)
        return MNL_CB_OK;
    f->is_there = true;
    f->type = info->rtm_type;
    return mnl_attr_parse(message, sizeof *info, route_attr, f) < 0 ? MNL_CB_ERROR : MNL_CB_STOP;
}

static bool is_usable(const struct found *f)
{
    if (!f->is_there || f->route.iface == 0)
        return false;
    return f->type == RTN_UNICAST || f->type == RTN_LOCAL || f->type == RTN_BROADCAST ||
           f->type == RTN_MULTICAST || f->type == RTN_ANYCAST;
}

static void set_zone(struct ip_addr *a, uint32_t iface)
{
    if (ip6_is_link_local(a))
        a->zone = iface;
}

static int ask_route(struct io_linux_net *net, const struct ip_addr *dst, uint32_t iface,
                     struct io_route *out)
{
    const size_t len = dst->family == IP_V4 ? 4 : 16;
    const uint32_t through = iface ? iface : dst->zone;
    char room[128] = {0};
    struct nlmsghdr *request = mnl_nlmsg_put_header(room);
    request->nlmsg_type = RTM_GETROUTE;
    request->nlmsg_flags = NLM_F_REQUEST;
    struct rtmsg *info = mnl_nlmsg_put_extra_header(request, sizeof *info);
    info->rtm_family = dst->family == IP_V4 ? AF_INET : AF_INET6;
    info->rtm_dst_len = (uint8_t)(len * 8);
    mnl_attr_put(request, RTA_DST, len, dst->byte);
    if (through)
        mnl_attr_put_u32(request, RTA_OIF, through);
    struct found f = {0};
    const int rc = ask(net, request, each_route, &f);
    if (rc < 0)
        return rc;
    if (!is_usable(&f))
        return -ENETUNREACH;
    f.route.is_local = f.type == RTN_LOCAL;
    set_zone(&f.route.src, f.route.iface);
    set_zone(&f.route.gateway, f.route.iface);
    *out = f.route;
    return 0;
}

int io_linux_net_route(struct io_linux_net *net, const struct ip_addr *dst, uint32_t iface,
                       struct io_route *out)
{
    if (dst->family != IP_V4 && dst->family != IP_V6)
        return -EAFNOSUPPORT;
    struct route_answer *a = io_linux_routes_find(&net->routes, dst, iface);
    if (!a)
        return ask_route(net, dst, iface, out);
    if (!a->is_known)
        a->rc = ask_route(net, dst, iface, &a->route);
    a->is_known = true;
    *out = a->route;
    return a->rc;
}
