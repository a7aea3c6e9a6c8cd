// SPDX-License-Identifier: Apache-2.0
// Bytes are read when nothing that was read before is left, so a long list costs no memory but for
// hosts with known ports. Nothing is waited for: standard input may be another scanner that is
// still at work. Addresses become targets at once; all else goes through the target grammar.
#include "cli/worklist.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "cli/say.h"
#include "saved/worklist.h"

enum { READ_BYTES = 65536 };

// A target that has been read. spec is absent: addr is it.
struct entry {
    struct ip_addr addr;
    struct span spec;
    struct span name; // of addr, absent = none
    uint64_t line;
};

// A host with known ports.
struct known {
    struct known *next;
    struct ip_addr addr; // or the key of a name
    struct span spec;
    struct span name; // of addr, absent = none
    uint64_t line;    // the first one
    struct port *ports;
    size_t n_ports, cap_ports;
};

struct worklist_input {
    struct arena *run;
    struct arena lines; // of what one read brought
    struct writer *err;
    struct targets *targets;
    struct worklist *list;
    struct span path;
    int fd;
    bool has_ended;
    uint64_t size; // 0: not known
    uint64_t n_read;
    uint64_t n_given;
    uint64_t n_broken;
    struct entry *entries;
    size_t n_entries, cap_entries, next_entry;
    struct map by_addr; // struct known
    struct known *first;
    struct known *last;
    uint64_t n_known;
    struct known *turn; // the last one that was given
    uint8_t bytes[READ_BYTES];
};

static void complain(struct worklist_input *in, uint64_t line, const char *what, struct span token)
{
    if (in->n_broken++ < LIMIT_WORK_ERRORS)
        say_at(in->err, (struct say_place){in->path, line}, what, span_head(token, 60));
}

// Names are found by 128 bits of hash where addresses are found by themselves.
static struct ip_addr key_of(struct span spec)
{
    struct ip_addr key = {0};
    char lower[LIMIT_NAME];
    const size_t n = spec.len < sizeof lower ? spec.len : sizeof lower;
    if (ip_parse(spec, &key))
        return key;
    for (size_t i = 0; i < n; i++) {
        const bool is_upper = spec.ptr[i] >= 'A' && spec.ptr[i] <= 'Z';
        lower[i] = (char)(is_upper ? spec.ptr[i] | 0x20 : spec.ptr[i]);
    }
    for (uint64_t half = 0; half < 2; half++) {
        const uint64_t h = hash_keyed(&(struct hash_key){half, half}, span_of(lower, n));
        memcpy(key.byte + 8 * half, &h, sizeof h);
    }
    key.family = UINT8_MAX;
    return key;
}

static struct known *known_of(struct worklist_input *in, const struct work_item *item)
{
    const struct ip_addr key = key_of(item->spec);
    struct known *k = map_get(&in->by_addr, &key);
    if (k)
        return k;
    k = arena_alloc(in->run, sizeof *k);
    k->addr = key;
    k->spec = arena_copy(in->run, item->spec);
    k->name = arena_copy(in->run, item->name);
    k->line = item->line;
    *(in->last ? &in->last->next : &in->first) = k;
    in->last = k;
    in->n_known++;
    map_put(&in->by_addr, &key, k);
    return k;
}

static uint32_t rank(const struct port *p)
{
    return (uint32_t)p->proto << 16 | p->number;
}

// Ascending; the first record of a port stands.
static void add_port(struct known *k, const struct port *port)
{
    size_t i = k->n_ports;
    while (i > 0 && rank(&k->ports[i - 1]) > rank(port))
        i--;
    if (i > 0 && rank(&k->ports[i - 1]) == rank(port))
        return;
    VEC_PUSH(k->ports, k->n_ports, k->cap_ports, *port);
    memmove(k->ports + i + 1, k->ports + i, (k->n_ports - 1 - i) * sizeof *k->ports);
    k->ports[i] = *port;
}

static void take(void *ctx, const struct work_item *item)
{
    struct worklist_input *in = ctx;
    struct entry e = {.line = item->line};
    if (item->remark) {
        say_at(in->err, (struct say_place){in->path, item->line}, item->remark, SPAN(""));
        return;
    }
    if (item->damage) {
        complain(in, item->line, item->damage, item->spec);
        return;
    }
    if (item->has_port) {
        add_port(known_of(in, item), &item->port);
        return;
    }
    if (!ip_parse(item->spec, &e.addr))
        e.spec = arena_copy(&in->lines, item->spec);
    e.name = arena_copy(in->run, item->name);
    VEC_PUSH(in->entries, in->n_entries, in->cap_entries, e);
}

