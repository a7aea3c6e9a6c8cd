// SPDX-License-Identifier: Apache-2.0
// OpenSSL between two of our functions: its BIO reads what was fed and writes to the owner's
// output, so that datagrams keep their borders. We want to talk to whatever is there: old
// versions, weak ciphers, any certificate. Nothing that the system's openssl.cnf says applies.
//
// ALPN: a server that insists on a protocol has to find one, but none that changes what is spoken
// behind the handshake: "h2" would, and what proxies use to choose among servers on port 443 might.
#include "engine/tls.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/limits.h"
#include "engine/tls_room.h"

enum {
    DATAGRAM_MTU = 1400, // bytes of a DTLS datagram: survives tunnels
    DH_BITS_MAX = 200,   // strength of an 8192 bit group; larger ones only cost time
    NS_PER_US = 1000,
    US_PER_S = 1000000,
};

static const unsigned char alpn[] = "\x08http/1.1"
                                    "\x08http/1.0"
                                    "\x0apostgresql"
                                    "\x04mqtt"
                                    "\x04imap"
                                    "\x04pop3"
                                    "\x03"
                                    "ftp"
                                    "\x0bmanagesieve";

static int bio_read(BIO *b, char *bytes, int size)
{
    struct tls *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (span_is_absent(t->in) || size <= 0) {
        BIO_set_retry_read(b);
        return -1;
    }
    const size_t n = t->in.len < (size_t)size ? t->in.len : (size_t)size;
    memcpy(bytes, t->in.ptr, n);
    t->in = span_from(t->in, n);
    if (t->in.len == 0 || t->is_dtls) // of a datagram the rest is lost
        t->in = (struct span){0};
    return (int)n;
}

static int bio_write(BIO *b, const char *bytes, int size)
{
    struct tls *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (size > 0)
        t->output(t->ctx, span_of(bytes, (size_t)size));
    return size;
}

static long bio_ctrl(BIO *b, int what, long number, void *more)
{
    (void)b;
    (void)number;
    (void)more;
    switch (what) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
        return DATAGRAM_MTU;
    default:
        return 0;
    }
}

// Instead of verification, which would build chains out of what the peer sent.
static int accept_any(X509_STORE_CTX *chain, void *ctx)
{
    (void)chain;
    (void)ctx;
    return 1;
}

static int accept_weak(const SSL *ssl, const SSL_CTX *ctx, int what, int bits, int nid, void *other,
                       void *ex)
{
    (void)ssl;
    (void)ctx;
    (void)nid;
    (void)other;
    (void)ex;
    return what != SSL_SECOP_TMP_DH || bits <= DH_BITS_MAX;
}

