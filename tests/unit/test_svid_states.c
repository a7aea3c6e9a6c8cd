// SPDX-License-Identifier: Apache-2.0
// The tables of spec 2.2 to 2.11: which probes are asked, what ends a service, what is reported.
#include "svid_load.h"

#define ON(bytes) .on = {bytes, sizeof bytes - 1}
#define SAY(bytes) .say = {bytes, sizeof bytes - 1}
#define TEXT(literal) span_of(literal, sizeof literal - 1)

#define NULL_PROBE "Probe TCP NULL q||\ntotalwaitms 6000\ntcpwrappedms 3000\n"

static const char choice_db[] =
    NULL_PROBE "softmatch abc m|^ABC|\n"
               "Probe TCP P1 q|P1.|\nrarity 8\nports 50-60\nmatch one m|^1|\n"
               "Probe TCP P2 q|P2.|\nrarity 7\nmatch two m|^2|\n"
               "Probe TCP P3 q|P3.|\nrarity 9\nmatch abc m|^3| p/Three/\n"
               "Probe TCP P4 q|P4.|\nrarity 1\nsslports 50\nmatch four m|^4|\n"
               "Probe TCP P5 q|P5.|\nrarity 9\nports 55\nmatch abc m|^5| p/Five/\n"
               "match ssl m|^SSL|\nmatch ssl/web m|^WEB| p/Outer/\n";

struct choice {
    uint16_t port;
    uint32_t intensity;
    const char *banner;
    const char *order;
};

static void test_choice(void **state)
{
    (void)state;
    static const struct choice rows[] = {
        {99, 7, "", "P2. P4."},     // rarity decides
        {99, 2, "", "P4."},         //
        {99, 0, "", ""},            //
        {99, 8, "", "P1. P2. P4."}, //
        {99, 9, "", "P1. P2. P3. P4. P5."},
        {50, 7, "", "P1. P2. P4."},     // listed: first, whatever its rarity
        {55, 0, "", "P1. P5."},         // in the order of the file
        {55, 7, "", "P1. P5. P2. P4."}, //
        {99, 7, "ABC", "P3. P5."},      // soft: who can yield it, whatever the rarity
        {99, 0, "ABC", "P3. P5."},      //
        {55, 0, "ABC", "P5. P3."},      // a listed one as well only if it can
        {99, 9, "ABC", "P1. P2. P3. P4. P5."},
    };
    struct load l;
    load_init(&l, TEXT(choice_db));
    l.cfg.is_serial = true;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct peer_line line = {.say = span_str(rows[i].banner)};
        const struct peer peer = {.lines = &line, .n = 1, .rtt_us = 200};
        l.target.port = rows[i].port;
        l.cfg.intensity = rows[i].intensity;
        (void)load_run(&l, &peer);
        assert_string_equal(l.run.order, rows[i].order);
    }
    load_fini(&l);
}

static void test_choice_inside(void **state)
{
    (void)state;
    struct load l;
    const struct peer inside = PEER({ON("P4."), SAY("4")});
    const struct peer peer = {.lines = (const struct peer_line[]){{ON("P5."), SAY("SSL")}},
                              .n = 1,
                              .rtt_us = 200,
                              .speaks_tls = true,
                              .inside = &inside,
                              .alert = {"SSL", 3}};
    load_init(&l, TEXT(choice_db));
    l.cfg.is_serial = true;
    l.target.port = 50;
    l.cfg.intensity = 9;
    const struct service *s = load_run(&l, &peer);
    assert_string_equal(l.run.order, "P1. P2. P3. P4. P5. P4."); // sslports first
    assert_int_equal(s->tunnel, TUNNEL_TLS);
    assert_text(s->name, "four");
    assert_non_null(s->tls);
    load_fini(&l);
}

// Spec 2.3: 6 s for NULL, 5 s for each other; one connection for NULL and the first, then new ones.
static void test_serial_waits(void **state)
{
    (void)state;
    struct load l;
    const struct peer silent = {.rtt_us = 0};
    load_init(&l, TEXT(choice_db));
    l.cfg.is_serial = true;
    l.target.port = 55;
    (void)load_run(&l, &silent);
    assert_int_equal(l.run.took_ns / PEER_MS, 6000 + 4 * 5000);
    assert_int_equal(l.run.n_opened, 4);
    assert_int_equal(l.run.most_open, 1);
    load_fini(&l);
}

// ---- soft and hard together (spec 2.5)

