// SPDX-License-Identifier: Apache-2.0
// <os> and the elements behind it (output spec 4.3). The file says what was shown; from that
// follows what must have been known.
#include "saved/xml.h"

enum { ZONE_STEP = 900 }; // zones are apart by multiples of a quarter of an hour

static void take_used(struct xml *x, const struct attrs *a)
{
    struct os_result *os = &x->r->build.os;
    const bool is_open = span_eq(attr(a, "state"), SPAN("open"));
    const bool is_udp = span_eq(attr(a, "proto"), SPAN("udp"));
    int32_t *to = is_udp ? &os->closed_udp : is_open ? &os->open_tcp : &os->closed_tcp;
    *to = (int32_t)attr_number(a, "portid", UINT16_MAX, -1);
}

static void take_match(struct xml *x, const struct attrs *a)
{
    struct arena *to = &x->r->build.host.arena;
    x->has_match = true;
    x->match = (struct os_match){
        .name = attr_copy(to, a, "name"),
        .accuracy = share_of_percent((uint64_t)attr_number(a, "accuracy", 100, 0)),
        .line = (uint32_t)attr_number(a, "line", UINT32_MAX, 0),
    };
}

static void take_class(struct xml *x, const struct attrs *a)
{
    struct arena *to = &x->r->build.host.arena;
    if (!x->has_match || x->match.n_classes == LIMIT_DB_CLASSES)
        return;
    x->classes[x->match.n_classes++] = (struct os_class){
        .vendor = attr_copy(to, a, "vendor"),
        .family = attr_copy(to, a, "osfamily"),
        .generation = attr_copy(to, a, "osgen"),
        .type = attr_copy(to, a, "type"),
    };
}

void xml_os_cpe(struct xml *x, struct span text)
{
    if (!x->has_match || x->match.n_classes == 0)
        return;
    struct os_class *c = &x->classes[x->match.n_classes - 1];
    if (c->n_cpe < LIMIT_DB_CPES)
        x->cpes[c->n_cpe++] = text;
}

static void *copy(struct arena *a, const void *from, size_t n, size_t size)
{
    void *to = arena_array(a, n, size);
    if (n > 0)
        memcpy(to, from, n * size);
    return to;
}

void xml_os_close(struct xml *x, struct span name)
{
    struct arena *to = &x->r->build.host.arena;
    if (!x->has_match)
        return;
    if (span_eq(name, SPAN("osclass")) && x->match.n_classes > 0) {
        struct os_class *c = &x->classes[x->match.n_classes - 1];
        if (!c->cpe)
            c->cpe = copy(to, x->cpes, c->n_cpe, sizeof *c->cpe);
    } else if (span_eq(name, SPAN("osmatch"))) {
        x->match.classes = copy(to, x->classes, x->match.n_classes, sizeof *x->classes);
        build_match(&x->r->build, &x->match);
        x->has_match = false;
    }
}

// The date is in the local time of somewhere; the age, which may be a second off, tells where.
static void take_uptime(struct xml *x, const struct attrs *a)
{
    const struct host *h = &x->r->build.host;
    struct os_sequence *seq = &x->r->build.os.seq;
    const int64_t age = attr_number(a, "seconds", SAVED_TIME_MAX, -1);
    const int64_t about = h->ended - age;
    const bool has_about = h->ended > 0 && age >= 0;
    const bool has_date = word_date(attr(a, "lastboot"), &seq->lastboot);
    seq->has_uptime = has_about || has_date;
    if (has_about && has_date) {
        const int64_t off = seq->lastboot - about + ZONE_STEP / 2;
        seq->lastboot -= (off - (off % ZONE_STEP + ZONE_STEP) % ZONE_STEP);
    } else if (has_about) {
        seq->lastboot = about;
    }
}

