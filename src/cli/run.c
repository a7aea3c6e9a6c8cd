// SPDX-License-Identifier: Apache-2.0
// One run: options, data, the way to the network, the pipeline, the report. Each host is printed
// and flushed the moment it is finished. When standard output fails the run ends: nobody reads.
#include <errno.h>
#include <time.h>

#include "base/text.h"
#include "cli/chosen.h"
#include "cli/cli.h"
#include "cli/db.h"
#include "cli/describe.h"
#include "cli/diff.h"
#include "cli/identify.h"
#include "cli/load.h"
#include "cli/merge.h"
#include "cli/mix.h"
#include "cli/netview.h"
#include "cli/opts.h"
#include "cli/output.h"
#include "cli/pathnotes.h"
#include "cli/pings.h"
#include "cli/prepare.h"
#include "cli/resume.h"
#include "cli/say.h"
#include "cli/scans.h"
#include "cli/show.h"
#include "cli/tracer.h"
#include "cli/tune.h"
#include "cli/watch.h"
#include "cli/worklist.h"
#include "cli/zone.h"
#include "config.h"
#include "engine/engine.h"
#include "engine/io_linux.h"
#include "engine/resolve.h"
#include "model/progress.h"
#include "model/scan.h"
#include "report/progress.h"
#include "report/report.h"
#include "verdict/path.h"

enum { ARP_TRIES = 3 };

#define ARP_TIMEOUT_NS UINT64_C(150000000)

struct run {
    struct arena arena;
    const struct cli_env *env;
    struct writer err;
    struct opts opts;
    struct loaded data;
    struct plan plan;
    struct scan scan;
    struct io *io;
    struct engine *engine;
    struct resolver *resolver;
    struct targets *targets;
    struct choose choose;
    struct mix *mix;              // NULL: targets come in their own order
    struct worklist_input *input; // NULL: no -iL
    enum input_state input_state;
    struct pipeline *pipeline;
    struct outputs *outputs;
    struct watch *watch;
    struct tracer tracer;
    struct resume *resume; // NULL: a new scan
    struct cli_env seen;   // env with the streams of watch
    uint32_t n_skipped;    // targets without a route
    bool has_told_whole;   // that IPv6 packets are not cut
    struct path_tally path;
};

static uint64_t now_of(void *ctx)
{
    return engine_now(ctx);
}

static bool interrupted(const struct run *r)
{
    return r->env->stop && *r->env->stop;
}

static bool must_stop(void *ctx)
{
    const struct run *r = ctx;
    return outputs_are_dead(r->outputs) || interrupted(r);
}

static bool next_listed(struct run *r, struct target *out)
{
    if (!r->input) {
        choose_skipped(&r->choose, targets_skip(r->targets, choose_others(&r->choose)));
        return targets_next(r->targets, out);
    }
    r->input_state = input_next(r->input, out);
    return r->input_state == INPUT_TARGET;
}

static bool next_chosen(void *ctx, struct target *out)
{
    struct run *r = ctx;
    do {
        *out = (struct target){0};
        if (must_stop(r) || !next_listed(r, out))
            return false;
        zone_settle(r->io, r->plan.iface, &out->addr);
    } while (!choose_takes(&r->choose, &out->addr) ||
             (r->resume && resume_has(r->resume, &out->addr, &out->known)));
    if (r->opts.ping_only)
        out->n_listed = 0;
    return true;
}

static bool next_target(void *ctx, struct target *out)
{
    struct run *r = ctx;
    if (must_stop(r) || !(r->mix ? mix_next(r->mix, out) : next_chosen(r, out)))
        return false;
    r->scan.n_targets++;
    tune_tell_whole(&r->opts, &out->addr, &r->has_told_whole, &r->err);
    return true;
}

static bool has_later(void *ctx)
{
    const struct run *r = ctx;
    return r->input && r->input_state == INPUT_LATER && !must_stop(ctx);
}