static const char soft_db[] =
    NULL_PROBE "softmatch sv m|^SV| i/extra from soft/ h/softhost/ o/SoftOS/ cpe:/a:soft:soft/\n"
               "softmatch old m|^OLD| p/Old/ v/1.0/ i/of old/ o/SoftOS/ h/host/ d/box/ "
               "cpe:/a:old:old/ cpe:/o:old:os/\n"
               "Probe TCP AA q|AA|\nrarity 1\ntotalwaitms 1000\n"
               "match sv m|^SV\\r\\nX([^\\n]*)| p/HardProd/ v/$1/ cpe:/h:hard:hard/\n"
               "match old m|^OLD\\r\\nNEW| p/New/ o/HardOS/\n";

static void test_soft_fields(void **state)
{
    (void)state;
    struct load l;
    const struct peer peer = PEER({SAY("SV\r\n")}, {ON("AA"), SAY("X7.7, \n")});
    load_init(&l, TEXT(soft_db));
    for (int serial = 0; serial < 2; serial++) {
        l.cfg.is_serial = serial;
        const struct service *s = load_run(&l, &peer);
        assert_int_equal(s->state, SERVICE_HARD);
        assert_text(s->name, "sv");
        assert_text(s->product, "HardProd");
        assert_text(s->version, "7.7");
        assert_text(s->extra, "extra from soft");
        assert_text(s->hostname, "softhost");
        assert_text(s->os, "SoftOS");
        assert_text(s->cpe[0], "cpe:/a:soft:soft");
        assert_text(s->cpe[1], "cpe:/h:hard:hard");
        assert_int_equal(s->confidence, 10);
        assert_true(span_is_absent(s->fingerprint));
    }
    load_fini(&l);
}

// A product named softly is asked on for, though a later file has a hard match.
static const char first_db[] =
    NULL_PROBE "softmatch sv m|^SV| p/Prod/ o/SoftOS/\n"
               "softmatch bare m|^BARE|\nsoftmatch raw m|^RAW|\n"
               "Probe TCP AA q|AA|\nrarity 1\ntotalwaitms 1000\n"
               "match sv m|^SV\\r\\nV([\\d.]+)| p/Prod/ v/$1/\n"
               "match bare m|^(?:BARE\\r\\n)?V([\\d.]+)| p/Bare/ v/$1/\n"
               "match raw m|^RAW\\r\\nV([\\d.]+)| p/Raw/ v/$1/\n"
               "Probe TCP BB q|BB|\nrarity 1\ntotalwaitms 1000\nmatch other m|^B| p/Other/\n";
static const char later_db[] =
    NULL_PROBE "match sv m|^SV| p/Later/ i/later info/\nmatch bare m|^BARE| p/Later/\n"
               "match raw m|^RAW| i/later info/\n"
               "Probe TCP CC q|CC|\nrarity 1\ntotalwaitms 1000\nmatch sv m|^SV\\r\\nC| p/Worse/\n"
               "Probe TCP AA q|AA|\nrarity 1\ntotalwaitms 1000\nmatch sv m|^SV\\r\\nW| p/Worse/\n";

struct promise {
    const char *banner, *answer; // to AA
    const char *product, *version, *extra;
    uint32_t n_opened; // at most
};

static void test_promise(void **state)
{
    (void)state;
    static const struct promise rows[] = {
        {"SV\r\n", "V1.2\r\n", "Prod", "1.2", NULL, 2},            // kept
        {"SV\r\n", "nothing\r\n", "Later", NULL, "later info", 2}, // broken
        {"SV\r\n", "W\r\n", "Later", NULL, "later info", 2},       // the later file comes second
        {"BARE\r\n", "V1.2\r\n", "Later", NULL, NULL, 1},          // nothing was promised
        {"RAW\r\n", "V1.2\r\n", "Raw", "1.2", NULL, 2},            // the later one knows less
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct load l;
        const struct promise *r = &rows[i];
        struct peer peer = PEER({.say = {r->banner, strlen(r->banner)}},
                                {.on = {"AA", 2}, .say = {r->answer, strlen(r->answer)}},
                                {ON("BB"), SAY("B")}, {ON("CC"), SAY("C")});
        load_both(&l, TEXT(first_db), TEXT(later_db));
        const struct service *s = load_run(&l, &peer);
        assert_int_equal(s->state, SERVICE_HARD);
        assert_true(r->version ? span_eq(s->version, span_str(r->version))
                               : span_is_absent(s->version));
        assert_true(r->extra ? span_eq(s->extra, span_str(r->extra)) : span_is_absent(s->extra));
        assert_true(l.run.n_opened <= r->n_opened);
        l.cfg.is_serial = true; // as the reference: the first hard one
        assert_text(load_run(&l, &peer)->file, "later.db");
        load_fini(&l);
    }
}

