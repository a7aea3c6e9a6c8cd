// SPDX-License-Identifier: Apache-2.0
// A scan and a host with something in every field, for tests of reports and of their readers.
#pragma once
#include "base/buf.h"
#include "model/host.h"
#include "model/scan.h"
#include "model/services.h"
enum { SAMPLE_PORTS = 400 };
static inline struct span sample_hostile(void)
{
    return SPAN("a\x00\x1B]0;\xFF\xC3\xA4\xEF\x9E\x80<&\"'-->\n\\");
}
static inline void sample_scan(struct arena *a, struct scan *scan)
{
    static const struct span args[] = {SPAN("whorl"), SPAN("-O"), SPAN("--x y"),
                                       SPAN("10.77.0.20")};
    static const struct scan_ports kinds[] = {
        {SPAN("syn"), {0}, PROTO_TCP, 300, SPAN("1-299,9100")},
        {SPAN("udp"), {0}, PROTO_UDP, 3, SPAN("53,161-162")},
    };
    static const struct scan_source sources[] = {
        {SPAN("os"), SPAN("built-in"), SPAN("00ff")},
        {SPAN("services"), SPAN("/etc/services.db"), {0}},
    };
    struct services *table;
    (void)services_parse(a, SPAN("ssh 22/tcp\nhttp 80/tcp\ndomain 53/udp\njetdirect 9100/tcp\n"),
                         &table, NULL);
    *scan = (struct scan){
        .version = SPAN("0.1.0"),
        .platform = SPAN("x86_64-linux-gnu"),
        .command = SPAN("whorl -O \"--x y\" 10.77.0.20"),
        .started = 1795213193,
        .does_os = true,
        .does_services = true,
        .version_intensity = 7,
        .seed = UINT64_MAX,
        .ports_per_host = 303,
        .services = table,
        .kinds = kinds,
        .n_kinds = 2,
        .sources = sources,
        .n_sources = 2,
        .arguments = args,
        .n_arguments = 4,
        .targets = &args[3],
        .n_specs = 1,
        .ports = SPAN("1-299,9100,U:53,161-162"),
        .n_targets = 2,
        .n_up = 1,
        .elapsed_ns = 11578123456,
        .sent_packets = 1111,
        .sent_bytes = 52918,
        .received_packets = 10,
        .received_bytes = 672,
    };
}
static inline void sample_services(struct arena *a, struct host *h)
{
    struct service *s = arena_array(a, 6, sizeof *s);
    struct tls_facts *tls = arena_alloc(a, sizeof *tls);
    struct span *names = arena_array(a, 2, sizeof *names);
    struct service_reply *replies = arena_array(a, 2, sizeof *replies);
    names[0] = SPAN("lab.example");
    names[1] = sample_hostile();
    *tls = (struct tls_facts){
        .version = SPAN("TLSv1.3"),
        .cipher = SPAN("TLS_AES_256_GCM_SHA384"),
        .alpn = SPAN("h2"),
        .subject = SPAN("CN=lab.example"),
        .issuer = sample_hostile(),
        .names = names,
        .n_names = 2,
        .not_before = -5,
        .not_after = 1895213193,
        .sha256 = {1, 2, 0xAB},
        .has_certificate = true,
    };
    replies[0] = (struct service_reply){SPAN("NULL"), sample_hostile(), 5000, TUNNEL_NONE};
    replies[1] = (struct service_reply){SPAN("GetRequest"), SPAN("HTTP"), 4, TUNNEL_TLS};
    s[0] = (struct service){
        .port = 22,
        .proto = PROTO_TCP,
        .state = SERVICE_HARD,
        .confidence = 10,
        .name = SPAN("ssh"),
        .product = SPAN("Open\"SSH"),
        .version = SPAN("9.2p1/Debian -- 2"),
        .extra = SPAN("protocol 2.0"),
        .os = SPAN("Linux"),
        .cpe = {SPAN("cpe:/a:openbsd:openssh:9.2p1"), {0}, SPAN("cpe:/o:linux:linux_kernel")},
        .probe = SPAN("NULL"),
        .list = SPAN("NULL"),
        .file = SPAN("services.db"),
        .line = 12,
        .elapsed_ms = 5,
        .connections = 1,
    };
    s[1] = (struct service){
        .port = 80,
        .proto = PROTO_TCP,
        .state = SERVICE_SOFT,
        .tunnel = TUNNEL_TLS,
        .confidence = 7,
        .name = SPAN("http"),
        .hostname = SPAN("www.example"),
        .device = SPAN("router"),
        .cpe = {{0}, SPAN("cpe:/h:x:y"), {0}},
        .tls = tls,
        .fingerprint = SPAN("SF-Port80-TCP:V=0.1.0%T=SSL%I=7%D=11/20%Time=6B00C9D2%P=x86_64-linux-"
                            "gnu%r(GetRequest,4,\"HTTP\\x20<&>\");"),
        .replies = replies,
        .n_replies = 2,
        .is_foreign = true,
    };
    s[2] = (struct service){.port = 99, .state = SERVICE_TCPWRAPPED, .confidence = 8};
    s[2].name = SPAN("tcpwrapped");
    s[2].note = SPAN("accepted, then closed");
    s[3] = (struct service){.port = 9100, .state = SERVICE_EXCLUDED, .confidence = 3};
    s[4] = (struct service){.port = 53, .proto = PROTO_UDP, .state = SERVICE_NOMATCH};
    s[4].confidence = 3;
    s[5] = (struct service){.port = 161, .proto = PROTO_UDP, .state = SERVICE_INCOMPLETE};
    s[5].confidence = 3;
    s[5].tunnel = TUNNEL_DTLS;
    h->services = s;
    h->n_services = 6;
}
static inline void sample_ports(struct arena *a, struct host *h)
{
    struct port *p = arena_array(a, SAMPLE_PORTS, sizeof *p);
    uint32_t n = 0;
    for (uint16_t i = 1; i < 300; i++)
        p[n++] = (struct port){i, PROTO_TCP, PORT_CLOSED, REASON_RESET, 64, 0};
    for (uint32_t i = 0; i < 40; i++)
        p[200 + i].state = PORT_FILTERED;
    for (uint32_t i = 0; i < 40; i++)
        p[200 + i].reason = i < 3 ? REASON_HOST_UNREACH : REASON_NO_RESPONSE;
    p[200].from = 1;
    p[201].from = 2;
    p[202].ttl = 0;
    p[21].state = p[79].state = p[98].state = PORT_OPEN;
    p[21].reason = p[79].reason = p[98].reason = REASON_SYN_ACK;
    p[n++] = (struct port){9100, PROTO_TCP, PORT_OPEN, REASON_SYN_ACK, 63, 0};
    p[n++] = (struct port){53, PROTO_UDP, PORT_OPEN, REASON_UDP_RESPONSE, 64, 0};
    p[n++] = (struct port){161, PROTO_UDP, PORT_OPEN_FILTERED, REASON_NO_RESPONSE, 0, 0};
    p[n++] = (struct port){162, PROTO_UDP, PORT_CLOSED, REASON_PORT_UNREACH, 64, 0};
    h->has_ports = true;
    h->ports = p;
    h->n_ports = n;
    struct ip_addr *from = arena_array(a, 2, sizeof *from);
    from[0] = ip_v4(0x0A000001);
    (void)ip_parse(SPAN("fe80::1"), &from[1]);
    h->from = from;
    h->n_from = 2;
}
static inline const struct os_match *sample_matches(struct arena *a)
{
    struct os_match *m = arena_array(a, 3, sizeof *m);
    struct os_class *c = arena_array(a, 2, sizeof *c);
    struct span *cpe = arena_array(a, 2, sizeof *cpe);
    cpe[0] = SPAN("cpe:/o:linux:linux_kernel:5");
    cpe[1] = SPAN("cpe:/h:x:y");
    c[0] = (struct os_class){SPAN("Linux"),           SPAN("Linux"), SPAN("5.X"),
                             SPAN("general purpose"), cpe,           2};
    c[1] = (struct os_class){SPAN("AXIS"), SPAN("embedded"), {0}, SPAN("webcam"), NULL, 0};
    m[0] = (struct os_match){SPAN("Linux 5.3 - 5.4"), 270.0 / 279.0, 68140, "os.db", c, 2};
    m[1] = (struct os_match){SPAN("Linux <3.2>"), 0.95, 64664, "os.db", c, 1};
    m[2] = (struct os_match){SPAN("nothing near"), 0.86, 1, NULL, NULL, 0};
    return m;
}
static inline void sample_os(struct arena *a, struct host *h)
{
    struct os_result *os = arena_alloc(a, sizeof *os);
    const struct os_match *m = sample_matches(a);
    struct os_class_match *classes = arena_array(a, 2, sizeof *classes);
    classes[0] = (struct os_class_match){m[0].classes[0], m[0].accuracy};
    classes[1] = (struct os_class_match){m[0].classes[1], m[0].accuracy};
    *os = (struct os_result){
        .status = OS_MATCHED,
        .matches = m,
        .n_matches = 3,
        .classes = classes,
        .n_classes = 2,
        .lines = SPAN("SEQ(SP=106%GCD=1%ISR=10C%TI=Z)\nOPS(O1=M5B4ST11NWA)\nT1(R=Y%DF=Y)\n"),
        .tries = 2,
        .open_tcp = 22,
        .closed_tcp = 1,
        .closed_udp = -1,
        .has_distance = true,
        .distance = 1,
        .distance_kind = 'D',
        .seq = {.n = 6,
                .isn = {0xC999D5D6, 1, 2, 3, 4, 5},
                .ipid = {0, 0xFFFF, 7},
                .ts = {0x322CAB17, 9},
                .has_index = true,
                .index = 262,
                .ipid_class = IPID_RI,
                .ts_class = TS_1000HZ,
                .has_uptime = true,
                .lastboot = 1795200000},
    };
    h->os = os;
}
static inline void sample_host(struct arena *a, struct host *h)
{
    struct ip_addr *others = arena_array(a, 2, sizeof *others);
    others[0] = ip_v4(0x0A4D0015);
    (void)ip_parse(SPAN("fd77::10"), &others[1]);
    *h = (struct host){
        .addr = ip_v4(0x0A4D0014),
        .name = SPAN("www.example"),
        .ptr_name = SPAN("ptr.example"),
        .others = others,
        .n_others = 2,
        .state = HOST_UP,
        .reason = REASON_ARP_RESPONSE,
        .is_direct = true,
        .has_mac = true,
        .mac = {{0x52, 0x54, 0x00, 0x4D, 0x00, 0x20}},
        .vendor = SPAN("QEMU & virtual NIC"),
        .rtt = {20, 912, true},
        .started = 1795213193,
        .ended = 1795213196,
    };
    sample_ports(a, h);
    sample_services(a, h);
    sample_os(a, h);
}
