// SPDX-License-Identifier: Apache-2.0
// What services, makers and names say, and what that makes of the verdict of TCP/IP.
#include "verdict_load.h"

#include "model/host.h"
#include "stage/judge.h"
#include "verdict/fuse.h"

static struct judged j;
static struct judge *judge;
static struct host host;
static struct os_result os;
static struct service services[3];
static struct verdict_votes votes;

static int setup(void **state)
{
    (void)state;
    judged_load(&j, SYSTEMS);
    judge = judge_new(&j.load.arena, j.load.db);
    host = (struct host){.addr = ip_v4(0x0A000001), .services = services};
    arena_init(&host.arena, "a host");
    memset(services, 0, sizeof services);
    services[0] = (struct service){.port = 22,
                                   .state = SERVICE_HARD,
                                   .product = SPAN("OpenSSH"),
                                   .version = SPAN("9.2p1 Debian 2+deb12u1"),
                                   .cpe = {SPAN("cpe:/a:openbsd:openssh:9.2p1")},
                                   .os = SPAN("Linux")};
    services[1] = (struct service){.port = 3389,
                                   .state = SERVICE_HARD,
                                   .product = SPAN("Microsoft Terminal Services"),
                                   .os = SPAN("Windows")};
    services[2] = (struct service){.port = 80, .state = SERVICE_HARD, .product = SPAN("nginx")};
    judged_subject(&j, SEEN);
    os = (struct os_result){.subjects = &j.subject, .n_subjects = 1};
    host.os = &os;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&host.arena);
    load_fini(&j.load);
    return 0;
}

static const struct os_verdict *judged(void)
{
    judge_host(judge, &host);
    return host.os->verdict;
}

static void kernels_have_many_names(void **state)
{
    (void)state;
    assert_int_equal(kin_of_system(SPAN("Google"), SPAN("Android")), KIN_LINUX);
    assert_int_equal(kin_of_system(SPAN("Cisco"), SPAN("IOS")), KIN_CISCO);
    assert_int_equal(kin_of_system(SPAN("Apple"), SPAN("iOS")), KIN_APPLE);
    assert_int_equal(kin_of_system(SPAN("HP"), SPAN("embedded")), KIN_NONE);
    assert_int_equal(kin_of_system(SPAN(""), (struct span){NULL, 0}), KIN_NONE);
}

static void services_are_one_vote(void **state)
{
    (void)state;
    host.n_services = 1;
    votes_collect(&host.arena, &host, &votes);
    assert_int_equal(votes.n, 1);
    assert_int_equal(votes.kin[0], KIN_LINUX);
    check_span(votes.vote[0].layer, "services");
    check_span(votes.vote[0].label, "Linux (Debian)");
    check_span(votes.vote[0].where, "22/tcp");
    services[1] = services[0];
    services[1].port = 2222;
    host.n_services = 3;
    votes_collect(&host.arena, &host, &votes);
    assert_int_equal(votes.n, 1);
    assert_false(votes.is_split);
    check_span(votes.vote[0].where, "22/tcp, 2222/tcp");
}

static void openssh_is_not_openbsd(void **state)
{
    (void)state;
    services[0].version = SPAN("9.2");
    services[0].os = (struct span){NULL, 0};
    host.n_services = 1;
    votes_collect(&host.arena, &host, &votes);
    assert_int_equal(votes.n, 0);
}

static void names_and_makers_hint(void **state)
{
    (void)state;
    host.vendor = SPAN("Apple, Inc.");
    host.ptr_name = SPAN("DESKTOP-1234.example");
    votes_collect(&host.arena, &host, &votes);
    assert_int_equal(votes.n, 2);
    assert_int_equal(votes.kin[0], KIN_APPLE);
    assert_int_equal(votes.kin[1], KIN_WINDOWS);
    assert_true(votes.times[0] < 10 && votes.times[1] < votes.times[0]);
}

// As snmpd and Windows answer (sysDescr, build of an NTLM challenge).
static void management_protocols_vote_by_themselves(void **state)
{
    (void)state;
    services[1] = (struct service){
        .port = 161,
        .proto = PROTO_UDP,
        .state = SERVICE_HARD,
        .name = SPAN("snmp"),
        .os = SPAN("Linux"),
        .extra = SPAN("public; Linux box 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64")};
    host.n_services = 2;
    votes_collect(&host.arena, &host, &votes);
    assert_int_equal(votes.n, 2);
    check_span(votes.vote[0].layer, "services");
    check_span(votes.vote[1].layer, "SNMP");
    check_span(votes.vote[1].label, "Linux 6.1.0-18-amd64 (Debian)");
    check_span(votes.vote[1].where, "161/udp");
    assert_false(votes.is_split);
    assert_true(votes.times[0] > votes.times[1] && votes.times[1] > 1);
    services[0].state = SERVICE_NOMATCH;
    services[1] = (struct service){.port = 445,
                                   .state = SERVICE_HARD,
                                   .name = SPAN("microsoft-ds"),
                                   .product = SPAN("Microsoft Windows SMB"),
                                   .os = SPAN("Windows"),
                                   .extra = SPAN("NT 10.0 build 20348")};
    votes_collect(&host.arena, &host, &votes);
    assert_int_equal(votes.n, 1);
    check_span(votes.vote[0].layer, "SMB");
    check_span(votes.vote[0].label, "Windows Server 2022, build 20348");
    assert_true(votes.is_strong[0]);
}

