// SPDX-License-Identifier: Apache-2.0
// Verdicts: matched against the database, then as text in the shape of the report's OS block or
// as one JSON object a line. Each is written out before the next one is looked for.
#include "cli/identify.h"
#include "report/osview.h"
#include "report/record.h"
#include "report/report.h"
#include "stage/judge.h"
#include "stage/osexplain.h"
#include "stage/osfirst.h"
#include "stage/osresult.h"
#include "stage/ossix.h"

static int rank(const struct osdb_result *r)
{
    if (r->status == OSDB_SUCCESS)
        return r->n_perfect > 0 ? 3 : 1;
    return r->status == OSDB_TOO_MANY ? 2 : 0;
}

static bool is_better(const struct osdb_result *a, const struct osdb_result *b)
{
    if (rank(a) != rank(b))
        return rank(a) > rank(b);
    return a->n > 0 && b->n > 0 && a->match[0].accuracy > b->match[0].accuracy;
}

static void match_one(struct identify *id, const struct osdb_subject *subject,
                      struct osdb_result *out, struct os_projection *note)
{
    const enum osdb_gen gen = osdb_gen(id->osdb);
    *note = (struct os_projection){0};
    if (gen == OSDB_FIRST && id->opts.quirks == QUIRKS_NONE)
        osfirst_match(&id->scratch, id->osdb, subject, id->matching[gen], out, note);
    else
        osdb_match(id->osdb, subject, id->matching[gen], out);
}

void identify_match(struct identify *id, const struct osdb_subject *subjects, uint32_t n,
                    struct os_result *os, struct osdb_result *best)
{
    struct osdb_result r;
    struct os_projection note;
    uint32_t at = 0;
    const enum osdb_gen gen = osdb_subject_gen(&subjects[0]);
    os->is_first = gen == OSDB_FIRST;
    if (gen == OSDB_SECOND && id->judge)
        os->verdict = judge_subjects(id->judge, &id->scratch, subjects, n);
    id->osdb = load_osdb(&id->data, gen);
    for (uint32_t i = 0; i < n; i++) {
        match_one(id, &subjects[i], i == 0 ? best : &r, &note);
        if (i == 0)
            os->projection = note;
        if (i == 0 || !is_better(&r, best))
            continue;
        *best = r;
        os->projection = note;
        at = i;
    }
    if (id->opts.explain)
        os->explanation = osexplain(&id->scratch, id->osdb, &subjects[at], best);
}

void identify_match_six(struct identify *id, const struct osdb_subject *subject,
                        struct os_result *os, struct osdb_result *best)
{
    struct arena *a = &id->scratch;
    id->osdb = id->data.os[OSDB_SECOND];
    const struct ossix six = {id->osdb, id->matching[OSDB_SECOND], id->data.os[OSDB_NATIVE]};
    ossix_match(a, &six, subject, best, &os->projection);
    if (id->opts.explain)
        os->explanation = osexplain_six(a, &six, subject, best);
}

static void matches_write(const struct identify *id, struct json *j, const struct os_result *os,
                          const struct osdb_result *result)
{
    struct osview v;
    osview_of(&v, &id->scan, os);
    const uint32_t n = v.verdict == OSVIEW_TOO_MANY ? result->n_perfect : v.n_names;
    json_key(j, "matches");
    json_open(j, '[');
    for (uint32_t i = 0; i < n; i++) {
        const struct osdb_ref ref = osdb_ref_at(id->osdb, result->match[i].ref);
        json_open(j, '{');
        json_key(j, "name");
        json_text(j, ref.name);
        json_key(j, "accuracy");
        json_percent(j, result->match[i].accuracy);
        json_key(j, "line");
        json_number(j, ref.line);
        json_key(j, "db");
        json_text(j, osdb_source_at(id->osdb, ref.source).name);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void host_write(struct json *j, const struct host *host)
{
    char text[IP_TEXT_MAX];
    const bool has_addr = host->addr.family != IP_NONE;
    json_key(j, "host");
    json_text(j, has_addr ? span_str(ip_text(&host->addr, text)) : host->name);
    if (has_addr && !span_is_absent(host->name)) {
        json_key(j, "hostname");
        json_text(j, host->name);
    }
}

static struct span whole_text(struct arena *a, const struct os_result *os)
{
    const size_t room = os->scan_line.len + 1 + os->lines.len;
    struct buf b;
    buf_init(&b, arena_alloc(a, room), room);
    if (!span_is_absent(os->scan_line)) {
        buf_bytes(&b, os->scan_line);
        buf_char(&b, '\n');
    }
    buf_bytes(&b, os->lines);
    return buf_span(&b);
}

static bool print_json(struct identify *id, uint64_t line, const struct host *host,
                       const struct osdb_result *result)
{
    struct json j;
    const struct os_result *os = host->os;
    json_init(&j, &id->out);
    json_open(&j, '{');
    json_key(&j, "file");
    json_text(&j, id->file);
    json_key(&j, "line");
    json_number(&j, line);
    host_write(&j, host);
    record_os_status(&j, os);
    matches_write(id, &j, os, result);
    record_os_classes(&j, os);
    json_key(&j, "fingerprint");
    json_text(&j, whole_text(&id->scratch, os));
    record_os_projection(&j, &os->projection);
    if (os->verdict)
        record_os_verdict(&j, os->verdict);
    if (os->explanation)
        record_os_explanation(&j, os->explanation);
    json_close(&j, '}');
    writer_str(&id->out, "\n");
    return writer_flush(&id->out);
}

static bool print_text(struct identify *id, uint64_t line, const struct host *host)
{
    struct buf b;
    const size_t room = id->file.len + 32;
    buf_init(&b, arena_alloc(&id->scratch, room), room);
    buf_bytes(&b, id->file);
    buf_char(&b, ':');
    buf_dec(&b, line);
    return report_saved(&id->out, &id->scan, host, buf_span(&b));
}

void identify_print(struct identify *id, uint64_t line, struct host *host, struct os_result *os,
                    const struct osdb_result *result)
{
    osresult_fill(&id->scratch, id->osdb, result, os);
    host->os = os;
    if (os->status == OS_MATCHED && os->n_perfect == 0)
        id->n_guessed++;
    else
        id->n_by_status[os->status]++;
    const bool is_good =
        id->opts.json ? print_json(id, line, host, result) : print_text(id, line, host);
    id->has_lost_output |= !is_good;
}
