// SPDX-License-Identifier: Apache-2.0
// The SEQ train of a try: how well it went, and the best one of all tries, which is the one that
// counts. Trains do not mix: half of one and half of another have no spacing between them.
#include "osfp/state.h"

enum {
    MS = 1000 * 1000,
    TRAIN_RATIO_MS = 700, // timing ratio 1.4, spec 4.4
    GAP_MS = 100,
    FIRST_GAP_MS = 110,
    GAP_ERROR_MS = 5,
};

// Of this try, not copied from an earlier one.
static bool was_sent(const struct obs *o, int p)
{
    return o->probe[p].n_sent > 0 && o->probe[p].try_no == o->try_no;
}

static int64_t sent_ms(const struct osfp *fp, int p)
{
    return (fp->unix_ns + (int64_t)fp->obs.probe[p].sent_ns + MS / 2) / MS;
}

static bool has_odd_gap(const struct obs *o)
{
    const int64_t gap_ms = o->gen == OSDB_FIRST ? FIRST_GAP_MS : GAP_MS;
    for (int p = PROBE_SEQ; p + 1 < PROBE_OPS; p++) {
        const int64_t gap = (int64_t)(o->probe[p + 1].sent_ns - o->probe[p].sent_ns);
        const int64_t off = gap - gap_ms * MS;
        if (off > (int64_t)GAP_ERROR_MS * MS || off < -(int64_t)GAP_ERROR_MS * MS)
            return true;
    }
    return false;
}

// A repetition of T3 went between SEQ probes, and the host took it for a connection attempt: its
// numbers made a step more.
static bool is_mixed(const struct obs *o)
{
    const struct obs_probe *t3 = &o->probe[PROBE_T3];
    return was_sent(o, PROBE_T3) && t3->n_sent > 1 && t3->reply.is_seen &&
           (t3->reply.tcp.flags & TCP_SYN);
}

static void look(struct osfp *fp)
{
    const struct obs *o = &fp->obs;
    uint32_t lost = 0;
    fp->lost_always = fp->n_trains++ > 0 ? fp->lost_always : SCHED_SEQ_BITS;
    fp->train = (struct train){.is_late = fp->sched.n_late > 0, .is_mixed = is_mixed(o)};
    for (int p = PROBE_SEQ; p < PROBE_OPS; p++)
        if (o->probe[p].reply.is_seen && !o->probe[p].reply.is_old)
            fp->train.n_answered++;
        else
            lost |= probe_bit(p);
    fp->lost_always &= lost;
    if (!was_sent(o, PROBE_SEQ + OBS_SEQ - 1))
        return;
    const int64_t ms = sent_ms(fp, PROBE_SEQ + OBS_SEQ - 1) - sent_ms(fp, PROBE_SEQ);
    fp->longest_train_ms = ms > fp->longest_train_ms ? ms : fp->longest_train_ms;
    const bool is_slow = fp->cfg.timing.scan_delay_us > (int64_t)GAP_MS * 1000;
    fp->train.is_disturbed = !is_slow && (ms > TRAIN_RATIO_MS || has_odd_gap(o));
}

static uint32_t worth(const struct train *t)
{
    return t->n_answered + 2u * !t->is_mixed + !t->is_disturbed + !t->is_late;
}

static void keep(struct osfp *fp)
{
    struct best_train *b = &fp->best;
    b->how = fp->train;
    b->ts = fp->obs.ts;
    memcpy(b->sample, fp->obs.sample, sizeof b->sample);
    memcpy(b->probe, &fp->obs.probe[PROBE_SEQ], sizeof b->probe);
}

// What the new one has beside it stays: options and windows are as good from either.
static void restore(struct osfp *fp)
{
    const struct best_train *b = &fp->best;
    fp->obs.ts = b->ts;
    memcpy(fp->obs.sample, b->sample, sizeof b->sample);
    for (int p = PROBE_SEQ; p < PROBE_OPS; p++)
        if (b->probe[p].reply.is_seen)
            fp->obs.probe[p] = b->probe[p];
}

void train_finish(struct osfp *fp)
{
    // Elsewhere the last try counts, whatever it brought.
    const bool is_own = fp->cfg.quirks == QUIRKS_NONE && fp->cfg.gen == OSDB_SECOND && !fp->packets;
    if (!was_sent(&fp->obs, PROBE_SEQ))
        return;
    look(fp);
    if (!is_own || worth(&fp->train) >= worth(&fp->best.how))
        keep(fp);
    else
        restore(fp);
}
