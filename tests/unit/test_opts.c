// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"
#include "check.h"
#include "cli/opts.h"
#include "report/writer.h"
#include "text_sink.h"

static struct arena run;
static struct opts o;
static struct err_at at;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&run);
    return 0;
}

// Arguments separated by blanks.
static enum err parse(const char *line)
{
    char *argv[32] = {0};
    int argc = 0;
    struct span rest = span_str(line);
    opts_init(&o, &opts_scan);
    argv[argc++] = (char *)(uintptr_t) "whorl";
    while (!span_is_absent(rest) && rest.len > 0)
        argv[argc++] = (char *)(uintptr_t)arena_copy(&run, span_cut(&rest, ' ')).ptr;
    return opts_parse(&o, &run, argc, argv, &at);
}

static void accepted(const char *line)
{
    if (parse(line) != ERR_OK)
        fail_msg("%s is refused: %s (%s)", line, at.what, at.token);
}

static void refused(const char *line, enum err code, const char *token, uint32_t argument)
{
    const enum err e = parse(line);
    if (e != code || strcmp(at.token, token) != 0 || at.line != argument || !at.what)
        fail_msg("%s gives %d, %s, %u", line, (int)e, at.token, (unsigned)at.line);
}

static void defaults(void **state)
{
    (void)state;
    accepted("");
    assert_int_equal(o.timing, 3);
    assert_int_equal(o.max_tries, 5);
    assert_int_equal(o.n_targets, 0);
    assert_true(span_is_absent(o.ports) && span_is_absent(o.iface) && span_is_absent(o.datadir));
    assert_false(o.os || o.verbose || o.debug || o.has_seed || o.help || o.version);
}

static void every_flag_of_the_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const bool *field;
    } flags[] = {
        {"-O", &o.os},
        {"-O2", &o.os},
        {"-Pn", &o.always_up},
        {"-P0", &o.always_up},
        {"-PN", &o.always_up},
        {"-n", &o.no_names},
        {"-F", &o.fast},
        {"-r", &o.sequential},
        {"-sU", &o.udp_scan},
        {"--osscan-limit", &o.os_limit},
        {"--fuzzy", &o.os_guess},
        {"--osscan-guess", &o.os_guess},
        {"--reason", &o.reasons},
        {"--open", &o.open_only},
        {"--privileged", &o.privileged},
        {"--unprivileged", &o.unprivileged},
        {"-V", &o.version},
        {"--version", &o.version},
        {"-h", &o.help},
        {"--help", &o.help},
    };
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        accepted("");
        assert_false(*flags[i].field);
        accepted(flags[i].text);
        assert_true(*flags[i].field);
    }
}

static void counters_repeat_or_carry_a_number(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        int verbose;
        int debug;
    } cases[] = {
        {"-v", 1, 0},        {"-vv", 2, 0},      {"-vvvv", 4, 0},     {"-v -v", 2, 0},
        {"-v3", 3, 0},       {"-v1", 1, 0},      {"-vv -v1", 1, 0},   {"-v10", 10, 0},
        {"-d", 0, 1},        {"-dd -v2", 2, 2},  {"--verbose", 1, 0}, {"--verbose=4", 4, 0},
        {"--debug=2", 0, 2}, {"-verbose", 1, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        accepted(cases[i].line);
        assert_int_equal(o.verbose, cases[i].verbose);
        assert_int_equal(o.debug, cases[i].debug);
    }
    refused("-vx", ERR_SYNTAX, "x", 1);
    refused("-vdd", ERR_SYNTAX, "dd", 1);
    refused("-v11", ERR_SYNTAX, "11", 1);
    refused("-vv1", ERR_SYNTAX, "v1", 1);
}

static void values_are_attached_or_next(void **state)
{
    (void)state;
    static const char *const lines[] = {"-p22-80", "-p 22-80"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        accepted(lines[i]);
        assert_text(o.ports, "22-80");
    }
    static const char *const rates[] = {"--max-rate=7", "--max-rate 7", "-max-rate=7",
                                        "-max-rate 7", "--max-ra 7"};
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        accepted(rates[i]);
        assert_true(o.max_rate > 6.9 && o.max_rate < 7.1);
        assert_int_equal(o.n_targets, 0);
    }
    accepted("-p-");
    assert_text(o.ports, "-");
    accepted("-p -10");
    assert_text(o.ports, "-10");
    accepted("-e eth0 --datadir=/a=b");
    assert_text(o.iface, "eth0");
    assert_text(o.datadir, "/a=b");
    accepted("--datadir=");
    assert_false(span_is_absent(o.datadir));
    assert_int_equal(o.datadir.len, 0);
}

