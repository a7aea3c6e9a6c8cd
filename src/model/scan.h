// SPDX-License-Identifier: Apache-2.0
// What a report must know of the whole run.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "model/port.h"

struct script;
struct services;

// A port scan of the run, as programs want to know it.
struct scan_ports {
    struct span name;  // "syn", "udp", ...: the words of Nmap's DTD
    struct span flags; // of --scanflags: "SYNFIN"; absent = none
    enum proto proto;
    uint32_t n_ports;
    struct span ports; // "1-5,80"
};

// A data file that the verdicts rest on.
struct scan_source {
    struct span kind;   // "os", "services", "ports"
    struct span file;   // "built-in" for embedded ones
    struct span digest; // hexadecimal, absent = not known
};

struct scan {
    struct span version;  // "0.1.0"
    struct span platform; // "x86_64-linux-gnu"
    struct span command;  // the arguments, quoted where needed
    struct span scanner;  // absent: this program; else the name in a saved file
    int64_t started;      // unix seconds
    int64_t ended;        // 0: started + elapsed_ns
    int verbose;
    int debug;
    bool show_reasons;
    bool open_only;
    bool lists_only;            // -sL: no host was asked
    bool does_os;               // -O
    bool does_services;         // -sV
    uint32_t version_intensity; // 0..9, of -sV
    bool explains;              // --explain
    bool defeats_rst;           // --defeat-rst-ratelimit: closed ports may seem filtered
    bool is_resumed;            // goes on with one that was stopped
    bool is_replayed;           // from a record: services without a name had none in the table
    bool is_from_xml;           // read from XML: why things are so is not known
    bool is_saved;              // fingerprints were read, not taken: shown only when asked for
    bool os_guess;
    int quirks; // 0, 793 or 7991: whose rule PV of the SCAN line follows (spec 4.3)
    uint32_t ports_per_host;
    const struct services *services;

    // For the records of programs; all of it may be missing.
    const struct scan_ports *kinds;
    uint32_t n_kinds;
    const struct scan_source *sources;
    uint32_t n_sources;
    const struct span *arguments; // as given, the program's name first
    uint32_t n_arguments;
    const struct span *targets; // specifications
    uint32_t n_specs;
    struct span ports; // specification of -p, absent = the default
    uint64_t seed;
    const struct script *before; // scripts of another scanner, run before all hosts
    uint32_t n_before;
    const struct script *after;
    uint32_t n_after;
    struct span stylesheet; // of XML, absent = none

    // Filled while it runs.
    uint64_t n_targets;
    uint64_t n_up;
    uint64_t elapsed_ns;
    uint64_t sent_packets;
    uint64_t sent_bytes;
    uint64_t received_packets;
    uint64_t received_bytes;
    bool is_interrupted;
};
