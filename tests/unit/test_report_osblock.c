// SPDX-License-Identifier: Apache-2.0
// OS results made from small lists of references, and the lines that must be printed for them.
// The expected lines are those recorded from runs against private databases (os-detection spec
// 8.3), apart from what follows "No exact OS matches for host".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h> // needs some of those above

#include "model/host.h"
#include "model/scan.h"
#include "report/normal.h"
#include "report/osview.h"
#include "report/scanline.h"
#include "report/writer.h"
#include "text_sink.h"

#define NO_EXACT "No exact OS matches for host.\n"
#define LINES "SEQ(CI=Z)\nSEQ(CI=Z%II=I)\nT5(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\nIE(R=N)\n"

static struct arena arena;
static struct text_sink sink;
static struct scan scan;
static struct host host;
static struct os_result os;

static struct os_match matches[64];
static struct os_class_match classes[64];

static int setup(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    arena_init(&arena, "test");
    scan = (struct scan){.version = SPAN("0.1.0"), .platform = SPAN("x86_64-linux-gnu")};
    os = (struct os_result){.open_tcp = 22,
                            .closed_tcp = 23,
                            .closed_udp = -1,
                            .matches = matches,
                            .classes = classes,
                            .lines = SPAN(LINES)};
    host = (struct host){.addr = ip_v4(0x0A4D0502), .os = &os, .ended = 1795213194};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static bool class_is_listed(const struct os_class *c)
{
    for (uint32_t i = 0; i < os.n_classes; i++) {
        const struct os_class *l = &classes[i].cls;
        if (span_eq(l->vendor, c->vendor) && span_eq(l->family, c->family) &&
            span_eq(l->generation, c->generation) && span_eq(l->type, c->type))
            return true;
    }
    return false;
}

// "vendor|family|generation|type|cpe|cpe", added by the rule of spec 6.4.
static void add_class(struct span text, double accuracy)
{
    struct os_class c = {0};
    struct span *cpe = arena_array(&arena, 16, sizeof *cpe);
    c.vendor = span_cut(&text, '|');
    c.family = span_cut(&text, '|');
    c.generation = span_cut(&text, '|');
    if (c.generation.len == 0)
        c.generation = (struct span){NULL, 0};
    c.type = span_cut(&text, '|');
    while (!span_is_absent(text))
        cpe[c.n_cpe++] = span_cut(&text, '|');
    c.cpe = cpe;
    if (class_is_listed(&c) || (accuracy < 1 && os.n_perfect_classes > 0))
        return;
    classes[os.n_classes++] = (struct os_class_match){c, accuracy};
    os.n_perfect_classes += accuracy >= 1;
}

// References, one a line: "name;class;class". All with one accuracy.
static void add(double accuracy, const char *references)
{
    struct span rest = span_str(references);
    while (!span_is_absent(rest)) {
        struct span line = span_cut(&rest, '\n');
        matches[os.n_matches++] =
            (struct os_match){.name = span_cut(&line, ';'), .accuracy = accuracy};
        os.n_perfect += accuracy >= 1;
        while (!span_is_absent(line))
            add_class(span_cut(&line, ';'), accuracy);
    }
    os.status = OS_MATCHED;
}

static const char *printed(void)
{
    struct writer w;
    text_sink_init(&sink);
    writer_init(&w, &sink.sink);
    osblock_write(&w, &scan, &host);
    assert_true(writer_flush(&w));
    return sink.text;
}

// Without the fingerprint and what follows it.
static const char *head(void)
{
    (void)printed();
    char *const end = strstr(sink.text, "TCP/IP fingerprint:");
    if (end)
        *end = '\0';
    return sink.text;
}

static void numbered(double accuracy, const char *format, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char text[128];
        const int len = snprintf(text, sizeof text, format, i, i, i);
        const struct span kept = arena_copy(&arena, span_of(text, (size_t)len));
        add(accuracy, kept.ptr);
    }
}

