// SPDX-License-Identifier: Apache-2.0
// Interfaces come from the engine's door to the kernel; routes from /proc/net, in the kernel's
// order.
#include "cli/netview.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/opts.h"
#include "cli/say.h"
#include "cli/zone.h"
#include "engine/io_linux.h"
#include "engine/resolve.h"
#include "report/table.h"
#include "report/writer.h"
#include "stage/targets.h"

enum { IFACES_MAX = 256, CELL = 80, ROUTES_MAX = 1 << 20 };

struct listing {
    struct table table;
    bool is_measured; // else the pass is the one that measures
    uint32_t n;
    struct writer *w;
};

static void put(struct listing *l, const struct span *cells)
{
    if (l->is_measured)
        table_print(&l->table, l->w, cells);
    else
        table_measure(&l->table, cells);
    l->n++;
}

static struct span number_cell(char *mem, uint64_t n)
{
    struct buf b;
    buf_init(&b, mem, CELL);
    buf_dec(&b, n);
    return buf_span(&b);
}

static struct span net_cell(char *mem, const struct ip_addr *a, uint64_t bits)
{
    struct buf b;
    buf_init(&b, mem, CELL);
    if (a)
        ip_print(&b, a);
    else
        buf_str(&b, "(none)");
    buf_char(&b, '/');
    buf_dec(&b, bits);
    return buf_span(&b);
}

static const char *type_of(const struct io_iface *i)
{
    if (i->is_loopback)
        return "loopback";
    if (i->is_p2p)
        return "point2point";
    return i->link == LINK_ETHERNET ? "ethernet" : "other";
}

static void put_iface(struct listing *l, const struct io_iface *i, const struct ip_addr *a,
                      uint64_t bits)
{
    char text[3][CELL], mac[CELL];
    struct buf b, m;
    buf_init(&b, text[0], CELL);
    buf_char(&b, '(');
    buf_str(&b, i->name);
    buf_char(&b, ')');
    buf_init(&m, mac, sizeof mac);
    if (i->link == LINK_ETHERNET && !i->is_loopback)
        mac_print(&m, &i->mac);
    const struct span cells[] = {span_str(i->name),
                                 buf_span(&b),
                                 net_cell(text[1], a, bits),
                                 span_str(type_of(i)),
                                 i->is_up ? SPAN("up") : SPAN("down"),
                                 number_cell(text[2], i->mtu),
                                 buf_span(&m)};
    put(l, cells);
}

static void put_ifaces(struct listing *l, const struct io_iface *list, int n)
{
    const struct span head[] = {SPAN("DEV"), SPAN("(SHORT)"), SPAN("IP/MASK"), SPAN("TYPE"),
                                SPAN("UP"),  SPAN("MTU"),     SPAN("MAC")};
    put(l, head);
    for (int i = 0; i < n; i++) {
        for (uint32_t a = 0; a < list[i].n_addrs; a++)
            put_iface(l, &list[i], &list[i].addr[a], list[i].bits[a]);
        if (list[i].n_addrs == 0)
            put_iface(l, &list[i], NULL, 0);
    }
}

static struct span next_word(struct span *line)
{
    while (line->len > 0 && (line->ptr[0] == ' ' || line->ptr[0] == '\t'))
        *line = span_from(*line, 1);
    size_t n = 0;
    while (n < line->len && line->ptr[n] != ' ' && line->ptr[n] != '\t')
        n++;
    const struct span word = span_head(*line, n);
    *line = span_from(*line, n);
    return word;
}

static void put_route(struct listing *l, const struct ip_addr *to, uint64_t bits, struct span dev,
                      uint64_t metric, const struct ip_addr *gateway)
{
    char text[2][CELL], hop[IP_TEXT_MAX];
    const struct span cells[] = {net_cell(text[0], to, bits), dev, number_cell(text[1], metric),
                                 gateway ? span_str(ip_text(gateway, hop)) : SPAN("")};
    put(l, cells);
}

// The address in network order, printed as a number of this machine.
static bool old_addr(struct span word, struct ip_addr *out)
{
    uint64_t n;
    if (!text_hex(word, &n) || n > UINT32_MAX)
        return false;
    *out = ip_v4(ntohl((uint32_t)n));
    return true;
}

