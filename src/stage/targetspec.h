// SPDX-License-Identifier: Apache-2.0
// Private to targets: one specification, its parser and the addresses it stands for. Four sets of
// octets (IPv4), a block (IPv6), or a name until its address is known.
#pragma once

#include "base/wide.h"
#include "stage/targets.h"

struct octets {
    uint64_t bit[4]; // 256 bits
};

struct spec {
    struct span name;   // absent for addresses
    unsigned bits;      // prefix length, as long as the address = none
    struct ip_addr six; // the first of an IPv6 block; else family IP_NONE
    struct octets part[4];
    struct spec *next;
    struct ip_addr resolved; // of a name: the address that carries it
    const struct ip_addr *others;
    uint32_t n_others;
    bool is_done;       // a name, and its address is known
    bool is_unknown;    // a name that has none
    struct wide behind; // shuffled: how many addresses come before this one's
};

// Names of interfaces.
struct zones {
    targets_zone_fn *index; // NULL: numbers only
    void *ctx;
};

// A name is a view of the text.
enum err spec_parse(const struct zones *zones, struct span text, struct spec *out,
                    struct err_at *at);

// Makes an address of a name, or the block around it, the specification.
void spec_settle(struct spec *s, const struct ip_addr *addr);

// A name without an address.
bool spec_is_empty(const struct spec *s);

struct wide spec_count(const struct spec *s);

// The address at a place below the count, last octet fastest.
struct ip_addr spec_address(const struct spec *s, struct wide place);

// The first and the last of them if all between are among them too; else false.
bool spec_run(const struct spec *s, struct ip_addr *first, struct ip_addr *last);

bool spec_has(const struct spec *s, const struct ip_addr *addr);

// Where an enumeration stands.
struct spec_cursor {
    uint8_t at[4];
    struct wide six_at; // place in an IPv6 block
};

void spec_begin(const struct spec *s, struct spec_cursor *c);
bool spec_step(const struct spec *s, struct spec_cursor *c); // false: it was the last one
struct ip_addr spec_current(const struct spec *s, const struct spec_cursor *c);
