// SPDX-License-Identifier: Apache-2.0
// The verdict on an IPv6 host: the projection onto the IPv4 references (osdb/six.h) as the result
// that every report knows, and what was compared.
#pragma once

#include "model/result.h"
#include "osdb/osdb.h"

// What an IPv6 host is compared with.
struct ossix {
    const struct osdb *db;
    struct osdb_scratch *scratch; // for db
    const struct osdb *native;    // of OSDB_NATIVE; NULL: there is none
};

// *out has no matches if none may be named; *note says why.
void ossix_match(struct arena *a, const struct ossix *six, const struct osdb_subject *subject,
                 struct osdb_result *out, struct os_projection *note);

// For explanations: of each attribute the value that the best match accepts, else the first.
void ossix_subject(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                   const struct osdb_result *best, struct osdb_subject *out);
