// SPDX-License-Identifier: Apache-2.0
// Fingerprints of services found in text: matched again with the lines of today.
#include "cli/identify.h"
#include "cli/say.h"
#include "cli/svmatch.h"
#include "report/json.h"

static void print_json(struct identify *id, const struct sf_found *f, const struct svmatch *m)
{
    struct json j;
    json_init(&j, &id->out);
    json_open(&j, '{');
    json_key(&j, "file");
    json_text(&j, id->file);
    json_key(&j, "line");
    json_number(&j, f->line);
    json_key(&j, "port");
    json_number(&j, f->port);
    json_key(&j, "protocol");
    json_text(&j, span_eq(f->proto, SPAN("UDP")) ? SPAN("udp") : SPAN("tcp"));
    if (f->is_tls) {
        json_key(&j, "tunnel");
        json_text(&j, SPAN("ssl"));
    }
    svmatch_json(&j, id->data.svdb, f, m);
    json_key(&j, "fingerprint");
    json_text(&j, f->text);
    json_close(&j, '}');
    writer_str(&id->out, "\n");
}

static void print_text(struct identify *id, const struct sf_found *f, const struct svmatch *m)
{
    struct writer *w = &id->out;
    writer_escaped(w, id->file);
    writer_str(w, ":");
    writer_dec(w, f->line);
    writer_str(w, ": ");
    writer_dec(w, f->port);
    writer_str(w, span_eq(f->proto, SPAN("UDP")) ? "/udp " : "/tcp ");
    writer_str(w, f->is_tls ? "ssl/" : "");
    svmatch_text(w, m);
    writer_str(w, "\n");
    if (m->status == SVMATCH_NONE)
        return;
    writer_str(w, "  ");
    svmatch_why(w, id->data.svdb, f, m);
    writer_str(w, "\n");
}

void identify_service(void *ctx, const struct sf_found *f)
{
    struct identify *id = ctx;
    struct svmatch m;
    if (identify_must_stop(id))
        return;
    if (f->damage) {
        say_at(&id->err, (struct say_place){id->file, f->damage_line}, f->damage, SPAN(""));
        id->n_damaged++;
        return;
    }
    const struct arena_mark mark = arena_mark(&id->scratch);
    svmatch_run(&id->scratch, id->data.svdb, id->svmatching, f, &m);
    id->n_services[m.status]++;
    if (id->opts.json)
        print_json(id, f, &m);
    else
        print_text(id, f, &m);
    id->has_lost_output |= !writer_flush(&id->out);
    arena_rewind(&id->scratch, mark);
}