static void eight_families_are_named(void **state)
{
    (void)state;
    scan.os_guess = true;
    numbered(0.99577, "n%02u;V%u|F|%u.X|router", 8);
    assert_string_equal(
        head(), "Device type: router\n"
                "Running (JUST GUESSING): V0 F 0.X (99%), V1 F 1.X (99%), V2 F 2.X (99%), "
                "V3 F 3.X (99%), V4 F 4.X (99%), V5 F 5.X (99%), V6 F 6.X (99%), V7 F 7.X (99%)\n"
                "Aggressive OS guesses: n00 (99%), n01 (99%), n02 (99%), n03 (99%), n04 (99%), "
                "n05 (99%), n06 (99%), n07 (99%)\n" NO_EXACT);
}

static void nine_families_are_none(void **state)
{
    (void)state;
    scan.os_guess = true;
    numbered(0.99577, "n%02u;V%u|F|%u.X|router", 9);
    assert_string_equal(head(),
                        "Aggressive OS guesses: n00 (99%), n01 (99%), n02 (99%), n03 (99%), "
                        "n04 (99%), n05 (99%), n06 (99%), n07 (99%), n08 (99%)\n" NO_EXACT);
}

static void nine_device_types_are_none(void **state)
{
    (void)state;
    scan.os_guess = true;
    numbered(0.99577, "n%02u;V%u|F|1|type%u", 9);
    assert_string_equal(head(),
                        "Aggressive OS guesses: n00 (99%), n01 (99%), n02 (99%), n03 (99%), "
                        "n04 (99%), n05 (99%), n06 (99%), n07 (99%), n08 (99%)\n" NO_EXACT);
}

static void eight_cpe_names_are_named(void **state)
{
    (void)state;
    scan.os_guess = true;
    add(0.99577, "n;V|F|1.X|router|cpe:/o:v:f:0|cpe:/o:v:f:1|cpe:/o:v:f:2|cpe:/o:v:f:3|"
                 "cpe:/o:v:f:4|cpe:/o:v:f:5|cpe:/o:v:f:6|cpe:/o:v:f:7|cpe:/o:v:f:7");
    assert_string_equal(head(), "Device type: router\n"
                                "Running (JUST GUESSING): V F 1.X (99%)\n"
                                "OS CPE: cpe:/o:v:f:0 cpe:/o:v:f:1 cpe:/o:v:f:2 cpe:/o:v:f:3 "
                                "cpe:/o:v:f:4 cpe:/o:v:f:5 cpe:/o:v:f:6 cpe:/o:v:f:7\n"
                                "Aggressive OS guesses: n (99%)\n" NO_EXACT);
}

static void nine_cpe_names_are_none(void **state)
{
    (void)state;
    scan.os_guess = true;
    add(0.99577, "n;V|F|1.X|router|a|b|c|d|e|f|g|h|i");
    assert_string_equal(head(), "Aggressive OS guesses: n (99%)\n" NO_EXACT);
}

static void ten_guesses_with_seven_families_show_them(void **state)
{
    (void)state;
    scan.os_guess = true;
    add(0.99577, "n00;V0|F|0.X|router\nn01;V1|F|1.X|router\nn02;V2|F|2.X|router\n"
                 "n03;V3|F|3.X|router\nn04;V4|F|4.X|router\nn05;V5|F|5.X|router\n"
                 "n06;V6|F|6.X|router\nn07;V0|F|7.X|router\nn08;V1|F|8.X|router\n"
                 "n09;V2|F|9.X|router\nn10;V9|F|10.X|phone");
    assert_string_equal(
        head(), "Device type: router\n"
                "Running (JUST GUESSING): V0 F 0.X|7.X (99%), V1 F 1.X|8.X (99%), "
                "V2 F 2.X|9.X (99%), V3 F 3.X (99%), V4 F 4.X (99%), V5 F 5.X (99%), "
                "V6 F 6.X (99%)\n"
                "Aggressive OS guesses: n00 (99%), n01 (99%), n02 (99%), n03 (99%), n04 (99%), "
                "n05 (99%), n06 (99%), n07 (99%), n08 (99%), n09 (99%)\n" NO_EXACT);
}