// A mail server that greets late and does not like to be talked to before: on an odd port.
static void test_slow_greeting(void **state)
{
    (void)state;
    static const char db[] = NULL_PROBE "match smtp m|^220 ([\\w.]+)| p/Mailer/ v/$1/\n"
                                        "Probe TCP AA q|AA|\nrarity 1\ntotalwaitms 1000\n"
                                        "match smtp m|^554 talks| p/Mailer/ i/not accepting/\n";
    const struct peer peer = PEER({SAY("220 1.2\r\n"), .after_ms = 1000},
                                  {ON("AA"), SAY("554 talks\r\n"), .closes = true});
    struct load l;
    load_init(&l, TEXT(db));
    const struct service *s = load_run(&l, &peer);
    assert_text(s->product, "Mailer");
    assert_text(s->version, "1.2");
    assert_true(span_is_absent(s->extra));
    assert_true(load_seconds(&l) < 2);
    load_fini(&l);
}

// The head of an answer comes before the rest: the soft match of the whole counts.
static void test_soft_in_pieces(void **state)
{
    (void)state;
    static const char db[] =
        NULL_PROBE "softmatch web m|^HTTP.*title|s p/Prod/\nsoftmatch web m|^HTTP|\n";
    const struct peer peer = PEER({SAY("HTTP\r\n")}, {SAY("title"), .after_ms = 50});
    struct load l;
    load_init(&l, TEXT(db));
    assert_text(load_run(&l, &peer)->product, "Prod");
    l.cfg.is_serial = true;
    assert_true(span_is_absent(load_run(&l, &peer)->product));
    load_fini(&l);
}

static void test_soft_contradicted(void **state)
{
    (void)state;
    struct load l;
    const struct peer peer = PEER({SAY("OLD\r\n")}, {ON("AA"), SAY("NEW")});
    load_init(&l, TEXT(soft_db));
    const struct service own = *load_run(&l, &peer);
    assert_text(own.product, "New");
    assert_true(span_is_absent(own.version));
    assert_true(span_is_absent(own.extra));
    assert_true(span_is_absent(own.cpe[0]));
    assert_true(span_is_absent(own.cpe[2]));
    assert_text(own.os, "HardOS");
    assert_text(own.hostname, "host");
    assert_text(own.device, "box");
    l.cfg.is_serial = true;
    const struct service *serial = load_run(&l, &peer);
    assert_text(serial->version, "1.0");
    assert_text(serial->extra, "of old");
    load_fini(&l);
}

// ---- TLS (spec 2.6)

struct tls_row {
    const char *answer; // from outside
    struct peer peer;
    bool is_serial;
    enum service_state state;
    enum service_tunnel tunnel;
    const char *name;
    const char *product;
};

static const struct peer four = PEER({ON("P4."), SAY("4")});
static const struct peer nested = PEER({ON("P4."), SAY("SSL")}, {ON("P5."), SAY("SSL")});
static const struct peer nothing = {.rtt_us = 200};
static const struct tls_row tls_rows[] = {
    {"WEB", {.speaks_tls = true, .inside = &four}, true, SERVICE_HARD, TUNNEL_TLS, "web", "Outer"},
    {"WEB", {.speaks_tls = true, .inside = &four}, false, SERVICE_HARD, TUNNEL_TLS, "four", NULL},
    {"WEB",
     {.speaks_tls = true, .inside = &nothing},
     false,
     SERVICE_HARD,
     TUNNEL_TLS,
     "web",
     "Outer"},
    {"WEB",
     {.speaks_tls = true, .wants_certificate = true},
     false,
     SERVICE_HARD,
     TUNNEL_TLS,
     "web",
     "Outer"},
    {"SSL", {.speaks_tls = true, .inside = &four}, true, SERVICE_HARD, TUNNEL_TLS, "four", NULL},
    {"SSL", {.speaks_tls = true, .inside = &four}, false, SERVICE_HARD, TUNNEL_TLS, "four", NULL},
    {"SSL", {.speaks_tls = true, .inside = &nested}, true, SERVICE_HARD, TUNNEL_TLS, "ssl", NULL},
    {"SSL", {.speaks_tls = true, .inside = &nested}, false, SERVICE_HARD, TUNNEL_TLS, "ssl", NULL},
    {"SSL",
     {.speaks_tls = true, .wants_certificate = true},
     true,
     SERVICE_INCOMPLETE,
     TUNNEL_TLS,
     NULL,
     NULL},
    {"SSL",
     {.speaks_tls = true, .wants_certificate = true},
     false,
     SERVICE_INCOMPLETE,
     TUNNEL_TLS,
     NULL,
     NULL},
    {"SSL",
     {.speaks_tls = true, .stalls_tls = true},
     true,
     SERVICE_INCOMPLETE,
     TUNNEL_TLS,
     NULL,
     NULL},
    {"SSL",
     {.speaks_tls = true, .stalls_tls = true},
     false,
     SERVICE_INCOMPLETE,
     TUNNEL_TLS,
     NULL,
     NULL},
    {"SSL",
     {.speaks_tls = true, .inside = &nothing},
     false,
     SERVICE_NOMATCH,
     TUNNEL_TLS,
     NULL,
     NULL},
};

