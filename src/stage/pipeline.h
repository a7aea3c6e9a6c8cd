// SPDX-License-Identifier: Apache-2.0
// Hosts walk through the stages each by itself: no groups, a slow host holds up nobody. A host
// is admitted while places are free, and handed to `done` the moment it is finished.
#pragma once

#include "base/rng.h"
#include "engine/engine.h"
#include "model/host.h"
#include "stage/plan.h"

struct crowd;
struct evidence;
struct phase;
struct pipeline;
struct progress;
struct port_reply;
struct loss;
struct outlook;
struct routes;
struct turns;
struct twins;
struct visit;
struct asked;

// One kind of work on a host. Its state is state_size zeroed bytes in the host's arena.
struct stage {
    const char *name;
    size_t state_size;
    bool is_timed; // its packets must leave in time: hosts enter no faster than that allows
    // Whether this host needs the stage.
    bool (*takes)(const struct visit *v);
    // Begins; sets the wake-up time.
    void (*admit)(struct visit *v);
    // A packet from the host, or an ICMP error that quotes a packet sent to it.
    void (*frame)(struct visit *v, const struct frame *f);
    // The time set by visit_wake has come.
    void (*tick)(struct visit *v, uint64_t now_ns);
    // The run is interrupted: put what is known into the host. May be NULL.
    void (*close)(struct visit *v);
    // What it knows of the rest of its way: own_ns, units, is_starved. May be NULL.
    void (*outlook)(const struct visit *v, uint64_t now_ns, struct outlook *out);
};

// A host on its way.
struct visit {
    struct host host;
    const struct plan *plan;
    struct engine *engine;
    struct pipeline *pipeline;
    struct path path;
    void *state;                // of the current stage
    uint64_t last_sent_ns;      // for the gap between probes to one host
    const struct host *known;   // of the target: it is up, and these ports and services are done
    const struct asked *asked;  // of it by a sweep, while it is admitted
    const struct rtt *near;     // what other hosts took, for one that has not answered yet
    struct port_reply *replies; // of UDP ports (stage/ports.h)
    const struct port *listed;  // of the target
    uint32_t n_listed;
    struct rng *rng;
    struct twins *twins;   // of all hosts
    struct routes *routes; // of all hosts
    struct loss *loss;     // of all hosts
    struct crowd *crowd;
    struct turns *turns;
    struct ping sign;        // the probe whose answer showed that the host is up,
    enum reason sign_reason; // and what it was; REASON_NONE: there was none
    struct timer timer;
    uint32_t at; // index of the current stage
    uint64_t stage_since_ns;
    uint64_t line_since_ns, line_ns; // it waits for room among all hosts (0 = not); all such time
};

// Where hosts come from.
struct target {
    struct ip_addr addr;
    struct span name; // absent if an address was given
    const struct ip_addr *others;
    uint32_t n_others;
    const struct host *known;  // from a run that was stopped; NULL = nothing. Outlives the host
    const struct port *listed; // ports that somebody else has found, ascending
    uint32_t n_listed;
};

struct pipeline_calls {
    bool (*next)(void *ctx, struct target *out); // false: no more
    // After that: whether there may be more after all, a little later. NULL: there is not.
    bool (*later)(void *ctx);
    void (*done)(void *ctx, struct host *host); // the host is freed afterwards
    // A line for people who watch: verbosity from which on it matters, text.
    void (*note)(void *ctx, int verbosity, struct span text);
    // Asks for the reverse name of a host that is up. True: pipeline_named will be called later,
    // in any case and within seconds. NULL: no reverse names.
    bool (*name)(void *ctx, const struct ip_addr *addr);
    bool (*stop)(void *ctx); // whether to end now
    // What is known before the host is done; each may be NULL.
    void (*up)(void *ctx, const struct host *host);
    void (*port)(void *ctx, const struct host *host, const struct port *port);
    // Other ports that were decided: a host with an address and these ports only.
    void (*ports)(void *ctx, const struct host *decided);
    void (*service)(void *ctx, const struct host *host, const struct port *port);
    void (*evidence)(void *ctx, const struct host *host, const struct evidence *e);
    // The first host begins a stage, or the last one has ended it. May be NULL.
    void (*phase)(void *ctx, const struct phase *phase); // model/progress.h
    void *ctx;
};

struct pipeline *pipeline_new(struct arena *run, struct engine *engine, const struct plan *plan,
                              const struct pipeline_calls *calls);

// Runs until all hosts are done or calls.stop says so; then whatever is under way is closed and
// reported as cut short. 0, or -errno of the engine.
int pipeline_run(struct pipeline *p);
void pipeline_close(struct pipeline *p);

// The answer to calls.name; absent = the address has no name.
void pipeline_named(struct pipeline *p, const struct ip_addr *addr, struct span name);

// How far it has come. n_more: targets that calls.next has not given yet, UINT64_MAX = no end.
void pipeline_progress(struct pipeline *p, uint64_t n_more, struct progress *out);

// For stages.
void visit_wake(struct visit *v, uint64_t at_ns);
void visit_pass(struct visit *v); // the stage is done with the host; nothing may follow
void visit_drop(struct visit *v); // the host needs no further stage
// What comes next takes long: tick is called again when no timer is due, frame is not until then.
void visit_put_off(struct visit *v);
void visit_note(const struct visit *v, int verbosity, struct span text);
void visit_port(struct visit *v, const struct port *port);     // it is found open
void visit_ports(struct visit *v, const struct host *decided); // its other ports
void visit_service(struct visit *v, const struct port *port);  // what speaks there is known
void visit_name_hops(struct visit *v);                         // the way to it is known
void visit_evidence(struct visit *v, const struct evidence *e);

// Sends to the host. False if it must wait: then the wake-up time is set to when it may.
bool visit_send(struct visit *v, struct span packet, bool is_urgent);

// How long to wait for an answer of the host.
int64_t visit_timeout_us(const struct visit *v);

// When the gap between probes to this host allows the next one.
uint64_t visit_ready(const struct visit *v);
uint64_t visit_retry(const struct visit *v);       // when to try again what could not be sent
uint32_t visit_crowd(const struct visit *v);       // how many hosts are under way
void visit_line(struct visit *v, bool is_waiting); // for room among all hosts

// Whether targets wait for nothing but the time to begin with them.
bool visit_has_queue(const struct visit *v);

// "name (address)" or "address".
void host_label(const struct host *h, struct buf *b);
