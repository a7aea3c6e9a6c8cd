// SPDX-License-Identifier: Apache-2.0
// Makes the device, gives it an address and a route and starts it, by the old ioctls, which need
// no library. The queue towards us is long: who scans sends in bursts.
#include "lab/netns/tunhosts/tun.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUE_LEN = 65536, MTU = 1500 };

static void put_addr(struct sockaddr *to, uint32_t addr)
{
    const struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(addr)};
    memcpy(to, &in, sizeof in);
}

static struct ifreq request(const char *name)
{
    struct ifreq r = {0};
    memcpy(r.ifr_name, name, strnlen(name, IFNAMSIZ - 1));
    return r;
}

static int set_queue(int fd, const char *name)
{
    struct ifreq r = request(name);
    r.ifr_qlen = QUEUE_LEN;
    return ioctl(fd, SIOCSIFTXQLEN, &r);
}

static int set_addr(int fd, const char *name, uint32_t addr)
{
    struct ifreq r = request(name);
    put_addr(&r.ifr_addr, addr);
    return ioctl(fd, SIOCSIFADDR, &r);
}

static int set_up(int fd, const char *name)
{
    struct ifreq r = request(name);
    r.ifr_mtu = MTU;
    if (ioctl(fd, SIOCSIFMTU, &r) != 0)
        return -1;
    r = request(name);
    r.ifr_flags = IFF_UP | IFF_RUNNING | IFF_POINTOPOINT | IFF_NOARP;
    return ioctl(fd, SIOCSIFFLAGS, &r);
}

static int set_route(int fd, const struct tun_config *cfg)
{
    char name[IFNAMSIZ] = "";
    memcpy(name, cfg->name, strnlen(cfg->name, IFNAMSIZ - 1));
    struct rtentry r = {.rt_flags = RTF_UP, .rt_dev = name};
    put_addr(&r.rt_dst, cfg->first);
    put_addr(&r.rt_genmask, cfg->bits == 0 ? 0 : UINT32_MAX << (32 - cfg->bits));
    return ioctl(fd, SIOCADDRT, &r);
}

static int configure(const struct tun_config *cfg, const char **what)
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int rc = 0;
    *what = NULL;
    if (fd < 0)
        *what = "socket";
    else if (set_queue(fd, cfg->name) != 0)
        *what = "queue length";
    else if (set_addr(fd, cfg->name, cfg->own) != 0)
        *what = "address";
    else if (set_up(fd, cfg->name) != 0)
        *what = "start of the device";
    else if (set_route(fd, cfg) != 0)
        *what = "route";
    if (*what)
        rc = -errno;
    if (fd >= 0)
        close(fd);
    return rc;
}

int tun_open(const struct tun_config *cfg, const char **what)
{
    const int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    *what = "/dev/net/tun";
    if (fd < 0)
        return -errno;
    struct ifreq r = request(cfg->name);
    r.ifr_flags = IFF_TUN | IFF_NO_PI;
    *what = "device";
    int rc = ioctl(fd, TUNSETIFF, &r) == 0 ? 0 : -errno;
    if (rc == 0)
        rc = configure(cfg, what);
    if (rc < 0)
        close(fd);
    return rc < 0 ? rc : fd;
}
