// SPDX-License-Identifier: Apache-2.0
// An OS result in JSON lines, as src/report/recordos.c writes it.
#include "saved/lines.h"

static void class_of(struct arena *a, const json_t *o, struct os_class *out)
{
    out->type = value_text(a, o, "type");
    out->vendor = value_text(a, o, "vendor");
    out->family = value_text(a, o, "osfamily");
    out->generation = value_text(a, o, "osgen");
    out->cpe = value_texts(a, o, "cpe", &out->n_cpe);
}

static void match_of(struct arena *a, const json_t *o, struct os_match *out)
{
    const json_t *list = json_object_get(o, "classes");
    struct os_class *c = arena_array(a, json_array_size(list), sizeof *c);
    out->name = value_text(a, o, "name");
    out->accuracy = value_share(json_object_get(o, "share"));
    out->line = value_u32(o, "line");
    out->file = value_text(a, o, "db").ptr;
    for (size_t i = 0; i < json_array_size(list); i++)
        class_of(a, json_array_get(list, i), &c[out->n_classes++]);
    out->classes = c;
}

static void classes_of(struct arena *a, const json_t *o, struct os_result *out)
{
    const json_t *list = json_object_get(o, "classes");
    const json_t *shares = json_object_get(o, "class_shares");
    struct os_class_match *c = arena_array(a, json_array_size(list), sizeof *c);
    for (size_t i = 0; i < json_array_size(list); i++) {
        class_of(a, json_array_get(list, i), &c[i].cls);
        c[i].accuracy = value_share(json_array_get(shares, i));
    }
    out->classes = c;
    out->n_classes = (uint32_t)json_array_size(list);
    out->n_perfect_classes = value_u32(o, "perfect_classes");
    if (out->n_perfect_classes > out->n_classes)
        out->n_perfect_classes = out->n_classes;
}

static void sequence_of(const json_t *o, struct os_sequence *out)
{
    const json_t *list = json_object_get(o, "samples");
    out->has_index = json_is_integer(json_object_get(o, "index"));
    out->index = value_u32(o, "index");
    out->lacks_ipid = json_array_size(list) > 0 && !json_object_get(o, "ipid_class");
    (void)word_ipid(value_plain(o, "ipid_class"), &out->ipid_class);
    (void)word_ts(value_plain(o, "ts_class"), &out->ts_class);
    (void)word_isn(value_plain(o, "class"), &out->isn_class);
    for (size_t i = 0; i < json_array_size(list) && i < OS_SEQ_MAX; i++) {
        const json_t *s = json_array_get(list, i);
        out->isn[i] = value_u32(s, "isn");
        out->ipid[i] = (uint16_t)value_int(s, "ipid", 0, UINT16_MAX, 0);
        out->ts[i] = value_u32(s, "ts");
        out->n++;
    }
}

static void projection_of(struct arena *a, const json_t *o, struct os_projection *out)
{
    out->total = value_u32(o, "total");
    out->compared = value_u32(o, "compared");
    out->n_tied = value_u32(o, "tied");
    out->common = value_text(a, o, "common");
    out->why = value_text(a, o, "why");
    out->age = value_text(a, o, "age");
    const json_t *native = json_object_get(o, "native");
    out->native.names = value_text(a, native, "names");
    out->native.agreed = value_u32(native, "agreed");
    out->native.compared = value_u32(native, "compared");
    out->native.n_ruled_out = value_u32(native, "ruled_out");
}

static void twin_of(const json_t *o, struct os_twin *out)
{
    out->is_known = value_addr(o, "addr", &out->addr);
    out->is_same = value_true(o, "same");
    out->is_by_name = value_true(o, "by_name");
    out->agreed = value_u32(o, "agreed");
    out->compared = value_u32(o, "compared");
}

static void distance_of(struct arena *a, const json_t *o, struct os_result *out)
{
    const struct span kind = value_text(a, o, "distance_kind");
    out->has_distance = json_is_integer(json_object_get(o, "distance"));
    out->distance = (int32_t)value_int(o, "distance", INT32_MIN, INT32_MAX, 0);
    out->distance_kind = kind.len == 1 && memchr("LDIT", kind.ptr[0], 4) ? kind.ptr[0] : 0;
}

static int32_t port_of(const json_t *o, const char *key)
{
    return (int32_t)value_int(o, key, 0, UINT16_MAX, -1);
}

static enum os_status status_of(struct span s)
{
    if (span_eq(s, SPAN("too_many")))
        return OS_TOO_MANY;
    return span_eq(s, SPAN("matched")) || span_eq(s, SPAN("guesses")) ? OS_MATCHED : OS_NO_MATCHES;
}

void lines_os(struct build *b, const json_t *o)
{
    struct arena *a = &b->host.arena;
    struct os_result *os = &b->os;
    const json_t *matches = json_object_get(o, "matches");
    const json_t *used = json_object_get(o, "portused");
    b->has_os = true;
    os->is_first = value_u32(o, "generation") == 1;
    os->status = status_of(value_plain(o, "status"));
    for (size_t i = 0; i < json_array_size(matches); i++) {
        struct os_match m = {0};
        match_of(a, json_array_get(matches, i), &m);
        build_match(b, &m);
    }
    os->n_perfect = value_u32(o, "perfect");
    if (os->n_perfect > b->n_matches)
        os->n_perfect = (uint32_t)b->n_matches;
    classes_of(a, o, os);
    os->scan_line = value_text(a, o, "scan_line");
    os->lines = value_text(a, o, "fingerprint");
    os->is_unreliable = value_true(o, "unreliable");
    os->not_ideal = value_text(a, o, "not_ideal");
    os->tries = value_u32(o, "tries");
    os->matched_try = value_u32(o, "matched_try");
    os->open_tcp = port_of(used, "open_tcp");
    os->closed_tcp = port_of(used, "closed_tcp");
    os->closed_udp = port_of(used, "closed_udp");
    distance_of(a, o, os);
    sequence_of(json_object_get(o, "sequence"), &os->seq);
    os->seq.has_uptime = json_is_integer(json_object_get(o, "lastboot"));
    os->seq.lastboot = value_int(o, "lastboot", -SAVED_TIME_MAX, SAVED_TIME_MAX, 0);
    projection_of(a, json_object_get(o, "projection"), &os->projection);
    os->verdict = lines_verdict(a, json_object_get(o, "verdict"));
    twin_of(json_object_get(o, "twin"), &os->twin);
    os->explanation = lines_explanation(a, json_object_get(o, "explanation"));
}
