// SPDX-License-Identifier: Apache-2.0
// What a handshake told, out of OpenSSL's structures into plain ones. Names may hold any byte;
// whoever prints them escapes. Everything is cut to its limit.
#include <openssl/x509v3.h>
#include <time.h>

#include "base/buf.h"
#include "base/limits.h"
#include "engine/tls_room.h"

// RFC 2253 but for bytes above 127: those are UTF-8, not escapes.
static const unsigned long name_style = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;

static struct span copy_text(struct arena *a, const char *text)
{
    return arena_copy(a, span_str(text));
}

static struct span name_text(struct arena *a, const X509_NAME *name)
{
    struct span text = {0};
    char *bytes = NULL;
    BIO *b = BIO_new(BIO_s_mem());
    if (b && name && X509_NAME_print_ex(b, name, 0, name_style) >= 0) {
        const long len = BIO_get_mem_data(b, &bytes);
        const size_t n = len < 0 ? 0 : len < LIMIT_TLS_TEXT ? (size_t)len : LIMIT_TLS_TEXT;
        text = arena_copy(a, span_of(bytes ? bytes : "", n));
    }
    BIO_free(b);
    return text;
}

static struct span address_text(struct arena *a, const ASN1_OCTET_STRING *octets)
{
    char text[IP_TEXT_MAX];
    const int len = ASN1_STRING_length(octets);
    struct ip_addr addr = {.family = len == 4 ? IP_V4 : IP_V6};
    if (len != 4 && len != 16)
        return (struct span){0};
    memcpy(addr.byte, ASN1_STRING_get0_data(octets), (size_t)len);
    return copy_text(a, ip_text(&addr, text));
}

static struct span alt_text(struct arena *a, const GENERAL_NAME *name)
{
    int kind;
    const void *value = GENERAL_NAME_get0_value(name, &kind);
    if (kind == GEN_IPADD)
        return address_text(a, value);
    if (kind != GEN_DNS && kind != GEN_EMAIL && kind != GEN_URI)
        return (struct span){0};
    const struct span s = span_of(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    return arena_copy(a, span_head(s, LIMIT_NAME));
}

static void add_names(struct arena *a, const X509 *cert, struct stream_tls *out)
{
    GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    struct span *names = arena_array(a, LIMIT_TLS_NAMES, sizeof *names);
    const int n = all ? sk_GENERAL_NAME_num(all) : 0;
    for (int i = 0; i < n && out->n_names < LIMIT_TLS_NAMES; i++) {
        const struct span s = alt_text(a, sk_GENERAL_NAME_value(all, i));
        if (!span_is_absent(s))
            names[out->n_names++] = s;
    }
    out->names = names;
    GENERAL_NAMES_free(all);
}

// 0 for a time that is none.
static int64_t unix_time(const ASN1_TIME *t)
{
    struct tm tm = {0};
    return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : 0;
}

static void add_certificate(struct arena *a, const X509 *cert, struct stream_tls *out)
{
    out->has_certificate = true;
    out->subject = name_text(a, X509_get_subject_name(cert));
    out->issuer = name_text(a, X509_get_issuer_name(cert));
    out->not_before = unix_time(X509_get0_notBefore(cert));
    out->not_after = unix_time(X509_get0_notAfter(cert));
    X509_digest(cert, EVP_sha256(), out->sha256, NULL);
    add_names(a, cert, out);
}

bool tls_facts(struct tls *t, struct stream_tls *out)
{
    const unsigned char *alpn = NULL;
    unsigned alpn_len = 0;
    struct arena *a = &t->room->facts;
    const X509 *cert = SSL_get0_peer_certificate(t->ssl);
    const SSL_CIPHER *cipher = SSL_get_current_cipher(t->ssl);
    *out = (struct stream_tls){0};
    if (!cert && !cipher)
        return false;
    arena_rewind(a, (struct arena_mark){0});
    out->version = copy_text(a, SSL_get_version(t->ssl));
    out->cipher = cipher ? copy_text(a, SSL_CIPHER_get_name(cipher)) : (struct span){0};
    SSL_get0_alpn_selected(t->ssl, &alpn, &alpn_len);
    if (alpn)
        out->alpn = arena_copy(a, span_of(alpn, alpn_len));
    if (cert)
        add_certificate(a, cert, out);
    return true;
}
