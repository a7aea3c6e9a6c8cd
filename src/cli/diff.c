// SPDX-License-Identifier: Apache-2.0
// The first scan is kept by address, the second one is read past it. Hosts of the first that do
// not come again are gone, unless the second scan was not whole. Of several records of a host in
// one file the last one counts.
#include "cli/diff.h"

#include "base/map.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/reading.h"
#include "cli/say.h"
#include "report/json.h"
#include "saved/compare.h"

struct kept {
    struct kept *next;
    struct host host;
    bool is_seen;
};

struct diff {
    const struct cli_env *env;
    struct arena run;
    struct arena scratch;
    struct writer out;
    struct writer err;
    struct opts opts;
    struct map by_addr; // struct kept
    struct kept *first;
    struct kept **last;
    struct reading reading;
    bool is_second;
    bool is_whole[2];
    bool has_scan[2];
    const struct host *host; // that is being compared
    bool has_head;
    uint32_t n_changes; // of this host
    uint32_t n_noise;
    uint64_t n_same, n_changed, n_noisy, n_new, n_gone, n_unknown;
};

static void put_text(struct writer *w, struct span s)
{
    writer_escaped(w, span_is_absent(s) ? SPAN("nothing") : s);
}

static void head_write(struct diff *d, const struct host *h, const char *mark)
{
    writer_str(&d->out, mark);
    writer_ip(&d->out, &h->addr);
    if (h->ptr_name.len > 0 || h->name.len > 0) {
        writer_str(&d->out, " (");
        writer_escaped(&d->out, h->name.len > 0 ? h->name : h->ptr_name);
        writer_str(&d->out, ")");
    }
}

static void json_head(struct diff *d, struct json *j, const char *type, const struct host *h)
{
    char text[IP_TEXT_MAX];
    json_init(j, &d->out);
    json_open(j, '{');
    json_put_text(j, "type", span_str(type));
    json_put_text(j, "addr", span_str(ip_text(&h->addr, text)));
}

static void json_end(struct diff *d, struct json *j)
{
    json_close(j, '}');
    writer_str(&d->out, "\n");
}

static void difference_json(struct diff *d, const struct difference *x)
{
    struct json j;
    json_head(d, &j, x->noise ? "noise" : "change", d->host);
    json_put_text(&j, "what", span_str(difference_name(x->kind)));
    if (x->port) {
        json_put_text(&j, "protocol", span_str(proto_name((enum proto)x->port->proto)));
        json_put_number(&j, "portid", x->port->number);
    }
    json_put_text(&j, "before", x->before);
    json_put_text(&j, "after", x->after);
    if (x->noise)
        json_put_text(&j, "why", span_str(x->noise));
    json_end(d, &j);
}

static void difference_text(struct diff *d, const struct difference *x)
{
    struct writer *w = &d->out;
    if (!d->has_head) {
        head_write(d, d->host, "");
        writer_str(w, "\n");
    }
    d->has_head = true;
    writer_str(w, x->noise ? "  noise: " : "  ");
    if (x->port) {
        writer_dec(w, x->port->number);
        writer_str(w, "/");
        writer_str(w, proto_name((enum proto)x->port->proto));
        writer_str(w, " ");
    }
    if (x->kind != DIFFERENCE_PORT)
        writer_str(w, difference_name(x->kind));
    if (x->kind != DIFFERENCE_PORT)
        writer_str(w, x->kind == DIFFERENCE_RESTART ? "" : ": ");
    if (x->kind != DIFFERENCE_RESTART) {
        put_text(w, x->before);
        writer_str(w, " -> ");
        put_text(w, x->after);
    }
    if (x->noise) {
        writer_str(w, " (");
        writer_str(w, x->noise);
        writer_str(w, ")");
    }
    writer_str(w, "\n");
}

static void on_difference(void *ctx, const struct difference *x)
{
    struct diff *d = ctx;
    *(x->noise ? &d->n_noise : &d->n_changes) += 1;
    if (x->noise && d->opts.verbose == 0 && !d->opts.json)
        return;
    if (d->opts.json)
        difference_json(d, x);
    else
        difference_text(d, x);
}

static void open_ports_write(struct writer *w, const struct host *h)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_ports; i++) {
        if (h->ports[i].state != PORT_OPEN)
            continue;
        writer_str(w, n++ == 0 ? ", open: " : " ");
        writer_dec(w, h->ports[i].number);
        writer_str(w, "/");
        writer_str(w, proto_name((enum proto)h->ports[i].proto));
    }
}

// A host that only one of the scans has found.
static void tell_alone(struct diff *d, const struct host *h, bool is_new)
{
    struct json j;
    *(is_new ? &d->n_new : &d->n_gone) += 1;
    if (d->opts.json) {
        json_head(d, &j, is_new ? "new" : "gone", h);
        json_put_text(&j, "what", SPAN("host"));
        json_end(d, &j);
        return;
    }
    head_write(d, h, "");
    writer_str(&d->out, is_new ? "\n  new: up" : "\n  gone: was up");
    open_ports_write(&d->out, h);
    writer_str(&d->out, "\n");
}