static uint64_t targets_to_come(const struct run *r)
{
    const uint64_t listed = r->input ? input_left(r->input) : 0;
    const uint32_t n_shards = r->choose.n_shards > 0 ? r->choose.n_shards : 1;
    const uint64_t left = targets_left(r->targets);
    if (left == UINT64_MAX)
        return left;
    return listed < UINT64_MAX ? (listed + left) / n_shards : UINT64_MAX;
}

static void on_done(void *ctx, struct host *host)
{
    struct run *r = ctx;
    if (host->state == HOST_SKIPPED) {
        char text[IP_TEXT_MAX];
        r->n_skipped++;
        r->scan.n_targets--;
        say_about(&r->err, span_str(ip_text(&host->addr, text)), "no route, not scanned");
        return;
    }
    if (host->is_cut_short && host->state == HOST_UNKNOWN) { // nothing is known of it yet
        r->scan.n_targets--;
        return;
    }
    r->scan.n_up += host->state == HOST_UP;
    path_add(&r->path, host);
    outputs_host(r->outputs, &r->scan, host);
}

static void on_up(void *ctx, const struct host *host)
{
    struct run *r = ctx;
    outputs_up(r->outputs, &r->scan, host);
}

static void on_port(void *ctx, const struct host *host, const struct port *port)
{
    struct run *r = ctx;
    outputs_port(r->outputs, &r->scan, host, port);
}

static void on_ports(void *ctx, const struct host *decided)
{
    struct run *r = ctx;
    outputs_ports(r->outputs, &r->scan, decided);
}

static void on_service(void *ctx, const struct host *host, const struct port *port)
{
    struct run *r = ctx;
    outputs_service(r->outputs, &r->scan, host, port);
}

static void on_evidence(void *ctx, const struct host *host, const struct evidence *e)
{
    struct run *r = ctx;
    outputs_evidence(r->outputs, &r->scan, host, e);
}

static void on_note(void *ctx, int verbosity, struct span text)
{
    struct run *r = ctx;
    if (verbosity > r->scan.verbose)
        return;
    writer_bytes(&r->err, text);
    writer_str(&r->err, "\n");
    writer_flush(&r->err);
}

static void on_phase(void *ctx, const struct phase *phase)
{
    struct run *r = ctx;
    outputs_phase(r->outputs, &r->scan, phase, engine_wall(r->engine) / 1000000000);
    if (r->scan.verbose < 1)
        return;
    phase_write(&r->err, phase, engine_wall(r->engine) / 1000000000);
    writer_flush(&r->err);
}

static void on_name(void *ctx, const struct ip_addr *addr, struct span name)
{
    struct run *r = ctx;
    pipeline_named(r->pipeline, addr, name);
}

static bool ask_name(void *ctx, const struct ip_addr *addr)
{
    struct run *r = ctx;
    return r->resolver && resolver_reverse(r->resolver, addr, on_name, r);
}

static uint32_t resolve(void *ctx, struct span name, struct ip_addr *out, uint32_t max)
{
    struct run *r = ctx;
    const uint32_t n = r->resolver ? resolver_forward(r->resolver, name, out, max) : 0;
    if (n == 0)
        say_about(&r->err, name, "this name could not be resolved");
    return n;
}

static void describe(struct run *r, int argc, char **argv)
{
    const struct opts *o = &r->opts;
    r->scan = (struct scan){
        .version = SPAN(WHORL_VERSION),
        .platform = SPAN(WHORL_PLATFORM),
        .command = describe_command(&r->arena, argc, argv),
        .verbose = o->verbose > o->debug ? o->verbose : o->debug,
        .debug = o->debug,
        .show_reasons = o->reasons || o->debug > 0 || o->verbose > 1,
        .open_only = o->open_only,
        .lists_only = o->hosts.list_only,
        .defeats_rst = o->pace.defeat_rst,
        .does_os = r->plan.does_os,
        .does_services = r->plan.does_services,
        .version_intensity = o->intensity,
        .os_guess = o->os_guess,
        .explains = o->explain,
        .quirks = o->quirks == QUIRKS_793    ? 793
                  : o->quirks == QUIRKS_7991 ? 7991
                                             : 0,
        .ports_per_host = plan_ports(&r->plan),
        .services = r->data.services,
        .stylesheet = outputs_stylesheet(o),
        .targets = o->targets,
        .n_specs = o->n_targets,
        .ports = o->ports,
        .seed = r->plan.seed,
    };
    describe_more(&r->arena, &r->plan, &r->data, argc, argv, &r->scan);
}

