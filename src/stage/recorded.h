// SPDX-License-Identifier: Apache-2.0
// Finds the OS detections in recorded packets, however many hosts and scanners they show, and
// replays each (osfp). What a capture does not say is inferred from it: the open port is where
// the probes for it go, a port is closed if it answered a SYN by RST. Memory does not grow with
// the capture: LIMIT_RECORDED detections go on at a time, the one that is silent longest is
// closed for a new one.
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "osfp/osfp.h"

struct recorded_config {
    enum quirks quirks;
    int64_t unix_ns; // wall clock at time 0 of the frames
    struct hash_key key;
};

// One detection that is over: by silence, or because the capture ended.
struct recorded_scan {
    struct ip_addr scanner;
    struct ip_addr target;
    uint64_t packet; // of the capture, from 1: its first probe
    uint64_t began_ns;
    uint64_t ended_ns; // of the last probe
    int32_t open_tcp;  // stored ports, -1 = none
    int32_t closed_tcp;
    const struct osfp *fp; // over; valid during the call
};

typedef void recorded_fn(void *ctx, const struct recorded_scan *s);

struct recorded;

struct recorded *recorded_new(struct arena *run, const struct recorded_config *cfg,
                              recorded_fn *call, void *ctx);

// In order of time, f->time_ns is set; every packet counts, decodable or not.
void recorded_frame(struct recorded *r, const struct frame *f);

// Hands over what is left, in the order it began, and frees it.
void recorded_end(struct recorded *r);