static void values_are_checked(void **state)
{
    (void)state;
    accepted("-T4 --max-os-tries 50 --nmap-quirks=7.93 --seed=18446744073709551615");
    assert_int_equal(o.timing, 4);
    assert_int_equal(o.max_tries, 50);
    assert_int_equal(o.quirks, QUIRKS_793);
    assert_true(o.has_seed && o.seed == UINT64_MAX);
    accepted("-T Aggressive --nmap-quirks 7.991 --scan-delay 1.5ms");
    assert_int_equal(o.timing, 4);
    assert_int_equal(o.quirks, QUIRKS_7991);
    assert_int_equal(o.scan_delay_ns, 1500000);
    accepted("-Tpolite");
    assert_int_equal(o.timing, 2);
    refused("-T6", ERR_RANGE, "6", 1);
    refused("-T fast", ERR_RANGE, "fast", 1);
    refused("-O3", ERR_RANGE, "3", 1);
    refused("--scan-delay 200", ERR_RANGE, "200", 1); // meant as milliseconds
    refused("--host-timeout 20000", ERR_RANGE, "20000", 1);
    refused("-oS x", ERR_RANGE, "x", 1);
    refused("-b x", ERR_RANGE, "x", 1);
    refused("x --max-os-tries 0", ERR_RANGE, "0", 2);
    refused("--max-os-tries=51", ERR_RANGE, "51", 1);
    refused("--nmap-quirks=7.94", ERR_RANGE, "7.94", 1);
    refused("--seed=-1", ERR_RANGE, "-1", 1);
    refused("--max-rate 0", ERR_RANGE, "0", 1);
    refused("--scan-delay 1y", ERR_RANGE, "1y", 1);
    refused("-p1 -p2", ERR_SYNTAX, "2", 2);
}

static void how_packets_look(void **state)
{
    (void)state;
    accepted("-g53 --ttl 0 -ff --badsum -S 192.0.2.9 -S fe80::1 --data 0xAAbb");
    assert_int_equal(o.packet.source_port, 53);
    assert_int_equal(o.packet.ttl, 0);
    assert_int_equal(o.packet.cuts, 2);
    assert_true(o.packet.bad_sums);
    assert_true(o.packet.source4.family == IP_V4 && o.packet.source6.family == IP_V6);
    assert_text(o.packet.hex, "0xAAbb");
    accepted("--source-port 65535 --mtu 24 --data-length 0 --send-ip");
    assert_true(o.packet.has_data_length && o.packet.by_kernel);
    assert_int_equal(o.packet.fragments, 24);
    accepted("-D 192.0.2.1,me,RND,RND:3,2001:db8::1 --data-string hi");
    assert_int_equal(o.packet.n_decoys, 3);
    assert_int_equal(o.packet.n_random_decoys, 4);
    assert_true(o.packet.is_place_given && o.packet.decoys[1].family == IP_NONE);
    accepted("--data \\xAA\\x0b");
    refused("--data 0xAAB", ERR_SYNTAX, "0xAAB", 1);
    refused("--data \\xAA0b", ERR_SYNTAX, "\\x5CxAA0b", 1);
    refused("--data 0x", ERR_SYNTAX, "0x", 1);
    refused("--data AA --data-length 3", ERR_SYNTAX, "3", 3);
    refused("--data-length 1401", ERR_RANGE, "1401", 1);
    refused("-g 0", ERR_RANGE, "0", 1);
    refused("--ttl 256", ERR_RANGE, "256", 1);
    refused("--mtu 20", ERR_RANGE, "20", 1);
    refused("-S host", ERR_SYNTAX, "host", 1);
    refused("-D ME,ME", ERR_SYNTAX, "ME", 1);
    refused("-D RND:128", ERR_LIMIT, "RND:128", 1);
    refused("-D RND:129", ERR_RANGE, "129", 1);
}

