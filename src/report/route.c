// SPDX-License-Identifier: Apache-2.0
#include "report/route.h"

#include "model/host.h"
#include "model/scan.h"
#include "report/json.h"
#include "report/normal.h"
#include "report/writer.h"
#include "report/xmltext.h"

enum { HOP_WIDTH = 4, CELL_MAX = 32 };

struct cell {
    char text[CELL_MAX];
    struct span span;
};

static void print_ms(struct buf *b, int64_t us)
{
    buf_fixed(b, (double)us / 1000, 2);
}

// "0.12 ms", "--"; for the first of silent hops: "..." or "... 7", the last of them.
static void rtt_of(struct cell *c, const struct route *r, uint32_t i)
{
    const struct hop *h = &r->hops[i];
    uint32_t last = i;
    struct buf b;
    buf_init(&b, c->text, sizeof c->text);
    while (last + 1 < r->n_hops && !r->hops[last + 1].has_addr)
        last++;
    if (h->has_addr && h->has_rtt)
        print_ms(&b, h->rtt_us);
    buf_str(&b, h->has_addr ? h->has_rtt ? " ms" : "--" : "...");
    if (!h->has_addr && last > i) {
        buf_char(&b, ' ');
        buf_dec(&b, r->hops[last].ttl);
    }
    c->span = buf_span(&b);
}

static struct span name_of(const struct host *host, const struct hop *h)
{
    if (!ip_eq(&h->addr, &host->addr))
        return h->name;
    return span_is_absent(host->name) ? host->ptr_name : host->name;
}

static void title_write(struct writer *w, const struct host *host)
{
    const struct route *r = host->route;
    writer_str(w, "\nTRACEROUTE");
    if (r->probe == ROUTE_BY_PORT) {
        writer_str(w, " (using port ");
        writer_dec(w, r->port);
        writer_str(w, "/");
        writer_str(w, proto_name(r->proto));
        writer_str(w, ")");
    } else if (r->probe == ROUTE_BY_ICMP) {
        writer_str(w, host->addr.family == IP_V6 ? " (using proto 58/ipv6-icmp)"
                                                 : " (using proto 1/icmp)");
    }
    writer_str(w, "\n");
}

static void hop_write(struct writer *w, const struct host *host, uint32_t i, size_t width)
{
    const struct hop *h = &host->route->hops[i];
    struct cell number = {.text = ""}, rtt;
    struct buf b;
    buf_init(&b, number.text, sizeof number.text);
    buf_dec(&b, h->ttl);
    rtt_of(&rtt, host->route, i);
    writer_bytes(w, buf_span(&b));
    writer_blanks(w, HOP_WIDTH - buf_len(&b));
    writer_bytes(w, rtt.span);
    if (h->has_addr) {
        const struct span name = name_of(host, h);
        writer_blanks(w, width + 1 - rtt.span.len);
        writer_escaped(w, name);
        writer_str(w, span_is_absent(name) ? "" : " (");
        writer_ip(w, &h->addr);
        writer_str(w, span_is_absent(name) ? "" : ")");
    }
    writer_str(w, "\n");
}

static void shared_write(struct writer *w, const struct route *r)
{
    writer_str(w, r->n_shared == 1 ? "-   Hop 1 is the same as for " : "-   Hops 1-");
    if (r->n_shared > 1) {
        writer_dec(w, r->n_shared);
        writer_str(w, " are the same as for ");
    }
    writer_ip(w, &r->shared_with);
    writer_str(w, "\n");
}

void route_write(struct writer *w, const struct scan *scan, const struct host *host)
{
    const struct route *r = host->route;
    const uint32_t from = scan->debug > 0 ? 0 : r->n_shared;
    size_t width = sizeof "RTT" - 1;
    struct cell c;
    for (uint32_t i = from; i < r->n_hops; i++) {
        rtt_of(&c, r, i);
        width = c.span.len > width && r->hops[i].has_addr ? c.span.len : width;
    }
    title_write(w, host);
    writer_str(w, "HOP RTT");
    writer_blanks(w, width + 1 - (sizeof "RTT" - 1));
    writer_line(w, "ADDRESS");
    if (from > 0)
        shared_write(w, r);
    for (uint32_t i = from; i < r->n_hops; i++)
        if (i == from || r->hops[i].has_addr || r->hops[i - 1].has_addr)
            hop_write(w, host, i, width);
}

void route_xml_write(struct writer *w, const struct host *host)
{
    const struct route *r = host->route;
    writer_str(w, "<trace");
    if (r->probe == ROUTE_BY_PORT)
        xml_put_number(w, "port", r->port);
    if (r->probe != ROUTE_NO_PROBE)
        xml_put(w, "proto",
                r->probe == ROUTE_BY_ICMP ? SPAN("icmp") : span_str(proto_name(r->proto)));
    writer_line(w, ">");
    for (uint32_t i = 0; i < r->n_hops; i++) {
        const struct hop *h = &r->hops[i];
        char addr[IP_TEXT_MAX], rtt[CELL_MAX];
        struct buf b;
        if (!h->has_addr)
            continue;
        buf_init(&b, rtt, sizeof rtt);
        if (h->has_rtt)
            print_ms(&b, h->rtt_us);
        else
            buf_str(&b, "--");
        writer_str(w, "<hop");
        xml_put_number(w, "ttl", h->ttl);
        xml_put(w, "ipaddr", span_str(ip_text(&h->addr, addr)));
        xml_put(w, "rtt", buf_span(&b));
        xml_some(w, "host", name_of(host, h));
        writer_line(w, "/>");
    }
    writer_line(w, "</trace>");
}

static void hop_record(struct json *j, const struct hop *h)
{
    char addr[IP_TEXT_MAX];
    json_open(j, '{');
    json_put_number(j, "ttl", h->ttl);
    json_put_text(j, "addr", span_str(ip_text(&h->addr, addr)));
    if (h->has_rtt) {
        json_key(j, "rtt");
        json_int(j, h->rtt_us);
    }
    json_some_text(j, "name", h->name);
    json_close(j, '}');
}

void route_record(struct json *j, const struct host *host)
{
    const struct route *r = host->route;
    char addr[IP_TEXT_MAX];
    json_key(j, "trace");
    json_open(j, '{');
    if (r->probe != ROUTE_NO_PROBE)
        json_put_text(j, "proto",
                      r->probe == ROUTE_BY_ICMP ? SPAN("icmp") : span_str(proto_name(r->proto)));
    if (r->probe == ROUTE_BY_PORT)
        json_put_number(j, "port", r->port);
    json_put_number(j, "length", r->n_hops);
    if (r->n_shared > 0) {
        json_put_number(j, "shared", r->n_shared);
        json_put_text(j, "shared_with", span_str(ip_text(&r->shared_with, addr)));
    }
    json_key(j, "hops");
    json_open(j, '[');
    for (uint32_t i = 0; i < r->n_hops; i++)
        if (r->hops[i].has_addr)
            hop_record(j, &r->hops[i]);
    json_close(j, ']');
    json_close(j, '}');
}
