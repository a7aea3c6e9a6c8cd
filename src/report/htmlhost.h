// SPDX-License-Identifier: Apache-2.0
// A host in the HTML report.
#pragma once

struct host;
struct json;
struct scan;
struct writer;

// What data/report.html shows, one object with short keys: a page may hold 100,000 hosts. The
// keys are known to the page alone; programs read JSON lines.
void htmlhost_data(struct json *j, const struct scan *scan, const struct host *host);

// The cells of its row for browsers without scripts.
void htmlhost_cells(struct writer *w, const struct scan *scan, const struct host *host);
