// SPDX-License-Identifier: Apache-2.0
#include "report/certainty.h"

#include "base/buf.h"
#include "model/host.h"
#include "report/writer.h"
#include "report/xmltext.h"

static bool has_news(const struct scan_loss *l)
{
    return l->n_lost > 0 || l->n_uncertain > 0;
}

bool certainty_is_worth_telling(const struct host *host)
{
    for (uint32_t i = 0; i < host->n_losses; i++)
        if (has_news(&host->losses[i]))
            return true;
    return false;
}

static void put_part(struct buf *b, uint64_t part, uint64_t all, const char *what)
{
    buf_char(b, ' ');
    buf_dec(b, part);
    buf_str(b, " of ");
    buf_dec(b, all);
    buf_str(b, what);
}

static void put_scan(struct buf *b, const struct scan_loss *l)
{
    buf_str(b, proto_name(l->proto));
    put_part(b, l->n_lost, l->n_asked, " probes lost,");
    put_part(b, l->n_uncertain, l->n_ports, l->proto == PROTO_IP ? " protocols" : " ports");
    buf_str(b, " uncertain");
}

void certainty_text(struct buf *b, const struct host *host)
{
    bool has_any = false;
    for (uint32_t i = 0; i < host->n_losses; i++) {
        if (!has_news(&host->losses[i]))
            continue;
        buf_str(b, has_any ? "; " : "");
        put_scan(b, &host->losses[i]);
        has_any = true;
    }
}

void certainty_title(struct buf *b, const struct host *host)
{
    buf_str(b, "Certainty: ");
    certainty_text(b, host);
}

void certainty_line(struct writer *w, const struct host *host)
{
    uint8_t mem[CERTAINTY_TEXT_MAX];
    struct buf b;
    if (!certainty_is_worth_telling(host))
        return;
    buf_init(&b, mem, sizeof mem);
    certainty_title(&b, host);
    writer_bytes(w, buf_span(&b));
    writer_line(w, "");
}

static void number_xml(struct writer *w, const char *key, uint64_t n)
{
    uint8_t mem[32];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    buf_dec(&b, n);
    xml_elem(w, key, buf_span(&b));
}

void certainty_xml(struct writer *w, const struct host *host)
{
    uint8_t mem[CERTAINTY_TEXT_MAX];
    struct buf b;
    buf_init(&b, mem, sizeof mem);
    certainty_text(&b, host);
    writer_str(w, "<script id=\"whorl-certainty\"");
    xml_put(w, "output", buf_span(&b));
    writer_line(w, ">");
    for (uint32_t i = 0; i < host->n_losses; i++) {
        const struct scan_loss *l = &host->losses[i];
        writer_str(w, "<table>");
        xml_elem(w, "protocol", span_str(proto_name(l->proto)));
        number_xml(w, "asked", l->n_asked);
        number_xml(w, "lost", l->n_lost);
        number_xml(w, "ports", l->n_ports);
        number_xml(w, "uncertain", l->n_uncertain);
        writer_line(w, "</table>");
    }
    writer_str(w, "</script>");
}
