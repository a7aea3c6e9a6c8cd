// SPDX-License-Identifier: Apache-2.0
// The file is read twice: once for what is done, once, when the reports are open, to replay it.
// Finished IPv4 hosts are bits in pages that are made when they are needed, so that a scan of
// millions can go on; unfinished ones are few and kept whole.
#include "cli/resume.h"

#include "base/map.h"
#include "base/set.h"
#include "cli/cli.h"
#include "cli/reading.h"
#include "cli/say.h"
#include "model/scan.h"

enum { PAGES = 65536 };

struct resume {
    struct arena *run;
    struct span path;
    const struct cli_env *env;
    struct set **pages; // by the upper half of an IPv4 address
    struct map done;    // other addresses
    struct map known;   // struct host
    struct host **hosts;
    uint32_t n_hosts, cap_hosts;
    uint64_t n_done;
    uint64_t n_up;
    int64_t last_end; // of a host
    struct scan scan; // the last one of the file
    struct span *arguments;
    uint32_t n_arguments;
    bool has_scan;
    bool is_whole;
    bool is_foreign;
    struct continued continued;
    struct outputs *outputs; // of the second reading
    const struct scan *now;
};

static void put_done(struct resume *r, const struct host *h)
{
    r->n_done++;
    r->n_up += h->state == HOST_UP;
    if (h->ended > r->last_end)
        r->last_end = h->ended;
    if (h->addr.family != IP_V4) {
        map_put(&r->done, &h->addr, r);
        return;
    }
    const uint32_t a = ip_v4_u32(&h->addr);
    if (!r->pages[a >> 16])
        r->pages[a >> 16] = arena_alloc(r->run, sizeof **r->pages);
    set_add(r->pages[a >> 16], (uint16_t)a);
}

static bool is_done(const struct resume *r, const struct ip_addr *addr)
{
    if (addr->family != IP_V4)
        return r->done.n > 0 && map_get(&r->done, addr) != NULL;
    const uint32_t a = ip_v4_u32(addr);
    return r->pages[a >> 16] && set_has(r->pages[a >> 16], (uint16_t)a);
}

static void put_known(struct resume *r, struct record *record)
{
    struct host *h = arena_alloc(r->run, sizeof *h);
    *h = *record->host;
    record->is_taken = true;
    if (r->n_hosts == r->cap_hosts) {
        struct host **old = r->hosts;
        r->cap_hosts = r->cap_hosts ? 2 * r->cap_hosts : 64;
        r->hosts = arena_array(r->run, r->cap_hosts, sizeof(struct host *));
        for (uint32_t i = 0; i < r->n_hosts; i++)
            r->hosts[i] = old[i];
    }
    r->hosts[r->n_hosts++] = h;
    map_put(&r->known, &h->addr, h);
}

static void forget_hosts(struct resume *r)
{
    for (uint32_t i = 0; i < r->n_hosts; i++)
        arena_fini(&r->hosts[i]->arena);
    map_fini(&r->done);
    map_fini(&r->known);
    r->n_hosts = 0;
}

// With several scans in the file the last one counts.
static void begin(struct resume *r, const struct scan *scan)
{
    forget_hosts(r);
    r->pages = arena_array(r->run, PAGES, sizeof *r->pages);
    r->n_done = r->n_up = 0;
    r->last_end = 0;
    r->has_scan = true;
    r->is_foreign = !span_is_absent(scan->scanner);
    r->scan = *scan;
    r->n_arguments = scan->n_arguments;
    r->arguments = arena_array(r->run, scan->n_arguments, sizeof *r->arguments);
    for (uint32_t i = 0; i < scan->n_arguments; i++)
        r->arguments[i] = arena_copy(r->run, scan->arguments[i]);
}

static void on_record(void *ctx, struct record *record)
{
    struct resume *r = ctx;
    if (record->kind == RECORD_BEGIN) {
        begin(r, record->scan);
    } else if (record->kind == RECORD_HOST && record->host->is_cut_short) {
        put_known(r, record);
    } else if (record->kind == RECORD_HOST) {
        put_done(r, record->host);
    } else if (record->kind == RECORD_END) {
        r->scan = *record->scan;
        r->is_whole = !record->scan->is_interrupted;
    }
}

