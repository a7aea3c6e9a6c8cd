// SPDX-License-Identifier: Apache-2.0
// Prints the report's OS block for a fingerprint on standard input (test lines): what whorl says
// of the very fingerprint another scanner printed.
//   verdict DATABASE QUIRKS [REASON [OPTION...]]
// QUIRKS: 0, 793, 7991; REASON: why conditions were not ideal, or empty; OPTION: -v -vv -d
// --osscan-guess, others are ignored.
#include <stdio.h>
#include <stdlib.h>

#include "model/host.h"
#include "model/scan.h"
#include "report/report.h"
#include "stage/osresult.h"

static bool to_stdout(struct sink *self, struct span bytes)
{
    (void)self;
    return fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len;
}

static struct span read_all(struct arena *a, FILE *f)
{
    const size_t max = 32 << 20;
    char *mem = arena_alloc(a, max);
    return span_of(mem, fread(mem, 1, max, f));
}

static void on_broken(void *ctx, const char *file, const struct err_at *at)
{
    (void)ctx;
    fprintf(stderr, "%s:%u: %s\n", file, at->line, at->what);
}

static void take_option(struct scan *scan, struct span option)
{
    if (span_eq(option, SPAN("--osscan-guess")))
        scan->os_guess = true;
    if (span_eq(option, SPAN("-v")))
        scan->verbose = 1;
    if (span_eq(option, SPAN("-vv")))
        scan->verbose = 2;
    if (span_eq(option, SPAN("-d")))
        scan->debug = scan->verbose = 1;
}

int main(int argc, char **argv)
{
    struct arena a;
    struct osdb_subject subject;
    struct err_at at = {0};
    arena_init(&a, "verdict");
    FILE *f = argc >= 3 ? fopen(argv[1], "r") : NULL;
    if (!f)
        return 2;
    const int version = atoi(argv[2]);
    const enum quirks quirks = version == 793    ? QUIRKS_793
                               : version == 7991 ? QUIRKS_7991
                                                 : QUIRKS_NONE;
    struct osdb_tree *tree = osdb_tree_new(&a, quirks);
    const struct osdb *db;
    osdb_tree_add(tree, argv[1], read_all(&a, f), on_broken, NULL);
    if (osdb_build(&a, tree, &db) != ERR_OK)
        return 1;
    fclose(f);
    if (osdb_subject_parse(read_all(&a, stdin), &subject, &at) != ERR_OK) {
        fprintf(stderr, "line %u: %s: %s\n", at.line, at.what, at.token);
        return 1;
    }
    struct osdb_result result;
    osdb_match(db, &subject, osdb_scratch_new(&a, db), &result);
    struct os_result os = {.open_tcp = -1, .closed_tcp = -1, .closed_udp = -1, .lines = SPAN("")};
    osresult_fill(&a, db, &result, &os);
    if (argc > 3 && argv[3][0])
        os.not_ideal = span_str(argv[3]);
    const struct host host = {.addr = ip_v4(0x7F000001), .state = HOST_UP, .os = &os};
    struct scan scan = {.does_os = true,
                        .quirks = version,
                        .version = SPAN("0"),
                        .platform = SPAN("-"),
                        .command = SPAN("-")};
    for (int i = 4; i < argc; i++)
        take_option(&scan, span_str(argv[i]));
    struct sink sink = {to_stdout};
    struct report_out out;
    report_init(&a, &out, &report_normal, &sink);
    report_host(&out, &scan, &host);
    arena_fini(&a);
    return 0;
}
