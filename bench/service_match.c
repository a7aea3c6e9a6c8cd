// SPDX-License-Identifier: Apache-2.0
// First rule for an answer: the index in front of PCRE2 beside each rule in turn, and start-up
// apart. Times are of this process on one processor. Every answer is asked through the lists of
// its probe as a scan would. Arguments: the service-probe file, then files of recorded answers.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/rng.h"
#include "naive/re_load.h"
#include "naive/re_naive.h"
#include "svdb/re_facts.h"

enum { ROUNDS = 20, NAIVE_ROUNDS = 2, CASES = 4096, PAGE = 4096 };

struct answer {
    struct span text;
    const struct re_list *chain[RE_CHAIN];
    uint32_t n_chain;
};

struct answers {
    struct answer v[CASES];
    uint32_t n;
    uint32_t n_hits;
};

struct bench {
    struct arena arena;
    struct re_file file;
    struct re_set *set;
    struct re_scratch *scratch;
    struct re_naive *naive;
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void add(struct bench *b, struct answers *to, bool is_udp, struct span probe,
                struct span text)
{
    if (to->n == CASES)
        return;
    struct answer *a = &to->v[to->n];
    a->text = arena_copy(&b->arena, text);
    a->n_chain = re_chain(&b->file, is_udp, probe, a->chain);
    to->n += a->n_chain > 0;
}

static bool find(struct bench *b, const struct answer *a, struct re_hit *hit)
{
    re_scan(b->set, a->text, b->scratch);
    for (uint32_t i = 0; i < a->n_chain; i++) {
        if (re_first(b->set, b->scratch, a->chain[i]->lo, a->chain[i]->hi, hit))
            return true;
    }
    return false;
}

static bool find_naive(struct bench *b, const struct answer *a, struct re_hit *hit)
{
    for (uint32_t i = 0; i < a->n_chain; i++) {
        if (re_naive_first(b->naive, a->text, a->chain[i]->lo, a->chain[i]->hi, hit))
            return true;
    }
    return false;
}

static void must_agree(struct bench *b, struct answers *s)
{
    struct re_hit fast = {0}, slow = {0};
    s->n_hits = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const bool is_hit = find(b, &s->v[i], &fast);
        if (is_hit != find_naive(b, &s->v[i], &slow) || (is_hit && fast.rule != slow.rule)) {
            printf("answer %u: not the same rule\n", (unsigned)i);
            exit(1);
        }
        s->n_hits += is_hit;
    }
}

typedef bool find_fn(struct bench *b, const struct answer *a, struct re_hit *hit);

// Mean of the best round.
static double rounds_us(struct bench *b, const struct answers *s, find_fn *fn, int rounds)
{
    struct re_hit hit;
    double best = 1e12;
    for (int k = 0; k < rounds; k++) {
        const double t = now_us();
        for (uint32_t i = 0; i < s->n; i++)
            fn(b, &s->v[i], &hit);
        const double us = (now_us() - t) / s->n;
        best = us < best ? us : best;
    }
    return best;
}

static void compare(struct bench *b, const char *what, struct answers *s)
{
    if (s->n == 0)
        return;
    must_agree(b, s);
    const double fast = rounds_us(b, s, find, ROUNDS);
    const double slow = rounds_us(b, s, find_naive, NAIVE_ROUNDS);
    printf("%-28s %5u answers %5u hits %9.2f us %9.0f/s   naive %9.1f us   %6.0f times\n", what,
           (unsigned)s->n, (unsigned)s->n_hits, fast, 1e6 / fast, slow, slow / fast);
}

// Base64 in place; the length of what it says.
static size_t decode(char *s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = 0;
    uint32_t bits = 0, have = 0;
    for (const char *p = s; *p && *p != '='; p++) {
        const char *digit = strchr(digits, *p);
        if (!digit)
            continue;
        bits = bits << 6 | (uint32_t)(digit - digits);
        have += 6;
        if (have >= 8)
            s[n++] = (char)(bits >> (have -= 8));
    }
    return n;
}

