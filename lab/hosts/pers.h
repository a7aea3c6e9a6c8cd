// SPDX-License-Identifier: Apache-2.0
// The parts of a personality: one struct for each kind of behavior, as plain values.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lab/hosts/doors.h"
#include "wire/tcp.h"

// TCP options of a reply; the timestamp is filled in when it is sent.
struct pers_options {
    uint8_t byte[TCP_OPT_MAX];
    uint8_t len;
    uint8_t ts_at; // offset of the timestamp value, 0 = there is none
    bool has_value;
    bool has_echo;
};

enum pers_number { PERS_ZERO, PERS_SAME, PERS_NEXT, PERS_OTHER }; // Z, A or S, A+ or S+, O

// The reply to one TCP probe.
struct pers_reply {
    bool is_sent;
    bool df;
    uint8_t ttl;
    uint8_t flags;
    uint8_t reserved;
    uint16_t urg;
    uint16_t window;
    enum pers_number seq;
    enum pers_number ack;
    struct pers_options options;
    uint8_t data[4]; // payload of a RST, its CRC-32 as wanted
    uint8_t n_data;
};

enum pers_tcp {
    PERS_SYN,
    PERS_ECN,
    PERS_T2,
    PERS_T3,
    PERS_T4,
    PERS_T5,
    PERS_T6,
    PERS_T7,
    PERS_TCP_COUNT
};

enum { PERS_SYNS = 6, PERS_ISN_STEPS = 5 };

enum pers_isn_kind { PERS_ISN_RANDOM, PERS_ISN_STEP, PERS_ISN_CLOCK };

struct pers_isn {
    enum pers_isn_kind kind;
    uint32_t step[PERS_ISN_STEPS]; // used in turn, one for each SYN answered
    uint32_t unit;                 // > 0: steps are of 100 ms, made longer or shorter as time went
    uint32_t hz;
};

enum pers_id_kind { PERS_ID_CONST, PERS_ID_STEP, PERS_ID_JUMPS, PERS_ID_RANDOM };

struct pers_id {
    enum pers_id_kind kind;
    uint16_t value; // the constant or the step
};

enum pers_clock_kind { PERS_CLOCK_TICKS, PERS_CLOCK_CONST, PERS_CLOCK_ZERO, PERS_CLOCK_RANDOM };

struct pers_clock {
    enum pers_clock_kind kind;
    uint64_t hz;
    uint32_t uptime_s; // at time 0; 0 = drawn per host
};

// ICMP errors. Numbers < 0 stand for "as received" (G).
struct pers_unreach {
    bool is_sent;
    bool df;
    uint8_t ttl;
    uint16_t total_len;
    uint32_t unused;
    int32_t quoted_len;
    int32_t quoted_id;
    char quoted_cksum;   // G, Z or I
    uint8_t quoted_hops; // the quoted TTL is so much lower than it arrived
    int32_t udp_cksum;
    bool spoils_data;
};

struct pers_echo {
    bool is_sent;
    uint8_t ttl;
    char df;   // Y, S, N, O
    char code; // S, Z, O, or 0: `value`
    uint8_t value;
    bool has_timestamp; // answers ICMP timestamp requests
};

struct personality {
    struct pers_reply tcp[PERS_TCP_COUNT];
    struct pers_options syn_options[PERS_SYNS];
    struct pers_options plain_options; // to a SYN that offers nothing but MSS
    uint16_t syn_window[PERS_SYNS];
    struct pers_isn isn;
    struct pers_id id_open;
    struct pers_id id_closed;
    struct pers_id id_icmp;
    bool shares_icmp_id;   // ICMP uses the counter of open ports
    bool shares_closed_id; // RSTs of closed ports do
    struct pers_clock clock;
    char ts; // what the fingerprint says of timestamps, see parse.c
    struct pers_unreach unreach;
    struct pers_echo echo;
    uint8_t reject_code;
    struct doors tcp_doors; // default closed
    struct doors udp_doors;
};
