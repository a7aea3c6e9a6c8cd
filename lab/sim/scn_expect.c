// SPDX-License-Identifier: Apache-2.0
// The "expect" statement: reading it, and holding it against what a run did. In: outcome of a
// run. Out: a sentence for each expectation that was not met, with its line in the scenario.
#include "lab/sim/scn_read.h"

#include "base/buf.h"

static const char *const op_names[] = {"==", "!=", "<=", ">=", "<", ">"}; // enum scn_op

static enum err read_op(struct scn_reader *r, enum scn_op *out)
{
    struct scn_token t;
    const enum err err = scn_word(r, &t);
    if (err)
        return err;
    for (int i = 0; i <= SCN_GT; i++) {
        if (!span_eq(t.text, span_str(op_names[i])))
            continue;
        *out = (enum scn_op)i;
        return ERR_OK;
    }
    return scn_fail(r, ERR_SYNTAX, "not a comparison", &t);
}

// "contains TEXT", "not-contains TEXT", "lines TEXT OP N", "matches-file NAME"
static enum err read_stream(struct scn_reader *r, struct scn_expect *e)
{
    struct scn_token how, t;
    enum err err = scn_word(r, &how);
    err = err ? err : scn_word(r, &t);
    if (err)
        return err;
    e->text = arena_copy(r->arena, t.text);
    if (span_eq(how.text, SPAN("contains")))
        e->what = SCN_CONTAINS;
    else if (span_eq(how.text, SPAN("not-contains")))
        e->what = SCN_LACKS;
    else if (span_eq(how.text, SPAN("matches-file")))
        e->what = SCN_FILE;
    else if (span_eq(how.text, SPAN("lines")))
        e->what = SCN_LINES;
    else
        return scn_fail(r, ERR_SYNTAX, "not contains, not-contains, lines or matches-file", &how);
    if (e->what != SCN_LINES)
        return ERR_OK;
    err = read_op(r, &e->op);
    return err ? err : scn_number(r, UINT32_MAX, &e->number);
}

static bool packet_count(const struct sim_counts *c, struct span name, uint64_t *out)
{
    const struct {
        const char *name;
        uint64_t n;
    } kinds[] = {{"sent", c->sent},      {"arp", c->arp},
                 {"tcp", c->tcp},        {"udp", c->udp},
                 {"icmp", c->icmp},      {"other", c->other},
                 {"broken", c->broken},  {"delivered", c->delivered},
                 {"streams", c->streams}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!span_eq(name, span_str(kinds[i].name)))
            continue;
        *out = kinds[i].n;
        return true;
    }
    const int probe = probe_by_name(name);
    *out = probe >= 0 ? c->probe[probe] : 0;
    return probe >= 0;
}

static enum err read_packets(struct scn_reader *r, struct scn_expect *e)
{
    struct scn_token t;
    const struct sim_counts none = {0};
    enum err err = scn_word(r, &t);
    if (err)
        return err;
    e->what = SCN_PACKETS;
    e->text = arena_copy(r->arena, t.text);
    if (!packet_count(&none, t.text, &e->number))
        return scn_fail(r, ERR_SYNTAX, "not a kind of packet", &t);
    err = read_op(r, &e->op);
    return err ? err : scn_number(r, UINT32_MAX, &e->number);
}

enum err scn_read_expect(struct scn_reader *r, uint32_t line)
{
    struct scn_token t;
    struct scn_expect *e = arena_alloc(r->arena, sizeof *e);
    enum err err = scn_word(r, &t);
    if (err)
        return err;
    *e = (struct scn_expect){.next = r->scn->expects, .line = line};
    if (span_eq(t.text, SPAN("exit"))) {
        e->what = SCN_EXIT;
        err = scn_number(r, 255, &e->number);
    } else if (span_eq(t.text, SPAN("time"))) {
        e->what = SCN_TIME;
        err = read_op(r, &e->op);
        err = err ? err : scn_time(r, &e->number);
    } else if (span_eq(t.text, SPAN("packets"))) {
        err = read_packets(r, e);
    } else if (span_eq(t.text, SPAN("stdout")) || span_eq(t.text, SPAN("stderr"))) {
        e->is_stderr = span_eq(t.text, SPAN("stderr"));
        err = read_stream(r, e);
    } else {
        err = scn_fail(r, ERR_SYNTAX, "not exit, time, packets, stdout or stderr", &t);
    }
    r->scn->expects = e;
    return err ? err : scn_line_end(r);
}

