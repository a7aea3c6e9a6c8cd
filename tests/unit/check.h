// SPDX-License-Identifier: Apache-2.0
// cmocka with what it needs, and the few checks that many tests share.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h> // needs those above

#include "base/buf.h"
#include "base/span.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define assert_bytes(bytes, expected, size)                 \
    do {                                                    \
        const struct span have_ = (bytes);                  \
        assert_int_equal(have_.len, (size));                \
        assert_memory_equal(have_.ptr, (expected), (size)); \
    } while (0)

#define assert_text(bytes, expected) assert_bytes(bytes, "" expected, sizeof(expected) - 1)
