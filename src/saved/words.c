// SPDX-License-Identifier: Apache-2.0
// The words that the reports write, read back: names of states and reasons, dates, shares.
#include "base/text.h"
#include "saved/build.h"

bool word_state(struct span s, enum port_state *out)
{
    for (int i = 0; i < PORT_STATE_COUNT; i++) {
        if (span_eq(s, span_str(port_state_name((enum port_state)i)))) {
            *out = (enum port_state)i;
            return true;
        }
    }
    return false;
}

enum reason word_reason(struct span s)
{
    for (int i = 0; i < REASON_COUNT; i++) {
        if (span_eq(s, span_str(reason_name((enum reason)i))))
            return (enum reason)i;
    }
    return REASON_NONE;
}

bool word_proto(struct span s, uint8_t *out)
{
    for (int i = 0; i < PROTO_COUNT; i++) {
        if (span_eq(s, span_str(proto_name((enum proto)i)))) {
            *out = (uint8_t)i;
            return true;
        }
    }
    return false;
}

// Index in a list of words, n if it is none of them.
static size_t word_in(struct span s, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && !span_eq(s, span_str(words[i])))
        i++;
    return i;
}

bool word_host_state(struct span s, enum host_state *out)
{
    static const char *const words[] = {"unknown", "up", "down", "skipped"};
    const size_t i = word_in(s, words, 4);
    *out = i < 4 ? (enum host_state)i : HOST_UNKNOWN;
    return i < 4;
}

bool word_ipid(struct span s, enum ipid_class *out)
{
    static const char *const words[] = {
        "Busy server or unknown class",
        "All zeros",
        "Duplicated ipid (!)",
        "Incremental",
        "Incrementing by 2",
        "Broken little-endian incremental",
        "Random positive increments",
        "Randomized",
    };
    const size_t n = sizeof words / sizeof *words;
    const size_t i = word_in(s, words, n);
    *out = i < n ? (enum ipid_class)i : IPID_NONE;
    return i < n;
}

bool word_ts(struct span s, enum ts_class *out)
{
    static const char *const words[] = {
        "unknown class",  "none returned (unsupported)",
        "zero timestamp", "2HZ",
        "100HZ",          "1000HZ",
        "other",          "random offset for each connection",
    };
    const size_t n = sizeof words / sizeof *words;
    const size_t i = word_in(s, words, n);
    *out = i < n ? (enum ts_class)i : TS_UNKNOWN;
    return i < n;
}

bool word_isn(struct span s, enum isn_class *out)
{
    static const char *const words[] = {
        "",
        "constant sequence number (!)",
        "64K rule",
        "increments by 800",
        "trivial time dependency",
        "random positive increments",
        "truly random",
    };
    const size_t n = sizeof words / sizeof *words;
    const size_t i = word_in(s, words, n);
    *out = i < n ? (enum isn_class)i : ISN_NONE;
    return i < n;
}

bool word_mac(struct span s, struct mac_addr *out)
{
    for (size_t i = 0; i < sizeof out->byte; i++) {
        uint64_t v;
        struct span part = i + 1 < sizeof out->byte ? span_cut(&s, ':') : s;
        if (part.len != 2 || !text_hex(part, &v))
            return false;
        out->byte[i] = (uint8_t)v;
    }
    return true;
}

// Days since 1970-01-01 of a date of the Gregorian calendar; month from 1.
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    const int64_t y = month <= 2 ? year - 1 : year; // years begin in March
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool number_of(struct span *rest, char sep, uint64_t max, uint64_t *out)
{
    while (rest->len > 0 && rest->ptr[0] == ' ')
        *rest = span_from(*rest, 1);
    return text_dec(span_cut(rest, sep), max, out);
}

bool word_date(struct span s, int64_t *out)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    uint64_t day, hour, minute, second, year;
    (void)span_cut(&s, ' '); // the day of the week
    const size_t month = word_in(span_cut(&s, ' '), months, 12);
    if (month == 12 || !number_of(&s, ' ', 31, &day) || !number_of(&s, ':', 23, &hour) ||
        !number_of(&s, ':', 59, &minute) || !number_of(&s, ' ', 60, &second) ||
        !number_of(&s, ' ', 9999, &year))
        return false;
    *out = days_of((int64_t)year, (int64_t)month + 1, (int64_t)day) * 86400 +
           (int64_t)(hour * 3600 + minute * 60 + second);
    return true;
}

bool word_decimal(struct span s, unsigned decimals, uint64_t *out)
{
    uint64_t whole, part = 0;
    struct span rest = s;
    if (!text_dec(span_cut(&rest, '.'), UINT32_MAX, &whole))
        return false;
    const struct span digits = span_head(rest, decimals);
    if (digits.len > 0 && !text_dec(digits, UINT64_C(1000000000), &part))
        return false;
    for (unsigned i = 0; i < decimals; i++) {
        whole *= 10;
        if (i >= digits.len)
            part *= 10;
    }
    *out = whole + part;
    return true;
}

double share_of_percent(uint64_t percent)
{
    const double share = (double)(percent < 100 ? percent : 100) / 100.0;
    return (uint64_t)(share * 100.0) < percent && share < 1 ? share + 1e-12 : share;
}

enum service_state word_service_state(struct span s)
{
    static const char *const words[] = {"hard",       "soft",     "nomatch",  "tcpwrapped",
                                        "incomplete", "excluded", "not_asked"};
    const size_t i = word_in(s, words, 7);
    return i < 7 ? (enum service_state)i : SERVICE_NOT_ASKED;
}

bool word_hex32(struct span s, uint64_t *out)
{
    return s.len <= 8 && text_hex(s, out);
}
