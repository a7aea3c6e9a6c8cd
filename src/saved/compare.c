// SPDX-License-Identifier: Apache-2.0
#include "saved/compare.h"

#include "base/buf.h"

enum { TEXT_MAX = 512, RESTART_LEAST = 120 }; // seconds by which uptimes of one boot may differ

// Guesses this far below the best one count as named with it (os-detection spec 7.3).
static const double window = 0.10;

struct compare {
    struct arena *a;
    const struct host *before;
    const struct host *after;
    difference_fn *call;
    void *ctx;
};

const char *difference_name(enum difference_kind kind)
{
    static const char *const names[] = {"state",       "name", "mac",     "port",    "service",
                                        "certificate", "os",   "restart", "distance"};
    return names[kind];
}

static void tell(struct compare *c, struct difference d)
{
    c->call(c->ctx, &d);
}

static struct buf text_of(struct compare *c)
{
    struct buf b;
    buf_init(&b, arena_alloc(c->a, TEXT_MAX), TEXT_MAX);
    return b;
}

static void put(struct buf *b, struct span s)
{
    if (s.len == 0)
        return;
    if (buf_len(b) > 0)
        buf_char(b, ' ');
    buf_bytes(b, span_head(s, 100)); // of a text that is only to be recognized
}

static struct span state_text(enum host_state s)
{
    static const char *const names[] = {"unknown", "up", "down", "skipped"};
    return span_str(names[s]);
}

static struct span mac_text(struct compare *c, const struct mac_addr *m)
{
    struct buf b = text_of(c);
    mac_print(&b, m);
    return buf_span(&b);
}

static void compare_heads(struct compare *c)
{
    const struct host *a = c->before;
    const struct host *b = c->after;
    if (a->state != b->state)
        tell(c, (struct difference){DIFFERENCE_STATE, .before = state_text(a->state),
                                    .after = state_text(b->state)});
    if (!span_eq_nocase(a->ptr_name, b->ptr_name)) {
        const bool has_both = a->ptr_name.len > 0 && b->ptr_name.len > 0;
        tell(c, (struct difference){DIFFERENCE_NAME, .before = a->ptr_name, .after = b->ptr_name,
                                    .noise = has_both ? NULL : "the name was not found each time"});
    }
    if (a->has_mac && b->has_mac && memcmp(&a->mac, &b->mac, sizeof a->mac) != 0)
        tell(c, (struct difference){DIFFERENCE_MAC, .before = mac_text(c, &a->mac),
                                    .after = mac_text(c, &b->mac)});
}

enum look { LOOK_OPEN, LOOK_CLOSED, LOOK_SILENT };

static enum look look_of(const struct port *p)
{
    switch ((enum port_state)p->state) {
    case PORT_OPEN:
        return LOOK_OPEN;
    case PORT_CLOSED:
    case PORT_UNFILTERED:
        return LOOK_CLOSED;
    default:
        return LOOK_SILENT;
    }
}

static void compare_states(struct compare *c, const struct port *a, const struct port *b)
{
    if (a->state == b->state)
        return;
    const bool is_same = look_of(a) == look_of(b);
    const bool is_closing = look_of(a) != LOOK_OPEN && look_of(b) != LOOK_OPEN;
    tell(c, (struct difference){DIFFERENCE_PORT, b,
                                span_str(port_state_name((enum port_state)a->state)),
                                span_str(port_state_name((enum port_state)b->state)),
                                is_same      ? "silence has many names"
                                : is_closing ? "an answer that says no may get lost or be held back"
                                             : NULL});
}

static bool is_named(const struct service *s)
{
    return s && (s->state == SERVICE_HARD || s->state == SERVICE_SOFT) && s->name.len > 0;
}

static struct span service_text(struct compare *c, const struct service *s)
{
    struct buf b = text_of(c);
    if (!s)
        return (struct span){NULL, 0};
    if (s->tunnel != TUNNEL_NONE)
        buf_str(&b, "ssl/");
    buf_bytes(&b, span_head(s->name, 100));
    if (s->state == SERVICE_TCPWRAPPED && s->name.len == 0)
        buf_str(&b, "tcpwrapped");
    put(&b, s->product);
    put(&b, s->version);
    put(&b, s->extra);
    return buf_len(&b) > 0 ? buf_span(&b) : (struct span){NULL, 0};
}

// Of two values one of which is missing neither contradicts the other.
static bool contradict(struct span a, struct span b)
{
    return a.len > 0 && b.len > 0 && !span_eq(a, b);
}

static bool is_equal(const struct service *a, const struct service *b)
{
    return a->tunnel == b->tunnel && span_eq(a->name, b->name) && span_eq(a->product, b->product) &&
           span_eq(a->version, b->version) && span_eq(a->extra, b->extra);
}

static const char *service_noise(const struct service *a, const struct service *b)
{
    if (!is_named(a) || !is_named(b))
        return "it was not recognized each time";
    const bool is_other = contradict(a->name, b->name) || contradict(a->product, b->product) ||
                          contradict(a->version, b->version) || a->tunnel != b->tunnel;
    return is_other ? NULL : "only details differ";
}

