// SPDX-License-Identifier: Apache-2.0
// A saved scan as a work list. What was found open is known and not searched again; OS detection
// wants one closed port of each protocol beside it. A host whose ports were looked at in vain is
// told with one of them, so that it is not searched again either; one of which no port is known, or
// which a scan could only call unfiltered, is a plain target.
#include "base/ip.h"
#include "model/host.h"
#include "saved/records.h"
#include "saved/workline.h"
#include "saved/worklist.h"

struct workscan {
    struct worklist *list;
    struct records *records;
    bool is_closing;
    bool has_remark; // of this scan
};

static void tell_port(struct workscan *s, struct work_item *item, const struct port *p)
{
    item->has_port = true;
    item->port = (struct port){
        .number = p->number, .proto = p->proto, .state = p->state, .reason = REASON_USER_SET};
    work_tell(s->list, item);
}

static bool may_be_open(const struct port *p)
{
    return p->state == PORT_OPEN || p->state == PORT_OPEN_FILTERED;
}

static void take_ports(struct workscan *s, struct work_item *item, const struct host *h)
{
    const struct port *blocked = NULL;
    bool has_closed[PROTO_COUNT] = {false};
    bool is_unsure = false;
    for (uint32_t i = 0; i < h->n_ports; i++) {
        const struct port *p = &h->ports[i];
        const bool is_wanted = p->state == PORT_CLOSED && !has_closed[p->proto];
        has_closed[p->proto] |= is_wanted;
        is_unsure |= p->state == PORT_UNFILTERED || p->state == PORT_CLOSED_FILTERED;
        if (p->state == PORT_FILTERED && !blocked)
            blocked = p;
        if (p->number > 0 && (is_wanted || may_be_open(p)))
            tell_port(s, item, p);
    }
    if (!item->has_port && blocked && blocked->number > 0 && !is_unsure)
        tell_port(s, item, blocked);
    if (!item->has_port)
        work_tell(s->list, item);
}

static void take_host(struct workscan *s, const struct record *r)
{
    const struct host *h = r->host;
    char text[IP_TEXT_MAX];
    struct work_item item = {.line = r->line, .name = h->name};
    if (h->state == HOST_DOWN || h->state == HOST_SKIPPED)
        return;
    if (h->is_cut_short && h->n_ports > 0 && !s->has_remark) {
        const struct work_item remark = {
            .line = r->line,
            .remark =
                "of hosts that this scan did not finish only the ports found so far are known",
        };
        s->has_remark = true;
        work_tell(s->list, &remark);
    }
    item.spec = span_str(ip_text(&h->addr, text));
    take_ports(s, &item, h);
}

static void on_record(void *ctx, struct record *r)
{
    struct workscan *s = ctx;
    if (s->is_closing)
        return;
    if (r->kind == RECORD_BEGIN)
        s->has_remark = false;
    else if (r->kind == RECORD_HOST)
        take_host(s, r);
    else if (r->kind == RECORD_DAMAGE && !r->is_about_folded)
        work_tell(s->list,
                  &(struct work_item){.line = r->line, .spec = r->token, .damage = r->text.ptr});
}

struct workscan *workscan_open(struct arena *run, struct worklist *w)
{
    struct workscan *s = arena_alloc(run, sizeof *s);
    s->list = w;
    s->records = records_open(run, on_record, s);
    return s;
}

void workscan_feed(struct workscan *s, struct span bytes)
{
    records_feed(s->records, bytes);
}

void workscan_end(struct workscan *s)
{
    records_end(s->records);
}

void workscan_close(struct workscan *s)
{
    s->is_closing = true;
    records_end(s->records); // lets go of hosts that are unfinished
    records_close(s->records);
}
