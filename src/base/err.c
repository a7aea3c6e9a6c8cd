// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include "base/buf.h"
#include "base/span.h"
#include "base/text.h"

enum err err_set(struct err_at *at, enum err code, const char *what, struct span token)
{
    if (!at)
        return code;
    at->code = code;
    at->what = what;
    struct buf b;
    buf_init(&b, at->token, sizeof at->token - 1);
    text_escape(&b, token);
    at->token[buf_len(&b)] = '\0';
    return code;
}
