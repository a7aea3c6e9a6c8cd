// SPDX-License-Identifier: Apache-2.0
// A further scan goes into the root of the XML report that a file holds already, before its
// statistics, so that the file stays one document.
#include "report/report.h"

static size_t last_of(struct span text, struct span what)
{
    for (size_t i = text.len >= what.len ? text.len - what.len + 1 : 0; i-- > 0;)
        if (span_starts(span_from(text, i), what))
            return i;
    return SIZE_MAX;
}

static uint64_t number_behind(struct span text, struct span what)
{
    const size_t at = last_of(text, what);
    uint64_t n = 0;
    if (at == SIZE_MAX)
        return 0;
    for (size_t i = at + what.len; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
        if (n < UINT32_MAX)
            n = n * 10 + (uint64_t)(text.ptr[i] - '0');
    return n;
}

bool report_xml_joint(struct span head, struct span tail, struct report_joint *out)
{
    static const struct span host = {"</host>\n", 8};
    const size_t stats = last_of(tail, SPAN("<runstats>"));
    const size_t finished = last_of(tail, host);
    *out = (struct report_joint){.is_joined = true};
    if (last_of(head, SPAN("<nmaprun")) == SIZE_MAX)
        return false;
    if (stats != SIZE_MAX) {
        const struct span counts = span_from(tail, stats);
        out->kept = stats;
        out->up = number_behind(counts, SPAN("<hosts up=\""));
        out->total = number_behind(counts, SPAN("\" total=\""));
        return true;
    }
    out->kept = finished == SIZE_MAX ? 0 : finished + host.len;
    return finished != SIZE_MAX;
}
