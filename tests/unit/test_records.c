// SPDX-License-Identifier: Apache-2.0
// Saved scans: what was printed is read back, whatever is missing or wrong in it.
#include "saved_scan.h"

#include <stdlib.h>
#include <time.h>

static struct arena arena;
static struct scan scan;
static struct host host;
static struct text_sink saved;
static struct text_sink direct;
static struct replay replay;

static int setup(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    arena_init(&arena, "test");
    sample_scan(&arena, &scan);
    sample_host(&arena, &host);
    replay.services = scan.services;
    replay.stylesheet = (struct span){NULL, 0};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct span text_of(const struct text_sink *s)
{
    return span_of(s->text, s->len);
}

static void same_views(const struct report *from, const struct report *const *kinds, size_t n)
{
    sample_print(&arena, from, &scan, &host, &saved);
    for (size_t i = 0; i < n; i++) {
        for (size_t step = 1; step < 100000; step = step * 37 + 1) {
            sample_print(&arena, kinds[i], &scan, &host, &direct);
            replay_text(&arena, &replay, kinds[i], text_of(&saved), step);
            assert_int_equal(replay.n[RECORD_DAMAGE], 0);
            assert_string_equal(replay.sink.text, direct.text);
        }
    }
}

static void json_lines_give_every_view(void **state)
{
    static const struct report *const kinds[] = {&report_json, &report_normal, &report_grep,
                                                 &report_xml, &report_html};
    (void)state;
    same_views(&report_json, kinds, COUNT_OF(kinds));
    scan.verbose = 3;
    scan.show_reasons = true;
    same_views(&report_json, kinds, COUNT_OF(kinds));
    scan.debug = 3;
    scan.is_interrupted = true;
    same_views(&report_json, kinds, COUNT_OF(kinds));
}

// What XML cannot hold is not asked for: bytes that are no text, evidence.
static void xml_gives_xml(void **state)
{
    static const struct report *const kinds[] = {&report_xml};
    (void)state;
    scan.command = SPAN("whorl -O -sV 10.77.0.20"); // the options of the sample
    host.n_others = 0;
    same_views(&report_xml, kinds, COUNT_OF(kinds));
    scan.verbose = 1;
    same_views(&report_xml, kinds, COUNT_OF(kinds));
}

static void whole_lines_stand_when_the_end_is_cut(void **state)
{
    (void)state;
    sample_print(&arena, &report_json, &scan, &host, &saved);
    size_t n_lines = 0;
    for (size_t cut = 1; cut<saved.len; cut += saved.len> 5000 && cut > 3000 ? 61 : 1) {
        replay_text(&arena, &replay, &report_normal, span_head(text_of(&saved), cut), 4096);
        const bool is_whole = saved.text[cut - 1] == '\n';
        n_lines += is_whole;
        assert_int_equal(replay.n[RECORD_DAMAGE], !is_whole);
        assert_true(is_whole || replay.last_damage.is_cut);
        assert_int_equal(replay.n[RECORD_BEGIN], replay.n[RECORD_END]);
        if (replay.n[RECORD_UP] > 0)
            assert_int_equal(replay.n[RECORD_HOST], 1);
        assert_int_equal(replay.n_unfinished, replay.n[RECORD_UP] > 0 &&
                                                  replay.n[RECORD_NOTE] == 0 &&
                                                  strstr(replay.sink.text, "Linux 5.3") == NULL);
    }
    assert_true(n_lines > 2);
}

static const char begin[] =
    "{\"type\":\"begin\",\"schema\":1,\"scanner\":\"whorl\",\"version\":\"1\",\"args\":\"whorl\","
    "\"start\":0,\"seed\":\"18446744073709551615\",\"targets\":[]}\n";

static void damaged_lines_are_told_and_passed(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"type\":\"host\",\"addr\":\"10.0.0.1\"\n",
        "[]\n",
        "{}\n",
        "{\"type\":\"host\",\"addr\":\"no address\",\"state\":\"up\"}\n",
        "{\"type\":\"port\",\"addr\":\"10.0.0.1\",\"protocol\":\"icmp\"}\n",
        "{\"type\":\"begin\",\"schema\":2}\n",
        "garbage\n",
        "{\"a\":\"\\ud800\"}\n",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char text[1024];
        struct buf b;
        buf_init(&b, text, sizeof text);
        buf_str(&b, begin);
        buf_str(&b, lines[i]);
        buf_str(&b, "{\"type\":\"a later one\"}\n");
        buf_str(&b, "{\"type\":\"note\",\"text\":\"on\"}\n");
        replay_text(&arena, &replay, &report_grep, buf_span(&b), 7);
        assert_int_equal(replay.n[RECORD_DAMAGE], 1);
        assert_int_equal(replay.last_damage.line, 2);
        assert_int_equal(replay.n[RECORD_NOTE], 1);
    }
}

