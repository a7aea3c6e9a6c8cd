// SPDX-License-Identifier: Apache-2.0
// Private to tls*.c: what connections are made of.
#pragma once

#include <openssl/ssl.h>

#include "base/arena.h"
#include "engine/tls.h"

struct tls_room {
    SSL_CTX *tls;
    SSL_CTX *dtls;
    BIO_METHOD *method;
    struct arena facts;
};

struct tls {
    SSL *ssl;
    struct tls_room *room;
    struct span in; // not read yet
    bool is_dtls;
    tls_output_fn *output;
    void *ctx;
};
