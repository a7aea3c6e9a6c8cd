// SPDX-License-Identifier: Apache-2.0
// The table of options and the parsers of their values.
#include "base/text.h"
#include "cli/opts.h"
#include "stage/plan.h"

static enum err parse_os(struct opts *o, struct span value, struct err_at *at)
{
    if (value.len > 0 && !span_eq(value, SPAN("2")))
        return err_set(at, ERR_RANGE, "only -O and -O2 are known", value);
    o->os = true;
    return ERR_OK;
}

static enum err parse_tries(struct opts *o, struct span value, struct err_at *at)
{
    uint64_t n;
    if (!text_dec(value, LIMIT_OS_TRIES, &n) || n == 0)
        return err_set(at, ERR_RANGE, "must be a number from 1 to 50", value);
    o->max_tries = (uint32_t)n;
    return ERR_OK;
}

static enum err parse_quirks(struct opts *o, struct span value, struct err_at *at)
{
    if (span_eq(value, SPAN("7.93")))
        o->quirks = QUIRKS_793;
    else if (span_eq(value, SPAN("7.991")))
        o->quirks = QUIRKS_7991;
    else
        return err_set(at, ERR_RANGE, "must be 7.93 or 7.991", value);
    return ERR_OK;
}

static enum err parse_timing(struct opts *o, struct span value, struct err_at *at)
{
    o->timing = timing_level(value);
    if (o->timing < 0)
        return err_set(at, ERR_RANGE,
                       "must be 0 to 5, or paranoid, sneaky, polite, normal, "
                       "aggressive, insane",
                       value);
    return ERR_OK;
}

static enum err parse_seed(struct opts *o, struct span value, struct err_at *at)
{
    if (!text_dec(value, UINT64_MAX, &o->seed))
        return err_set(at, ERR_RANGE, "must be a whole number", value);
    o->has_seed = true;
    return ERR_OK;
}

static enum err parse_rate(struct opts *o, struct span value, struct err_at *at)
{
    uint64_t n;
    if (!text_dec(value, 1000000000, &n) || n == 0)
        return err_set(at, ERR_RANGE, "must be a number of packets per second, 1 or more", value);
    o->max_rate = (double)n;
    return ERR_OK;
}

static enum err parse_delay(struct opts *o, struct span value, struct err_at *at)
{
    if (!text_time(value, &o->scan_delay_ns))
        return err_set(at, ERR_RANGE, "must be a time such as 500ms, 2s, 1m", value);
    return ERR_OK;
}

static enum err parse_ports(struct opts *o, struct span value, struct err_at *at)
{
    if (!span_is_absent(o->ports))
        return err_set(at, ERR_SYNTAX, "may be given once; join the lists by commas", value);
    o->ports = value;
    return ERR_OK;
}

#define AT(field) offsetof(struct opts, field)
#define FLAG(field) OPT_FLAG, false, false, AT(field), NULL, NULL
#define COUNT(field) OPT_COUNT, false, true, AT(field), NULL, "level"
#define TEXT(field, what) OPT_SPAN, true, false, AT(field), NULL, what
#define VALUE(parser, what) OPT_CUSTOM, true, false, 0, parser, what

