// SPDX-License-Identifier: Apache-2.0
// Lists as other programs print them: what they mean, as "spec port/proto/state;".
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
    } else {
        buf_bytes(&t->b, item->spec);
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
          "10.0.0.2;10.0.0.2 22/tcp/open;10.0.0.2 53/udp/open|filtered;");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words), cmocka_unit_test(masscan), cmocka_unit_test(grepable),
        cmocka_unit_test(zmap),  cmocka_unit_test(naabu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
