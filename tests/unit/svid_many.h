// SPDX-License-Identifier: Apache-2.0
// A database of the usual size: NULL and 29 probes that are asked at intensity 7, each with one
// rule of its own and, but for some, no port.
#pragma once

#include "svid_load.h"

enum { MANY_PROBES = 29, MANY_LIKELY = 2 };

static inline void many_add(struct buf *b, const char *proto, uint32_t i)
{
    buf_str(b, "Probe ");
    buf_str(b, proto);
    buf_str(b, " Ask");
    buf_dec_pad(b, i, 2);
    buf_str(b, " q|A");
    buf_dec_pad(b, i, 2);
    buf_str(b, i == MANY_LIKELY ? "\\r\\n|\nrarity 1\n" : "\\r\\n|\nrarity 3\n");
    if (i == MANY_LIKELY)
        buf_str(b, "ports 80\nsslports 443\nmatch http m|^HTTP/1\\.[01] \\d+ .*\\r\\nServer: "
                   "([^/\\r\\n]+)/([\\d.]+)|s p/$1/ v/$2/\nmatch http m|^HTTP/1\\.[01] 999 never|\n"
                   "match ssl m|^\\x15\\x03\\x01\\0\\x02|\n");
    if (i == 5)
        buf_str(b, "match ssl m|^\\x16\\x03\\x01..\\x02|s\n");
    buf_str(b, "match svc");
    buf_dec(b, i);
    buf_str(b, " m|^OK");
    buf_dec_pad(b, i, 2);
    buf_str(b, " ([\\w.]+)| p/Product");
    buf_dec(b, i);
    buf_str(b, "/ v/$1/\nsoftmatch soft");
    buf_dec(b, i % 7);
    buf_str(b, " m|^SO");
    buf_dec_pad(b, i % 7, 2);
    buf_str(b, "|\n");
}

static inline void many_init(struct load *l)
{
    static char text[32768];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, "Probe TCP NULL q||\ntotalwaitms 6000\ntcpwrappedms 3000\n"
                "match ssh m|^SSH-([\\d.]+)-Door_([\\w.]+)\\r\\n| p/Door/ v/$2/ i/protocol $1/\n"
                "match greet m|^HELLO ([\\w.]+)\\r\\n| p/Greeter/ v/$1/\n"
                "match chargen m|^!\"#.*ABCDEFG| p/Characters/\n"
                "softmatch ftp m|^220 |\n");
    for (uint32_t i = 1; i <= MANY_PROBES; i++)
        many_add(&b, "TCP", i);
    for (uint32_t i = 1; i <= 19; i++)
        many_add(&b, "UDP", i);
    buf_str(&b, "Probe UDP Dt q|DTLS|\nrarity 2\nports 4433\nmatch dtls m|^\\x16\\xfe|\n");
    assert_false(b.full);
    load_init(l, buf_span(&b));
    l->target.port = 34567;
}

#define HTTP_ANSWER "HTTP/1.0 200 OK\r\nServer: thing/1.2\r\n\r\nhi"
#define ON(bytes) .on = {bytes, sizeof bytes - 1}
#define SAY(bytes) .say = {bytes, sizeof bytes - 1}
