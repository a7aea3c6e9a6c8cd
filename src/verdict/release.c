// SPDX-License-Identifier: Apache-2.0
#include "verdict/release.h"

#include "base/buf.h"
#include "model/service.h"

enum { RELEASE_MAX = 64, WORD_MAX = 32, LOOK_MAX = 512 };

// Build numbers are told by servers and clients alike; several releases may share one.
static const struct build {
    uint32_t number;
    const char *name;
} builds[] = {
    {2600, "XP"},
    {3790, "Server 2003"},
    {6000, "Vista"},
    {6001, "Vista SP1 or Server 2008"},
    {6002, "Vista SP2 or Server 2008 SP2"},
    {6003, "Server 2008 SP2"},
    {7600, "7 or Server 2008 R2"},
    {7601, "7 SP1 or Server 2008 R2 SP1"},
    {9200, "8 or Server 2012"},
    {9600, "8.1 or Server 2012 R2"},
    {10240, "10 1507"},
    {10586, "10 1511"},
    {14393, "10 1607 or Server 2016"},
    {15063, "10 1703"},
    {16299, "10 1709"},
    {17134, "10 1803"},
    {17763, "10 1809 or Server 2019"},
    {18362, "10 1903"},
    {18363, "10 1909"},
    {19041, "10 2004"},
    {19042, "10 20H2"},
    {19043, "10 21H1"},
    {19044, "10 21H2"},
    {19045, "10 22H2"},
    {20348, "Server 2022"},
    {22000, "11 21H2"},
    {22621, "11 22H2"},
    {22631, "11 23H2"},
    {25398, "Server 23H2"},
    {26100, "11 24H2 or Server 2025"},
};

static const char *const unames[] = {"Linux ", "FreeBSD ", "OpenBSD ", "NetBSD ",
                                     "SunOS ", "Darwin ",  NULL};

static struct span after(struct span text, const char *word)
{
    const struct span want = span_str(word);
    text = span_head(text, LOOK_MAX);
    for (; text.len >= want.len; text = span_from(text, 1))
        if (span_eq(span_head(text, want.len), want))
            return span_from(text, want.len);
    return (struct span){NULL, 0};
}

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '-' || c == '_' || c == '+';
}

static struct span word(struct span text)
{
    size_t n = 0;
    while (n < text.len && n < WORD_MAX && is_plain(text.ptr[n]))
        n++;
    return span_head(text, n);
}

// "Linux node 6.1.0 ...": the third word.
static struct span uname_release(struct span text)
{
    struct span rest = {NULL, 0};
    for (int i = 0; unames[i] && span_is_absent(rest); i++)
        rest = after(text, unames[i]);
    const struct span release = word(after(rest, " "));
    const bool is_number = release.len > 0 && release.ptr[0] >= '0' && release.ptr[0] <= '9';
    return is_number ? release : (struct span){NULL, 0};
}

static uint32_t build_number(struct span text)
{
    struct span rest = after(text, "build ");
    uint32_t number = 0;
    if (span_is_absent(rest))
        rest = after(text, "Build ");
    for (size_t i = 0; i < rest.len && i < 5 && rest.ptr[i] >= '0' && rest.ptr[i] <= '9'; i++)
        number = number * 10 + (uint32_t)(rest.ptr[i] - '0');
    return number;
}

static struct span build_release(struct arena *a, uint32_t number)
{
    struct buf b;
    if (number == 0)
        return (struct span){NULL, 0};
    buf_init(&b, arena_alloc(a, RELEASE_MAX), RELEASE_MAX);
    for (size_t i = 0; i < sizeof builds / sizeof *builds; i++) {
        if (builds[i].number != number)
            continue;
        buf_str(&b, builds[i].name);
        buf_str(&b, ", ");
    }
    buf_str(&b, "build ");
    buf_dec(&b, number);
    return buf_span(&b);
}

struct span release_of(struct arena *a, const struct service *s, enum kin kin)
{
    if (kin == KIN_WINDOWS)
        return build_release(a, build_number(s->extra));
    return arena_copy(a, uname_release(s->extra));
}