static const struct opt scan_options[] = {
    {NULL, "Pn", FLAG(always_up), "do not look whether hosts are up: scan them all", "Hosts"},
    {NULL, "P0", FLAG(always_up), NULL, NULL},
    {NULL, "PN", FLAG(always_up), NULL, NULL},
    {NULL, "n", FLAG(no_names), "no reverse DNS of the addresses found", NULL},
    {NULL, "p", VALUE(parse_ports, "ports"),
     "ports to scan: 22  1-1000  ssh,http*  [1-1024]  - (all)", "Ports"},
    {NULL, "F", FLAG(fast), "the 100 most common ports instead of 1,000", NULL},
    {NULL, "r", FLAG(sequential), "in ascending order", NULL},
    {NULL, "sS", FLAG(syn), "TCP SYN scan (the default)", NULL},
    {NULL, "O", OPT_CUSTOM, false, true, 0, parse_os, NULL, "detect the operating system",
     "Operating system"},
    {"osscan-limit", NULL, FLAG(os_limit), "only hosts with an open and a closed TCP port", NULL},
    {"osscan-guess", NULL, FLAG(os_guess), "print near misses as guesses", NULL},
    {"fuzzy", NULL, FLAG(os_guess), "the same", NULL},
    {"explain", NULL, FLAG(explain), "why: test by test, points won and lost, rivals", NULL},
    {"max-os-tries", NULL, VALUE(parse_tries, "n"), "most tries for one host, 1 to 50 (5)", NULL},
    {"nmap-quirks", NULL, VALUE(parse_quirks, "version"),
     "behave as that version of the reference scanner does: 7.93 or 7.991", NULL},
    {NULL, "T", VALUE(parse_timing, "0-5"), "timing template, higher is faster (3)", "Timing"},
    {"max-rate", NULL, VALUE(parse_rate, "n"), "at most n packets per second", NULL},
    {"scan-delay", NULL, VALUE(parse_delay, "time"), "least gap between probes to a host", NULL},
    {"verbose", "v", COUNT(verbose), "say more; -vv still more", "Output"},
    {"debug", "d", COUNT(debug), "say what matters to developers; -dd more", NULL},
    {"reason", NULL, FLAG(reasons), "why a port or host is in its state", NULL},
    {"open", NULL, FLAG(open_only), "only ports that are (possibly) open", NULL},
    {NULL, "oN", TEXT(out_normal, "file"), "normal report into a file; - is standard output", NULL},
    {NULL, "oX", TEXT(out_xml, "file"), "XML", NULL},
    {NULL, "oG", TEXT(out_grep, "file"), "grepable lines", NULL},
    {NULL, "oJ", TEXT(out_json, "file"), "JSON lines: everything, as it happens", NULL},
    {NULL, "oA", TEXT(out_all, "name"), "name.nmap, name.xml and name.gnmap", NULL},
    {"append-output", NULL, FLAG(append_output), "add to output files that exist", NULL},
    {NULL, "v0", FLAG(quiet), "nothing on standard output", NULL},
    {NULL, "e", TEXT(iface, "interface"), "send through this interface", "Other"},
    {"datadir", NULL, TEXT(datadir, "folder"), "look for data files here first", NULL},
    {"seed", NULL, VALUE(parse_seed, "n"), "repeat a run: order and random values", NULL},
    {"privileged", NULL, FLAG(privileged), "assume that raw packets are allowed", NULL},
    {"unprivileged", NULL, FLAG(unprivileged), "assume that they are not", NULL},
    {"version", "V", FLAG(version), "version and data files", NULL},
    {"help", "h", FLAG(help), "this text", NULL},
};

static const struct opt identify_options[] = {
    {"json", NULL, FLAG(json), "one JSON object a line for each fingerprint", "Output"},
    {"explain", NULL, FLAG(explain), "why: test by test, points won and lost, rivals", NULL},
    {"osscan-guess", NULL, FLAG(os_guess), "print near misses as guesses", NULL},
    {"fuzzy", NULL, FLAG(os_guess), "the same", NULL},
    {"verbose", "v", COUNT(verbose), "say more; -vv shows the fingerprint too", NULL},
    {"datadir", NULL, TEXT(datadir, "folder"), "look for data files here first", "Other"},
    {"nmap-quirks", NULL, VALUE(parse_quirks, "version"),
     "match as that version of the reference scanner does: 7.93 or 7.991", NULL},
    {"help", "h", FLAG(help), "this text", NULL},
};

#define TABLE(options) options, sizeof options / sizeof *options

const struct opt_table opts_scan = {
    TABLE(scan_options),
    "whorl finds hosts and ports and names the operating system behind an address.\n"
    "usage: whorl [options] target ...\n"
    "       whorl identify [options] [file ...]   (saved fingerprints; see whorl identify -h)\n"
    "targets: 192.0.2.1  192.0.2.0/24  192.0.2.1-20,30  host.example\n",
    "examples:\n"
    "  whorl -O -v 192.0.2.7\n"
    "  whorl -O -n -p22,80,443 192.0.2.0/24\n"
    "  whorl identify scan.xml mail.txt capture.pcap\n"
    "The manual, whorl(1), tells more.\n",
};

const struct opt_table opts_identify = {
    TABLE(identify_options),
    "whorl identify finds the OS fingerprints in files and says whose they are; it sends nothing.\n"
    "usage: whorl identify [options] [file ...]\n"
    "files: normal output, XML, JSON, mails, logs, captures (pcap, pcapng); - is standard input,\n"
    "       which is also read if no file is given\n",
    "examples:\n"
    "  whorl identify scan.nmap old-scan.xml\n"
    "  whorl identify --json capture.pcapng\n",
};
