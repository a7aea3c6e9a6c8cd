// SPDX-License-Identifier: Apache-2.0
// What of a service is shown (service-detection spec 4.1, 4.2, 4.4, 4.7), as data for every kind
// of report: name, tunnel, doubt, version text, and what the services tell about their host.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct buf;
struct host;
struct port;
struct scan;
struct service;

enum {
    SERVICEVIEW_VERSION_MAX = 159, // bytes of the version text
    SERVICEVIEW_INFO_MAX = 5,      // values of one kind in the info line
};

struct serviceview {
    const struct service *service; // NULL: the port was not asked
    struct span name;              // without tunnel; absent = none known
    bool has_tunnel;               // "ssl/"
    bool is_probed;                // known from the port's own words, not from the port table
    bool is_doubtful;              // "?"
    uint8_t confidence;            // 0..10
};

void serviceview_of(struct serviceview *v, const struct scan *scan, const struct host *host,
                    const struct port *p);

// Product, version and extra information in at most SERVICEVIEW_VERSION_MAX printable bytes.
// s may be NULL.
void serviceview_version(struct buf *b, const struct service *s);

struct serviceview_list {
    uint32_t n;
    struct span items[SERVICEVIEW_INFO_MAX];
};

// What open ports tell about the host; what exceeds a list is dropped.
struct serviceview_info {
    struct serviceview_list hosts; // without the host's own reverse name
    struct serviceview_list oses;
    struct serviceview_list devices;
    struct serviceview_list cpes; // of hardware and operating systems only
};

void serviceview_info(struct serviceview_info *v, const struct host *host);
