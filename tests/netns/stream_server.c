// SPDX-License-Identifier: Apache-2.0
// What test_stream.sh talks to: stream_server KIND PORT, on all addresses of both families, one
// process, any number of connections. Ends when its input does.
//   echo     what comes goes back            flood   never stops talking
//   hold     says nothing, reads nothing     bye     a greeting, then an orderly end
//   slam     a greeting, then a reset        noise   random bytes, then silence
//   udp      echo of datagrams               relay   datagrams to PORT+1, a third is lost
//   stall    a TLS record that never ends    babble  TLS messages without an end
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 65536, EVENTS = 256 };

static const char *kind;
static int set;
static char piece[PIECE];

static void watch(int fd, unsigned events)
{
    struct epoll_event e = {.events = events, .data.fd = fd};
    epoll_ctl(set, EPOLL_CTL_ADD, fd, &e);
}

static int is(const char *name)
{
    return strcmp(kind, name) == 0;
}

// TLS 1.2 records of the handshake: the first bytes of a long one; the smallest message, which
// clients have to skip (hello request, RFC 5246 7.4.1.1).
static const char half_record[] = "\x16\x03\x03\x3f\xff\x02";
static const char hello_request[] = "\x16\x03\x03\x00\x04\x00\x00\x00";

static void greet(int fd)
{
    const struct linger now = {1, 0};
    if (is("stall"))
        send(fd, half_record, sizeof half_record, MSG_NOSIGNAL);
    if (is("slam") || is("bye"))
        send(fd, "hello\n", 6, MSG_NOSIGNAL);
    if (is("slam"))
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    if (is("noise"))
        send(fd, piece, 1000, MSG_NOSIGNAL);
    if (is("slam") || is("bye"))
        close(fd);
    else if (!is("hold"))
        watch(fd, is("flood") || is("babble") ? EPOLLOUT : EPOLLIN);
}

static void serve(int fd)
{
    if (is("flood") || is("babble")) {
        if (send(fd, piece, PIECE, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN)
            close(fd);
        return;
    }
    const ssize_t n = recv(fd, piece, PIECE, MSG_DONTWAIT);
    if (n > 0 && is("echo"))
        send(fd, piece, (size_t)n, MSG_NOSIGNAL);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        close(fd);
}

static void relay(int fd, unsigned short port)
{
    static struct sockaddr_in6 client;
    struct sockaddr_in6 from;
    struct sockaddr_in6 server = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    socklen_t len = sizeof from;
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &server.sin6_addr);
    const ssize_t size = recvfrom(fd, piece, PIECE, MSG_DONTWAIT, (struct sockaddr *)&from, &len);
    const int is_answer = from.sin6_port == server.sin6_port;
    if (!is_answer)
        client = from;
    if (size >= 0 && rand() % 3 != 0) // no rhythm that a flight of messages could keep step with
        sendto(fd, piece, (size_t)size, 0, (struct sockaddr *)(is_answer ? &client : &server), len);
}

static void serve_udp(int fd)
{
    struct sockaddr_in6 from;
    socklen_t len = sizeof from;
    const ssize_t n = recvfrom(fd, piece, PIECE, MSG_DONTWAIT, (struct sockaddr *)&from, &len);
    if (n >= 0)
        sendto(fd, piece, (size_t)n, 0, (struct sockaddr *)&from, len);
}

int main(int argc, char **argv)
{
    struct rlimit limit;
    if (argc < 3)
        return 2;
    kind = argv[1];
    for (int i = 0; i < PIECE; i++)
        piece[i] = (char)rand();
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    const int is_udp = is("udp") || is("relay");
    const int port = atoi(argv[2]);
    for (int i = 0; is("babble") && i < PIECE; i++)
        piece[i] = hello_request[i % 9];
    set = epoll_create1(0);
    const int off = 0, on = 1;
    const int door = socket(AF_INET6, (is_udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK, 0);
    const struct sockaddr_in6 at = {.sin6_family = AF_INET6,
                                    .sin6_port = htons((unsigned short)port)};
    setsockopt(door, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(door, (const struct sockaddr *)&at, sizeof at) != 0 ||
        (!is_udp && listen(door, 8192) != 0)) {
        perror("stream_server");
        return 1;
    }
    watch(door, EPOLLIN);
    watch(STDIN_FILENO, EPOLLIN);
    for (;;) {
        struct epoll_event e[EVENTS];
        const int n = epoll_wait(set, e, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            const int fd = e[i].data.fd;
            int next;
            if (fd == STDIN_FILENO)
                return 0;
            if (fd != door)
                serve(fd);
            else if (is("relay"))
                relay(fd, (unsigned short)(port + 1));
            else if (is_udp)
                serve_udp(fd);
            else
                while ((next = accept(door, NULL, NULL)) >= 0)
                    greet(next);
        }
    }
}
