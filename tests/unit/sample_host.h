// SPDX-License-Identifier: Apache-2.0
// A scan and a host with something in every field, for tests of reports and of their readers.
#pragma once

#include "base/buf.h"
#include "model/host.h"
#include "model/scan.h"
#include "model/services.h"
#include "model/verdict.h"

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

#include "sample_parts.h"