static void test_tls(void **state)
{
    (void)state;
    struct load l;
    load_init(&l, TEXT(choice_db));
    l.cfg.intensity = 9;
    for (size_t i = 0; i < COUNT_OF(tls_rows); i++) {
        struct peer peer = tls_rows[i].peer;
        peer.rtt_us = 200;
        peer.alert = span_str(tls_rows[i].answer);
        l.cfg.is_serial = tls_rows[i].is_serial;
        const struct service *s = load_run(&l, &peer);
        print_message("%zu: %.2f s\n", i, load_seconds(&l));
        assert_int_equal(s->state, tls_rows[i].state);
        assert_int_equal(s->tunnel, tls_rows[i].tunnel);
        assert_true(span_eq(s->name, span_str(tls_rows[i].name)));
        assert_true(span_eq(s->product, span_str(tls_rows[i].product)));
    }
    load_fini(&l);
}

// ---- tcpwrapped, errors, confidence (spec 2.7, 2.8, 2.11)

struct end_row {
    const char *what;
    struct peer peer;
    uint32_t intensity;
    enum service_state serial;
    enum service_state own;
    const char *note;
};

static const struct end_row ends[] = {
    {"closed at once", PEER({SAY(""), .closes = true}), 7, SERVICE_TCPWRAPPED, SERVICE_TCPWRAPPED,
     "accepted, then closed"},
    {"reset at once", PEER({SAY(""), .resets = true}), 7, SERVICE_TCPWRAPPED, SERVICE_TCPWRAPPED,
     "accepted, then closed"},
    {"closed after 4 s",
     {.idle_ms = 4000, .rtt_us = 200},
     7,
     SERVICE_TCPWRAPPED,
     SERVICE_TCPWRAPPED,
     "accepted, then closed"},
    {"closed after 7 s",
     {.idle_ms = 7000, .rtt_us = 200},
     7,
     SERVICE_NOMATCH,
     SERVICE_NOMATCH,
     NULL},
    {"refused",
     {.is_refusing = true, .rtt_us = 200},
     7,
     SERVICE_TCPWRAPPED,
     SERVICE_TCPWRAPPED,
     "connection failed"},
    {"no answer",
     {.is_silent_syn = true, .rtt_us = 200},
     7,
     SERVICE_TCPWRAPPED,
     SERVICE_TCPWRAPPED,
     "connection failed"},
    {"refused later",
     {.refuses_from = 2, .rtt_us = 200},
     7,
     SERVICE_INCOMPLETE,
     SERVICE_INCOMPLETE,
     NULL},
    {"silent", {.rtt_us = 200}, 7, SERVICE_NOMATCH, SERVICE_NOMATCH, NULL},
    {"closed on a request",
     {.closes_unknown = true, .rtt_us = 200},
     7,
     SERVICE_NOMATCH,
     SERVICE_NOMATCH,
     NULL},
    {"banner, then closed", PEER({SAY("hm"), .closes = true}), 7, SERVICE_NOMATCH, SERVICE_NOMATCH,
     NULL},
    {"soft", PEER({SAY("ABC")}), 7, SERVICE_SOFT, SERVICE_SOFT, NULL},
    {"hard", PEER({ON("P2."), SAY("2")}), 7, SERVICE_HARD, SERVICE_HARD, NULL},
};

static const uint8_t confidences[] = {10, 10, 3, 8, 3, 3}; // enum service_state

