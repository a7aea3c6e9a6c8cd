// SPDX-License-Identifier: Apache-2.0
// Parts of the JSON record, shared by its files and by whoever prints the same facts elsewhere.
// doc/whorl-json.md describes the record.
#pragma once

#include <stdint.h>

#include "report/json.h"

struct host;
struct os_class_match;
struct os_explanation;
struct os_match;
struct os_projection;
struct os_result;
struct os_verdict;
struct port;
struct scan;
struct service;

enum {
    RECORD_SCHEMA = 1,
    RECORD_LIST_MAX = 25,         // ports of one kind that are listed one by one
    RECORD_REPLIES_MAX = 4 << 20, // bytes of answers and fingerprints in one host record
};

// Keys of an open object.
void record_begin_keys(struct json *j, const struct scan *scan);
void record_end_keys(struct json *j, const struct scan *scan);
void record_address_keys(struct json *j, const struct host *host);
void record_host_keys(struct json *j, const struct scan *scan, const struct host *host);
void record_port_keys(struct json *j, const struct host *host, const struct port *p);
// The same with its service, but for the answers.
void record_asked_keys(struct json *j, const struct scan *scan, const struct host *host,
                       const struct port *p);
void record_ports_keys(struct json *j, const struct scan *scan, const struct host *host);

void record_found_keys(struct json *j, const struct host *host); // what discovery tells

// room: what is left for answers and fingerprints.
void record_service_keys(struct json *j, const struct service *s, size_t *room);

// "os": what an OS detection found. The first three of its keys alone:
void record_os_keys(struct json *j, const struct os_result *os);
void record_os_status(struct json *j, const struct os_result *os);
void record_os_matches(struct json *j, const struct os_match *matches, uint32_t n);
void record_os_classes(struct json *j, const struct os_result *os);
void record_os_projection(struct json *j,
                          const struct os_projection *p); // nothing if there is none
void record_os_explanation(struct json *j, const struct os_explanation *e);
void record_os_verdict(struct json *j, const struct os_verdict *v);
