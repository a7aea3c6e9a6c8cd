// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "check.h"
#include "saved/saved.h"

#define SCAN "SCAN(V=7.93%E=4%OT=22%CT=23%G=Y%P=x86_64-pc-linux-gnu)"
#define SEQ "SEQ(SP=106%GCD=1%ISR=10C%TI=Z)"
#define T1 "T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)"
#define U1 "U1(R=N)"
#define IE "IE(R=Y%DFI=N%T=40%CD=S)"
#define LINES SCAN "\n" SEQ "\n" T1 "\n" U1 "\n" IE "\n"

static struct arena a;
static struct finder *finder;
static char text[1 << 16];
static struct buf out;

// "LINE HOST|damage at LINE: WHAT token" or "LINE NAME ADDR|SCAN|TESTS", newlines as "/".
static void on_found(void *ctx, const struct found *f)
{
    (void)ctx;
    buf_dec(&out, f->line);
    buf_char(&out, ' ');
    buf_bytes(&out, f->name);
    buf_char(&out, ' ');
    buf_bytes(&out, f->addr);
    buf_char(&out, '|');
    if (f->damage) {
        buf_dec(&out, f->damage_line);
        buf_str(&out, f->damage);
        buf_char(&out, ' ');
        buf_bytes(&out, f->token);
    } else {
        buf_bytes(&out, f->scan);
        buf_char(&out, '|');
        for (size_t i = 0; i < f->tests.len; i++)
            buf_char(&out, f->tests.ptr[i] == '\n' ? '/' : f->tests.ptr[i]);
    }
    buf_char(&out, '\n');
}

static struct span feed(struct span input, size_t step)
{
    buf_init(&out, text, sizeof text);
    for (; input.len > 0; input = span_from(input, step))
        finder_feed(finder, span_head(input, step));
    finder_end(finder);
    assert_false(out.full);
    return buf_span(&out);
}

// In pieces of every size up to 80, then whole.
static void check_bytes(const char *bytes, size_t len, const char *want)
{
    for (size_t step = 1; step <= 80; step++) {
        const struct span got = feed(span_of(bytes, len), step == 80 ? len + 1 : step);
        assert_int_equal(got.len, strlen(want));
        assert_memory_equal(got.ptr, want, got.len);
    }
}

static void check(const char *input, const char *want)
{
    check_bytes(input, strlen(input), want);
}

#define WHOLE SCAN "|" SEQ "/" T1 "/" U1 "/" IE "/\n"

static void wraps_at(char *to, size_t room, size_t width, const char *before)
{
    struct buf b;
    struct span rest = SPAN(SCAN SEQ T1 U1 IE);
    buf_init(&b, to, room);
    for (; rest.len > 0; rest = span_from(rest, width)) {
        buf_str(&b, before);
        buf_str(&b, "OS:");
        buf_bytes(&b, span_head(rest, width));
        buf_char(&b, '\n');
    }
    buf_char(&b, '\0');
    assert_false(b.full);
}

static void a_wrapped_block_may_be_cut_anywhere(void **state)
{
    (void)state;
    static const char *const before[] = {"", "  ", "> ", ">> ", "| ", "Nov 21 host app[1]: "};
    char input[4096];
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        for (size_t width = 6; width < 200; width++) {
            wraps_at(input, sizeof input, width, before[i]);
            const struct span got = feed(span_str(input), sizeof input);
            assert_text(got, "1  |" WHOLE);
        }
    }
}

static void plain_lines_are_found_with_or_without_scan(void **state)
{
    (void)state;
    check("TCP/IP fingerprint:\n" LINES "\nrest", "2  |" WHOLE);
    check("  " SCAN "  \r\n  " SEQ "\t\r\n  " T1 "\r\n" U1 "\r\n" IE "\r\n", "1  |" WHOLE);
    check(SEQ "\n" U1 "\n" IE, "1  ||" SEQ "/" U1 "/" IE "/\n");
    check(SCAN " " SEQ ", " T1 "; " U1 IE ".", "1  |" WHOLE);
    check("if (SCAN(\"x\") || SEQ(i) || IE (2))\n", "");
    check("the " T1 " and " U1 " lines", "");
}

static void a_line_broken_again_is_joined(void **state)
{
    (void)state;
    check("> " SCAN "\n> SEQ(SP=106%GCD=1%\n> ISR=10C%TI=Z)\n> " T1 "\n> " U1 "\n> " IE "\n",
          "1  |" WHOLE);
    check(SCAN "\nSEQ(SP=106%GCD=1%\nwords follow\n",
          "1  |2the end of this fingerprint is missing \n");
}

static void normal_output_names_the_host(void **state)
{
    (void)state;
    check("Nmap scan report for gate.example (192.0.2.1)\n" LINES "\n"
          "Nmap scan report for 192.0.2.2\nOS: Linux\n"
          "Nmap scan report for 2001:db8::1\n" LINES,
          "2 gate.example 192.0.2.1|" WHOLE "11  2001:db8::1|" WHOLE);
}

