// SPDX-License-Identifier: Apache-2.0
// What speaks on a port, and how that is known. Everything it points to lives in the host's
// arena. Source: service-detection spec sections 2.11, 4 and 6.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum service_state {
    SERVICE_HARD,       // a match line fits
    SERVICE_SOFT,       // only a softmatch line fits: the protocol is known, the product not
    SERVICE_NOMATCH,    // it answered (or not), nothing fits
    SERVICE_TCPWRAPPED, // closed without a word
    SERVICE_INCOMPLETE, // could not be asked to the end
    SERVICE_EXCLUDED,   // left out by the database's Exclude line
    SERVICE_NOT_ASKED,  // of a saved scan: the name is the one that its port table had
};

enum service_tunnel { TUNNEL_NONE, TUNNEL_TLS, TUNNEL_DTLS };

enum { SERVICE_CPES = 3 }; // parts a, h, o in this order

// What the handshake told (RFC 8446, RFC 5280). Texts are as received: escaped when printed.
struct tls_facts {
    struct span version; // "TLSv1.3"
    struct span cipher;
    struct span alpn;    // chosen by the server, absent if none
    struct span subject; // one line: "CN=host, O=..."
    struct span issuer;
    const struct span *names; // of subjectAltName
    uint32_t n_names;
    int64_t not_before; // unix seconds
    int64_t not_after;
    uint8_t sha256[32]; // of the certificate
    bool has_certificate;
};

// One answer that was seen: evidence, and what a fingerprint is made of.
struct service_reply {
    struct span probe; // name
    struct span bytes; // the first LIMIT_SERVICE_REPLY at most
    uint64_t len;      // of all that came
    enum service_tunnel tunnel;
};

struct service {
    uint16_t port;
    uint8_t proto; // enum proto
    enum service_state state;
    enum service_tunnel tunnel;
    uint8_t confidence;  // 0..10 (spec 2.11); 7: by another probe's lines
    struct span name;    // absent: only the port table has one
    struct span product; // absent = not known, so with all that follow
    struct span version;
    struct span extra;
    struct span hostname;
    struct span os;
    struct span device;
    struct span cpe[SERVICE_CPES];
    const struct tls_facts *tls; // NULL: no handshake was completed

    struct span fingerprint; // "SF-Port...;" without line breaks, absent = none to show
    const struct service_reply *replies;
    uint32_t n_replies;

    // Why.
    struct span probe; // whose answer matched, absent = none
    struct span list;  // the probe whose lines have the rule
    struct span file;  // of the rule
    uint32_t line;
    bool is_foreign;      // neither the probe's own lines nor its fallbacks
    struct span note;     // "accepted, then closed", "connection failed", ...; absent = none
    uint32_t elapsed_ms;  // from the first connection to the verdict
    uint32_t connections; // that were opened
};
