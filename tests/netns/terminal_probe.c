// SPDX-License-Identifier: Apache-2.0
// Runs a long scan on a pseudo terminal, as a shell with job control would, and behaves like the
// person before it: keys, Ctrl-Z and back, Ctrl-C, the background. terminal_probe WHORL ADDRESS
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 18, PATIENCE_MS = 8000 };

static int master, slave;
static char text[TEXT_MAX];
static size_t n_text;
static int n_failed;
static struct termios before;

static void check(bool is_good, const char *what)
{
    printf("%s: %s\n", is_good ? "ok" : "FAIL", what);
    n_failed += !is_good;
}

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void listen_for(int ms)
{
    struct pollfd p = {.fd = master, .events = POLLIN};
    if (poll(&p, 1, ms) != 1)
        return;
    const ssize_t n = read(master, text + n_text, TEXT_MAX - 1 - n_text);
    if (n > 0)
        n_text += (size_t)n;
    text[n_text] = '\0';
}

// Whether it appears on the terminal, from here on.
static bool sees(const char *what)
{
    const long until = now_ms() + PATIENCE_MS;
    n_text = 0;
    text[0] = '\0';
    while (now_ms() < until && !strstr(text, what))
        listen_for(50);
    return strstr(text, what) != NULL;
}

static void type(const char *keys)
{
    if (write(master, keys, strlen(keys)) < 0)
        check(false, "keys can be typed");
}

static bool has_modes(bool is_line_wise)
{
    struct termios t;
    const long until = now_ms() + PATIENCE_MS;
    bool is_so = false;
    while (!is_so && now_ms() < until) {
        listen_for(20);
        tcgetattr(slave, &t);
        is_so =
            is_line_wise ? t.c_lflag == before.c_lflag : !(t.c_lflag & (tcflag_t)(ICANON | ECHO));
    }
    return is_so;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    const long until = now_ms() + PATIENCE_MS;
    while (now_ms() < until) {
        if (waitpid(pid, &status, WNOHANG | WUNTRACED) == pid)
            return status;
        listen_for(20);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    check(false, "it ended or stopped in time");
    return status;
}

static pid_t start(char **argv, bool is_in_front)
{
    const pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        if (is_in_front)
            tcsetpgrp(slave, getpid());
        signal(SIGTTOU, SIG_DFL);
        dup2(slave, 0);
        dup2(slave, 1);
        dup2(slave, 2);
        execv(argv[0], argv);
        _exit(127);
    }
    setpgid(pid, pid);
    if (is_in_front)
        tcsetpgrp(slave, pid);
    return pid;
}

static void take_back(void)
{
    tcsetpgrp(slave, getpid());
}

static void try_keys(char **argv)
{
    const pid_t pid = start(argv, true);
    check(sees(" left"), "a bar with the remaining time is drawn");
    check(has_modes(false), "keys come without Enter");
    type("v");
    check(sees("Verbosity Increased to 1."), "v says more");
    type("V");
    check(sees("Verbosity Decreased to 0."), "V says less");
    type("d");
    check(sees("Debugging Increased to 1."), "d says more");
    type("D");
    check(sees("Debugging Decreased to 0."), "D says less");
    type("p");
    check(sees("Packet Tracing enabled."), "p begins a trace");
    check(sees("SENT ("), "packets are told of");
    type("P");
    check(sees("Packet Tracing disabled."), "P ends it");
    type("?");
    check(sees("this text"), "? helps");
    type("\r");
    check(sees("Stats: "), "Enter tells how far it is");
    type("\003");
    const int status = wait_for(pid);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 130, "Ctrl-C ends it with 130");
    take_back();
    check(has_modes(true), "the terminal is as before");
}

static void try_stop(char **argv)
{
    const pid_t pid = start(argv, true);
    check(sees(" left"), "a bar again");
    type("\032");
    int status = wait_for(pid);
    take_back();
    check(WIFSTOPPED(status), "Ctrl-Z stops it");
    check(has_modes(true), "the terminal is as before while it is stopped");
    tcsetpgrp(slave, pid);
    kill(pid, SIGCONT);
    check(has_modes(false), "in front again it takes keys again");
    check(sees(" left"), "and draws the bar");
    kill(pid, SIGTERM);
    status = wait_for(pid);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 130, "SIGTERM ends it with 130");
    take_back();
    check(has_modes(true), "the terminal is as before");
}

static void try_background(char **argv)
{
    const pid_t pid = start(argv, false);
    check(!sees(" left") && has_modes(true), "in the background it leaves the terminal alone");
    int status = 0;
    check(waitpid(pid, &status, WNOHANG | WUNTRACED) == 0, "and goes on");
    tcsetpgrp(slave, pid);
    check(has_modes(false), "brought to the front it takes keys");
    kill(pid, SIGINT);
    kill(pid, SIGINT);
    status = wait_for(pid);
    take_back();
    check(has_modes(true), "two SIGINT leave the terminal as before");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    char *scan[] = {argv[1], "-n", "-Pn", "-p1-3000", "--max-rate", "150", argv[2], NULL};
    const pid_t inner = fork(); // a session of its own
    if (inner > 0) {
        int status;
        waitpid(inner, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    }
    setsid();
    setenv("TERM", "xterm", 1);
    master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) || unlockpt(master))
        return 1;
    slave = open(ptsname(master), O_RDWR);
    signal(SIGTTOU, SIG_IGN);
    tcgetattr(slave, &before);
    const struct winsize size = {.ws_row = 25, .ws_col = 80};
    ioctl(slave, TIOCSWINSZ, &size);
    try_keys(scan);
    try_stop(scan);
    try_background(scan);
    printf("%d failed\n", n_failed);
    return n_failed > 0;
}
