// SPDX-License-Identifier: Apache-2.0
// c-ares is polled from a timer while questions are open: its sockets are few and its answers
// are not urgent. Two tries of one second each bound every question.
#include "engine/resolve.h"

#include <ares.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>

#include "base/limits.h"
#include "engine/resolve_system.h"

enum {
    TRY_MS = 1000,
    TRIES = 2,
    FORWARD_MAX_S = 5,
    POLL_NS = 3000000,
};

static const uint64_t system_most_ns = UINT64_C(10000000000); // then nobody waits for an answer

struct question;

struct resolver {
    ares_channel channel;
    struct system_names *system; // NULL: c-ares is asked
    struct question *asked;      // of the system, the oldest first
    struct question *last_asked;
    struct question *answered; // not handed over yet
    struct timers *timers;
    struct timer poll;
    uint64_t (*now)(void *ctx);
    void *now_ctx;
    uint32_t open; // questions under way
    bool is_closing;
};

struct question {
    struct question *next;
    struct question *next_asked;
    struct resolver *resolver;
    uint64_t asked_ns; // of the system
    bool is_answered;  // or given up
    bool is_back;      // from the thread that had it
    struct ip_addr addr;
    resolver_answer_fn *answer;
    void *ctx;
    bool has_name;
    size_t len;
    char name[LIMIT_NAME];
};

struct forward {
    struct ip_addr *out;
    uint32_t max;
    uint32_t n;
    bool is_done;
};

// Not by select: with thousands of streams open, descriptors are beyond what its sets can hold.
static void process(struct resolver *r, int wait_ms)
{
    ares_socket_t sock[ARES_GETSOCK_MAXNUM];
    struct pollfd ask[ARES_GETSOCK_MAXNUM];
    const int set = ares_getsock(r->channel, sock, ARES_GETSOCK_MAXNUM);
    nfds_t n = 0;
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        const short events = (short)((ARES_GETSOCK_READABLE(set, i) ? POLLIN : 0) |
                                     (ARES_GETSOCK_WRITABLE(set, i) ? POLLOUT : 0));
        if (events)
            ask[n++] = (struct pollfd){sock[i], events, 0};
    }
    if (n > 0 && poll(ask, n, wait_ms) < 0)
        n = 0;
    for (nfds_t i = 0; i < n; i++)
        if (ask[i].revents)
            ares_process_fd(r->channel, ask[i].revents & ~POLLOUT ? ask[i].fd : ARES_SOCKET_BAD,
                            ask[i].revents & POLLOUT ? ask[i].fd : ARES_SOCKET_BAD);
    ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); // what has timed out
}

// c-ares may answer inside of the call that asks (hosts file); the asker is told from here, later.
static void hand_over(struct resolver *r)
{
    while (r->answered) {
        struct question *q = r->answered;
        r->answered = q->next;
        if (!r->is_closing)
            q->answer(q->ctx, &q->addr, span_of(q->has_name ? q->name : NULL, q->len));
        free(q);
    }
}

static void answer_system(struct resolver *r, struct question *q)
{
    q->is_answered = true;
    r->open--;
    if (!r->is_closing)
        q->answer(q->ctx, &q->addr, span_of(q->has_name ? q->name : NULL, q->len));
}

// A question stays in memory until its thread gives it back, even if nobody waits for it any more.
static void serve_system(struct resolver *r, uint64_t now_ns)
{
    struct system_name found;
    while (system_names_next(r->system, &found)) {
        struct question *q = found.tag;
        q->is_back = true;
        q->has_name = found.has_name;
        q->len = found.len;
        memcpy(q->name, found.name, found.len);
        if (!q->is_answered)
            answer_system(r, q);
    }
    for (struct question *q = r->asked; q && q->asked_ns + system_most_ns <= now_ns;
         q = q->next_asked)
        if (!q->is_answered)
            answer_system(r, q);
    while (r->asked && r->asked->is_back) {
        struct question *q = r->asked;
        r->asked = q->next_asked;
        free(q);
    }
}

static void on_poll(void *ctx, uint64_t now_ns)
{
    struct resolver *r = ctx;
    if (r->system) {
        serve_system(r, now_ns);
    } else {
        process(r, 0);
        hand_over(r);
    }
    if (r->open > 0)
        timer_set(r->timers, &r->poll, now_ns + POLL_NS);
}

