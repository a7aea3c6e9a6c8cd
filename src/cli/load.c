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
#include "cli/cache.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/opts.h"
#include "cli/osload.h"
#include "cli/say.h"
#include "cli/svload.h"
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

static void note_file(struct loader *l, struct span path)
{
    l->out->files[l->out->n_files++] = path;
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

static bool is_there(struct loader *l, struct span dir, const char *name, struct span *path)
{
    struct stat st;
    *path = path_join(l->run, dir, name);
    if (stat(path->ptr, &st) == 0)
        return true;
    if (errno != ENOENT && errno != ENOTDIR && !is_closed_to_us(l, dir)) {
        say_sys(l->err, *path, -errno);
        l->has_failed = true;
    }
    return false;
}

// What the databases of a generation are called.
struct os_names {
    const char *own;
    const char *reference; // NULL: it has none
    const struct span *builtin;
    const struct dbload_kind *kind;
};

static const struct os_names os_names[OSDB_GENS] = {
    [OSDB_SECOND] = {"os.db", "nmap-os-db", &builtin_os_db, &osload_kind},
    [OSDB_FIRST] = {"os1.db", "nmap-os-fingerprints", &builtin_os1_db, &osload_first_kind},
    [OSDB_NATIVE] = {"os6.db", NULL, &builtin_os6_db, &osload_native_kind},
};

static uint32_t find_os_files(struct loader *l, const struct os_names *names, uint32_t n_own,
                              struct dbload_input *out)
{
    const bool has_quirks = l->opts->quirks != QUIRKS_NONE;
    struct span path;
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_own && !has_quirks; i++)
        if (is_there(l, l->folder[i], names->own, &path))
            out[n++] = (struct dbload_input){.name = path};
    if (!has_quirks)
        out[n++] = (struct dbload_input){SPAN("built-in"), *names->builtin};
    for (uint32_t i = 0; i < l->n_folders && names->reference; i++) {
        if (!is_there(l, l->folder[i], names->reference, &path))
            continue;
        out[n++] = (struct dbload_input){.name = path};
        break; // one reference file is enough
    }
    return n;
}

static struct span cache_for(const struct loader *l, const struct cli_env *env)
{
    if (env->cachedir)
        return span_str(env->cachedir);
    return env->datadirs ? (struct span){NULL, 0} : cache_folder(l->run);
}

static void tell_no_references(const struct loader *l, const struct os_names *names)
{
    writer_str(l->err, "whorl: no ");
    writer_str(l->err, names->reference);
    writer_str(l->err, " was found, so --nmap-quirks has no database to match with\n");
    writer_flush(l->err);
}

static void put_osdb(struct loaded *out, enum osdb_gen gen, const struct dbload_result *r)
{
    out->os[gen] = r->db;
    out->os_mapped[gen] = r->mapped;
    if (gen != OSDB_SECOND)
        return;
    out->block = r->block;
    out->is_kept = r->is_kept;
}

// Of what is embedded one mention is enough.
static bool is_said_already(enum osdb_gen gen, struct span name)
{
    return gen == OSDB_NATIVE && span_eq(name, SPAN("built-in"));
}

// What IPv6 alone has goes with the second generation.
static bool is_of(const struct opts *o, enum osdb_gen gen)
{
    return gen == o->os_gen || (gen == OSDB_NATIVE && o->os_gen == OSDB_SECOND);
}

static void load_os(struct loader *l, enum osdb_gen gen, uint32_t n_own, const struct cli_env *env)
{
    const struct os_names *names = &os_names[gen];
    struct dbload_input inputs[FOLDERS_MAX + 2];
    struct dbload_result result;
    const struct dbload os = {
        .kind = names->kind,
        .mode = (uint32_t)l->opts->quirks,
        .inputs = inputs,
        .n_inputs = find_os_files(l, names, n_own, inputs),
        .cache = cache_for(l, env),
        .is_noted = l->opts->debug > 0,
    };
    if (!dbload_run(l->run, &os, &result, l->err)) {
        l->has_failed = true;
        return;
    }
    const struct osdb *db = result.db;
    put_osdb(l->out, gen, &result);
    l->out->n_broken += result.n_broken;
    for (uint32_t i = 0; i < osdb_n_sources(db); i++)
        if (osdb_source_at(db, i).err == ERR_OK && !is_said_already(gen, inputs[i].name))
            note_file(l, inputs[i].name);
    const bool is_wanted = gen == OSDB_SECOND || (gen == OSDB_FIRST && !l->opts->os_gens);
    if (osdb_count(db) == 0 && l->opts->quirks != QUIRKS_NONE && is_wanted)
        tell_no_references(l, names);
}

