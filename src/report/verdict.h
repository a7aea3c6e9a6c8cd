// SPDX-License-Identifier: Apache-2.0
// The verdict in words: the same line in every kind of report.
#pragma once

struct buf;
struct os_verdict;
struct writer;

enum { VERDICT_LINE_MAX = 1500 };

// "Linux 5.X or newer (97%); closest entry Linux 5.3 - 5.4 (59%); not seen: closed TCP port; ..."
// As the database has the names: not escaped.
void verdict_text(struct buf *b, const struct os_verdict *v);

// A probability as records keep it, three digits, cut: text of a saved one is the same.
double verdict_cut(double p);

void verdict_line(struct writer *w, const struct os_verdict *v);
// Group by group, at most 80 columns.
void verdict_explain_write(struct writer *w, const struct os_verdict *v);