struct resolver *resolver_open(struct arena *run, const struct resolver_config *cfg)
{
    struct resolver *r = arena_alloc(run, sizeof *r);
    *r = (struct resolver){.timers = cfg->timers, .now = cfg->now, .now_ctx = cfg->now_ctx};
    r->poll = (struct timer){.fire = on_poll, .ctx = r};
    struct ares_options options = {.timeout = TRY_MS, .tries = TRIES};
    const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
    if (cfg->is_system) {
        r->system = system_names_open();
        return r->system ? r : NULL;
    }
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
        ares_init_options(&r->channel, &options, mask) != ARES_SUCCESS)
        return NULL;
    if (!cfg->servers || ares_set_servers_ports_csv(r->channel, cfg->servers) == ARES_SUCCESS)
        return r;
    ares_destroy(r->channel);
    return NULL;
}

static void close_system(struct resolver *r)
{
    system_names_close(r->system);
    while (r->asked) { // threads hold their own copies
        struct question *q = r->asked;
        r->asked = q->next_asked;
        free(q);
    }
}

void resolver_close(struct resolver *r)
{
    r->is_closing = true;
    timer_cancel(r->timers, &r->poll);
    if (r->system) {
        close_system(r);
        return;
    }
    ares_destroy(r->channel); // answers every open question
    hand_over(r);
    ares_library_cleanup();
}

static void add_address(struct forward *f, const struct ares_addrinfo_node *node)
{
    struct ip_addr a = {0};
    if (f->n == f->max)
        return;
    if (node->ai_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)node->ai_addr;
        a = ip_v4(ntohl(in->sin_addr.s_addr));
    } else if (node->ai_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)node->ai_addr;
        a.family = IP_V6;
        memcpy(a.byte, &in6->sin6_addr, 16);
    } else {
        return;
    }
    f->out[f->n++] = a;
}

static void on_forward(void *ctx, int status, int timeouts, struct ares_addrinfo *info)
{
    struct forward *f = ctx;
    (void)timeouts;
    f->is_done = true;
    if (status == ARES_SUCCESS)
        for (const struct ares_addrinfo_node *n = info->nodes; n; n = n->ai_next)
            add_address(f, n);
    if (info)
        ares_freeaddrinfo(info);
}

uint32_t resolver_forward(struct resolver *r, struct span name, struct ip_addr *out, uint32_t max)
{
    char text[256];
    struct forward f = {.out = out, .max = max};
    if (r->system)
        return system_names_forward(name, out, max);
    if (name.len >= sizeof text)
        return 0;
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC};
    const uint64_t end = r->now(r->now_ctx) + (uint64_t)FORWARD_MAX_S * 1000000000;
    ares_getaddrinfo(r->channel, text, NULL, &hints, on_forward, &f);
    while (!f.is_done && r->now(r->now_ctx) < end)
        process(r, 20);
    if (!f.is_done)
        ares_cancel(r->channel); // calls on_forward; other questions are not open yet
    return f.n;
}

static void on_reverse(void *ctx, int status, int timeouts, struct hostent *host)
{
    struct question *q = ctx;
    (void)timeouts;
    q->resolver->open--;
    q->has_name = status == ARES_SUCCESS && host && host->h_name;
    const struct span name = span_head(span_str(q->has_name ? host->h_name : ""), LIMIT_NAME);
    memcpy(q->name, name.ptr, name.len);
    q->len = name.len;
    q->next = q->resolver->answered;
    q->resolver->answered = q;
}

static bool ask_system(struct resolver *r, struct question *q)
{
    if (!system_names_ask(r->system, &q->addr, q)) {
        free(q);
        return false;
    }
    q->asked_ns = r->now(r->now_ctx);
    *(r->asked ? &r->last_asked->next_asked : &r->asked) = q;
    r->last_asked = q;
    r->open++;
    timer_set(r->timers, &r->poll, q->asked_ns + POLL_NS);
    return true;
}

bool resolver_reverse(struct resolver *r, const struct ip_addr *addr, resolver_answer_fn *answer,
                      void *ctx)
{
    struct question *q = calloc(1, sizeof *q);
    if (!q)
        return false;
    q->resolver = r;
    q->addr = *addr;
    q->answer = answer;
    q->ctx = ctx;
    if (r->system)
        return ask_system(r, q);
    r->open++;
    const int len = addr->family == IP_V4 ? 4 : 16;
    const int family = addr->family == IP_V4 ? AF_INET : AF_INET6;
    ares_gethostbyaddr(r->channel, addr->byte, len, family, on_reverse, q);
    timer_set(r->timers, &r->poll, r->now(r->now_ctx) + POLL_NS);
    return true;
}