static void a_generation_inside_another_is_left_out(void **state)
{
    (void)state;
    scan.os_guess = true;
    add(0.99577, "n1;V|F|10.X|router;V|F|0.X|router;V|F||router;V|F|2.X|router;W|W||phone");
    assert_string_equal(head(), "Device type: router|phone\n"
                                "Running (JUST GUESSING): V F 10.X|2.X (99%), W (99%)\n"
                                "Aggressive OS guesses: n1 (99%)\n" NO_EXACT);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    char expected[512];
    add(1,
        "fl;V|yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy|"
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|router");
    char y[126] = {0}, x[48] = {0};
    memset(y, 'y', 125);
    memset(x, 'x', 47);
    snprintf(expected, sizeof expected, "Device type: router\nRunning: V %s %s\nOS details: fl\n",
             y, x);
    assert_string_equal(head(), expected);
}

static void perfect_classes_hide_the_others(void **state)
{
    (void)state;
    scan.os_guess = true;
    add(1, "p1;V|F|1.X|router;V|G||switch\np2;Z|Q|3|phone");
    add(0.99577, "near;N|N|1|tv");
    assert_string_equal(head(), "Device type: router|switch|phone\n"
                                "Running: V F 1.X, V G, Z Q 3\n"
                                "OS details: p1, p2\n");
}

static void without_guesses_nothing_is_guessed(void **state)
{
    (void)state;
    add(0.99577, "p1;V|F|1.X|router\np2;V|F|2.X|switch\np3;U|F|2.X|switch");
    assert_string_equal(head(), NO_EXACT);
}

// Over IPv6 what passed the floor is named, also where guesses are not asked for.
static void what_was_projected_is_named(void **state)
{
    (void)state;
    add(0.98, "one;Acme|AcmeOS|1.X|router");
    add(0.98, "two;Acme|AcmeOS|3.X|router");
    os.projection = (struct os_projection){
        .total = 2630, .compared = 2547, .n_tied = 2, .common = SPAN("Acme AcmeOS 1.X - 3.X")};
    assert_string_equal(head(), "Device type: router\n"
                                "Running (JUST GUESSING): Acme AcmeOS 1.X|3.X (98%)\n"
                                "Aggressive OS guesses: one (98%), two (98%)\n" NO_EXACT
                                "Common to the 2 best: Acme AcmeOS 1.X - 3.X\n"
                                "OS compared by 2547 of 2630 points, IPv4 references projected\n");
}

static void guesses_stop_at_the_window(void **state)
{
    (void)state;
    const char *const acme = "Acme|AcmeOS|1.X|router|cpe:/o:acme:acmeos:1";
    static const struct {
        const char *name;
        double accuracy;
    } list[] = {
        {"e15", 3530 / 3545.0},  {"a100-first", 3445 / 3545.0}, {"b100-second", 3445 / 3545.0},
        {"z200", 3345 / 3545.0}, {"c355", 3190 / 3545.0},       {"d380", 3165 / 3545.0},
    };
    scan.os_guess = true;
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        char text[128];
        const int len = snprintf(text, sizeof text, "%s;%s", list[i].name, acme);
        add(list[i].accuracy, arena_copy(&arena, span_of(text, (size_t)len)).ptr);
    }
    assert_string_equal(head(), "Device type: router\n"
                                "Running (JUST GUESSING): Acme AcmeOS 1.X (99%)\n"
                                "OS CPE: cpe:/o:acme:acmeos:1\n"
                                "Aggressive OS guesses: e15 (99%), a100-first (97%), "
                                "b100-second (97%), z200 (94%), c355 (89%)\n" NO_EXACT);
}

static void perfect(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char text[64];
        const int len = snprintf(text, sizeof text, "P%02u;V|F|%u.X|router", i, i % 3);
        add(1, arena_copy(&arena, span_of(text, (size_t)len)).ptr);
    }
}

static void eight_perfect_names_are_details(void **state)
{
    (void)state;
    perfect(8);
    assert_string_equal(printed(), "Device type: router\n"
                                   "Running: V F 0.X|1.X|2.X\n"
                                   "OS details: P00, P01, P02, P03, P04, P05, P06, P07\n");
}

