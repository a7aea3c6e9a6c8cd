// SPDX-License-Identifier: Apache-2.0
// Decisions over an OS result (os-detection spec 7.3, 7.4, 7.6); osblock.c and later reports
// only print them. The class block gathers device types, CPE names and families in the order of
// the class list, each once; when one of the three lists would overflow there is no block at
// all, because a list of nine kinds of device says nothing.
#include "report/osview.h"

#include "model/result.h"
#include "model/scan.h"

enum {
    PERFECT_NAMES_MAX = 8,
    GUESSES_MAX = 10,
    GUESS_CLASSES_MAX = 10,
};

// Guesses this far below the best are not named.
static const double window = 0.10;

unsigned osview_percent(double accuracy)
{
    return (unsigned)(accuracy * 100.0);
}

static bool has_span(const struct span *list, uint32_t n, struct span s)
{
    for (uint32_t i = 0; i < n; i++) {
        if (span_eq(list[i], s))
            return true;
    }
    return false;
}

// False if the list is full.
static bool add_span(struct span *list, uint32_t *n, struct span s)
{
    if (span_is_absent(s) || has_span(list, *n, s))
        return true;
    if (*n == OSVIEW_LIST_MAX)
        return false;
    list[(*n)++] = s;
    return true;
}

static bool contains(struct span text, struct span part)
{
    for (size_t i = 0; i + part.len <= text.len; i++) {
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    }
    return false;
}

static void family_name(struct buf *b, const struct os_class *c)
{
    if (!span_eq(c->vendor, c->family)) {
        buf_bytes(b, c->vendor);
        buf_char(b, ' ');
    }
    buf_bytes(b, c->family);
}

// A generation that is part of what is there already (0.X in 10.X) adds nothing.
static void add_generation(struct buf *all, struct span generation)
{
    if (generation.len == 0 || contains(buf_span(all), generation))
        return;
    if (buf_len(all) == 0) {
        buf_bytes(all, span_head(generation, OSVIEW_GENERATION_MAX));
        return;
    }
    if (buf_len(all) + 1 + generation.len > OSVIEW_GENERATIONS_MAX)
        return;
    buf_char(all, '|');
    buf_bytes(all, generation);
}

static bool add_family(struct osview_classes *v, const struct os_class_match *m, bool is_guess)
{
    uint8_t mem[OSVIEW_FAMILY_MAX];
    struct buf name;
    buf_init(&name, mem, sizeof mem);
    family_name(&name, &m->cls);
    for (uint32_t i = 0; i < v->n_families; i++) {
        struct osview_family *f = &v->families[i];
        if (span_eq(buf_span(&f->name), buf_span(&name))) {
            add_generation(&f->generations, m->cls.generation);
            return true;
        }
    }
    if (v->n_families == OSVIEW_LIST_MAX)
        return false;
    struct osview_family *f = &v->families[v->n_families++];
    f->accuracy = m->accuracy;
    f->is_guess = is_guess;
    buf_init(&f->name, f->name_mem, sizeof f->name_mem);
    buf_init(&f->generations, f->generations_mem, sizeof f->generations_mem);
    buf_bytes(&f->name, buf_span(&name));
    add_generation(&f->generations, m->cls.generation);
    return true;
}

static bool add_class(struct osview_classes *v, const struct os_class_match *m, bool is_guess)
{
    if (!add_span(v->types, &v->n_types, m->cls.type))
        return false;
    for (uint32_t i = 0; i < m->cls.n_cpe; i++) {
        if (!add_span(v->cpes, &v->n_cpes, m->cls.cpe[i]))
            return false;
    }
    return add_family(v, m, is_guess);
}

static void classes_of(struct osview_classes *v, const struct os_result *os, bool with_guesses)
{
    v->is_guess = os->n_perfect_classes == 0;
    v->n_types = 0;
    v->n_cpes = 0;
    v->n_families = 0;
    for (uint32_t i = 0; i < os->n_classes; i++) {
        const struct os_class_match *m = &os->classes[i];
        const bool is_guess = i >= os->n_perfect_classes;
        if (is_guess && !with_guesses)
            break;
        if (m->accuracy <= os->classes[0].accuracy - window)
            break;
        if (m->accuracy < 1 && i >= GUESS_CLASSES_MAX)
            break;
        if (!add_class(v, m, is_guess)) {
            v->n_families = 0;
            return;
        }
    }
}

