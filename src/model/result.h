// SPDX-License-Identifier: Apache-2.0
// What OS detection found on one host: everything a report prints, nothing it has to compute
// from packets. Source: os-detection spec sections 4, 6 and 7.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct os_class {
    struct span vendor;
    struct span family;
    struct span generation; // absent = none
    struct span type;
    const struct span *cpe;
    uint32_t n_cpe;
};

struct os_match {
    struct span name;
    double accuracy; // 0.85 .. 1
    uint32_t line;   // of the entry in its database file
    const char *file;
    const struct os_class *classes;
    uint32_t n_classes;
};

// A class and the accuracy of the match that brought it (spec 6.4).
struct os_class_match {
    struct os_class cls;
    double accuracy;
};

enum os_status { OS_NO_MATCHES, OS_MATCHED, OS_TOO_MANY };

enum { OS_SEQ_MAX = 6 };

// IP ID classes of spec 3.3.
enum ipid_class {
    IPID_NONE, // "Busy server or unknown class"
    IPID_ZERO,
    IPID_CONSTANT,
    IPID_INC,  // I
    IPID_INC2, // I, by two
    IPID_BI,
    IPID_RI,
    IPID_RD,
};

// Timestamp classes of spec 3.5; RANDOM: every connection has an offset of its own, so there is
// no clock to read (RFC 7323 section 5.4, Linux since 4.10).
enum ts_class {
    TS_UNKNOWN,
    TS_UNSUPPORTED,
    TS_ZERO,
    TS_2HZ,
    TS_100HZ,
    TS_1000HZ,
    TS_OTHER,
    TS_RANDOM,
};

// The sequence samples of the try that is reported, in probe order.
struct os_sequence {
    uint32_t n; // counted samples
    uint32_t isn[OS_SEQ_MAX];
    uint16_t ipid[OS_SEQ_MAX];
    uint32_t ts[OS_SEQ_MAX];
    bool has_index; // >= 4 samples: SP known
    uint32_t index; // SP
    enum ipid_class ipid_class;
    enum ts_class ts_class;
    bool has_uptime;
    int64_t lastboot; // unix seconds
};

// Why a reference scored as it did: one row for each attribute that either side has.
enum os_outcome {
    OS_WON,
    OS_LOST,
    OS_UNSEEN, // expected, but there was no value to compare
    OS_SILENT, // the reference says nothing about it
};

struct os_row {
    const char *test; // "SEQ"
    const char *attr; // "SP"
    enum os_outcome outcome;
    struct span seen;     // absent: none, and why tells the reason
    const char *why;      // NULL if seen; "no answer", "not asked", ...
    struct span expected; // absent: OS_SILENT
    uint32_t points;      // at stake
};

struct os_explained {
    struct span name;
    uint32_t line;
    double accuracy;
    uint32_t won;
    uint32_t possible;
    uint32_t unseen;           // points without a value to compare
    const struct os_row *rows; // in printing order of the fingerprint
    uint32_t n_rows;
};

// An attribute that tells the first explained reference from another one, or would.
struct os_rival_row {
    const char *test;
    const char *attr;
    struct span seen; // absent: it would tell, had it been seen
    uint32_t points;
    struct span expected[2]; // of the first and of the other; absent: says nothing
    enum os_outcome outcome[2];
};

struct os_rivals {
    uint32_t other;                  // index in os_explanation.refs
    const struct os_rival_row *rows; // what tells first, each part by falling points
    uint32_t n_rows;
};

struct os_explanation {
    bool is_near;                    // none matches: these are only the nearest
    const struct os_explained *refs; // best first
    uint32_t n_refs;
    const struct os_rivals *rivals; // n_refs - 1 of them
    uint32_t n_rivals;
};

struct os_result {
    enum os_status status;
    const struct os_match *matches; // best first
    uint32_t n_matches;
    uint32_t n_perfect;
    const struct os_class_match *classes;
    uint32_t n_classes;
    uint32_t n_perfect_classes;
    bool is_unreliable;    // no open or no closed TCP port was known (spec 1.3)
    struct span not_ideal; // reason of spec 4.4, absent if conditions were ideal
    struct span lines;     // merged test lines, one per text line, without the SCAN line
    uint32_t tries;
    uint32_t matched_try; // 1-based try that matched perfectly, 0 = none
    int32_t open_tcp;     // ports used, -1 = none (spec 1.4)
    int32_t closed_tcp;
    int32_t closed_udp;
    bool has_distance;
    int32_t distance;   // hops
    char distance_kind; // L D I T, 0 = none (spec 3.13)
    struct os_sequence seq;
    const struct os_explanation *explanation; // NULL: not asked for
};
