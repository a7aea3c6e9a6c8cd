// SPDX-License-Identifier: Apache-2.0
// Private to saved: the parts of a JSON line (doc/whorl-json.md), inverse of src/report/record*.c.
#pragma once

#include "saved/reader.h"
#include "saved/values.h"

// "begin" and "end" into a scan; a holds its texts.
void lines_scan(struct arena *a, const json_t *o, struct scan *out);
void lines_totals(struct arena *a, const json_t *o, struct scan *out);

// What "up" and "host" have in common; false if there is no address.
bool lines_found(struct arena *a, const json_t *o, struct host *out);
// Its ports, also of "ports".
void lines_ports(struct build *b, const json_t *o);
// The rest of "host", into b->host and its lists.
void lines_host(struct build *b, const json_t *o);

void lines_scripts(struct scripts *all, struct arena *to, const json_t *list);

// State, reason, TTL; the number too if it has one. False if a word is unknown.
bool lines_port(const json_t *o, struct port *out);
// The sender, if it is not the host itself.
const struct ip_addr *lines_sender(const json_t *o, struct ip_addr *mem);

void lines_service(struct arena *a, const json_t *o, struct service *out);
struct span lines_reply(struct arena *a, const json_t *o, uint64_t *len);
enum service_tunnel lines_tunnel(const json_t *o);

void lines_os(struct build *b, const json_t *o);
const struct os_verdict *lines_verdict(struct arena *a, const json_t *o); // NULL: there is none
const struct os_explanation *lines_explanation(struct arena *a, const json_t *o);
