// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include "cli/cli.h"
#include "cli/say.h"

bool command_options(struct opts *o, const struct opt_table *table, struct arena *run, int argc,
                     char **argv, struct writer *err)
{
    struct err_at at;
    opts_init(o, table);
    if (opts_parse(o, run, argc, argv, &at) == ERR_OK)
        return true;
    const struct span arg = span_str(argv[at.line]);
    at.line = 0;
    say_error(err, span_head(arg, span_find(arg, '=')), &at);
    return false;
}

int command_help(struct sink *out, const struct opt_table *table)
{
    struct writer w;
    writer_init(&w, out);
    opts_help(&w, table);
    return writer_flush(&w) ? EXIT_DONE : EXIT_FAILED;
}
