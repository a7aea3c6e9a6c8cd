// SPDX-License-Identifier: Apache-2.0
// One host through the kinds of report that programs read.
#include "check.h"

#include <stdlib.h>
#include <time.h>

#include "model/evidence.h"
#include "report/report.h"
#include "report/xmltext.h"
#include "sample_host.h"
#include "text_sink.h"

static struct arena arena;
static struct text_sink sink;
static struct report_out out;
static struct scan scan;
static struct host host;

static int setup(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    arena_init(&arena, "test");
    sample_scan(&arena, &scan);
    sample_host(&arena, &host);
    text_sink_init(&sink);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const char *host_text(const struct report *kind)
{
    text_sink_init(&sink);
    report_init(&arena, &out, kind, &sink.sink);
    assert_true(report_host(&out, &scan, &host));
    return sink.text;
}

static void print(void **state)
{
    (void)state;
    for (size_t i = 0; report_kinds[i]; i++) {
        report_init(&arena, &out, report_kinds[i], &sink.sink);
        report_begin(&out, &scan);
        report_up(&out, &scan, &host);
        report_port(&out, &scan, &host, &host.ports[21]);
        report_host(&out, &scan, &host);
        report_end(&out, &scan);
        print_message("%s", sink.text);
        text_sink_init(&sink);
    }
    (void)host_text;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
