// SPDX-License-Identifier: Apache-2.0
#include "cli/pathnotes.h"

#include "cli/output.h"
#include "verdict/path.h"

void pathnotes_tell(struct arena *run, const struct path_tally *tally, struct outputs *outputs,
                    const struct scan *scan)
{
    uint32_t next = 0;
    struct span text = path_say(run, tally, &next);
    while (!span_is_absent(text)) {
        outputs_note(outputs, scan, text);
        text = path_say(run, tally, &next);
    }
}
