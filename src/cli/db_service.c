// SPDX-License-Identifier: Apache-2.0
// "whorl db test-service": what the match lines make of saved answers of services, answer by
// answer, with the line that matched, what it captured and what came of it.
#include "cli/cli.h"
#include "cli/db.h"
#include "cli/say.h"
#include "cli/svmatch.h"

struct tester {
    struct db *db;
    struct svdb_scratch *scratch;
    struct span file;
    uint32_t n_damaged;
    uint32_t n_unmatched;
};

static void named(struct writer *w, const char *name, struct span value)
{
    if (span_is_absent(value))
        return;
    writer_str(w, "    ");
    writer_str(w, name);
    writer_blanks(w, 9 - strlen(name));
    writer_escaped(w, value);
    writer_str(w, "\n");
}

// Of our own files: a backslash is itself.
static void show_regex(struct writer *w, struct span regex)
{
    writer_str(w, "    regex    ");
    writer_dotted(w, regex);
    writer_str(w, "\n");
}

static void show_rule(struct tester *t, const struct svmatch *m)
{
    struct writer *w = &t->db->out;
    const struct svdb_rule r = svdb_rule_at(t->db->data.svdb, m->hit.rule);
    char name[] = "$0";
    show_regex(w, r.regex);
    if (r.is_caseless || r.is_dotall)
        named(w, "options", span_str(!r.is_dotall ? "i" : r.is_caseless ? "is" : "s"));
    for (uint32_t i = 1; i < m->hit.n_groups; i++) {
        name[1] = (char)('0' + i);
        named(w, name, m->hit.group[i]);
    }
}

// Templates that could not be filled in.
static void show_failed(struct writer *w, uint32_t failed)
{
    static const char *const names[] = {"service", "product", "version", "extra", "host",
                                        "OS",      "device",  "CPE a",   "CPE h", "CPE o"};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(failed >> i & 1))
            continue;
        writer_str(w, "    failed   ");
        writer_line(w, names[i]);
    }
}

static void show_fields(struct tester *t, const struct svdb_fields *f)
{
    struct writer *w = &t->db->out;
    named(w, "service", f->service);
    named(w, "product", f->product);
    named(w, "version", f->version);
    named(w, "extra", f->extra);
    named(w, "host", f->hostname);
    named(w, "OS", f->os);
    named(w, "device", f->device);
    for (int i = 0; i < 3; i++)
        named(w, "CPE", f->cpe[i]);
    show_failed(w, f->failed);
}

// One answer, as if it were the only one.
static void test_reply(struct tester *t, const struct sf_found *f, uint32_t i)
{
    struct writer *w = &t->db->out;
    struct sf_found one = *f;
    struct svmatch m;
    one.replies = &f->replies[i];
    one.n_replies = 1;
    svmatch_run(&t->db->arena, t->db->data.svdb, t->scratch, &one, &m);
    writer_str(w, "  ");
    writer_escaped(w, f->replies[i].probe);
    writer_str(w, ", ");
    writer_dec(w, f->replies[i].bytes.len);
    writer_str(w, " bytes: ");
    t->n_unmatched += m.status == SVMATCH_NONE;
    if (m.status == SVMATCH_NONE) {
        writer_str(w, "no line matches\n");
        return;
    }
    svmatch_why(w, t->db->data.svdb, &one, &m);
    writer_str(w, "\n");
    show_rule(t, &m);
    show_fields(t, &m.fields);
}

static void on_found(void *ctx, const struct sf_found *f)
{
    struct tester *t = ctx;
    struct writer *w = &t->db->out;
    if (f->damage) {
        say_at(&t->db->err, (struct say_place){t->file, f->damage_line}, f->damage, SPAN(""));
        t->n_damaged++;
        return;
    }
    writer_escaped(w, t->file);
    writer_str(w, ":");
    writer_dec(w, f->line);
    writer_str(w, ": port ");
    writer_dec(w, f->port);
    writer_str(w, "/");
    writer_escaped(w, f->proto);
    writer_str(w, f->is_tls ? ", inside of TLS\n" : "\n");
    for (uint32_t i = 0; i < f->n_replies; i++)
        test_reply(t, f, i);
}

// The whole file is the answer to --probe.
static void test_raw(struct tester *t, struct span text)
{
    const struct svdb *db = t->db->data.svdb;
    const bool is_udp = svdb_probe_named(db, SVDB_TCP, t->db->probe) < 0;
    const struct sf_reply reply = {t->db->probe, text, text.len};
    const struct sf_found f = {
        .line = 1, .proto = is_udp ? SPAN("UDP") : SPAN("TCP"), .replies = &reply, .n_replies = 1};
    on_found(t, &f);
}

static bool is_known_probe(const struct db *db)
{
    return svdb_probe_named(db->data.svdb, SVDB_TCP, db->probe) >= 0 ||
           svdb_probe_named(db->data.svdb, SVDB_UDP, db->probe) >= 0;
}

int db_test_service(struct db *db)
{
    struct tester t = {.db = db};
    db->opts.os = false;
    db->opts.services = true;
    if (!db_load(db, false))
        return EXIT_FAILED;
    if (!span_is_absent(db->probe) && !is_known_probe(db)) {
        say_about(&db->err, db->probe, "no file has a probe of this name");
        return EXIT_USAGE;
    }
    t.scratch = svdb_scratch_new(&db->arena, db->data.svdb);
    struct sf_finder *finder = sf_finder_new(&db->arena, on_found, &t);
    for (uint32_t i = 0; i < db->n_words; i++) {
        struct span text;
        t.file = db->words[i];
        if (!db_text(db, t.file, &text))
            return EXIT_FAILED;
        if (!span_is_absent(db->probe)) {
            test_raw(&t, text);
            continue;
        }
        sf_finder_feed(finder, text);
        sf_finder_end(finder);
    }
    return t.n_damaged + t.n_unmatched > 0 ? EXIT_FAILED : EXIT_DONE;
}
