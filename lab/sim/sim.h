// SPDX-License-Identifier: Apache-2.0
// A network inside this process behind the door of engine/io.h: virtual clock, links with loss
// and delay, hosts with personalities. The same configuration and the same calls give the same
// bytes. Nothing sleeps: waiting jumps to the next event.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/io.h"
#include "lab/hosts/narrow.h"
#include "lab/hosts/personality.h"
#include "lab/sim/script.h"

enum {
    SIM_MISHAPS = 16, // of one host entry
    SIM_FORWARDS = 4,
    SIM_IFACES = 4, // the loopback interface not counted
    SIM_PER_MILLION = 1000000,
};

// One direction of a path; each packet is drawn for anew.
struct sim_link {
    uint64_t delay_ns;
    uint64_t jitter_ns; // added, uniform in 0..jitter
    uint32_t loss;      // parts per million
    uint32_t duplicate;
    uint32_t reorder; // share of packets held back by up to 5 ms + 4 * delay
};

enum sim_mishap_kind { SIM_LOSE, SIM_LATE, SIM_DUP };

enum { SIM_ALWAYS = UINT16_MAX };

struct sim_mishap {
    enum sim_mishap_kind kind;
    enum probe probe;
    uint16_t n;        // how many transmissions it befalls
    uint64_t delay_ns; // SIM_LATE
};

// TCP and UDP packets to these ports are answered by another host's stack.
struct sim_forward {
    struct door_range ports;
    uint32_t to; // host order
};

// One host or a range of equal hosts.
struct sim_host {
    uint32_t first; // host order
    uint32_t last;
    const struct personality *personality;
    struct doors tcp_doors; // instead of the personality's
    struct doors udp_doors;
    bool is_down;
    bool has_no_arp;
    bool is_garbage;      // answers, but malformed
    bool is_unreachable;  // a router says so
    uint8_t hops;         // routers on the way; on the link there are none
    uint32_t icmp_rate;   // ICMP unreachables per second, 0 = no limit
    uint32_t rst_rate;    // resets likewise
    struct sim_link link; // if has_link, instead of the network's
    bool has_link;
    struct sim_mishap mishap[SIM_MISHAPS];
    uint32_t n_mishaps;
    struct sim_forward forward[SIM_FORWARDS];
    uint32_t n_forwards;
    const struct sim_service *services; // open ports without one accept and are silent
};

enum sim_iface_kind { SIM_ETHERNET, SIM_P2P };

struct sim_iface {
    char name[IO_NAME_MAX];
    enum sim_iface_kind kind;
    uint32_t addr; // ours, host order
    uint8_t bits;
};

// Sees every packet on its way: sent by the program under test, or received by it.
typedef void sim_tap_fn(void *ctx, uint64_t time_ns, const struct io_received *packet);

struct sim_config {
    uint64_t seed;
    struct sim_link link;
    struct narrow narrow;         // of all packets to hosts, before their links
    const struct sim_host *hosts; // later entries win
    uint32_t n_hosts;
    struct sim_iface iface[SIM_IFACES];
    uint32_t n_ifaces;        // 0: sim0, Ethernet, 10.0.0.1/16
    uint32_t gateway;         // 0: the last but one address of the first interface's network
    uint64_t round_ns;        // that pass whenever the program looks: it is slow
    uint32_t busy;            // parts per million of sends of which the kernel takes only a part
    uint32_t queue;           // packets received but not read that are kept; 0 = 65536
    uint32_t streams;         // at the same time; 0 = 4096
    uint64_t stop_ns;         // a signal comes this long after the start; 0 = never
    uint64_t limit_ns;        // from then on waiting fails with -ETIMEDOUT; 0 = never
    int64_t unix_s;           // wall clock one second before the start
    volatile bool *stop_flag; // set when the signal comes; may be NULL
    sim_tap_fn *tap;          // may be NULL
    void *tap_ctx;
};

// The configuration is copied, hosts and personalities are borrowed until close.
struct io *sim_open(const struct sim_config *config);

struct sim_counts {
    uint64_t sent;
    uint64_t arp;
    uint64_t tcp;
    uint64_t udp;
    uint64_t icmp;
    uint64_t other;
    uint64_t broken;    // that a real network would drop: bad checksums, nonsense
    uint64_t delivered; // to the program
    uint64_t streams;   // opened
    uint64_t probe[PROBE_COUNT];
    uint64_t digest; // of all packets sent and delivered, of how much streams carried, with times
};

void sim_counts(const struct io *io, struct sim_counts *out);
