// SPDX-License-Identifier: Apache-2.0
#include "saved/values.h"

#include "base/buf.h"

// U+F780 to U+F7FF in UTF-8 is EF 9E 80 to EF 9F BF: such a character stands for one byte.
static bool stands_for_byte(const char *p, size_t left)
{
    return left >= 3 && (uint8_t)p[0] == 0xEF && ((uint8_t)p[1] == 0x9E || (uint8_t)p[1] == 0x9F);
}

struct span value_bytes(struct arena *a, const json_t *v)
{
    const char *text = json_string_value(v);
    const size_t len = json_string_length(v);
    size_t n = 0;
    if (!text)
        return (struct span){NULL, 0};
    char *out = arena_alloc(a, len + 1);
    for (size_t i = 0; i < len; n++) {
        if (stands_for_byte(text + i, len - i)) {
            out[n] = (char)(((uint8_t)text[i + 1] & 1) << 6 | ((uint8_t)text[i + 2] & 0x3F) | 0x80);
            i += 3;
        } else {
            out[n] = text[i++];
        }
    }
    return span_of(out, n);
}

struct span value_text(struct arena *a, const json_t *o, const char *key)
{
    return value_bytes(a, json_object_get(o, key));
}

struct span value_plain(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return span_of(json_string_value(v), json_string_length(v));
}

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

struct span value_base64(struct arena *a, const json_t *o, const char *key)
{
    const struct span text = value_plain(o, key);
    uint32_t bits = 0;
    unsigned n_bits = 0;
    struct buf b;
    buf_init(&b, arena_alloc(a, text.len + 1), text.len);
    for (size_t i = 0; i < text.len; i++) {
        const int d = digit_of(text.ptr[i]);
        if (d < 0)
            break;
        bits = bits << 6 | (uint32_t)d;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            buf_u8(&b, (uint8_t)(bits >> n_bits));
        }
    }
    return buf_span(&b);
}

int64_t value_int(const json_t *o, const char *key, int64_t lo, int64_t hi, int64_t otherwise)
{
    const json_t *v = json_object_get(o, key);
    const int64_t n = json_integer_value(v);
    return json_is_integer(v) && n >= lo && n <= hi ? n : otherwise;
}

uint64_t value_count(const json_t *o, const char *key)
{
    return (uint64_t)value_int(o, key, 0, INT64_MAX, 0);
}

uint32_t value_u32(const json_t *o, const char *key)
{
    return (uint32_t)value_int(o, key, 0, UINT32_MAX, 0);
}

double value_share(const json_t *v)
{
    const double share = json_number_value(v);
    return share > 0 && share < 1 ? share : share >= 1 ? 1 : 0;
}

bool value_true(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

bool value_addr(const json_t *o, const char *key, struct ip_addr *out)
{
    if (!ip_parse(value_plain(o, key), out))
        return false;
    if (out->family == IP_V6)
        out->zone = value_u32(o, "zone");
    return true;
}

struct span *value_texts(struct arena *a, const json_t *o, const char *key, uint32_t *n)
{
    const json_t *list = json_object_get(o, key);
    struct span *out = arena_array(a, json_array_size(list), sizeof *out);
    *n = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        if (json_is_string(v))
            out[(*n)++] = value_bytes(a, v);
    }
    return out;
}
