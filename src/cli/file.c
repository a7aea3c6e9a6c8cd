// SPDX-License-Identifier: Apache-2.0
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

enum { FIRST_READ = 1 << 16 };

static const char temporary[] = ".XXXXXX";

struct span path_join(struct arena *run, struct span dir, const char *name)
{
    char *text = arena_alloc(run, dir.len + strlen(name) + 2);
    memcpy(text, dir.ptr, dir.len);
    text[dir.len] = '/';
    memcpy(text + dir.len + 1, name, strlen(name));
    return span_str(text);
}

// Reads until the end or until mem is full.
static int read_some(int fd, char *mem, size_t size, size_t *n)
{
    while (*n < size) {
        const ssize_t got = read(fd, mem + *n, size - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        *n += (size_t)got;
    }
    return 0;
}

static int read_all(struct arena *run, int fd, size_t size, struct span *out)
{
    char *mem = arena_alloc(run, size + 1);
    size_t n = 0;
    const int rc = read_some(fd, mem, size, &n);
    *out = span_of(mem, n);
    return rc;
}

int file_read(struct arena *run, struct span path, struct span *out)
{
    struct stat st;
    const int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
    int rc = fstat(fd, &st) < 0 ? -errno : 0;
    if (rc == 0 && !S_ISREG(st.st_mode))
        rc = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    if (rc == 0 && st.st_size > LIMIT_DB_FILE)
        rc = -EFBIG;
    if (rc == 0)
        rc = read_all(run, fd, (size_t)st.st_size, out);
    close(fd);
    return rc < 0 ? rc : 1;
}

int file_read_stdin(struct arena *run, struct span *out)
{
    size_t size = FIRST_READ, n = 0;
    char *mem = arena_alloc(run, size);
    int rc = read_some(STDIN_FILENO, mem, size, &n);
    while (rc == 0 && n == size && size < LIMIT_DB_FILE) {
        char *more = arena_alloc(run, 2 * size);
        memcpy(more, mem, n);
        mem = more;
        size *= 2;
        rc = read_some(STDIN_FILENO, mem, size, &n);
    }
    *out = span_of(mem, n);
    return rc == 0 && n > LIMIT_DB_FILE ? -EFBIG : rc;
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
