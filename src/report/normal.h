// SPDX-License-Identifier: Apache-2.0
// The parts of a host in the normal report: shared by its files only.
#pragma once

#include <stdint.h>

struct host;
struct scan;
struct writer;

// t (unix seconds) in local time, by a strftime format.
void time_write(struct writer *w, const char *format, int64_t t);

// "Fri Nov 20 22:31:29 2026", of the scan's times everywhere.
void date_write(struct writer *w, int64_t t);

// "2 IP addresses (1 host up) scanned in 1.40 seconds"
void total_write(struct writer *w, const struct scan *scan);

// When the scan ended, unix seconds.
int64_t ended_at(const struct scan *scan);

// The scanner's name as text shows it; in attributes it is as the scanner writes it itself.
struct span scanner_title(const struct scan *scan);

// "# whorl 0.1.0 scan initiated DATE as: COMMAND", "# whorl done at DATE -- ..."
void first_line_write(struct writer *w, const struct scan *scan);
void interrupted_write(struct writer *w, const struct scan *scan); // a line, if it was
void last_line_write(struct writer *w, const struct scan *scan);

// "NAME (ADDRESS)" or "ADDRESS".
void host_write(struct writer *w, const struct host *host);

// What is not shown, then the table.
void ports_write(struct writer *w, const struct scan *scan, const struct host *host);

// Under the table: why (--explain, -vv), and the fingerprints of services without a name.
void services_write(struct writer *w, const struct scan *scan, const struct host *host);

// The line "Service Info: ...", if there is anything to say.
void service_info_write(struct writer *w, const struct host *host);

// host->os is there.
void osblock_write(struct writer *w, const struct scan *scan, const struct host *host);

// Two significant digits, no exponent, and "s": "0.00012s".
void latency_write(struct writer *w, int64_t us);
