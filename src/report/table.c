// SPDX-License-Identifier: Apache-2.0
// The layout of every table of the normal report (output spec 2.5): a column is as wide as its
// longest cell, header included; cells stand left, padded to the width and one blank; nothing
// follows the last cell of a row that is not empty.
#include "report/table.h"

#include "report/writer.h"

void table_init(struct table *t, size_t n_columns)
{
    *t = (struct table){.n_columns = n_columns};
}

void table_measure(struct table *t, const struct span *cells)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        if (cells[i].len > t->width[i])
            t->width[i] = cells[i].len;
    }
}

static void cell_print(const struct table *t, struct writer *w, size_t column, struct span cell)
{
    if (t->paint[column])
        writer_paint(w, t->paint[column]);
    writer_bytes(w, cell);
    if (t->paint[column])
        writer_plain(w);
}

void table_print(const struct table *t, struct writer *w, const struct span *cells)
{
    size_t n = t->n_columns;
    while (n > 0 && cells[n - 1].len == 0)
        n--;
    if (n == 0)
        return;
    for (size_t i = 0; i + 1 < n; i++) {
        cell_print(t, w, i, cells[i]);
        writer_blanks(w, t->width[i] - cells[i].len + 1);
    }
    cell_print(t, w, n - 1, cells[n - 1]);
    writer_bytes(w, SPAN("\n"));
}
