/* SPDX-License-Identifier: Apache-2.0
 *
 * A host made of lwIP: an address of each family on a TAP device, one TCP port that echoes.
 *
 *     lwip_host ADDRESS NETMASK PORT UPTIME ADDRESS6
 *
 * The device is the one named by PRECONFIGURED_TAPIF, as lwIP's own TAP driver wants it.
 * UPTIME in seconds is how long the host claims to run: lwIP's sequence numbers depend on it.
 */
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <lwip/tcpip.h>
#include <netif/tapif.h>

#include <stdlib.h>
#include <unistd.h>

static err_t echo(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    (void)arg;
    if (p == NULL || err != ERR_OK)
        return tcp_close(pcb);
    tcp_write(pcb, p->payload, p->len, TCP_WRITE_FLAG_COPY);
    tcp_recved(pcb, p->tot_len);
    pbuf_free(p);
    return ERR_OK;
}

static err_t greet(void *arg, struct tcp_pcb *pcb, err_t err)
{
    (void)arg;
    if (pcb != NULL && err == ERR_OK)
        tcp_recv(pcb, echo);
    return ERR_OK;
}

static void start(void *arg)
{
    static struct netif netif;
    char **argv = arg;
    ip4_addr_t address, mask, gateway;
    ip6_addr_t address6;
    s8_t place;
    struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);

    if (pcb == NULL || !ip4addr_aton(argv[1], &address) || !ip4addr_aton(argv[2], &mask) ||
        !ip6addr_aton(argv[5], &address6))
        exit(2);
    ip4_addr_set_zero(&gateway);
    netif_add(&netif, &address, &mask, &gateway, NULL, tapif_init, tcpip_input);
    netif_set_default(&netif);
    netif_set_up(&netif);
    netif_set_link_up(&netif);
    if (netif_add_ip6_address(&netif, &address6, &place) != ERR_OK)
        exit(1);
    netif_ip6_addr_set_state(&netif, place, IP6_ADDR_PREFERRED);
    if (tcp_bind(pcb, IP_ANY_TYPE, (u16_t)strtol(argv[3], NULL, 10)) != ERR_OK)
        exit(1);
    pcb = tcp_listen(pcb);
    tcp_accept(pcb, greet);
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    tcp_ticks = 2 * (u32_t)strtol(argv[4], NULL, 10);
    tcpip_init(start, argv);
    for (;;)
        pause();
}