static int no_privilege(struct run *r, struct span what, const char *option)
{
    writer_str(&r->err, "whorl: ");
    writer_str(&r->err, option);
    writer_str(&r->err, ": raw packets are not allowed here");
    if (what.len > 0) {
        writer_str(&r->err, " (");
        writer_bytes(&r->err, what);
        writer_str(&r->err, " was refused)");
    }
    writer_str(&r->err, ", but it needs them. Two ways:\n"
                        "  sudo whorl ...\n"
                        "  sudo setcap cap_net_raw+ep $(command -v whorl)   once, then run whorl "
                        "as any user\n"
                        "-sT and -sV work without.\n");
    writer_flush(&r->err);
    return EXIT_FAILED;
}

static int open_without_packets(struct run *r, struct span refused)
{
    struct span what = SPAN("");
    const char *option = scans_without_packets(&r->opts, &r->plan);
    if (!option && !r->opts.hosts.list_only)
        option = pings_without_packets(&r->opts, &r->err);
    if (option)
        return no_privilege(r, refused, option);
    tune_tell_idle(&r->opts, &r->err);
    if (r->opts.all)
        say(&r->err, "-A without raw packets is -sV: no OS detection, no way to the hosts");
    r->scan.does_os = r->plan.does_os;
    if (r->io)
        return EXIT_DONE;
    const int rc = io_linux_open_streams(&r->io, &what);
    if (rc == 0)
        return EXIT_DONE;
    say_sys(&r->err, what, rc);
    return EXIT_FAILED;
}

