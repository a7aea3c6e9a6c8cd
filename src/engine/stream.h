// SPDX-License-Identifier: Apache-2.0
// Connections above the door: TCP streams and connected UDP sockets, with TLS or DTLS inside if
// asked for (OpenSSL over memory, so that the door sees bytes only). Thousands at a time; what
// exceeds the descriptors that the system allows waits its turn.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/span.h"

struct engine;
struct stream;

enum stream_tunnel { STREAM_PLAIN, STREAM_TLS, STREAM_DTLS };

struct stream_to {
    struct ip_addr addr;
    uint16_t port;
    bool is_udp;
    bool is_low_port; // from a source port below 1024 if allowed
    bool is_abrupt;   // a TCP peer is told of the end by a reset, so nothing lingers
    uint32_t iface;   // 0 = as routed
    enum stream_tunnel tunnel;
    struct span server_name; // SNI, absent = none; copied
    // On the clock of engine_now, for connection and handshake together; 0 = none. The time that
    // the stream waits for its turn is added.
    uint64_t deadline_ns;
};

// What the handshake told, also of one that failed after the certificate had come. Valid during
// the call.
struct stream_tls {
    struct span version;
    struct span cipher;
    struct span alpn;
    struct span subject;
    struct span issuer;
    const struct span *names; // of subjectAltName
    uint32_t n_names;
    int64_t not_before; // unix seconds
    int64_t not_after;
    uint8_t sha256[32];
    bool has_certificate;
};

enum stream_end {
    STREAM_CLOSED,      // end of stream by the peer
    STREAM_RESET,       // reset, or refused (ICMP) after it was open; perhaps before `opened`
    STREAM_REFUSED,     // never open: refused
    STREAM_UNREACHABLE, // never open: no route, host down, ...; UDP: by ICMP, also later
    STREAM_TIMEOUT,     // never open: the deadline came
    STREAM_HANDSHAKE,   // TLS failed
    STREAM_LOCAL,       // our own system refused
};

// The stream may be closed by its owner inside any of them.
struct stream_calls {
    void (*opened)(void *ctx, struct stream *s, const struct stream_tls *tls); // tls NULL: plain
    void (*data)(void *ctx, struct stream *s, struct span bytes);
    // The stream is gone when this returns. tls: what is known of a failed handshake, or NULL.
    void (*ended)(void *ctx, struct stream *s, enum stream_end how, const struct stream_tls *tls);
};

// Never fails at once: an error comes through `ended`, later. calls must stay.
struct stream *stream_open(struct engine *e, const struct stream_to *to,
                           const struct stream_calls *calls, void *ctx);

// From `opened` on. Bytes are copied; what the kernel does not take now leaves later. At most
// LIMIT_STREAM_QUEUE wait: more ends the stream (STREAM_LOCAL). UDP: one datagram. An error comes
// through `ended`, later.
void stream_send(struct stream *s, struct span bytes);

// When it began to connect; 0: it waits for its turn.
uint64_t stream_begun(const struct stream *s);

// Why the kernel ended it, -errno, inside of `ended`; 0: not the kernel.
int stream_error(const struct stream *s);

// Gone at once, no call follows. Not for a stream that has ended, except inside of `ended`.
void stream_close(struct stream *s);

struct stream_stats {
    uint32_t open;    // now, descriptors in use
    uint32_t waiting; // for a descriptor
    uint64_t opened;  // ever
};
void stream_stats(const struct engine *e, struct stream_stats *out);