static void other_files_are_refused(void **state)
{
    (void)state;
    replay_text(&arena, &replay, &report_grep, SPAN("# Nmap 7.93\nHost: 10.0.0.1\n"), 5);
    assert_int_equal(replay.n[RECORD_DAMAGE], 1);
    replay_text(&arena, &replay, &report_grep, SPAN("  \n"), 5);
    assert_int_equal(replay.n[RECORD_DAMAGE], 1);
    replay_text(&arena, &replay, &report_grep, SPAN("{\"type\":\"host\",\"addr\":\"1.2.3.4\"}\n"),
                5);
    assert_int_equal(replay.n[RECORD_DAMAGE], 1);
    assert_int_equal(replay.n[RECORD_HOST], 0);
}

static void hosts_that_were_begun_come_last(void **state)
{
    (void)state;
    char text[2048];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, begin);
    buf_str(&b,
            "{\"type\":\"up\",\"addr\":\"10.0.0.1\",\"state\":\"up\",\"reason\":\"echo-reply\"}\n"
            "{\"type\":\"port\",\"addr\":\"10.0.0.1\",\"protocol\":\"tcp\",\"portid\":80,"
            "\"state\":\"open\",\"reason\":\"syn-ack\"}\n"
            "{\"type\":\"up\",\"addr\":\"10.0.0.2\",\"state\":\"up\",\"reason\":\"reset\"}\n"
            "{\"type\":\"host\",\"addr\":\"10.0.0.2\",\"state\":\"up\",\"reason\":\"reset\","
            "\"starttime\":1,\"endtime\":2}\n"
            "{\"type\":\"host\",\"addr\":\"10.0.0.3\",\"state\":\"up\",\"partial\":true,"
            "\"ports\":[{\"protocol\":\"tcp\",\"portid\":22,\"state\":\"open\",\"reason\":"
            "\"syn-ack\"}]}\n");
    replay_text(&arena, &replay, &report_grep, buf_span(&b), 100);
    assert_int_equal(replay.n[RECORD_HOST], 3);
    assert_int_equal(replay.n_unfinished, 2);
    const char *second = strstr(replay.sink.text, "Host: 10.0.0.2");
    const char *first = strstr(replay.sink.text, "80/open/tcp");
    const char *third = strstr(replay.sink.text, "22/open/tcp");
    assert_true(second && first && third && second < first && first < third);
    // Going on: the record of the first one comes, the third one is begun once more.
    buf_str(&b, "{\"type\":\"begin\",\"schema\":1,\"resumed\":true}\n"
                "{\"type\":\"host\",\"addr\":\"10.0.0.1\",\"state\":\"up\",\"ports\":[]}\n"
                "{\"type\":\"port\",\"addr\":\"10.0.0.3\",\"protocol\":\"tcp\",\"portid\":25,"
                "\"state\":\"open\",\"reason\":\"syn-ack\"}\n");
    replay_text(&arena, &replay, &report_grep, buf_span(&b), 100);
    assert_int_equal(replay.n[RECORD_BEGIN], 1);
    assert_int_equal(replay.n[RECORD_RESUMED], 1);
    assert_int_equal(replay.n[RECORD_HOST], 3);
    assert_int_equal(replay.n_unfinished, 1);
    assert_non_null(strstr(replay.sink.text, "22/open/tcp/////, 25/open/tcp"));
}

static void equal_ports_are_one(void **state)
{
    (void)state;
    char text[1024];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, begin);
    buf_str(&b, "{\"type\":\"host\",\"addr\":\"10.0.0.3\",\"state\":\"up\",\"ports\":["
                "{\"protocol\":\"tcp\",\"portid\":22,\"state\":\"closed\"},"
                "{\"protocol\":\"tcp\",\"portid\":21,\"state\":\"open\"},"
                "{\"protocol\":\"tcp\",\"portid\":22,\"state\":\"open\"}],"
                "\"extraports\":[{\"protocol\":\"tcp\",\"state\":\"closed\",\"reason\":\"reset\","
                "\"ports\":\"1-3,65530-70000,9-8,x,5\"}]}\n");
    replay_text(&arena, &replay, &report_grep, buf_span(&b), 100);
    assert_non_null(strstr(replay.sink.text,
                           "Ports: 1/closed/tcp/////, 2/closed/tcp/////, 3/closed/tcp/////, "
                           "5/closed/tcp/////, 21/open/tcp/////, 22/open/tcp/////"));
}

static void xml_that_is_cut_keeps_its_hosts(void **state)
{
    (void)state;
    sample_print(&arena, &report_xml, &scan, &host, &saved);
    const char *end = strstr(saved.text, "</host>") + 7;
    const struct span all = span_head(text_of(&saved), (size_t)(end - saved.text));
    replay_text(&arena, &replay, &report_grep, all, 1000);
    assert_int_equal(replay.n[RECORD_HOST], 1);
    assert_int_equal(replay.n_unfinished, 0);
    assert_int_equal(replay.n[RECORD_DAMAGE], 1);
    assert_true(replay.last_damage.is_cut);
    const char *port = strstr(saved.text, "portid=\"80\"");
    replay_text(&arena, &replay, &report_grep, span_head(all, (size_t)(port - saved.text)), 1000);
    assert_int_equal(replay.n[RECORD_HOST], 1);
    assert_int_equal(replay.n_unfinished, 1);
    assert_non_null(strstr(replay.sink.text, "22/open/tcp//ssh//"));
}

