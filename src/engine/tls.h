// SPDX-License-Identifier: Apache-2.0
// Private to engine: TLS and DTLS as a client who trusts anybody. Bytes of the peer are fed in,
// bytes for it come out through a function; no sockets here. OpenSSL does all parsing.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/stream.h"

struct tls;
struct tls_room; // what all connections share

// NULL without memory.
struct tls_room *tls_room_open(void);
void tls_room_close(struct tls_room *room);

// Takes bytes for the peer; DTLS: one datagram. Must not come back into this connection.
typedef void tls_output_fn(void *ctx, struct span bytes);

// server_name absent: no SNI. NULL without memory.
struct tls *tls_open(struct tls_room *room, bool is_dtls, struct span server_name,
                     tls_output_fn *output, void *ctx);
void tls_close(struct tls *t);

// The next bytes of the peer (DTLS: one datagram), borrowed until tls_shake and tls_read have
// been called.
void tls_feed(struct tls *t, struct span bytes);

enum tls_step { TLS_MORE, TLS_DONE, TLS_FAILED };

// Goes on with the handshake; the first call begins it.
enum tls_step tls_shake(struct tls *t);

// DTLS: nanoseconds until tls_retry is due, UINT64_MAX if it is not.
uint64_t tls_retry_ns(const struct tls *t);
// Sends again what was not answered. False: given up.
bool tls_retry(struct tls *t);

// After the handshake. Bytes read, 0: no more now, -ENODATA: the peer has finished, -EPROTO.
int tls_read(struct tls *t, void *bytes, size_t size);
void tls_write(struct tls *t, struct span bytes);
// Says goodbye to the peer.
void tls_bye(struct tls *t);

// What is known of the peer; false: nothing. Valid until the next call for any connection.
bool tls_facts(struct tls *t, struct stream_tls *out);
