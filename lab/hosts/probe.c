// SPDX-License-Identifier: Apache-2.0
// Telling probes apart from a target's point of view: by flags, window and the layout of the TCP
// options (os-detection specification table 2.3), never by source port, so that resent probes
// count as the same. Those of the first generation are answered as what they look like to a
// stack; only their SYNs are told apart from others, for the options that they offer.
#include "lab/hosts/probe.h"

enum {
    ECN_FLAGS = TCP_CWR | TCP_ECE | TCP_SYN,
    T3_FLAGS = TCP_URG | TCP_PSH | TCP_SYN | TCP_FIN,
    T7_FLAGS = TCP_URG | TCP_PSH | TCP_FIN,
    SEQ1_WINDOW = 1,
    T4_WINDOW = 1024,
    T5_WINDOW = 31337,
    T6_WINDOW = 32768,
    IE1_CODE = 9,
    IE1_DATA = 120,
    IE2_DATA = 150,
    U1_DATA = 300,
    ICMP_TIMESTAMP = 13, // RFC 792
};

static const char *const probe_names[PROBE_COUNT] = {
    "other", "arp", "syn", "ack", "ping", "udp", "seq1", "seq2", "seq3", "seq4", "seq5", "seq6",
    "ecn",   "t2",  "t3",  "t4",  "t5",   "t6",  "t7",   "u1",   "ie1",  "ie2",  "syn1",
};

const char *probe_name(enum probe probe)
{
    return probe < PROBE_COUNT ? probe_names[probe] : "?";
}

int probe_by_name(struct span name)
{
    for (int i = 0; i < PROBE_COUNT; i++)
        if (span_eq(name, span_str(probe_names[i])))
            return i;
    return -1;
}

// One letter for each option, as in the O attributes.
static struct span layout(const struct tcp_hdr *tcp, char letters[TCP_OPT_MAX])
{
    struct cur c = cur_of(tcp->options.ptr, tcp->options.len);
    struct tcp_opt opt;
    bool bad = false;
    size_t n = 0;
    while (n < TCP_OPT_MAX && tcp_opt_next(&c, &opt, &bad))
        letters[n++] = opt.kind <= TCP_OPT_TS ? "LNMWS???T"[opt.kind] : '?';
    return span_of(letters, bad ? 0 : n);
}

static enum probe syn_probe(const struct tcp_hdr *tcp)
{
    char letters[TCP_OPT_MAX];
    const struct span s = layout(tcp, letters);
    if (span_eq(s, SPAN("WNMTS")))
        return tcp->window == SEQ1_WINDOW ? PROBE_SEQ1
               : tcp->window == T5_WINDOW ? PROBE_T5
                                          : PROBE_SYN;
    if (span_eq(s, SPAN("MWSTL")))
        return PROBE_SEQ2;
    if (span_eq(s, SPAN("TNNWNM")))
        return PROBE_SEQ3;
    if (span_eq(s, SPAN("STWL")))
        return PROBE_SEQ4;
    if (span_eq(s, SPAN("MSTWL")))
        return PROBE_SEQ5;
    if (span_eq(s, SPAN("WNMTLL")))
        return PROBE_SYN1;
    return span_eq(s, SPAN("MST")) ? PROBE_SEQ6 : PROBE_SYN;
}

static enum probe tcp_probe(const struct tcp_hdr *tcp)
{
    switch (tcp->flags) {
    case TCP_SYN:
    case TCP_SYN | TCP_ECE:
        return syn_probe(tcp);
    case ECN_FLAGS:
        return PROBE_ECN;
    case 0:
        return PROBE_T2;
    case T3_FLAGS:
        return PROBE_T3;
    case T7_FLAGS:
        return PROBE_T7;
    case TCP_ACK:
        if (tcp->options.len == 0)
            return PROBE_ACK;
        return tcp->window == T4_WINDOW   ? PROBE_T4
               : tcp->window == T6_WINDOW ? PROBE_T6
                                          : PROBE_ACK;
    default:
        return PROBE_OTHER;
    }
}

static enum probe icmp_probe(const struct icmp4_hdr *h)
{
    if (h->type == ICMP_TIMESTAMP)
        return PROBE_PING;
    if (h->type != ICMP4_ECHO)
        return PROBE_OTHER;
    if (h->code == IE1_CODE && h->body.len == IE1_DATA)
        return PROBE_IE1;
    return h->code == 0 && h->body.len == IE2_DATA ? PROBE_IE2 : PROBE_PING;
}

enum probe probe_of(const struct frame *f)
{
    switch (f->kind) {
    case FRAME_ARP:
        return PROBE_ARP;
    case FRAME_TCP:
        return tcp_probe(&f->tcp);
    case FRAME_UDP:
        return f->udp.payload.len == U1_DATA && f->udp.payload.ptr[0] == 'C' ? PROBE_U1 : PROBE_UDP;
    case FRAME_ICMP4:
        return icmp_probe(&f->icmp4);
    default:
        return PROBE_OTHER;
    }
}
