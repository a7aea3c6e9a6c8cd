// SPDX-License-Identifier: Apache-2.0
// TCP scans by flags: what is sent and what an answer means (scanning spec 4.1, 4.2). Answers are
// checked by the cookie in the sequence number, so a late one still counts; the source port tells
// the try.
#include "stage/portscan_tcp.h"

#include "base/limits.h"
#include "stage/portscan.h"
#include "stage/probe.h"
#include "stage/synack.h"

static bool send_tcp(struct visit *v, struct portscan *s, uint32_t index)
{
    uint8_t mem[PROBE_MAX_LEN];
    const uint16_t sport = (uint16_t)(v->plan->source_base + s->tries[index]);
    return portscan_send(s, probe_tcp(v, s->plan->flags, sport, s->ports[index].number, mem));
}

static bool of_reset(enum scan_kind kind, const struct tcp_hdr *tcp, struct portscan_answer *a)
{
    a->reason = REASON_RESET;
    if (kind == SCAN_ACK)
        a->state = PORT_UNFILTERED;
    else if (kind == SCAN_WINDOW)
        a->state = tcp->window > 0 ? PORT_OPEN : PORT_CLOSED;
    else
        a->state = PORT_CLOSED;
    return true;
}

static bool of_tcp(enum scan_kind kind, const struct tcp_hdr *tcp, struct portscan_answer *a)
{
    if (tcp->flags & TCP_RST)
        return of_reset(kind, tcp, a);
    if (kind != SCAN_SYN || !(tcp->flags & TCP_SYN))
        return false;
    a->state = PORT_OPEN;
    a->reason = tcp->flags & TCP_ACK ? REASON_SYN_ACK : REASON_SPLIT_HANDSHAKE;
    return true;
}

static bool find(const struct visit *v, const struct plan_scan *scan, uint16_t number,
                 uint16_t sport, struct portscan_answer *a)
{
    a->index = portscan_index(scan, number);
    a->try = (uint32_t)sport - v->plan->source_base;
    return a->index < scan->n_ports && a->try < LIMIT_PORT_TRIES;
}

bool portscan_tcp_answer(const struct visit *v, const struct plan_scan *scan, const struct frame *f,
                         struct portscan_answer *a)
{
    struct frame_quote q;
    *a = (struct portscan_answer){.time_ns = f->time_ns, .ttl = f->ttl, .from = f->src};
    if (f->kind == FRAME_TCP) {
        const uint16_t to = probe_source(v, scan->flags, f, v->plan->source_base);
        return find(v, scan, f->tcp.sport, to, a) && probe_is_answer(v, scan->flags, f) &&
               of_tcp(scan->kind, &f->tcp, a);
    }
    if (!frame_quote(f, &q) || !probe_is_quoted(v, scan->flags, &q))
        return false;
    const uint16_t from = probe_quoted_source(v, &q, v->plan->source_base);
    return find(v, scan, q.dport, from, a) && portscan_of_icmp(f, a);
}

static bool on_frame(struct visit *v, struct portscan *s, const struct frame *f)
{
    struct portscan_answer a;
    if (!portscan_tcp_answer(v, s->plan, f, &a) || a.try >= s->tries[a.index])
        return false;
    if (f->kind == FRAME_TCP && a.reason == REASON_SYN_ACK)
        synack_keep(v, f);
    portscan_decide(s, &a);
    return true;
}

const struct scan_method scan_method_tcp = {.send = send_tcp, .frame = on_frame};
