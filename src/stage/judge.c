// SPDX-License-Identifier: Apache-2.0
#include "stage/judge_own.h"

#include "base/buf.h"
#include "model/host.h"
#include "verdict/decide.h"
#include "verdict/explain.h"
#include "verdict/fuse.h"
#include "verdict/path.h"
#include "verdict/record.h"
#include "verdict/signs.h"

enum { TEXT_MAX = 300 };

// Nats for two machines: one alone hardly ever reaches 1 (doc/verdict.md).
static const double several = 2;
// Nats for two systems in one: of 1,000 honest hosts none reaches 0, and a disguise has one at
// least.
static const double masked = 0.75;
static const double likely = 0.5;

struct judge *judge_new(struct arena *run, const struct osdb *db)
{
    if (!db || osdb_gen(db) != OSDB_SECOND || osdb_quirks(db) != QUIRKS_NONE ||
        osdb_count(db) == 0 || osdb_count(db) > VERDICT_REFS_MAX)
        return NULL;
    struct judge *j = arena_alloc(run, sizeof *j);
    j->run = run;
    j->db = db;
    return j;
}

void judge_ready(struct judge *j)
{
    if (j->model)
        return;
    j->model = verdict_model_new(j->run, j->db, &verdict_params);
    j->scratch = verdict_scratch_new(j->run, j->model);
    j->match = osdb_scratch_new(j->run, j->db);
}

// Whether that is the likeliest entry; its label may go on.
static bool is_named(const struct os_verdict *v, struct span name)
{
    if (v->n_path == 0 || !span_starts(v->path[0].label, name))
        return false;
    const struct span rest = span_from(v->path[0].label, name.len);
    return rest.len == 0 || span_eq(rest, SPAN(" or newer"));
}

// The n entries that fit one of the tries in every test. OS detection knows those of the first.
static const uint32_t *find_fits(struct judge *j, struct arena *a, const struct judge_tries *t,
                                 uint32_t *n)
{
    *n = t->known ? t->known->n_perfect : 0;
    if (*n > 0)
        return t->known->perfect;
    struct osdb_result *r = arena_alloc(a, sizeof *r);
    for (uint32_t i = t->known ? 1 : 0; i < t->n && *n == 0; i++) {
        osdb_match(j->db, &t->subject[i], j->match, r);
        *n = r->n_perfect;
    }
    uint32_t *refs = arena_array(a, *n, sizeof *refs);
    for (uint32_t i = 0; i < *n; i++)
        refs[i] = r->match[i].ref;
    return refs;
}

// The score may call an entry perfect that is not the likeliest one: it is told beside it.
static void find_perfect(struct judge *j, struct arena *a, const struct judge_tries *tries,
                         struct os_verdict *out)
{
    uint32_t n;
    const uint32_t *refs = find_fits(j, a, tries, &n);
    for (uint32_t i = 0; i < n; i++) {
        const double p = verdict_probability(j->model, j->scratch, VERDICT_NAME, refs[i]);
        const struct span name = osdb_ref_at(j->db, refs[i]).name;
        if (is_named(out, name)) {
            out->perfect = (struct os_node){.level = VERDICT_NAME};
            return;
        }
        if (span_is_absent(out->perfect.label) || p > out->perfect.p)
            out->perfect = (struct os_node){VERDICT_NAME, name, p, false};
    }
}

static struct os_verdict *judge_all(struct judge *j, struct arena *a,
                                    const struct judge_tries *tries, struct verdict_votes *votes)
{
    struct verdict v;
    judge_ready(j);
    verdict_judge_all(j->model, tries->subject, tries->n, votes, j->scratch, &v);
    j->best_ref = v.best_ref;
    struct os_verdict *out = verdict_record(a, j->model, j->scratch, &v, votes);
    find_perfect(j, a, tries, out);
    return out;
}

const struct os_verdict *judge_subjects(struct judge *j, struct arena *a,
                                        const struct osdb_subject *tries, uint32_t n)
{
    struct verdict_votes none = {0};
    const struct judge_tries all = {.subject = tries, .n = n};
    return judge_all(j, a, &all, &none);
}

static void sort_synacks(struct host *h)
{
    for (uint32_t i = 1; i < h->n_synacks; i++) {
        const struct synack s = h->synacks[i];
        uint32_t at = i;
        for (; at > 0 && h->synacks[at - 1].port > s.port; at--)
            h->synacks[at] = h->synacks[at - 1];
        h->synacks[at] = s;
    }
}

void judge_put(struct host *h, const struct finding *found, uint32_t n)
{
    struct finding *all = arena_array(&h->arena, h->n_findings + n, sizeof *all);
    for (uint32_t i = 0; i < h->n_findings; i++)
        all[i] = h->findings[i];
    for (uint32_t i = 0; i < n; i++)
        all[h->n_findings++] = found[i];
    h->findings = all;
}

static bool has_answers(const struct host *h)
{
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].reason != REASON_NO_RESPONSE)
            return true;
    return h->n_services > 0;
}

void judge_path(struct host *h)
{
    struct finding found[PATH_FINDINGS_MAX];
    if (!h->has_ports || !has_answers(h))
        return;
    sort_synacks(h);
    judge_put(h, found, path_findings(&h->arena, h, found));
    if (h->n_services > 1 && signs_distributions(&h->arena, h, found))
        judge_put(h, found, 1);
}

