// SPDX-License-Identifier: Apache-2.0
// The files are read twice: first their scans, and how often each address comes; then a host goes
// to the reports as soon as its last record was read, so only hosts that come more than once are
// kept, and these only until then.
#include "cli/merge.h"

#include <time.h>

#include "base/map.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/load.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/say.h"
#include "cli/show.h"
#include "saved/join.h"

struct joined {
    uint32_t n_left; // records that are still to come
    bool is_kept;
    struct host host;     // what is joined so far; its arena holds all of it
    struct arena *arenas; // of the records that went in
    uint32_t n_arenas;
};

struct merge {
    const struct cli_env *env;
    struct arena run;
    struct writer err;
    struct opts opts;
    struct loaded data;
    struct scan scan;
    struct outputs *outputs;
    struct reading reading;
    struct map by_addr; // struct joined
    uint64_t n_hosts;
    uint64_t n_twice;
    uint32_t n_scans;
};

static void on_first(void *ctx, struct record *r)
{
    struct merge *m = ctx;
    if (r->kind == RECORD_END) {
        join_scans(&m->run, &m->scan, r->scan);
        m->n_scans++;
    }
    if (r->kind != RECORD_HOST)
        return;
    struct joined *j = map_get(&m->by_addr, &r->host->addr);
    if (!j) {
        j = arena_alloc(&m->run, sizeof *j);
        map_put(&m->by_addr, &r->host->addr, j);
        m->n_hosts++;
    } else {
        m->n_twice++;
    }
    j->n_left++;
}

static void add(struct merge *m, struct joined *j, struct record *r)
{
    struct arena *arenas = arena_array(&m->run, j->n_arenas + 1u, sizeof *arenas);
    for (uint32_t i = 0; i < j->n_arenas; i++)
        arenas[i] = j->arenas[i];
    arenas[j->n_arenas++] = r->host->arena;
    j->arenas = arenas;
    r->is_taken = true;
    if (!j->is_kept) {
        j->host = *r->host;
        j->is_kept = true;
        return;
    }
    const struct host earlier = j->host;
    join_hosts(&j->arenas[j->n_arenas - 1], &earlier, r->host, &j->host);
}

static void on_second(void *ctx, struct record *r)
{
    struct merge *m = ctx;
    if (r->kind != RECORD_HOST)
        return;
    struct joined *j = map_get(&m->by_addr, &r->host->addr);
    if (!j || j->n_left == 0)
        return; // the file has grown in the meantime
    j->n_left--;
    if (j->n_left == 0 && !j->is_kept) {
        outputs_host(m->outputs, &m->scan, r->host);
        m->scan.n_up += r->host->state == HOST_UP;
        return;
    }
    add(m, j, r);
    if (j->n_left > 0)
        return;
    outputs_host(m->outputs, &m->scan, &j->host);
    m->scan.n_up += j->host.state == HOST_UP;
    for (uint32_t i = 0; i < j->n_arenas; i++)
        arena_fini(&j->arenas[i]);
    j->n_arenas = 0;
    j->is_kept = false;
}

static bool read_all(struct merge *m, record_fn *call)
{
    bool is_good = true;
    m->reading = (struct reading){.env = m->env, .err = &m->err, .call = call, .ctx = m};
    for (uint32_t i = 0; i < m->opts.n_targets && is_good; i++)
        is_good = reading_file(&m->run, &m->reading, m->opts.targets[i]);
    return is_good && !(m->env->stop && *m->env->stop);
}

static int merge_files(struct merge *m)
{
    int code;
    if (!read_all(m, on_first) || m->n_scans == 0)
        return m->env->stop && *m->env->stop ? EXIT_INTERRUPTED : EXIT_FAILED;
    const bool is_damaged = m->reading.n_damaged > 0;
    m->scan.n_targets -= m->n_twice < m->scan.n_targets ? m->n_twice : 0;
    m->scan.n_up = 0;
    show_detail(&m->opts, m->data.services, &m->scan);
    m->outputs = outputs_open(&m->run, &m->opts, m->env, time(NULL), &m->err, &code);
    if (!m->outputs)
        return code;
    outputs_be_patient(m->outputs);
    outputs_begin(m->outputs, &m->scan);
    const bool is_read = read_all(m, on_second);
    outputs_end(m->outputs, &m->scan);
    outputs_close(m->outputs);
    if (m->env->stop && *m->env->stop)
        return EXIT_INTERRUPTED;
    return is_read && !is_damaged && !outputs_have_failed(m->outputs) ? EXIT_DONE : EXIT_FAILED;
}

static int merge(struct merge *m, int argc, char **argv)
{
    if (!command_options(&m->opts, &opts_merge, &m->run, argc, argv, &m->err))
        return EXIT_USAGE;
    if (m->opts.help)
        return command_help(m->env->out, &opts_merge);
    bool has_stdin = false;
    for (uint32_t i = 0; i < m->opts.n_targets; i++)
        has_stdin |= span_eq(m->opts.targets[i], SPAN("-"));
    if (m->opts.n_targets == 0 || has_stdin) {
        say(&m->err, has_stdin ? "merge: files only, since they are read twice"
                               : "merge: no file was given; whorl merge -h shows the options");
        return EXIT_USAGE;
    }
    show_choose_views(&m->opts);
    if (!load_all(&m->run, &m->opts, m->env, &m->data, &m->err))
        return EXIT_FAILED;
    return merge_files(m);
}

int merge_run(int argc, char **argv, const struct cli_env *env)
{
    static const struct hash_key key = {0x6d65726765, 0x77686f726c};
    struct merge m = {.env = env};
    arena_init(&m.run, "the run");
    map_init(&m.by_addr, key);
    writer_init(&m.err, env->err);
    const int code = merge(&m, argc, argv);
    map_fini(&m.by_addr);
    load_close(&m.data);
    arena_fini(&m.run);
    return code;
}