static void check_end(struct load *l, const struct end_row *r, bool is_serial)
{
    l->cfg.is_serial = is_serial;
    l->cfg.intensity = r->intensity;
    const struct service *s = load_run(l, &r->peer);
    const enum service_state want = is_serial ? r->serial : r->own;
    if (s->state != want)
        fail_msg("%s, serial %d: %d, not %d (%s)", r->what, is_serial, s->state, want,
                 l->run.order);
    assert_int_equal(s->confidence, confidences[s->state]);
    if (!is_serial)
        assert_true(span_eq(s->note, span_str(r->note)));
    if (s->state == SERVICE_TCPWRAPPED)
        assert_text(s->name, "tcpwrapped");
    if (s->state == SERVICE_NOMATCH || s->state == SERVICE_INCOMPLETE)
        assert_true(span_is_absent(s->name));
}

static void test_ends(void **state)
{
    (void)state;
    struct load l;
    load_init(&l, TEXT(choice_db));
    l.target.port = 99;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        check_end(&l, &ends[i], true);
        check_end(&l, &ends[i], false);
    }
    load_fini(&l);
}

static void test_nothing_to_ask(void **state)
{
    (void)state;
    struct load l;
    const struct peer silent = {.rtt_us = 200};
    load_init(&l, TEXT(choice_db));
    l.target.proto = PROTO_UDP;
    for (int serial = 0; serial < 2; serial++) {
        l.cfg.is_serial = serial;
        const struct service *s = load_run(&l, &silent);
        assert_int_equal(s->state, SERVICE_TCPWRAPPED);
        assert_false(l.run.is_answered);
        if (!serial)
            assert_text(s->note, "nothing to ask");
    }
    load_fini(&l);
}

// Matched when it came, but no part of the fingerprint (spec 2.4, 2.8).
static void test_reset_after_data(void **state)
{
    (void)state;
    struct load l;
    const struct peer peer = PEER({SAY("hm"), .resets = true});
    load_init(&l, TEXT(choice_db));
    l.cfg.is_serial = true;
    const struct service *s = load_run(&l, &peer);
    assert_true(span_is_absent(s->fingerprint));
    assert_int_equal(s->n_replies, 0);
    l.cfg.is_serial = false;
    assert_int_not_equal(load_run(&l, &peer)->n_replies, 0);
    load_fini(&l);
}

// Spec 4.5: shown when nothing matched; with a soft match only at intensity 7 and more.
static void test_shown(void **state)
{
    (void)state;
    struct load l;
    const struct peer soft = PEER({SAY("ABC")});
    const struct peer unknown = PEER({SAY("hm")});
    const struct peer hard = PEER({ON("P2."), SAY("2")});
    load_init(&l, TEXT(choice_db));
    assert_false(span_is_absent(load_run(&l, &soft)->fingerprint));
    assert_false(span_is_absent(load_run(&l, &unknown)->fingerprint));
    assert_true(span_is_absent(load_run(&l, &hard)->fingerprint));
    l.cfg.intensity = 6;
    assert_true(span_is_absent(load_run(&l, &soft)->fingerprint));
    assert_false(span_is_absent(load_run(&l, &unknown)->fingerprint));
    load_fini(&l);
}

// A budget gives the best answer by then.
static void test_budget(void **state)
{
    (void)state;
    struct load l;
    const struct peer slow = PEER({ON("P4."), SAY("4")}, {ON("P2."), SAY("ABC"), .after_ms = 4000});
    const struct peer silent = {.rtt_us = 200};
    load_init(&l, TEXT(choice_db));
    l.target.port = 99;
    l.cfg.budget_ns = 600 * (uint64_t)PEER_MS;
    assert_int_equal(load_run(&l, &slow)->state, SERVICE_HARD);
    assert_int_equal(load_run(&l, &silent)->state, SERVICE_INCOMPLETE);
    assert_int_equal(l.run.took_ns, l.cfg.budget_ns);
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_choice_inside),
        cmocka_unit_test(test_serial_waits),
        cmocka_unit_test(test_soft_fields),
        cmocka_unit_test(test_promise),
        cmocka_unit_test(test_soft_in_pieces),
        cmocka_unit_test(test_slow_greeting),
        cmocka_unit_test(test_soft_contradicted),
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_nothing_to_ask),
        cmocka_unit_test(test_reset_after_data),
        cmocka_unit_test(test_shown),
        cmocka_unit_test(test_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