// "C999D5D6,2C1E03B1"
static uint32_t values_of(struct span list, uint32_t out[OS_SEQ_MAX])
{
    uint32_t n = 0;
    while (!span_is_absent(list) && n < OS_SEQ_MAX) {
        uint64_t v;
        if (!word_hex32(span_cut(&list, ','), &v))
            break;
        out[n++] = (uint32_t)v;
    }
    return n;
}

static void more_samples(struct os_sequence *seq, uint32_t n)
{
    if (n > seq->n)
        seq->n = n;
}

static void take_isn(struct xml *x, const struct attrs *a)
{
    struct os_sequence *seq = &x->r->build.os.seq;
    seq->has_index = true;
    seq->index = (uint32_t)attr_number(a, "index", UINT32_MAX, 0);
    (void)word_isn(attr(a, "class"), &seq->isn_class);
    more_samples(seq, values_of(attr(a, "values"), seq->isn));
}

static void take_ipid(struct xml *x, const struct attrs *a)
{
    struct os_sequence *seq = &x->r->build.os.seq;
    uint32_t values[OS_SEQ_MAX];
    const uint32_t n = values_of(attr(a, "values"), values);
    seq->lacks_ipid = false;
    (void)word_ipid(attr(a, "class"), &seq->ipid_class);
    for (uint32_t i = 0; i < n; i++)
        seq->ipid[i] = (uint16_t)values[i];
    more_samples(seq, n);
}

static void take_timestamps(struct xml *x, const struct attrs *a)
{
    struct os_sequence *seq = &x->r->build.os.seq;
    (void)word_ts(attr(a, "class"), &seq->ts_class);
    more_samples(seq, values_of(attr(a, "values"), seq->ts));
}

bool xml_os_element(struct xml *x, struct span name, const struct attrs *a)
{
    static const struct {
        const char *name;
        void (*take)(struct xml *x, const struct attrs *a);
    } elements[] = {
        {"portused", take_used},
        {"osmatch", take_match},
        {"osclass", take_class},
        {"uptime", take_uptime},
        {"tcpsequence", take_isn},
        {"ipidsequence", take_ipid},
        {"tcptssequence", take_timestamps},
    };
    struct build *b = &x->r->build;
    if (span_eq(name, SPAN("os"))) {
        b->has_os = true;
        b->os.seq.lacks_ipid = b->host.addr.family == IP_V6;
    } else if (span_eq(name, SPAN("osfingerprint"))) {
        x->fingerprint = attr_copy(&b->host.arena, a, "fingerprint");
    } else if (span_eq(name, SPAN("distance"))) {
        b->os.distance = (int32_t)attr_number(a, "value", INT32_MAX, 0);
        b->os.has_distance = true;
    }
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (!span_eq(name, span_str(elements[i].name)))
            continue;
        elements[i].take(x, a);
        return true;
    }
    return false;
}

static bool contains(struct span s, struct span part)
{
    for (size_t i = 0; i + part.len <= s.len; i++) {
        if (memcmp(s.ptr + i, part.ptr, part.len) == 0)
            return true;
    }
    return false;
}

void xml_os_end(struct xml *x)
{
    struct build *b = &x->r->build;
    struct os_result *os = &b->os;
    if (!b->has_os)
        return;
    const bool has_fingerprint = !span_is_absent(x->fingerprint);
    if (has_fingerprint)
        build_fingerprint(b, x->fingerprint);
    os->is_first = contains(os->lines, SPAN("(Resp="));
    while (os->n_perfect < b->n_matches && b->matches[os->n_perfect].accuracy >= 1)
        os->n_perfect++;
    os->status = b->n_matches > 0 ? OS_MATCHED : has_fingerprint ? OS_NO_MATCHES : OS_TOO_MANY;
    os->is_unreliable = os->open_tcp < 0 || os->closed_tcp < 0;
    if (!has_fingerprint || contains(os->scan_line, SPAN("%G=N")))
        os->not_ideal = SPAN(""); // the reason is not in the file
    build_classes(b);
}
