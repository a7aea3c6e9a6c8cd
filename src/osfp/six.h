// SPDX-License-Identifier: Apache-2.0
// IPv6: what differs from IPv4 in the probes and their replies (os-ipv6 spec 1.1, 2.5). The TCP
// probes and U1 are the same but for the header, their ports and their sequence numbers; IE1 and
// IE2 are plain echo requests like those of IPv4; PROBE_X1, PROBE_X2 and PROBE_NS are the
// reference's IE1, IE2 and NS. F1-F3 are long echo requests, each sent as two fragments: the ids
// of the fragments that come back stand in for the IP IDs that IPv6 has not. Two printed forms:
// test lines (subject.c), and the items of the reference, which hold whole packets (sixprint.c),
// and are read again (sixread.c).
#pragma once

#include "osfp/build.h"

enum {
    SIX_PORTS = 13,       // source ports of the TCP probes
    SIX_FLOW = 0x12345,   // flow label of every probe
    SIX_PACKET_MAX = 1500 // bytes of a reply that are kept
};

enum {
    SIX_LONG = 1800,         // bytes of the ICMPv6 message of F1-F3, as many as captures keep
    SIX_FRAGMENTS_MAX = 1920 // both fragments
};

enum {
    SIX_FRAGMENT_BITS = 1u << PROBE_F1 | 1u << PROBE_F2 | 1u << PROBE_F3,
    SIX_BITS = 1u << PROBE_X1 | 1u << PROBE_X2 | 1u << PROBE_NS | SIX_FRAGMENT_BITS,
};

// Offset of the source port and of the sequence number of a TCP probe, -1 = has none.
int six_offset(int p);
// The other way round; -1 = none.
int six_probe(uint32_t offset);

// IE1, IE2, X1, X2 and NS.
struct span six_build(const struct obs *o, enum probe p, const struct build_ip *ip,
                      uint8_t mem[BUILD_MAX]);

// F1-F3. No fragment needs an MTU above the least one, 1280.
void six_fragments(const struct obs *o, enum probe p, const struct build_ip *ip,
                   uint8_t mem[SIX_FRAGMENTS_MAX], struct span out[2]);

// The printed items in their order.
enum { SIX_ITEMS = 17 };
struct six_item {
    const char *name;
    enum probe probe;
};
extern const struct six_item six_items[SIX_ITEMS];

// As build_recognize, for ICMPv6.
int six_recognize(const struct frame *f);

// As obs_receive, for IPv6. An ICMPv6 error belongs to the probe it quotes whoever sent it.
int six_receive(struct obs *o, const struct frame *f, bool *is_first);
