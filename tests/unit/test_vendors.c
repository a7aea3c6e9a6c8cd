// SPDX-License-Identifier: Apache-2.0
// Makers of interfaces: both file formats, the longest prefix, lines that are none.
#include "base/text.h"
#include "check.h"
#include "model/vendors.h"

static void check(struct vendors *v, const char *mac, const char *want)
{
    struct mac_addr m;
    uint64_t all = 0;
    (void)text_hex(span_str(mac), &all);
    for (int i = 5; i >= 0; i--, all >>= 8)
        m.byte[i] = (uint8_t)all;
    const struct span got = vendors_name(v, &m);
    assert_int_equal(span_is_absent(got), want == NULL);
    if (want)
        assert_bytes(got, want, strlen(want));
}

static void prefixes(void **state)
{
    struct arena run;
    (void)state;
    arena_init(&run, "a test");
    struct vendors *v = vendors_open(&run, SPAN("# made of oui.txt\n"
                                                "0A0B0C First & Co.\r\n"
                                                "0a0b0C Second\n"
                                                "0A0B0CD01 Small One\n"
                                                "0D0E0F     (base 16)\t\tThird\n"
                                                "0D-0E-0F   (hex)\t\tThird\n"
                                                "12345 short\n"
                                                "0123456789 long\n"
                                                "112233\n"
                                                "445566 Last"));
    check(v, "0A0B0C000000", "First & Co.");
    check(v, "0A0B0CD01FFF", "Small One");
    check(v, "0A0B0CD02FFF", "First & Co.");
    check(v, "0D0E0F123456", "Third");
    check(v, "445566000000", "Last");
    check(v, "112233000000", NULL);
    check(v, "012345000000", NULL);
    check(v, "020000000000", NULL);
    check(NULL, "0A0B0C000000", NULL);
    check(vendors_open(&run, SPAN("")), "0A0B0C000000", NULL);
    arena_fini(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(prefixes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
