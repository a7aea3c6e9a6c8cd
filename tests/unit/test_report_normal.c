// SPDX-License-Identifier: Apache-2.0
// Whole records through the normal report, against the text that must come out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h> // needs some of those above

#include "model/host.h"
#include "model/scan.h"
#include "model/services.h"
#include "report/normal.h"
#include "report/report.h"
#include "text_sink.h"

#define FOLDED "Not shown: "

enum { PORTS_MAX = 2000 };

static struct arena arena;
static struct text_sink sink;
static struct report_out out;
static struct scan scan;
static struct host host;
static struct port ports[PORTS_MAX];

static int setup(void **state)
{
    (void)state;
    struct services *services;
    setenv("TZ", "UTC", 1);
    tzset();
    arena_init(&arena, "test");
    (void)services_parse(&arena,
                         SPAN("ssh 22/tcp\nsmtp 25/tcp\nhttp 80/tcp\npop3 110/tcp\n"
                              "domain 53/udp\nunknown 99/tcp\nw\033ird 98/tcp\n"),
                         &services, NULL);
    scan = (struct scan){.version = SPAN("0.1.0"), .started = 1795213193, .services = services};
    host = (struct host){.addr = ip_v4(0x0A4D0014),
                         .state = HOST_UP,
                         .reason = REASON_ARP_RESPONSE,
                         .rtt = {20, 912, true},
                         .ports = ports,
                         .started = 1795213193,
                         .ended = 1795213196};
    text_sink_init(&sink);
    report_init(&arena, &out, &report_screen, &sink.sink);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct port *add(uint16_t number, enum proto proto, enum port_state state,
                        enum reason reason, uint8_t ttl)
{
    host.has_ports = true;
    struct port *p = &ports[host.n_ports++];
    *p = (struct port){number, (uint8_t)proto, (uint8_t)state, (uint8_t)reason, ttl, 0};
    return p;
}

static void add_many(uint32_t n, enum port_state state, enum reason reason)
{
    for (uint32_t i = 0; i < n; i++)
        add((uint16_t)(10000 + host.n_ports), PROTO_TCP, state, reason, 64);
}

static const char *host_text(void)
{
    text_sink_init(&sink);
    assert_true(report_host(&out, &scan, &host));
    return sink.text;
}

static const char *latency(int64_t us)
{
    struct writer w;
    text_sink_init(&sink);
    writer_init(&w, &sink.sink);
    latency_write(&w, us);
    assert_true(writer_flush(&w));
    return sink.text;
}

static void latencies_have_two_digits(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {8, "0.0000080s"},   {3, "0.0000030s"}, {27, "0.000027s"}, {120, "0.00012s"},
        {124, "0.00012s"},   {125, "0.00013s"}, {995, "0.0010s"},  {999, "0.0010s"},
        {29000, "0.029s"},   {99600, "0.10s"},  {960000, "0.96s"}, {1200000, "1.2s"},
        {9960000, "10s"},    {12000000, "12s"}, {0, "0.0000000s"}, {-5, "0.0000000s"},
        {123456789, "123s"}, {1, "0.0000010s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(latency(cases[i].us), cases[i].text);
}

static void states_and_reasons_fill_the_table(void **state)
{
    (void)state;
    scan.show_reasons = true;
    host.has_mac = true;
    host.mac = (struct mac_addr){{0x52, 0x54, 0x00, 0x4D, 0x00, 0x20}};
    host.vendor = SPAN("QEMU virtual NIC");
    struct ip_addr router = ip_v4(0x0A000001);
    host.from = &router;
    host.n_from = 1;
    add(22, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 64);
    add(25, PROTO_TCP, PORT_CLOSED, REASON_RESET, 64);
    add(110, PROTO_TCP, PORT_FILTERED, REASON_HOST_UNREACH, 63)->from = 1;
    add(9999, PROTO_TCP, PORT_FILTERED, REASON_NO_RESPONSE, 0);
    add(53, PROTO_UDP, PORT_OPEN_FILTERED, REASON_NO_RESPONSE, 0);
    assert_string_equal(host_text(),
                        "Nmap scan report for 10.77.0.20\n"
                        "Host is up, received arp-response (0.000020s latency).\n"
                        "\n"
                        "PORT     STATE         SERVICE REASON\n"
                        "22/tcp   open          ssh     syn-ack ttl 64\n"
                        "25/tcp   closed        smtp    reset ttl 64\n"
                        "110/tcp  filtered      pop3    host-unreach from 10.0.0.1 ttl 63\n"
                        "9999/tcp filtered      unknown no-response\n"
                        "53/udp   open|filtered domain  no-response\n"
                        "MAC Address: 52:54:00:4D:00:20 (QEMU virtual NIC)\n"
                        "\n");
}

static void many_ports_of_a_state_are_folded(void **state)
{
    (void)state;
    add(22, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 64);
    add(80, PROTO_TCP, PORT_CLOSED, REASON_RESET, 64);
    add_many(990, PORT_FILTERED, REASON_NO_RESPONSE);
    add_many(1, PORT_FILTERED, REASON_NET_UNREACH);
    add_many(1, PORT_FILTERED, REASON_HOST_UNREACH);
    add_many(1, PORT_FILTERED, REASON_PROTO_UNREACH);
    assert_string_equal(host_text(),
                        "Nmap scan report for 10.77.0.20\n"
                        "Host is up (0.000020s latency).\n"
                        "Not shown: 990 filtered tcp ports (no-response), 1 filtered tcp ports "
                        "(proto-unreach), 1 filtered tcp ports (host-unreach), 1 filtered tcp "
                        "ports (net-unreach)\n"
                        "PORT   STATE  SERVICE\n"
                        "22/tcp open   ssh\n"
                        "80/tcp closed http\n"
                        "\n");
}

static void folded_states_stand_by_count(void **state)
{
    (void)state;
    add(22, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 64);
    add_many(40, PORT_CLOSED, REASON_RESET);
    add_many(40, PORT_FILTERED, REASON_NO_RESPONSE);
    for (uint16_t i = 0; i < 60; i++)
        add((uint16_t)(1000 + i), PROTO_UDP, PORT_OPEN_FILTERED, REASON_NO_RESPONSE, 0);
    assert_non_null(strstr(host_text(), "Not shown: 60 open|filtered udp ports (no-response), 40 "
                                        "filtered tcp ports (no-response), 40 closed tcp ports "
                                        "(reset)\n"));
}

static bool is_folded(uint32_t n, enum port_state port_state, int verbose, int debug)
{
    host.n_ports = 0;
    add(22, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 64);
    add_many(n, port_state, REASON_NO_RESPONSE);
    scan.verbose = verbose;
    scan.debug = debug;
    return strstr(host_text(), FOLDED) != NULL;
}

static void folding_begins_at_a_level(void **state)
{
    (void)state;
    assert_false(is_folded(25, PORT_CLOSED, 0, 0));
    assert_true(is_folded(26, PORT_CLOSED, 0, 0));
    assert_false(is_folded(50, PORT_CLOSED, 1, 0));
    assert_true(is_folded(51, PORT_CLOSED, 1, 0));
    assert_false(is_folded(550, PORT_CLOSED, 1, 1));
    assert_true(is_folded(551, PORT_CLOSED, 1, 1));
    assert_false(is_folded(1900, PORT_CLOSED, 3, 3));
    assert_true(is_folded(1900, PORT_CLOSED, 3, 0));
    assert_true(is_folded(1900, PORT_OPEN_FILTERED, 2, 0));
    assert_false(is_folded(1900, PORT_OPEN_FILTERED, 3, 0));
    assert_false(is_folded(500, PORT_OPEN, 0, 0));
}

static void all_ports_may_be_folded(void **state)
{
    (void)state;
    host.has_mac = true;
    host.mac = (struct mac_addr){{2, 0, 0x0A, 0x4D, 0, 0x30}};
    add_many(300, PORT_FILTERED, REASON_NO_RESPONSE);
    assert_string_equal(host_text(), "Nmap scan report for 10.77.0.20\n"
                                     "Host is up (0.000020s latency).\n"
                                     "All 300 scanned ports on 10.77.0.20 are in ignored states.\n"
                                     "Not shown: 300 filtered tcp ports (no-response)\n"
                                     "MAC Address: 02:00:0A:4D:00:30 (Unknown)\n"
                                     "\n");
}

static void open_only_folds_the_rest_and_hides_hosts(void **state)
{
    (void)state;
    scan.open_only = true;
    add(22, PROTO_TCP, PORT_CLOSED, REASON_RESET, 64);
    assert_string_equal(host_text(), "");
    add(53, PROTO_UDP, PORT_OPEN_FILTERED, REASON_NO_RESPONSE, 0);
    assert_string_equal(host_text(), "Nmap scan report for 10.77.0.20\n"
                                     "Host is up (0.000020s latency).\n"
                                     "Not shown: 1 closed tcp port (reset)\n"
                                     "PORT   STATE         SERVICE\n"
                                     "53/udp open|filtered domain\n"
                                     "\n");
}

static bool is_certainty(const char *line)
{
    const char *text = strstr(host_text(), "Certainty: ");
    return text ? strncmp(text, line, strlen(line)) == 0 : line[0] == '\0';
}

static void what_was_lost_is_told_where_it_matters(void **state)
{
    (void)state;
    struct scan_loss *tcp = &host.losses[0];
    add(22, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 64);
    assert_true(is_certainty(""));
    host.losses[0] = (struct scan_loss){PROTO_TCP, 1000, 0, 1000, 0};
    host.losses[1] = (struct scan_loss){PROTO_UDP, 0, 0, 100, 0};
    host.n_losses = 2;
    assert_true(is_certainty(""));
    tcp->n_lost = 182;
    assert_true(
        is_certainty("Certainty: tcp 182 of 1000 probes lost, 0 of 1000 ports uncertain\n"));
    assert_non_null(strstr(host_text(), "\n22/tcp open  ssh\nCertainty: "));
    host.losses[1] = (struct scan_loss){PROTO_IP, 0, 0, 256, 30};
    assert_true(is_certainty("Certainty: tcp 182 of 1000 probes lost, 0 of 1000 ports uncertain; "
                             "ip 0 of 0 probes lost, 30 of 256 protocols uncertain\n"));
    tcp->n_lost = 0;
    assert_true(is_certainty("Certainty: ip 0 of 0 probes lost, 30 of 256 protocols uncertain\n"));
}

static void names_of_a_host_are_told(void **state)
{
    (void)state;
    const struct ip_addr others[] = {ip_v4(0x0A4D0015), ip_v4(0x0A4D0016)};
    host.ptr_name = SPAN("ptr.example");
    assert_non_null(strstr(host_text(), "report for ptr.example (10.77.0.20)\nHost is up (0.00002"
                                        "0s latency).\n"));
    assert_null(strstr(sink.text, "rDNS"));
    host.name = SPAN("www.example");
    host.others = others;
    host.n_others = 2;
    host.rtt.is_known = false;
    assert_string_equal(host_text(),
                        "Nmap scan report for www.example (10.77.0.20)\n"
                        "Host is up.\n"
                        "Other addresses for www.example (not scanned): 10.77.0.21 10.77.0.22\n"
                        "rDNS record for 10.77.0.20: ptr.example\n");
    host.ptr_name = SPAN("WWW.example");
    assert_null(strstr(host_text(), "rDNS"));
}

static void hosts_that_are_down_need_verbosity(void **state)
{
    (void)state;
    host.state = HOST_DOWN;
    host.reason = REASON_NO_RESPONSE;
    assert_string_equal(host_text(), "");
    scan.verbose = 1;
    assert_string_equal(host_text(), "Nmap scan report for 10.77.0.20 [host down]\n");
    scan.show_reasons = true;
    assert_string_equal(host_text(),
                        "Nmap scan report for 10.77.0.20 [host down, received no-response]\n");
    host.state = HOST_SKIPPED;
    assert_string_equal(host_text(), "");
}

static void detail_adds_times(void **state)
{
    (void)state;
    scan.verbose = 1;
    scan.debug = 1;
    scan.show_reasons = true;
    host.reason = REASON_SYN_ACK;
    host.reason_ttl = 62;
    add(22, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 62);
    assert_string_equal(host_text(), "Nmap scan report for 10.77.0.20\n"
                                     "Host is up, received syn-ack ttl 62 (0.000020s latency).\n"
                                     "Scanned at 2026-11-20 22:19:53 UTC for 3s\n"
                                     "\n"
                                     "PORT   STATE SERVICE REASON\n"
                                     "22/tcp open  ssh     syn-ack ttl 62\n"
                                     "Final times for host: srtt: 20 rttvar: 912\n"
                                     "\n");
}

static void a_host_that_was_cut_short_says_so(void **state)
{
    (void)state;
    host.is_cut_short = true;
    scan.ports_per_host = 1000;
    add(22, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 64);
    add(80, PROTO_TCP, PORT_UNKNOWN, REASON_NONE, 0);
    assert_string_equal(host_text(),
                        "Nmap scan report for 10.77.0.20\n"
                        "Host is up (0.000020s latency).\n"
                        "Incomplete: the scan of this host was cut short; what follows is not all\n"
                        "Not decided: 999 ports\n"
                        "\n"
                        "PORT   STATE SERVICE\n"
                        "22/tcp open  ssh\n"
                        "\n");
}

static void text_from_outside_is_escaped(void **state)
{
    (void)state;
    host.name = SPAN("a\x1B]0;x\x07");
    host.ptr_name = SPAN("b\r\nNmap scan report for");
    host.has_mac = true;
    host.vendor = SPAN("\xC3\x84");
    add(98, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 64);
    assert_string_equal(host_text(), "Nmap scan report for a\\x1B]0;x\\x07 (10.77.0.20)\n"
                                     "Host is up (0.000020s latency).\n"
                                     "rDNS record for 10.77.0.20: b\\x0D\\x0ANmap scan report for\n"
                                     "\n"
                                     "PORT   STATE SERVICE\n"
                                     "98/tcp open  w\\x1Bird\n"
                                     "MAC Address: 00:00:00:00:00:00 (\\xC3\\x84)\n"
                                     "\n");
}

static void a_run_has_a_frame(void **state)
{
    (void)state;
    assert_true(report_begin(&out, &scan));
    assert_true(report_note(&out, &scan, SPAN("Initiating SYN Stealth Scan at 22:19\x1B")));
    scan.n_targets = 2;
    scan.n_up = 1;
    scan.does_os = true;
    scan.verbose = 1;
    scan.elapsed_ns = 11578000000;
    scan.sent_packets = 1111;
    scan.sent_bytes = 52918;
    scan.received_packets = 10;
    scan.received_bytes = 672;
    assert_true(report_end(&out, &scan));
    assert_string_equal(sink.text,
                        "Starting whorl 0.1.0 at 2026-11-20 22:19 UTC\n"
                        "Initiating SYN Stealth Scan at 22:19\\x1B\n"
                        "OS detection performed.\n"
                        "whorl done: 2 IP addresses (1 host up) scanned in 11.58 seconds\n"
                        "           Raw packets sent: 1111 (52.918KB) | Rcvd: 10 (672B)\n");
}

static void a_single_target_that_is_down_brings_advice(void **state)
{
    (void)state;
    scan.n_targets = 1;
    scan.does_os = true;
    assert_true(report_end(&out, &scan));
    assert_string_equal(sink.text, "Note: Host seems down. If it is really up, but blocking our "
                                   "ping probes, try -Pn\n"
                                   "whorl done: 1 IP address (0 hosts up) scanned in 0.00 "
                                   "seconds\n");
    text_sink_init(&sink);
    scan.is_interrupted = true;
    assert_true(report_end(&out, &scan));
    assert_null(strstr(sink.text, "-Pn"));
    assert_non_null(strstr(sink.text, "Interrupted"));
}

static void sizes_have_units(void **state)
{
    (void)state;
    scan.verbose = 1;
    scan.sent_packets = 1;
    scan.sent_bytes = 1234000;
    scan.received_bytes = 44028;
    assert_true(report_end(&out, &scan));
    assert_non_null(strstr(sink.text, "sent: 1 (1.234MB) | Rcvd: 0 (44.028KB)\n"));
    text_sink_init(&sink);
    scan.sent_bytes = 999;
    scan.received_bytes = 5000000000000;
    assert_true(report_end(&out, &scan));
    assert_non_null(strstr(sink.text, "sent: 1 (999B) | Rcvd: 0 (5000.000GB)\n"));
}

static void a_lost_record_is_told(void **state)
{
    (void)state;
    sink.room = 40;
    assert_false(report_host(&out, &scan, &host));
    sink.room = 10000;
    assert_false(report_end(&out, &scan));
    assert_int_equal(sink.len, 0);
}

static void every_kind_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; report_kinds[i]; i++) {
        const struct report *r = report_kinds[i];
        assert_non_null(r->name);
        assert_true(!r->option == !r->extension);
        assert_true(r->begin && r->host && r->note && r->end);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(latencies_have_two_digits),
        CASE(states_and_reasons_fill_the_table),
        CASE(many_ports_of_a_state_are_folded),
        CASE(folded_states_stand_by_count),
        CASE(folding_begins_at_a_level),
        CASE(all_ports_may_be_folded),
        CASE(open_only_folds_the_rest_and_hides_hosts),
        CASE(what_was_lost_is_told_where_it_matters),
        CASE(names_of_a_host_are_told),
        CASE(hosts_that_are_down_need_verbosity),
        CASE(detail_adds_times),
        CASE(a_host_that_was_cut_short_says_so),
        CASE(text_from_outside_is_escaped),
        CASE(a_run_has_a_frame),
        CASE(a_single_target_that_is_down_brings_advice),
        CASE(sizes_have_units),
        CASE(a_lost_record_is_told),
        CASE(every_kind_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
