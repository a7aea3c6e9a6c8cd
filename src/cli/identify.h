// SPDX-License-Identifier: Apache-2.0
// `whorl identify`: the verdict for every OS fingerprint in files and streams, without a packet.
// identify.c reads, identify_text.c and identify_capture.c make records of what is found,
// identify_print.c prints them.
#pragma once

#include "cli/load.h"
#include "cli/opts.h"
#include "cli/svmatch.h"
#include "model/host.h"
#include "model/scan.h"
#include "report/writer.h"
#include "saved/saved.h"
#include "saved/sf.h"

struct cli_env;
struct judge;

struct identify {
    const struct cli_env *env;
    struct arena run;
    struct arena scratch;    // of one fingerprint
    const struct osdb *osdb; // of the generation of the fingerprint at hand
    struct judge *judge;     // NULL: no verdicts
    struct osdb_scratch *matching[OSDB_GENS];
    struct svdb_scratch *svmatching;
    struct opts opts;
    struct loaded data;
    struct scan scan;
    struct writer out;
    struct writer err;
    struct finder *finder;
    struct sf_finder *sf_finder;
    struct span file;                      // that is being read
    uint64_t n_by_status[OS_TOO_MANY + 1]; // matched: perfectly
    uint64_t n_guessed;
    uint64_t n_services[SVMATCH_FOREIGN + 1];
    uint64_t n_damaged;
    uint32_t n_failed; // files
    bool has_lost_output;
};

// argv[0] is "identify". Returns the exit code.
int identify_run(int argc, char **argv, const struct cli_env *env);

// Whether nothing more is to be read.
bool identify_must_stop(const struct identify *id);

// The best of the results of n > 0 subjects of one generation: perfect, then too many, then by
// accuracy. With --explain os gets the reasons.
void identify_match(struct identify *id, const struct osdb_subject *subjects, uint32_t n,
                    struct os_result *os, struct osdb_result *best);

// The same for the subject of an IPv6 host.
void identify_match_six(struct identify *id, const struct osdb_subject *subject,
                        struct os_result *os, struct osdb_result *best);

// A found_fn; ctx is the struct identify.
void identify_found(void *ctx, const struct found *f);

// An sf_found_fn; ctx is the struct identify.
void identify_service(void *ctx, const struct sf_found *f);

// Reads a capture from fd, of which `head` has been read already.
void identify_capture(struct identify *id, int fd, struct span head);

// Prints and counts one verdict. host->os is complete but for what `result` says, which is
// filled in; line: where in the file.
void identify_print(struct identify *id, uint64_t line, struct host *host, struct os_result *os,
                    const struct osdb_result *result);
