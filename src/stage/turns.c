// SPDX-License-Identifier: Apache-2.0
#include "stage/turns.h"

#include <stddef.h>

#include "stage/crowd.h"

enum { GRANT = 8 }; // probes of one turn

bool turns_may_send(struct turns *t, struct turn *who, struct crowd *c)
{
    if (who->n_granted > 0)
        return true;
    if (!t->first && crowd_has_room(c, t->n_granted))
        return true;
    crowd_refuse(c);
    if (who->is_waiting)
        return false;
    who->is_waiting = true;
    who->next = NULL;
    who->before = t->last;
    *(t->last ? &t->last->next : &t->first) = who;
    t->last = who;
    return false;
}

void turns_sent(struct turns *t, struct turn *who)
{
    if (who->n_granted == 0)
        return;
    who->n_granted--;
    t->n_granted--;
}

void turns_leave(struct turns *t, struct turn *who)
{
    t->n_granted -= who->n_granted;
    who->n_granted = 0;
    if (!who->is_waiting)
        return;
    who->is_waiting = false;
    *(who->before ? &who->before->next : &t->first) = who->next;
    *(who->next ? &who->next->before : &t->last) = who->before;
}

struct turn *turns_next(struct turns *t, struct crowd *c)
{
    struct turn *who = t->first;
    if (!who || !crowd_has_room(c, t->n_granted))
        return NULL;
    turns_leave(t, who);
    while (who->n_granted < GRANT && crowd_has_room(c, t->n_granted)) {
        who->n_granted++;
        t->n_granted++;
    }
    return who;
}
