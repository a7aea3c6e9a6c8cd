// SPDX-License-Identifier: Apache-2.0
// Private to saved: what the kinds of lines of a work list share.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct arena;
struct port;
struct work_item;
struct worklist;
struct workscan;

void work_tell(struct worklist *w, const struct work_item *item);

void work_damage(struct worklist *w, const char *what, struct span token);
void work_target(struct worklist *w, struct span spec);
void work_port(struct worklist *w, struct span spec, const struct port *port);

bool work_state(struct span s, uint8_t *out);
bool work_proto(struct span s, uint8_t *out);
bool work_number(struct span s, uint16_t *out); // 1 .. 65535

// A line of masscan -oJ or naabu -json: an object, or the brackets and commas between objects.
void work_json(struct worklist *w, struct span line);

// A saved scan (workscan.c): its hosts and their ports. Ended by workscan_close, told or not.
struct workscan *workscan_open(struct arena *run, struct worklist *w);
void workscan_feed(struct workscan *s, struct span bytes);
void workscan_end(struct workscan *s);
void workscan_close(struct workscan *s);
