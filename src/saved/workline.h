// SPDX-License-Identifier: Apache-2.0
// Private to saved: what the kinds of lines of a work list share.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct port;
struct worklist;

void work_damage(struct worklist *w, const char *what, struct span token);
void work_target(struct worklist *w, struct span spec);
void work_port(struct worklist *w, struct span spec, const struct port *port);

bool work_state(struct span s, uint8_t *out);
bool work_proto(struct span s, uint8_t *out);
bool work_number(struct span s, uint16_t *out); // 1 .. 65535

// A line of masscan -oJ or naabu -json: an object, or the brackets and commas between objects.
void work_json(struct worklist *w, struct span line);
