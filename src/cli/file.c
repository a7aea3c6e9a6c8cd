// SPDX-License-Identifier: Apache-2.0
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

enum {
    FIRST_READ = 1 << 16,
    PIECE = 64 << 10, // stays in the cache between reading and digesting
};

static const char temporary[] = ".XXXXXX";

struct span path_join(struct arena *run, struct span dir, const char *name)
{
    char *text = arena_alloc(run, dir.len + strlen(name) + 2);
    memcpy(text, dir.ptr, dir.len);
    text[dir.len] = '/';
    memcpy(text + dir.len + 1, name, strlen(name));
    return span_str(text);
}

// A descriptor, -ENOENT if there is no such file, -errno.
static int open_regular(struct span path, size_t *size)
{
    struct stat st;
    const int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOTDIR ? -ENOENT : -errno;
    int rc = fstat(fd, &st) < 0 ? -errno : 0;
    if (rc == 0 && !S_ISREG(st.st_mode))
        rc = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    if (rc == 0 && st.st_size > LIMIT_DB_FILE)
        rc = -EFBIG;
    *size = rc == 0 ? (size_t)st.st_size : 0;
    if (rc == 0)
        return fd;
    close(fd);
    return rc;
}

// Up to `size` bytes, less only at the end of the file.
static ssize_t read_full(int fd, char *mem, size_t size)
{
    size_t n = 0;
    while (n < size) {
        const ssize_t got = read(fd, mem + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

int file_read(struct arena *run, struct span path, struct span *out)
{
    size_t size = 0;
    const int fd = open_regular(path, &size);
    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    char *mem = arena_alloc(run, size + 1);
    const ssize_t n = read_full(fd, mem, size);
    close(fd);
    if (n < 0)
        return (int)n;
    *out = span_of(mem, (size_t)n);
    return 1;
}

static void digest_len(struct digest *d, size_t len)
{
    const uint64_t v = len;
    digest_add(d, span_of(&v, sizeof v));
}

int file_digest(struct span path, struct digest *d)
{
    char piece[PIECE];
    size_t size = 0, total = 0;
    ssize_t n = 1;
    const int fd = open_regular(path, &size);
    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    while (n > 0 && total < size) {
        n = read_full(fd, piece, size - total < PIECE ? size - total : PIECE);
        if (n > 0) {
            digest_add(d, span_of(piece, (size_t)n));
            total += (size_t)n;
        }
    }
    close(fd);
    digest_len(d, total);
    return n < 0 ? (int)n : 1;
}

void file_digest_text(struct span text, struct digest *d)
{
    digest_add(d, text);
    digest_len(d, text.len);
}

static int read_stream(struct arena *run, int fd, struct span *out)
{
    size_t size = FIRST_READ, n = 0;
    char *mem = arena_alloc(run, size);
    ssize_t got = read_full(fd, mem, size);
    while (got > 0 && n + (size_t)got == size && size < LIMIT_DB_FILE) {
        n = size;
        char *more = arena_alloc(run, 2 * size);
        memcpy(more, mem, n);
        mem = more;
        size *= 2;
        got = read_full(fd, mem + n, size - n);
    }
    if (got < 0)
        return (int)got;
    *out = span_of(mem, n + (size_t)got);
    return out->len > LIMIT_DB_FILE ? -EFBIG : 0;
}

int file_read_stdin(struct arena *run, struct span *out)
{
    return read_stream(run, STDIN_FILENO, out);
}

int file_read_any(struct arena *run, struct span path, struct span *out)
{
    const int rc = file_read(run, path, out);
    if (rc != -EINVAL)
        return rc;
    const int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    const int error = read_stream(run, fd, out);
    close(fd);
    return error < 0 ? error : 1;
}

int file_make_folders(struct arena *run, struct span path)
{
    for (size_t i = 1; i < path.len; i++) {
        if (path.ptr[i] != '/')
            continue;
        const struct span folder = arena_copy(run, span_head(path, i));
        if (mkdir(folder.ptr, 0755) < 0 && errno != EEXIST)
            return -errno;
    }
    return 0;
}

static int write_all(int fd, struct span text)
{
    while (text.len > 0) {
        const ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        text = span_from(text, (size_t)n);
    }
    return fsync(fd) < 0 ? -errno : 0;
}

// The mode of the file that is replaced, else that of any new file.
static mode_t mode_of(struct span path)
{
    struct stat st;
    return stat(path.ptr, &st) == 0 ? st.st_mode & 0777 : 0644;
}

int file_replace(struct arena *run, struct span path, struct span text)
{
    char *name = arena_alloc(run, path.len + sizeof temporary);
    memcpy(name, path.ptr, path.len);
    memcpy(name + path.len, temporary, sizeof temporary);
    const int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int rc = write_all(fd, text);
    if (rc == 0 && fchmod(fd, mode_of(path)) < 0)
        rc = -errno;
    close(fd);
    if (rc == 0 && rename(name, path.ptr) < 0)
        rc = -errno;
    if (rc < 0)
        unlink(name);
    return rc;
}
