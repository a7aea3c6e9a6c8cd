// SPDX-License-Identifier: Apache-2.0
// The process: standard streams, signals. Everything else is in cli_run.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/terminal.h"

static volatile bool stop; // set by signals

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

// The first one ends the run in order; the second one ends the process.
static void on_signal(int number)
{
    const bool is_enough = stop || number == SIGQUIT;
    stop = true;
    if (!is_enough)
        return;
    terminal_restore();
    signal(number, SIG_DFL);
    raise(number);
}

static void set_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction now, on_stop = {.sa_handler = on_signal};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const bool is_ignored = sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler == SIG_IGN;
        if (!is_ignored) // as under nohup
            sigaction(numbers[i], &on_stop, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
}

// A pager behind a pipe reads the terminal itself.
static bool may_have_keys(void)
{
    struct stat st;
    return isatty(STDIN_FILENO) && fstat(STDOUT_FILENO, &st) == 0 && !S_ISFIFO(st.st_mode);
}

static bool is_terminal(int fd)
{
    const char *term = getenv("TERM");
    return isatty(fd) && (!term || strcmp(term, "dumb") != 0);
}

int main(int argc, char **argv)
{
    struct fd_sink out = {{fd_write}, STDOUT_FILENO};
    struct fd_sink err = {{fd_write}, STDERR_FILENO};
    set_signals();
    const char *no_color = getenv("NO_COLOR"); // no-color.org: present and not empty
    const struct cli_env env = {
        .out = &out.sink,
        .err = &err.sink,
        .stop = &stop,
        .out_is_terminal = is_terminal(STDOUT_FILENO),
        .err_is_terminal = is_terminal(STDERR_FILENO),
        .may_have_keys = may_have_keys(),
        .no_color = no_color && *no_color,
    };
    return cli_run(argc, argv, &env);
}