// asked: all of them through the lists of this TCP probe; NULL: each through its own.
static void load_answers(struct bench *b, const char *path, const char *asked, struct answers *to)
{
    json_error_t e;
    json_t *all = json_load_file(path, 0, &e);
    size_t i;
    json_t *one;
    json_array_foreach(all, i, one)
    {
        const char *probe = json_string_value(json_object_get(one, "probe"));
        const char *proto = json_string_value(json_object_get(one, "proto"));
        const char *text = json_string_value(json_object_get(one, "response"));
        if (!probe || !proto || !text)
            continue;
        struct span copy = arena_copy(&b->arena, span_str(text));
        copy.len = decode((char *)(uintptr_t)copy.ptr);
        add(b, to, !asked && strcmp(proto, "udp") == 0, span_str(asked ? asked : probe), copy);
    }
    json_decref(all);
}

static struct span fill(struct bench *b, const char *head, const char *body, size_t len)
{
    char *p = arena_alloc(&b->arena, len + 1);
    const size_t n_head = strlen(head), n_body = strlen(body);
    for (size_t i = 0; i < len; i++)
        p[i] = i < n_head ? head[i] : body[(i - n_head) % n_body];
    return span_of(p, len);
}

static struct span random_bytes(struct bench *b, size_t len)
{
    struct rng rng;
    char *p = arena_alloc(&b->arena, len);
    rng_seed(&rng, len);
    for (size_t i = 0; i < len; i++)
        p[i] = (char)rng_u32(&rng);
    return span_of(p, len);
}

static const char html[] =
    "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nServer: Unheard-Of/7.1\r\n"
    "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n<!DOCTYPE html>\n<html>\n"
    "<head>\n<title>Nothing known</title>\n</head>\n<body>\n";
static const char paragraph[] =
    "<p class=\"text\">Some words of no meaning, <a href=\"/page.html\">a link</a> and 42.</p>\n";

static void compare_one(struct bench *b, const char *what, const char *probe, struct span text)
{
    static struct answers one;
    one.n = 0;
    add(b, &one, false, span_str(probe), text);
    compare(b, what, &one);
}

static void unmatched(struct bench *b)
{
    compare_one(b, "banner of 28 bytes", "GetRequest", SPAN("Unheard of service 3.1 here\n"));
    compare_one(b, "220 and 28 bytes", "NULL", SPAN("220 unheard of service, 3.1\r\n"));
    compare_one(b, "4096 bytes of HTML", "GetRequest", fill(b, html, paragraph, PAGE));
    compare_one(b, "4096 bytes, 220 lines", "NULL",
                fill(b, "", "220-no such thing here\r\n", PAGE));
    compare_one(b, "4096 random bytes", "GetRequest", random_bytes(b, PAGE));
    compare_one(b, "65536 bytes of HTML", "GetRequest",
                fill(b, html, paragraph, LIMIT_SERVICE_READ));
    compare_one(b, "65536 random bytes", "GetRequest", random_bytes(b, LIMIT_SERVICE_READ));
}

// Literals of all rules of the lists asked, one after the other: as many candidates as one
// subject can have.
static struct span literals(struct bench *b, const char *head, const char *probe)
{
    static struct re_facts f;
    static struct answers one;
    struct buf text;
    one.n = 0;
    add(b, &one, false, span_str(probe), SPAN(""));
    buf_init(&text, arena_alloc(&b->arena, LIMIT_SERVICE_READ), LIMIT_SERVICE_READ);
    buf_str(&text, head);
    for (uint32_t i = one.v[0].chain[0]->lo; i < one.v[0].chain[0]->hi && !text.full; i++) {
        re_facts_of(&b->file.rules[i], &f);
        for (uint32_t k = 0; k < f.n && !text.full; k++) {
            if (f.literal[k].at == RE_FLOATS)
                buf_bytes(&text, span_of(f.text + f.literal[k].from, f.literal[k].len));
        }
    }
    return buf_span(&text);
}

