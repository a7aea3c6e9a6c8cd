// SPDX-License-Identifier: Apache-2.0
#include "stage/osfirst.h"

#include "base/buf.h"
#include "osdb/first.h"

enum { WHY_MAX = 160, FLOOR_NUM = 2, FLOOR_DEN = 3 }; // of the attributes of the best reference

static struct span say_weak(struct arena *a, const struct osdb_coverage *c)
{
    struct buf b;
    buf_init(&b, arena_alloc(a, WHY_MAX), WHY_MAX);
    buf_str(&b, "too little was seen to name a system: ");
    buf_dec(&b, c->compared);
    buf_str(&b, " of ");
    buf_dec(&b, c->total);
    buf_str(&b, " attributes");
    return buf_span(&b);
}

// The reference scanner's last file of this kind.
static struct span age_of(const struct osdb *db, uint32_t ref)
{
    const struct span name = osdb_source_at(db, osdb_ref_at(db, ref).source).name;
    const struct span old = SPAN("nmap-os-fingerprints");
    const bool is_old = name.len >= old.len && span_eq(span_from(name, name.len - old.len), old);
    return is_old ? SPAN("references of 2007 and earlier") : (struct span){NULL, 0};
}

void osfirst_match(struct arena *a, const struct osdb *db, const struct osdb_subject *subject,
                   struct osdb_scratch *scratch, struct osdb_result *out,
                   struct os_projection *note)
{
    struct osdb_coverage c;
    osdb_first_match(db, subject, scratch, out, &c);
    *note = (struct os_projection){.compared = c.compared, .total = c.total};
    if (c.total == 0)
        return;
    note->age = age_of(db, out->match[0].ref);
    if (out->status != OSDB_SUCCESS || c.compared * FLOOR_DEN >= c.total * FLOOR_NUM)
        return;
    note->why = say_weak(a, &c);
    *out = (struct osdb_result){.status = OSDB_NO_MATCHES};
}
