// SPDX-License-Identifier: Apache-2.0
// A reference outside of any database: made from subjects, printed, or taken out of a database.
#pragma once

#include "osdb/osdb.h"

struct buf;

struct osdb_draft_class {
    struct span vendor;
    struct span family;
    struct span generation; // absent = none
    struct span type;
    const struct span *cpe;
    uint32_t n_cpe;
};

struct osdb_draft {
    struct span name;
    uint32_t line;   // of the "Fingerprint" line, 0 if it comes from no file
    uint32_t source; // its file, in the order of osdb_tree_add
    const struct osdb_draft_class *classes;
    uint32_t n_classes;
    struct span expr[ATTR_COUNT]; // absent: takes no part
};

// The reference `ref` of the database; its classes are copied into `a`, strings are borrowed.
void osdb_draft_of(struct arena *a, const struct osdb *db, uint32_t ref, struct osdb_draft *out);

// The text of an entry in a database file, tests and attributes in their fixed order: the
// inverse of the parser. At most osdb_draft_size bytes.
void osdb_print_draft(struct buf *b, const struct osdb_draft *d);
size_t osdb_draft_size(const struct osdb_draft *d);

// "MatchPoints" and its lines, at most LIMIT_DB_LINE bytes.
void osdb_print_points(struct buf *b, const struct osdb *db);

// Expressions that accept every value of the subjects, widened where a value is a sample of
// something continuous or belongs to the path and not to the stack. Sets out->expr; texts are
// borrowed or live in `a`. Rules: doc/whorl-db.5, ADDING.
void osdb_widen(struct arena *a, const struct osdb_subject *subjects, uint32_t n,
                struct osdb_draft *out);

// Widens `to` so that it accepts what `more` does. What `to` leaves out of a test that it has
// stays out.
void osdb_draft_join(struct arena *a, struct osdb_draft *to, const struct osdb_draft *more);

// A subject that the reference accepts: the alternative number `pick` of each expression (the
// last one if there are fewer), the low or the high end of ranges. Texts live in `a`.
void osdb_example(struct arena *a, const struct osdb_draft *d, uint32_t pick, bool is_high,
                  struct osdb_subject *out);

// Whether every value that `narrow` accepts is accepted by `wide`; whether a value exists that
// both accept. Attribute decides whether brackets are understood.
bool osdb_expr_covers(struct arena *scratch, struct span wide, struct span narrow, int attr);
bool osdb_expr_meets(struct arena *scratch, struct span a, struct span b, int attr);
