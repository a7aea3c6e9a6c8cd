// SPDX-License-Identifier: Apache-2.0
// ONC RPC (RFC 5531): names of programs, calls of the NULL procedure, what replies say.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

struct rpc_program {
    struct span name;
    uint32_t number;
};

struct svid_rpc {
    const struct rpc_program *programs; // file order
    uint32_t n;
};

// The few that most systems run, ascending.
extern const struct svid_rpc rpc_known;

enum { RPC_CALL = 40, RPC_MARK = 4 }; // bytes
enum { RPC_NO_VERSION = 104316 };     // no program has it (spec 3: above 12344)
enum { RPC_REPLY_MOST = 1024 };       // bytes that are kept of one record

void rpc_put_call(struct buf *b, uint32_t xid, uint32_t program, bool has_mark);

enum rpc_says { RPC_NONSENSE, RPC_UNAVAILABLE, RPC_AVAILABLE };

struct rpc_answer {
    uint32_t xid;
    uint32_t low; // versions, if has_versions
    uint32_t high;
    bool has_versions;
};

enum rpc_says rpc_read(struct span message, struct rpc_answer *out);
