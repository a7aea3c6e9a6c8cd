// SPDX-License-Identifier: Apache-2.0
// TCP scans by flags: what is sent and what an answer means (scanning spec 4.1, 4.2). Answers are
// checked by the cookie in the sequence number, so a late one still counts; the source port tells
// the try.
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

static bool find(const struct portscan *s, uint16_t number, uint16_t sport,
                 struct portscan_answer *a)
{
    a->index = portscan_index(s, number);
    a->try = (uint32_t)sport - s->visit->plan->source_base;
    return a->index < s->n_ports && a->try < s->tries[a->index];
}

static bool on_frame(struct visit *v, struct portscan *s, const struct frame *f)
{
    struct portscan_answer a = {.time_ns = f->time_ns, .ttl = f->ttl, .from = f->src};
    struct frame_quote q;
    if (f->kind == FRAME_TCP) {
        const uint16_t to = probe_source(v, s->plan->flags, f, v->plan->source_base);
        if (!find(s, f->tcp.sport, to, &a) || !probe_is_answer(v, s->plan->flags, f) ||
            !of_tcp(s->plan->kind, &f->tcp, &a))
            return false;
    } else if (frame_quote(f, &q)) {
        const uint16_t from = probe_quoted_source(v, &q, v->plan->source_base);
        if (!probe_is_quoted(v, s->plan->flags, &q) || !find(s, q.dport, from, &a) ||
            !portscan_of_icmp(f, &a))
            return false;
    } else {
        return false;
    }
    if (f->kind == FRAME_TCP && a.reason == REASON_SYN_ACK)
        synack_keep(v, f);
    portscan_decide(s, &a);
    return true;
}

const struct scan_method scan_method_tcp = {.send = send_tcp, .frame = on_frame};