struct resume *resume_open(struct arena *run, const struct cli_env *env, struct span path,
                           struct writer *err)
{
    static const struct hash_key key = {0x726573756d65, 0x77686f726c};
    struct resume *r = arena_alloc(run, sizeof *r);
    struct reading reading = {.env = env, .err = err, .call = on_record, .ctx = r};
    r->run = run;
    r->env = env;
    r->path = path;
    map_init(&r->done, key);
    map_init(&r->known, key);
    if (span_eq(path, SPAN("-"))) {
        say(err, "--resume needs a file, since it is read twice");
        return NULL;
    }
    if (!reading_file(run, &reading, path))
        return NULL;
    r->continued = (struct continued){
        .path = path,
        .is_json = reading.format == RECORD_FORMAT_JSON,
        .whole = reading.n_whole,
    };
    if (r->has_scan && !r->is_foreign && r->n_arguments > 0)
        return r;
    say_about(err, path, r->is_foreign ? "this is a scan of another program" : "no scan is in it");
    resume_close(r);
    return NULL;
}

int resume_arguments(const struct resume *r, char ***argv)
{
    char **list = arena_array(r->run, r->n_arguments + 1, sizeof *list);
    for (uint32_t i = 0; i < r->n_arguments; i++)
        list[i] = (char *)r->arguments[i].ptr; // copies of our own
    *argv = list;
    return (int)r->n_arguments;
}

bool resume_seed(const struct resume *r, uint64_t *seed)
{
    *seed = r->scan.seed;
    return !r->scan.is_from_xml;
}

const struct continued *resume_continued(const struct resume *r)
{
    return &r->continued;
}

bool resume_is_finished(const struct resume *r)
{
    return r->is_whole && r->n_hosts == 0;
}

void resume_scan(const struct resume *r, struct scan *scan)
{
    const int64_t seconds = r->last_end > r->scan.started ? r->last_end - r->scan.started : 0;
    scan->is_resumed = true;
    scan->started = r->scan.started;
    scan->n_targets = r->n_done;
    scan->n_up = r->n_up;
    scan->elapsed_ns =
        r->scan.elapsed_ns > 0 ? r->scan.elapsed_ns : (uint64_t)seconds * UINT64_C(1000000000);
    scan->sent_packets = r->scan.sent_packets;
    scan->sent_bytes = r->scan.sent_bytes;
    scan->received_packets = r->scan.received_packets;
    scan->received_bytes = r->scan.received_bytes;
}

bool resume_has(const struct resume *r, const struct ip_addr *addr, const struct host **known)
{
    *known = NULL;
    if (is_done(r, addr))
        return true;
    if (r->known.n > 0)
        *known = map_get(&r->known, addr);
    return false;
}

static void on_replay(void *ctx, struct record *record)
{
    struct resume *r = ctx;
    if (record->kind == RECORD_UP)
        outputs_up(r->outputs, r->now, record->host);
    else if (record->kind == RECORD_PORT)
        outputs_port(r->outputs, r->now, record->host, record->port);
    else if (record->kind == RECORD_EVIDENCE)
        outputs_evidence(r->outputs, r->now, record->host, record->evidence);
    else if (record->kind == RECORD_HOST && !record->host->is_cut_short)
        outputs_host(r->outputs, r->now, record->host);
}

void resume_replay(struct resume *r, struct outputs *outputs, const struct scan *scan,
                   struct writer *err)
{
    struct reading reading = {.env = r->env, .err = err, .call = on_replay, .ctx = r};
    r->outputs = outputs;
    r->now = scan;
    outputs_replay(outputs);
    (void)reading_file(r->run, &reading, r->path);
    outputs_replayed(outputs);
}

void resume_close(struct resume *r)
{
    forget_hosts(r);
}
