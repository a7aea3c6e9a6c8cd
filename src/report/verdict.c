// SPDX-License-Identifier: Apache-2.0
// A probability is shown as whole percent, cut, from 1 to 99: nothing is certain.
#include "report/verdict.h"

#include "base/buf.h"
#include "model/verdict.h"
#include "report/writer.h"

enum {
    PERCENT_MOST = 99,
    EXPLAIN_WIDTH = 22, // of the column of groups
    NATS_WIDTH = 8,
};

static const double likely = 0.5;

#define TINY 1e-6 // what a decimal fraction misses as a double

double verdict_cut(double p)
{
    return (double)(unsigned)(p * 1000.0 + TINY) / 1000.0;
}

static void put_percent(struct buf *b, double p)
{
    const unsigned percent = (unsigned)(verdict_cut(p) * 100.0 + TINY);
    if (percent < 1) {
        buf_str(b, "<1%");
        return;
    }
    buf_dec(b, percent < PERCENT_MOST ? percent : PERCENT_MOST);
    buf_char(b, '%');
}

static void put_node(struct buf *b, const struct os_node *n)
{
    buf_bytes(b, n->label);
    buf_str(b, " (");
    put_percent(b, n->p);
    buf_char(b, ')');
}

static void put_nodes(struct buf *b, const struct os_verdict *v)
{
    for (uint32_t i = 0; i < v->n_nodes; i++) {
        buf_str(b, i > 0 ? ", " : "");
        put_node(b, &v->nodes[i]);
    }
}

static void put_unknown(struct buf *b, const struct os_verdict *v)
{
    buf_str(b, v->unknown > likely ? "not known to this database (" : "undecided (unknown stack: ");
    put_percent(b, v->unknown);
    buf_str(b, v->n_nodes > 0 ? "); nearest: " : ")");
    put_nodes(b, v);
}

static void put_answer(struct buf *b, const struct os_verdict *v)
{
    switch (v->answer.level) {
    case VERDICT_UNKNOWN:
        put_unknown(b, v);
        return;
    case VERDICT_ONE_OF:
        buf_str(b, "one of ");
        put_nodes(b, v);
        return;
    case VERDICT_TYPE:
        buf_str(b, "some ");
        break;
    default:
        break;
    }
    put_node(b, &v->answer);
    if (v->answer.level == VERDICT_STACK && v->n_nodes > 0) {
        buf_str(b, "; nearest: ");
        put_nodes(b, v);
    }
}

// The single entry that fits best, where the answer is less than one.
static void put_closest(struct buf *b, const struct os_verdict *v)
{
    const bool is_above = v->answer.level > VERDICT_NAME && v->answer.level < VERDICT_TYPE;
    if (!is_above || v->n_path == 0 || v->path[0].level != VERDICT_NAME)
        return;
    buf_str(b, "; closest entry ");
    put_node(b, &v->path[0]);
}

// Two judgements that differ are told with the reason.
static void put_perfect(struct buf *b, const struct os_verdict *v)
{
    if (span_is_absent(v->perfect.label) || v->answer.level >= VERDICT_TYPE)
        return;
    buf_str(b, "; matches in every test but is less specific: ");
    put_node(b, &v->perfect);
}

static bool is_unseen(const struct os_reason *r)
{
    return r->state == VERDICT_NOT_ASKED || r->state == VERDICT_SILENT;
}

static void put_unseen(struct buf *b, const struct os_verdict *v)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->n_reasons; i++) {
        if (!is_unseen(&v->reasons[i]))
            continue;
        buf_str(b, n++ > 0 ? ", " : "; not seen: ");
        buf_bytes(b, v->reasons[i].about);
    }
}

static void put_vote(struct buf *b, const struct os_vote *vote)
{
    buf_bytes(b, vote->layer);
    buf_str(b, span_eq(vote->layer, SPAN("services")) ? " say " : " says ");
    buf_bytes(b, vote->label);
    if (span_is_absent(vote->where))
        return;
    buf_str(b, " on ");
    buf_bytes(b, vote->where);
}

// Who agrees stands first; who does not is told with what that may mean.
static void put_votes(struct buf *b, const struct os_verdict *v)
{
    for (int stance = VOTE_AGREES; stance <= VOTE_OPEN; stance++)
        for (uint32_t i = 0; i < v->n_votes; i++) {
            if ((int)v->votes[i].stance != stance)
                continue;
            buf_str(b, stance == VOTE_DIFFERS ? "; but " : "; ");
            put_vote(b, &v->votes[i]);
        }
    if (v->is_split)
        buf_str(b, ": several machines behind one address, or a proxy");
    else if (v->contradicts)
        buf_str(b, ": proxy, container or disguise");
}

