// SPDX-License-Identifier: Apache-2.0
// What stands around the hosts in more than one kind of report: dates, totals, the first and the
// last line of the kept text forms (output spec 2.1).
#include "model/scan.h"
#include "report/normal.h"
#include "report/writer.h"

void date_write(struct writer *w, int64_t t)
{
    time_write(w, "%a %b %e %H:%M:%S %Y", t);
}

int64_t ended_at(const struct scan *scan)
{
    return scan->ended ? scan->ended : scan->started + (int64_t)(scan->elapsed_ns / 1000000000);
}

void total_write(struct writer *w, const struct scan *scan)
{
    writer_dec(w, scan->n_targets);
    writer_str(w, scan->n_targets == 1 ? " IP address (" : " IP addresses (");
    writer_dec(w, scan->n_up);
    writer_str(w, scan->n_up == 1 ? " host up) scanned in " : " hosts up) scanned in ");
    writer_fixed(w, (double)scan->elapsed_ns / 1e9, 2);
    writer_str(w, " seconds");
}

struct span scanner_title(const struct scan *scan)
{
    if (span_is_absent(scan->scanner))
        return SPAN("whorl");
    return span_eq(scan->scanner, SPAN("nmap")) ? SPAN("Nmap") : scan->scanner;
}

void first_line_write(struct writer *w, const struct scan *scan)
{
    writer_str(w, "# ");
    writer_escaped(w, scanner_title(scan));
    writer_str(w, " ");
    writer_escaped(w, scan->version);
    writer_str(w, " scan initiated ");
    date_write(w, scan->started);
    writer_str(w, " as: ");
    writer_dotted(w, scan->command);
    writer_str(w, "\n");
}

void interrupted_write(struct writer *w, const struct scan *scan)
{
    if (scan->is_interrupted)
        writer_line(w, "# Interrupted: what stands above is not the whole scan");
}

void last_line_write(struct writer *w, const struct scan *scan)
{
    writer_str(w, "# ");
    writer_escaped(w, scanner_title(scan));
    writer_str(w, " done at ");
    date_write(w, ended_at(scan));
    writer_str(w, " -- ");
    total_write(w, scan);
    writer_str(w, "\n");
}
