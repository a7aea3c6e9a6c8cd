// SPDX-License-Identifier: Apache-2.0
// Columns of text in two passes over the rows: measure all, then print all. No row is kept.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct writer;

enum { TABLE_COLUMNS_MAX = 8 };

struct table {
    size_t n_columns;
    size_t width[TABLE_COLUMNS_MAX];      // longest cell so far
    const char *paint[TABLE_COLUMNS_MAX]; // colors of the next row (writer_paint), NULL = none
};

// n_columns: up to TABLE_COLUMNS_MAX.
void table_init(struct table *t, size_t n_columns);

// cells[n_columns], printable already; absent or empty = no cell.
void table_measure(struct table *t, const struct span *cells);

// One line, without blanks behind the last cell; nothing at all for a row without cells.
void table_print(const struct table *t, struct writer *w, const struct span *cells);
