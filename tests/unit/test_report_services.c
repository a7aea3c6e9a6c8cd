// SPDX-License-Identifier: Apache-2.0
// Services in the normal report: names and their marks, the version text and its bounds, the
// info line, fingerprints. The bounds were seen in runs of the reference scanner.
#include "check.h"

#include <stdlib.h>
#include <time.h>

#include "model/host.h"
#include "model/scan.h"
#include "model/services.h"
#include "report/report.h"
#include "report/serviceview.h"
#include "text_sink.h"

enum { MAX = 16 };

static struct arena arena;
static struct text_sink sink;
static struct report_out out;
static struct scan scan;
static struct host host;
static struct port ports[MAX];
static struct service services[MAX];

static int setup(void **state)
{
    (void)state;
    struct services *table;
    setenv("TZ", "UTC", 1);
    tzset();
    arena_init(&arena, "test");
    (void)services_parse(&arena,
                         SPAN("ssh 22/tcp\nsmtp 25/tcp\nhttp 80/tcp\njetdirect 9100/tcp\n"
                              "domain 53/udp\nsnmp 161/udp\nsnmptrap 162/udp\n"),
                         &table, NULL);
    scan = (struct scan){.version = SPAN("0.1.0"), .services = table, .does_services = true};
    host = (struct host){.addr = ip_v4(0x0A4D0014),
                         .state = HOST_UP,
                         .has_ports = true,
                         .ports = ports,
                         .services = services};
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

static void add_port(uint16_t number, enum proto proto, enum port_state state)
{
    ports[host.n_ports++] =
        (struct port){number, (uint8_t)proto, (uint8_t)state, REASON_SYN_ACK, 64, 0};
}

static struct service *add(uint16_t number, enum proto proto, enum service_state state,
                           struct span name)
{
    add_port(number, proto, PORT_OPEN);
    struct service *s = &services[host.n_services++];
    *s = (struct service){.port = number, .proto = (uint8_t)proto, .state = state, .name = name};
    s->confidence = state == SERVICE_HARD || state == SERVICE_SOFT ? 10
                    : state == SERVICE_TCPWRAPPED                  ? 8
                                                                   : 3;
    return s;
}

static const char *host_text(void)
{
    text_sink_init(&sink);
    assert_true(report_host(&out, &scan, &host));
    return sink.text;
}

static void names_have_marks(void **state)
{
    (void)state;
    struct service *s = add(22, PROTO_TCP, SERVICE_HARD, SPAN("ssh"));
    s->product = SPAN("OpenSSH");
    s->version = SPAN("9.2p1 Debian 2+deb12u10");
    s->extra = SPAN("protocol 2.0");
    add(25, PROTO_TCP, SERVICE_SOFT, SPAN("smtp"));
    add(80, PROTO_TCP, SERVICE_NOMATCH, (struct span){0})->tunnel = TUNNEL_TLS;
    s = add(443, PROTO_TCP, SERVICE_HARD, SPAN("http"));
    s->tunnel = TUNNEL_TLS;
    s->product = SPAN("nginx");
    add(993, PROTO_TCP, SERVICE_INCOMPLETE, (struct span){0})->tunnel = TUNNEL_TLS;
    add(994, PROTO_TCP, SERVICE_NOMATCH, (struct span){0});
    add(995, PROTO_TCP, SERVICE_TCPWRAPPED, SPAN("tcpwrapped"));
    s = add(996, PROTO_TCP, SERVICE_HARD, SPAN("http"));
    s->confidence = 7;
    s->is_foreign = true;
    add(9100, PROTO_TCP, SERVICE_EXCLUDED, (struct span){0});
    add(53, PROTO_UDP, SERVICE_NOMATCH, (struct span){0});
    add(161, PROTO_UDP, SERVICE_NOMATCH, (struct span){0});
    ports[host.n_ports - 1].state = PORT_OPEN_FILTERED;
    add_port(162, PROTO_UDP, PORT_CLOSED);
    assert_string_equal(host_text(),
                        "Nmap scan report for 10.77.0.20\n"
                        "Host is up.\n"
                        "\n"
                        "PORT     STATE         SERVICE     VERSION\n"
                        "22/tcp   open          ssh         OpenSSH 9.2p1 Debian 2+deb12u10 "
                        "(protocol 2.0)\n"
                        "25/tcp   open          smtp\n"
                        "80/tcp   open          ssl/http?\n"
                        "443/tcp  open          ssl/http    nginx\n"
                        "993/tcp  open          ssl/unknown\n"
                        "994/tcp  open          unknown\n"
                        "995/tcp  open          tcpwrapped\n"
                        "996/tcp  open          http\n"
                        "9100/tcp open          jetdirect?  Excluded from version scan\n"
                        "53/udp   open          domain?\n"
                        "161/udp  open|filtered snmp\n"
                        "162/udp  closed        snmptrap\n"
                        "\n");
}

static void a_scan_without_services_has_no_marks(void **state)
{
    (void)state;
    add_port(22, PROTO_TCP, PORT_OPEN);
    scan.does_services = false;
    assert_non_null(strstr(host_text(), "PORT   STATE SERVICE\n22/tcp open  ssh\n\n"));
    scan.does_services = true; // the port was not asked: cut short
    assert_non_null(strstr(host_text(), "PORT   STATE SERVICE VERSION\n22/tcp open  ssh?\n\n"));
}

static void a_saved_name_of_the_port_table_counts(void **state)
{
    (void)state;
    add(22, PROTO_TCP, SERVICE_NOT_ASKED, SPAN("other"));
    assert_non_null(strstr(host_text(), "22/tcp open  other?\n"));
    scan.does_services = false;
    assert_non_null(strstr(host_text(), "22/tcp open  other\n"));
}

static void version_stands_behind_the_reason(void **state)
{
    (void)state;
    scan.show_reasons = true;
    add(22, PROTO_TCP, SERVICE_HARD, SPAN("ssh"))->product = SPAN("OpenSSH");
    assert_non_null(strstr(host_text(), "PORT   STATE SERVICE REASON         VERSION\n"
                                        "22/tcp open  ssh     syn-ack ttl 64 OpenSSH\n"));
}

static struct span letters(char *mem, size_t n, char c)
{
    memset(mem, c, n);
    return span_of(mem, n);
}

static const char *version_of(size_t product, size_t version, size_t extra)
{
    static char text[400];
    char mem[3][300];
    struct service s = {.state = SERVICE_HARD};
    struct buf b;
    if (product)
        s.product = letters(mem[0], product, 'p');
    if (version)
        s.version = letters(mem[1], version, 'v');
    if (extra)
        s.extra = letters(mem[2], extra, 'i');
    buf_init(&b, text, sizeof text - 1);
    serviceview_version(&b, &s);
    text[buf_len(&b)] = '\0';
    return text;
}

static void the_version_text_is_bounded(void **state)
{
    (void)state;
    assert_string_equal(version_of(0, 0, 0), "");
    assert_string_equal(version_of(2, 3, 4), "pp vvv (iiii)");
    assert_string_equal(version_of(0, 3, 0), "vvv");
    assert_string_equal(version_of(0, 0, 4), "(iiii)");
    assert_string_equal(version_of(2, 0, 4), "pp (iiii)");
    const char *text = version_of(78, 40, 36); // 78 + 1 + 40 + 1 leave 39
    assert_int_equal(strlen(text), 158);
    assert_string_equal(text + 156, "i)");
    text = version_of(78, 40, 37);
    assert_int_equal(strlen(text), 159);
    assert_string_equal(text + 157, "i)");
    text = version_of(78, 40, 38);
    assert_int_equal(strlen(text), 159);
    assert_string_equal(text + 154, "i...)");
    text = version_of(78, 79, 256); // one byte is left
    assert_int_equal(strlen(text), 158);
    assert_string_equal(text + 156, "vv");
    text = version_of(80, 80, 10); // the version has 78
    assert_int_equal(strlen(text), 159);
    assert_string_equal(text + 155, "v...");
    assert_int_equal(strlen(version_of(152, 80, 0)), 152);
    assert_int_equal(strlen(version_of(151, 80, 0)), 159);
    assert_int_equal(strlen(version_of(200, 80, 80)), 159);
}

static void services_tell_about_their_host(void **state)
{
    (void)state;
    host.ptr_name = SPAN("Mail.example");
    struct service *s = add(22, PROTO_TCP, SERVICE_HARD, SPAN("ssh"));
    s->os = SPAN("Linux");
    s->cpe[0] = SPAN("cpe:/a:openbsd:openssh:9.2p1");
    s->cpe[2] = SPAN("cpe:/o:linux:linux_kernel");
    assert_non_null(strstr(host_text(), "\n22/tcp open  ssh\nService Info: OS: Linux; CPE: "
                                        "cpe:/o:linux:linux_kernel\n\n"));
    s = add(25, PROTO_TCP, SERVICE_HARD, SPAN("smtp"));
    s->hostname = SPAN("mail.EXAMPLE");
    s->os = SPAN("Unix");
    s = add(80, PROTO_TCP, SERVICE_HARD, SPAN("http"));
    s->hostname = SPAN("www.example");
    s->os = SPAN("Linux");
    s->device = SPAN("router");
    s->cpe[1] = SPAN("cpe:/h:dell:x\033[");
    s = add(81, PROTO_TCP, SERVICE_HARD, SPAN("http"));
    s->hostname = SPAN("WWW.example");
    s->device = SPAN("switch");
    s = add(82, PROTO_TCP, SERVICE_HARD, SPAN("http"));
    s->hostname = SPAN("other.example");
    s = add(83, PROTO_TCP, SERVICE_HARD, SPAN("http"));
    s->hostname = SPAN("closed.example");
    ports[host.n_ports - 1].state = PORT_CLOSED;
    assert_non_null(strstr(host_text(),
                           "\nService Info: Hosts: www.example, other.example; OSs: Linux, Unix; "
                           "Devices: router, switch; CPE: cpe:/o:linux:linux_kernel, "
                           "cpe:/h:dell:x.[\n\n"));
}

static void the_info_line_is_bounded(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    for (uint16_t i = 0; i < 6; i++)
        add((uint16_t)(80 + i), PROTO_TCP, SERVICE_HARD, SPAN("http"))->hostname =
            span_str(names[i]);
    assert_non_null(strstr(host_text(), "\nService Info: Hosts: a, b, c, d, e\n"));
}

#define HEAD "SF-Port53-UDP:V=7.93%I=7%D=11/20%Time=6B00C9D2%P=x86_64-pc-linux-gnu%r(DNS"

static void a_fingerprint_is_wrapped(void **state)
{
    (void)state;
    struct service *s = add(53, PROTO_UDP, SERVICE_NOMATCH, (struct span){0});
    host.has_mac = true;
    s->fingerprint = SPAN(HEAD "VersionBindReq,1E,\"\\0\\x06\\x85\\x83\\0\\x01\\0\\0\\0\\0\\0\\0\\x"
                               "07version\\x04bind\\0\\0\\x10\\0\\x03\");");
    assert_non_null(strstr(host_text(),
                           "53/udp open  domain?\n"
                           "1 service unrecognized despite returning data.\n" HEAD "\n"
                           "SF:VersionBindReq,1E,"
                           "\"\\0\\x06\\x85\\x83\\0\\x01\\0\\0\\0\\0\\0\\0\\x07version\\x04bind\\\n"
                           "SF:0\\0\\x10\\0\\x03\");\n"
                           "MAC Address: 00:00:00:00:00:00 (Unknown)\n"));
    s->fingerprint = SPAN(HEAD ";"); // the end mark does not get a line of its own
    assert_non_null(strstr(host_text(), "data.\n" HEAD ";\nMAC"));
    s->fingerprint = SPAN(HEAD "x;");
    assert_non_null(strstr(host_text(), "data.\n" HEAD "\nSF:x;\nMAC"));
    s->state = SERVICE_HARD;
    assert_null(strstr(host_text(), "SF"));
}

static void several_fingerprints_stand_apart(void **state)
{
    (void)state;
    add(22, PROTO_TCP, SERVICE_NOMATCH, SPAN(""))->fingerprint = SPAN("SF-Port22-TCP:V=1;");
    add(23, PROTO_TCP, SERVICE_NOMATCH, SPAN(""));
    add(25, PROTO_TCP, SERVICE_SOFT, SPAN("smtp"))->fingerprint = SPAN("SF-Port25-TCP:V=1;");
#define NEXT "==============NEXT SERVICE FINGERPRINT (SUBMIT INDIVIDUALLY)==============\n"
    assert_non_null(strstr(host_text(), "2 services unrecognized despite returning data.\n" NEXT
                                        "SF-Port22-TCP:V=1;\n" NEXT "SF-Port25-TCP:V=1;\n"));
    for (uint16_t i = 0; i < 12; i++)
        add((uint16_t)(100 + i), PROTO_TCP, SERVICE_NOMATCH, SPAN(""))->fingerprint = SPAN("SF;");
    assert_non_null(strstr(host_text(), "\n9 services unrecognized"));
    size_t n = 0;
    for (const char *at = strstr(sink.text, NEXT); at; at = strstr(at + 1, NEXT))
        n++;
    assert_int_equal(n, 9);
}

static void detail_tells_why(void **state)
{
    (void)state;
    struct service *s = add(80, PROTO_TCP, SERVICE_HARD, SPAN("http"));
    s->probe = SPAN("GetRequest");
    s->list = SPAN("HTTPOptions");
    s->file = SPAN("services.db");
    s->line = 120;
    s->is_foreign = true;
    s->connections = 2;
    s->elapsed_ms = 37;
    s = add(81, PROTO_TCP, SERVICE_TCPWRAPPED, SPAN("tcpwrapped"));
    s->note = SPAN("accepted, then closed");
    s->connections = 1;
    add(82, PROTO_TCP, SERVICE_NOMATCH, SPAN(""));
    add(83, PROTO_TCP, SERVICE_NOT_ASKED, SPAN("x"));
    assert_null(strstr(host_text(), "Why"));
    scan.explains = true;
    assert_non_null(strstr(host_text(),
                           "83/tcp open  x?\n"
                           "Why 80/tcp: a match line fits, answer to GetRequest, services.db:120 "
                           "(a line of HTTPOptions); 37 ms, 2 connections\n"
                           "Why 81/tcp: closed without a word; accepted, then closed; 0 ms, 1 "
                           "connection\n"
                           "Why 82/tcp: no answer\n\n"));
}

static const char *end_text(void)
{
    text_sink_init(&sink);
    assert_true(report_end(&out, &scan));
    return sink.text;
}

static void the_end_tells_what_was_detected(void **state)
{
    (void)state;
    assert_null(strstr(end_text(), "performed"));
    scan.n_up = 1;
    assert_non_null(strstr(end_text(), "Service detection performed.\n"));
    scan.does_os = true;
    assert_non_null(strstr(end_text(), "OS and Service detection performed.\n"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(names_have_marks),
        CASE(a_scan_without_services_has_no_marks),
        CASE(a_saved_name_of_the_port_table_counts),
        CASE(version_stands_behind_the_reason),
        CASE(the_version_text_is_bounded),
        CASE(services_tell_about_their_host),
        CASE(the_info_line_is_bounded),
        CASE(a_fingerprint_is_wrapped),
        CASE(several_fingerprints_stand_apart),
        CASE(detail_tells_why),
        CASE(the_end_tells_what_was_detected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
