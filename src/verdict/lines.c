// SPDX-License-Identifier: Apache-2.0
// A line is what one clock or counter could have given. Every sample must lie on one, and each
// line must have several, else what looks like lines is chance.
#include "verdict/lines.h"

enum {
    SLACK_MS = 30,  // that answers may come late
    STEP_MAX = 400, // of a counter between two answers, others in between
    APART_S = 2,    // between clocks of two machines, in their seconds
    SAMPLES_LEAST = 4,
};

struct group {
    int64_t first; // offset of a clock; last value of a counter
    uint32_t n;
};

static uint32_t count(const struct group *g, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (g[i].n < LINE_LEAST)
            return 0;
    return n;
}

// Timestamps wrap modulo 2^32: the difference is taken in it.
static bool is_near(int64_t a, int64_t b, int64_t slack)
{
    const int32_t by = (int32_t)(uint32_t)(uint64_t)(a - b);
    return by <= slack && by >= -slack;
}

// Too near to another line to be another machine's: options in the low bits, as SYN proxies have.
static bool is_beside(const struct group *g, uint32_t n, int64_t offset, int64_t room)
{
    for (uint32_t i = 0; i < n; i++)
        if (is_near(offset, g[i].first, room))
            return true;
    return false;
}

static uint32_t at_rate(const struct sample *s, uint32_t n, int64_t hz)
{
    struct group g[LINES_MAX] = {0};
    uint32_t n_lines = 0;
    const int64_t slack = hz * SLACK_MS / 1000 + 2;
    for (uint32_t i = 0; i < n; i++) {
        const int64_t since_us = s[i].at_us - s[0].at_us;
        const int64_t offset = (int64_t)s[i].ts - since_us * hz / 1000000;
        uint32_t k = 0;
        while (k < n_lines && !is_near(offset, g[k].first, slack))
            k++;
        if (k == LINES_MAX)
            return 0;
        if (k == n_lines && is_beside(g, n_lines, offset, hz * APART_S))
            return 0;
        if (k == n_lines)
            g[n_lines++].first = offset;
        g[k].n++;
    }
    return count(g, n_lines);
}

uint32_t lines_of_clock(const struct sample *s, uint32_t n)
{
    static const int64_t rates[] = {1000, 250, 200, 100, 10, 2};
    uint32_t best = 0;
    if (n < SAMPLES_LEAST)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        if (s[i].ts == 0)
            return 0;
    for (uint32_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const uint32_t lines = at_rate(s, n, rates[i]);
        best = lines > 0 && (best == 0 || lines < best) ? lines : best;
    }
    return best;
}

static uint16_t id_of(const struct sample *s, bool is_swapped)
{
    return is_swapped ? (uint16_t)(s->id << 8 | s->id >> 8) : s->id;
}

static uint32_t counted(const struct sample *s, uint32_t n, bool is_swapped)
{
    struct group g[LINES_MAX] = {0};
    uint32_t n_lines = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint16_t id = id_of(&s[i], is_swapped);
        uint32_t k = 0;
        while (k < n_lines && (uint16_t)(id - (uint16_t)g[k].first - 1) >= STEP_MAX)
            k++;
        if (k == LINES_MAX)
            return 0;
        n_lines += k == n_lines;
        g[k].first = id;
        g[k].n++;
    }
    return count(g, n_lines);
}

uint32_t lines_of_counter(const struct sample *s, uint32_t n)
{
    if (n < SAMPLES_LEAST)
        return 0;
    for (uint32_t i = 0; i < n; i++)
        if (s[i].id == 0)
            return 0;
    const uint32_t plain = counted(s, n, false);
    const uint32_t swapped = counted(s, n, true);
    return plain > 0 && (swapped == 0 || plain <= swapped) ? plain : swapped;
}
