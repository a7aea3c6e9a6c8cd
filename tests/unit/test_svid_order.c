// SPDX-License-Identifier: Apache-2.0
// Order of probes and soft matches: servers and verdicts recorded with the reference (spec 2.2 to
// 2.7), in the serial mode with its order as well, in our own mode with the same verdicts.
#include "svid_load.h"

static const char db_text[] =
    "Exclude T:1\n"
    "Probe TCP NULL q||\n"
    "totalwaitms 500\n"
    "tcpwrappedms 300\n"
    "match nullhard m|^NH:(.*)|s p/nullprod/ v/$1/\n"
    "softmatch softsvc m|^SOFT| p/SoftProd/ v/9.9/ i/softinfo/ o/SoftOS/\n"
    "match late m|^SOFT and hard| p/NeverReached/\n"
    "match concat m|^BANNER\\r\\nREPLY| p/Concatenated/\n"
    "match big m|END$| p/Big/\n"
    "softmatch zsoft m|^ZS|\n"
    "Probe TCP Apr q|AAA\\r\\n|\n"
    "rarity 9\n"
    "ports 23001\n"
    "totalwaitms 500\n"
    "match softsvc m|^HARD1| p/HardProd/\n"
    "Probe TCP Bpr q|BBB\\r\\n|\n"
    "rarity 3\n"
    "totalwaitms 500\n"
    "match othersvc m|^HARD2| v/2.2/\n"
    "softmatch bsoft m|^NH:b|\n"
    "Probe TCP Cpr q|CCC\\r\\n|\n"
    "rarity 1\n"
    "totalwaitms 500\n"
    "fallback Apr\n"
    "match softsvc m|^HARD3| v/3.3/\n"
    "Probe TCP Dpr q|DDD\\r\\n|\n"
    "rarity 7\n"
    "ports 23001-23020\n"
    "totalwaitms 500\n"
    "match dsvc m|^DDDD|\n";

static char many_q[5003];
static char fewer_q[4090];

struct row {
    uint16_t port;
    struct peer peer;
    const char *order; // serial
    enum service_state state;
    const char *name;
    const char *product;
    const char *version;
    const char *fingerprint; // from the first reply on
};

#define ON(bytes) .on = {bytes, sizeof bytes - 1}
#define SAY(bytes) .say = {bytes, sizeof bytes - 1}

static const struct row rows[] = {
    {23001, {.rtt_us = 200}, "AAA DDD BBB CCC", SERVICE_NOMATCH, NULL, NULL, NULL, NULL},
    {23002, PEER({SAY("SOFT x\r\n")}, {ON("BBB"), SAY("HARD2")}), "AAA CCC", SERVICE_SOFT,
     "softsvc", "SoftProd", "9.9",
     "%r(NULL,8,\"SOFT\\x20x\\r\\n\")%r(Apr,8,\"SOFT\\x20x\\r\\n\")%r(Cpr,8,\"SOFT\\x20x\\r\\n\")"
     ";"},
    {23003, PEER({SAY("SOFT x\r\n")}, {ON("CCC"), SAY("HARD3 ")}), "AAA CCC", SERVICE_SOFT,
     "softsvc", "SoftProd", "9.9",
     "%r(NULL,8,\"SOFT\\x20x\\r\\n\")%r(Apr,8,\"SOFT\\x20x\\r\\n\")%r(Cpr,E,"
     "\"SOFT\\x20x\\r\\nHARD3\\x20"
     "\");"},
    {23004, PEER({SAY("SOFT and hard\r\n")}), "AAA CCC", SERVICE_SOFT, "softsvc", "SoftProd", "9.9",
     "%r(NULL,F,\"SOFT\\x20and\\x20hard\\r\\n\")%r(Apr,F,\"SOFT\\x20and\\x20hard\\r\\n\")%r(Cpr,F,"
     "\"SOFT\\x20and\\x20hard\\r\\n\");"},
    {23005, PEER({ON("BBB"), SAY("NH:b x")}, {ON("CCC"), SAY("NH:c1.0")}), "DDD BBB", SERVICE_SOFT,
     "bsoft", NULL, NULL, "%r(Bpr,6,\"NH:b\\x20x\");"},
    {23006, PEER({SAY("BANNER\r\n")}, {ON("DDD"), SAY("REPLY\r\n")}), "DDD", SERVICE_HARD, "concat",
     "Concatenated", NULL, NULL},
    {23007, PEER({.say = {many_q, sizeof many_q}}), "", SERVICE_HARD, "big", "Big", NULL, NULL},
    {23008, PEER({.say = {fewer_q, sizeof fewer_q}}, {ON("DDD"), SAY("zzEND")}), "DDD",
     SERVICE_HARD, "big", "Big", NULL, NULL},
    {23009, PEER({ON("CCC"), SAY("HARD1")}), "DDD BBB CCC", SERVICE_HARD, "softsvc", "HardProd",
     NULL, NULL},
    {23010, PEER({SAY("ZS\r\n")}, {ON("CCC"), SAY("SOFT y")}, {ON("DDD"), SAY("SOFT z")}), "",
     SERVICE_SOFT, "zsoft", NULL, NULL, "%r(NULL,4,\"ZS\\r\\n\");"},
    {23011, PEER({SAY("SOFT x\r\n")}, {ON("AAA"), SAY("NH:zz")}), "AAA CCC", SERVICE_SOFT,
     "softsvc", "SoftProd", "9.9",
     "%r(NULL,8,\"SOFT\\x20x\\r\\n\")%r(Apr,D,\"SOFT\\x20x\\r\\nNH:zz\")%r(Cpr,8,"
     "\"SOFT\\x20x\\r\\n\");"},
    {23013, PEER({SAY(""), .closes = true}), "", SERVICE_TCPWRAPPED, "tcpwrapped", NULL, NULL,
     NULL},
};

static void check_text(const char *what, uint16_t port, struct span have, const char *want)
{
    if (want ? !span_eq(have, span_str(want)) : !span_is_absent(have))
        fail_msg("%u: %s is \"%.*s\", not \"%s\"", port, what, (int)have.len,
                 have.ptr ? have.ptr : "", want ? want : "(absent)");
}

static void check_row(struct load *l, const struct row *row)
{
    l->target.port = row->port;
    const struct service *s = load_run(l, &row->peer);
    if (l->cfg.is_serial)
        check_text("order", row->port, span_str(l->run.order), row->order);
    assert_int_equal(s->state, row->state);
    check_text("name", row->port, s->name, row->name);
    check_text("product", row->port, s->product, row->product);
    check_text("version", row->port, s->version, row->version);
    if (!row->fingerprint) {
        check_text("fingerprint", row->port, s->fingerprint, NULL);
        return;
    }
    const size_t skip = strlen("SF-Port23002-TCP:V=1%I=7%D=1/2%Time=FF%P=test");
    check_text("fingerprint", row->port, span_from(s->fingerprint, skip), row->fingerprint);
}

static void test_recorded(void **state)
{
    (void)state;
    struct load l;
    memset(many_q, 'Q', sizeof many_q);
    memcpy(many_q + sizeof many_q - 3, "END", 3);
    memset(fewer_q, 'Q', sizeof fewer_q);
    load_init(&l, span_of(db_text, sizeof db_text - 1));
    for (int serial = 1; serial >= 0; serial--) {
        l.cfg.is_serial = serial;
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            // 23001 lists Apr, where soft matches of other rows need it
            const uint16_t port = rows[i].port;
            (void)port;
            check_row(&l, &rows[i]);
        }
    }
    load_fini(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