static void xml_loads_nothing_and_knows_no_entities(void **state)
{
    static const char *const texts[] = {
        "<!DOCTYPE nmaprun [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>\n<nmaprun "
        "scanner=\"nmap\" args=\"&a;\" start=\"0\"></nmaprun>",
        "<!DOCTYPE nmaprun [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\n"
        "<nmaprun scanner=\"nmap\" args=\"&b;\" start=\"0\"></nmaprun>",
        "<nmaprun scanner=\"nmap\"><host></nmaprun>",
        "<nmaprun scanner=\"nmap\" args=\"\x01\"></nmaprun>",
        "<nmaprun></nmaprun>x",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        replay_text(&arena, &replay, &report_xml, span_str(texts[i]), 11);
        assert_int_equal(replay.n[RECORD_DAMAGE], 1);
        assert_null(strstr(replay.sink.text, "root:"));
        assert_null(strstr(replay.sink.text, "aaaa"));
    }
}

static void scripts_of_other_scanners(void **state)
{
    (void)state;
    replay_text(&arena, &replay, &report_normal,
                SPAN("<?xml version=\"1.0\"?>\n<nmaprun scanner=\"nmap\" start=\"1\"><prescript>"
                     "<script id=\"a\" output=\"1\"/></prescript><host><address "
                     "addr=\"10.0.0.1\" addrtype=\"ipv4\"/><ports><port protocol=\"tcp\" "
                     "portid=\"1\"><state state=\"open\" reason=\"x\"/><script id=\"b\" "
                     "output=\"&#10;  &#x9b;&#10;  y\"/></port></ports><hostscript><script "
                     "id=\"c\" output=\"o\"/></hostscript></host><postscript><script id=\"d\" "
                     "output=\"z\"/></postscript></nmaprun>"),
                11);
    assert_non_null(strstr(replay.sink.text, "Pre-scan script results:\n|_a: 1\nNmap scan"));
    assert_non_null(strstr(replay.sink.text, "| b: \n|   \\xC2\\x9B\n|_  y\n"));
    assert_non_null(strstr(replay.sink.text, "\nHost script results:\n|_c: o\n"));
    assert_non_null(strstr(replay.sink.text, "Post-scan script results:\n|_d: z\n"));
}

static void words_of_other_scanners(void **state)
{
    (void)state;
    replay_text(&arena, &replay, &report_json,
                SPAN("<?xml version=\"1.0\"?>\n<nmaprun scanner=\"masscan\" start=\"1\" "
                     "version=\"1.0-BETA\"><scaninfo type=\"syn\" protocol=\"tcp\" />\n"
                     "<host endtime=\"5\"><address addr=\"10.1.2.3\" addrtype=\"ipv4\"/><ports>"
                     "<port protocol=\"tcp\" portid=\"80\"><state state=\"open\" "
                     "reason=\"syn-ack\" reason_ttl=\"64\"/></port></ports></host>\n"
                     "<runstats><finished time=\"6\" elapsed=\"5\" /><hosts up=\"1\" total=\"1\"/>"
                     "</runstats></nmaprun>\n"),
                9);
    assert_int_equal(replay.n[RECORD_DAMAGE], 0);
    assert_non_null(strstr(replay.sink.text, "\"addr\":\"10.1.2.3\""));
    assert_non_null(strstr(replay.sink.text, "\"portid\":80,\"state\":\"open\""));
    assert_non_null(strstr(replay.sink.text, "\"scanner\":\"masscan\""));
}

static void command_lines_are_cut_again(void **state)
{
    struct span *args;
    (void)state;
    assert_int_equal(
        saved_arguments(&arena, SPAN("whorl  -O \"a b\" \"c\\\"\\\\\" d\\e \"\" x\"y z\""), &args),
        7);
    assert_text(args[0], "whorl");
    assert_text(args[1], "-O");
    assert_text(args[2], "a b");
    assert_text(args[3], "c\"\\");
    assert_text(args[4], "d\\e");
    assert_text(args[5], "");
    assert_text(args[6], "xy z");
    assert_int_equal(saved_arguments(&arena, SPAN(""), &args), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(json_lines_give_every_view, setup, teardown),
        cmocka_unit_test_setup_teardown(xml_gives_xml, setup, teardown),
        cmocka_unit_test_setup_teardown(whole_lines_stand_when_the_end_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_lines_are_told_and_passed, setup, teardown),
        cmocka_unit_test_setup_teardown(other_files_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(hosts_that_were_begun_come_last, setup, teardown),
        cmocka_unit_test_setup_teardown(equal_ports_are_one, setup, teardown),
        cmocka_unit_test_setup_teardown(xml_that_is_cut_keeps_its_hosts, setup, teardown),
        cmocka_unit_test_setup_teardown(xml_loads_nothing_and_knows_no_entities, setup, teardown),
        cmocka_unit_test_setup_teardown(scripts_of_other_scanners, setup, teardown),
        cmocka_unit_test_setup_teardown(words_of_other_scanners, setup, teardown),
        cmocka_unit_test_setup_teardown(command_lines_are_cut_again, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