static void options_of_others(void **state)
{
    (void)state;
    accepted("--log-errors --release-memory --thc --nogcc -I --nsock-engine poll -PR");
    assert_false(o.scripts);
    accepted("-sSC");
    assert_true(o.scripts && o.tcp_scan == 0);
    accepted("--script default --script-args a=b --script-timeout 3");
    assert_true(o.scripts);
    refused("--spoof-mac 0", ERR_RANGE, "0", 1);
    refused("--proxies http://x", ERR_RANGE, "http://x", 1);
    refused("-sZ", ERR_RANGE, "Z", 1);
}

static void how_fast_they_go(void **state)
{
    (void)state;
    accepted("--min-rate 10 --max-retries 0 --min-parallelism 2 -M 7 --max-hostgroup 4");
    assert_true(o.pace.min_rate == 10 && o.pace.max_retries == 0);
    assert_true(o.pace.min_parallelism == 2 && o.pace.max_parallelism == 7);
    assert_int_equal(o.pace.max_hostgroup, 4);
    accepted("--min-rtt-timeout 20ms --max-rtt-timeout 49 --initial-rtt-timeout 1s");
    assert_int_equal(o.pace.min_rtt_ns, 20000000);
    assert_int_equal(o.pace.max_rtt_ns, 49000000000);
    accepted("--max-scan-delay 0 --defeat-rst-ratelimit --min-hostgroup 3");
    assert_true(o.pace.has_max_scan_delay && o.pace.defeat_rst);
    refused("--max-rtt-timeout 50", ERR_RANGE, "50", 1);
    refused("--max-rtt-timeout 4ms", ERR_RANGE, "4ms", 1);
    refused("--max-scan-delay 100", ERR_RANGE, "100", 1);
    refused("--max-retries -1", ERR_RANGE, "-1", 1);
    refused("-M 0", ERR_RANGE, "0", 1);
    refused("--min-rate 0.5", ERR_RANGE, "0.5", 1);
}

static void kinds_of_scan_are_joined(void **state)
{
    (void)state;
    static const char letters[] = "STAWMNFX";
    for (int i = 0; letters[i]; i++) {
        char line[] = "-sUx";
        line[3] = letters[i];
        accepted(line);
        assert_true(o.udp_scan);
        assert_int_equal(o.tcp_scan, i);
    }
    accepted("-sU");
    assert_int_equal(o.tcp_scan, -1);
    accepted("-sS -sS -sUV");
    assert_true(o.udp_scan && o.services && o.tcp_scan == 0);
    accepted("-sn");
    assert_true(o.ping_only);
    refused("-sS -sA", ERR_SYNTAX, "A", 2);
}

static void flags_ports_and_waits(void **state)
{
    (void)state;
    accepted("--scanflags SYNFIN --top-ports 10 --port-ratio 0.25 --exclude-ports 1-9");
    assert_int_equal(o.scan_flags, 3);
    assert_int_equal(o.top_ports, 10);
    assert_true(o.port_ratio > 0.2499 && o.port_ratio < 0.2501);
    assert_text(o.exclude_ports, "1-9");
    accepted("--scanflags=urgackPSH --icmp-wait 2s --port-ratio 0");
    assert_int_equal(o.scan_flags, 0x38);
    assert_true(o.has_icmp_wait && o.icmp_wait_ns == 2000000000);
    assert_true(o.port_ratio >= 0 && o.port_ratio <= 0);
    accepted("--scanflags 255");
    assert_int_equal(o.scan_flags, 255);
    accepted("--scanflags NONE");
    assert_int_equal(o.scan_flags, 0);
    refused("--scanflags 256", ERR_RANGE, "256", 1);
    refused("--scanflags SYNFOO", ERR_RANGE, "SYNFOO", 1);
    refused("--scanflags=", ERR_RANGE, "", 1);
    refused("--top-ports 0", ERR_RANGE, "0", 1);
    refused("--top-ports 65537", ERR_RANGE, "65537", 1);
    refused("--port-ratio 1", ERR_RANGE, "1", 1);
    refused("--port-ratio 0.1234567890", ERR_RANGE, "0.1234567890", 1);
    refused("--icmp-wait soon", ERR_RANGE, "soon", 1);
}

