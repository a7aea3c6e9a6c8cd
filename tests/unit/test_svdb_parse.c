// SPDX-License-Identifier: Apache-2.0
// The format of service-probe databases and what is reported of broken ones (specification 1.1
// to 1.7).
#include "svdb_load.h"

#define NULL_PROBE "Probe TCP NULL q||\n"

// One file with this line in it has this one fault.
static void check_fault(const char *head, const char *line, const char *expected)
{
    struct load l;
    char text[1024];
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, head);
    buf_str(&b, line);
    load_span(&l, buf_span(&b));
    if (strcmp(l.errors, expected) != 0)
        fail_msg("'%s' gives '%s', not '%s'", line, l.errors, expected);
    load_fini(&l);
}

static void test_probe(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, "# remark\n\nExclude T:9100-9107,U:30-\n" NULL_PROBE
                  "totalwaitms 6000\ntcpwrappedms 3000\n"
                  "Probe UDP a.b-c q=\\0\\x41|\\n\\r\\t\\\\= no-payload source=500\n"
                  "rarity 7\nports 1, 5-6 ,9\nports 20\nsslports 443\n");
    assert_string_equal(l.errors, "");
    assert_int_equal(l.err, ERR_OK);
    assert_int_equal(svdb_n_probes(l.db), 2);
    assert_int_equal(svdb_null_probe(l.db), 0);
    const struct svdb_probe null = svdb_probe_at(l.db, 0);
    assert_int_equal(null.total_wait_ms, 6000);
    assert_int_equal(null.tcpwrapped_ms, 3000);
    assert_int_equal(null.rarity, 5);
    const struct svdb_probe p = svdb_probe_at(l.db, 1);
    assert_text(p.name, "a.b-c");
    assert_text(p.payload, "\0A|\n\r\t\\");
    assert_int_equal(p.proto, SVDB_UDP);
    assert_int_equal(p.rarity, 7);
    assert_int_equal(p.total_wait_ms, 5000);
    assert_int_equal(p.tcpwrapped_ms, 2000);
    assert_true(p.no_payload && !null.no_payload);
    assert_true(svdb_lists_port(l.db, 1, 1) && svdb_lists_port(l.db, 1, 6));
    assert_true(svdb_lists_port(l.db, 1, 9) && svdb_lists_port(l.db, 1, 20));
    assert_false(svdb_lists_port(l.db, 1, 4) || svdb_lists_port(l.db, 1, 443));
    assert_true(svdb_lists_ssl_port(l.db, 1, 443));
    assert_true(svdb_excludes(l.db, SVDB_TCP, 9100) && svdb_excludes(l.db, SVDB_UDP, 65535));
    assert_false(svdb_excludes(l.db, SVDB_UDP, 29) || svdb_excludes(l.db, SVDB_TCP, 31));
    load_fini(&l);
}

static void test_rule(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, NULL_PROBE "match a-b m=^x|y=sii p/P/ v|1|\t cpe:/a:b:c/a  i/x y/\n"
                             "softmatch  m|^z|\nmatch ssl/x m@^q@");
    assert_string_equal(l.errors, "");
    assert_int_equal(svdb_n_rules(l.db), 3);
    struct svdb_rule r = svdb_rule_at(l.db, 0);
    assert_text(r.service, "a-b");
    assert_text(r.regex, "^x|y");
    assert_text(r.templates, "p/P/ v|1|\t cpe:/a:b:c/a  i/x y/");
    assert_true(r.is_caseless && r.is_dotall && !r.is_soft);
    assert_int_equal(r.line, 2);
    r = svdb_rule_at(l.db, 1);
    assert_text(r.service, "");
    assert_true(r.is_soft && !r.is_caseless && !r.is_dotall);
    assert_text(svdb_rule_at(l.db, 2).service, "ssl/x");
    assert_true(svdb_yields(l.db, 0, SPAN("ssl/x")) && svdb_yields(l.db, 0, SPAN("a-b")));
    assert_false(svdb_yields(l.db, 0, SPAN("ssl")) || svdb_yields(l.db, 0, SPAN("a-bc")));
    assert_int_equal(svdb_source_at(l.db, 0).n_rules, 3);
    load_fini(&l);
}

// What the reference scanner refuses and we take: specification 1.1, BETTER.
static void test_lenient(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, NULL_PROBE "\r\n  \nmatch a m|^a| p/b/\r\nrarity 3\r\nmatch a m|\xff| p/c/");
    assert_string_equal(l.errors, "");
    assert_int_equal(svdb_n_rules(l.db), 2);
    assert_text(svdb_rule_at(l.db, 0).templates, "p/b/");
    load_fini(&l);
}

static void test_long_line(void **state)
{
    (void)state;
    static char text[2 * LIMIT_SERVICE_LINE];
    struct load l;
    struct buf b;
    buf_init(&b, text, sizeof text);
    buf_str(&b, NULL_PROBE "match a m|^");
    while (buf_len(&b) < LIMIT_SERVICE_LINE / 2)
        buf_str(&b, "0123456789");
    buf_str(&b, "|\nmatch a m|^");
    for (size_t i = 0; i < LIMIT_SERVICE_LINE; i++)
        buf_char(&b, 'x');
    buf_str(&b, "|\n");
    load_span(&l, buf_span(&b));
    assert_int_equal(svdb_n_rules(l.db), 1);
    assert_non_null(strstr(l.errors, "3:1 line too long"));
    load_fini(&l);
}

