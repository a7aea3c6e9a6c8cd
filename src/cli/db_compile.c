// SPDX-License-Identifier: Apache-2.0
// "whorl db compile": all databases as one block. It happens by itself when a scan needs them;
// this verb does it ahead, tells how large it is, and can put the block into a file.
#include "cli/db.h"

#include "cli/cli.h"
#include "cli/file.h"
#include "cli/say.h"

static int put_file(struct db *db, struct span path)
{
    const int rc = file_replace(&db->arena, path, db->data.block);
    if (rc == 0)
        return EXIT_DONE;
    say_sys(&db->err, path, rc);
    return EXIT_FAILED;
}

int db_compile(struct db *db)
{
    db->opts.os_gens = true;
    if (!db_load(db, false))
        return EXIT_FAILED;
    const struct osdb *osdb = db->data.os[OSDB_SECOND];
    writer_dec(&db->out, osdb_count(osdb));
    writer_str(&db->out, " references of ");
    writer_dec(&db->out, osdb_n_sources(osdb));
    writer_str(&db->out, osdb_n_sources(osdb) == 1 ? " file, " : " files, ");
    writer_dec(&db->out, db->data.block.len);
    writer_line(&db->out, db->data.is_kept ? " bytes, in the cache" : " bytes, not in the cache");
    return db->n_words > 0 ? put_file(db, db->words[0]) : EXIT_DONE;
}
