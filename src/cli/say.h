// SPDX-License-Identifier: Apache-2.0
// Messages for people on standard error: "whorl: where: what: 'token'".
#pragma once

#include "base/err.h"
#include "report/writer.h"

void say(struct writer *err, const char *what);
void say_about(struct writer *err, struct span where, const char *what);
void say_error(struct writer *err, struct span where, const struct err_at *at);

// With the text of an error number of the operating system.
void say_sys(struct writer *err, struct span where, int error);

// "whorl: file:place: what: 'token'"
struct say_place {
    struct span file;
    uint64_t line;
};
void say_at(struct writer *err, struct say_place where, const char *what, struct span token);
