// SPDX-License-Identifier: Apache-2.0
// What a scan of one host has to do with those of all others: room for a probe, its place in the
// line for it, and what its answers tell of the path that they share.
#include "stage/crowd.h"
#include "stage/portscan.h"

static const uint64_t took_most_ns = UINT64_C(8000000000); // of what can be an answer (base/rtt)

// Who is alone has no other window than its own.
bool portscan_has_room(struct portscan *s)
{
    const struct visit *v = s->visit;
    return visit_crowd(v) <= 1 || turns_may_send(v->turns, &s->turn, v->crowd);
}

void portscan_leave(struct portscan *s)
{
    turns_leave(s->visit->turns, &s->turn);
}

// What it did not use of its turn is left to others.
void portscan_end_turn(struct portscan *s)
{
    struct visit *v = s->visit;
    if (!s->turn.is_waiting)
        portscan_leave(s);
    if (s->turn.is_waiting != (v->line_since_ns > 0))
        visit_line(v, s->turn.is_waiting);
}

uint8_t portscan_embark(struct portscan *s, uint32_t index, uint64_t now_ns)
{
    const uint8_t round_before = s->rounds[index];
    s->rounds[index] = crowd_send(s->visit->crowd, now_ns);
    s->sent_at[index] = (uint16_t)(now_ns / PORTSCAN_SENT_UNIT_NS);
    turns_sent(s->visit->turns, &s->turn);
    return round_before;
}

// Answers that come after their timeout count too: without them it would stay too short.
static uint64_t took_ns(const struct portscan *s, const struct portscan_answer *a,
                        const struct flight *f)
{
    if (f)
        return a->time_ns > f->sent_ns ? a->time_ns - f->sent_ns : 1;
    const uint16_t units = (uint16_t)(a->time_ns / PORTSCAN_SENT_UNIT_NS) - s->sent_at[a->index];
    const uint32_t n_later = s->tries[a->index] - 1u - a->try;
    return units * PORTSCAN_SENT_UNIT_NS + n_later * portscan_timeout_ns(s->visit) + 1;
}

static void note_time(struct portscan *s, uint64_t took)
{
    if (took > took_most_ns)
        return;
    if (s->least_ns == 0 || took < s->least_ns)
        s->least_ns = took;
    rtt_add(&s->visit->host.rtt, (int64_t)(took / 1000));
    crowd_time(s->visit->crowd, took, s->least_ns);
}

void portscan_land(struct portscan *s, const struct portscan_answer *a, const struct flight *f,
                   bool tells_loss)
{
    struct crowd *c = s->visit->crowd;
    if (a->try < s->tries[a->index])
        note_time(s, took_ns(s, a, f));
    if (f)
        crowd_land(c, f->sent_ns);
    if (tells_loss && a->try + 1 == s->tries[a->index])
        crowd_tell(c, s->rounds[a->index], false);
    if (tells_loss && f && f->try > 0)
        crowd_tell(c, f->round_before, true);
}
