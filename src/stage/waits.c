// SPDX-License-Identifier: Apache-2.0
// Who has been silent for longer than others took to answer will be silent to the end. Those that
// answer are known first, so what is under way counts as much as what is done: else the first
// seconds would promise that all will be as quick.
#include "stage/waits.h"

enum { RECENT = 128, SILENT_RECENT = 8 };

static const double silence_guess_ns = 9e9;

static double larger(double a, double b)
{
    return a > b ? a : b;
}

void waits_init(struct waits *w)
{
    *w = (struct waits){.silence_ns = silence_guess_ns};
}

void waits_note(struct waits *w, uint64_t took_ns)
{
    const double took = (double)took_ns;
    w->n++;
    w->usual_ns += (took - w->usual_ns) / (w->n < RECENT ? w->n : RECENT);
    if (took > w->silence_ns / 4)
        w->silence_ns += (took - w->silence_ns) / SILENT_RECENT;
}

void waits_begin(struct waits_left *l, const struct waits *w)
{
    *l = (struct waits_left){.waits = w};
}

void waits_active(struct waits_left *l, uint64_t spent_ns)
{
    enum { STILL = 3 };
    const struct waits *w = l->waits;
    const double spent = (double)spent_ns;
    const double whole = w->n > 0 && spent < w->usual_ns ? w->usual_ns : w->silence_ns;
    const double rest = whole > spent ? whole - spent : spent / STILL;
    l->whole_ns += spent + rest;
    l->rest_ns += rest;
    l->longest_ns = larger(l->longest_ns, rest);
    l->shortest_ns = l->n_active == 0 || rest < l->shortest_ns ? rest : l->shortest_ns;
    l->n_active++;
}

double waits_end(const struct waits_left *l, uint32_t n_left, uint32_t at_once)
{
    const struct waits *w = l->waits;
    const double n_known = w->n < RECENT ? w->n : RECENT;
    const double n_seen = n_known + l->n_active;
    const double each = n_seen > 0 ? (w->usual_ns * n_known + l->whole_ns) / n_seen : w->silence_ns;
    const double all = (n_left * each + l->rest_ns) / at_once;
    const double last = n_left == 0 ? l->longest_ns : l->shortest_ns + each;
    return larger(all, larger(l->longest_ns, last));
}