// Whether the reference begins SYN-ACKs and resets of closed ports with the same TTL.
static bool has_one_ttl(const struct osdb *db, uint32_t ref)
{
    if (ref >= osdb_count(db))
        return false;
    const struct span open = osdb_expr_at(db, ref, osdb_attr(TEST_T1, SPAN("T")));
    const struct span closed = osdb_expr_at(db, ref, osdb_attr(TEST_T5, SPAN("T")));
    return !span_is_absent(open) && span_eq(open, closed);
}

static void judge_filter(struct judge *j, struct host *h)
{
    struct finding f;
    const bool is_sure = h->os->verdict->answer.level <= VERDICT_FAMILY;
    if (is_sure && has_one_ttl(j->db, j->best_ref) && path_filter(&h->arena, h, &f))
        judge_put(h, &f, 1);
}

// What is most probably there; absent if that is nothing that the database knows.
static struct span system_of(const struct os_verdict *v)
{
    for (uint32_t i = 0; i < v->n_path; i++)
        if (v->path[i].level == VERDICT_SYSTEM && v->path[i].p > v->unknown)
            return v->path[i].label;
    return (struct span){NULL, 0};
}

static void judge_disguise(struct judge *j, struct host *h)
{
    struct finding f;
    const uint32_t ref = h->os->n_perfect > 0 ? UINT32_MAX : j->best_ref;
    const struct span system = system_of(h->os->verdict);
    if (signs_disguise(&h->arena, j->db, &h->os->subjects[0], ref, system, &f))
        judge_put(h, &f, 1);
}

static void put_part(struct buf *b, const struct verdict_node *n)
{
    if (!span_eq(n->vendor, n->family)) {
        buf_bytes(b, n->vendor);
        buf_str(b, " ");
    }
    buf_bytes(b, n->family);
    buf_str(b, " (");
    buf_dec(b, (uint64_t)(n->p * 100));
    buf_str(b, "%)");
}

// Nothing single is named, and no entry is like the host in every test: one that is explains all.
static bool is_undecided(const struct host *h)
{
    return h->os->verdict->answer.level >= VERDICT_ONE_OF && h->os->n_perfect == 0;
}

// Two systems that explain what can be rewritten and what cannot better than one explains both.
static bool judge_mask(struct judge *j, struct host *h)
{
    struct verdict_disguise d;
    struct buf b;
    if (!is_undecided(h))
        return false;
    verdict_unmask(j->model, h->os->subjects, h->os->n_subjects, j->scratch, &d);
    const enum kin surface = kin_of_system(d.surface.vendor, d.surface.family);
    const enum kin depth = kin_of_system(d.depth.vendor, d.depth.family);
    if (d.k < masked || d.surface.p < likely || d.depth.p < likely || surface == depth ||
        surface == KIN_NONE || depth == KIN_NONE)
        return false;
    buf_init(&b, arena_alloc(&h->arena, TEXT_MAX), TEXT_MAX);
    buf_str(&b, "the stack is disguised: options, windows and TTL are like ");
    put_part(&b, &d.surface);
    buf_str(&b, ", sequence numbers, IP IDs, resets and ICMP like ");
    put_part(&b, &d.depth);
    judge_put(h, &(struct finding){FINDING_DISGUISE, {NULL, 0}, buf_span(&b)}, 1);
    return true;
}

// Whether one machine gave all answers; asked where the verdict leaves room for several.
static void judge_machines(struct judge *j, struct host *h)
{
    static const char *const who[SIDE_COUNT] = {
        [SIDE_SYNACK] = "open ports are another machine's: forwarding, or a proxy in front",
        [SIDE_RST] = "resets are another machine's: a filter answers for closed ports",
        [SIDE_ICMP] = "ICMP is another machine's: a router or NAT answers",
    };
    struct verdict_machines k;
    struct buf b;
    if (!is_undecided(h) && !h->os->verdict->contradicts)
        return;
    verdict_split(j->model, h->os->subjects, h->os->n_subjects, j->scratch, &k);
    if (!k.is_known || k.k < several)
        return;
    buf_init(&b, arena_alloc(&h->arena, TEXT_MAX), TEXT_MAX);
    buf_str(&b, "two machines explain the answers better than one (");
    buf_fixed(&b, k.k, 1);
    buf_str(&b, " nats): ");
    buf_str(&b, who[k.odd]);
    judge_put(h, &(struct finding){FINDING_ANOTHER, {NULL, 0}, buf_span(&b)}, 1);
}

void judge_wishes(struct judge *j, const struct host *h, struct verdict_wishes *out)
{
    judge_ready(j);
    verdict_decide(j->model, h->os->subjects, h->os->n_subjects, j->scratch, out);
}

void judge_explains(struct judge *j)
{
    j->explains = true;
}

void judge_host(struct judge *j, struct host *h)
{
    struct verdict_votes votes;
    struct judge_tries tries;
    if (!h->os || h->os->n_subjects == 0 || h->addr.family != IP_V4)
        return;
    struct os_result *os = arena_alloc(&h->arena, sizeof *os);
    *os = *h->os;
    votes_collect(&h->arena, h, &votes);
    judge_ready(j);
    judge_ends(j, h, &tries);
    struct os_verdict *verdict = judge_all(j, &h->arena, &tries, &votes);
    if (j->explains) {
        struct verdict_wishes wishes;
        verdict_decide(j->model, tries.subject, tries.n, j->scratch, &wishes);
        verdict_record_wishes(&h->arena, &wishes, verdict);
    }
    os->verdict = verdict;
    h->os = os;
    judge_filter(j, h);
    if (!tries.is_replaced && !judge_mask(j, h))
        judge_disguise(j, h);
    judge_machines(j, h);
}
