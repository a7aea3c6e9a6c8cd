// SPDX-License-Identifier: Apache-2.0
// What was sent to one host and what came back in one try: the only thing the tests read. The
// live plan, the simulator and a capture file all fill it through obs_sent and obs_receive.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "osdb/osdb.h"
#include "osfp/probes.h"
#include "wire/frame.h"

enum { OBS_SEQ = 6, OBS_OPTIONS = 40 };
enum { OBS_U1_ID = 0x1042, OBS_U1_FILL = 'C' }; // of the second generation

// The first packet that answered a probe.
struct obs_reply {
    bool is_seen;
    bool is_old;    // of an earlier try: a new one replaces it
    uint32_t order; // of arrival, counted through all tries of the host
    uint64_t rx_ns;
    uint16_t ip_id;
    uint8_t ttl;
    uint8_t tos; // IPv6: traffic class
    bool df;
    bool is_fragment; // IPv6, as the rest
    uint32_t frag_id, flow;
    union {
        struct {
            uint32_t seq;
            uint32_t ack;
            uint32_t seq_base; // SB and AK of the try it belongs to
            uint32_t ack_base;
            uint32_t data_crc; // of the payload of an RST
            bool has_data;     // an RST with payload
            uint8_t flags;
            uint8_t reserved;
            bool has_urgent; // urgent pointer not 0
            uint16_t window;
            uint8_t n_options;
            uint8_t options[OBS_OPTIONS];
        } tcp;
        struct {
            uint8_t code;
        } echo;
        struct {
            uint8_t flags;
            uint16_t len;
        } advert;
        struct { // what answers X2, no echo
            uint8_t type, code;
            uint32_t pointer;
            uint16_t quoted; // bytes
        } error;
        struct {
            uint16_t total_len;
            uint32_t unused;
            uint16_t quoted_len;
            uint16_t quoted_id;
            uint16_t udp_len, udp_cksum; // quoted
            uint8_t quoted_ttl;
            bool is_udp_cksum_good; // as sent
            char ip_cksum;          // Z G I of RIPCK
            uint16_t n_quoted;      // IPv6: bytes
            bool is_foreign;        // IPv6: not sent from the address that was asked
            bool is_data_good;
        } unreach;
    };
};

struct obs_probe {
    uint8_t n_sent; // in the try that sent it last
    uint32_t try_no;
    uint32_t n_out;   // packets to the host before the last transmission
    uint64_t sent_ns; // last transmission
    uint32_t ack;     // of TCP over IPv6
    struct obs_reply reply;
};

// SEQ replies that passed the gates of spec 2.7; a slot counts if its isn is not 0.
struct obs_sample {
    uint32_t isn;
    uint32_t ts;
    uint32_t order;
    uint16_t ip_id;
};

enum obs_ts { OBS_TS_OK, OBS_TS_UNSUPPORTED, OBS_TS_ZERO };

struct obs {
    struct ip_addr src;
    struct ip_addr dst;
    uint32_t try_no; // from 1
    enum quirks quirks;
    enum osdb_gen gen;
    uint32_t seq_base; // SB, AK, IC, UT of spec 2.1
    uint32_t ack_base;
    uint16_t icmp_id;
    uint8_t u1_ttl;

    uint16_t tcp_base; // TB, UB of spec 2.2
    uint16_t udp_base;
    uint16_t u1_port;
    uint16_t u1_cksum;
    uint16_t u1_id;  // IP ID
    uint8_t u1_fill; // each byte of its data

    struct obs_probe probe[PROBE_COUNT];
    struct obs_sample sample[OBS_SEQ];
    uint16_t last_id; // "duplicate" rule
    enum obs_ts ts;
    uint32_t n_out; // packets sent, and replies counted, through all tries of the host
    uint32_t n_replies;
    bool is_ie_carried[2]; // stale marks of an earlier try (spec 3.11, 7.991 only)
};

// Empties *o, or makes it a copy of the previous try whose replies are marked as old.
// With QUIRKS_7991 only the marks of the IE replies survive.
void obs_begin(struct obs *o, const struct obs *previous, enum quirks quirks);

void obs_sent(struct obs *o, enum probe p, uint64_t sent_ns);

// The probe that the packet answers, or -1: not for us, malformed or ignored. *is_first: it is
// the reply that counts. The addresses have been compared by the caller.
int obs_receive(struct obs *o, const struct frame *f, bool *is_first);

// Keeps the first reply of this try; whether it was.
bool obs_keep(struct obs *o, int p, const struct obs_reply *r);

// A SEQ reply that was not refused because of its IP ID: becomes a sample if it is one.
void obs_sample(struct obs *o, unsigned k, const struct frame *f);

// What all replies have in common, and those of TCP; the bases are those of the try.
struct obs_reply obs_reply_of(const struct obs *o, const struct frame *f);

// The reply that gives O<k>, W<k> (k from 0), and T1: of SEQ or its resend, whichever came first.
const struct obs_reply *obs_ops(const struct obs *o, unsigned k);
const struct obs_reply *obs_t1(const struct obs *o);
