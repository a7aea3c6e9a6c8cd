// SPDX-License-Identifier: Apache-2.0
// Parts of the XML report, shared by its files only.
#pragma once

#include <stdint.h>

#include "base/span.h"

struct host;
struct os_verdict;
struct phase;
struct progress;
struct report_out;
struct scan;
struct writer;

// <ports> and what is in it.
void xml_ports_write(struct writer *w, const struct scan *scan, const struct host *host);

// <hostscript> with what stands in between, what was lost and the verdict, if there is any of it.
void xml_scripts_write(struct writer *w, const struct host *host);
void xml_verdict_write(struct writer *w, const struct os_verdict *v);

// <postscript> with what was found over all hosts.
void xml_path_note(struct writer *w, struct span text);

// <os>, <uptime>, <distance> and the three of sequences; host->os is there.
void xml_os_write(struct writer *w, const struct scan *scan, const struct host *host);

// A phase begins or is over, with -v; how far the run is.
void xml_phase(struct report_out *out, const struct scan *scan, const struct phase *phase,
               int64_t now);
void xml_progress(struct report_out *out, const struct scan *scan, const struct progress *p,
                  int64_t now);
