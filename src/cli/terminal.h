// SPDX-License-Identifier: Apache-2.0
// The terminal while a run is watched: keys without Enter and without echo, only while the process
// is in the foreground. There is one terminal, and signal handlers must be able to restore it, so
// its state is static.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Opens the controlling terminal. False: there is none.
bool terminal_open(void);
void terminal_close(void);

// To be called often: takes the terminal when the process comes to the foreground. False: it is
// not in the foreground now, nothing should be drawn.
bool terminal_look(void);

// Whether Ctrl-Z was pressed; then terminal_stop gives the terminal back and stops the process
// until it is continued.
bool terminal_must_stop(void);
void terminal_stop(void);

// The next key that was pressed, -1: none.
int terminal_key(void);

// Columns of the terminal behind fd, 80 if it does not tell.
size_t terminal_width(int fd);

// As it was found. May be called by a signal handler.
void terminal_restore(void);
