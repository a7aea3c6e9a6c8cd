// SPDX-License-Identifier: Apache-2.0
// What stages ask of the pipeline for the host that they work on.
#include "base/buf.h"
#include "base/text.h"
#include "stage/pipeline_own.h"

struct slot *slot_of(struct visit *v)
{
    return (struct slot *)v;
}

void visit_wake(struct visit *v, uint64_t at_ns)
{
    timer_set(engine_timers(v->engine), &v->timer, at_ns);
}

void visit_pass(struct visit *v)
{
    slot_of(v)->is_leaving = true;
}

void visit_drop(struct visit *v)
{
    slot_of(v)->is_leaving = true;
    slot_of(v)->is_dropped = true;
}

void visit_put_off(struct visit *v)
{
    struct slot *s = slot_of(v);
    if (!s->is_put_off)
        queue_put(&v->pipeline->chores, s);
    s->is_put_off = true;
}

void visit_note(const struct visit *v, int verbosity, struct span text)
{
    v->pipeline->calls.note(v->pipeline->calls.ctx, verbosity, text);
}

void visit_port(struct visit *v, const struct port *port)
{
    const struct pipeline_calls *calls = &v->pipeline->calls;
    if (calls->port)
        calls->port(calls->ctx, &v->host, port);
}

void visit_ports(struct visit *v, const struct host *decided)
{
    const struct pipeline_calls *calls = &v->pipeline->calls;
    if (calls->ports)
        calls->ports(calls->ctx, decided);
}

void visit_service(struct visit *v, const struct port *port)
{
    const struct pipeline_calls *calls = &v->pipeline->calls;
    if (calls->service)
        calls->service(calls->ctx, &v->host, port);
}

void visit_evidence(struct visit *v, const struct evidence *e)
{
    const struct pipeline_calls *calls = &v->pipeline->calls;
    if (calls->evidence)
        calls->evidence(calls->ctx, &v->host, e);
}

uint64_t visit_ready(const struct visit *v)
{
    const int64_t gap_us = v->plan->timing.scan_delay_us;
    return v->last_sent_ns && gap_us > 0 ? v->last_sent_ns + (uint64_t)gap_us * 1000 : 0;
}

int64_t visit_timeout_us(const struct visit *v)
{
    const struct rtt *own = &v->host.rtt;
    return rtt_timeout_us(own->is_known ? own : v->near, &v->plan->timing.rtt);
}

uint32_t visit_crowd(const struct visit *v)
{
    return v->pipeline->n_live;
}

void visit_line(struct visit *v, bool is_waiting)
{
    const uint64_t now_ns = engine_now(v->engine);
    if (v->line_since_ns > 0)
        v->line_ns += now_ns - v->line_since_ns;
    v->line_since_ns = is_waiting ? now_ns : 0;
}

bool visit_has_queue(const struct visit *v)
{
    const struct pipeline *p = v->pipeline;
    return !p->is_dry && p->n_live < p->most_live && !p->hall.first;
}

uint64_t visit_retry(const struct visit *v)
{
    const uint64_t crowd_ns = engine_crowd_ns(v->engine, visit_crowd(v));
    const uint64_t share_ns = crowd_ns > 0 ? rng_below(v->rng, (uint32_t)crowd_ns) : 0;
    return engine_ready(v->engine) + share_ns;
}

bool visit_send(struct visit *v, struct span packet, bool is_urgent)
{
    if (!engine_send(v->engine, &v->path, packet, is_urgent)) {
        visit_wake(v, visit_retry(v));
        return false;
    }
    v->last_sent_ns = engine_now(v->engine);
    return true;
}

void host_label(const struct host *h, struct buf *b)
{
    const struct span name = span_is_absent(h->name) ? h->ptr_name : h->name;
    if (!span_is_absent(name)) {
        text_escape(b, name);
        buf_str(b, " (");
    }
    ip_print(b, &h->addr);
    if (!span_is_absent(name))
        buf_char(b, ')');
}
