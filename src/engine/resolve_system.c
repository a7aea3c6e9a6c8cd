// SPDX-License-Identifier: Apache-2.0
// A question is one block of memory that belongs to whoever holds its address: the asker, a pipe, a
// thread, a pipe, the asker. The last thread to leave frees what all of them share.
#include "engine/resolve_system.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 8, STACK_BYTES = 256 * 1024 };

struct question {
    struct ip_addr addr;
    struct system_name answer;
};

struct system_names {
    int ask[2];
    int told[2];
    atomic_uint users; // threads, and the owner
    atomic_bool is_closing;
};

static void drain(int fd)
{
    struct question *q;
    while (read(fd, &q, sizeof q) == sizeof q)
        free(q);
}

static void leave(struct system_names *s)
{
    if (atomic_fetch_sub(&s->users, 1) != 1)
        return;
    drain(s->told[0]);
    drain(s->ask[0]);
    close(s->told[0]);
    close(s->told[1]);
    close(s->ask[0]);
    free(s);
}

static void look_up(struct question *q)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_scope_id = q->addr.zone};
    const bool is_six = q->addr.family == IP_V6;
    char name[NI_MAXHOST];
    memcpy(&four.sin_addr, q->addr.byte, sizeof four.sin_addr);
    memcpy(&six.sin6_addr, q->addr.byte, sizeof six.sin6_addr);
    const void *to = is_six ? (const void *)&six : (const void *)&four;
    const socklen_t len = is_six ? sizeof six : sizeof four;
    q->answer.has_name = getnameinfo(to, len, name, sizeof name, NULL, 0, NI_NAMEREQD) == 0;
    const struct span found = span_head(span_str(q->answer.has_name ? name : ""), LIMIT_NAME);
    memcpy(q->answer.name, found.ptr, found.len);
    q->answer.len = found.len;
}

static void *work(void *ctx)
{
    struct system_names *s = ctx;
    struct question *q;
    while (read(s->ask[0], &q, sizeof q) == sizeof q) {
        if (!atomic_load(&s->is_closing))
            look_up(q);
        if (write(s->told[1], &q, sizeof q) != sizeof q)
            free(q);
    }
    leave(s);
    return NULL;
}

static bool start_thread(struct system_names *s)
{
    pthread_attr_t attr;
    pthread_t thread;
    if (pthread_attr_init(&attr) != 0)
        return false;
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    atomic_fetch_add(&s->users, 1);
    const bool is_started = pthread_create(&thread, &attr, work, s) == 0;
    if (!is_started)
        atomic_fetch_sub(&s->users, 1);
    pthread_attr_destroy(&attr);
    return is_started;
}

struct system_names *system_names_open(void)
{
    struct system_names *s = calloc(1, sizeof *s);
    int n = 0;
    if (!s || pipe2(s->ask, O_CLOEXEC) < 0) {
        free(s);
        return NULL;
    }
    if (pipe2(s->told, O_CLOEXEC) < 0) {
        close(s->ask[0]);
        close(s->ask[1]);
        free(s);
        return NULL;
    }
    fcntl(s->ask[1], F_SETFL, O_NONBLOCK);
    fcntl(s->told[0], F_SETFL, O_NONBLOCK);
    atomic_init(&s->users, 1);
    while (n < THREADS && start_thread(s))
        n++;
    if (n > 0)
        return s;
    system_names_close(s);
    return NULL;
}

void system_names_close(struct system_names *s)
{
    atomic_store(&s->is_closing, true);
    close(s->ask[1]); // the threads read to the end and leave
    leave(s);
}

bool system_names_ask(struct system_names *s, const struct ip_addr *addr, void *tag)
{
    struct question *q = calloc(1, sizeof *q);
    if (!q)
        return false;
    q->addr = *addr;
    q->answer.tag = tag;
    if (write(s->ask[1], &q, sizeof q) == sizeof q) // so short a write is whole or not at all
        return true;
    free(q);
    return false;
}

bool system_names_next(struct system_names *s, struct system_name *out)
{
    struct question *q;
    if (read(s->told[0], &q, sizeof q) != sizeof q)
        return false;
    *out = q->answer;
    free(q);
    return true;
}

static bool take_address(const struct addrinfo *a, struct ip_addr *out)
{
    *out = (struct ip_addr){0};
    if (a->ai_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)a->ai_addr;
        *out = ip_v4(ntohl(in->sin_addr.s_addr));
    } else if (a->ai_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)a->ai_addr;
        out->family = IP_V6;
        out->zone = in6->sin6_scope_id;
        memcpy(out->byte, &in6->sin6_addr, sizeof out->byte);
    }
    return out->family != IP_NONE;
}

uint32_t system_names_forward(struct span name, struct ip_addr *out, uint32_t max)
{
    char text[256] = {0};
    struct addrinfo *list;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    uint32_t n = 0;
    if (name.len >= sizeof text)
        return 0;
    memcpy(text, name.ptr, name.len);
    if (getaddrinfo(text, NULL, &hints, &list) != 0)
        return 0;
    for (const struct addrinfo *a = list; a && n < max; a = a->ai_next)
        n += take_address(a, &out[n]);
    freeaddrinfo(list);
    return n;
}
