// SPDX-License-Identifier: Apache-2.0
// Lists and saved scans as other programs write them: what they mean, as
// "spec=name port/proto/state;", "!line;" for damage, "?line;" for a remark.
#include "base/arena.h"
#include "check.h"
#include "saved/worklist.h"

struct told {
    char text[4096];
    struct buf b;
};

static void tell(void *ctx, const struct work_item *item)
{
    struct told *t = ctx;
    if (item->damage) {
        buf_char(&t->b, '!');
        buf_dec(&t->b, item->line);
    } else if (item->remark) {
        buf_char(&t->b, '?');
        buf_dec(&t->b, item->line);
    } else {
        buf_bytes(&t->b, item->spec);
    }
    if (!span_is_absent(item->name)) {
        buf_char(&t->b, '=');
        buf_bytes(&t->b, item->name);
    }
    if (item->has_port) {
        buf_char(&t->b, ' ');
        buf_dec(&t->b, item->port.number);
        buf_char(&t->b, '/');
        buf_str(&t->b, proto_name((enum proto)item->port.proto));
        buf_char(&t->b, '/');
        buf_str(&t->b, port_state_name((enum port_state)item->port.state));
    }
    buf_char(&t->b, ';');
}

// In pieces of every size.
static void check(const char *text, const char *want)
{
    static struct told t;
    const size_t n = strlen(text);
    for (size_t piece = 1; piece <= n; piece += piece < 40 ? 1 : n) {
        struct arena run;
        arena_init(&run, "a test");
        buf_init(&t.b, t.text, sizeof t.text);
        struct worklist *w = worklist_open(&run, tell, &t);
        for (size_t at = 0; at < n; at += piece)
            worklist_feed(w, span_head(span_of(text + at, n - at), piece));
        worklist_end(w);
        worklist_close(w);
        assert_bytes(buf_span(&t.b), want, strlen(want));
        arena_fini(&run);
    }
}

static void words(void **state)
{
    (void)state;
    check("10.0.0.1 # one\n\n10.0.0.0/24\thost.example 10.0.0.1-5,7\r\n",
          "10.0.0.1;10.0.0.0/24;host.example;10.0.0.1-5,7;");
    check("10.0.0.9:80,443\n[fd00::1]:22\nhost.example:80-81/udp\nfd00::2\n[fd00::3]",
          "10.0.0.9 80/tcp/open;10.0.0.9 443/tcp/open;fd00::1 22/tcp/open;"
          "host.example 80/udp/open;host.example 81/udp/open;fd00::2;fd00::3;");
    check("10.0.0.1:\n10.0.0.1:0\n10.0.0.1:70000\n10.0.0.1:9-8\n10.0.0.0/24:80\n10.0.0.1:80/x\n",
          "!1;!2;!3;!4;!5;!6;");
}

static void masscan(void **state)
{
    (void)state;
    check(
        "#masscan\nopen tcp 80 10.0.0.1 1390380064\nclosed tcp 81 10.0.0.1 1390380064\n"
        "banner tcp 80 10.0.0.1 1390380064 http x\nopen icmp 0 10.0.0.3 1\nopen tcp x y 1\n# end\n",
        "10.0.0.1 80/tcp/open;10.0.0.1 81/tcp/closed;10.0.0.1 80/tcp/open;!6;");
    check("[\n{   \"ip\": \"10.0.0.1\",   \"ports\": [ {\"port\": 80, \"proto\": \"tcp\", "
          "\"status\": \"open\", \"reason\": \"syn-ack\", \"ttl\": 255} ] }\n,\n"
          "{ \"ip\": \"10.0.0.2\", \"ports\": [ {\"port\": 53, \"proto\": \"udp\", \"status\": "
          "\"open\"} ] },\n{finished: 1}\n]\n",
          "10.0.0.1 80/tcp/open;10.0.0.2 53/udp/open;");
    check("Timestamp: 1390380064\tHost: 10.0.0.1 ()\tPorts: 80/open/tcp//http//\n",
          "10.0.0.1 80/tcp/open;");
}

static void grepable(void **state)
{
    (void)state;
    check("# Nmap 7.93 scan initiated\nHost: 10.0.0.2 (x.example)\tStatus: Up\n"
          "Host: 10.0.0.2 (x.example)\tPorts: 22/open/tcp//ssh///, 53/open|filtered/udp//domain///"
          "\tIgnored State: closed (9)\nHost: 10.0.0.4 ()\tStatus: Down\n",
          "10.0.0.2 22/tcp/open;10.0.0.2 53/udp/open|filtered;");
    check("Host: 10.0.0.2 ()\tStatus: Up\nHost: 10.0.0.3 ()\tStatus: Up\n"
          "Host: 10.0.0.3 ()\tPorts: 22/open/tcp//ssh///\nHost: 10.0.0.4 ()\tStatus: Unknown\n"
          "10.0.0.5\nHost: 10.0.0.6 ()\tStatus: Up",
          "10.0.0.2;10.0.0.3 22/tcp/open;10.0.0.4;10.0.0.5;10.0.0.6;");
}

static void zmap(void **state)
{
    (void)state;
    check("saddr\n10.0.0.1\n10.0.0.2\n", "10.0.0.1;10.0.0.2;");
    check("saddr,sport,classification,success\n10.0.0.1,80,synack,1\n10.0.0.2,80,rst,0\n"
          "10.0.0.3,x,synack,1\n",
          "10.0.0.1 80/tcp/open;!4;");
}