static void releases_are_a_plain_word_or_a_build(void **state)
{
    (void)state;
    static const struct {
        const char *extra;
        const char *label;
    } cases[] = {
        {"Linux box \x1B[31m", "Linux"},
        {"Linux", "Linux"},
        {"Linux a b", "Linux"},
        {"Linux a 1", "Linux 1"},
        {"Linux a 1.2\n3", "Linux 1.2"},
        {"Linux a 1234567890123456789012345678901234567890",
         "Linux 12345678901234567890123456789012"},
        {"Software: Windows Version 6.3 (Build 17763 M)",
         "Windows 10 1809 or Server 2019, build 17763"},
        {"Windows build ", "Windows"},
        {"Windows build 9999999999", "Windows build 99999"},
    };
    host.n_services = 1;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        services[0] =
            (struct service){.port = 161, .name = SPAN("snmp"), .extra = span_str(cases[i].extra)};
        votes_collect(&host.arena, &host, &votes);
        assert_int_equal(votes.n, 1);
        check_span(votes.vote[0].label, cases[i].label);
    }
}

static void certificates_hint(void **state)
{
    (void)state;
    static const struct tls_facts tls = {.has_certificate = true,
                                         .subject = SPAN("CN=nas, O=Synology Inc."),
                                         .issuer = SPAN("CN=Synology Inc. CA")};
    services[2].tls = &tls;
    host.n_services = 3;
    services[0].state = services[1].state = SERVICE_NOMATCH;
    votes_collect(&host.arena, &host, &votes);
    assert_int_equal(votes.n, 1);
    check_span(votes.vote[0].layer, "certificate");
    check_span(votes.vote[0].label, "Linux (Synology)");
    assert_false(votes.is_strong[0]);
}

static void foreign_text_is_only_looked_into(void **state)
{
    (void)state;
    static char text[5000];
    memset(text, 'x', sizeof text);
    memcpy(text + 100, "\0\x1B[31mDEBIAN\xFF", 14);
    services[0].extra = span_of(text, sizeof text);
    host.n_services = 1;
    votes_collect(&host.arena, &host, &votes);
    check_span(votes.vote[0].label, "Linux (Debian)");
}

static void agreement_raises(void **state)
{
    (void)state;
    const double before = judged()->path[VERDICT_SYSTEM].p;
    host.os = &os;
    host.n_services = 1;
    const struct os_verdict *v = judged();
    assert_true(v->path[VERDICT_SYSTEM].p > before);
    assert_int_equal(v->votes[0].stance, VOTE_AGREES);
    assert_false(v->contradicts);
    assert_true(v->voted >= 0);
    double sum = v->silence + v->prior + v->voted + v->others;
    for (uint32_t i = 0; i < v->n_reasons; i++)
        sum += v->reasons[i].nats;
    check_close(sum, v->odds, 1e-9);
}

static void contradiction_is_told_and_not_averaged(void **state)
{
    (void)state;
    const double before = judged()->path[VERDICT_SYSTEM].p;
    host.os = &os;
    services[0] = services[1];
    host.n_services = 1;
    const struct os_verdict *v = judged();
    assert_true(v->contradicts);
    assert_int_equal(v->votes[0].stance, VOTE_DIFFERS);
    check_close(v->path[VERDICT_SYSTEM].p, before, 1e-12);
    check_span(v->path[VERDICT_SYSTEM].label, "Linux");
}

static void services_may_contradict_each_other(void **state)
{
    (void)state;
    host.n_services = 3;
    const struct os_verdict *v = judged();
    assert_true(v->is_split);
    assert_int_equal(v->n_votes, 2);
}

// Where TCP/IP tells little, the services decide.
static void votes_fill_gaps(void **state)
{
    (void)state;
    assert_int_equal(osdb_subject_parse(SPAN(SEEN_T1), &j.subject, NULL), ERR_OK);
    const double before = judged()->path[VERDICT_SYSTEM].p;
    host.os = &os;
    host.n_services = 1;
    const struct os_verdict *v = judged();
    check_span(v->path[VERDICT_SYSTEM].label, "Linux");
    assert_true(v->path[VERDICT_SYSTEM].p > before);
    assert_int_not_equal(v->votes[0].stance, VOTE_DIFFERS);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(kernels_have_many_names),
        CASE(services_are_one_vote),
        CASE(openssh_is_not_openbsd),
        CASE(names_and_makers_hint),
        CASE(management_protocols_vote_by_themselves),
        CASE(releases_are_a_plain_word_or_a_build),
        CASE(certificates_hint),
        CASE(foreign_text_is_only_looked_into),
        CASE(agreement_raises),
        CASE(contradiction_is_told_and_not_averaged),
        CASE(services_may_contradict_each_other),
        CASE(votes_fill_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
