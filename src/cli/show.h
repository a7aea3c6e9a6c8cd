// SPDX-License-Identifier: Apache-2.0
// `whorl show`: saved scans as any kind of report.
#pragma once

struct cli_env;
struct opts;
struct scan;
struct services;

// argv[0] is "show". Returns the exit code.
int show_run(int argc, char **argv, const struct cli_env *env);

// Without any view the normal report goes to standard output, else only what was asked for.
void show_choose_views(struct opts *o);

// More detail than the scan was asked for; names of ports that the record does not have.
void show_detail(const struct opts *o, const struct services *services, struct scan *scan);
