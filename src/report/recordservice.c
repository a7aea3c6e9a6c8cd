// SPDX-License-Identifier: Apache-2.0
// A service as JSON, with why it is called so and what it said.
#include "model/service.h"

#include "report/record.h"

static const char *state_name(enum service_state s)
{
    static const char *const names[] = {
        [SERVICE_HARD] = "hard",
        [SERVICE_SOFT] = "soft",
        [SERVICE_NOMATCH] = "nomatch",
        [SERVICE_TCPWRAPPED] = "tcpwrapped",
        [SERVICE_INCOMPLETE] = "incomplete",
        [SERVICE_EXCLUDED] = "excluded",
        [SERVICE_NOT_ASKED] = "not_asked",
    };
    return names[s];
}

static void tunnel_key(struct json *j, enum service_tunnel t)
{
    if (t != TUNNEL_NONE)
        json_put_text(j, "tunnel", t == TUNNEL_TLS ? SPAN("ssl") : SPAN("dtls"));
}

static void certificate_keys(struct json *j, const struct tls_facts *t)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * sizeof t->sha256];
    for (size_t i = 0; i < sizeof t->sha256; i++) {
        hex[2 * i] = digits[t->sha256[i] >> 4];
        hex[2 * i + 1] = digits[t->sha256[i] & 15];
    }
    json_put_text(j, "sha256", span_of(hex, sizeof hex));
    json_key(j, "not_before");
    json_int(j, t->not_before);
    json_key(j, "not_after");
    json_int(j, t->not_after);
}

static void tls_key(struct json *j, const struct tls_facts *t)
{
    json_key(j, "tls");
    json_open(j, '{');
    json_some_text(j, "version", t->version);
    json_some_text(j, "cipher", t->cipher);
    json_some_text(j, "alpn", t->alpn);
    json_some_text(j, "subject", t->subject);
    json_some_text(j, "issuer", t->issuer);
    json_key(j, "names");
    json_open(j, '[');
    for (uint32_t i = 0; i < t->n_names; i++)
        json_text(j, t->names[i]);
    json_close(j, ']');
    if (t->has_certificate)
        certificate_keys(j, t);
    json_close(j, '}');
}

static void reply_write(struct json *j, const struct service_reply *r, size_t *room)
{
    const struct span kept = span_head(r->bytes, *room);
    *room -= kept.len;
    json_open(j, '{');
    json_some_text(j, "probe", r->probe);
    tunnel_key(j, r->tunnel);
    json_put_number(j, "len", r->len);
    json_key(j, "data");
    json_base64(j, kept);
    json_close(j, '}');
}

static void replies_key(struct json *j, const struct service *s, size_t *room)
{
    if (s->n_replies == 0)
        return;
    json_key(j, "replies");
    json_open(j, '[');
    for (uint32_t i = 0; i < s->n_replies; i++)
        reply_write(j, &s->replies[i], room);
    json_close(j, ']');
}

static void facts_keys(struct json *j, const struct service *s)
{
    json_some_text(j, "product", s->product);
    json_some_text(j, "version", s->version);
    json_some_text(j, "extrainfo", s->extra);
    json_some_text(j, "hostname", s->hostname);
    json_some_text(j, "ostype", s->os);
    json_some_text(j, "devicetype", s->device);
    json_key(j, "cpe");
    json_open(j, '[');
    for (uint32_t i = 0; i < SERVICE_CPES; i++) {
        if (!span_is_absent(s->cpe[i]))
            json_text(j, s->cpe[i]);
    }
    json_close(j, ']');
}

static void why_keys(struct json *j, const struct service *s)
{
    json_some_text(j, "probe", s->probe);
    json_some_text(j, "list", s->list);
    json_some_text(j, "file", s->file);
    json_some_number(j, "line", s->line);
    json_some_bool(j, "foreign", s->is_foreign);
    json_some_text(j, "note", s->note);
    json_some_number(j, "elapsed_ms", s->elapsed_ms);
    json_some_number(j, "connections", s->connections);
}

void record_service_keys(struct json *j, const struct service *s, size_t *room)
{
    tunnel_key(j, s->tunnel);
    json_put_text(j, "state", span_str(state_name(s->state)));
    facts_keys(j, s);
    if (s->fingerprint.len <= *room) {
        json_some_text(j, "servicefp", s->fingerprint);
        *room -= s->fingerprint.len;
    }
    why_keys(j, s);
    if (s->tls)
        tls_key(j, s->tls);
    replies_key(j, s, room);
}
