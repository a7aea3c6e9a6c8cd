// SPDX-License-Identifier: Apache-2.0
// Any bytes as a port list: counts agree with the sets, errors point into the text.
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "model/services.h"
#include "stage/portspec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct span table = SPAN("ftp 21/tcp 0.2\nssh 22/tcp 0.3\nhttp 80/tcp 0.4\n"
                                          "http 80/udp 0.1\ndomain 53/udp 0.2\n");
    static struct portspec spec;
    struct err_at at = {0};
    struct services *services;
    struct arena run;
    arena_init(&run, "fuzz");
    if (services_parse(&run, table, &services, NULL) != ERR_OK)
        abort();
    const unsigned protos = size > 0 && data[0] == ' ' ? PORTSPEC_TCP | PORTSPEC_UDP : PORTSPEC_TCP;
    const enum err e = portspec_parse(services, span_of(data, size), protos, &spec, &at);
    if (e != ERR_OK && (at.code != e || !at.what || at.col < 1 || at.col > size + 1))
        abort();
    if (e == ERR_OK && (spec.n[PROTO_TCP] != set_count(&spec.of[PROTO_TCP]) ||
                        spec.n[PROTO_UDP] != set_count(&spec.of[PROTO_UDP]) ||
                        spec.n[PROTO_TCP] + spec.n[PROTO_UDP] == 0))
        abort();
    arena_fini(&run);
    return 0;
}
