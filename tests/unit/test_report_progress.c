// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "check.h"
#include "model/progress.h"
#include "report/progress.h"

#define SECOND UINT64_C(1000000000)

static const struct progress half = {
    .elapsed_ns = 65 * SECOND,
    .remaining_ns = 3725 * SECOND,
    .share = 0.42,
    .n_total = 256,
    .n_done = 100,
    .n_up = 12,
    .n_live = 20,
    .phase = {{"UDP Scan", 15}, {"OS Scan", 5}},
    .n_phases = 2,
    .sent_packets = 7,
    .received_packets = 5,
};

static void check_bar(const struct progress *p, size_t width, const char *want)
{
    char text[PROGRESS_WIDTH_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    progress_bar(&b, p, width);
    assert_true(buf_len(&b) <= width);
    assert_bytes(buf_span(&b), want, strlen(want));
}

static void bar_leaves_out_what_does_not_fit(void **state)
{
    (void)state;
    check_bar(&half, 79,
              "[###------] 42%  1:02:05 left  100 of 256 hosts (12 up)  UDP Scan 15, OS Scan 5");
    check_bar(&half, 60, "[#####---------] 42%  1:02:05 left  100 of 256 hosts (12 up)");
    check_bar(&half, 40, "[########------------] 42%  1:02:05 left");
    check_bar(&half, 20, "42%  1:02:05 left");
    check_bar(&half, 6, "42%");
    check_bar(&half, 1, "");
}

static void no_end_no_share(void **state)
{
    struct progress p = half;
    (void)state;
    p.n_total = p.remaining_ns = UINT64_MAX;
    p.share = -1;
    check_bar(&p, 79, "0:01:05 elapsed  100 hosts (12 up)  UDP Scan 15, OS Scan 5");
}

static void never_all_before_the_end(void **state)
{
    struct progress p = half;
    (void)state;
    p.share = 1;
    p.remaining_ns = 0;
    p.n_phases = 0;
    check_bar(&p, 13, "99%");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bar_leaves_out_what_does_not_fit),
        cmocka_unit_test(no_end_no_share),
        cmocka_unit_test(never_all_before_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
