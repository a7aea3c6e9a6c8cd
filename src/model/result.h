// SPDX-License-Identifier: Apache-2.0
// What OS detection found on one host: everything a report prints, nothing it has to compute
// from packets. Source: os-detection spec sections 4, 6 and 7.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/span.h"
#include "model/six.h"

struct os_explanation; // model/explanation.h
struct os_verdict;     // model/verdict.h
struct osdb_subject;

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

// Initial sequence numbers as the first generation classes them (its specification, 4.3).
enum isn_class {
    ISN_NONE, // second generation, or too few answers
    ISN_CONSTANT,
    ISN_64K,
    ISN_800,
    ISN_TIME,     // TD
    ISN_POSITIVE, // RI
    ISN_RANDOM,   // TR
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
    uint8_t ttl[OS_SEQ_MAX];   // 0: not known
    int64_t at_us[OS_SEQ_MAX]; // when it came, by the clock of the scan; 0: not known
    bool has_index;            // >= 4 samples: SP known
    uint32_t index;            // SP; first generation: 0 .. 9999999
    bool lacks_ipid;           // IPv6
    enum isn_class isn_class;
    enum ipid_class ipid_class;
    enum ts_class ts_class;
    bool has_uptime;
    int64_t lastboot; // unix seconds
};

struct os_result {
    enum os_status status;
    bool is_first;                  // first generation of tests, -O1
    const struct os_match *matches; // best first
    uint32_t n_matches;
    uint32_t n_perfect;
    const uint32_t *perfect; // the references of these in the scan's database; NULL: not known
    const struct os_class_match *classes;
    uint32_t n_classes;
    uint32_t n_perfect_classes;
    bool is_unreliable;    // no open or no closed TCP port was known (spec 1.3)
    struct span not_ideal; // reason of spec 4.4, absent if conditions were ideal
    struct span scan_line; // as read with a saved fingerprint; absent: the report makes it
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
    struct os_projection projection;
    struct os_twin twin;
    const struct os_explanation *explanation; // NULL: not asked for
    const struct osdb_subject *subjects;      // fingerprints that the verdict reads
    uint32_t n_subjects;                      // 0: there is nothing to judge
    const struct os_verdict *verdict;         // NULL: there is none
};