static const char *const faults[][2] = {
    {"match a m", "2:9 m and a regular expression must follow the service [m]\n"},
    {"match a", "2:8 m and a regular expression must follow the service []\n"},
    {"match a x|a|", "2:9 m and a regular expression must follow the service [x|a|]\n"},
    {"match a m|a", "2:9 the end of the regular expression is missing [m|a]\n"},
    {"match a m|a|x", "2:13 unknown option of a regular expression [x]\n"},
    {"match a m|a| z/b/", "2:14 not a template: p v i h o d or cpe: [z/b/]\n"},
    {"match a m|a| p/b", "2:14 the end of a template is missing [p/b]\n"},
    {"match a m|a| p/b/v/c/", "2:18 a blank must follow a template [v/c/]\n"},
    {"match a m|a| p/b/abcd", "2:18 too many flags behind a template [abcd]\n"},
    {"match a m|a| word", "2:14 not a template: p v i h o d or cpe: [word]\n"},
    {"match", "2:1 a blank and a value must follow [match]\n"},
    {"match\ta m|a|", "2:1 unknown directive [match\\x09a]\n"},
    {" match a m|a|", "2:1 unknown directive []\n"},
    {"Exclude 1", "2:1 Exclude must stand before all probes [Exclude]\n"},
    {"ports 1,", "2:9 a port number is missing []\n"},
    {"ports 1 2", "2:9 ports must be separated by commas [2]\n"},
    {"ports 5-4", "2:7 range of ports runs backwards [5-4]\n"},
    {"ports 5- 6", "2:9 a port number is missing [ 6]\n"},
    {"ports 70000", "2:7 port number above 65535 [70000]\n"},
    {"ports T:1", "2:7 a port number is missing [T:1]\n"},
    {"rarity 0", "2:8 number out of range [0]\n"},
    {"rarity 10", "2:8 number out of range [10]\n"},
    {"rarity x", "2:8 a number must follow [x]\n"},
    {"totalwaitms 99", "2:13 number out of range [99]\n"},
    {"tcpwrappedms 300001", "2:14 number out of range [300001]\n"},
    {"fallback NULL nosuch", "2:15 fallback to a probe that does not exist [nosuch]\n"},
    {"Probe SCTP a q|a|", "2:7 the protocol must be TCP or UDP [SCTP]\n"},
    {"Probe TCP -a q|a|", "2:11 a name must follow that begins with a letter or digit [-a q|a|]\n"},
    {"Probe TCP a r|a|", "2:13 q and the bytes to send must follow the name [r|a|]\n"},
    {"Probe TCP a q|a", "2:13 the end of the bytes to send is missing [q|a]\n"},
    {"Probe TCP a q|b\\q|", "2:16 unknown escape [\\x5Cq]\n"},
    {"Probe TCP a q|b\\xg1|", "2:16 unknown escape [\\x5Cxg1]\n"},
    {"Probe", "2:6 the protocol must be TCP or UDP []\n"},
    {"nonsense", "2:1 unknown directive [nonsense]\n"},
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++)
        check_fault(NULL_PROBE, faults[i][0], faults[i][1]);
    check_fault("rarity 1\n", NULL_PROBE, "1:1 a Probe line must come first [rarity]\n");
    check_fault("Exclude 1\nExclude 2\n", NULL_PROBE, "2:1 a second Exclude [Exclude 2]\n");
    check_fault("Exclude x\n", NULL_PROBE, "1:9 a port number is missing [x]\n");
}

static void test_regex_faults(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, NULL_PROBE "match a m|ab(c|\nmatch a m|x*|\nmatch a m|ok|\n");
    assert_non_null(strstr(l.errors, "2:"));
    assert_non_null(strstr(l.errors, "3:"));
    assert_null(strstr(l.errors, "4:"));
    assert_int_equal(svdb_n_rules(l.db), 1);
    load_fini(&l);
}

// A refused probe takes its lines with it, and is reported once.
static void test_dropped_probe(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, NULL_PROBE "match a m|a|\nProbe TCP b q|\\q|\nrarity 77\nmatch b m|(|\nrubbish\n"
                             "Probe TCP c q|c|\nmatch c m|c|\n");
    assert_string_equal(l.errors, "3:15 unknown escape [\\x5Cq]\n");
    assert_int_equal(svdb_n_probes(l.db), 2);
    assert_int_equal(svdb_n_rules(l.db), 2);
    load_fini(&l);
}

static void test_no_probe(void **state)
{
    (void)state;
    struct load l;
    load_text(&l, "# nothing\n");
    assert_int_equal(l.err, ERR_SYNTAX);
    assert_string_equal(l.errors, "0:0 no usable probe []\n");
    assert_int_equal(svdb_source_at(l.db, 0).err, ERR_SYNTAX);
    assert_int_equal(svdb_n_diags(l.db), 1);
    assert_int_equal(svdb_null_probe(l.db), -1);
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probe),         cmocka_unit_test(test_rule),
        cmocka_unit_test(test_lenient),       cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_faults),        cmocka_unit_test(test_regex_faults),
        cmocka_unit_test(test_dropped_probe), cmocka_unit_test(test_no_probe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