static void xml_is_read_without_a_parser(void **state)
{
    (void)state;
    check(
        "<host><address addr=\"192.0.2.1\" addrtype=\"ipv4\"/>"
        "<address addr=\"52:54:00:4D:00:20\" addrtype=\"mac\"/><hostnames><hostname name=\"a.b\"/>"
        "<os><osfingerprint fingerprint=\"" SCAN "&#xa;" SEQ "&#10;" T1 "&#xA;" U1 "&#xa;" IE
        "&#xa;\"/></os></host><host><os><osfingerprint fingerprint='OS:" SCAN SEQ "&#xa;OS:" T1 U1
        "&#xa;OS:" IE "&#xa;'/>",
        "1 a.b 192.0.2.1|" WHOLE "1  |" WHOLE);
    check("<pre>&gt; " SCAN "<br/>\n&gt; " SEQ "<br/>\n" T1 "<br>\n" U1 "\n" IE "</pre>",
          "1  |" WHOLE);
}

static void json_strings_are_read(void **state)
{
    (void)state;
    check("{\"host\":\"192.0.2.1\",\"fingerprint\":\"" SCAN "\\n" SEQ "\\n" T1 "\\n" U1 "\\n" IE
          "\\n\"}\n{\"fp\": \"OS:" SCAN SEQ "\\nOS:T1(R=Y%DF=Y%T=40%S=O%A=S\\u002B%F=AS%RD=0%Q=)" U1
          "\\u000aOS:" IE "\"}\n",
          "1  192.0.2.1|" WHOLE "2  |" WHOLE);
    check("{\"type\":\"host\",\"addr\":\"192.0.2.9\",\"fingerprint\":\"" SCAN "\\n" SEQ "\\n" T1
          "\\n" U1 "\\n" IE "\\n\"}\n",
          "1  192.0.2.9|" WHOLE);
    check("[\"" SCAN "\",\"" SEQ "\",\"" T1 "\",\"" U1 "\",\"" IE "\"]", "1  |" WHOLE);
}

static void a_host_is_told_once(void **state)
{
    (void)state;
    check("{\"type\":\"evidence\",\"addr\":\"192.0.2.7\",\"fingerprint\":\"SEQ(TI=Z)\\nT1(R=N)"
          "\\nIE(R=N)\\n\"}\n"
          "{\"type\":\"evidence\",\"addr\":\"192.0.2.8\",\"fingerprint\":\"SEQ(TI=Z)\\nT1(R=N)"
          "\\nIE(R=N)\\n\"}\n"
          "{\"type\":\"host\",\"addr\":\"192.0.2.7\",\"fingerprint\":\"SEQ(TI=Z)\\nT1(R=N)\\nIE(R="
          "N)\\n\"}\n"
          "{\"type\":\"host\",\"addr\":\"192.0.2.8\",\"fingerprint\":\"SEQ(TI=I)\\nT1(R=N)\\nIE(R="
          "N)\\n\"}\n",
          "1  192.0.2.7||SEQ(TI=Z)/T1(R=N)/IE(R=N)/\n2  192.0.2.8||SEQ(TI=Z)/T1(R=N)/IE(R=N)/\n"
          "4  192.0.2.8||SEQ(TI=I)/T1(R=N)/IE(R=N)/\n");
}

static void utf16_is_read(void **state)
{
    (void)state;
    static const char lines[] = LINES;
    char input[2 * sizeof lines];
    memset(input, 0, sizeof input);
    memcpy(input, "\377\376", 2);
    for (size_t i = 0; i + 1 < sizeof lines; i++)
        input[2 + 2 * i] = lines[i];
    check_bytes(input, sizeof input, "1  |" WHOLE);
}

static void several_blocks_stay_apart(void **state)
{
    (void)state;
    check(LINES LINES, "1  |" WHOLE "6  |" WHOLE);
    check(SEQ "\n" U1 "\n" IE "\n" SEQ "\n" U1 "\n" IE "\n",
          "1  ||" SEQ "/" U1 "/" IE "/\n4  ||" SEQ "/" U1 "/" IE "/\n");
    check("OS:" SCAN SEQ U1 IE "OS:\nOS:" SCAN SEQ U1 IE "\n",
          "1  |1unknown test OS\n2  |" SCAN "|" SEQ "/" U1 "/" IE "/\n");
    check(SCAN "\n" SEQ "\nSEQ(SP=FF%GCD=1)\n" U1 "\n" IE "\nIE(R=N)\n",
          "1  |" SCAN "|" SEQ "/SEQ(SP=FF%GCD=1)/" U1 "/" IE "/IE(R=N)/\n");
}