static void nine_perfect_names_are_too_many(void **state)
{
    (void)state;
    perfect(9);
    scan.verbose = 2;
    os.is_unreliable = true;
    assert_string_equal(printed(),
                        "Device type: router\n"
                        "Running: V F 0.X|1.X|2.X\n"
                        "Too many fingerprints match this host to give specific OS details\n"
                        "TCP/IP fingerprint:\n"
                        "SCAN(V=0.1.0%E=4%D=11/20%OT=22%CT=23%CU=%PV=Y%G=N%TM=6B00C78A"
                        "%P=x86_64-linux-gnu)\n" LINES "\n");
}

static void debugging_lists_nine_perfect_names(void **state)
{
    (void)state;
    perfect(9);
    scan.verbose = 1;
    scan.debug = 1;
    assert_string_equal(head(), "Device type: router\n"
                                "Running: V F 0.X|1.X|2.X\n"
                                "OS details: P00, P01, P02, P03, P04, P05, P06, P07, P08\n");
    assert_non_null(strstr(printed(), "OS:SCAN("));
}

static void a_full_list_is_too_many_at_any_level(void **state)
{
    (void)state;
    os.status = OS_TOO_MANY;
    const char *const line = "Too many fingerprints match this host to give specific OS details\n";
    assert_string_equal(printed(), line);
    scan.debug = 1;
    assert_string_equal(head(), line);
}

static void a_reason_brings_guesses_and_is_told_with_detail(void **state)
{
    (void)state;
    os.not_ideal = SPAN("Missing a closed TCP port so results incomplete");
    os.is_unreliable = true;
    add(0.93805, "rmis;Acme|AcmeOS|1.X|router");
    const char *const first =
        "Warning: OSScan results may be unreliable because we could not find at least 1 open and 1 "
        "closed port\n"
        "Device type: router\n"
        "Running (JUST GUESSING): Acme AcmeOS 1.X (93%)\n"
        "Aggressive OS guesses: rmis (93%)\n"
        "No exact OS matches for host (test conditions non-ideal).\n";
    assert_string_equal(printed(), first);
    scan.verbose = 2;
    assert_non_null(strstr(printed(), "(93%)\nOS fingerprint not ideal because: Missing a closed "
                                      "TCP port so results incomplete\nAggressive"));
    assert_non_null(strstr(sink.text, "fingerprint:\nSCAN(V=0.1.0%E=4%D=11/20%OT=22"));
    assert_non_null(strstr(sink.text, "%G=N%"));
}

static void no_match_tells_its_reason_always(void **state)
{
    (void)state;
    os.status = OS_NO_MATCHES;
    assert_string_equal(head(), "No OS matches for host.\n");
    os.not_ideal = SPAN("Missing an open TCP port so results incomplete");
    assert_string_equal(printed(),
                        "OS fingerprint not ideal because: Missing an open TCP port so results "
                        "incomplete\n"
                        "No OS matches for host (test conditions non-ideal).\n");
}

static void bytes_of_a_database_are_escaped(void **state)
{
    (void)state;
    add(1, "a\x1B[31m;V\x07|F|\xFF|ty\npe;x|y|z|\\|c\x9B");
    os.not_ideal = SPAN("x\x1By");
    (void)printed();
    for (size_t i = 0; i < sink.len; i++)
        assert_true(sink.text[i] == '\n' || (sink.text[i] >= 0x20 && sink.text[i] < 0x7F));
    assert_non_null(strstr(sink.text, "OS details: a\\x1B[31m"));
    assert_non_null(strstr(sink.text, "Running: V\\x07 F \\xFF"));
}

