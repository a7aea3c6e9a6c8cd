// SPDX-License-Identifier: Apache-2.0
// Verbs that only look: stats, search, show.
#include "cli/cli.h"
#include "cli/db.h"
#include "cli/say.h"

enum { COUNTS_SHOWN = 10 };

struct tally {
    struct span name;
    uint32_t n;
};

struct tallies {
    struct tally *all;
    uint32_t n;
};

static void count(struct tallies *t, struct span name)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (span_eq(t->all[i].name, name)) {
            t->all[i].n++;
            return;
        }
    t->all[t->n++] = (struct tally){name, 1};
}

static void number_line(struct writer *w, uint64_t n, const char *what)
{
    size_t digits = 1;
    for (uint64_t v = n; v >= 10; v /= 10)
        digits++;
    writer_blanks(w, digits < 7 ? 7 - digits : 0);
    writer_dec(w, n);
    writer_str(w, "  ");
    writer_str(w, what);
}

// The most frequent ones first.
static void tallies_write(struct writer *w, struct tallies *t, const char *title)
{
    writer_str(w, title);
    writer_str(w, " (");
    writer_dec(w, t->n);
    writer_str(w, ")\n");
    for (uint32_t k = 0; k < t->n && k < COUNTS_SHOWN; k++) {
        uint32_t best = k;
        for (uint32_t i = k + 1; i < t->n; i++)
            if (t->all[i].n > t->all[best].n)
                best = i;
        const struct tally top = t->all[best];
        memmove(&t->all[k + 1], &t->all[k], (best - k) * sizeof *t->all);
        t->all[k] = top;
        number_line(w, top.n, "");
        writer_escaped(w, top.name);
        writer_str(w, "\n");
    }
}

struct stats {
    struct tallies vendors;
    struct tallies families;
    struct tallies types;
    uint32_t n_classes;
    uint32_t n_cpes;
    uint32_t n_without_class;
    uint32_t n_without_cpe;
    uint64_t n_expressions;
};

static void add_ref(struct stats *s, const struct osdb_draft *d)
{
    bool has_cpe = false;
    for (uint32_t i = 0; i < d->n_classes; i++) {
        const struct osdb_draft_class *c = &d->classes[i];
        count(&s->vendors, c->vendor);
        count(&s->families, c->family);
        count(&s->types, c->type);
        s->n_cpes += c->n_cpe;
        has_cpe |= c->n_cpe > 0;
    }
    s->n_classes += d->n_classes;
    s->n_without_class += d->n_classes == 0;
    s->n_without_cpe += !has_cpe;
    for (int i = 0; i < ATTR_COUNT; i++)
        s->n_expressions += !span_is_absent(d->expr[i]);
}

static uint32_t files_write(struct writer *w, const struct osdb *osdb, const uint32_t *per_file)
{
    static const char *const heads[OSDB_GENS] = {"", "\nfirst generation (-O1)\n",
                                                 "\nwhat IPv6 alone has (-6 -O)\n"};
    uint32_t n_broken = 0;
    writer_str(w, heads[osdb_gen(osdb)]);
    writer_str(w, "references by file, in the order of their priority\n");
    for (uint32_t i = 0; i < osdb_n_sources(osdb); i++) {
        const struct osdb_source source = osdb_source_at(osdb, i);
        number_line(w, per_file[i], "");
        writer_escaped(w, source.name);
        writer_str(w, "\n");
        n_broken += source.n_broken;
    }
    return n_broken;
}

static void stats_write(struct writer *w, struct stats *s, uint32_t n_broken)
{
    writer_str(w, "all together\n");
    number_line(w, s->n_classes, "classes\n");
    number_line(w, s->n_cpes, "CPE names\n");
    number_line(w, s->n_expressions, "expressions\n");
    number_line(w, s->n_without_class, "references without a class\n");
    number_line(w, s->n_without_cpe, "references without a CPE name\n");
    number_line(w, n_broken, "lines that could not be read\n");
    tallies_write(w, &s->vendors, "classes by vendor");
    tallies_write(w, &s->families, "classes by family");
    tallies_write(w, &s->types, "classes by type");
}

static void stats_of(struct db *db, const struct osdb *osdb)
{
    struct stats s = {0};
    const uint32_t n = osdb_count(osdb);
    uint32_t *per_file = arena_array(&db->arena, osdb_n_sources(osdb) + 1, sizeof *per_file);
    uint32_t n_classes = 0;
    for (uint32_t i = 0; i < n; i++)
        n_classes += osdb_ref_at(osdb, i).n_classes;
    s.vendors.all = arena_array(&db->arena, n_classes, sizeof(struct tally));
    s.families.all = arena_array(&db->arena, n_classes, sizeof(struct tally));
    s.types.all = arena_array(&db->arena, n_classes, sizeof(struct tally));
    for (uint32_t i = 0; i < n; i++) {
        struct osdb_draft d;
        osdb_draft_of(&db->arena, osdb, i, &d);
        per_file[d.source]++;
        add_ref(&s, &d);
    }
    const uint32_t n_broken = files_write(&db->out, osdb, per_file);
    stats_write(&db->out, &s, n_broken);
}

int db_stats(struct db *db)
{
    if (!db_load_both(db))
        return EXIT_FAILED;
    for (int gen = 0; gen < OSDB_GENS; gen++)
        stats_of(db, db->data.os[gen]);
    return EXIT_DONE;
}

