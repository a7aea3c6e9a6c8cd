// SPDX-License-Identifier: Apache-2.0
// The process: standard streams, signals. Everything else is in cli_run.
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "cli/cli.h"

static volatile bool stop; // the one mutable global: set by signals

struct fd_sink {
    struct sink sink;
    int fd;
};

static bool fd_write(struct sink *self, struct span bytes)
{
    const struct fd_sink *s = (const struct fd_sink *)self;
    while (bytes.len > 0) {
        const ssize_t n = write(s->fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = span_from(bytes, (size_t)n);
    }
    return true;
}

static void on_signal(int number)
{
    (void)number;
    stop = true;
}

int main(int argc, char **argv)
{
    struct fd_sink out = {{fd_write}, STDOUT_FILENO};
    struct fd_sink err = {{fd_write}, STDERR_FILENO};
    struct sigaction on_stop = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &on_stop, NULL);
    sigaction(SIGTERM, &on_stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    const struct cli_env env = {.out = &out.sink, .err = &err.sink, .stop = &stop};
    return cli_run(argc, argv, &env);
}
