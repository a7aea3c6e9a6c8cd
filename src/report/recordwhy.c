// SPDX-License-Identifier: Apache-2.0
// --explain in JSON: complete, where the text shows only what decides.
#include "model/explanation.h"
#include "report/record.h"

static const char *outcome_name(enum os_outcome o)
{
    static const char *const names[] = {"won", "lost", "unseen", "silent"};
    return names[o];
}

static void row_write(struct json *j, const struct os_row *r)
{
    json_open(j, '{');
    json_put_text(j, "test", span_str(r->test));
    json_put_text(j, "attribute", span_str(r->attr));
    json_put_text(j, "outcome", span_str(outcome_name(r->outcome)));
    json_put_number(j, "points", r->points);
    json_put_text(j, "answered", r->seen);
    json_some_text(j, "origin", r->origin);
    if (r->why)
        json_put_text(j, "why", span_str(r->why));
    json_put_text(j, "expected", r->expected);
    json_close(j, '}');
}

static void reference_write(struct json *j, const struct os_explained *e)
{
    json_open(j, '{');
    json_put_text(j, "name", e->name);
    json_put_number(j, "line", e->line);
    json_key(j, "accuracy");
    json_percent(j, e->accuracy);
    json_put_number(j, "won", e->won);
    json_put_number(j, "possible", e->possible);
    json_put_number(j, "unseen", e->unseen);
    json_key(j, "rows");
    json_open(j, '[');
    for (uint32_t i = 0; i < e->n_rows; i++)
        row_write(j, &e->rows[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static void rival_write(struct json *j, const struct os_rival_row *r)
{
    json_open(j, '{');
    json_put_text(j, "test", span_str(r->test));
    json_put_text(j, "attribute", span_str(r->attr));
    json_put_number(j, "points", r->points);
    json_put_text(j, "answered", r->seen);
    json_put_text(j, "first", r->expected[0]);
    json_put_text(j, "other", r->expected[1]);
    json_put_text(j, "first_outcome", span_str(outcome_name(r->outcome[0])));
    json_put_text(j, "other_outcome", span_str(outcome_name(r->outcome[1])));
    json_close(j, '}');
}

static void rivals_write(struct json *j, const struct os_explanation *e, const struct os_rivals *r)
{
    json_open(j, '{');
    json_put_text(j, "other", e->refs[r->other].name);
    json_key(j, "rows");
    json_open(j, '[');
    for (uint32_t i = 0; i < r->n_rows; i++)
        rival_write(j, &r->rows[i]);
    json_close(j, ']');
    json_close(j, '}');
}

void record_os_explanation(struct json *j, const struct os_explanation *e)
{
    json_key(j, "explanation");
    json_open(j, '{');
    json_put_text(j, "of", e->is_near ? SPAN("nearest") : SPAN("matches"));
    json_key(j, "references");
    json_open(j, '[');
    for (uint32_t i = 0; i < e->n_refs; i++)
        reference_write(j, &e->refs[i]);
    json_close(j, ']');
    json_key(j, "rivals");
    json_open(j, '[');
    for (uint32_t i = 0; i < e->n_rivals; i++)
        rivals_write(j, e, &e->rivals[i]);
    json_close(j, ']');
    if (e->native) {
        json_key(j, "native");
        reference_write(j, e->native);
    }
    json_close(j, '}');
}
