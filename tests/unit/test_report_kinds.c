// SPDX-License-Identifier: Apache-2.0
// One host through the kinds of report that programs read.
#include "check.h"

#include <stdlib.h>
#include <time.h>

#include "model/evidence.h"
#include "report/report.h"
#include "report/xmltext.h"
#include "sample_host.h"
#include "text_sink.h"

static struct arena arena;
static struct text_sink sink;
static struct report_out out;
static struct scan scan;
static struct host host;

static int setup(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    arena_init(&arena, "test");
    sample_scan(&arena, &scan);
    sample_host(&arena, &host);
    text_sink_init(&sink);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const char *host_text(const struct report *kind)
{
    text_sink_init(&sink);
    report_init(&arena, &out, kind, &sink.sink);
    assert_true(report_host(&out, &scan, &host));
    return sink.text;
}

#define HAS(part) assert_non_null(strstr(sink.text, part))

static void xml_has_its_order(void **state)
{
    (void)state;
    (void)host_text(&report_xml);
    HAS("<host starttime=\"1795213193\" endtime=\"1795213196\"><status state=\"up\" "
        "reason=\"arp-response\" reason_ttl=\"0\"/>\n"
        "<address addr=\"10.77.0.20\" addrtype=\"ipv4\"/>\n"
        "<address addr=\"52:54:00:4D:00:20\" addrtype=\"mac\" vendor=\"QEMU &amp; virtual "
        "NIC\"/>\n"
        "<hostnames>\n<hostname name=\"www.example\" type=\"user\"/>\n"
        "<hostname name=\"ptr.example\" type=\"PTR\"/>\n</hostnames>\n"
        "<ports><extraports state=\"closed\" count=\"257\">\n"
        "<extrareasons reason=\"reset\" count=\"256\" proto=\"tcp\" "
        "ports=\"1-21,23-79,81-98,100-200,241-299\"/>\n"
        "<extrareasons reason=\"port-unreach\" count=\"1\" proto=\"udp\" ports=\"162\"/>\n"
        "</extraports>\n");
    HAS("<port protocol=\"tcp\" portid=\"22\"><state state=\"open\" reason=\"syn-ack\" "
        "reason_ttl=\"64\"/><service name=\"ssh\" product=\"Open&quot;SSH\" "
        "version=\"9.2p1/Debian -&#45; 2\" extrainfo=\"protocol 2.0\" ostype=\"Linux\" "
        "method=\"probed\" conf=\"10\"><cpe>cpe:/a:openbsd:openssh:9.2p1</cpe>"
        "<cpe>cpe:/o:linux:linux_kernel</cpe></service></port>\n");
    HAS("tunnel=\"ssl\" method=\"probed\" conf=\"7\"><cpe>cpe:/h:x:y</cpe>");
    HAS("<service name=\"jetdirect\" method=\"table\" conf=\"3\"/></port>\n");
    HAS("<service name=\"unknown\" tunnel=\"ssl\" method=\"table\" conf=\"3\"/></port>\n");
    HAS("<os><portused state=\"open\" proto=\"tcp\" portid=\"22\"/>\n"
        "<portused state=\"closed\" proto=\"tcp\" portid=\"1\"/>\n"
        "<osmatch name=\"Linux 5.3 - 5.4\" accuracy=\"96\" line=\"68140\">\n"
        "<osclass type=\"general purpose\" vendor=\"Linux\" osfamily=\"Linux\" osgen=\"5.X\" "
        "accuracy=\"96\"><cpe>cpe:/o:linux:linux_kernel:5</cpe><cpe>cpe:/h:x:y</cpe></osclass>\n"
        "<osclass type=\"webcam\" vendor=\"AXIS\" osfamily=\"embedded\" accuracy=\"96\"/>\n"
        "</osmatch>\n");
    HAS("<osmatch name=\"Linux &lt;3.2&gt;\" accuracy=\"95\"");
    assert_null(strstr(sink.text, "nothing near")); // more than 10 points below the best
    HAS("<osfingerprint fingerprint=\"OS:SCAN(V=0.1.0%E=4");
    HAS("&#xa;\"/>\n</os>\n"
        "<uptime seconds=\"13196\" lastboot=\"Fri Nov 20 18:40:00 2026\"/>\n"
        "<distance value=\"1\"/>\n"
        "<tcpsequence index=\"262\" difficulty=\"Good luck!\" values=\"C999D5D6,1,2,3,4,5\"/>\n"
        "<ipidsequence class=\"Random positive increments\" values=\"0,FFFF,7,0,0,0\"/>\n"
        "<tcptssequence class=\"1000HZ\" values=\"322CAB17,9,0,0,0,0\"/>\n"
        "<hostscript><script id=\"whorl-path\" output=\"2 &lt;stacks&gt;&#xa;another\">\n"
        "<table><elem key=\"kind\">stacks</elem><elem key=\"ports\">22 | 80</elem></table>\n"
        "<table><elem key=\"kind\">another</elem></table>\n"
        "</script><script id=\"whorl-certainty\" output=\"tcp 200 of 1100 probes lost, 12 of 300 "
        "ports "
        "uncertain\">\n"
        "<table><elem key=\"protocol\">tcp</elem><elem key=\"asked\">1100</elem>"
        "<elem key=\"lost\">200</elem><elem key=\"ports\">300</elem>"
        "<elem key=\"uncertain\">12</elem></table>\n"
        "<table><elem key=\"protocol\">udp</elem><elem key=\"asked\">2</elem>"
        "<elem key=\"lost\">0</elem><elem key=\"ports\">3</elem>"
        "<elem key=\"uncertain\">0</elem></table>\n"
        "</script><script id=\"whorl-verdict\" output=\"Linux 5.X or newer (97%); closest entry "
        "Linux 5.3 - 5.4 (59%); but services say Linux on 22/tcp; name says Windows: several "
        "machines behind one address, or a proxy; not seen: closed TCP port, closed UDP port; "
        "path: MSS clamped to 1412, MTU 1452\">\n"
        "<elem key=\"level\">class</elem>\n<elem key=\"label\">Linux 5.X or newer</elem>\n"
        "<elem key=\"p\">0.971</elem>\n<table key=\"nodes\">\n<table>\n"
        "<elem key=\"level\">system</elem>\n<elem key=\"label\">a &lt;b&gt; &quot;c&quot;</elem>\n"
        "<elem key=\"p\">0.250</elem>\n</table>\n</table>\n<table key=\"path\">\n<table>\n");
    HAS("<elem key=\"unknown\">0.009</elem>\n</script></hostscript>\n"
        "<times srtt=\"20\" rttvar=\"912\" to=\"100000\"/>\n</host>\n");
}

static const char *escaped(struct span s)
{
    struct writer w;
    text_sink_init(&sink);
    writer_init(&w, &sink.sink);
    xml_text(&w, s);
    assert_true(writer_flush(&w));
    return sink.text;
}

static void xml_takes_any_bytes(void **state)
{
    (void)state;
    assert_string_equal(escaped(sample_hostile()),
                        "a\\x00\\x1B]0;\\xFF\xC3\xA4\xEF\x9E\x80&lt;&amp;&quot;&apos;-&#45;&gt;"
                        "&#xa;\\");
    assert_string_equal(escaped(SPAN("---")), "-&#45;&#45;");
    assert_string_equal(escaped(SPAN("\xC2\x9B")), "&#x9b;"); // a control of terminals
    assert_string_equal(escaped(SPAN("\xEF\xBF\xBF\xED\xA0\x80")),
                        "\\xEF\\xBF\\xBF\\xED\\xA0\\x80");
}

static void xml_is_whole_at_every_end(void **state)
{
    (void)state;
    report_init(&arena, &out, &report_xml, &sink.sink);
    scan.is_interrupted = true;
    assert_true(report_end(&out, &scan));
    assert_string_equal(sink.text,
                        "<runstats><finished time=\"1795213204\" timestr=\"Fri Nov 20 22:20:04 "
                        "2026\" summary=\"whorl done at Fri Nov 20 22:20:04 2026; 2 IP addresses "
                        "(1 host up) scanned in 11.58 seconds\" elapsed=\"11.58\" exit=\"error\" "
                        "errormsg=\"interrupted: this is not the whole scan\"/>"
                        "<hosts up=\"1\" down=\"1\" total=\"2\"/>\n</runstats>\n</nmaprun>\n");
}

static void grepable_tells_of_an_interruption(void **state)
{
    (void)state;
    report_init(&arena, &out, &report_grep, &sink.sink);
    scan.is_interrupted = true;
    assert_true(report_end(&out, &scan));
    assert_string_equal(sink.text,
                        "# Interrupted: what stands above is not the whole scan\n"
                        "# whorl done at Fri Nov 20 22:20:04 2026 -- 2 IP addresses (1 host up) "
                        "scanned in 11.58 seconds\n");
}

static void grepable_lines_are_as_ever(void **state)
{
    (void)state;
    assert_string_equal(
        host_text(&report_grep),
        "Host: 10.77.0.20 (ptr.example)\tStatus: Up\n"
        "Host: 10.77.0.20 (ptr.example)\tPorts: 22/open/tcp//ssh//Open\"SSH 9.2p1|Debian -- 2 "
        "(protocol 2.0)/, 80/open/tcp//ssl|http///, 99/open/tcp//tcpwrapped///, "
        "9100/open/tcp//jetdirect?//Excluded from version scan/, 53/open/udp//domain?///, "
        "161/open|filtered/udp//ssl|unknown///\tSeq Index: 262\tIP ID Seq: Random positive "
        "increments\n");
    host.n_ports = 21;
    host.os = NULL;
    scan.open_only = true;
    assert_string_equal(host_text(&report_grep), ""); // nothing may be open
    scan.open_only = false;
    for (uint32_t i = 21; i < 60; i++)
        host.ports[i].state = PORT_CLOSED;
    host.n_ports = 60;
    host.is_cut_short = true;
    assert_string_equal(host_text(&report_grep),
                        "Host: 10.77.0.20 (ptr.example)\tStatus: Up\n"
                        "Host: 10.77.0.20 (ptr.example)\tPorts: \tIgnored State: closed (60)\n"
                        "Host: 10.77.0.20 (ptr.example)\tStatus: Timeout\n");
}

static void scanned_ports_are_told_with_verbosity(void **state)
{
    (void)state;
    scan.verbose = 1;
    report_init(&arena, &out, &report_grep, &sink.sink);
    assert_true(report_begin(&out, &scan));
    assert_true(report_end(&out, &scan));
    assert_string_equal(sink.text,
                        "# whorl 0.1.0 scan initiated Fri Nov 20 22:19:53 2026 as: whorl -O \"--x "
                        "y\" 10.77.0.20\n"
                        "# Ports scanned: TCP(300;1-299,9100) UDP(3;53,161-162) SCTP(0;) "
                        "PROTOCOLS(0;)\n"
                        "# whorl done at Fri Nov 20 22:20:04 2026 -- 2 IP addresses (1 host up) "
                        "scanned in 11.58 seconds\n");
}

static void json_holds_every_port_and_byte(void **state)
{
    (void)state;
    (void)host_text(&report_json);
    assert_int_equal(sink.text[sink.len - 1], '\n');
    assert_ptr_equal(strchr(sink.text, '\n'), sink.text + sink.len - 1);
    HAS("{\"type\":\"host\",\"addr\":\"10.77.0.20\",\"addrtype\":\"ipv4\",");
    HAS("\"extraports\":[{\"protocol\":\"tcp\",\"state\":\"closed\",\"reason\":\"reset\","
        "\"reason_ttl\":64,\"count\":256,\"ports\":\"1-21,23-79,81-98,100-200,241-299\"}");
    HAS("{\"protocol\":\"tcp\",\"portid\":202,\"state\":\"filtered\",\"reason\":\"host-unreach\","
        "\"reason_ttl\":64,\"reason_ip\":\"fe80::1\"}");
    HAS("\"issuer\":\"a\\u0000\\u001B]0;\\uF7FF\xC3\xA4\\uF7EF\\uF79E\\uF780<&\\\"'-->\\n\\\\\"");
    HAS("\"replies\":[{\"probe\":\"NULL\",\"len\":5000,\"data\":"
        "\"YQAbXTA7/8Ok756APCYiJy0tPgpc\"},");
    HAS("\"data\":\"SFRUUA==\"");
    HAS("\"not_before\":-5,");
    HAS("\"accuracy\":96.77,\"share\":0.9677419354838709");
}

static void json_tells_at_once(void **state)
{
    (void)state;
    const struct evidence e = {.kind = EVIDENCE_SERVICE_REPLY,
                               .probe = SPAN("NULL"),
                               .port = 22,
                               .bytes = SPAN("SSH"),
                               .len = 3};
    report_init(&arena, &out, &report_json, &sink.sink);
    assert_true(report_port(&out, &scan, &host, &host.ports[21]));
    assert_true(report_evidence(&out, &scan, &host, &e));
    assert_true(report_service(&out, &scan, &host, &host.ports[21]));
    assert_string_equal(sink.text,
                        "{\"type\":\"port\",\"addr\":\"10.77.0.20\",\"addrtype\":\"ipv4\","
                        "\"protocol\":\"tcp\",\"portid\":22,\"state\":\"open\",\"reason\":"
                        "\"syn-ack\",\"reason_ttl\":64}\n"
                        "{\"type\":\"evidence\",\"addr\":\"10.77.0.20\",\"addrtype\":\"ipv4\","
                        "\"kind\":\"service_reply\",\"probe\":\"NULL\",\"protocol\":\"tcp\","
                        "\"portid\":22,\"len\":3,\"data\":\"U1NI\"}\n"
                        "{\"type\":\"service\",\"addr\":\"10.77.0.20\",\"addrtype\":\"ipv4\","
                        "\"protocol\":\"tcp\",\"portid\":22,\"state\":\"open\",\"reason\":"
                        "\"syn-ack\",\"reason_ttl\":64,\"service\":{\"name\":\"ssh\","
                        "\"method\":\"probed\",\"conf\":10,\"state\":\"hard\",\"product\":"
                        "\"Open\\\"SSH\",\"version\":\"9.2p1/Debian -- 2\",\"extrainfo\":"
                        "\"protocol 2.0\",\"ostype\":\"Linux\",\"cpe\":"
                        "[\"cpe:/a:openbsd:openssh:9.2p1\",\"cpe:/o:linux:linux_kernel\"],"
                        "\"probe\":\"NULL\",\"list\":\"NULL\",\"file\":\"services.db\","
                        "\"line\":12,\"elapsed_ms\":5,\"connections\":1}}\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(xml_has_its_order),
        CASE(xml_takes_any_bytes),
        CASE(xml_is_whole_at_every_end),
        CASE(grepable_tells_of_an_interruption),
        CASE(grepable_lines_are_as_ever),
        CASE(scanned_ports_are_told_with_verbosity),
        CASE(json_holds_every_port_and_byte),
        CASE(json_tells_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
