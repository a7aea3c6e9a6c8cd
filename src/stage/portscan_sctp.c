// SPDX-License-Identifier: Apache-2.0
// SCTP INIT scan (scanning spec 4.2): the answer carries our tag back, so a late one still counts;
// the source port tells the try. Nothing follows an INIT ACK: the system knows no such association.
#include "stage/portscan.h"
#include "stage/probe_ip.h"

static bool send_init(struct visit *v, struct portscan *s, uint32_t index)
{
    uint8_t mem[PROBE_MAX_LEN];
    const uint16_t sport = (uint16_t)(v->plan->source_base + s->tries[index]);
    return portscan_send(s, probe_sctp(v, sport, s->ports[index].number, mem));
}

static bool find(const struct portscan *s, uint16_t number, uint16_t sport,
                 struct portscan_answer *a)
{
    a->index = portscan_index(s->plan, number);
    a->try = (uint32_t)sport - s->visit->plan->source_base;
    return a->index < s->n_ports && a->try < s->tries[a->index];
}

static bool of_sctp(const struct visit *v, const struct portscan *s, const struct frame *f,
                    struct portscan_answer *a)
{
    const bool is_abort = f->sctp.chunk == SCTP_ABORT;
    a->state = is_abort ? PORT_CLOSED : PORT_OPEN;
    a->reason = is_abort ? REASON_ABORT : REASON_INIT_ACK;
    return find(s, f->sctp.sport, probe_source(v, 0, f, 0), a) && probe_is_answer_sctp(v, f);
}

static bool of_error(const struct visit *v, const struct portscan *s, const struct frame *f,
                     struct portscan_answer *a)
{
    struct frame_quote q;
    return frame_quote(f, &q) && probe_is_quoted_proto(v, IP4_SCTP, &q) &&
           find(s, q.dport, probe_quoted_source(v, &q, v->plan->source_base), a) &&
           portscan_of_icmp(f, a);
}

static bool on_frame(struct visit *v, struct portscan *s, const struct frame *f)
{
    struct portscan_answer a = {.time_ns = f->time_ns, .ttl = f->ttl, .from = f->src};
    const bool is_answer = f->kind == FRAME_SCTP ? of_sctp(v, s, f, &a) : of_error(v, s, f, &a);
    if (is_answer)
        portscan_decide(s, &a);
    return is_answer;
}

const struct scan_method scan_method_sctp = {.send = send_init, .frame = on_frame};