// The first lines of a recorded fingerprint: same text, wrapped the same way.
static void fingerprints_wrap_at_72_characters(void **state)
{
    (void)state;
    scan.version = SPAN("7.991SVN");
    scan.platform = SPAN("x86_64-unknown-linux-gnu");
    os.closed_udp = 37932;
    os.has_distance = true;
    os.distance = 1;
    os.distance_kind = 'D';
    host.has_mac = true;
    host.mac = (struct mac_addr){{0x52, 0x4D, 0x93, 0x26, 0x4E, 0x28}};
    host.ended = 0x6B00CB73;
    os.lines = SPAN("SEQ(SP=103%GCD=1%ISR=10C%TI=Z%CI=Z%TS=22)\n"
                    "SEQ(SP=104%GCD=1%ISR=10E%TI=Z%CI=Z%TS=21)");
    os.status = OS_NO_MATCHES;
    assert_string_equal(
        printed(), "No OS matches for host.\n"
                   "TCP/IP fingerprint:\n"
                   "OS:SCAN(V=7.991SVN%E=4%D=11/20%OT=22%CT=23%CU=37932%PV=Y%DS=1%DC=D%G=Y%M=52\n"
                   "OS:4D93%TM=6B00CB73%P=x86_64-unknown-linux-gnu)SEQ(SP=103%GCD=1%ISR=10C%TI=\n"
                   "OS:Z%CI=Z%TS=22)SEQ(SP=104%GCD=1%ISR=10E%TI=Z%CI=Z%TS=21)\n"
                   "\n"
                   "Network Distance: 1 hop\n");
}

static void a_full_last_line_is_not_followed_by_an_empty_one(void **state)
{
    (void)state;
    uint8_t mem[SCANLINE_MAX];
    char line[80];
    struct buf b;
    os.status = OS_NO_MATCHES;
    buf_init(&b, mem, sizeof mem);
    scanline_print(&b, &scan, &host, true, host.ended);
    const size_t fill = 72 - buf_len(&b) % 72;
    memset(line, 'X', sizeof line);
    os.lines = span_of(line, fill);
    (void)printed();
    assert_memory_equal(sink.text + sink.len - 3, "X\n\n", 3);
    os.lines = span_of(line, fill + 1);
    (void)printed();
    assert_memory_equal(sink.text + sink.len - 8, "X\nOS:X\n\n", 8);
}

static void the_scan_line_leaves_out_what_is_not_known(void **state)
{
    (void)state;
    uint8_t mem[SCANLINE_MAX];
    struct buf b;
    os.open_tcp = -1;
    os.closed_udp = 41300;
    os.has_distance = true;
    os.distance = -2;
    host.addr = ip_v4(0x08080808);
    buf_init(&b, mem, sizeof mem);
    scanline_print(&b, &scan, &host, false, 0x6B00CBAA);
    buf_char(&b, '\0');
    assert_string_equal((const char *)mem,
                        "SCAN(V=0.1.0%E=4%D=11/20%OT=%CT=23%CU=41300%PV=N%DS=-2%G=N"
                        "%TM=6B00CBAA%P=x86_64-linux-gnu)");
}

static void private_addresses_follow_the_chosen_rule(void **state)
{
    (void)state;
    static const struct {
        uint32_t addr;
        const char *expected; // own, 793, 7991
    } cases[] = {
        {0x0A000001, "YYY"}, {0xAC100001, "YYY"}, {0xAC1FFFFF, "YYY"}, {0xAC200000, "NNN"},
        {0xC0A80001, "YYY"}, {0xA9FE0001, "YYY"}, {0x7F000001, "YNY"}, {0x64400001, "YNY"},
        {0x647FFFFF, "YNY"}, {0x64800000, "NNY"}, {0xC0000201, "YNY"}, {0xC0000001, "YNY"},
        {0xC0000101, "NNN"}, {0xC6120001, "YNY"}, {0xC613FFFF, "YNY"}, {0xC6140000, "NNN"},
        {0xC6336401, "YNY"}, {0xCB007101, "YNY"}, {0xF0000001, "YNY"}, {0xFFFFFFFF, "YNY"},
        {0x00000001, "YNY"}, {0x01010101, "NNY"}, {0x08080808, "NNY"}, {0x7E000001, "NNY"},
        {0x80000001, "NNN"}, {0xE0000001, "NNN"},
    };
    static const int quirks[] = {0, 793, 7991};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct ip_addr a = ip_v4(cases[i].addr);
        for (size_t q = 0; q < 3; q++)
            assert_int_equal(scanline_is_private(&a, quirks[q]), cases[i].expected[q] == 'Y');
    }
}

