// SPDX-License-Identifier: Apache-2.0
#include "cli/svmatch.h"

#include "report/json.h"
#include "report/writer.h"

static enum svdb_proto proto_of(const struct sf_found *found)
{
    return span_eq(found->proto, SPAN("UDP")) ? SVDB_UDP : SVDB_TCP;
}

// A probe that no file knows has no lines of its own: those of NULL count, if it is TCP.
static int32_t probe_of(const struct svdb *db, const struct sf_found *found, uint32_t reply)
{
    const enum svdb_proto proto = proto_of(found);
    const int32_t probe = svdb_probe_named(db, proto, found->replies[reply].probe);
    return probe >= 0 || proto == SVDB_UDP ? probe : svdb_null_probe(db);
}

static void keep(struct arena *a, const struct svdb *db, struct svmatch *out, uint32_t reply,
                 const struct svdb_hit *hit, enum svmatch_status status)
{
    const bool has_soft = out->status == SVMATCH_SOFT;
    const struct svdb_fields soft = out->fields;
    out->status = status;
    out->reply = reply;
    out->hit = *hit;
    svdb_expand(a, db, hit, &out->fields);
    if (!has_soft)
        return;
    struct span *to[] = {&out->fields.product,  &out->fields.version, &out->fields.extra,
                         &out->fields.hostname, &out->fields.os,      &out->fields.device};
    const struct span from[] = {soft.product,  soft.version, soft.extra,
                                soft.hostname, soft.os,      soft.device};
    for (size_t i = 0; i < sizeof to / sizeof *to; i++)
        if (span_is_absent(*to[i]))
            *to[i] = from[i];
}

static bool find_foreign(struct arena *a, const struct svdb *db, struct svdb_scratch *scratch,
                         const struct sf_found *found, struct svmatch *out)
{
    struct svdb_hit hit;
    for (uint32_t i = 0; i < found->n_replies; i++) {
        const int32_t probe = probe_of(db, found, i);
        if (probe < 0 ||
            !svdb_find_foreign(db, (uint32_t)probe, found->replies[i].bytes, scratch, &hit))
            continue;
        keep(a, db, out, i, &hit, SVMATCH_FOREIGN);
        return true;
    }
    return false;
}

void svmatch_run(struct arena *a, const struct svdb *db, struct svdb_scratch *scratch,
                 const struct sf_found *found, struct svmatch *out)
{
    struct svdb_hit hit;
    *out = (struct svmatch){0};
    for (uint32_t i = 0; i < found->n_replies; i++) {
        const int32_t probe = probe_of(db, found, i);
        if (probe < 0 || !svdb_find(db, (uint32_t)probe, found->replies[i].bytes, scratch, &hit))
            continue;
        if (!hit.is_soft) {
            keep(a, db, out, i, &hit, SVMATCH_HARD);
            return;
        }
        if (out->status == SVMATCH_NONE)
            keep(a, db, out, i, &hit, SVMATCH_SOFT);
    }
    if (out->status == SVMATCH_NONE)
        (void)find_foreign(a, db, scratch, found, out);
}

static void piece(struct writer *w, const char *before, struct span text, const char *after)
{
    if (span_is_absent(text))
        return;
    writer_str(w, before);
    writer_escaped(w, text);
    writer_str(w, after);
}

void svmatch_text(struct writer *w, const struct svmatch *m)
{
    if (m->status == SVMATCH_NONE) {
        writer_str(w, "no line matches");
        return;
    }
    writer_escaped(w, m->fields.service);
    piece(w, " ", m->fields.product, "");
    piece(w, " ", m->fields.version, "");
    piece(w, " (", m->fields.extra, ")");
    piece(w, "; host ", m->fields.hostname, "");
    piece(w, "; OS ", m->fields.os, "");
    piece(w, "; device ", m->fields.device, "");
    for (int i = 0; i < 3; i++)
        piece(w, i == 0 ? "; " : " ", m->fields.cpe[i], "");
}

static const char *word_of(enum svmatch_status s)
{
    static const char *const words[] = {"none", "matched", "soft", "foreign"};
    return words[s];
}

void svmatch_why(struct writer *w, const struct svdb *db, const struct sf_found *found,
                 const struct svmatch *m)
{
    const struct svdb_rule rule = svdb_rule_at(db, m->hit.rule);
    writer_str(w, "answer to ");
    writer_escaped(w, found->replies[m->reply].probe);
    writer_str(w, m->status == SVMATCH_FOREIGN ? ", by a line of another probe: "
                  : m->status == SVMATCH_SOFT  ? ", softmatch of "
                                               : ", match of ");
    writer_escaped(w, svdb_probe_at(db, m->hit.probe).name);
    writer_str(w, ", ");
    writer_escaped(w, svdb_source_at(db, rule.source).name);
    writer_str(w, ":");
    writer_dec(w, rule.line);
}

static void member(struct json *j, const char *name, struct span value)
{
    if (span_is_absent(value))
        return;
    json_key(j, name);
    json_text(j, value);
}

static void fields_json(struct json *j, const struct svdb_fields *f)
{
    json_key(j, "service");
    json_open(j, '{');
    member(j, "name", f->service);
    member(j, "product", f->product);
    member(j, "version", f->version);
    member(j, "extra", f->extra);
    member(j, "hostname", f->hostname);
    member(j, "os", f->os);
    member(j, "device", f->device);
    json_key(j, "cpe");
    json_open(j, '[');
    for (int i = 0; i < 3; i++)
        if (!span_is_absent(f->cpe[i]))
            json_text(j, f->cpe[i]);
    json_close(j, ']');
    json_close(j, '}');
}

void svmatch_json(struct json *j, const struct svdb *db, const struct sf_found *found,
                  const struct svmatch *m)
{
    json_key(j, "status");
    json_text(j, span_str(word_of(m->status)));
    if (m->status == SVMATCH_NONE)
        return;
    const struct svdb_rule rule = svdb_rule_at(db, m->hit.rule);
    fields_json(j, &m->fields);
    json_key(j, "why");
    json_open(j, '{');
    member(j, "probe", found->replies[m->reply].probe);
    member(j, "list", svdb_probe_at(db, m->hit.probe).name);
    member(j, "db", svdb_source_at(db, rule.source).name);
    json_key(j, "line");
    json_number(j, rule.line);
    json_close(j, '}');
}
