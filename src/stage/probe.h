// SPDX-License-Identifier: Apache-2.0
// Probes of discovery and port scan: how they look (scanning spec 4.1) and how replies are known
// to be replies. The TCP sequence number is a keyed hash of who is asked what in which try, so
// nothing needs to be remembered of a probe to check its answer.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rng.h"
#include "stage/pipeline.h"

enum { PROBE_MAX_LEN = 1500, PROBE_UDP_MAX_LEN = 1500, PROBE_DATA_MAX = 1400 };

// With a fixed source port (plan_packet.source) the ports of this interface stand for the tries all
// the same: TCP carries them in its sequence number, IPv4 in its identification. Ports of TCP
// probes are in 0x8000..0x80FF then.

// Writes the IP header of a probe to the host; len bytes of the protocol follow.
void probe_ip(const struct visit *v, struct buf *b, uint8_t proto, size_t len);

// A TCP probe to the host from source port `sport`: SYN carries MSS 1460; an ACK probe carries
// the cookie as acknowledgment number.
struct span probe_tcp(const struct visit *v, uint8_t flags, uint16_t sport, uint16_t dport,
                      uint8_t mem[PROBE_MAX_LEN]);

// UDP with a payload, which is cut if it does not fit.
struct span probe_udp(const struct visit *v, uint16_t sport, uint16_t dport, struct span payload,
                      uint8_t mem[PROBE_UDP_MAX_LEN]);

// What an ICMP error of either family says; REASON_NONE if f is none that is known.
enum reason probe_error(const struct frame *f);

// The port that a probe from `sport` really has, and the data behind its headers; may be empty.
uint16_t probe_wire_port(const struct visit *v, uint16_t sport);
struct span probe_data(const struct visit *v);

// The source port that a packet of TCP, UDP or SCTP answers, or the packet that an error quotes
// had. With a fixed one, and an answer that does not tell: `otherwise`.
uint16_t probe_source(const struct visit *v, uint8_t probe_flags, const struct frame *f,
                      uint16_t otherwise);
uint16_t probe_quoted_source(const struct visit *v, const struct frame_quote *q,
                             uint16_t otherwise);

uint32_t probe_cookie(const struct visit *v, uint16_t sport, uint16_t dport);

// Whether a TCP packet from the host answers the probe with these flags that was sent to its
// source port from its destination port.
bool probe_is_answer(const struct visit *v, uint8_t probe_flags, const struct frame *f);

// Whether an ICMP error quotes such a probe.
bool probe_is_quoted(const struct visit *v, uint8_t probe_flags, const struct frame_quote *q);

// Whether it quotes a UDP packet of ours; only the ports tell which.
bool probe_is_quoted_udp(const struct visit *v, const struct frame_quote *q);
