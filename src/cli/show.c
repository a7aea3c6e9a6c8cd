// SPDX-License-Identifier: Apache-2.0
// Each record goes to the reports as it is read, so a saved scan of any size takes the memory of
// one host. The reports are those of a scan and cannot tell the difference.
#include "cli/show.h"

#include <time.h>

#include "cli/cli.h"
#include "cli/command.h"
#include "cli/load.h"
#include "cli/opts.h"
#include "cli/output.h"
#include "cli/reading.h"
#include "cli/say.h"

struct show {
    const struct cli_env *env;
    struct arena run;
    struct writer err;
    struct opts opts;
    struct loaded data;
    struct scan scan;
    struct outputs *outputs;
    struct reading reading;
    uint32_t n_scans;
    bool has_too_many;
};

void show_choose_views(struct opts *o)
{
    const struct span *views[] = {&o->out_normal, &o->out_xml,  &o->out_grep,  &o->out_json,
                                  &o->out_all,    &o->out_html, &o->out_sqlite};
    bool has_any = false;
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        has_any |= !span_is_absent(*views[i]);
    if (!has_any)
        o->out_normal = SPAN("-");
    o->quiet = true; // the report that grows with a scan is not wanted
    o->targets_are_files = true;
}

void show_detail(const struct opts *o, const struct services *services, struct scan *scan)
{
    const int verbose = o->verbose > o->debug ? o->verbose : o->debug;
    scan->services = services;
    scan->stylesheet = outputs_stylesheet(o);
    scan->verbose = verbose > scan->verbose ? verbose : scan->verbose;
    scan->debug = o->debug > scan->debug ? o->debug : scan->debug;
    scan->show_reasons |= o->reasons || o->debug > 0 || verbose > 1;
    scan->open_only |= o->open_only;
}

// Formats that are one document.
static bool holds_one_scan(const struct opts *o)
{
    return !span_is_absent(o->out_xml) || !span_is_absent(o->out_all) ||
           !span_is_absent(o->out_html);
}

static void begin(struct show *s)
{
    if (s->n_scans++ > 0 && holds_one_scan(&s->opts)) {
        say_at(&s->err, (struct say_place){s->reading.file, 0},
               "a further scan, but XML and HTML hold one; whorl merge joins scans",
               (struct span){NULL, 0});
        s->has_too_many = s->reading.must_end = true;
        return;
    }
    outputs_begin(s->outputs, &s->scan);
}

static void on_record(void *ctx, struct record *r)
{
    struct show *s = ctx;
    if (r->scan)
        s->scan = *r->scan;
    show_detail(&s->opts, s->data.services, &s->scan);
    switch (r->kind) {
    case RECORD_BEGIN:
        begin(s);
        break;
    case RECORD_UP:
        outputs_up(s->outputs, &s->scan, r->host);
        break;
    case RECORD_PORT:
        outputs_port(s->outputs, &s->scan, r->host, r->port);
        break;
    case RECORD_PORTS:
        outputs_ports(s->outputs, &s->scan, r->host);
        break;
    case RECORD_SERVICE:
        outputs_service(s->outputs, &s->scan, r->host, r->port);
        break;
    case RECORD_EVIDENCE:
        outputs_evidence(s->outputs, &s->scan, r->host, r->evidence);
        break;
    case RECORD_HOST:
        outputs_host(s->outputs, &s->scan, r->host);
        break;
    case RECORD_NOTE:
        outputs_note(s->outputs, &s->scan, r->text);
        break;
    case RECORD_END:
        outputs_end(s->outputs, &s->scan);
        break;
    case RECORD_RESUMED:
    case RECORD_DAMAGE:
        break;
    }
    s->reading.must_end |= outputs_are_dead(s->outputs);
}

static int outcome(const struct show *s, uint32_t n_failed)
{
    if (s->env->stop && *s->env->stop)
        return EXIT_INTERRUPTED;
    const bool is_bad = n_failed > 0 || s->reading.n_damaged > 0 || s->has_too_many ||
                        outputs_have_failed(s->outputs);
    return is_bad ? EXIT_FAILED : EXIT_DONE;
}

static int show_files(struct show *s)
{
    uint32_t n_failed = 0;
    s->reading = (struct reading){.env = s->env, .err = &s->err, .call = on_record, .ctx = s};
    for (uint32_t i = 0; i < s->opts.n_targets && !s->reading.must_end; i++)
        n_failed += !reading_file(&s->run, &s->reading, s->opts.targets[i]);
    outputs_close(s->outputs);
    return outcome(s, n_failed);
}

static int show(struct show *s, int argc, char **argv)
{
    int code;
    if (!command_options(&s->opts, &opts_show, &s->run, argc, argv, &s->err))
        return EXIT_USAGE;
    if (s->opts.help)
        return command_help(s->env->out, &opts_show);
    if (s->opts.n_targets == 0) {
        say(&s->err, "show: no file was given; whorl show -h shows the options");
        return EXIT_USAGE;
    }
    show_choose_views(&s->opts);
    if (!load_all(&s->run, &s->opts, s->env, &s->data, &s->err))
        return EXIT_FAILED;
    s->outputs = outputs_open(&s->run, &s->opts, s->env, time(NULL), &s->err, &code);
    if (!s->outputs)
        return code;
    outputs_be_patient(s->outputs);
    return show_files(s);
}

int show_run(int argc, char **argv, const struct cli_env *env)
{
    struct show s = {.env = env};
    arena_init(&s.run, "the run");
    writer_init(&s.err, env->err);
    const int code = show(&s, argc, argv);
    load_close(&s.data);
    arena_fini(&s.run);
    return code;
}
