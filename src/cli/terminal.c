// SPDX-License-Identifier: Apache-2.0
// Echo and line editing are off while we have the terminal; its signals stay on. SIGTSTP is kept
// back and looked for at every look, so that the terminal is in order before the process stops;
// no handler is needed. SIGTTIN and SIGTTOU are ignored: a process in the background goes on.
#include "cli/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static struct {
    struct termios saved;
    volatile sig_atomic_t is_ours; // our modes are set
    int fd;
    bool holds_stop; // SIGTSTP is blocked by us
} tty = {.fd = -1};

static sigset_t stop_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    return set;
}

static void hold_stop(void)
{
    const sigset_t set = stop_signal();
    struct sigaction now;
    tty.holds_stop = sigaction(SIGTSTP, NULL, &now) == 0 && now.sa_handler == SIG_DFL &&
                     sigprocmask(SIG_BLOCK, &set, NULL) == 0;
}

bool terminal_open(void)
{
    tty.fd = open("/dev/tty", O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (tty.fd < 0)
        return false;
    signal(SIGTTIN, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    hold_stop();
    return true;
}

static bool is_foreground(void)
{
    return tcgetpgrp(tty.fd) == getpgrp();
}

void terminal_restore(void)
{
    if (!tty.is_ours)
        return;
    tty.is_ours = 0;
    if (is_foreground())
        tcsetattr(tty.fd, TCSANOW, &tty.saved);
}

void terminal_close(void)
{
    const sigset_t set = stop_signal();
    terminal_restore();
    if (tty.fd >= 0)
        close(tty.fd);
    tty.fd = -1;
    if (tty.holds_stop)
        sigprocmask(SIG_UNBLOCK, &set, NULL);
    tty.holds_stop = false;
}

// A shell sets its own modes while a job is stopped, so ours are looked at each time.
static void take(void)
{
    struct termios now;
    if (tcgetattr(tty.fd, &now) != 0)
        return;
    if (tty.is_ours && !(now.c_lflag & (tcflag_t)ICANON))
        return;
    tty.saved = now;
    now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    now.c_cc[VMIN] = 1;
    now.c_cc[VTIME] = 0;
    tty.is_ours = 1; // first: a signal between the two restores what is there
    tcsetattr(tty.fd, TCSANOW, &now);
}

bool terminal_look(void)
{
    if (tty.fd < 0 || !is_foreground())
        return false;
    take();
    return true;
}

bool terminal_must_stop(void)
{
    const sigset_t set = stop_signal();
    const struct timespec at_once = {0, 0};
    return tty.holds_stop && sigtimedwait(&set, NULL, &at_once) == SIGTSTP;
}

void terminal_stop(void)
{
    const sigset_t set = stop_signal();
    terminal_restore();
    kill(getpid(), SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &set, NULL); // it stops here
    sigprocmask(SIG_BLOCK, &set, NULL);
}

int terminal_key(void)
{
    unsigned char c;
    if (tty.fd < 0 || !tty.is_ours || !is_foreground())
        return -1;
    return read(tty.fd, &c, 1) == 1 ? c : -1;
}

size_t terminal_width(int fd)
{
    struct winsize size;
    const bool is_known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}