// Both take long here; one is asked once, and need not agree when its budget ends.
static void hostile(struct bench *b, const char *what, const char *probe, struct span text)
{
    static struct answers one;
    struct re_hit fast = {0}, slow = {0};
    one.n = 0;
    add(b, &one, false, span_str(probe), text);
    const double t = now_us();
    const bool is_hit = find(b, &one.v[0], &fast);
    const double t_naive = now_us();
    const bool is_naive_hit = find_naive(b, &one.v[0], &slow);
    const double end = now_us();
    const bool is_same = is_hit == is_naive_hit && (!is_hit || fast.rule == slow.rule);
    printf("%-40s %9.1f ms   naive %9.1f ms   %s%s%s\n", what, (t_naive - t) / 1e3,
           (end - t_naive) / 1e3, is_naive_hit ? "hit, " : "", is_same ? "same" : "NOT THE SAME",
           re_is_cut(b->scratch) ? ", cut" : "");
}

static void hostiles(struct bench *b)
{
    const size_t len = LIMIT_SERVICE_READ;
    hostile(b, "hostile: 64 KiB of \"nntp\"", "NULL", fill(b, "200 ", "nntp", len));
    hostile(b, "hostile: 64 KiB of \"imap\"", "NULL", fill(b, "* OK ", "imap", len));
    hostile(b, "hostile: \"nntp\", then ends of lines", "NULL",
            fill(b, fill(b, "200 ", "nntp", len / 2).ptr, "\r\n", len));
    hostile(
        b, "hostile: 64 KiB of header lines", "GetRequest",
        fill(b, "HTTP/1.1 200 OK\r\n", "Server: x\r\nWWW-Authenticate: Basic realm=\"\r\n", len));
    hostile(b, "hostile: literals, HTTP", "GetRequest",
            literals(b, "HTTP/1.0 200 OK\r\n", "GetRequest"));
    hostile(b, "hostile: literals, HTTP 401", "GetRequest",
            literals(b, "HTTP/1.1 401 Unauthorized\r\n", "GetRequest"));
    hostile(b, "hostile: literals, banner", "NULL", literals(b, "220 ", "NULL"));
    hostile(b, "hostile: literals, binary", "NULL", literals(b, "\1\2\3\4", "SMBProgNeg"));
}

static void start_up(struct bench *b)
{
    struct arena scratch;
    struct err_at at;
    struct span index;
    arena_init(&scratch, "bench");
    double t = now_us();
    for (uint32_t i = 0; i < b->file.n; i++)
        re_check(&b->file.rules[i], &at);
    printf("check of %u rules     %8.1f ms\n", (unsigned)b->file.n, (now_us() - t) / 1e3);
    t = now_us();
    if (re_compile(&b->arena, &scratch, b->file.rules, b->file.n, &index) != ERR_OK)
        exit(1);
    printf("index of %5zu KiB        %8.1f ms\n", index.len / 1024, (now_us() - t) / 1e3);
    t = now_us();
    if (re_open(&b->arena, index, b->file.rules, b->file.n, &b->set, &at) != ERR_OK)
        exit(1);
    b->scratch = re_scratch_new(&b->arena, b->set);
    printf("open                      %8.2f ms\n", (now_us() - t) / 1e3);
    t = now_us();
    b->naive = re_naive_open(&b->arena, b->file.rules, b->file.n);
    printf("naive: compile all        %8.1f ms\n", (now_us() - t) / 1e3);
    arena_fini(&scratch);
    if (!b->naive)
        exit(1);
}

int main(int argc, char **argv)
{
    static struct bench b;
    static struct answers answers;
    static const char *const lists[] = {"NULL", "GetRequest"};
    const char *path = argc > 1 ? argv[1] : "/usr/share/nmap/nmap-service-probes";
    arena_init(&b.arena, "bench");
    if (!re_load(&b.arena, path, &b.file)) {
        printf("no %s: nothing to measure\n", path);
        return 0;
    }
    start_up(&b);
    for (int i = 2; i < argc; i++) {
        answers.n = 0;
        load_answers(&b, argv[i], NULL, &answers);
        compare(&b, strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i], &answers);
        for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
            answers.n = 0;
            load_answers(&b, argv[i], lists[k], &answers);
            compare(&b, lists[k], &answers);
        }
    }
    unmatched(&b);
    hostiles(&b);
    re_naive_close(b.naive);
    re_close(b.set);
    arena_fini(&b.arena);
    return 0;
}
