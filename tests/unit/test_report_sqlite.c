// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "model/host.h"
#include "model/scan.h"
#include "model/verdict.h"
#include "report/sqlite.h"

static char path[] = "/tmp/whorl-sqlite-XXXXXX";

static struct scan the_scan(void)
{
    return (struct scan){
        .version = SPAN("1.2"), .command = SPAN("whorl -A x"), .started = 1000, .n_targets = 3};
}

static const struct span names[] = {{"a.example", 9}, {"b\x1b.example", 10}};
static const struct tls_facts tls = {
    .version = {"TLSv1.3", 7},
    .subject = {"CN=a.example", 12},
    .names = names,
    .n_names = 2,
    .not_before = 1,
    .not_after = 2000000000,
    .has_certificate = true,
};
static const struct service services[] = {
    {.port = 22,
     .proto = PROTO_TCP,
     .state = SERVICE_HARD,
     .confidence = 10,
     .name = {"ssh", 3},
     .product = {"O'Brien\x01ssh", 11},
     .version = {"9", 1},
     .cpe = {{"cpe:/a:x:y", 10}, {NULL, 0}, {"cpe:/o:z", 8}}},
    {.port = 443,
     .proto = PROTO_TCP,
     .state = SERVICE_NOMATCH,
     .confidence = 3,
     .tls = &tls,
     .tunnel = TUNNEL_TLS},
};
static struct port ports[] = {
    {.number = 22, .state = PORT_OPEN, .reason = REASON_SYN_ACK, .ttl = 64},
    {.number = 443, .state = PORT_OPEN, .reason = REASON_SYN_ACK},
};
static const struct os_match matches[] = {{.name = {"Some OS", 7}, .accuracy = 1}};
static const struct os_verdict verdict = {
    .answer = {VERDICT_CLASS, {"Linux 5.X or newer", 18}, 0.9799, true},
    .unknown = 0.0019,
};
static const struct finding findings[] = {
    {FINDING_PATH, {"113", 3}, {"resets of 113/tcp \x01", 19}},
    {FINDING_DISGUISE, {NULL, 0}, {"no ports", 8}},
};
static const struct os_result os = {.verdict = &verdict,
                                    .status = OS_MATCHED,
                                    .matches = matches,
                                    .n_matches = 1,
                                    .n_perfect = 1,
                                    .lines = {"T1(R=N)\n", 8}};

static struct host the_host(void)
{
    return (struct host){
        .addr = ip_v4(0x0A000001),
        .state = HOST_UP,
        .has_ports = true,
        .ports = ports,
        .n_ports = 2,
        .services = services,
        .n_services = 2,
        .os = &os,
        .findings = findings,
        .n_findings = 2,
    };
}

static void write_scan(struct arena *a)
{
    const char *why = NULL;
    struct scan scan = the_scan();
    const struct host host = the_host();
    struct sqlite_out *o = sqlite_open(a, path, &why);
    assert_null(why);
    assert_non_null(o);
    assert_true(sqlite_begin(o, &scan));
    assert_true(sqlite_host(o, &scan, &host));
    scan.elapsed_ns = 1500000000;
    scan.n_up = 1;
    assert_true(sqlite_end(o, &scan));
    sqlite_close(o);
}

static void check_query(const char *sql, const char *want)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(s, 0), want);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void test_scans(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, "test");
    write_scan(&a);
    write_scan(&a); // a second scan in the same file
    check_query(
        "SELECT group_concat(id||' '||exit||' '||hosts_up||'/'||hosts_total, ', ') FROM scan",
        "1 success 1/3, 2 success 1/3");
    check_query("SELECT product||'|'||version||'|'||cpe FROM open_ports WHERE number = 22 LIMIT 1",
                "O'Brien\\x01ssh|9|cpe:/a:x:y cpe:/o:z");
    check_query("SELECT names FROM certificates LIMIT 1", "a.example b\\x1B.example");
    check_query("SELECT os||' '||accuracy FROM systems WHERE scan_id = 2", "Some OS 1.0");
    check_query(
        "SELECT level||'|'||label||'|'||probability||'|'||text FROM verdicts WHERE scan_id = 2",
        "class|Linux 5.X or newer|0.979|Linux 5.X or newer (97%)");
    check_query(
        "SELECT group_concat(kind||'|'||coalesce(ports, '-')||'|'||text, ', ') FROM finding "
        "WHERE host_id = 1",
        "path|113|resets of 113/tcp \\x01, disguise|-|no ports");
    check_query("SELECT n FROM products WHERE scan_id = 1", "1");
    check_query("SELECT count(*) FROM port", "4");
    check_query("PRAGMA integrity_check", "ok");
    check_query("PRAGMA user_version", "1");
    arena_fini(&a);
}

// A file of before there were verdicts is written on.
static void test_older_file(void **state)
{
    (void)state;
    struct arena a;
    sqlite3 *db;
    arena_init(&a, "test");
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP VIEW verdicts; DROP TABLE verdict; DROP TABLE finding",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    write_scan(&a);
    check_query(
        "SELECT count(*)||' '||count(v.label) FROM host h LEFT JOIN verdict v ON v.host_id = h.id",
        "3 1");
    arena_fini(&a);
}

static void test_foreign_file(void **state)
{
    (void)state;
    struct arena a;
    const char *why = NULL;
    arena_init(&a, "test");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("this is no database, but it is long enough to look like a file of some kind......"
          "............................................................................",
          f);
    fclose(f);
    assert_null(sqlite_open(&a, path, &why));
    assert_non_null(why);
    assert_null(sqlite_open(&a, "/no/such/folder/x.db", &why));
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scans),
        cmocka_unit_test(test_older_file),
        cmocka_unit_test(test_foreign_file),
    };
    const int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    const int rc = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const beside[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        char name[sizeof path + 16];
        snprintf(name, sizeof name, "%s%s", path, beside[i]);
        unlink(name);
    }
    return rc;
}
