// SPDX-License-Identifier: Apache-2.0
#include "cli/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/say.h"

enum { CHUNK = 1 << 16, DAMAGES_MAX = 20 }; // of a file that are told one by one

static bool must_end(const struct reading *r)
{
    return r->must_end || (r->env->stop && *r->env->stop);
}

static void tell_damage(struct reading *r, const struct record *d)
{
    r->n_damaged += !d->is_cut;
    r->has_end &= !d->is_cut;
    if (r->n_damaged == DAMAGES_MAX + 1)
        say_about(r->err, r->file, "more damage, not told one by one");
    if (r->n_damaged <= DAMAGES_MAX)
        say_at(r->err, (struct say_place){r->file, d->line}, d->text.ptr, d->token);
}

static void on_record(void *ctx, struct record *record)
{
    struct reading *r = ctx;
    const bool is_our_cut = record->kind == RECORD_DAMAGE && record->is_cut && !r->is_read;
    if (must_end(r) || is_our_cut)
        return; // that reading stopped is no fault of the file
    if (record->kind == RECORD_DAMAGE)
        tell_damage(r, record);
    else
        r->call(r->ctx, record);
}

static bool read_fd(struct reading *r, struct records *records, int fd)
{
    char mem[CHUNK];
    while (!must_end(r)) {
        const ssize_t n = read(fd, mem, sizeof mem);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            say_sys(r->err, r->file, -errno);
        if (n <= 0)
            return n == 0;
        records_feed(records, span_of(mem, (size_t)n));
    }
    return true;
}

bool reading_file(struct arena *run, struct reading *r, struct span path)
{
    const bool is_stdin = span_eq(path, SPAN("-"));
    const int fd = is_stdin ? STDIN_FILENO : open(path.ptr, O_RDONLY | O_CLOEXEC);
    r->file = path;
    r->has_end = true;
    if (fd < 0) {
        say_sys(r->err, path, -errno);
        return false;
    }
    struct records *records = records_open(run, on_record, r);
    r->is_read = read_fd(r, records, fd);
    r->format = records_format(records);
    r->n_whole = records_whole(records);
    records_end(records);
    records_close(records);
    if (!is_stdin)
        close(fd);
    return r->is_read && r->format != RECORD_FORMAT_NONE;
}
