// SPDX-License-Identifier: Apache-2.0
// The rest of the sample host: what comes after its first records.
#pragma once

#include "sample_host.h"
#include "sample_verdict.h"

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
    struct finding *findings = arena_array(a, 2, sizeof *findings);
    findings[0] = (struct finding){FINDING_STACKS, SPAN("22 | 80"), SPAN("2 <stacks>")};
    findings[1] = (struct finding){FINDING_ANOTHER, {NULL, 0}, SPAN("another")};
    h->findings = findings;
    h->n_findings = 2;
    h->losses[h->n_losses++] = (struct scan_loss){PROTO_TCP, 1100, 200, 300, 12};
    h->losses[h->n_losses++] = (struct scan_loss){PROTO_UDP, 2, 0, 3, 0};
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
        .verdict = sample_verdict(a),
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