static void naabu(void **state)
{
    (void)state;
    check("{\"host\":\"h.example\",\"ip\":\"10.0.0.1\",\"port\":443,\"protocol\":\"tcp\"}\n"
          "{\"ip\":\"10.0.0.1\",\"port\":{\"Port\":53,\"Protocol\":0,\"TLS\":false}}\n"
          "{\"host\":\"h.example\",\"port\":0}\n{\"x\":1}\n{\"host\":\n",
          "10.0.0.1 443/tcp/open;10.0.0.1 53/tcp/open;!3;!4;!5;");
    check("host,ip,timestamp,port,protocol\nh.example,10.0.0.1,2026,443,tcp\n",
          "10.0.0.1 443/tcp/open;");
}

static const char xml_hosts[] =
    "<?xml version=\"1.0\"?>\n<nmaprun scanner=\"nmap\" args=\"nmap\" start=\"1\">\n"
    "<host><status state=\"up\"/><address addr=\"10.0.0.1\" addrtype=\"ipv4\"/>\n"
    "<hostnames><hostname name=\"a.example\" type=\"user\"/></hostnames>\n"
    "<ports><extraports state=\"closed\" count=\"9\">"
    "<extrareasons reason=\"reset\" count=\"9\" proto=\"tcp\" ports=\"1-9\"/></extraports>\n"
    "<port protocol=\"tcp\" portid=\"22\"><state state=\"open\"/><service name=\"ssh\"/></port>\n"
    "<port protocol=\"tcp\" portid=\"25\"><state state=\"filtered\"/></port>\n"
    "<port protocol=\"udp\" portid=\"53\"><state state=\"open|filtered\"/></port>\n"
    "</ports></host>\n"
    "<host><status state=\"up\"/><address addr=\"10.0.0.2\" addrtype=\"ipv4\"/></host>\n"
    "<host><status state=\"down\"/><address addr=\"10.0.0.3\" addrtype=\"ipv4\"/></host>\n"
    "<host><status state=\"up\"/><address addr=\"10.0.0.4\" addrtype=\"ipv4\"/>\n"
    "<ports><extraports state=\"filtered\" count=\"2\">"
    "<extrareasons reason=\"no-response\" count=\"2\" proto=\"tcp\" ports=\"7,9\"/></extraports>\n"
    "</ports></host>\n"
    "<host><status state=\"up\"/><address addr=\"fd00::5\" addrtype=\"ipv6\"/>\n"
    "<ports><port protocol=\"tcp\" portid=\"22\"><state state=\"unfiltered\"/></port></ports>\n"
    "</host>\n";

#define XML_WORK                                                      \
    "10.0.0.1=a.example 1/tcp/closed;10.0.0.1=a.example 22/tcp/open;" \
    "10.0.0.1=a.example 53/udp/open|filtered;10.0.0.2;10.0.0.4 7/tcp/filtered;fd00::5;"

static void saved_xml(void **state)
{
    char text[4096] = {0};
    struct buf b;
    (void)state;
    buf_init(&b, text, sizeof text);
    buf_str(&b, xml_hosts);
    buf_str(&b, "<runstats><finished time=\"2\"/></runstats></nmaprun>\n");
    check(text, XML_WORK);
    check(xml_hosts, XML_WORK "!17;"); // cut short: told, all that is there is used
    check("<nmaprun scanner=\"nmap\">\n<host></nmaprun>\n", "!2;");
}

#define BEGIN "{\"type\":\"begin\",\"schema\":1,\"scanner\":\"whorl\"}\n"
#define END \
    "{\"type\":\"end\",\"exit\":\"success\",\"elapsed_ns\":1,\"hosts\":{\"up\":1,\"total\":1}}\n"

static void saved_lines(void **state)
{
    (void)state;
    check(BEGIN "{\"type\":\"host\",\"addr\":\"10.0.0.1\",\"state\":\"up\",\"ports\":["
                "{\"protocol\":\"tcp\",\"portid\":22,\"state\":\"open\"}],\"extraports\":["
                "{\"protocol\":\"tcp\",\"state\":\"closed\",\"ports\":\"80-90\"}]}\n" END,
          "10.0.0.1 22/tcp/open;10.0.0.1 80/tcp/closed;");
    // The scan was killed: what is known of the host is used.
    check(BEGIN "{\"type\":\"up\",\"addr\":\"10.0.0.1\",\"state\":\"up\"}\n"
                "{\"type\":\"port\",\"addr\":\"10.0.0.1\",\"protocol\":\"tcp\",\"portid\":22,"
                "\"state\":\"open\"}\n{\"type\":\"po",
          "!4;?4;10.0.0.1 22/tcp/open;");
    check(BEGIN "garbage\n{\"type\":\"up\"}\n" END, "!2;!3;");
    check("{\"type\":\"host\",\"addr\":\"10.0.0.1\"}\n", "!1;"); // no scan
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),       cmocka_unit_test(masscan), cmocka_unit_test(grepable),
        cmocka_unit_test(zmap),        cmocka_unit_test(naabu),   cmocka_unit_test(saved_xml),
        cmocka_unit_test(saved_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
