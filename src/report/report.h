// SPDX-License-Identifier: Apache-2.0
// Reports print finished records and compute nothing from packets. A kind of report is one const
// struct; adding one = one file + one line in report_kinds. The owner of the sink (cli) owns the
// file behind it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "report/sink.h"
#include "report/writer.h"

struct evidence;
struct host;
struct phase;
struct port;
struct progress;
struct report_out;
struct scan;

struct report {
    const char *name;
    const char *option;    // the option that asks for a file of this kind, NULL = none
    const char *extension; // of its file in a set of outputs
    size_t size;           // bytes of private state
    void (*begin)(struct report_out *out, const struct scan *scan);
    void (*host)(struct report_out *out, const struct scan *scan, const struct host *host);
    void (*note)(struct report_out *out, const struct scan *scan, struct span text);
    // While a host is under way; NULL: this kind waits until it is finished.
    void (*up)(struct report_out *out, const struct scan *scan, const struct host *host);
    void (*port)(struct report_out *out, const struct scan *scan, const struct host *host,
                 const struct port *port);
    void (*ports)(struct report_out *out, const struct scan *scan, const struct host *decided);
    void (*service)(struct report_out *out, const struct scan *scan, const struct host *host,
                    const struct port *port);
    void (*evidence)(struct report_out *out, const struct scan *scan, const struct host *host,
                     const struct evidence *e);
    // The run itself (model/progress.h); now: unix seconds.
    void (*phase)(struct report_out *out, const struct scan *scan, const struct phase *phase,
                  int64_t now);
    void (*progress)(struct report_out *out, const struct scan *scan, const struct progress *p,
                     int64_t now);
    void (*end)(struct report_out *out, const struct scan *scan);
};

// Of a report that goes on in a file that holds one: what the statistics there said.
struct report_joint {
    bool is_joined;
    size_t kept; // bytes of the file's end that stay
    uint64_t up; // hosts
    uint64_t total;
};

// One open report. Must not be copied.
struct report_out {
    const struct report *kind;
    void *state; // kind->size bytes, zeroed at the start
    struct writer w;
    struct report_joint joint;
};

// Where an XML report can go on: before the statistics of the old one, or behind the last host of
// one that was cut off. head, tail: first and last bytes of the file. False: that is no such
// report.
bool report_xml_joint(struct span head, struct span tail, struct report_joint *out);

extern const struct report report_screen; // the normal report as it is read while it grows
extern const struct report report_normal; // and as it is kept
extern const struct report report_xml;
extern const struct report report_grep;
extern const struct report report_json;
extern const struct report report_html;

// All kinds, NULL at the end.
extern const struct report *const report_kinds[];

void report_init(struct arena *run, struct report_out *out, const struct report *kind,
                 struct sink *sink);

// Each hands its record to the sink before it returns, so that a crash loses no finished host.
// False if this or an earlier record could not be written.
bool report_begin(struct report_out *out, const struct scan *scan);
bool report_host(struct report_out *out, const struct scan *scan, const struct host *host);
bool report_note(struct report_out *out, const struct scan *scan, struct span text); // one line
bool report_up(struct report_out *out, const struct scan *scan, const struct host *host);
bool report_port(struct report_out *out, const struct scan *scan, const struct host *host,
                 const struct port *port); // its state is known
// decided: address and the ports that were decided since the last call.
bool report_ports(struct report_out *out, const struct scan *scan, const struct host *decided);
bool report_service(struct report_out *out, const struct scan *scan, const struct host *host,
                    const struct port *port); // what speaks there is known
bool report_evidence(struct report_out *out, const struct scan *scan, const struct host *host,
                     const struct evidence *e);
bool report_phase(struct report_out *out, const struct scan *scan, const struct phase *phase,
                  int64_t now);
bool report_progress(struct report_out *out, const struct scan *scan, const struct progress *p,
                     int64_t now); // as people were told
bool report_end(struct report_out *out, const struct scan *scan);

// For a saved fingerprint: "WHERE: HOST", the OS block of the normal report and an empty line.
bool report_saved(struct writer *w, const struct scan *scan, const struct host *host,
                  struct span where);
