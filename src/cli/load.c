// SPDX-License-Identifier: Apache-2.0
// Priority is the order of reading: what was read first wins ties. The user's files come before
// the embedded data, the embedded data before the reference scanner's. With --nmap-quirks only
// the reference's own files count, so that verdicts can be compared.
#include "cli/load.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builtin/builtin.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/opts.h"
#include "cli/say.h"
#include "config.h"

enum { FOLDERS_MAX = 16 };

static const char nmap_dir[] = "/usr/share/nmap:/usr/local/share/nmap";

struct loader {
    struct arena *run;
    const struct opts *opts;
    struct loaded *out;
    struct writer *err;
    struct span folder[FOLDERS_MAX];
    uint32_t n_folders;
    bool has_failed;
    uint32_t n_told; // broken lines told of the current file
};

static void add_folder(struct loader *l, struct span dir)
{
    if (dir.len > 0 && l->n_folders < FOLDERS_MAX)
        l->folder[l->n_folders++] = dir;
}

static void add_list(struct loader *l, const char *list)
{
    struct span rest = span_str(list);
    while (!span_is_absent(rest))
        add_folder(l, span_cut(&rest, ':'));
}

struct span load_user_folder(struct arena *run)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    if (data && data[0] == '/')
        return path_join(run, span_str(data), "whorl");
    if (home && home[0] == '/')
        return path_join(run, span_str(home), ".local/share/whorl");
    return (struct span){NULL, 0};
}

static void on_broken(void *ctx, const char *file, const struct err_at *at)
{
    struct loader *l = ctx;
    l->out->n_broken++;
    if (++l->n_told <= LIMIT_DB_ERRORS)
        say_error(l->err, span_str(file), at);
    else if (l->n_told == LIMIT_DB_ERRORS + 1)
        say_about(l->err, span_str(file), "more broken lines follow; not shown");
}

static void note_file(struct loader *l, struct span path)
{
    l->out->files[l->out->n_files++] = path;
}

static void add_os_text(struct loader *l, struct span path, struct span text)
{
    l->n_told = 0;
    l->out->os_files[l->out->n_os_files++] = path;
    if (osdb_add(l->out->osdb, path.ptr, text, on_broken, l) == ERR_OK)
        note_file(l, path);
}

// Another user's home and the like; the folder of --datadir must be usable.
static bool is_closed_to_us(const struct loader *l, struct span dir)
{
    return dir.ptr != l->opts->datadir.ptr && access(path_join(l->run, dir, ".").ptr, F_OK) < 0 &&
           errno == EACCES;
}

// True if the file was there.
static bool try_file(struct loader *l, struct span dir, const char *name, struct span *path,
                     struct span *text)
{
    *path = path_join(l->run, dir, name);
    const int rc = file_read(l->run, *path, text);
    if (rc == -EACCES && is_closed_to_us(l, dir))
        return false;
    if (rc < 0) {
        say_sys(l->err, *path, rc);
        l->has_failed = true;
    }
    return rc > 0;
}

static void load_os(struct loader *l, uint32_t n_own)
{
    const enum quirks quirks = l->opts->quirks;
    struct span path, text;
    l->out->osdb = osdb_new(l->run, quirks);
    for (uint32_t i = 0; i < n_own && quirks == QUIRKS_NONE; i++)
        if (try_file(l, l->folder[i], "os.db", &path, &text))
            add_os_text(l, path, text);
    if (quirks == QUIRKS_NONE)
        add_os_text(l, SPAN("built-in"), builtin_os_db);
    for (uint32_t i = 0; i < l->n_folders; i++) {
        if (!try_file(l, l->folder[i], "nmap-os-db", &path, &text))
            continue;
        add_os_text(l, path, text);
        break; // one reference file is enough
    }
    if (osdb_count(l->out->osdb) == 0 && quirks != QUIRKS_NONE)
        say(l->err, "no nmap-os-db was found, so --nmap-quirks has no database to match with");
}

static bool use_services(struct loader *l, struct span path, struct span text)
{
    struct err_at at = {0};
    if (services_parse(l->run, text, &l->out->services, &at) != ERR_OK) {
        say_error(l->err, path, &at);
        return false;
    }
    if (at.code != ERR_OK)
        say_error(l->err, path, &at);
    note_file(l, path);
    return true;
}

static void load_services(struct loader *l, uint32_t n_own)
{
    struct span path, text;
    for (uint32_t i = 0; i < l->n_folders; i++) {
        const char *name = i < n_own ? "services.tab" : "nmap-services";
        if (try_file(l, l->folder[i], name, &path, &text) && use_services(l, path, text))
            return;
        if (i < n_own && try_file(l, l->folder[i], "nmap-services", &path, &text) &&
            use_services(l, path, text))
            return;
    }
    l->has_failed |= !use_services(l, SPAN("built-in"), builtin_services);
}

static bool check_datadir(const struct loader *l)
{
    struct stat st;
    const struct span dir = l->opts->datadir;
    if (span_is_absent(dir))
        return true;
    if (stat(dir.ptr, &st) < 0) {
        say_sys(l->err, dir, errno);
        return false;
    }
    if (!S_ISDIR(st.st_mode)) {
        say_sys(l->err, dir, ENOTDIR);
        return false;
    }
    return true;
}

bool load_all(struct arena *run, const struct opts *o, const struct cli_env *env,
              struct loaded *out, struct writer *err)
{
    struct loader l = {.run = run, .opts = o, .out = out, .err = err};
    *out = (struct loaded){
        .files = arena_array(run, 2 * FOLDERS_MAX + 2, sizeof(struct span)),
        .os_files = arena_array(run, FOLDERS_MAX + 2, sizeof(struct span)),
    };
    if (!check_datadir(&l))
        return false;
    if (!span_is_absent(o->datadir))
        add_folder(&l, o->datadir);
    if (env->datadirs) {
        add_list(&l, env->datadirs);
    } else {
        if (getenv("WHORL_DATADIR"))
            add_list(&l, getenv("WHORL_DATADIR"));
        add_folder(&l, load_user_folder(run));
        add_list(&l, WHORL_DATADIR);
    }
    const uint32_t n_own = l.n_folders;
    if (!env->datadirs)
        add_list(&l, nmap_dir);
    if (o->os)
        load_os(&l, n_own);
    load_services(&l, n_own);
    return !l.has_failed;
}

struct span load_source(const struct loaded *data, uint32_t source)
{
    return source < data->n_os_files ? data->os_files[source] : SPAN("?");
}
