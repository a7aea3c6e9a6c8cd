// SPDX-License-Identifier: Apache-2.0
// Any bytes as an index, laid over a sound one: what is accepted must be safe to scan and ask
// with. "offset, 4 bytes; value, 4 bytes" again and again, little endian.
#include <stdlib.h>

#include "svdb/re_block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const regexes[] = {
    "^220 ([\\w.]+) ESMTP Postfix\\r\\n",
    "^SSH-([\\d.]+)-OpenSSH_([\\w._-]+)",
    "^HTTP/1\\.[01] \\d\\d\\d .*\\r\\nServer: ([^\\r\\n]+)",
    "^\\x05\\0",
    "[a-z]+\\$",
    "Server: A.*BCDE",
};
enum { N = sizeof regexes / sizeof regexes[0], EDIT = 8 };

static const char *const subjects[] = {
    "220 mail.example ESMTP Postfix\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/1.1 200 OK\r\nDate: x\r\nServer: Apache BCDE\r\n\r\n",
    "\5",
    "",
};

static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void ask_all(struct arena *a, struct re_set *set)
{
    struct re_hit hit;
    struct re_scratch *m = re_scratch_new(a, set);
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        re_scan(set, span_str(subjects[i]), m);
        for (uint32_t lo = 0; re_first(set, m, lo, N, &hit); lo = hit.rule + 1) {
            if (hit.rule < lo || hit.rule >= N)
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a, scratch;
    struct re_rule rules[N] = {0};
    struct span index;
    struct re_set *set;
    struct err_at at = {0};
    arena_init(&a, "fuzz");
    arena_init(&scratch, "fuzz");
    for (uint32_t i = 0; i < N; i++)
        rules[i].regex = span_str(regexes[i]);
    if (re_compile(&a, &scratch, rules, N, &index) != ERR_OK)
        abort();
    // An exact copy, so that a read past the end is seen by the sanitizer.
    char *bytes = malloc(index.len);
    if (!bytes)
        abort();
    memcpy(bytes, index.ptr, index.len);
    for (; size >= EDIT; data += EDIT, size -= EDIT) {
        const size_t at_byte = le32(data) % (index.len / 4) * 4;
        memcpy(bytes + at_byte, data + 4, 4);
    }
    if (re_open(&a, span_of(bytes, index.len), rules, N, &set, &at) == ERR_OK) {
        ask_all(&a, set);
        re_close(set);
    } else if (at.code == ERR_OK || !at.what) {
        abort();
    }
    free(bytes);
    arena_fini(&scratch);
    arena_fini(&a);
    return 0;
}