static void keep(struct diff *d, struct record *r)
{
    struct kept *k = map_get(&d->by_addr, &r->host->addr);
    if (!k) {
        k = arena_alloc(&d->run, sizeof *k);
        *d->last = k;
        d->last = &k->next;
        map_put(&d->by_addr, &r->host->addr, k);
    } else {
        arena_fini(&k->host.arena);
    }
    k->host = *r->host;
    r->is_taken = true;
}

static void compare(struct diff *d, const struct host *after)
{
    struct kept *k = map_get(&d->by_addr, &after->addr);
    const bool is_up = after->state == HOST_UP;
    if (!k || (k->host.state != HOST_UP && is_up)) {
        if (k)
            k->is_seen = true;
        if (is_up)
            tell_alone(d, after, true);
        return;
    }
    k->is_seen = true;
    if (k->host.state == HOST_UP && !is_up) {
        tell_alone(d, &k->host, false);
        return;
    }
    d->host = after;
    d->has_head = false;
    d->n_changes = d->n_noise = 0;
    compare_hosts(&d->scratch, &k->host, after, on_difference, d);
    arena_fini(&d->scratch);
    d->n_same += d->n_changes == 0;
    d->n_changed += d->n_changes > 0;
    d->n_noisy += d->n_noise > 0;
}

static void on_record(void *ctx, struct record *r)
{
    struct diff *d = ctx;
    d->has_scan[d->is_second] |= r->kind == RECORD_BEGIN;
    if (r->kind == RECORD_END)
        d->is_whole[d->is_second] = !r->scan->is_interrupted;
    if (r->kind != RECORD_HOST)
        return;
    if (d->is_second)
        compare(d, r->host);
    else
        keep(d, r);
}

static void tell_rest(struct diff *d)
{
    for (struct kept *k = d->first; k; k = k->next) {
        if (k->is_seen || k->host.state != HOST_UP)
            continue;
        if (d->is_whole[1])
            tell_alone(d, &k->host, false);
        else
            d->n_unknown++;
    }
}

static void count_write(struct writer *w, uint64_t n, const char *what)
{
    writer_dec(w, n);
    writer_str(w, what);
}

static void totals(struct diff *d)
{
    struct writer *w = &d->out;
    struct json j;
    if (d->opts.json) {
        json_init(&j, w);
        json_open(&j, '{');
        json_put_text(&j, "type", SPAN("end"));
        json_put_number(&j, "same", d->n_same);
        json_put_number(&j, "changed", d->n_changed);
        json_put_number(&j, "noisy", d->n_noisy);
        json_put_number(&j, "new", d->n_new);
        json_put_number(&j, "gone", d->n_gone);
        json_put_number(&j, "not_reached", d->n_unknown);
        json_end(d, &j);
        return;
    }
    count_write(w, d->n_same, d->n_same == 1 ? " host the same, " : " hosts the same, ");
    count_write(w, d->n_changed, " changed, ");
    count_write(w, d->n_new, " new, ");
    count_write(w, d->n_gone, " gone");
    if (d->n_noisy > 0) {
        writer_str(w, "; noise in ");
        writer_dec(w, d->n_noisy);
    }
    if (d->n_unknown > 0) {
        writer_str(w, "; ");
        count_write(w, d->n_unknown, " not reached by the second scan");
    }
    writer_str(w, "\n");
}

static int compare_files(struct diff *d)
{
    bool is_good = true;
    d->reading = (struct reading){.env = d->env, .err = &d->err, .call = on_record, .ctx = d};
    for (uint32_t i = 0; i < 2 && is_good; i++) {
        d->is_second = i == 1;
        is_good = reading_file(&d->run, &d->reading, d->opts.targets[i]) && d->has_scan[i];
        is_good &= d->env->stop == NULL || !*d->env->stop;
    }
    if (!is_good)
        return d->env->stop && *d->env->stop ? EXIT_INTERRUPTED : EXIT_FAILED;
    tell_rest(d);
    totals(d);
    if (!writer_flush(&d->out)) {
        say_about(&d->err, SPAN("standard output"), "cannot be written");
        return EXIT_FAILED;
    }
    if (d->reading.n_damaged > 0)
        return EXIT_FAILED;
    return d->n_changed + d->n_new + d->n_gone > 0 ? EXIT_CHANGED : EXIT_DONE;
}

static int diff(struct diff *d, int argc, char **argv)
{
    if (!command_options(&d->opts, &opts_diff, &d->run, argc, argv, &d->err))
        return EXIT_USAGE;
    if (d->opts.help)
        return command_help(d->env->out, &opts_diff);
    if (d->opts.n_targets == 2)
        return compare_files(d);
    say(&d->err, "diff: two files are needed; whorl diff -h shows the options");
    return EXIT_USAGE;
}

int diff_run(int argc, char **argv, const struct cli_env *env)
{
    static const struct hash_key key = {0x64696666, 0x77686f726c};
    struct diff d = {.env = env};
    arena_init(&d.run, "the run");
    arena_init(&d.scratch, "a comparison");
    map_init(&d.by_addr, key);
    d.last = &d.first;
    writer_init(&d.out, env->out);
    writer_init(&d.err, env->err);
    const int code = diff(&d, argc, argv);
    for (struct kept *k = d.first; k; k = k->next)
        arena_fini(&k->host.arena);
    map_fini(&d.by_addr);
    arena_fini(&d.run);
    return code;
}
