// SPDX-License-Identifier: Apache-2.0
// The command line: one table parses it, prints the help and is checked against the man page.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "cli/opts_hosts.h"
#include "cli/opts_packet.h"
#include "osdb/osdb.h"

struct buf;
struct writer;

struct opt_table;

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct opts {
    const struct opt_table *table;
    bool os;              // -O
    enum osdb_gen os_gen; // -O1
    bool os_gens;         // both, to identify
    bool os_limit;        // --osscan-limit
    bool os_guess;        // --osscan-guess, --fuzzy
    bool explain;         // --explain
    bool deepen;          // --deepen
    uint32_t max_tries;   // --max-os-tries
    enum quirks quirks;   // --nmap-quirks
    bool services;        // -sV
    bool all_services;    // --allports
    bool version_trace;   // --version-trace
    uint32_t intensity;   // --version-intensity, 0..9
    uint64_t budget_ns;   // --budget: for the services of one host, 0 = none
    bool traceroute;      // --traceroute
    bool all;             // -A
    bool scripts;         // -sC and its like, which do nothing
    bool packet_trace;    // --packet-trace
    int verbose;          // -v
    int debug;            // -d
    bool prefers_six;     // -6
    bool no_names;        // -n
    bool always_up;       // -Pn
    bool fast;            // -F
    bool open_only;       // --open
    bool reasons;         // --reason
    bool privileged;
    bool unprivileged;
    bool version;
    bool help;
    bool sequential; // -r
    int tcp_scan;    // -sS and its like: enum scan_kind, -1 = none was asked for
    bool udp_scan;   // -sU
    bool sctp_scan;  // -sY
    bool proto_scan; // -sO
    bool ping_only;  // -sn
    struct opts_hosts hosts;
    int scan_flags;   // --scanflags, -1 = those of the scan
    bool defeat_icmp; // --defeat-icmp-ratelimit
    bool has_icmp_wait;
    uint64_t icmp_wait_ns; // --icmp-wait, 0 = as long as it takes
    uint32_t top_ports;    // --top-ports, 0 = not given
    double port_ratio;     // --port-ratio, below 0 = not given
    int timing;            // -T
    bool has_seed;
    uint64_t seed;
    struct opts_packet packet;
    struct opts_pace pace;
    double max_rate;          // --max-rate, 0 = no limit
    uint64_t scan_delay_ns;   // --scan-delay
    uint64_t host_timeout_ns; // --host-timeout, 0 = none
    bool json;                // --json of identify
    struct span exclude;      // --exclude, absent = none
    struct span exclude_file; // --excludefile
    struct span shard;        // --shard, absent = everything
    bool random_hosts;        // --randomize-hosts
    bool resolve_all;         // --resolve-all
    bool unique;              // --unique
    struct span ports;        // -p, absent = default
    struct span exclude_ports;
    struct span iface;                 // -e
    struct span datadir;               // --datadir
    struct span versiondb;             // --versiondb, absent = as installed
    struct span servicedb;             // --servicedb, likewise
    bool quiet;                        // -v0
    bool noninteractive;               // --noninteractive
    enum color color;                  // --color
    uint64_t stats_every_ns;           // --stats-every, 0 = not given
    int progress_fd;                   // --progress-json, -1 = not given
    bool append_output;                // --append-output
    struct span stylesheet;            // absent: the installed one; empty: none
    struct span resume;                // --resume
    const struct continued *continued; // of a resumed scan; cli/output.h
    struct span out_normal;            // -oN, absent = not asked for; so with the others
    struct span out_xml;               // -oX
    struct span out_grep;              // -oG
    struct span out_json;              // -oJ
    struct span out_all;               // -oA
    struct span out_html;              // --html
    struct span out_sqlite;            // --sqlite
    struct span input_list;            // -iL, absent = none
    struct span *targets;
    uint32_t n_targets;
    bool targets_are_files;
};

enum opt_kind {
    OPT_FLAG,   // bool
    OPT_COUNT,  // int: -v -vv -v3
    OPT_SPAN,   // struct span
    OPT_CUSTOM, // parse() below
    OPT_GROUP,  // the same, with all letters behind the first: -sSU
};

struct opt {
    const char *name;    // long name without dashes, or NULL
    const char *letters; // short form without its dash: "v", "Pn", "sS"; or NULL
    enum opt_kind kind;
    bool takes_value;
    bool is_value_optional; // only attached: -O2
    size_t offset;          // of the field in struct opts
    enum err (*parse)(struct opts *o, struct span value, struct err_at *at);
    const char *value_name;
    const char *help; // NULL: an old spelling that is accepted quietly
    const char *section;
};

// The options of a command and what its help says around them.
struct opt_table {
    const struct opt *opts;
    size_t n;
    const char *head, *tail;
};

extern const struct opt_table opts_scan;     // whorl
extern const struct opt_table opts_identify; // whorl identify
extern const struct opt_table opts_show;     // whorl show
extern const struct opt_table opts_diff;     // whorl diff
extern const struct opt_table opts_merge;    // whorl merge

void opts_init(struct opts *o, const struct opt_table *table);

// Options and targets (or files) from argv[1] on. On error at->token is the option or the value
// that is wrong, at->what says why, and at->line is its place in argv.
enum err opts_parse(struct opts *o, struct arena *run, int argc, char **argv, struct err_at *at);

void opts_help(struct writer *w, const struct opt_table *table);
