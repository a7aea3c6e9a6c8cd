// SPDX-License-Identifier: Apache-2.0
// The way to a host in the kinds of report (output spec 2.7).
#pragma once

struct host;
struct json;
struct scan;
struct writer;

// host->route is there.
void route_write(struct writer *w, const struct scan *scan, const struct host *host);
void route_xml_write(struct writer *w, const struct host *host);
void route_record(struct json *j, const struct host *host); // key and value