static uint32_t find_service_files(struct loader *l, uint32_t n_own, struct dbload_input *out)
{
    const bool has_quirks = l->opts->quirks != QUIRKS_NONE;
    struct span path;
    uint32_t n = 0;
    if (!span_is_absent(l->opts->versiondb)) {
        out[n++] = (struct dbload_input){.name = l->opts->versiondb};
        return n;
    }
    for (uint32_t i = 0; i < n_own && !has_quirks; i++)
        if (is_there(l, l->folder[i], "services.db", &path))
            out[n++] = (struct dbload_input){.name = path};
    if (!has_quirks)
        out[n++] = (struct dbload_input){SPAN("built-in"), builtin_services_db};
    for (uint32_t i = 0; i < l->n_folders; i++) {
        if (!is_there(l, l->folder[i], "nmap-service-probes", &path))
            continue;
        out[n++] = (struct dbload_input){.name = path};
        break;
    }
    return n;
}

static void load_rpc(struct loader *l)
{
    struct span path, text;
    struct err_at at = {0};
    for (uint32_t i = 0; i < l->n_folders && !l->out->rpc; i++) {
        if (!try_file(l, l->folder[i], "nmap-rpc", &path, &text))
            continue;
        if (svid_rpc_parse(l->run, text, &l->out->rpc, &at) != ERR_OK || at.code != ERR_OK)
            say_error(l->err, path, &at);
    }
}

static void load_probes(struct loader *l, uint32_t n_own, const struct cli_env *env)
{
    struct dbload_input inputs[FOLDERS_MAX + 2];
    struct dbload_result result;
    const struct dbload d = {
        .kind = &svload_kind,
        .inputs = inputs,
        .n_inputs = find_service_files(l, n_own, inputs),
        .cache = cache_for(l, env),
        .is_noted = l->opts->debug > 0,
    };
    if (!dbload_run(l->run, &d, &result, l->err)) {
        l->has_failed = true;
        return;
    }
    l->out->svdb = result.db;
    l->out->svdb_mapped = result.mapped;
    l->out->n_broken += result.n_broken;
    for (uint32_t i = 0; i < svdb_n_sources(l->out->svdb); i++)
        if (svdb_source_at(l->out->svdb, i).err == ERR_OK)
            note_file(l, inputs[i].name);
    load_rpc(l);
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

// What -sO calls the protocols: the table of the reference scanner, else the system's.
static void load_protocols(struct loader *l, const struct cli_env *env)
{
    struct span path, text;
    for (uint32_t i = 0; i < l->n_folders; i++)
        if (try_file(l, l->folder[i], "nmap-protocols", &path, &text) &&
            services_add_protocols(l->run, l->out->services, text) > 0) {
            note_file(l, path);
            return;
        }
    if (!env->datadirs && try_file(l, SPAN("/etc"), "protocols", &path, &text))
        (void)services_add_protocols(l->run, l->out->services, text);
}

// --servicedb: this file and no other.
static void load_given_services(struct loader *l)
{
    const struct span path = l->opts->servicedb;
    struct span text = SPAN("");
    const int rc = file_read(l->run, path, &text);
    if (rc <= 0)
        say_sys(l->err, path, rc < 0 ? rc : -ENOENT);
    l->has_failed |= rc <= 0 || !use_services(l, path, text);
}

static void load_services(struct loader *l, uint32_t n_own)
{
    struct span path, text;
    if (!span_is_absent(l->opts->servicedb)) {
        load_given_services(l);
        return;
    }
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

static void load_vendors(struct loader *l)
{
    struct span path, text;
    for (uint32_t i = 0; i < l->n_folders && !l->out->vendors; i++) {
        if (try_file(l, l->folder[i], "nmap-mac-prefixes", &path, &text) ||
            try_file(l, l->folder[i], "oui.txt", &path, &text))
            l->out->vendors = vendors_open(l->run, text);
    }
}

bool load_all(struct arena *run, const struct opts *o, const struct cli_env *env,
              struct loaded *out, struct writer *err)
{
    struct loader l = {.run = run, .opts = o, .out = out, .err = err};
    *out = (struct loaded){
        .files = arena_array(run, 4 * FOLDERS_MAX + 5, sizeof(struct span)),
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
    for (int gen = 0; gen < OSDB_GENS; gen++)
        if (o->os && (o->os_gens || is_of(o, (enum osdb_gen)gen)))
            load_os(&l, (enum osdb_gen)gen, n_own, env);
    if (o->services || o->udp_scan || !span_is_absent(o->hosts.ping_udp))
        load_probes(&l, n_own, env);
    load_services(&l, n_own);
    if (!env->datadirs)
        add_folder(&l, SPAN("/usr/share/ieee-data"));
    load_vendors(&l);
    if (o->proto_scan && !l.has_failed)
        load_protocols(&l, env);
    return !l.has_failed;
}

const char *load_os_name(enum osdb_gen gen)
{
    return os_names[gen].own;
}

const struct osdb *load_osdb(const struct loaded *data, enum osdb_gen gen)
{
    return data->os[gen];
}

void load_close(struct loaded *data)
{
    if (data->svdb)
        svdb_close(data->svdb);
    cache_close(data->svdb_mapped);
    data->svdb = NULL;
    data->svdb_mapped = (struct span){NULL, 0};
    for (int gen = 0; gen < OSDB_GENS; gen++) {
        cache_close(data->os_mapped[gen]);
        data->os_mapped[gen] = (struct span){NULL, 0};
    }
}
