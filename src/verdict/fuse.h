// SPDX-License-Identifier: Apache-2.0
// What other layers than TCP/IP say of a host: services, the maker of its link address, its names.
// They are compared by kernel: more they cannot tell of each other.
#pragma once

#include "base/arena.h"
#include "model/verdict.h"

struct host;

// Systems with the same kernel or with one that nobody tells apart by a banner.
enum kin {
    KIN_NONE, // not told, or anything: "embedded"
    KIN_LINUX,
    KIN_WINDOWS,
    KIN_APPLE,
    KIN_FREEBSD,
    KIN_OPENBSD,
    KIN_NETBSD,
    KIN_SOLARIS,
    KIN_AIX,
    KIN_HPUX,
    KIN_CISCO,
    KIN_JUNOS,
    KIN_VMWARE,
    KIN_COUNT,
};

extern const char *const kin_names[KIN_COUNT]; // "Linux"

// Of a system by the names that databases give it.
enum kin kin_of_system(struct span vendor, struct span family);

enum { VOTES_MAX = 8 }; // layers

struct verdict_votes {
    uint32_t n;
    struct os_vote vote[VOTES_MAX];
    enum kin kin[VOTES_MAX];
    double times[VOTES_MAX];   // how much likelier such a vote is from its kin than from another
    bool is_strong[VOTES_MAX]; // of services: from it a contradiction is reported
    bool is_split;             // services contradict each other
};

// Texts live in a.
void votes_collect(struct arena *a, const struct host *h, struct verdict_votes *out);
