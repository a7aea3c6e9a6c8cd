// SPDX-License-Identifier: Apache-2.0
#include "cli/opts_hosts.h"

#include "base/text.h"
#include "cli/opts.h"

// A list without anything in it stands for the default ports of the probe.
static enum err once(struct span *list, struct span value, struct err_at *at)
{
    if (!span_is_absent(*list))
        return err_set(at, ERR_SYNTAX, "may be given once; join the lists by commas", value);
    *list = value;
    return ERR_OK;
}

enum err opts_ping_syn(struct opts *o, struct span value, struct err_at *at)
{
    return once(&o->hosts.ping_syn, value, at);
}

enum err opts_ping_ack(struct opts *o, struct span value, struct err_at *at)
{
    return once(&o->hosts.ping_ack, value, at);
}

enum err opts_ping_udp(struct opts *o, struct span value, struct err_at *at)
{
    return once(&o->hosts.ping_udp, value, at);
}

enum err opts_ping_sctp(struct opts *o, struct span value, struct err_at *at)
{
    return once(&o->hosts.ping_sctp, value, at);
}

enum err opts_ping_proto(struct opts *o, struct span value, struct err_at *at)
{
    return once(&o->hosts.ping_proto, value, at);
}

// -PB: the old default.
enum err opts_ping_both(struct opts *o, struct span value, struct err_at *at)
{
    o->hosts.ping_echo = true;
    return once(&o->hosts.ping_ack, value, at);
}

enum err opts_random(struct opts *o, struct span value, struct err_at *at)
{
    if (!text_dec(value, UINT64_MAX, &o->hosts.n_random))
        return err_set(at, ERR_RANGE, "must be a number of hosts, 0 = without end", value);
    o->hosts.has_random = true;
    return ERR_OK;
}
