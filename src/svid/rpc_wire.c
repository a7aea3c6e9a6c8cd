// SPDX-License-Identifier: Apache-2.0
#include "svid/rpc.h"

#include "base/cur.h"

enum { CALL = 0, REPLY = 1, RPC_VERSION = 2, ACCEPTED = 0 };
enum { SUCCESS = 0, PROG_UNAVAIL = 1, PROG_MISMATCH = 2, PROC_UNAVAIL = 3 };
enum { AUTH_MOST = 400 }; // RFC 5531 section 8.2

void rpc_put_call(struct buf *b, uint32_t xid, uint32_t program, bool has_mark)
{
    if (has_mark)
        buf_be32(b, 1u << 31 | RPC_CALL);
    buf_be32(b, xid);
    buf_be32(b, CALL);
    buf_be32(b, RPC_VERSION);
    buf_be32(b, program);
    buf_be32(b, RPC_NO_VERSION);
    buf_be32(b, 0);  // the NULL procedure
    buf_zero(b, 16); // credentials and verifier: AUTH_NONE, empty
}

enum rpc_says rpc_read(struct span message, struct rpc_answer *out)
{
    struct cur c = cur_of(message.ptr, message.len);
    *out = (struct rpc_answer){.xid = cur_be32(&c)};
    const uint32_t type = cur_be32(&c);
    const uint32_t status = cur_be32(&c);
    if (c.bad || type != REPLY || status != ACCEPTED)
        return RPC_NONSENSE;
    (void)cur_be32(&c); // flavor of the verifier
    const uint32_t len = cur_be32(&c);
    if (len > AUTH_MOST)
        return RPC_NONSENSE;
    cur_skip(&c, (len + 3) / 4 * 4);
    const uint32_t accepted = cur_be32(&c);
    if (c.bad)
        return RPC_NONSENSE;
    if (accepted == PROG_MISMATCH) {
        out->low = cur_be32(&c);
        out->high = cur_be32(&c);
        out->has_versions = !c.bad;
        return c.bad ? RPC_NONSENSE : RPC_AVAILABLE;
    }
    return accepted == SUCCESS || accepted == PROC_UNAVAIL ? RPC_AVAILABLE : RPC_UNAVAILABLE;
}
