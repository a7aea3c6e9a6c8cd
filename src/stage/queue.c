// SPDX-License-Identifier: Apache-2.0
// Hosts that wait for something, in the order they came. A host waits in one queue at most.
#include "stage/pipeline_own.h"

void queue_put(struct queue *l, struct slot *s)
{
    s->next = NULL;
    *(l->first ? &l->last->next : &l->first) = s;
    l->last = s;
    l->n++;
}

struct slot *queue_take(struct queue *l)
{
    struct slot *s = l->first;
    if (!s)
        return NULL;
    l->first = s->next;
    l->n--;
    return s;
}
