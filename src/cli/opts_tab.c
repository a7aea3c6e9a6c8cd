// SPDX-License-Identifier: Apache-2.0
// The table of options and the parsers of their values.
#include "base/text.h"
#include "cli/opts.h"
#include "cli/opts_hosts.h"
#include "stage/plan.h"

static enum err parse_os(struct opts *o, struct span value, struct err_at *at)
{
    const bool is_first = span_eq(value, SPAN("1"));
    if (value.len > 0 && !is_first && !span_eq(value, SPAN("2")))
        return err_set(at, ERR_RANGE, "only -O, -O1 and -O2 are known", value);
    o->os = true;
    o->os_gen = is_first ? OSDB_FIRST : OSDB_SECOND;
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

static enum err parse_intensity(struct opts *o, struct span value, struct err_at *at)
{
    uint64_t n;
    if (!text_dec(value, 9, &n))
        return err_set(at, ERR_RANGE, "must be a number from 0 to 9", value);
    o->intensity = (uint32_t)n;
    return ERR_OK;
}

static enum err parse_light(struct opts *o, struct span value, struct err_at *at)
{
    (void)value;
    (void)at;
    o->intensity = 2;
    return ERR_OK;
}

static enum err parse_all(struct opts *o, struct span value, struct err_at *at)
{
    (void)value;
    (void)at;
    o->intensity = 9;
    return ERR_OK;
}

static enum err parse_aggressive(struct opts *o, struct span value, struct err_at *at)
{
    (void)value;
    (void)at;
    o->all = !o->os && !o->traceroute; // what nobody insists on is left out without privilege
    o->os = o->services = o->traceroute = true;
    return ERR_OK;
}

static enum err parse_budget(struct opts *o, struct span value, struct err_at *at)
{
    if (!text_time(value, &o->budget_ns) || o->budget_ns == 0)
        return err_set(at, ERR_RANGE, "must be a time such as 500ms, 20s, 1m", value);
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

// Numbers without a unit that were meant as milliseconds (scanning spec 5.1).
enum { DELAY_BARE_S = 100, HOST_BARE_S = 10000 };

static enum err parse_delay(struct opts *o, struct span value, struct err_at *at)
{
    if (opts_is_bare(value, DELAY_BARE_S))
        return err_set(at, ERR_RANGE, "is taken as seconds; write ms behind milliseconds", value);
    if (!text_time(value, &o->scan_delay_ns))
        return err_set(at, ERR_RANGE, "must be a time such as 500ms, 2s, 1m", value);
    return ERR_OK;
}

static enum err parse_host_timeout(struct opts *o, struct span value, struct err_at *at)
{
    if (opts_is_bare(value, HOST_BARE_S))
        return err_set(at, ERR_RANGE, "is taken as seconds; write ms behind milliseconds", value);
    if (!span_eq(value, SPAN("0")) && !text_time(value, &o->host_timeout_ns))
        return err_set(at, ERR_RANGE, "must be a time such as 90s, 15m, 1h, or 0 for no limit",
                       value);
    o->pace.has_host_timeout = true;
    return ERR_OK;
}

static enum err parse_ports(struct opts *o, struct span value, struct err_at *at)
{
    if (!span_is_absent(o->ports))
        return err_set(at, ERR_SYNTAX, "may be given once; join the lists by commas", value);
    o->ports = value;
    return ERR_OK;
}

// The letters behind -s, in any mix: at most one kind of TCP scan.
static enum err parse_scan_letter(struct opts *o, struct span letter, struct err_at *at)
{
    static const char kinds[SCAN_UDP + 1] = "STAWMNFX"; // in the order of enum scan_kind
    const char *kind = letter.ptr[0] ? strchr(kinds, letter.ptr[0]) : NULL;
    if (kind) {
        const int asked = (int)(kind - kinds);
        if (o->tcp_scan >= 0 && o->tcp_scan != asked)
            return err_set(at, ERR_SYNTAX, "only one kind of TCP scan at a time", letter);
        o->tcp_scan = asked;
        return ERR_OK;
    }
    switch (letter.ptr[0]) {
    case 'U':
        o->udp_scan = true;
        return ERR_OK;
    case 'Y':
        o->sctp_scan = true;
        return ERR_OK;
    case 'O':
        o->proto_scan = true;
        return ERR_OK;
    case 'L':
        o->hosts.list_only = true;
        return ERR_OK;
    case 'C':
        o->scripts = true;
        return ERR_OK;
    case 'Z':
    case 'I':
        return err_set(at, ERR_RANGE, "this scan is not built yet", letter);
    case 'V':
    case 'R': // the old spelling
        o->services = true;
        return ERR_OK;
    case 'n':
    case 'P':
        o->ping_only = true;
        return ERR_OK;
    default:
        return err_set(at, ERR_RANGE,
                       "there is no such scan: letters are S T A W M N F X U Y O V n L", letter);
    }
}

static enum err parse_scans(struct opts *o, struct span value, struct err_at *at)
{
    if (value.len == 0)
        return err_set(at, ERR_SYNTAX, "the kind of scan is missing, as in -sS", SPAN("-s"));
    for (size_t i = 0; i < value.len; i++) {
        const enum err e = parse_scan_letter(o, span_of(value.ptr + i, 1), at);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

// A number, or names of flags without anything between them.
static enum err parse_flags(struct opts *o, struct span value, struct err_at *at)
{
    static const struct {
        const char *name;
        int flags;
    } names[] = {{"FIN", 0x01}, {"SYN", 0x02}, {"RST", 0x04}, {"PSH", 0x08}, {"ACK", 0x10},
                 {"URG", 0x20}, {"ECE", 0x40}, {"CWR", 0x80}, {"ALL", 0xFF}, {"NONE", 0}};
    uint64_t number;
    if (text_dec(value, 255, &number)) {
        o->scan_flags = (int)number;
        return ERR_OK;
    }
    struct span rest = value;
    int flags = 0;
    while (rest.len > 0) {
        size_t i = 0;
        size_t len = 0;
        for (; i < sizeof names / sizeof *names; i++) {
            len = strlen(names[i].name);
            if (span_eq_nocase(span_head(rest, len), span_str(names[i].name)))
                break;
        }
        if (i == sizeof names / sizeof *names)
            break;
        flags |= names[i].flags;
        rest = span_from(rest, len);
    }
    if (value.len == 0 || rest.len > 0)
        return err_set(at, ERR_RANGE, "must be 0 to 255, or names such as SYNFIN", value);
    o->scan_flags = flags;
    return ERR_OK;
}

static enum err parse_top(struct opts *o, struct span value, struct err_at *at)
{
    uint64_t n;
    if (!text_dec(value, 65536, &n) || n == 0)
        return err_set(at, ERR_RANGE, "must be a number of ports, 1 to 65536", value);
    o->top_ports = (uint32_t)n;
    return ERR_OK;
}

static enum err parse_ratio(struct opts *o, struct span value, struct err_at *at)
{
    struct span rest = value;
    const struct span whole = span_cut(&rest, '.');
    uint64_t digits = 0, zero;
    const bool has_digits = !span_is_absent(rest);
    if (!text_dec(whole, 0, &zero) || rest.len > 9 ||
        (has_digits && !text_dec(rest, UINT64_MAX, &digits)))
        return err_set(at, ERR_RANGE, "must be at least 0 and below 1, as in 0.01", value);
    o->port_ratio = (double)digits;
    for (size_t i = 0; has_digits && i < rest.len; i++)
        o->port_ratio /= 10;
    return ERR_OK;
}

static enum err parse_icmp_wait(struct opts *o, struct span value, struct err_at *at)
{
    if (!text_time(value, &o->icmp_wait_ns))
        return err_set(at, ERR_RANGE, "must be a time such as 500ms, 2s, 1m", value);
    o->has_icmp_wait = true;
    return ERR_OK;
}

static enum err parse_stats(struct opts *o, struct span value, struct err_at *at)
{
    if (!text_time(value, &o->stats_every_ns) || o->stats_every_ns < 100000000)
        return err_set(at, ERR_RANGE, "must be a time of at least 100ms, such as 5s or 1m", value);
    return ERR_OK;
}

static enum err parse_progress(struct opts *o, struct span value, struct err_at *at)
{
    uint64_t fd;
    if (!text_dec(value, 1023, &fd) || fd < 2)
        return err_set(at, ERR_RANGE, "must be the number of an open file, 2 or above", value);
    o->progress_fd = (int)fd;
    return ERR_OK;
}

static enum err parse_color(struct opts *o, struct span value, struct err_at *at)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++) {
        if (!span_eq(value, span_str(names[i])))
            continue;
        o->color = (enum color)i;
        return ERR_OK;
    }
    return err_set(at, ERR_RANGE, "must be auto, always or never", value);
}

static enum err parse_web_stylesheet(struct opts *o, struct span value, struct err_at *at)
{
    (void)value;
    (void)at;
    o->stylesheet = SPAN("https://svn.nmap.org/nmap/docs/nmap.xsl");
    return ERR_OK;
}

static enum err parse_no_stylesheet(struct opts *o, struct span value, struct err_at *at)
{
    (void)value;
    (void)at;
    o->stylesheet = SPAN("");
    return ERR_OK;
}

#define AT(field) offsetof(struct opts, field)
#define FLAG(field) OPT_FLAG, false, false, AT(field), NULL, NULL
#define COUNT(field) OPT_COUNT, false, true, AT(field), NULL, "level"
#define TEXT(field, what) OPT_SPAN, true, false, AT(field), NULL, what
#define GROUP(parser) OPT_GROUP, false, true, 0, parser, NULL
#define MAYBE(parser, what) OPT_CUSTOM, false, true, 0, parser, what
#define VALUE(parser, what) OPT_CUSTOM, true, false, 0, parser, what
#define SWITCH(parser) OPT_CUSTOM, false, false, 0, parser, NULL

static const struct opt scan_options[] = {
    {NULL, "Pn", FLAG(always_up), "do not look whether hosts are up: scan them all", "Hosts"},
    {NULL, "P0", FLAG(always_up), NULL, NULL},
    {NULL, "PN", FLAG(always_up), NULL, NULL},
    {NULL, "PD", FLAG(always_up), NULL, NULL},
    {NULL, "PE", FLAG(hosts.ping_echo), "find hosts by ICMP echo", NULL},
    {NULL, "PI", FLAG(hosts.ping_echo), NULL, NULL},
    {NULL, "P", FLAG(hosts.ping_echo), NULL, NULL},
    {NULL, "PP", FLAG(hosts.ping_stamp), "by ICMP timestamp (IPv4)", NULL},
    {NULL, "PM", FLAG(hosts.ping_mask), "by ICMP address mask (IPv4)", NULL},
    {NULL, "PS", MAYBE(opts_ping_syn, "ports"), "by TCP SYN to these ports (80)", NULL},
    {NULL, "PA", MAYBE(opts_ping_ack, "ports"), "by TCP ACK (80)", NULL},
    {NULL, "PT", MAYBE(opts_ping_ack, "ports"), NULL, NULL},
    {NULL, "PB", MAYBE(opts_ping_both, "ports"), NULL, NULL},
    {NULL, "PU", MAYBE(opts_ping_udp, "ports"), "by UDP (40125)", NULL},
    {NULL, "PY", MAYBE(opts_ping_sctp, "ports"), "by SCTP INIT (80)", NULL},
    {NULL, "PO", MAYBE(opts_ping_proto, "protocols"), "by IP protocols (1,2,4)", NULL},
    {NULL, "PR", FLAG(hosts.no_effect), NULL, NULL},
    {"script", NULL, VALUE(parse_script, "names"), NULL, NULL},
    {"script-args", NULL, VALUE(parse_script, "values"), NULL, NULL},
    {"script-args-file", NULL, VALUE(parse_script, "file"), NULL, NULL},
    {"script-timeout", NULL, VALUE(parse_script, "time"), NULL, NULL},
    {"script-trace", NULL, FLAG(scripts), NULL, NULL},
    {"script-help", NULL, VALUE(parse_script, "names"), NULL, NULL},
    {"script-updatedb", NULL, FLAG(scripts), NULL, NULL},
    {NULL, "b", VALUE(parse_later, "server"), NULL, NULL},
    {NULL, "oS", VALUE(parse_later, "file"), NULL, NULL},
    {NULL, "oH", VALUE(parse_never_html, "file"), NULL, NULL},
    {"deprecated-xml-osclass", NULL, FLAG(hosts.no_effect), NULL, NULL},
    {"spoof-mac", NULL, VALUE(parse_later, "address"), NULL, NULL},
    {"ip-options", NULL, VALUE(parse_later, "options"), NULL, NULL},
    {"adler32", NULL, SWITCH(parse_later), NULL, NULL},
    {"proxies", NULL, VALUE(parse_later, "list"), NULL, NULL},
    {"proxy", NULL, VALUE(parse_later, "list"), NULL, NULL},
    {"disable-arp-ping", NULL, FLAG(hosts.link_is_no_sign),
     "neighbors too: ARP and ND are no answer", NULL},
    {"discovery-ignore-rst", NULL, FLAG(hosts.ignores_reset),
     "a reset does not mean that a host is up", NULL},
    {NULL, "iL", TEXT(input_list, "file"),
     "targets from a file, also of other scanners; - is standard input", NULL},
    {NULL, "iR", VALUE(opts_random, "n"), "n random IPv4 targets, 0 = without end", NULL},
    {NULL, "4", FLAG(hosts.wants_four), "scan names over IPv4 (the default)", NULL},
    {NULL, "6", FLAG(prefers_six),
     "scan names over IPv6, with -4 over both (addresses need no option)", NULL},
    {NULL, "n", FLAG(no_names), "no reverse DNS of the addresses found", NULL},
    {NULL, "R", FLAG(hosts.names_all), "reverse DNS of all addresses, up or not", NULL},
    {"dns-servers", NULL, TEXT(hosts.dns_servers, "servers"), "ask these: a list with commas",
     NULL},
    {"system-dns", NULL, FLAG(hosts.system_dns), "ask the way the system does (hosts, LDAP, mDNS)",
     NULL},
    {"exclude", NULL, TEXT(exclude, "targets"), "never these: a list with commas", NULL},
    {"excludefile", NULL, TEXT(exclude_file, "file"), "nor those in this file", NULL},
    {"randomize-hosts", NULL, FLAG(random_hosts), "in random order", NULL},
    {"rH", NULL, FLAG(random_hosts), NULL, NULL},
    {"resolve-all", NULL, FLAG(resolve_all), "all addresses of a name, not only the first", NULL},
    {"unique", NULL, FLAG(unique), "no address twice", NULL},
    {"shard", NULL, TEXT(shard, "i/n"), "one of n equal parts; auto: as the batch engine says",
     NULL},
    {NULL, "p", VALUE(parse_ports, "ports"),
     "ports to scan: 22  1-1000  ssh,http*  [1-1024]  - (all)", "Ports"},
    {NULL, "F", FLAG(fast), "the 100 most common ports instead of 1,000", NULL},
    {NULL, "r", FLAG(sequential), "in ascending order", NULL},
    {"top-ports", NULL, VALUE(parse_top, "n"), "the n most common ports", NULL},
    {"port-ratio", NULL, VALUE(parse_ratio, "ratio"), "ports that are open at least so often",
     NULL},
    {"exclude-ports", NULL, TEXT(exclude_ports, "ports"), "never these ports", NULL},
    {NULL, "sS", GROUP(parse_scans), "TCP SYN scan (the default); letters may be joined: -sSU",
     "Kinds of scan"},
    {NULL, "sT", GROUP(parse_scans), "TCP scan by connecting, needs no privilege", NULL},
    {NULL, "sU", GROUP(parse_scans), "UDP scan", NULL},
    {NULL, "sA", GROUP(parse_scans), "TCP ACK scan: which ports are filtered", NULL},
    {NULL, "sW", GROUP(parse_scans), "the same, reading the window of resets", NULL},
    {NULL, "sN", GROUP(parse_scans), "TCP scan without any flag", NULL},
    {NULL, "sF", GROUP(parse_scans), "with FIN", NULL},
    {NULL, "sX", GROUP(parse_scans), "with FIN, PSH and URG", NULL},
    {NULL, "sM", GROUP(parse_scans), "with FIN and ACK", NULL},
    {NULL, "sY", GROUP(parse_scans), "SCTP INIT scan", NULL},
    {NULL, "sO", GROUP(parse_scans), "which IP protocols are there; -p takes their numbers", NULL},
    {NULL, "sn", GROUP(parse_scans), "no port scan: only find hosts", NULL},
    {NULL, "sL", GROUP(parse_scans), "only list the targets, send them nothing", NULL},
    {NULL, "s", GROUP(parse_scans), NULL, NULL},
    {"scanflags", NULL, VALUE(parse_flags, "flags"), "other TCP flags: 0-255 or as in SYNFIN",
     NULL},
    {"icmp-wait", NULL, VALUE(parse_icmp_wait, "time"),
     "for hosts that hold back ICMP errors (60s); 0: no limit", NULL},
    {"defeat-icmp-ratelimit", NULL, FLAG(defeat_icmp), "do not wait: silence is closed|filtered",
     NULL},
    {NULL, "O", OPT_CUSTOM, false, true, 0, parse_os, NULL,
     "detect the operating system; -O1: with the old tests", "Operating system"},
    {"osscan-limit", NULL, FLAG(os_limit), "only hosts with an open and a closed TCP port", NULL},
    {"osscan-guess", NULL, FLAG(os_guess), "print near misses as guesses", NULL},
    {"fuzzy", NULL, FLAG(os_guess), "the same", NULL},
    {"explain", NULL, FLAG(explain), "why: test by test, points won and lost, rivals", NULL},
    {"deepen", NULL, FLAG(deepen), "ask on where that would decide what a host is", NULL},
    {"max-os-tries", NULL, VALUE(parse_tries, "n"), "most tries for one host, 1 to 50 (5)", NULL},
    {"nmap-quirks", NULL, VALUE(parse_quirks, "version"),
     "behave as that version of the reference scanner does: 7.93 or 7.991", NULL},
    {NULL, "sV", GROUP(parse_scans), "ask open ports what they are: product and version",
     "Services"},
    {"version-intensity", NULL, VALUE(parse_intensity, "0-9"),
     "how many probes to try, 9 = all (7)", NULL},
    {"version-light", NULL, SWITCH(parse_light), "the likely ones only (intensity 2)", NULL},
    {"version-all", NULL, SWITCH(parse_all), "every one (intensity 9)", NULL},
    {"version-trace", NULL, FLAG(version_trace), "tell each step of it as it is made", NULL},
    {"versiondb", NULL, TEXT(versiondb, "file"), "use this file of probes only", NULL},
    {"servicedb", NULL, TEXT(servicedb, "file"),
     "use this table of ports only, and scan those in it", NULL},
    {"allports", NULL, FLAG(all_services), "ask also ports that the probe files exclude", NULL},
    {"budget", NULL, VALUE(parse_budget, "time"),
     "best answer for a host's services within this time", NULL},
    {"traceroute", NULL, FLAG(traceroute), "the routers on the way to each host", NULL},
    {NULL, "A", SWITCH(parse_aggressive), "-O, -sV and --traceroute", NULL},
    {NULL, "T", VALUE(parse_timing, "0-5"), "timing template, higher is faster (3)", "Timing"},
    {"min-rate", NULL, VALUE(parse_min_rate, "n"), "at least n packets per second", NULL},
    {"max-rate", NULL, VALUE(parse_rate, "n"), "at most n packets per second", NULL},
    {"max-retries", NULL, VALUE(parse_retries, "n"), "ask a silent port at most n times more",
     NULL},
    {"initial-rtt-timeout", NULL, VALUE(parse_initial_rtt, "time"),
     "how long to wait for the first answer", NULL},
    {"min-rtt-timeout", NULL, VALUE(parse_min_rtt, "time"), "least time to wait for an answer",
     NULL},
    {"max-rtt-timeout", NULL, VALUE(parse_max_rtt, "time"), "most time to wait for an answer",
     NULL},
    {"min-parallelism", NULL, VALUE(parse_min_parallelism, "n"),
     "at least so many probes to a host at a time", NULL},
    {"max-parallelism", "M", VALUE(parse_max_parallelism, "n"), "at most so many", NULL},
    {"min-hostgroup", NULL, VALUE(parse_min_hostgroup, "n"), NULL, NULL},
    {"max-hostgroup", NULL, VALUE(parse_max_hostgroup, "n"), "at most so many hosts at a time",
     NULL},
    {"host-timeout", NULL, VALUE(parse_host_timeout, "time"),
     "most time for one host after its discovery", NULL},
    {"scan-delay", NULL, VALUE(parse_delay, "time"), "least gap between probes to a host", NULL},
    {"max-scan-delay", NULL, VALUE(parse_max_delay, "time"),
     "most gap that is made by itself for a host that holds answers back", NULL},
    {"defeat-rst-ratelimit", NULL, FLAG(pace.defeat_rst),
     "do not slow down for closed ports; some will seem filtered", NULL},
    {NULL, "g", VALUE(parse_source_port, "port"), "send from this port", "Packets"},
    {"source-port", NULL, VALUE(parse_source_port, "port"), "the same", NULL},
    {NULL, "S", VALUE(parse_source, "address"), "send from this address", NULL},
    {NULL, "D", VALUE(parse_decoys, "addresses"), "each probe also from these: 192.0.2.1,ME,RND:3",
     NULL},
    {NULL, "f", OPT_COUNT, false, true, AT(packet.cuts), NULL, NULL,
     "IPv4 packets in fragments of 8 bytes; -ff: of 16", NULL},
    {"mtu", NULL, VALUE(parse_mtu, "n"), "in fragments of n bytes, a multiple of 8", NULL},
    {"ttl", NULL, VALUE(parse_ttl, "n"), "time to live of packets and connections", NULL},
    {"data", NULL, VALUE(parse_data, "hex"), "these bytes behind the headers: 0xAABB", NULL},
    {"data-string", NULL, VALUE(parse_data_string, "text"), "this text", NULL},
    {"data-length", NULL, VALUE(parse_data_length, "n"), "n random bytes", NULL},
    {"badsum", NULL, FLAG(packet.bad_sums), "with wrong checksums", NULL},
    {"send-eth", NULL, FLAG(packet.by_frame), "in frames of ours (the default on Ethernet)", NULL},
    {"send-ip", NULL, FLAG(packet.by_kernel), "the kernel makes the frames; no ARP of ours", NULL},
    {"verbose", "v", COUNT(verbose), "say more; -vv still more", "Output"},
    {"debug", "d", COUNT(debug), "say what matters to developers; -dd more", NULL},
    {"packet-trace", NULL, FLAG(packet_trace), "a line for each packet, on standard error", NULL},
    {"reason", NULL, FLAG(reasons), "why a port or host is in its state", NULL},
    {"open", NULL, FLAG(open_only), "only ports that are (possibly) open", NULL},
    {NULL, "oN", TEXT(out_normal, "file"), "normal report into a file; - is standard output", NULL},
    {NULL, "oX", TEXT(out_xml, "file"), "XML", NULL},
    {NULL, "oG", TEXT(out_grep, "file"), "grepable lines", NULL},
    {NULL, "oM", TEXT(out_grep, "file"), NULL, NULL},
    {NULL, "m", TEXT(out_grep, "file"), NULL, NULL},
    {NULL, "o", TEXT(out_normal, "file"), NULL, NULL},
    {NULL, "oJ", TEXT(out_json, "file"), "JSON lines: everything, as it happens", NULL},
    {"html", NULL, TEXT(out_html, "file"), "one page that needs nothing else", NULL},
    {"sqlite", NULL, TEXT(out_sqlite, "file"), "into a database, which may hold other scans", NULL},
    {NULL, "oA", TEXT(out_all, "name"), "name.nmap, name.xml and name.gnmap", NULL},
    {"append-output", NULL, FLAG(append_output), "add to output files that exist", NULL},
    {"resume", NULL, TEXT(resume, "file"), "go on with the scan that this -oJ or -oX file is of",
     NULL},
    {NULL, "v0", FLAG(quiet), "nothing on standard output", NULL},
    {"stats-every", NULL, VALUE(parse_stats, "time"), "a line about progress so often", NULL},
    {"progress-json", NULL, VALUE(parse_progress, "fd"),
     "records of progress to this file descriptor", NULL},
    {"color", NULL, VALUE(parse_color, "when"), "auto (on terminals), always, never", NULL},
    {"noninteractive", NULL, FLAG(noninteractive), "no keys, no progress bar", NULL},
    {"stylesheet", NULL, TEXT(stylesheet, "path"), "what XML names as its stylesheet", NULL},
    {"webxml", NULL, SWITCH(parse_web_stylesheet), NULL, NULL},
    {"no-stylesheet", NULL, SWITCH(parse_no_stylesheet), "XML names none", NULL},
    {NULL, "e", TEXT(iface, "interface"), "send through this interface", "Other"},
    {"iflist", NULL, FLAG(packet.list_ways), "list interfaces and routes, and end", NULL},
    {"route-dst", NULL, TEXT(packet.way_to, "target"),
     "tell the way to this address or name, and end", NULL},
    {"datadir", NULL, TEXT(datadir, "folder"), "look for data files here first", NULL},
    {"seed", NULL, VALUE(parse_seed, "n"), "repeat a run: order and random values", NULL},
    {"privileged", NULL, FLAG(privileged), "assume that raw packets are allowed", NULL},
    {"unprivileged", NULL, FLAG(unprivileged), "assume that they are not", NULL},
    {"log-errors", NULL, FLAG(hosts.no_effect), NULL, NULL},
    {"release-memory", NULL, FLAG(hosts.no_effect), NULL, NULL},
    {"thc", NULL, FLAG(hosts.no_effect), NULL, NULL},
    {"nogcc", NULL, FLAG(hosts.no_effect), NULL, NULL},
    {NULL, "I", FLAG(hosts.no_effect), NULL, NULL},
    {"nsock-engine", NULL, TEXT(hosts.no_effect_value, "name"), NULL, NULL},
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

// What becomes of a saved scan: the same for all commands that read one.
#define VIEWS                                                                                     \
    {NULL, "oN", TEXT(out_normal, "file"), "normal report; - is standard output", "Views"},       \
        {NULL, "oX", TEXT(out_xml, "file"), "XML", NULL},                                         \
        {NULL, "oG", TEXT(out_grep, "file"), "grepable lines", NULL},                             \
        {NULL, "oJ", TEXT(out_json, "file"), "JSON lines", NULL},                                 \
        {NULL, "oA", TEXT(out_all, "name"), "name.nmap, name.xml and name.gnmap", NULL},          \
        {"html", NULL, TEXT(out_html, "file"), "one page that needs nothing else", NULL},         \
        {"sqlite", NULL, TEXT(out_sqlite, "file"), "into a database, which may hold other scans", \
         NULL},                                                                                   \
        {"append-output", NULL, FLAG(append_output), "add to output files that exist", NULL},     \
        {"verbose", "v", COUNT(verbose), "more than the scan showed; -vv still more", "Detail"},  \
        {"debug", "d", COUNT(debug), "what matters to developers", NULL},                         \
        {"reason", NULL, FLAG(reasons), "why a port or host is in its state", NULL},              \
        {"open", NULL, FLAG(open_only), "only ports that are (possibly) open", NULL},             \
        {"datadir", NULL, TEXT(datadir, "folder"), "look for data files here first", "Other"},    \
    {                                                                                             \
        "help", "h", FLAG(help), "this text", NULL                                                \
    }

static const struct opt show_options[] = {VIEWS};

static const struct opt diff_options[] = {
    {"json", NULL, FLAG(json), "one JSON object a line, noise too", "Output"},
    {"verbose", "v", COUNT(verbose), "tell of noise too", NULL},
    {"help", "h", FLAG(help), "this text", "Other"},
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

const struct opt_table opts_show = {
    TABLE(show_options),
    "whorl show prints saved scans as any kind of report; it sends nothing.\n"
    "usage: whorl show [options] file ...\n"
    "files: JSON lines (-oJ) or XML, of whorl or Nmap, whole or cut short; - is standard input\n",
    "Without options the normal report goes to standard output.\n"
    "examples:\n"
    "  whorl show scan.jsonl\n"
    "  whorl show -oX scan.xml --html scan.html scan.jsonl\n",
};

const struct opt_table opts_diff = {
    TABLE(diff_options),
    "whorl diff tells what changed between two saved scans; it sends nothing.\n"
    "usage: whorl diff [options] before after\n"
    "files: JSON lines (-oJ) or XML, of whorl or Nmap\n"
    "exit status: 0 nothing changed, 3 something did, 1 failure, 2 wrong use\n",
    "What only the measuring changed is noise: guesses in another order, a service that was not\n"
    "recognized this time, distance, uptime.\n",
};

const struct opt_table opts_merge = {
    TABLE(show_options),
    "whorl merge joins saved scans, such as shards, into one; it sends nothing.\n"
    "usage: whorl merge [options] file ...\n"
    "files: JSON lines (-oJ) or XML, of whorl or Nmap, in the order of the scans\n",
    "Of several records of a host a finished one wins, then the later one; ports are joined.\n",
};
