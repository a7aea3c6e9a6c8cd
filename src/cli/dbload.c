// SPDX-License-Identifier: Apache-2.0
// Broken lines are told from the block, so that they are told in every run, cached or not.
#include "cli/dbload.h"

#include <errno.h>

#include "base/digest.h"
#include "base/limits.h"
#include "cli/cache.h"
#include "cli/file.h"
#include "cli/say.h"
#include "config.h"

static void begin_key(struct digest *d, const struct dbload *l)
{
    const uint64_t mode = l->mode;
    digest_init(d);
    file_digest_text(SPAN(WHORL_VERSION), d);
    digest_add(d, span_of(&mode, sizeof mode));
}

static bool told(struct writer *err, struct span name, int rc)
{
    say_sys(err, name, rc);
    return false;
}

static bool key_of_files(const struct dbload *l, struct digest_value *out, struct writer *err)
{
    struct digest d;
    begin_key(&d, l);
    for (uint32_t i = 0; i < l->n_inputs; i++) {
        const struct dbload_input *in = &l->inputs[i];
        file_digest_text(in->name, &d);
        if (!span_is_absent(in->text)) {
            file_digest_text(in->text, &d);
            continue;
        }
        const int rc = file_digest(in->name, &d);
        if (rc <= 0)
            return told(err, in->name, rc < 0 ? rc : -ENOENT);
    }
    *out = digest_end(&d);
    return true;
}

// Texts into `scratch`; the key is that of what was really read.
static bool parse_files(struct arena *scratch, const struct dbload *l, void *tree,
                        struct digest_value *key, struct writer *err)
{
    struct digest d;
    begin_key(&d, l);
    for (uint32_t i = 0; i < l->n_inputs; i++) {
        struct dbload_input in = l->inputs[i];
        const int rc = span_is_absent(in.text) ? file_read(scratch, in.name, &in.text) : 1;
        if (rc <= 0)
            return told(err, in.name, rc < 0 ? rc : -ENOENT);
        file_digest_text(in.name, &d);
        file_digest_text(in.text, &d);
        l->kind->add(tree, in.name.ptr, in.text);
    }
    *key = digest_end(&d);
    return true;
}

static void note(const struct dbload *l, struct writer *err, const char *what)
{
    if (l->is_noted)
        say_about(err, l->cache, what);
}

static bool compile(struct arena *run, const struct dbload *l, struct span *block,
                    struct digest_value *key, struct writer *err)
{
    struct arena texts, scratch;
    arena_init(&texts, l->kind->label);
    arena_init(&scratch, l->kind->label);
    void *tree = l->kind->tree_new(&texts, l->mode);
    bool is_good = parse_files(&texts, l, tree, key, err);
    if (is_good && l->kind->compile(run, &scratch, tree, block) != ERR_OK) {
        say(err, l->kind->too_big);
        is_good = false;
    }
    arena_fini(&scratch);
    arena_fini(&texts);
    return is_good;
}

static bool from_cache(struct arena *run, const struct dbload *l, struct digest_value key,
                       struct dbload_result *out, struct writer *err)
{
    struct err_at at;
    struct span bytes;
    if (span_is_absent(l->cache))
        return false;
    const int rc = cache_open(l->cache, l->kind->prefix, key, &bytes);
    if (rc == -ENOENT)
        return false;
    if (rc < 0) {
        note(l, err, "this cache folder or file is not used: it is not ours alone, or unreadable");
        return false;
    }
    if (l->kind->open(run, bytes, &out->db, &at) == ERR_OK) {
        out->mapped = out->block = bytes;
        out->is_kept = true;
        note(l, err, l->kind->taken);
        return true;
    }
    cache_close(bytes);
    note(l, err, at.what);
    return false;
}

static bool make(struct arena *run, const struct dbload *l, struct dbload_result *out,
                 struct writer *err)
{
    struct digest_value key;
    struct span block;
    struct err_at at;
    if (!compile(run, l, &block, &key, err))
        return false;
    if (l->kind->open(run, block, &out->db, &at) != ERR_OK) {
        say_error(err, span_str(l->kind->label), &at);
        return false;
    }
    out->block = block;
    if (span_is_absent(l->cache))
        return true;
    const bool is_kept = cache_put(l->cache, l->kind->prefix, key, block) == 0;
    out->is_kept = is_kept;
    note(l, err, is_kept ? l->kind->kept : l->kind->not_kept);
    return true;
}

static void tell_broken(const struct dbload_kind *kind, const void *db, struct writer *err)
{
    uint32_t n_told = 0;
    for (uint32_t i = 0; i < kind->n_diags(db); i++) {
        const struct dbload_diag d = kind->diag(db, i);
        const struct dbload_source s = kind->source(db, d.source);
        say_error(err, s.name, &d.at);
        n_told = i > 0 && kind->diag(db, i - 1).source == d.source ? n_told + 1 : 1;
        if (n_told == LIMIT_DB_ERRORS && s.n_broken > LIMIT_DB_ERRORS)
            say_about(err, s.name, "more broken lines follow; not shown");
    }
}

bool dbload_run(struct arena *run, const struct dbload *l, struct dbload_result *out,
                struct writer *err)
{
    struct digest_value key;
    *out = (struct dbload_result){0};
    if (!key_of_files(l, &key, err))
        return false;
    if (!from_cache(run, l, key, out, err) && !make(run, l, out, err))
        return false;
    tell_broken(l->kind, out->db, err);
    for (uint32_t i = 0; i < l->kind->n_sources(out->db); i++)
        out->n_broken += l->kind->source(out->db, i).n_broken;
    return true;
}