static bool holds(uint64_t v, enum scn_op op, uint64_t bound)
{
    switch (op) {
    case SCN_EQ:
        return v == bound;
    case SCN_NE:
        return v != bound;
    case SCN_LE:
        return v <= bound;
    case SCN_GE:
        return v >= bound;
    case SCN_LT:
        return v < bound;
    case SCN_GT:
        return v > bound;
    }
    return false;
}

static bool contains(struct span text, struct span what)
{
    for (; text.len >= what.len; text = span_from(text, 1))
        if (what.len == 0 || memcmp(text.ptr, what.ptr, what.len) == 0)
            return true;
    return false;
}

static uint64_t count_lines(struct span text, struct span what)
{
    uint64_t n = 0;
    while (!span_is_absent(text))
        n += contains(span_cut(&text, '\n'), what);
    return n;
}

// Where two texts part, for a reader.
static void put_difference(struct span have, struct span want, struct buf *why)
{
    uint64_t line = 1;
    for (size_t i = 0; i < have.len && i < want.len && have.ptr[i] == want.ptr[i]; i++)
        line += have.ptr[i] == '\n';
    buf_str(why, "differs from line ");
    buf_dec(why, line);
}

static void put_number(const struct scn_expect *e, uint64_t have, struct buf *why)
{
    const uint64_t scale = e->what == SCN_TIME ? 1000000 : 1;
    const char *unit = e->what == SCN_TIME ? " ms" : "";
    buf_dec(why, have / scale);
    buf_str(why, unit);
    buf_str(why, ", expected ");
    buf_str(why, op_names[e->op]);
    buf_char(why, ' ');
    buf_dec(why, e->number / scale);
    buf_str(why, unit);
}

static bool check_number(const struct scn_expect *e, uint64_t have, struct buf *why)
{
    if (holds(have, e->op, e->number))
        return true;
    buf_bytes(why, e->text);
    if (e->text.len > 0)
        buf_str(why, ": ");
    put_number(e, have, why);
    return false;
}

static bool check_stream(const struct scn_expect *e, struct span have, struct span want,
                         struct buf *why)
{
    if (e->what == SCN_FILE) {
        if (!span_is_absent(want) && span_eq(have, want))
            return true;
        buf_bytes(why, e->text);
        buf_str(why, ": output ");
        if (span_is_absent(want))
            buf_str(why, "has no file to compare with");
        else
            put_difference(have, want, why);
        return false;
    }
    if (contains(have, e->text) == (e->what == SCN_CONTAINS))
        return true;
    buf_str(why, e->what == SCN_CONTAINS ? "missing: " : "unwanted: ");
    buf_bytes(why, e->text);
    return false;
}

static bool check_one(const struct scn_expect *e, const struct scn_outcome *o, struct span want,
                      struct buf *why)
{
    const struct span stream = e->is_stderr ? o->err : o->out;
    uint64_t n = 0;
    switch (e->what) {
    case SCN_EXIT:
        if (o->exit_code == (int)e->number)
            return true;
        buf_str(why, "exit ");
        buf_int(why, o->exit_code);
        return false;
    case SCN_TIME:
        return check_number(e, o->time_ns, why);
    case SCN_PACKETS:
        (void)packet_count(&o->counts, e->text, &n);
        return check_number(e, n, why);
    case SCN_LINES:
        return check_number(e, count_lines(stream, e->text), why);
    case SCN_CONTAINS:
    case SCN_LACKS:
    case SCN_FILE:
        break;
    }
    return check_stream(e, stream, want, why);
}

bool scn_check(struct arena *arena, const struct scn *scn, const struct scn_files *files,
               const struct scn_outcome *outcome, struct buf *why)
{
    bool is_met = true;
    for (const struct scn_expect *e = scn->expects; e; e = e->next) {
        uint8_t space[512];
        struct buf b;
        struct span want = {NULL, 0};
        if (e->what == SCN_FILE && files)
            want = files->load(files->ctx, arena, e->text);
        buf_init(&b, space, sizeof space);
        if (check_one(e, outcome, want, &b))
            continue;
        buf_str(why, is_met ? "line " : "; line ");
        buf_dec(why, e->line);
        buf_str(why, ": ");
        buf_bytes(why, buf_span(&b));
        is_met = false;
    }
    return is_met;
}