static bool has_text(struct span s, struct span text)
{
    for (size_t i = 0; i + text.len <= s.len; i++)
        if (span_eq_nocase(span_head(span_from(s, i), text.len), text))
            return true;
    return false;
}

static bool class_has(const struct osdb_draft_class *c, struct span text)
{
    for (uint32_t i = 0; i < c->n_cpe; i++)
        if (has_text(c->cpe[i], text))
            return true;
    return has_text(c->vendor, text) || has_text(c->family, text) ||
           has_text(c->generation, text) || has_text(c->type, text);
}

static bool draft_has(const struct osdb_draft *d, struct span text)
{
    for (uint32_t i = 0; i < d->n_classes; i++)
        if (class_has(&d->classes[i], text))
            return true;
    return has_text(d->name, text);
}

static void place_write(struct db *db, const struct osdb *osdb, const struct osdb_draft *d)
{
    writer_escaped(&db->out, osdb_source_at(osdb, d->source).name);
    writer_str(&db->out, ":");
    writer_dec(&db->out, d->line);
    static const char *const marks[OSDB_GENS] = {"\n", " (-O1)\n", " (IPv6)\n"};
    writer_str(&db->out, marks[osdb_gen(osdb)]);
}

static void class_write(struct writer *w, const struct osdb_draft_class *c)
{
    const struct span field[] = {c->vendor, c->family, c->generation, c->type};
    writer_str(w, "    ");
    for (int i = 0; i < 4; i++) {
        writer_str(w, i > 0 ? " | " : "");
        writer_escaped(w, field[i]);
    }
    for (uint32_t i = 0; i < c->n_cpe; i++) {
        writer_str(w, "  ");
        writer_escaped(w, c->cpe[i]);
    }
    writer_str(w, "\n");
}

static uint32_t search(struct db *db, const struct osdb *osdb)
{
    uint32_t n_found = 0;
    for (uint32_t i = 0; i < osdb_count(osdb); i++) {
        struct osdb_draft d;
        osdb_draft_of(&db->arena, osdb, i, &d);
        if (!draft_has(&d, db->words[0]))
            continue;
        n_found++;
        writer_escaped(&db->out, d.name);
        writer_str(&db->out, "\n");
        for (uint32_t k = 0; k < d.n_classes; k++)
            class_write(&db->out, &d.classes[k]);
        writer_str(&db->out, "    ");
        place_write(db, osdb, &d);
    }
    return n_found;
}

int db_search(struct db *db)
{
    if (!db_load_both(db))
        return EXIT_FAILED;
    uint32_t n_found = 0;
    for (int gen = 0; gen < OSDB_GENS; gen++)
        n_found += search(db, db->data.os[gen]);
    if (n_found == 0)
        say_about(&db->err, db->words[0], "no reference has this text");
    return n_found > 0 ? EXIT_DONE : EXIT_FAILED;
}

// Quality of a name for a request: 3 the very name, 2 but for case, 1 has the text, 0 not.
static int likeness(struct span name, struct span want)
{
    return span_eq(name, want) ? 3 : span_eq_nocase(name, want) ? 2 : has_text(name, want) ? 1 : 0;
}

static void show_one(struct db *db, const struct osdb *osdb, uint32_t ref)
{
    struct osdb_draft d;
    struct buf b;
    osdb_draft_of(&db->arena, osdb, ref, &d);
    const size_t room = osdb_draft_size(&d);
    buf_init(&b, arena_alloc(&db->arena, room), room);
    osdb_print_draft(&b, &d);
    struct span text = buf_span(&b);
    writer_str(&db->out, "# ");
    place_write(db, osdb, &d);
    while (text.len > 0) {
        writer_escaped(&db->out, span_cut(&text, '\n'));
        writer_str(&db->out, "\n");
    }
    writer_str(&db->out, "\n");
}

struct likest {
    int best;
    struct span name; // the first one that is so alike
    bool has_others;  // there are other names
};

static void find_likest(const struct osdb *osdb, struct span want, struct likest *to)
{
    for (uint32_t i = 0; i < osdb_count(osdb); i++) {
        const struct span name = osdb_ref_at(osdb, i).name;
        const int like = likeness(name, want);
        if (like > to->best)
            *to = (struct likest){.best = like, .name = name};
        else if (like == to->best && !span_eq(name, to->name))
            to->has_others = true;
    }
}

static void show_like(struct db *db, const struct osdb *osdb, int best)
{
    for (uint32_t i = 0; i < osdb_count(osdb); i++)
        if (likeness(osdb_ref_at(osdb, i).name, db->words[0]) == best)
            show_one(db, osdb, i);
}

int db_show(struct db *db)
{
    const struct span want = db->words[0];
    struct likest l = {0};
    if (!db_load_both(db))
        return EXIT_FAILED;
    for (int gen = 0; gen < OSDB_GENS; gen++)
        find_likest(db->data.os[gen], want, &l);
    if (l.best == 0 || (l.best == 1 && l.has_others)) {
        say_about(&db->err, want,
                  l.best == 0 ? "no reference has this name"
                              : "several names hold this; see whorl db search");
        return EXIT_FAILED;
    }
    for (int gen = 0; gen < OSDB_GENS; gen++)
        show_like(db, db->data.os[gen], l.best);
    return EXIT_DONE;
}
