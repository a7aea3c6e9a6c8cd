// SPDX-License-Identifier: Apache-2.0
// Parts of the XML report, shared by its files only.
#pragma once

struct host;
struct os_verdict;
struct scan;
struct writer;

// <ports> and what is in it.
void xml_ports_write(struct writer *w, const struct scan *scan, const struct host *host);

// <hostscript> with the verdict.
void xml_verdict_write(struct writer *w, const struct os_verdict *v);

// <os>, <uptime>, <distance> and the three of sequences; host->os is there.
void xml_os_write(struct writer *w, const struct scan *scan, const struct host *host);
