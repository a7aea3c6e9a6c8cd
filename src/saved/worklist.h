// SPDX-License-Identifier: Apache-2.0
// Lists of what to scan: targets separated by blanks, address:port lists, and what port scanners
// print (masscan -oL -oJ -oG, zmap, naabu, grepable output). Each line is told apart by itself, so
// lists may be mixed. Or a saved scan, XML or JSON lines of ours, which the first bytes tell. Bytes
// are pushed in, in pieces of any size; one line, or one host, is in memory at a time.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/port.h"

struct work_item {
    struct span spec; // a target; where has_port, one address or name
    struct span name; // of the address spec, as the saved scan was given it; absent = none
    bool has_port;
    struct port port;   // its state is known
    uint64_t line;      // from 1
    const char *damage; // what is wrong with the line, constant; then spec is the bad token
    const char *remark; // worth telling, though nothing is wrong; constant
};

// Views are valid during the call.
typedef void work_fn(void *ctx, const struct work_item *item);

struct worklist;

struct worklist *worklist_open(struct arena *run, work_fn *call, void *ctx);
void worklist_feed(struct worklist *w, struct span bytes);
void worklist_end(struct worklist *w); // the last line may lack its end
void worklist_close(struct worklist *w);
