// SPDX-License-Identifier: Apache-2.0
// Private to saved: the reader of records and its halves, JSON lines (lines*.c) and XML (xml*.c).
#pragma once

#include "base/map.h"
#include "saved/build.h"
#include "saved/records.h"

struct pending;
struct xml;

struct records {
    struct arena *run;
    record_fn *call;
    void *ctx;
    enum record_format format;
    bool is_refused; // neither JSON nor XML: told, the rest is passed over
    uint64_t line_no;
    uint64_t n_bytes; // that were taken
    uint64_t n_whole;

    // A JSON line that is being gathered.
    char *line;
    size_t n_line, cap_line;
    bool is_too_long;

    struct xml *xml;
    struct build build;

    struct arena scan_arena;
    struct scan *scan; // NULL before the first
    bool has_end;      // of this scan
    uint64_t n_up;     // seen, for a scan without an end
    uint64_t n_hosts;

    struct map by_addr; // struct pending
    struct pending *first;
    struct pending *last;
    uint32_t n_pending;
};

void records_tell(struct records *r, struct record *what); // fills in line and scan
void records_damage(struct records *r, const char *what, struct span token);

// A new scan in an arena of its own; the one before is ended.
struct scan *records_begin_scan(struct records *r);
void records_end_scan(struct records *r);

// A host that is complete; the build's host is given away.
void records_host(struct records *r, struct build *b);

// lines.c: one line without its end.
void lines_take(struct records *r, struct span line);

// xml.c
void xml_feed(struct records *r, struct span bytes);
void xml_end(struct records *r);

// pending.c: hosts that were begun. Their ports are kept until the host comes.
void pending_up(struct records *r, struct host *host); // takes the host's arena
void pending_port(struct records *r, const struct ip_addr *addr, const struct port *p,
                  const struct ip_addr *from);               // from: NULL = the host itself
void pending_ports(struct records *r, const struct host *h); // all that it has
// The host's arena, for what goes into the service; NULL: too many hosts.
struct arena *pending_arena(struct records *r, const struct ip_addr *addr);
void pending_service(struct records *r, const struct ip_addr *addr, const struct service *s);
void pending_subject(struct records *r, const struct ip_addr *addr, struct span lines);
void pending_done(struct records *r, const struct ip_addr *addr);
void pending_drop(struct records *r); // those that were only found: left out on purpose
void pending_tell(struct records *r); // as unfinished hosts, and forgets them
