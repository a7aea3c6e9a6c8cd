// SPDX-License-Identifier: Apache-2.0
#include "cli/payloads.h"

// The UDP probes that may be payloads.
static uint32_t candidates(struct arena *run, const struct svdb *db, uint32_t **out)
{
    uint32_t n = 0;
    *out = arena_array(run, svdb_n_probes(db), sizeof **out);
    for (uint32_t i = 0; i < svdb_n_probes(db); i++) {
        const struct svdb_probe p = svdb_probe_at(db, i);
        if (p.proto == SVDB_UDP && !p.no_payload && p.payload.len > 0 &&
            p.payload.len <= PORTS_PAYLOAD_MAX)
            (*out)[n++] = i;
    }
    return n;
}

static struct udp_payload payload_at(const struct svdb *db, uint32_t probe)
{
    const struct svdb_probe p = svdb_probe_at(db, probe);
    return (struct udp_payload){p.payload, probe, p.name};
}

const struct udp_payloads *payloads_of(struct arena *run, const struct svdb *db)
{
    uint32_t *probes;
    struct udp_payload found[PORTS_PAYLOADS];
    const uint32_t n_probes = candidates(run, db, &probes);
    struct udp_payloads *all = arena_alloc(run, sizeof *all);
    struct udp_port *ports = arena_array(run, 65536, sizeof *ports);
    all->port = ports;
    for (uint32_t port = 0; port < 65536; port++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < n_probes && n < PORTS_PAYLOADS; i++)
            if (svdb_lists_port(db, probes[i], (uint16_t)port))
                found[n++] = payload_at(db, probes[i]);
        if (n == 0)
            continue;
        struct udp_payload *keep = arena_array(run, n, sizeof *keep);
        memcpy(keep, found, n * sizeof *keep);
        ports[all->n++] = (struct udp_port){(uint16_t)port, n, keep};
    }
    return all;
}