static void sequence_lines_need_verbosity_and_samples(void **state)
{
    (void)state;
    add(1, "Linux 5.3 - 5.4");
    os.seq = (struct os_sequence){.n = 6,
                                  .has_index = true,
                                  .index = 262,
                                  .ipid_class = IPID_ZERO,
                                  .ts_class = TS_1000HZ,
                                  .has_uptime = true,
                                  .lastboot = 1795213194 - 2419};
    os.has_distance = true;
    os.distance = 2;
    assert_string_equal(printed(), "OS details: Linux 5.3 - 5.4\nNetwork Distance: 2 hops\n");
    scan.verbose = 1;
    assert_string_equal(printed(), "OS details: Linux 5.3 - 5.4\n"
                                   "Uptime guess: 0.028 days (since Fri Nov 20 21:39:35 2026)\n"
                                   "Network Distance: 2 hops\n"
                                   "TCP Sequence Prediction: Difficulty=262 (Good luck!)\n"
                                   "IP ID Sequence Generation: All zeros\n");
    os.seq.n = 3;
    os.seq.ts_class = TS_RANDOM;
    os.seq.ipid_class = IPID_NONE;
    assert_string_equal(printed(),
                        "OS details: Linux 5.3 - 5.4\n"
                        "TCP timestamps: a random offset for each connection (no uptime readable)\n"
                        "Network Distance: 2 hops\n"
                        "IP ID Sequence Generation: Busy server or unknown class\n");
}

static const char *difficulty(uint32_t index)
{
    const struct os_result r = {.seq.index = index};
    return osview_difficulty(&r);
}

static const char *first_difficulty(uint32_t index)
{
    const struct os_result r = {.is_first = true, .seq.index = index};
    return osview_difficulty(&r);
}

static void difficulties_have_words(void **state)
{
    (void)state;
    assert_string_equal(difficulty(0), "Trivial joke");
    assert_string_equal(difficulty(2), "Trivial joke");
    assert_string_equal(difficulty(3), "Easy");
    assert_string_equal(difficulty(6), "Medium");
    assert_string_equal(difficulty(11), "Formidable");
    assert_string_equal(difficulty(12), "Worthy challenge");
    assert_string_equal(difficulty(16), "Good luck!");
    assert_string_equal(first_difficulty(9), "Trivial joke");
    assert_string_equal(first_difficulty(10), "Easy");
    assert_string_equal(first_difficulty(80), "Medium");
    assert_string_equal(first_difficulty(3000), "Formidable");
    assert_string_equal(first_difficulty(5000), "Worthy challenge");
    assert_string_equal(first_difficulty(100000), "Good luck!");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(eight_families_are_named),
        CASE(nine_families_are_none),
        CASE(nine_device_types_are_none),
        CASE(eight_cpe_names_are_named),
        CASE(nine_cpe_names_are_none),
        CASE(ten_guesses_with_seven_families_show_them),
        CASE(a_generation_inside_another_is_left_out),
        CASE(long_texts_are_cut),
        CASE(perfect_classes_hide_the_others),
        CASE(without_guesses_nothing_is_guessed),
        CASE(guesses_stop_at_the_window),
        CASE(what_was_projected_is_named),
        CASE(eight_perfect_names_are_details),
        CASE(nine_perfect_names_are_too_many),
        CASE(debugging_lists_nine_perfect_names),
        CASE(a_full_list_is_too_many_at_any_level),
        CASE(a_reason_brings_guesses_and_is_told_with_detail),
        CASE(no_match_tells_its_reason_always),
        CASE(bytes_of_a_database_are_escaped),
        CASE(fingerprints_wrap_at_72_characters),
        CASE(a_full_last_line_is_not_followed_by_an_empty_one),
        CASE(the_scan_line_leaves_out_what_is_not_known),
        CASE(private_addresses_follow_the_chosen_rule),
        CASE(sequence_lines_need_verbosity_and_samples),
        CASE(difficulties_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
