// SPDX-License-Identifier: Apache-2.0
// The verdict on hosts, from what the stages found. The model of the database is built when it is
// first needed; a run that detects no systems never pays for it.
#pragma once

#include "base/arena.h"
#include "osdb/osdb.h"

struct host;
struct judge;
struct os_verdict;

// NULL if the database has no such model: first generation, a reference scanner's behaviour, or
// nothing in it. Borrows db.
struct judge *judge_new(struct arena *run, const struct osdb *db);

// Builds the model now: before packets whose spacing is measured are under way.
void judge_ready(struct judge *j);

// On fingerprints of one host, at least one, without what else is known of it. Texts of the
// database are borrowed, all else lives in `a`.
const struct os_verdict *judge_subjects(struct judge *j, struct arena *a,
                                        const struct osdb_subject *tries, uint32_t n);

// Puts what stands in between, or behind the address, into h->findings; before judge_host.
void judge_path(struct host *h);

// Verdicts tell what would decide, from now on.
void judge_explains(struct judge *j);

// Puts the verdict into host->os, if there is enough to judge.
void judge_host(struct judge *j, struct host *h);

// What would decide; h->os has fingerprints.
struct verdict_wishes;
void judge_wishes(struct judge *j, const struct host *h, struct verdict_wishes *out);
