/* SPDX-License-Identifier: Apache-2.0
 *
 * A host made of LWIPv6 (a fork of lwIP for View-OS): an address of each family on a TAP device,
 * one TCP port that echoes.
 *
 *     lwipv6_host DEVICE A B C D PORT        (the address as four numbers, netmask 255.255.255.0;
 *                                                over IPv6 it is fd77:1::D)
 */
#include <lwipv6.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void serve(int listener)
{
    for (;;) {
        char buf[512];
        ssize_t n;
        const int s = lwip_accept(listener, NULL, NULL);

        if (s < 0)
            continue;
        while ((n = lwip_recv(s, buf, sizeof buf, 0)) > 0)
            lwip_send(s, buf, (int)n, 0);
        lwip_close(s);
    }
}

int main(int argc, char **argv)
{
    struct ip_addr address, mask;
    struct sockaddr_in6 name;
    struct stack *stack;
    struct netif *netif;
    int s;

    if (argc != 7)
        return 2;
    stack = lwip_stack_new();
    netif = lwip_tapif_add(stack, argv[1]);
    if (netif == NULL)
        return 1;
    IP64_ADDR(&address, (uint32_t)strtol(argv[2], NULL, 10), (uint32_t)strtol(argv[3], NULL, 10),
              (uint32_t)strtol(argv[4], NULL, 10), (uint32_t)strtol(argv[5], NULL, 10));
    IP64_MASKADDR(&mask, 255, 255, 255, 0);
    lwip_add_addr(netif, &address, &mask);
    lwip_ifup(netif);

    IP6_ADDR(&address, 0xfd77, 1, 0, 0, 0, 0, 0, (unsigned)strtol(argv[5], NULL, 10));
    IP6_ADDR(&mask, 0xffff, 0xffff, 0xffff, 0xffff, 0, 0, 0, 0);
    lwip_add_addr(netif, &address, &mask);

    memset(&name, 0, sizeof name); // any address, of both families
    name.sin6_family = AF_INET6;
    name.sin6_port = htons((uint16_t)strtol(argv[6], NULL, 10));
    s = lwip_msocket(stack, PF_INET6, SOCK_STREAM, 0);
    if (s < 0 || lwip_bind(s, (struct sockaddr *)&name, sizeof name) < 0 || lwip_listen(s, 8) < 0) {
        perror("lwipv6_host");
        return 1;
    }
    serve(s);
}
