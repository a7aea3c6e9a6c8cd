// SPDX-License-Identifier: Apache-2.0
// Two ports with one clock or one counter are one machine's, with two clocks or counters two
// machines'. Where neither can be seen, TTL and what the model makes of both ports decide.
#include "verdict/machines.h"

#include "base/buf.h"
#include "model/host.h"
#include "verdict/explain.h"
#include "verdict/lines.h"
#include "verdict/path.h"

enum {
    SAMPLES = END_TRAINS * OS_SEQ_MAX,
    WHY_MAX = 200,
    LOOKS_LEAST = 2, // attributes in which trains of one port must differ
};

// Nats: two ports of one machine stay below, those of different systems above (doc/verdict.md).
static const double apart = -2;

static uint32_t put_samples(const struct end *e, uint8_t whose, struct sample *to, uint32_t n)
{
    for (uint32_t t = 0; t < e->n; t++)
        for (uint32_t i = 0; i < e->seq[t].n; i++)
            to[n++] = (struct sample){e->seq[t].at_us[i], e->seq[t].ts[i], e->seq[t].ipid[i],
                                      e->seq[t].ttl[i], whose};
    return n;
}

static void sort(struct sample *s, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        const struct sample x = s[i];
        uint32_t at = i;
        for (; at > 0 && s[at - 1].at_us > x.at_us; at--)
            s[at] = s[at - 1];
        s[at] = x;
    }
}

// The TTL that answers of the end have, each at least LINE_LEAST times; returns how many there are.
static uint32_t count_ttls(const struct sample *s, uint32_t n, uint8_t *ttls)
{
    uint32_t n_ttls = 0;
    for (uint32_t i = 0; i < n && n_ttls < LINES_MAX; i++) {
        uint32_t same = 0;
        bool is_first = true;
        for (uint32_t k = 0; k < n; k++) {
            same += s[k].ttl == s[i].ttl;
            is_first &= k >= i || s[k].ttl != s[i].ttl;
        }
        if (is_first && s[i].ttl > 0 && same >= LINE_LEAST)
            ttls[n_ttls++] = s[i].ttl;
    }
    return n_ttls;
}

// In how many values of a test two fingerprints differ.
static uint32_t count_looks(const struct osdb_subject *x, const struct osdb_subject *y,
                            enum osdb_test t)
{
    const int last = osdb_tests[t].first + osdb_tests[t].n;
    uint32_t n = 0;
    for (int a = osdb_tests[t].first; a < last; a++)
        n += !span_is_absent(x->value[a]) && !span_is_absent(y->value[a]) &&
             !span_eq(x->value[a], y->value[a]);
    return n;
}

static bool are_alike(const struct end *a, const struct end *b)
{
    static const enum osdb_test tests[] = {TEST_OPS, TEST_WIN, TEST_ECN};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (count_looks(a->subject[0], b->subject[0], tests[i]) > 0)
            return false;
    return true;
}

static void say(struct buf *b, const char *text)
{
    buf_str(b, buf_len(b) > 0 ? ", " : "");
    buf_str(b, text);
}

static void say_count(struct buf *b, uint32_t n, const char *what)
{
    say(b, "");
    buf_dec(b, n);
    buf_str(b, what);
}

// Stacks begin differently, or only the way was another one: connections may be spread over ways.
static bool has_two_begins(const uint8_t *ttls, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (ttls[i] + path_hops_of(ttls[i]) != ttls[0] + path_hops_of(ttls[0]))
            return true;
    return false;
}

bool machines_balanced(const struct end *e, struct buf *why)
{
    struct sample s[SAMPLES];
    uint8_t ttls[LINES_MAX];
    const uint32_t n = put_samples(e, 0, s, 0);
    sort(s, n);
    const uint32_t n_ttls = count_ttls(s, n, ttls);
    const uint32_t n_clocks = lines_of_clock(s, n);
    const uint32_t n_counters = lines_of_counter(s, n);
    if (has_two_begins(ttls, n_ttls)) {
        say(why, "TTLs ");
        for (uint32_t i = 0; i < n_ttls; i++) {
            buf_str(why, i > 0 ? " and " : "");
            buf_dec(why, ttls[i]);
        }
    }
    if (n_clocks > 1)
        say_count(why, n_clocks, " clocks");
    if (n_counters > 1)
        say_count(why, n_counters, " counters of IP IDs");
    if (e->n == END_TRAINS && count_looks(e->subject[0], e->subject[1], TEST_OPS) >= LOOKS_LEAST)
        say(why, "other options for the same question");
    return buf_len(why) > 0;
}

