// SPDX-License-Identifier: Apache-2.0
// Finds and loads the data files: OS databases (os.db, nmap-os-db; of the first generation os1.db,
// nmap-os-fingerprints; what IPv6 alone has: os6.db) and the services table (services.tab,
// nmap-services). Folders in order: --datadir, WHORL_DATADIR, the user's, the
// system's, that of an installed reference scanner. All OS databases found are used together,
// the embedded one among them; of the services tables the first wins, and so it is with the makers
// of interfaces (nmap-mac-prefixes, or oui.txt of ieee-data).
#pragma once

#include "base/arena.h"
#include "model/services.h"
#include "model/vendors.h"
#include "osdb/osdb.h"
#include "report/writer.h"
#include "svid/svid.h"

struct cli_env;
struct opts;

struct loaded {
    const struct osdb *os[OSDB_GENS]; // NULL unless asked for
    struct span os_mapped[OSDB_GENS]; // what they lie in if they are from the cache
    struct span block;                // the compiled database of the second generation as bytes
    bool is_kept;                     // and the cache has it
    const struct svdb *svdb;          // NULL unless asked for
    struct span svdb_mapped;          // as above
    const struct svid_rpc *rpc;       // NULL: no list of programs was found
    struct services *services;
    struct vendors *vendors; // NULL: no list was found
    struct span *files;      // that were read, "built-in" for embedded ones
    uint32_t n_files;
    uint32_t n_broken; // lines that could not be read
};

// Broken lines are told on err and do not fail. False (told on err): --datadir is no folder, a
// file cannot be read though it exists, or no usable table is left.
bool load_all(struct arena *run, const struct opts *o, const struct cli_env *env,
              struct loaded *out, struct writer *err);

// Where the user's own data files are, absent if it cannot be told. Ends with NUL.
struct span load_user_folder(struct arena *run);

// "os.db", "os1.db", "os6.db".
const char *load_os_name(enum osdb_gen gen);

const struct osdb *load_osdb(const struct loaded *data, enum osdb_gen gen);

// Gives back what the cache lent.
void load_close(struct loaded *data);
