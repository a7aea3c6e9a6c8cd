// SPDX-License-Identifier: Apache-2.0
// Results of scripts in JSON lines, as src/report/script.c writes them.
#include "saved/lines.h"
#include "saved/values.h"

enum { DEPTH_MAX = 255 };

static void parts_of(struct scripts *all, struct arena *to, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        const struct script_part p = {
            .depth = (uint8_t)value_int(o, "depth", 0, DEPTH_MAX, 0),
            .is_table = value_true(o, "table"),
            .key = value_text(to, o, "key"),
            .text = value_text(to, o, "text"),
        };
        if (scripts_have_room(all, p.key.len + p.text.len))
            scripts_part(all, &p);
    }
}

void lines_scripts(struct scripts *all, struct arena *to, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        struct script s = {.id = value_text(to, o, "id"), .output = value_text(to, o, "output")};
        uint8_t proto = 0;
        if (span_is_absent(s.id) || !scripts_have_room(all, s.id.len + s.output.len))
            continue;
        s.is_of_port = word_proto(value_plain(o, "protocol"), &proto);
        s.proto = proto;
        s.port = (uint16_t)value_int(o, "portid", 0, UINT16_MAX, 0);
        parts_of(all, to, json_object_get(o, "parts"));
        scripts_add(all, to, &s);
    }
}
