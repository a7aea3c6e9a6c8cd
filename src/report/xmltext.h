// SPDX-License-Identifier: Apache-2.0
// XML text that every parser takes, whatever bytes go in (XML 1.0 section 2.2).
#pragma once

#include <stdint.h>

#include "base/span.h"
#include "report/writer.h"

// For attribute values, text and comments: entities; UTF-8 as it is; "\xHH" for bytes that are
// not UTF-8 and for characters that XML cannot hold; never two hyphens in a row.
void xml_text(struct writer *w, struct span s);

// ' name="value"'; the some forms write nothing for an absent value.
void xml_put(struct writer *w, const char *name, struct span value);
void xml_put_number(struct writer *w, const char *name, int64_t value);
void xml_some(struct writer *w, const char *name, struct span value);

// '<elem key="...">text</elem>' of a script's table; nothing for an absent text.
void xml_elem(struct writer *w, const char *key, struct span text);

// A sink that escapes what passes through it to another writer.
struct xml_sink {
    struct sink sink; // first
    struct writer *w;
    uint32_t last; // character
};

void xml_sink_init(struct xml_sink *x, struct writer *w);
