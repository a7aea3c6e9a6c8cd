// SPDX-License-Identifier: Apache-2.0
// Reads saved scans back into the records that they were printed from: whorl's JSON lines
// (doc/whorl-json.md) and XML (Nmap's and ours), told apart by the first character. Bytes are
// pushed in, in pieces of any size. A damaged line costs that line, a file that is cut short only
// what is missing. One host at a time is in memory, and those that were begun but not finished.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/evidence.h"
#include "model/host.h"
#include "model/scan.h"

enum record_kind {
    RECORD_BEGIN,    // scan: what is known before the first host
    RECORD_RESUMED,  // the scan went on here after it had been stopped
    RECORD_UP,       // host is up; only what discovery told is in it
    RECORD_PORT,     // host has an address only; port
    RECORD_PORTS,    // host has an address and the ports that are known now
    RECORD_SERVICE,  // likewise, and the service of the port
    RECORD_EVIDENCE, // as RECORD_PORT; evidence
    RECORD_HOST,     // host; unfinished ones come last, with is_cut_short
    RECORD_NOTE,     // text
    RECORD_END,      // scan has its counts; always comes, also when the file has no end
    RECORD_DAMAGE,   // text: what is wrong, constant; token; reading goes on
};

enum record_format { RECORD_FORMAT_NONE, RECORD_FORMAT_JSON, RECORD_FORMAT_XML };

struct record {
    enum record_kind kind;
    uint64_t line;           // of the input, from 1
    const struct scan *scan; // that it belongs to, NULL before the first; valid until its end
    struct host *host;       // with an arena of its own
    const struct port *port; // RECORD_PORT: host->from tells of its sender
    const struct evidence *evidence;
    struct span text;
    struct span token;    // absent if there is nothing to show
    bool is_cut;          // RECORD_DAMAGE: only that the last line has no end, as after a crash
    bool is_about_folded; // RECORD_DAMAGE: only that some folded ports are not known by number
    bool is_taken;        // set by who has copied *host away and will end its arena
};

// Views are valid during the call.
typedef void record_fn(void *ctx, struct record *r);

struct records;

enum { SAVED_SCHEMA = 1 }; // of the JSON lines that are understood

struct records *records_open(struct arena *run, record_fn *call, void *ctx);
void records_feed(struct records *r, struct span bytes);

// What the input is, as far as it is known.
enum record_format records_format(const struct records *r);

// Bytes up to the end of the last whole JSON line.
uint64_t records_whole(const struct records *r);

// End of one input; the reader is ready for the next one, which begins at line 1 again.
void records_end(struct records *r);
void records_close(struct records *r);

// The arguments in a command line as reports print it: cut at blanks, quotes and backslashes
// resolved. Each ends with NUL. Returns how many.
uint32_t saved_arguments(struct arena *a, struct span command, struct span **out);