static uint32_t n_guesses(const struct os_result *os)
{
    uint32_t n = os->n_matches > 0 ? 1 : 0;
    while (n > 0 && n < os->n_matches && n < GUESSES_MAX &&
           os->matches[n].accuracy > os->matches[0].accuracy - window)
        n++;
    return n;
}

static enum osview_verdict verdict_of(const struct scan *scan, const struct os_result *os)
{
    if (os->status == OS_TOO_MANY || (os->n_perfect > PERFECT_NAMES_MAX && scan->debug < 1))
        return OSVIEW_TOO_MANY;
    if (os->status == OS_NO_MATCHES || os->n_matches == 0)
        return OSVIEW_NONE;
    return os->n_perfect > 0 ? OSVIEW_DETAILS : OSVIEW_GUESSES;
}

// Over IPv6 hardly a reference fits in all points: what passed the floor is named.
static bool is_projected(const struct os_result *os)
{
    return !os->is_first && os->projection.total > 0 && span_is_absent(os->projection.why);
}

void osview_of(struct osview *v, const struct scan *scan, const struct os_result *os)
{
    const bool is_ideal = span_is_absent(os->not_ideal);
    const bool is_detailed = scan->verbose >= 2 || scan->debug >= 1;
    const bool with_guesses = scan->os_guess || !is_ideal || is_projected(os);
    v->verdict = verdict_of(scan, os);
    v->n_names = 0;
    v->shows_guesses = v->verdict == OSVIEW_GUESSES && with_guesses;
    v->shows_reason = false;
    v->is_unreliable = os->is_unreliable && v->verdict != OSVIEW_TOO_MANY;
    v->has_fingerprint = is_detailed;
    v->is_wrapped = is_ideal;
    v->is_good = is_ideal;
    if (v->verdict == OSVIEW_TOO_MANY) {
        v->is_wrapped = false;
        v->is_good = false;
    } else if (v->verdict == OSVIEW_DETAILS) {
        v->n_names = os->n_perfect;
        v->is_wrapped = true;
    } else {
        v->n_names = n_guesses(os);
        v->shows_reason = !is_ideal && (v->verdict == OSVIEW_NONE || is_detailed);
        v->has_fingerprint = is_detailed || (is_ideal && !scan->is_saved);
    }
    if (scan->is_from_xml)
        v->has_fingerprint = os->lines.len > 0;
    classes_of(&v->classes, os, with_guesses);
}

const char *osview_difficulty(const struct os_result *os)
{
    static const struct {
        uint32_t below;
        uint32_t below_first; // first generation
        const char *word;
    } words[] = {
        {3, 10, "Trivial joke"},
        {6, 80, "Easy"},
        {11, 3000, "Medium"},
        {12, 5000, "Formidable"},
        {16, 100000, "Worthy challenge"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (os->seq.index < (os->is_first ? words[i].below_first : words[i].below))
            return words[i].word;
    }
    return "Good luck!";
}

const char *osview_isn_class(const struct os_result *os)
{
    static const char *const names[] = {
        [ISN_NONE] = NULL,
        [ISN_CONSTANT] = "constant sequence number (!)",
        [ISN_64K] = "64K rule",
        [ISN_800] = "increments by 800",
        [ISN_TIME] = "trivial time dependency",
        [ISN_POSITIVE] = "random positive increments",
        [ISN_RANDOM] = "truly random",
    };
    return names[os->seq.isn_class];
}

const char *osview_ipid_class(const struct os_result *os)
{
    static const char *const names[] = {
        [IPID_NONE] = "Busy server or unknown class",
        [IPID_ZERO] = "All zeros",
        [IPID_CONSTANT] = "Duplicated ipid (!)",
        [IPID_INC] = "Incremental",
        [IPID_INC2] = "Incrementing by 2",
        [IPID_BI] = "Broken little-endian incremental",
        [IPID_RI] = "Random positive increments",
        [IPID_RD] = "Randomized",
    };
    return names[os->seq.ipid_class];
}

const char *osview_ts_class(enum ts_class c)
{
    static const char *const names[] = {
        [TS_UNKNOWN] = "unknown class", [TS_UNSUPPORTED] = "none returned (unsupported)",
        [TS_ZERO] = "zero timestamp",   [TS_2HZ] = "2HZ",
        [TS_100HZ] = "100HZ",           [TS_1000HZ] = "1000HZ",
        [TS_OTHER] = "other",
        [TS_RANDOM] = "other", // the name that readers know
    };
    return names[c];
}
