// SPDX-License-Identifier: Apache-2.0
#include "cli/say.h"

static void name(struct writer *err)
{
    writer_paint(err, "31");
    writer_str(err, "whorl:");
    writer_plain(err);
    writer_str(err, " ");
}

static void head(struct writer *err, struct span where)
{
    name(err);
    if (where.len == 0)
        return;
    writer_escaped(err, where);
    writer_str(err, ": ");
}

static void tail(struct writer *err)
{
    writer_str(err, "\n");
    writer_flush(err);
}

void say(struct writer *err, const char *what)
{
    say_about(err, SPAN(""), what);
}

void say_about(struct writer *err, struct span where, const char *what)
{
    head(err, where);
    writer_str(err, what);
    tail(err);
}

void say_error(struct writer *err, struct span where, const struct err_at *at)
{
    name(err);
    writer_escaped(err, where);
    if (at->line > 0) {
        writer_str(err, ":");
        writer_dec(err, at->line);
    }
    if (at->line > 0 && at->col > 0) {
        writer_str(err, ":");
        writer_dec(err, at->col);
    }
    writer_str(err, ": ");
    writer_str(err, at->what);
    if (at->token[0]) {
        writer_str(err, ": '");
        writer_str(err, at->token); // escaped when it was set
        writer_str(err, "'");
    }
    tail(err);
}

void say_sys(struct writer *err, struct span where, int error)
{
    say_about(err, where, strerrordesc_np(error < 0 ? -error : error));
}

void say_at(struct writer *err, struct say_place where, const char *what, struct span token)
{
    name(err);
    writer_escaped(err, where.file);
    writer_str(err, ":");
    writer_dec(err, where.line);
    writer_str(err, ": ");
    writer_str(err, what);
    if (token.len > 0) {
        writer_str(err, ": '");
        writer_escaped(err, token);
        writer_str(err, "'");
    }
    tail(err);
}