static void damage_is_told_with_its_place_and_the_rest_goes_on(void **state)
{
    (void)state;
    check("OS:%CT=23%G=Y)" SEQ "\nOS:" T1 "\n\n" LINES,
          "1  |1the beginning of this fingerprint is missing \n4  |" WHOLE);
    check(SCAN "\n" SEQ "\nT9(R=N)\n" IE "\n\nother\n" LINES, "1  |3unknown test T9\n7  |" WHOLE);
    check(SCAN "\nno tests\n" LINES, "1  |1a SCAN line without test lines \n3  |" WHOLE);
    check("OS:" SCAN "SEQ(SP=10\nOS:" T1 IE "\n" LINES,
          "1  |2a piece of this fingerprint is missing \n3  |" WHOLE);
    check("SCAN(V=7.9", "1  |1the end of this fingerprint is missing \n");
}

static void what_is_too_long_is_damaged(void **state)
{
    (void)state;
    static char input[3 * LIMIT_SUBJECT];
    struct buf b;
    buf_init(&b, input, sizeof input);
    buf_str(&b, SCAN "\n");
    while (buf_len(&b) < 2 * LIMIT_SUBJECT)
        buf_str(&b, SEQ);
    buf_str(&b, "\n\nother\n" LINES);
    const struct span got = feed(buf_span(&b), sizeof input);
    assert_text(got, "1  |2longer than a fingerprint can be \n5  |" WHOLE);
}

static void entries_of_a_database_are_no_fingerprints(void **state)
{
    (void)state;
    check("MatchPoints\n" SEQ "\n" U1 "\n" IE "\n\nFingerprint A system\nClass A | B | C | D\n" SEQ
          "\n" U1 "\n" IE "\n\nFingerprint of mine:\n" SEQ "\n" U1 "\n" IE "\n",
          "13  ||" SEQ "/" U1 "/" IE "/\n");
}

static int setup(void **state)
{
    (void)state;
    arena_init(&a, "test");
    finder = finder_new(&a, on_found, NULL);
    return 0;
}

#define SIX_SCAN "SCAN(V=7.93%E=6%D=1/2%OT=22%CT=1%CU=%PV=N%G=Y%TM=1%P=x)"
#define SIX_ITEMS "S1(P=6000{4}XX{32}ff%ST=0.1%RT=9.8e-05)U1(P=60)EXTRA(FL=12345)"

static void ipv6_fingerprints_come_whole(void **state)
{
    (void)state;
    const char *want = "1  |" SIX_SCAN "|" SIX_ITEMS "\n";
    check("OS:SCAN(V=7.93%E=6%D=1/2%OT=22%CT=1%CU=%PV=N%G=Y%TM=1%P=x)S1(P=6000{4\n"
          "> OS:}XX{32}ff%ST=0.1%RT=9.8e\n"
          ">  OS:-05)U1(P=60)EXTRA(FL=12345)\n\nNetwork Distance: 1 hop\n",
          want);
    check(SIX_SCAN SIX_ITEMS "\n" SIX_SCAN, // nothing follows the second one
          "1  |" SIX_SCAN "|" SIX_ITEMS "\n2  |2the end of this fingerprint is missing \n");
    check("<x f=\"OS:" SIX_SCAN "S1(P=6000{4}&#xa;OS:XX{32}ff%ST=0.1%RT=9.8e-05)"
          "U1(P=60)EXTRA(FL=12345)\"/>",
          want);
    check(
        "{\"type\":\"host\",\"addr\":\"fd00::1\",\"os\":{\"fingerprint\":"
        "\"S1(P=6000{4}XX{32}ff%ST=0.1%RT=9.8e-05)\\nU1(P=60)\\nEXTRA(FL=12345)\",\"perfect\":1}}\n"
        "the item S1(P=7) is none, nor is U1(P= a fingerprint\n",
        "1  fd00::1||" SIX_ITEMS "\n");
    check("OS:" SIX_SCAN "S1(P=60\nhello\n\n" LINES,
          "1  |1the end of this fingerprint is missing \n4  |" WHOLE);
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrapped_block_may_be_cut_anywhere),
        cmocka_unit_test(plain_lines_are_found_with_or_without_scan),
        cmocka_unit_test(a_line_broken_again_is_joined),
        cmocka_unit_test(normal_output_names_the_host),
        cmocka_unit_test(xml_is_read_without_a_parser),
        cmocka_unit_test(json_strings_are_read),
        cmocka_unit_test(a_host_is_told_once),
        cmocka_unit_test(utf16_is_read),
        cmocka_unit_test(several_blocks_stay_apart),
        cmocka_unit_test(damage_is_told_with_its_place_and_the_rest_goes_on),
        cmocka_unit_test(what_is_too_long_is_damaged),
        cmocka_unit_test(entries_of_a_database_are_no_fingerprints),
        cmocka_unit_test(ipv6_fingerprints_come_whole),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
