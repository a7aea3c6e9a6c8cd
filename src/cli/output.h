// SPDX-License-Identifier: Apache-2.0
// The reports of a run: which were asked for (-oN -oX -oG -oJ -oA), the files behind them, and
// each record to all of them. One that fails is told once and left; the others go on.
#pragma once

#include "base/arena.h"
#include "report/report.h"

struct cli_env;
struct opts;
struct outputs;

// The file of a scan that goes on. JSON lines are continued behind their whole lines, everything
// else is written anew beside what it was, see outputs_replay.
struct continued {
    struct span path; // ends with NUL
    bool is_json;
    uint64_t whole; // bytes that stay
};

// Opens all files. NULL (told on err): two reports for standard output, a bad name, or a file
// that cannot be opened; *code is then the exit code. now: unix seconds, for names.
struct outputs *outputs_open(struct arena *run, const struct opts *o, const struct cli_env *env,
                             int64_t now, struct writer *err, int *code);

// What the XML report names as its stylesheet, absent if it is not installed.
struct span outputs_stylesheet(const struct opts *opts);

// What goes to a terminal in colors does so.
void outputs_paint(struct outputs *o);

// What is told comes from a file: a crash loses nothing.
void outputs_be_patient(struct outputs *o);

void outputs_begin(struct outputs *o, const struct scan *scan);
void outputs_up(struct outputs *o, const struct scan *scan, const struct host *host);
void outputs_port(struct outputs *o, const struct scan *scan, const struct host *host,
                  const struct port *port);
// Ports that were decided since the last call for this host.
void outputs_ports(struct outputs *o, const struct scan *scan, const struct host *decided);
void outputs_service(struct outputs *o, const struct scan *scan, const struct host *host,
                     const struct port *port);
void outputs_evidence(struct outputs *o, const struct scan *scan, const struct host *host,
                      const struct evidence *e);
void outputs_host(struct outputs *o, const struct scan *scan, const struct host *host);
void outputs_note(struct outputs *o, const struct scan *scan, struct span text);
void outputs_phase(struct outputs *o, const struct scan *scan, const struct phase *phase,
                   int64_t now);
void outputs_progress(struct outputs *o, const struct scan *scan, const struct progress *p,
                      int64_t now);
void outputs_end(struct outputs *o, const struct scan *scan);

// Between the two, records go only to what is written anew: they were told before the scan was
// stopped. The second puts it into the place of the old files.
void outputs_replay(struct outputs *o);
void outputs_replayed(struct outputs *o);

// Something was lost; nothing is left to write to.
bool outputs_have_failed(const struct outputs *o);
bool outputs_are_dead(const struct outputs *o);

// Closes the files: what the system tells only now counts as lost too.
void outputs_close(struct outputs *o);
