// SPDX-License-Identifier: Apache-2.0
// What of an OS result is shown (os-detection spec 7.3 and 7.4), as data for every kind of
// report: the verdict, how many names, the class block, whether and how the fingerprint.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "model/result.h"

struct scan;

enum {
    OSVIEW_LIST_MAX = 8,         // types, CPE names, families; a ninth hides the class block
    OSVIEW_FAMILY_MAX = 127,     // bytes of a family's text
    OSVIEW_GENERATION_MAX = 47,  // bytes of a family's first generation
    OSVIEW_GENERATIONS_MAX = 95, // bytes of all generations of a family
};

enum osview_verdict { OSVIEW_NONE, OSVIEW_GUESSES, OSVIEW_DETAILS, OSVIEW_TOO_MANY };

struct osview_family {
    struct buf name;        // "Vendor Family"
    struct buf generations; // "4.X|5.X", may be empty
    double accuracy;
    bool is_guess;
    uint8_t name_mem[OSVIEW_FAMILY_MAX];
    uint8_t generations_mem[OSVIEW_GENERATIONS_MAX];
};

struct osview_classes {
    bool is_guess; // no class of a perfect match
    uint32_t n_types;
    uint32_t n_cpes;
    uint32_t n_families; // 0: no class block
    struct span types[OSVIEW_LIST_MAX];
    struct span cpes[OSVIEW_LIST_MAX];
    struct osview_family families[OSVIEW_LIST_MAX];
};

// Must not be copied (the families hold buffers).
struct osview {
    enum osview_verdict verdict;
    uint32_t n_names;     // leading matches: all perfect ones, or the guesses worth a name
    bool shows_guesses;   // guesses are printed, not only known
    bool shows_reason;    // why conditions were not ideal
    bool is_unreliable;   // the warning stands first
    bool has_fingerprint; // is printed
    bool is_wrapped;      // else plain
    bool is_good;         // G of the SCAN line
    struct osview_classes classes;
};

void osview_of(struct osview *v, const struct scan *scan, const struct os_result *os);

// 0.9957 -> 99
unsigned osview_percent(double accuracy);

// Line 6 and 7 of the block; also attributes of other reports.
const char *osview_difficulty(const struct os_result *os);
// Of the initial sequence numbers; NULL: the generation of tests knows no classes.
const char *osview_isn_class(const struct os_result *os);
const char *osview_ipid_class(const struct os_result *os);
const char *osview_ts_class(enum ts_class c);
