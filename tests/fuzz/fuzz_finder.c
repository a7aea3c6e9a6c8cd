// SPDX-License-Identifier: Apache-2.0
// Any bytes as text with fingerprints in it: what is found keeps its promises, and is the same
// whether the text comes whole, in pieces or byte by byte.
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "saved/saved.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    uint64_t n_lines; // of the input
    uint32_t n;
    uint32_t sum; // over everything that was found
};

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void check(const struct seen *s, const struct found *f)
{
    uint32_t n = 0;
    for (size_t i = 0; i < f->tests.len; i++)
        n += f->tests.ptr[i] == '\n';
    require(f->line >= 1 && f->line <= s->n_lines);
    require(f->n_tests <= SAVED_LINES_MAX);
    const size_t most = f->is_six ? LIMIT_SUBJECT6 : LIMIT_SUBJECT;
    require(f->scan.len <= most + 1024 && span_find(f->scan, '\n') == f->scan.len);
    if (f->damage) {
        require(f->damage_line >= f->line && f->damage_line <= s->n_lines);
        return;
    }
    if (f->is_six) {
        require(n == 0 && f->tests.len > 0 && f->scan.ptr[f->scan.len - 1] == ')');
        return;
    }
    require(n == f->n_tests && n > 0 && f->tests.len <= LIMIT_SUBJECT);
    for (uint32_t i = 0; i < n; i++)
        require(f->lines[i] >= f->line && f->lines[i] <= s->n_lines);
}

static void on_found(void *ctx, const struct found *f)
{
    struct seen *s = ctx;
    const struct span texts[] = {f->scan, f->tests, f->name, f->addr, f->token};
    check(s, f);
    s->n++;
    s->sum = s->sum * 31 + (uint32_t)f->line + (f->damage ? (uint32_t)f->damage_line * 7 : 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        s->sum = s->sum * 31 + (texts[i].len > 0 ? hash_crc32(texts[i]) : 1);
}

static struct seen feed(struct finder *f, struct seen *s, struct span text, size_t step)
{
    *s = (struct seen){.n_lines = 1};
    for (size_t i = 0; i < text.len; i++)
        s->n_lines += text.ptr[i] == '\n';
    for (; text.len > 0; text = span_from(text, step))
        finder_feed(f, span_head(text, step));
    finder_end(f);
    return *s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct seen s;
    const struct span text = span_of(data, size);
    arena_init(&a, "test");
    struct finder *f = finder_new(&a, on_found, &s);
    const struct seen whole = feed(f, &s, text, size ? size : 1);
    const struct seen bytes = feed(f, &s, text, 1);
    const struct seen pieces = feed(f, &s, text, 7);
    require(whole.n == bytes.n && whole.sum == bytes.sum);
    require(whole.n == pieces.n && whole.sum == pieces.sum);
    arena_fini(&a);
    return 0;
}