void verdict_text(struct buf *b, const struct os_verdict *v)
{
    enum { HEADERS = 40 }; // of IPv4 and TCP without options
    if (!span_is_absent(v->text)) {
        buf_bytes(b, v->text);
        return;
    }
    put_answer(b, v);
    put_closest(b, v);
    put_perfect(b, v);
    put_votes(b, v);
    put_unseen(b, v);
    if (v->mss == 0)
        return;
    buf_str(b, "; path: MSS clamped to ");
    buf_dec(b, v->mss);
    buf_str(b, ", MTU ");
    buf_dec(b, v->mss + HEADERS);
}

void verdict_line(struct writer *w, const struct os_verdict *v)
{
    uint8_t mem[VERDICT_LINE_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    verdict_text(&b, v);
    writer_str(w, "Verdict: ");
    writer_escaped(w, buf_span(&b));
    writer_str(w, "\n");
}

static void signed_write(struct writer *w, double v)
{
    uint8_t mem[32];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_str(&b, v < 0 ? "-" : "+");
    buf_fixed(&b, v < 0 ? -v : v, 2);
    writer_blanks(w, buf_len(&b) < NATS_WIDTH ? NATS_WIDTH - buf_len(&b) : 1);
    writer_bytes(w, buf_span(&b));
    writer_str(w, "  ");
}

static void row_write(struct writer *w, double nats, struct span what, const char *state)
{
    signed_write(w, nats);
    writer_escaped(w, what);
    if (state) {
        writer_blanks(w, what.len < EXPLAIN_WIDTH ? EXPLAIN_WIDTH - what.len : 1);
        writer_str(w, state);
    }
    writer_str(w, "\n");
}

static const char *state_of(const struct os_reason *r)
{
    static const char *const states[VERDICT_STATE_COUNT] = {
        [VERDICT_NOT_ASKED] = "not asked",
        [VERDICT_SILENT] = "no answer",
        [VERDICT_NOT_IN_REFERENCE] = "the reference does not tell",
        [VERDICT_AGREES] = "as expected",
        [VERDICT_CHANGED] = "not as expected: by its owner, or on the way",
        [VERDICT_NEW_VALUE] = "a value that no reference shows",
    };
    static const char *const causes[CAUSE_COUNT] = {
        [CAUSE_NONE] = "as expected",
        [CAUSE_CLAMP] = "as expected, but for a smaller MSS on the way",
        [CAUSE_SHIFT] = "as expected, but for another window scale",
        [CAUSE_MSS] = "as expected, but for another MSS",
    };
    return r->state == VERDICT_EXPLAINED ? causes[r->cause] : states[r->state];
}

static void head_write(struct writer *w, const struct os_verdict *v)
{
    struct os_node best = {.level = VERDICT_UNKNOWN, .p = v->unknown};
    struct os_node rival = v->rival;
    for (uint32_t i = 0; i < v->n_path; i++)
        if (v->path[i].level == VERDICT_SYSTEM && v->path[i].p >= v->unknown)
            best = v->path[i];
    for (uint32_t i = 0; best.level == VERDICT_UNKNOWN && i < v->n_path; i++)
        if (v->path[i].level == VERDICT_SYSTEM)
            rival = v->path[i];
    writer_str(w, "Why ");
    writer_escaped(w, span_is_absent(best.label) ? SPAN("an unknown stack") : best.label);
    writer_str(w, " and not ");
    writer_escaped(w, span_is_absent(rival.label) ? SPAN("an unknown stack") : rival.label);
    writer_str(w, " (nats, by groups of tests):\n");
}

void verdict_explain_write(struct writer *w, const struct os_verdict *v)
{
    head_write(w, v);
    for (uint32_t i = 0; i < v->n_reasons; i++)
        row_write(w, v->reasons[i].nats, v->reasons[i].about, state_of(&v->reasons[i]));
    if (v->n_silent > 0)
        row_write(w, v->silence, SPAN("silence"), "of several kinds of probes, together");
    row_write(w, v->prior, SPAN("before any answer"), NULL);
    if (v->n_votes > 0)
        row_write(w, v->voted, SPAN("what other layers say"), NULL);
    row_write(w, v->others, SPAN("other entries below the two"), NULL);
    row_write(w, v->odds, SPAN("together"), NULL);
    if (v->n_wishes > 0)
        writer_line(w, "What would decide (nats that an answer is worth on average):");
    for (uint32_t i = 0; i < v->n_wishes; i++)
        row_write(w, v->wishes[i].gain, v->wishes[i].about,
                  v->wishes[i].is_silent ? "no answer so far" : "not asked");
}