// Iface Destination Gateway Flags RefCnt Use Metric Mask ...
static void put_route4(struct listing *l, struct span line)
{
    struct span word[8];
    struct ip_addr to, hop, mask;
    uint64_t metric;
    for (int i = 0; i < 8; i++)
        word[i] = next_word(&line);
    if (!old_addr(word[1], &to) || !old_addr(word[2], &hop) || !old_addr(word[7], &mask) ||
        !text_dec(word[6], UINT32_MAX, &metric))
        return;
    const uint32_t bits = (uint32_t)__builtin_popcount(ip_v4_u32(&mask));
    put_route(l, &to, bits, word[0], metric, ip_v4_u32(&hop) ? &hop : NULL);
}

static bool new_addr(struct span word, struct ip_addr *out)
{
    *out = (struct ip_addr){.family = IP_V6};
    for (size_t i = 0; i < sizeof out->byte; i++) {
        uint64_t byte;
        if (!text_hex(span_head(span_from(word, 2 * i), 2), &byte))
            return false;
        out->byte[i] = (uint8_t)byte;
    }
    return word.len == 2 * sizeof out->byte;
}

// Destination, bits, source, bits, gateway, metric, references, use, flags, interface.
static void put_route6(struct listing *l, struct span line)
{
    enum { REJECT = 0x200 };
    static const struct ip_addr none = {.family = IP_V6};
    struct span word[10];
    struct ip_addr to, hop;
    uint64_t bits, metric, flags;
    for (int i = 0; i < 10; i++)
        word[i] = next_word(&line);
    if (!new_addr(word[0], &to) || !text_hex(word[1], &bits) || !new_addr(word[4], &hop) ||
        !text_hex(word[5], &metric) || !text_hex(word[8], &flags) || (flags & REJECT))
        return;
    put_route(l, &to, bits, word[9], metric, ip_eq(&hop, &none) ? NULL : &hop);
}

static void put_routes(struct listing *l, struct span four, struct span six)
{
    const struct span head[] = {SPAN("DST/MASK"), SPAN("DEV"), SPAN("METRIC"), SPAN("GATEWAY")};
    put(l, head);
    span_cut(&four, '\n'); // names of the columns
    while (four.len > 0)
        put_route4(l, span_cut(&four, '\n'));
    while (six.len > 0)
        put_route6(l, span_cut(&six, '\n'));
}

// Such files have no length before they are read.
static struct span read_proc(struct arena *run, const char *path)
{
    char *text = arena_alloc(run, ROUTES_MAX);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t len = 0;
    ssize_t n = 0;
    while (fd >= 0 && (n = read(fd, text + len, ROUTES_MAX - len)) > 0)
        len += (size_t)n;
    if (fd >= 0)
        close(fd);
    return span_of(text, len);
}

static bool list_ways(struct arena *run, struct io *io, struct writer *w)
{
    struct io_iface *list = arena_array(run, IFACES_MAX, sizeof *list);
    const int n = io->ops->ifaces(io, list, IFACES_MAX);
    const struct span four = read_proc(run, "/proc/net/route");
    const struct span six = read_proc(run, "/proc/net/ipv6_route");
    struct listing ifaces = {.w = w}, routes = {.w = w};
    table_init(&ifaces.table, 7);
    table_init(&routes.table, 4);
    writer_line(w, "************************INTERFACES************************");
    for (int pass = 0; pass < 2; pass++, ifaces.is_measured = true)
        put_ifaces(&ifaces, list, n);
    writer_line(w, "");
    put_routes(&routes, four, six);
    if (routes.n == 1) {
        writer_line(w, "ROUTES: NONE FOUND(!)");
        return writer_flush(w);
    }
    routes.is_measured = true;
    writer_line(w, "**************************ROUTES**************************");
    put_routes(&routes, four, six);
    return writer_flush(w);
}

static const struct io_iface *iface_of(const struct io_iface *list, int n, uint32_t index)
{
    for (int i = 0; i < n; i++)
        if (list[i].index == index)
            return &list[i];
    return NULL;
}

// What it is done with.
struct net {
    struct io *io;
    bool has_names; // of the world outside
    struct resolver *resolver;
    struct writer out;
    struct writer *err;
};