struct worklist_input *input_open(struct arena *run, struct span path, struct targets *targets,
                                  struct writer *err)
{
    struct worklist_input *in = arena_alloc(run, sizeof *in);
    struct stat st;
    const bool is_stdin = span_eq(path, SPAN("-"));
    in->run = run;
    in->err = err;
    in->targets = targets;
    in->path = is_stdin ? SPAN("standard input") : path;
    in->fd = is_stdin ? STDIN_FILENO : open(path.ptr, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0 || fstat(in->fd, &st) < 0 || (S_ISDIR(st.st_mode) && (errno = EISDIR))) {
        say_sys(err, path, -errno);
        return NULL;
    }
    in->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    in->list = worklist_open(run, take, in);
    arena_init(&in->lines, "a work list");
    map_init(&in->by_addr, (struct hash_key){0x776F726B, (uint64_t)st.st_ino});
    return in;
}

// False: nothing is there yet.
static bool read_more(struct worklist_input *in)
{
    struct pollfd ready = {.fd = in->fd, .events = POLLIN};
    if (poll(&ready, 1, 0) == 0)
        return false;
    const ssize_t n = read(in->fd, in->bytes, sizeof in->bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    if (n < 0) {
        say_sys(in->err, in->path, -errno);
        in->n_broken++;
    }
    in->n_entries = in->next_entry = 0;
    arena_fini(&in->lines);
    arena_init(&in->lines, "a work list");
    if (n > 0) {
        in->n_read += (uint64_t)n;
        worklist_feed(in->list, span_of(in->bytes, (size_t)n));
        return true;
    }
    worklist_end(in->list);
    in->has_ended = true;
    return true;
}

static bool next_entry(struct worklist_input *in, struct target *out)
{
    while (in->next_entry < in->n_entries) {
        const struct entry *e = &in->entries[in->next_entry++];
        struct err_at at = {0};
        if (span_is_absent(e->spec)) {
            *out = (struct target){.addr = e->addr, .name = e->name};
            return true;
        }
        if (targets_add(in->targets, e->spec, &at) != ERR_OK)
            complain(in, e->line, at.what, e->spec);
        else if (targets_next(in->targets, out))
            return true;
    }
    return false;
}

static bool next_known(struct worklist_input *in, struct target *out)
{
    struct known *k;
    bool has_one = false;
    while (!has_one && (k = in->turn ? in->turn->next : in->first) != NULL) {
        struct err_at at = {0};
        in->turn = k;
        in->n_known--;
        has_one = k->addr.family != UINT8_MAX;
        if (has_one)
            *out = (struct target){.addr = k->addr, .name = k->name};
        else if (targets_add(in->targets, k->spec, &at) != ERR_OK)
            complain(in, k->line, at.what, k->spec);
        else
            has_one = targets_next(in->targets, out);
        out->listed = k->ports;
        out->n_listed = (uint32_t)k->n_ports;
    }
    return has_one;
}

enum input_state input_next(struct worklist_input *in, struct target *out)
{
    // First the rest of what was begun.
    while (!targets_next(in->targets, out) && !next_entry(in, out)) {
        if (!in->has_ended && !read_more(in))
            return INPUT_LATER;
        if (!in->has_ended)
            continue;
        if (!next_known(in, out))
            return INPUT_END;
        break;
    }
    in->n_given++;
    return INPUT_TARGET;
}

uint64_t input_left(const struct worklist_input *in)
{
    const uint64_t here = in->n_entries - in->next_entry + in->n_known;
    if (in->has_ended)
        return here;
    if (in->size == 0 || in->n_read == 0)
        return UINT64_MAX;
    const double each = (double)in->n_read / (double)(in->n_given + here + 1);
    const uint64_t rest = in->size > in->n_read ? in->size - in->n_read : 0;
    return here + (uint64_t)((double)rest / each);
}

bool input_has_failed(const struct worklist_input *in)
{
    return in->n_broken > 0;
}

void input_close(struct worklist_input *in)
{
    if (in->n_broken > LIMIT_WORK_ERRORS)
        say_about(in->err, in->path, "more lines could not be used than are told here");
    if (in->fd > STDIN_FILENO)
        close(in->fd);
    worklist_close(in->list);
    arena_fini(&in->lines);
    map_fini(&in->by_addr);
    vec_free(in->entries);
    for (struct known *k = in->first; k; k = k->next)
        vec_free(k->ports);
}