// SYN-ACKs of one port that seem to come from differently far.
static bool has_two_ttls(const struct osdb_subject *s)
{
    const struct span t1 = s->value[osdb_attr(TEST_T1, SPAN("T"))];
    const struct span ecn = s->value[osdb_attr(TEST_ECN, SPAN("T"))];
    return !span_is_absent(t1) && !span_is_absent(ecn) && !span_eq(t1, ecn);
}

bool machines_doubt(const struct os_result *os)
{
    const struct os_sequence *seq = &os->seq;
    const struct end e = {.n = 1, .seq = {*seq}};
    uint8_t mem[WHY_MAX];
    struct buf why;
    buf_init(&why, mem, sizeof mem);
    for (uint32_t i = 1; i < seq->n; i++)
        if (seq->ttl[i] != seq->ttl[0])
            return true;
    if (os->n_subjects > 0 && has_two_ttls(&os->subjects[0]))
        return true;
    return machines_balanced(&e, &why);
}

enum relation { REL_SAME, REL_OTHER, REL_OPEN };

static enum relation relate(uint32_t a, uint32_t b, uint32_t both)
{
    if (a != 1 || b != 1 || both == 0)
        return REL_OPEN;
    return both == 1 ? REL_SAME : REL_OTHER;
}

static enum relation by_time(const struct end *a, const struct end *b)
{
    struct sample s[2 * SAMPLES];
    const uint32_t n_a = put_samples(a, 0, s, 0);
    const uint32_t n = put_samples(b, 1, s, n_a);
    sort(s, n_a);
    sort(s + n_a, n - n_a);
    const uint32_t clock_a = lines_of_clock(s, n_a);
    const uint32_t clock_b = lines_of_clock(s + n_a, n - n_a);
    const uint32_t count_a = lines_of_counter(s, n_a);
    const uint32_t count_b = lines_of_counter(s + n_a, n - n_a);
    sort(s, n);
    const enum relation by_clock = relate(clock_a, clock_b, lines_of_clock(s, n));
    return by_clock != REL_OPEN ? by_clock : relate(count_a, count_b, lines_of_counter(s, n));
}

struct pair {
    const struct verdict_model *model;
    struct verdict_scratch *scratch;
    const struct end *a, *b;
};

static bool is_one(const struct pair *p)
{
    const enum relation r = by_time(p->a, p->b);
    if (r != REL_OPEN)
        return r == REL_SAME;
    if (p->a->seq[0].ttl[0] != p->b->seq[0].ttl[0])
        return false;
    return are_alike(p->a, p->b) ||
           verdict_ports(p->model, p->a->subject[0], p->b->subject[0], p->scratch) < apart;
}

void machines_find(const struct verdict_model *model, const struct host *h,
                   struct verdict_scratch *scratch, struct machines *out)
{
    uint32_t first[LIMIT_ENDS];
    uint8_t mem[WHY_MAX];
    struct buf why;
    *out = (struct machines){0};
    for (uint32_t i = 0; i < h->n_ends; i++) {
        uint32_t k = 0;
        buf_init(&why, mem, sizeof mem);
        const bool is_proxied = h->ends[i].proof != END_NOT_ASKED;
        out->is_balanced[i] = !is_proxied && machines_balanced(&h->ends[i], &why);
        for (; k < out->n; k++) {
            const struct end *e = &h->ends[first[k]];
            const struct pair pair = {model, scratch, e, &h->ends[i]};
            const bool is_other = out->is_balanced[first[k]] != out->is_balanced[i] ||
                                  (e->proof != END_NOT_ASKED) != is_proxied;
            if (!is_other && (is_proxied || out->is_balanced[i] || is_one(&pair)))
                break;
        }
        if (k == out->n)
            first[out->n++] = i;
        out->of[i] = (uint8_t)k;
    }
}