static int open_network(struct run *r)
{
    struct span what = SPAN("");
    r->io = r->env->io;
    if (r->opts.unprivileged || r->opts.hosts.list_only)
        return open_without_packets(r, SPAN(""));
    if (r->io)
        return EXIT_DONE;
    const int rc = io_linux_open(&r->io, &what);
    if ((rc == -EPERM || rc == -EACCES) && !r->opts.privileged)
        return open_without_packets(r, what);
    if (rc < 0) {
        say_sys(&r->err, what, rc);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

static bool wants_color(const struct run *r, bool is_terminal)
{
    if (r->opts.color == COLOR_AUTO)
        return is_terminal && !r->env->no_color;
    return r->opts.color == COLOR_ALWAYS;
}

static bool find_iface(struct run *r)
{
    enum { IFACES_MAX = 64 };
    if (span_is_absent(r->opts.iface))
        return true;
    struct io_iface *list = arena_array(&r->arena, IFACES_MAX, sizeof *list);
    const int n = r->io->ops->ifaces(r->io, list, IFACES_MAX);
    for (int i = 0; i < n; i++) {
        if (!span_eq(span_str(list[i].name), r->opts.iface))
            continue;
        if (!list[i].is_up) {
            say_about(&r->err, r->opts.iface, "this interface is down");
            return false;
        }
        r->plan.iface = list[i].index;
        return true;
    }
    say_about(&r->err, r->opts.iface, "there is no such interface");
    return false;
}

static uint64_t run_now(void *ctx)
{
    const struct run *r = ctx;
    return engine_now(r->engine);
}

static int64_t run_wall(void *ctx)
{
    const struct run *r = ctx;
    return engine_wall(r->engine);
}

static void get_progress(void *ctx, struct progress *out)
{
    const struct run *r = ctx;
    struct engine_stats s;
    engine_stats(r->engine, &s);
    pipeline_progress(r->pipeline, targets_to_come(r), out);
    out->sent_packets = s.sent_packets;
    out->received_packets = s.received_packets;
}

static void switch_trace(void *ctx, bool is_on)
{
    struct run *r = ctx;
    tracer_switch(&r->tracer, is_on);
}

static void open_resolver(struct run *r)
{
    const struct span servers = r->opts.hosts.dns_servers;
    const struct resolver_config cfg = {
        .timers = engine_timers(r->engine),
        .now = now_of,
        .now_ctx = r->engine,
        .servers = servers.ptr,
        .is_system = r->opts.hosts.system_dns,
    };
    r->resolver = resolver_open(&r->arena, &cfg);
}

// False (told): --dns-servers is no list of servers.
static bool has_resolver(struct run *r)
{
    if (r->resolver || r->env->io || span_is_absent(r->opts.hosts.dns_servers))
        return true;
    say_about(&r->err, r->opts.hosts.dns_servers, "this is no list of DNS servers");
    return false;
}

static void on_told(void *ctx, const struct progress *p)
{
    struct run *r = ctx;
    outputs_progress(r->outputs, &r->scan, p, engine_wall(r->engine) / 1000000000);
}

static void open_engine(struct run *r)
{
    const uint16_t fixed = r->plan.packet.source;
    struct engine_config cfg = {
        .max_rate = r->opts.max_rate,
        .min_rate = r->opts.pace.min_rate,
        .port_lo = fixed && fixed < r->plan.discovery_base ? fixed : r->plan.discovery_base,
        .port_hi = 65535,
        .takes_others = plan_takes_others(&r->plan),
        .key = r->plan.key,
        .arp_tries = ARP_TRIES,
        .arp_timeout_ns = ARP_TIMEOUT_NS,
    };
    tune_guise(&r->arena, &r->opts, &r->plan, &cfg.guise);
    r->engine = engine_new(&r->arena, r->io, &cfg);
    tracer_init(&r->tracer, r->engine, &r->err);
    tracer_switch(&r->tracer, r->opts.packet_trace);
    if (!r->env->io)
        open_resolver(r);
    const struct pipeline_calls calls = {
        .next = next_target,
        .later = has_later,
        .done = on_done,
        .note = on_note,
        .name = ask_name,
        .stop = must_stop,
        .up = on_up,
        .port = on_port,
        .ports = on_ports,
        .service = on_service,
        .evidence = on_evidence,
        .phase = on_phase,
        .ctx = r,
    };
    r->pipeline = pipeline_new(&r->arena, r->engine, &r->plan, &calls);
}

static void begin_watch(struct run *r)
{
    const struct watch_calls calls = {run_now, run_wall, get_progress, on_told, switch_trace, r};
    watch_begin(r->watch, engine_timers(r->engine), &calls, &r->scan);
}

static void close_engine(struct run *r)
{
    if (r->resolver)
        resolver_close(r->resolver);
    pipeline_close(r->pipeline);
    engine_close(r->engine);
    choose_fini(&r->choose);
}

static void count(struct run *r, uint64_t begun_ns)
{
    struct engine_stats s;
    engine_stats(r->engine, &s);
    r->scan.elapsed_ns += engine_now(r->engine) - begun_ns;
    r->scan.sent_packets += s.sent_packets;
    r->scan.sent_bytes += s.sent_bytes;
    r->scan.received_packets += s.received_packets;
    r->scan.received_bytes += s.received_bytes;
    if (s.dropped > 0)
        say(&r->err, "the kernel dropped captured packets: this machine was too slow; results "
                     "may miss answers");
}

static int outcome(struct run *r, int rc)
{
    struct span name;
    if (outputs_are_dead(r->outputs))
        say(&r->err, "no output is left to write to; the scan was ended");
    if (outputs_have_failed(r->outputs))
        return EXIT_FAILED;
    if (interrupted(r))
        return EXIT_INTERRUPTED;
    if (rc < 0) {
        say_sys(&r->err, SPAN("network"), rc);
        return EXIT_FAILED;
    }
    const bool is_list_bad = r->input && input_has_failed(r->input);
    return targets_unresolved(r->targets, &name) > 0 || r->n_skipped > 0 || is_list_bad
               ? EXIT_FAILED
               : EXIT_DONE;
}

static bool choose_targets(struct run *r)
{
    struct targets *excluded = targets_new(&r->arena, resolve, r);
    targets_set_six(excluded, r->opts.prefers_six, zone_of);
    choose_init(&r->choose, r->plan.key);
    const uint64_t seed = chosen_seed(&r->opts, &r->plan);
    if (r->opts.hosts.has_random)
        targets_draw(r->targets, r->opts.hosts.n_random, seed);
    if (r->opts.random_hosts && (r->input || r->opts.hosts.has_random)) {
        r->mix = mix_new(&r->arena, seed);
        r->mix->next = next_chosen;
        r->mix->ctx = r;
    }
    return chosen_open(&r->arena, &r->opts, &r->plan, r->targets, excluded, &r->choose, &r->err);
}

static int scan(struct run *r)
{
    int rc = open_network(r);
    if (rc != EXIT_DONE)
        return rc;
    describe_kinds(&r->arena, &r->plan, &r->scan);
    if (!find_iface(r))
        return EXIT_USAGE;
    open_engine(r);
    if (!has_resolver(r) || !choose_targets(r)) {
        close_engine(r);
        return EXIT_USAGE;
    }
    const uint64_t begun_ns = engine_now(r->engine);
    r->scan.started = engine_wall(r->engine) / 1000000000;
    if (r->resume)
        resume_scan(r->resume, &r->scan);
    outputs_begin(r->outputs, &r->scan);
    if (r->resume)
        resume_replay(r->resume, r->outputs, &r->scan, &r->err);
    begin_watch(r);
    rc = pipeline_run(r->pipeline);
    watch_end(r->watch);
    r->scan.is_interrupted = interrupted(r);
    r->scan.ended = engine_wall(r->engine) / 1000000000;
    count(r, begun_ns);
    pathnotes_tell(&r->arena, &r->path, r->outputs, &r->scan);
    outputs_end(r->outputs, &r->scan);
    outputs_close(r->outputs);
    rc = outcome(r, rc);
    close_engine(r);
    return rc;
}

static int show_version(struct run *r)
{
    struct writer w;
    writer_init(&w, r->env->out);
    writer_str(&w, "whorl " WHORL_VERSION " (" WHORL_PLATFORM ")\n");
    return writer_flush(&w) ? EXIT_DONE : EXIT_FAILED;
}

static int show_help(struct run *r)
{
    struct writer w;
    writer_init(&w, r->env->out);
    opts_help(&w, &opts_scan);
    return writer_flush(&w) ? EXIT_DONE : EXIT_FAILED;
}

static int usage(struct run *r)
{
    say(&r->err, "no target was given; whorl -h shows the options");
    return EXIT_USAGE;
}

// From here on everybody's output takes the progress bar into account.
static bool open_watch(struct run *r)
{
    r->watch = watch_new(&r->arena, &r->opts, r->env, &r->err);
    if (!r->watch)
        return false;
    r->seen = *r->env;
    r->seen.out = watch_out(r->watch);
    r->seen.err = watch_err(r->watch);
    r->err.sink = r->seen.err;
    r->err.has_color = wants_color(r, r->env->err_is_terminal);
    r->env = &r->seen;
    return true;
}

static bool open_input(struct run *r)
{
    if (span_is_absent(r->opts.input_list))
        return true;
    r->input = input_open(&r->arena, r->opts.input_list, r->targets, &r->err);
    return r->input != NULL;
}

static bool parse(struct run *r, int argc, char **argv)
{
    struct err_at at;
    opts_init(&r->opts, &opts_scan);
    if (opts_parse(&r->opts, &r->arena, argc, argv, &at) == ERR_OK)
        return true;
    const struct span arg = span_str(argv[at.line]);
    at.line = 0;
    say_error(&r->err, span_head(arg, span_find(arg, '=')), &at);
    return false;
}

// The arguments become those of the scan that goes on. Not EXIT_DONE: the run is over, *code says
// how.
static bool take_up(struct run *r, int *argc, char ***argv, int *code)
{
    const struct span path = r->opts.resume;
    *code = EXIT_USAGE;
    if (*argc > 3 || r->opts.n_targets > 0) {
        say(&r->err, "--resume takes all other options and the targets from its file");
        return false;
    }
    *code = EXIT_FAILED;
    r->resume = resume_open(&r->arena, r->env, path, &r->err);
    if (!r->resume)
        return false;
    *argc = resume_arguments(r->resume, argv);
    if (!parse(r, *argc, *argv))
        return false;
    if (resume_is_finished(r->resume)) {
        say_about(&r->err, path, "this scan is complete, nothing is left to do");
        *code = EXIT_DONE;
        return false;
    }
    uint64_t seed;
    if (resume_seed(r->resume, &seed)) {
        r->opts.seed = seed;
        r->opts.has_seed = true;
    }
    r->opts.continued = resume_continued(r->resume);
    return true;
}

static int run_all(struct run *r, int argc, char **argv)
{
    int code;
    if (!parse(r, argc, argv))
        return EXIT_USAGE;
    if (r->opts.help)
        return show_help(r);
    if (r->opts.version)
        return show_version(r);
    if (r->opts.packet.list_ways || !span_is_absent(r->opts.packet.way_to))
        return netview_run(&r->arena, &r->opts, r->env, &r->err);
    if (!span_is_absent(r->opts.resume) && !take_up(r, &argc, &argv, &code))
        return code;
    if (r->opts.n_targets == 0 && span_is_absent(r->opts.input_list) && !r->opts.hosts.has_random)
        return usage(r);
    if (!open_watch(r))
        return EXIT_USAGE;
    r->targets = targets_new(&r->arena, resolve, r);
    targets_set_six(r->targets, r->opts.prefers_six, zone_of);
    if (!prepare_targets(r->targets, &r->opts, &r->err))
        return EXIT_USAGE;
    if (!open_input(r))
        return EXIT_FAILED;
    if (!load_all(&r->arena, &r->opts, r->env, &r->data, &r->err))
        return EXIT_FAILED;
    if (!prepare_plan(&r->arena, &r->opts, r->env, &r->data, &r->plan, &r->err))
        return EXIT_USAGE;
    describe(r, argc, argv);
    r->outputs = outputs_open(&r->arena, &r->opts, r->env, time(NULL), &r->err, &code);
    if (r->outputs && wants_color(r, r->env->out_is_terminal))
        outputs_paint(r->outputs);
    return r->outputs ? scan(r) : code;
}

int cli_run(int argc, char **argv, const struct cli_env *env)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv, const struct cli_env *env);
    } commands[] = {{"db", db_run},
                    {"identify", identify_run},
                    {"show", show_run},
                    {"diff", diff_run},
                    {"merge", merge_run}};
    for (size_t i = 0; i < sizeof commands / sizeof *commands && argc > 1; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1, env);
    }
    struct run r = {.env = env};
    arena_init(&r.arena, "the run");
    writer_init(&r.err, env->err);
    const int code = run_all(&r, argc, argv);
    if (r.resume)
        resume_close(r.resume);
    if (r.io && r.io != env->io)
        r.io->ops->close(r.io);
    if (r.input)
        input_close(r.input);
    load_close(&r.data);
    arena_fini(&r.arena);
    return code;
}
