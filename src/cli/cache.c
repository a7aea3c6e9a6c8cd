// SPDX-License-Identifier: Apache-2.0
// A new file is written under another name and renamed, so that no reader meets half of one. A
// folder or file that belongs to somebody else, or that others may write, is not used.
#include "cli/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h> // renameat
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "cli/file.h"

enum { NAME_MAX_LEN = 64 };

static const char suffix[] = ".blk";

struct span cache_folder(struct arena *run)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (cache && cache[0] == '/')
        return path_join(run, span_str(cache), "whorl");
    if (home && home[0] == '/')
        return path_join(run, span_str(home), ".cache/whorl");
    return (struct span){NULL, 0};
}

static bool is_ours(const struct stat *st)
{
    return st->st_uid == geteuid() && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int open_folder(struct span folder)
{
    struct stat st;
    const int fd = open(folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    const int rc = fstat(fd, &st) < 0 ? -errno : is_ours(&st) ? 0 : -EPERM;
    if (rc == 0)
        return fd;
    close(fd);
    return rc;
}

// Both folders of the path may be missing.
static int make_folder(struct arena *a, struct span folder)
{
    const struct span copy = arena_copy(a, folder);
    char *path = (char *)(uintptr_t)copy.ptr; // our own copy
    char *slash = strrchr(path, '/');
    if (slash && slash != path) {
        *slash = '\0';
        (void)mkdir(path, 0700); // what matters is whether the next one works
        *slash = '/';
    }
    return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static void key_name(const char *kind, struct digest_value key, const char *end,
                     char out[NAME_MAX_LEN])
{
    struct buf b;
    buf_init(&b, out, NAME_MAX_LEN - 1);
    buf_str(&b, kind);
    buf_char(&b, '-');
    buf_hex_pad(&b, key.word[0], 16);
    buf_hex_pad(&b, key.word[1], 16);
    buf_str(&b, end);
    out[buf_len(&b)] = '\0';
}

static int map(int fd, struct span *out)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || !is_ours(&st))
        return -EPERM;
    if (st.st_size <= 0 || st.st_size > LIMIT_DB_BLOCK)
        return -EFBIG;
    const size_t size = (size_t)st.st_size;
    void *mem = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (mem == MAP_FAILED)
        return -errno;
    *out = span_of(mem, size);
    return 0;
}

int cache_open(struct span folder, const char *kind, struct digest_value key, struct span *out)
{
    char name[NAME_MAX_LEN];
    const int dir = open_folder(folder);
    if (dir < 0)
        return dir;
    key_name(kind, key, suffix, name);
    const int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    const int rc = fd < 0 ? -errno : map(fd, out);
    if (fd >= 0)
        close(fd);
    close(dir);
    return rc;
}

void cache_close(struct span bytes)
{
    if (!span_is_absent(bytes))
        munmap((void *)(uintptr_t)bytes.ptr, bytes.len);
}

static int write_all(int fd, struct span bytes)
{
    while (bytes.len > 0) {
        const ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        bytes = span_from(bytes, (size_t)n);
    }
    return 0;
}

static bool is_cached(const char *kind, const char *name)
{
    const struct span s = span_str(name);
    const struct span end = span_from(s, s.len - (sizeof suffix - 1));
    const size_t n = strlen(kind);
    return s.len > n + sizeof suffix && span_starts(s, span_of(kind, n)) && s.ptr[n] == '-' &&
           span_eq(end, span_str(suffix));
}

// The number of our files of this kind, and the name of the one that was written first.
static uint32_t find_oldest(int dir, const char *kind, char oldest[NAME_MAX_LEN])
{
    struct timespec least = {0};
    uint32_t n = 0;
    const int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    for (const struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        struct stat st;
        const size_t len = strlen(e->d_name);
        if (!is_cached(kind, e->d_name) || len >= NAME_MAX_LEN ||
            fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        const struct timespec *t = &st.st_mtim;
        const bool is_older =
            t->tv_sec < least.tv_sec || (t->tv_sec == least.tv_sec && t->tv_nsec < least.tv_nsec);
        if (n++ > 0 && !is_older)
            continue;
        least = *t;
        memcpy(oldest, e->d_name, len + 1);
    }
    if (d)
        closedir(d);
    else if (fd >= 0)
        close(fd);
    return n;
}

static void prune(int dir, const char *kind)
{
    char oldest[NAME_MAX_LEN];
    while (find_oldest(dir, kind, oldest) > CACHE_FILES)
        if (unlinkat(dir, oldest, 0) < 0)
            return;
}

static int put_file(int dir, const char *kind, struct digest_value key, struct span bytes)
{
    char name[NAME_MAX_LEN], temporary[NAME_MAX_LEN];
    key_name(kind, key, suffix, name);
    key_name(kind, (struct digest_value){{(uint64_t)getpid(), key.word[0]}}, ".tmp", temporary);
    (void)unlinkat(dir, temporary, 0); // of a process of this number that did not get far
    const int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                          S_IRUSR | S_IWUSR);
    if (fd < 0)
        return -errno;
    int rc = write_all(fd, bytes);
    if (close(fd) < 0 && rc == 0)
        rc = -errno;
    if (rc == 0 && renameat(dir, temporary, dir, name) < 0)
        rc = -errno;
    if (rc < 0)
        (void)unlinkat(dir, temporary, 0);
    return rc;
}

int cache_put(struct span folder, const char *kind, struct digest_value key, struct span bytes)
{
    struct arena a;
    arena_init(&a, "a folder's name");
    int dir = make_folder(&a, folder);
    arena_fini(&a);
    if (dir == 0)
        dir = open_folder(folder);
    if (dir < 0)
        return dir;
    const int rc = put_file(dir, kind, key, bytes);
    if (rc == 0)
        prune(dir, kind);
    close(dir);
    return rc;
}
