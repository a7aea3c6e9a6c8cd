// SPDX-License-Identifier: Apache-2.0
#include "report/ranges.h"

#include "report/writer.h"

void ranges_init(struct ranges *r, struct writer *w)
{
    *r = (struct ranges){.w = w};
}

void ranges_end(struct ranges *r)
{
    if (!r->has_any)
        return;
    writer_str(r->w, r->has_first ? "," : "");
    writer_dec(r->w, r->lo);
    if (r->hi > r->lo) {
        writer_str(r->w, "-");
        writer_dec(r->w, r->hi);
    }
    r->has_first = true;
    r->has_any = false;
}

void ranges_add(struct ranges *r, uint32_t n)
{
    if (r->has_any && n == r->hi + 1) {
        r->hi = n;
        return;
    }
    ranges_end(r);
    r->has_any = true;
    r->lo = n;
    r->hi = n;
}
