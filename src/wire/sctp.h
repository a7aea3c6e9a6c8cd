// SPDX-License-Identifier: Apache-2.0
// SCTP (RFC 9260): the common header and the first chunk; INIT is all that is sent.
//
//   0       2       4      8        12     13      14       16
//   | sport | dport | vtag | CRC32c | type | flags | length | chunk
//                                   INIT:  tag, window, streams out, streams in, first TSN
#pragma once

#include "base/buf.h"
#include "base/cur.h"
#include "base/err.h"

enum sctp_chunk { SCTP_INIT = 1, SCTP_INIT_ACK = 2, SCTP_ABORT = 6 };

enum { SCTP_HDR_LEN = 12, SCTP_INIT_LEN = SCTP_HDR_LEN + 20 };

struct sctp_hdr {
    uint16_t sport;
    uint16_t dport;
    uint32_t vtag;
    uint8_t chunk; // type of the first one
};

enum err sctp_decode(struct cur *c, struct sctp_hdr *out);

// An INIT with this tag of ours; vtag and chunk of h are ignored (section 8.5.1: zero, INIT).
void sctp_encode_init(struct buf *b, const struct sctp_hdr *h, uint32_t tag, uint32_t tsn);

// CRC32c of a packet, its checksum field taken as zero (RFC 9260 appendix A).
uint32_t sctp_cksum(struct span packet);

bool sctp_cksum_ok(struct span packet);
