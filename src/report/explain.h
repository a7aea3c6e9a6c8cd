// SPDX-License-Identifier: Apache-2.0
// Why the verdict is what it is, for people: at most 80 columns, nothing left out but the
// attributes that agree.
#pragma once

struct os_explanation;
struct writer;

void explain_write(struct writer *w, const struct os_explanation *e);