static void compare_services(struct compare *c, const struct port *a, const struct port *b)
{
    const struct service *x = host_service(c->before, a);
    const struct service *y = host_service(c->after, b);
    if (a->state != PORT_OPEN || b->state != PORT_OPEN || (!is_named(x) && !is_named(y)))
        return;
    if (!x || !y || x->state == SERVICE_NOT_ASKED || y->state == SERVICE_NOT_ASKED)
        return; // only one side asked
    if (!is_equal(x, y))
        tell(c, (struct difference){DIFFERENCE_SERVICE, b, service_text(c, x), service_text(c, y),
                                    service_noise(x, y)});
    if (x->tls && y->tls && x->tls->has_certificate && y->tls->has_certificate &&
        memcmp(x->tls->sha256, y->tls->sha256, sizeof x->tls->sha256) != 0)
        tell(c, (struct difference){DIFFERENCE_CERTIFICATE, b, x->tls->subject, y->tls->subject,
                                    NULL});
}

static uint32_t key_of(const struct port *p)
{
    return (uint32_t)p->proto << 16 | p->number;
}

static void compare_ports(struct compare *c)
{
    uint32_t i = 0, k = 0;
    while (i < c->before->n_ports && k < c->after->n_ports) {
        const struct port *a = &c->before->ports[i];
        const struct port *b = &c->after->ports[k];
        i += key_of(a) <= key_of(b);
        k += key_of(b) <= key_of(a);
        if (key_of(a) != key_of(b) || a->state == PORT_UNKNOWN || b->state == PORT_UNKNOWN)
            continue; // one side did not look
        compare_states(c, a, b);
        compare_services(c, a, b);
    }
}

static bool has_verdict(const struct os_result *os)
{
    return os && os->status == OS_MATCHED && os->n_matches > 0 && os->matches[0].n_classes > 0;
}

static bool same_family(const struct os_class *a, const struct os_class *b)
{
    return span_eq(a->vendor, b->vendor) && span_eq(a->family, b->family);
}

// Whether a match near the best one has a class that fits. By generation too, if that is known.
static bool is_near(const struct os_result *os, const struct os_class *want, bool by_generation)
{
    for (uint32_t i = 0; i < os->n_matches; i++) {
        const struct os_match *m = &os->matches[i];
        if (m->accuracy <= os->matches[0].accuracy - window)
            break;
        for (uint32_t k = 0; k < m->n_classes; k++) {
            const struct os_class *c = &m->classes[k];
            if (same_family(c, want) &&
                (!by_generation || !contradict(c->generation, want->generation)))
                return true;
        }
    }
    return false;
}

static struct span os_text(struct compare *c, const struct os_result *os)
{
    struct buf b = text_of(c);
    if (!os || os->n_matches == 0)
        return (struct span){NULL, 0};
    buf_bytes(&b, span_head(os->matches[0].name, 200));
    if (os->matches[0].accuracy < 1) {
        buf_str(&b, " (");
        buf_dec(&b, (uint64_t)(os->matches[0].accuracy * 100));
        buf_str(&b, "%)");
    }
    return buf_span(&b);
}

static const char *os_noise(const struct os_result *a, const struct os_result *b)
{
    if (!has_verdict(a) || !has_verdict(b))
        return "no verdict each time";
    const struct os_class *x = &a->matches[0].classes[0];
    const struct os_class *y = &b->matches[0].classes[0];
    if (!is_near(b, x, true) && !is_near(a, y, true))
        return NULL;
    return "the guesses of both fit each other";
}

static void compare_os(struct compare *c)
{
    const struct os_result *a = c->before->os;
    const struct os_result *b = c->after->os;
    if (!a || !b || a->status == OS_TOO_MANY || b->status == OS_TOO_MANY)
        return;
    const struct span x = os_text(c, a);
    const struct span y = os_text(c, b);
    if (!span_eq(x, y))
        tell(c, (struct difference){DIFFERENCE_OS, NULL, x, y, os_noise(a, b)});
    if (a->seq.has_uptime && b->seq.has_uptime && b->seq.lastboot > a->seq.lastboot + RESTART_LEAST)
        tell(c, (struct difference){DIFFERENCE_RESTART, .noise = "a restart is no other system"});
    if (a->has_distance && b->has_distance && a->distance != b->distance) {
        struct buf from = text_of(c), to = text_of(c);
        buf_int(&from, a->distance);
        buf_int(&to, b->distance);
        tell(c, (struct difference){DIFFERENCE_DISTANCE, NULL, buf_span(&from), buf_span(&to),
                                    "the way changed, not the host"});
    }
}

void compare_hosts(struct arena *a, const struct host *before, const struct host *after,
                   difference_fn *call, void *ctx)
{
    struct compare c = {a, before, after, call, ctx};
    compare_heads(&c);
    if (before->state != HOST_UP || after->state != HOST_UP)
        return;
    compare_ports(&c);
    compare_os(&c);
}
