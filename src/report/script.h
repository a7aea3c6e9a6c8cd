// SPDX-License-Identifier: Apache-2.0
// Results of scripts in the kinds of report (output spec 2.3 part 15, 4.3).
#pragma once

#include <stdint.h>

struct host;
struct json;
struct port;
struct script;
struct writer;

// Text: below the row of a port; behind everything about the system; of the whole scan.
void scripts_port_write(struct writer *w, const struct host *host, const struct port *p);
void scripts_host_write(struct writer *w, const struct host *host);
void scripts_scan_write(struct writer *w, const char *title, const struct script *list, uint32_t n);

// XML: those of a port, or with NULL those of the host; of the whole scan, inside of `element`.
void scripts_xml_write(struct writer *w, const struct host *host, const struct port *p);
void scripts_xml_scan(struct writer *w, const char *element, const struct script *list, uint32_t n);

// JSON: the key, if there are any.
void scripts_key(struct json *j, const char *key, const struct script *list, uint32_t n);

uint32_t scripts_of_host(const struct host *host); // that belong to no port
