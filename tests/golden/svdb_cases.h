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

static const char installed[] = "/usr/share/nmap/nmap-service-probes";

// The file that the recorded verdicts are about.
static const char installed_sum[] =
    "293d7b3679d8d09c756840b38bffd32bb45b00a86cb47b9af17029328ca234f1";

// NULL if it cannot be read.
static struct span cases_file(struct arena *arena, const char *path)
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

static bool has_sum(struct span text, const char *expected)
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

// The recorded answer; base64.
static inline struct span cases_response(const json_t *c, char bytes[CASE_BYTES])
{
    const struct span s = cases_text(c, "response");
    assert_true(s.len / 4 * 3 <= CASE_BYTES);
    const int n = EVP_DecodeBlock((unsigned char *)bytes, (const unsigned char *)s.ptr, (int)s.len);
    size_t pad = 0;
    while (pad < 2 && pad < s.len && s.ptr[s.len - 1 - pad] == '=')
        pad++;
    return span_of(bytes, (size_t)n - pad);
}

static inline enum svdb_proto cases_proto(const json_t *c)
{
    return span_eq(cases_text(c, "proto"), SPAN("udp")) ? SVDB_UDP : SVDB_TCP;
}
