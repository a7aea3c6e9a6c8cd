// SPDX-License-Identifier: Apache-2.0
#include "stage/plan.h"

#include "base/text.h"
#include "wire/tcp.h"

#define MS INT64_C(1000)
#define S (1000 * MS)
#define S_NS UINT64_C(1000000000)

const struct timing timing_templates[6] = {
    {0, {300 * S, 100 * MS, 300 * S}, 300 * S, 10, 1, UINT64_MAX, 1, 0},
    {1, {15 * S, 100 * MS, 15 * S}, 15 * S, 10, 1, UINT64_MAX, 1, 0},
    {2, {1 * S, 100 * MS, 10 * S}, 400 * MS, 10, 1, UINT64_MAX, 1, 0},
    {3, {1 * S, 100 * MS, 10 * S}, 0, 10, 300, 60 * S_NS, 1, 0},
    {4, {500 * MS, 100 * MS, 1250 * MS}, 0, 6, 300, 30 * S_NS, 1, 0},
    {5, {250 * MS, 50 * MS, 300 * MS}, 0, 2, 300, 10 * S_NS, 1, 0},
};

int timing_level(struct span name)
{
    static const char *const names[] = {"paranoid", "sneaky",     "polite",
                                        "normal",   "aggressive", "insane"};
    uint64_t level;
    if (text_dec(name, 5, &level))
        return (int)level;
    for (int i = 0; i < 6; i++)
        if (span_eq_nocase(name, span_str(names[i])))
            return i;
    return -1;
}

uint32_t plan_ports(const struct plan *p)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_scans; i++)
        n += p->scan[i].n_ports;
    return n;
}

bool plan_takes_others(const struct plan *p)
{
    for (uint32_t i = 0; i < p->n_scans; i++)
        if (p->scan[i].kind == SCAN_SCTP || p->scan[i].kind == SCAN_IP)
            return true;
    for (uint32_t i = 0; i < p->pings.n; i++)
        if (p->pings.ping[i].kind == PING_SCTP || p->pings.ping[i].kind == PING_PROTO)
            return true;
    return false;
}

enum proto scan_proto(enum scan_kind kind)
{
    return kind == SCAN_UDP    ? PROTO_UDP
           : kind == SCAN_SCTP ? PROTO_SCTP
           : kind == SCAN_IP   ? PROTO_IP
                               : PROTO_TCP;
}

uint8_t scan_flags(enum scan_kind kind)
{
    static const uint8_t flags[SCAN_KIND_COUNT] = {
        [SCAN_SYN] = TCP_SYN,    [SCAN_ACK] = TCP_ACK,
        [SCAN_WINDOW] = TCP_ACK, [SCAN_MAIMON] = TCP_FIN | TCP_ACK,
        [SCAN_FIN] = TCP_FIN,    [SCAN_XMAS] = TCP_FIN | TCP_PSH | TCP_URG,
    };
    return flags[kind];
}