static SSL_CTX *context(const SSL_METHOD *method, int least_version)
{
    SSL_CTX *c = SSL_CTX_new(method);
    if (!c)
        return NULL;
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_security_callback(c, accept_weak);
    SSL_CTX_set_min_proto_version(c, least_version);
    SSL_CTX_set_max_proto_version(c, 0);
    SSL_CTX_set_cipher_list(c, "ALL:+aNULL:@SECLEVEL=0"); // those without certificate last
    SSL_CTX_set_options(c, SSL_OP_ALL | SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION |
                               SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(c, LIMIT_TLS_CHAIN);
    SSL_CTX_set_verify(c, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_cert_verify_callback(c, accept_any, NULL);
    return c;
}

static BIO_METHOD *bio_method(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
    if (!m)
        return NULL;
    BIO_meth_set_read(m, bio_read);
    BIO_meth_set_write(m, bio_write);
    BIO_meth_set_ctrl(m, bio_ctrl);
    return m;
}

struct tls_room *tls_room_open(void)
{
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    struct tls_room *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    arena_init(&r->facts, "certificate");
    r->method = bio_method();
    r->tls = context(TLS_client_method(), TLS1_VERSION);
    r->dtls = context(DTLS_client_method(), DTLS1_VERSION);
    if (!r->method || !r->tls || !r->dtls) {
        tls_room_close(r);
        return NULL;
    }
    SSL_CTX_set_alpn_protos(r->tls, alpn, sizeof alpn - 1);
    return r;
}

void tls_room_close(struct tls_room *r)
{
    SSL_CTX_free(r->tls);
    SSL_CTX_free(r->dtls);
    BIO_meth_free(r->method);
    arena_fini(&r->facts);
    free(r);
}

static bool attach(struct tls *t)
{
    BIO *b = BIO_new(t->room->method);
    if (!b)
        return false;
    BIO_set_data(b, t);
    BIO_set_init(b, 1);
    SSL_set_bio(t->ssl, b, b);
    return true;
}

struct tls *tls_open(struct tls_room *room, bool is_dtls, struct span server_name,
                     tls_output_fn *output, void *ctx)
{
    char name[LIMIT_NAME + 1];
    struct tls *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    *t = (struct tls){.room = room, .is_dtls = is_dtls, .output = output, .ctx = ctx};
    t->ssl = SSL_new(is_dtls ? room->dtls : room->tls);
    if (!t->ssl || !attach(t)) {
        tls_close(t);
        return NULL;
    }
    SSL_set_connect_state(t->ssl);
    if (is_dtls)
        SSL_set_mtu(t->ssl, DATAGRAM_MTU);
    if (!span_is_absent(server_name) && server_name.len > 0 && server_name.len < sizeof name) {
        memcpy(name, server_name.ptr, server_name.len);
        name[server_name.len] = '\0';
        SSL_set_tlsext_host_name(t->ssl, name); // a name that cannot be one is left out
    }
    return t;
}

void tls_close(struct tls *t)
{
    SSL_free(t->ssl);
    ERR_clear_error();
    free(t);
}

void tls_feed(struct tls *t, struct span bytes)
{
    t->in = bytes.len > 0 ? bytes : (struct span){0};
}

// Of the last call, which returned rc <= 0: the queue of errors is one for the whole thread.
static int why(struct tls *t, int rc)
{
    const int error = SSL_get_error(t->ssl, rc);
    ERR_clear_error();
    return error;
}

enum tls_step tls_shake(struct tls *t)
{
    ERR_clear_error();
    const int rc = SSL_do_handshake(t->ssl);
    if (rc == 1)
        return TLS_DONE;
    const int error = why(t, rc);
    return error == SSL_ERROR_WANT_READ ? TLS_MORE : TLS_FAILED;
}

uint64_t tls_retry_ns(const struct tls *t)
{
    struct timeval left;
    if (!t->is_dtls || !DTLSv1_get_timeout(t->ssl, &left))
        return UINT64_MAX;
    return ((uint64_t)left.tv_sec * US_PER_S + (uint64_t)left.tv_usec) * NS_PER_US;
}

bool tls_retry(struct tls *t)
{
    ERR_clear_error();
    const bool is_good = DTLSv1_handle_timeout(t->ssl) >= 0;
    ERR_clear_error();
    return is_good;
}

int tls_read(struct tls *t, void *bytes, size_t size)
{
    ERR_clear_error();
    const int n = SSL_read(t->ssl, bytes, size < INT_MAX ? (int)size : INT_MAX);
    if (n > 0)
        return n;
    switch (why(t, n)) {
    case SSL_ERROR_WANT_READ:
        return 0;
    case SSL_ERROR_ZERO_RETURN:
        return -ENODATA;
    default:
        return -EPROTO;
    }
}

void tls_write(struct tls *t, struct span bytes)
{
    ERR_clear_error();
    if (bytes.len > 0 && bytes.len <= INT_MAX)
        SSL_write(t->ssl, bytes.ptr, (int)bytes.len);
    ERR_clear_error();
}

void tls_bye(struct tls *t)
{
    ERR_clear_error();
    SSL_shutdown(t->ssl);
    ERR_clear_error();
}
