// SPDX-License-Identifier: Apache-2.0
// Objects: masscan {"ip": ..., "ports": [{"port": 80, "proto": "tcp", "status": "open"}]} and
// naabu {"host": ..., "ip": ..., "port": 80, "protocol": "tcp"} (older: "port": {"Port": 80}).
#include <jansson.h>

#include "base/limits.h"
#include "model/port.h"
#include "saved/workline.h"

static struct span text_of(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    if (!json_is_string(v))
        return (struct span){NULL, 0};
    return span_of(json_string_value(v), json_string_length(v));
}

static bool number_of(const json_t *o, const char *key, struct port *out)
{
    const json_int_t n = json_integer_value(json_object_get(o, key));
    out->number = (uint16_t)n;
    return n >= 1 && n <= 65535;
}

static struct span target_of(const json_t *o)
{
    const struct span ip = text_of(o, "ip");
    const struct span saddr = text_of(o, "saddr");
    if (ip.len > 0)
        return ip;
    return saddr.len > 0 ? saddr : text_of(o, "host");
}

static void take_entry(struct worklist *w, struct span spec, const json_t *o)
{
    struct port port = {.state = PORT_OPEN, .reason = REASON_USER_SET};
    const struct span proto = text_of(o, "proto");
    const struct span status = text_of(o, "status");
    if (json_object_get(o, "service")) // a banner of a port that has an entry of its own
        return;
    if (proto.len > 0 && !work_proto(proto, &port.proto))
        return; // "icmp"
    if (number_of(o, "port", &port) && (status.len == 0 || work_state(status, &port.state)))
        work_port(w, spec, &port);
    else
        work_damage(w, "not a port in an object", spec);
}

static void take_plain(struct worklist *w, struct span spec, const json_t *o)
{
    struct port port = {.state = PORT_OPEN, .reason = REASON_USER_SET};
    const json_t *v = json_object_get(o, "port");
    const json_t *sport = json_object_get(o, "sport");
    const struct span proto = text_of(o, "protocol");
    if (proto.len > 0)
        work_proto(proto, &port.proto);
    if (json_is_object(v) ? number_of(v, "Port", &port) : v && number_of(o, "port", &port))
        work_port(w, spec, &port);
    else if (!v && sport && number_of(o, "sport", &port))
        work_port(w, spec, &port);
    else if (v)
        work_damage(w, "not a port in an object", spec);
    else
        work_target(w, spec);
}

static void take_object(struct worklist *w, const json_t *o, struct span line)
{
    const struct span spec = target_of(o);
    const json_t *ports = json_object_get(o, "ports");
    if (spec.len == 0 || memchr(spec.ptr, '\0', spec.len)) {
        work_damage(w, "an object without an address", span_head(line, 30));
        return;
    }
    if (!json_is_array(ports)) {
        take_plain(w, spec, o);
        return;
    }
    for (size_t i = 0; i < json_array_size(ports); i++)
        take_entry(w, spec, json_array_get(ports, i));
}

static struct span strip(struct span line)
{
    while (line.len > 0 && (line.ptr[0] == ',' || line.ptr[0] == ' '))
        line = span_from(line, 1);
    while (line.len > 0 && (line.ptr[line.len - 1] == ',' || line.ptr[line.len - 1] == ' '))
        line = span_head(line, line.len - 1);
    return line;
}

static bool is_too_rich(struct span line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.len; i++)
        n += line.ptr[i] == ',' || line.ptr[i] == '[' || line.ptr[i] == '{';
    return n > LIMIT_WORK_VALUES;
}

void work_json(struct worklist *w, struct span line)
{
    const struct span text = strip(line);
    json_error_t error;
    const bool is_finish = span_starts(text, SPAN("{finished:")); // masscan's last line
    if (text.len <= 1 || is_finish)
        return; // the brackets of a list
    json_t *root = is_too_rich(text) ? NULL : json_loadb(text.ptr, text.len, 0, &error);
    if (json_is_object(root))
        take_object(w, root, text);
    else if (json_is_array(root))
        for (size_t i = 0; i < json_array_size(root); i++)
            take_object(w, json_array_get(root, i), text);
    else
        work_damage(w, "not a JSON object", span_head(text, 30));
    json_decref(root);
}