static void abbreviations_must_be_unambiguous(void **state)
{
    (void)state;
    accepted("--osscan-g");
    assert_true(o.os_guess);
    accepted("--unpriv");
    assert_true(o.unprivileged);
    accepted("-reas");
    assert_true(o.reasons);
    refused("--osscan", ERR_SYNTAX, "--osscan", 1);
    const char *ambiguous = at.what;
    refused("--unknown", ERR_SYNTAX, "--unknown", 1);
    assert_string_not_equal(at.what, ambiguous);
    refused("--max-=1", ERR_SYNTAX, "--max-=1", 1);
    refused("--verbosely", ERR_SYNTAX, "--verbosely", 1);
}

static void one_dash_serves_long_names(void **state)
{
    (void)state;
    accepted("-privileged -open -osscan-limit -reason");
    assert_true(o.privileged && o.open_only && o.os_limit && o.reasons);
    assert_true(span_is_absent(o.ports)); // not -p rivileged
    refused("-u", ERR_SYNTAX, "-u", 1);   // not --unprivileged
    refused("-sZ", ERR_RANGE, "Z", 1);
    refused("-sSUA", ERR_SYNTAX, "A", 1);
    refused("-s", ERR_SYNTAX, "-s", 1);
    refused("-Pnx", ERR_SYNTAX, "-Pnx", 1);
}

static void missing_and_unwanted_values(void **state)
{
    (void)state;
    refused("-p", ERR_SYNTAX, "-p", 1);
    refused("a --seed", ERR_SYNTAX, "--seed", 2);
    refused("--open=1", ERR_SYNTAX, "--open=1", 1);
    refused("--help=", ERR_SYNTAX, "--help=", 1);
    refused("--=1", ERR_SYNTAX, "--=1", 1);
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    accepted("-O -- -v 10.0.0.1 -- --open");
    assert_true(o.os && !o.verbose && !o.open_only);
    assert_int_equal(o.n_targets, 4);
    assert_text(o.targets[0], "-v");
    assert_text(o.targets[2], "--");
    assert_text(o.targets[3], "--open");
    accepted("--");
    assert_int_equal(o.n_targets, 0);
    accepted("-p -- 10.0.0.1"); // a value like any other
    assert_text(o.ports, "--");
    assert_int_equal(o.n_targets, 1);
}

static void targets_stand_anywhere(void **state)
{
    (void)state;
    accepted("10.0.0.1 -n b.example -p 22 -");
    assert_int_equal(o.n_targets, 3);
    assert_text(o.targets[0], "10.0.0.1");
    assert_text(o.targets[1], "b.example");
    assert_text(o.targets[2], "-");
    assert_true(o.no_names);
}

static void the_help_names_every_option(void **state)
{
    (void)state;
    static struct text_sink sink;
    struct writer w;
    text_sink_init(&sink);
    writer_init(&w, &sink.sink);
    opts_help(&w, &opts_scan);
    assert_true(writer_flush(&w));
    for (size_t i = 0; i < opts_scan.n; i++) {
        if (!opts_scan.opts[i].help)
            continue;
        assert_non_null(strstr(sink.text, opts_scan.opts[i].help));
        if (opts_scan.opts[i].name)
            assert_non_null(strstr(sink.text, opts_scan.opts[i].name));
        if (opts_scan.opts[i].letters)
            assert_non_null(strstr(sink.text, opts_scan.opts[i].letters));
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(defaults),
        CASE(every_flag_of_the_table),
        CASE(counters_repeat_or_carry_a_number),
        CASE(values_are_attached_or_next),
        CASE(values_are_checked),
        CASE(how_packets_look),
        CASE(options_of_others),
        CASE(how_fast_they_go),
        CASE(kinds_of_scan_are_joined),
        CASE(flags_ports_and_waits),
        CASE(abbreviations_must_be_unambiguous),
        CASE(one_dash_serves_long_names),
        CASE(missing_and_unwanted_values),
        CASE(two_dashes_end_the_options),
        CASE(targets_stand_anywhere),
        CASE(the_help_names_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
