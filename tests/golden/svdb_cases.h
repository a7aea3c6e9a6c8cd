// SPDX-License-Identifier: Apache-2.0
// What the tests of service-probe databases share: files, the database of an installed reference
// scanner, and the recorded answers in service/responses.json.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "naive/svdb_naive.h"

enum { CASE_BYTES = 1 << 16 };

static const char installed[] __attribute__((unused)) = "/usr/share/nmap/nmap-service-probes";

// The file that the recorded verdicts are about.
static const char installed_sum[] =
    "293d7b3679d8d09c756840b38bffd32bb45b00a86cb47b9af17029328ca234f1";

// NULL if it cannot be read.
static inline struct span cases_file(struct arena *arena, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return (struct span){NULL, 0};
    fseek(f, 0, SEEK_END);
    const size_t size = (size_t)ftell(f);
    char *text = arena_alloc(arena, size + 1);
    rewind(f);
    const size_t n = fread(text, 1, size, f);
    fclose(f);
    return span_of(text, n);
}

static inline bool has_sum(struct span text, const char *expected)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
    unsigned n = 0;
    if (!EVP_Digest(text.ptr, text.len, sum, &n, EVP_sha256(), NULL))
        return false;
    for (unsigned i = 0; i < n; i++)
        snprintf(hex + 2 * (size_t)i, 3, "%02x", sum[i]);
    return strcmp(hex, expected) == 0;
}

// The installed database, absent (and told) if it is not there or another one.
static inline struct span cases_installed(struct arena *arena)
{
    const struct span text = cases_file(arena, installed);
    if (!span_is_absent(text) && has_sum(text, installed_sum))
        return text;
    printf("skipped: %s is %s\n", installed, text.ptr ? "another version" : "missing");
    return (struct span){NULL, 0};
}

static inline json_t *cases_load(const char *path)
{
    json_error_t error;
    json_t *all = json_load_file(path, 0, &error);
    if (!all)
        fail_msg("%s: %s", path, error.text);
    return all;
}

static inline struct span cases_text(const json_t *object, const char *key)
{
    return span_str(json_string_value(json_object_get(object, key)));
}

static inline struct span cases_base64(struct span s, char bytes[CASE_BYTES])
{
    assert_true(s.len / 4 * 3 <= CASE_BYTES);
    const int n = EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)s.ptr, (int)s.len);
    size_t pad = 0;
    while (pad < 2 && pad < s.len && s.ptr[s.len - 1 - pad] == '=')
        pad++;
    return span_of(bytes, (size_t)n - pad);
}

// The recorded answer.
static inline struct span cases_response(const json_t *c, char bytes[CASE_BYTES])
{
    return cases_base64(cases_text(c, "response"), bytes);
}

static inline enum svdb_proto cases_proto(const json_t *c)
{
    return span_eq(cases_text(c, "proto"), SPAN("udp")) ? SVDB_UDP : SVDB_TCP;
}

static const char *current; // case that is looked at

static inline void check_field(struct span have, struct span expected, const char *name)
{
    if (have.len == expected.len && span_eq(have, expected))
        return;
    fail_msg("%s: %s is '%.*s', not '%.*s'", current, name, (int)have.len, have.ptr ? have.ptr : "",
             (int)expected.len, expected.ptr ? expected.ptr : "");
}

static inline void check_cpes(const struct svdb_fields *f, const json_t *verdict)
{
    const json_t *list = json_object_get(verdict, "cpe");
    size_t n = 0;
    for (int i = 0; i < 3; i++)
        if (f->cpe[i].len > 0)
            check_field(f->cpe[i], span_str(json_string_value(json_array_get(list, n++))), "cpe");
    if (n != json_array_size(list))
        fail_msg("%s: %zu CPE names, not %zu", current, n, json_array_size(list));
}

// All fields but the service.
static inline void check_values(const struct svdb_fields *f, const json_t *verdict)
{
    check_field(f->product, cases_text(verdict, "product"), "product");
    check_field(f->version, cases_text(verdict, "version"), "version");
    check_field(f->extra, cases_text(verdict, "extrainfo"), "extra");
    check_field(f->hostname, cases_text(verdict, "hostname"), "host name");
    check_field(f->os, cases_text(verdict, "ostype"), "os");
    check_field(f->device, cases_text(verdict, "devicetype"), "device");
    check_cpes(f, verdict);
}