static uint64_t now_of(void *ctx)
{
    struct io *io = ctx;
    return io->ops->now(io);
}

static uint32_t resolve(void *ctx, struct span name, struct ip_addr *out, uint32_t max)
{
    const struct net *net = ctx;
    const uint32_t n = net->resolver ? resolver_forward(net->resolver, name, out, max) : 0;
    if (n == 0)
        say_about(net->err, name, "this name could not be resolved");
    return n;
}

// The one address that is meant; else the exit code, and it was told.
static int find_target(struct arena *run, const struct opts *opts, struct net *net,
                       struct ip_addr *out)
{
    const struct span to = opts->packet.way_to;
    struct targets *t = targets_new(run, resolve, net);
    struct target target;
    struct err_at at = {0};
    targets_set_six(t, opts->prefers_six, zone_of);
    if (targets_add(t, to, &at) != ERR_OK) {
        say_error(net->err, to, &at);
        return EXIT_USAGE;
    }
    if (!targets_resolve(t))
        return EXIT_FAILED;
    if (targets_left(t) != 1 || !targets_next(t, &target)) {
        say_about(net->err, to, "must be one address or name");
        return EXIT_USAGE;
    }
    *out = target.addr;
    return EXIT_DONE;
}

static int find_address(struct arena *run, const struct opts *opts, struct net *net,
                        struct ip_addr *out)
{
    struct timers timers = {0};
    const struct resolver_config cfg = {
        .timers = &timers,
        .now = now_of,
        .now_ctx = net->io,
        .servers = opts->hosts.dns_servers.ptr,
        .is_system = opts->hosts.system_dns,
    };
    net->resolver = net->has_names ? resolver_open(run, &cfg) : NULL;
    const int code = find_target(run, opts, net, out);
    if (net->resolver)
        resolver_close(net->resolver);
    timers_fini(&timers);
    return code;
}

// 0 or -errno.
static int tell_way(struct arena *run, struct io *io, const struct ip_addr *to, struct writer *w)
{
    char text[IP_TEXT_MAX];
    struct io_iface *list = arena_array(run, IFACES_MAX, sizeof *list);
    struct io_route route;
    const int rc = io->ops->route(io, to, 0, &route);
    if (rc < 0)
        return rc;
    const struct io_iface *i = iface_of(list, io->ops->ifaces(io, list, IFACES_MAX), route.iface);
    const char *dev = i ? i->name : "?";
    writer_line(w, ip_text(to, text));
    writer_str(w, dev);
    writer_str(w, " ");
    writer_str(w, dev);
    writer_str(w, " srcaddr ");
    writer_str(w, ip_text(&route.src, text));
    writer_str(w, route.gateway.family == IP_NONE ? " direct" : " nexthop ");
    writer_str(w, route.gateway.family == IP_NONE ? "" : ip_text(&route.gateway, text));
    writer_line(w, "");
    return writer_flush(w) ? 0 : -EIO;
}

static int failed(struct writer *err, struct span what, int rc)
{
    say_sys(err, what, rc);
    return EXIT_FAILED;
}

static int find_and_tell(struct arena *run, const struct opts *opts, struct net *net)
{
    struct ip_addr to;
    const int code = find_address(run, opts, net, &to);
    if (code != EXIT_DONE)
        return code;
    const int rc = tell_way(run, net->io, &to, &net->out);
    return rc < 0 ? failed(net->err, opts->packet.way_to, rc) : EXIT_DONE;
}

int netview_run(struct arena *run, const struct opts *opts, const struct cli_env *env,
                struct writer *err)
{
    struct span what = SPAN("");
    struct net net = {.io = env->io, .has_names = !env->io, .err = err};
    const int rc = net.io ? 0 : io_linux_open_streams(&net.io, &what);
    int code = EXIT_DONE;
    writer_init(&net.out, env->out);
    if (rc < 0)
        return failed(err, what, rc);
    if (opts->packet.list_ways && !list_ways(run, net.io, &net.out))
        code = failed(err, what, -EIO);
    if (code == EXIT_DONE && !span_is_absent(opts->packet.way_to))
        code = find_and_tell(run, opts, &net);
    if (net.io != env->io)
        net.io->ops->close(net.io);
    return code;
}
