// SPDX-License-Identifier: Apache-2.0
// Files of RPC program names, and replies of RPC servers.
#include <stdlib.h>

#include "svid/rpc.h"
#include "svid/svid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_file(struct span text)
{
    struct arena a;
    struct err_at at = {0};
    const struct svid_rpc *rpc = NULL;
    arena_init(&a, "fuzz");
    const enum err err = svid_rpc_parse(&a, text, &rpc, &at);
    if (err != ERR_OK && at.code == ERR_OK)
        abort();
    for (uint32_t i = 0; err == ERR_OK && i < rpc->n; i++)
        if (rpc->programs[i].name.len == 0 ||
            span_is_absent(svid_rpc_name(rpc, rpc->programs[i].number)))
            abort();
    arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rpc_answer answer;
    char *exact = malloc(size ? size : 1);
    if (!exact)
        abort();
    memcpy(exact, size ? (const char *)data : "", size);
    const struct span bytes = span_of(exact, size);
    if (rpc_read(bytes, &answer) == RPC_AVAILABLE && !answer.has_versions && answer.low != 0)
        abort();
    check_file(bytes);
    free(exact);
    return 0;
}
