/* SPDX-License-Identifier: Apache-2.0
 *
 * A host made of lwIP's core alone, as on a microcontroller: no threads, one loop, the options that
 * lwipopts.h sets and the library's defaults for the rest. One TCP port that echoes.
 *
 *     lwip_bare DEVICE ADDRESS PORT UPTIME        (netmask 255.255.255.0)
 *
 * UPTIME in seconds is how long the host claims to run: lwIP's sequence numbers depend on it.
 */
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static int tap;

u32_t sys_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (u32_t)(ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

static err_t frame_out(struct netif *netif, struct pbuf *p)
{
    char frame[1600];
    const u16_t n = pbuf_copy_partial(p, frame, sizeof frame, 0);

    (void)netif;
    return write(tap, frame, n) == n ? ERR_OK : ERR_IF;
}

static void frame_in(struct netif *netif)
{
    char frame[1600];
    const ssize_t n = read(tap, frame, sizeof frame);
    struct pbuf *p = n > 0 ? pbuf_alloc(PBUF_RAW, (u16_t)n, PBUF_POOL) : NULL;

    if (p == NULL)
        return;
    pbuf_take(p, frame, (u16_t)n);
    if (netif->input(p, netif) != ERR_OK)
        pbuf_free(p);
}

static err_t interface(struct netif *netif)
{
    static const u8_t mac[6] = {0x02, 0x12, 0x34, 0x56, 0x78, 0x01};

    memcpy(netif->hwaddr, mac, sizeof mac);
    netif->hwaddr_len = sizeof mac;
    netif->mtu = 1500;
    netif->name[0] = 't';
    netif->name[1] = 'p';
    netif->output = etharp_output;
    netif->linkoutput = frame_out;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
    return ERR_OK;
}

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

static int tap_open(const char *name)
{
    struct ifreq ifr = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    const int fd = open("/dev/net/tun", O_RDWR);

    memcpy(ifr.ifr_name, name, strnlen(name, sizeof ifr.ifr_name - 1));
    return fd >= 0 && ioctl(fd, TUNSETIFF, &ifr) == 0 ? fd : -1;
}

int main(int argc, char **argv)
{
    static struct netif netif;
    ip4_addr_t address, mask, gateway;
    struct tcp_pcb *pcb;

    if (argc != 5 || (tap = tap_open(argv[1])) < 0 || !ip4addr_aton(argv[2], &address))
        return 2;
    srand((unsigned)time(NULL));
    lwip_init();
    tcp_ticks = 2 * (u32_t)strtol(argv[4], NULL, 10);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    ip4_addr_set_zero(&gateway);
    netif_add(&netif, &address, &mask, &gateway, NULL, interface, netif_input);
    netif_set_default(&netif);
    netif_set_up(&netif);
    pcb = tcp_new();
    if (pcb == NULL || tcp_bind(pcb, IP_ADDR_ANY, (u16_t)strtol(argv[3], NULL, 10)) != ERR_OK)
        return 1;
    tcp_accept(tcp_listen(pcb), greet);
    for (;;) {
        struct pollfd wait = {.fd = tap, .events = POLLIN};

        if (poll(&wait, 1, 10) > 0)
            frame_in(&netif);
        sys_check_timeouts();
    }
}
