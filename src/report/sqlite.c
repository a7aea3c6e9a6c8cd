// SPDX-License-Identifier: Apache-2.0
// Values go in through bound parameters only. Text of targets is made valid UTF-8 by escaping
// what is not printable, as everywhere; fingerprints are ASCII by construction. Write-ahead
// logging without waiting for the disk: a crash of this program loses nothing that was committed.
#include "report/sqlite.h"

#include <sqlite3.h>

#include "base/text.h"
#include "model/host.h"
#include "model/scan.h"
#include "model/services.h"
#include "model/verdict.h"
#include "report/notshown.h"
#include "report/osview.h"
#include "report/sqlite_tab.h"
#include "report/verdict.h"

enum {
    BUSY_WAIT_MS = 5000,
    WHY_MAX = 200,
    CPE_TEXT_MAX = 1024,
    NAMES_TEXT_MAX = 4096,
    HELD_MAX = 512
};

struct sqlite_out {
    sqlite3 *db;
    sqlite3_stmt *stmt[SQLITE_INSERTS];
    int64_t scan_id;
    bool is_patient;
    uint32_t n_held; // hosts in the open transaction
    bool has_failed;
    char why[WHY_MAX];
    struct arena scratch;
};

// A statement that is being filled.
struct row {
    struct sqlite_out *o;
    sqlite3_stmt *stmt;
    int n;
};

static void keep_why(struct sqlite_out *o, const char *why)
{
    struct buf b;
    o->has_failed = true;
    buf_init(&b, o->why, sizeof o->why - 1);
    buf_str(&b, why);
    o->why[buf_len(&b)] = '\0';
}

static bool check(struct sqlite_out *o, int rc)
{
    const bool is_good = rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW;
    if (!is_good && !o->has_failed)
        keep_why(o, sqlite3_errmsg(o->db));
    return is_good;
}

static bool run(struct sqlite_out *o, const char *sql)
{
    return !o->has_failed && check(o, sqlite3_exec(o->db, sql, NULL, NULL, NULL));
}

static struct row begin(struct sqlite_out *o, int which)
{
    return (struct row){o, o->stmt[which], 0};
}

static bool end(struct row *r)
{
    const bool is_good = !r->o->has_failed && check(r->o, sqlite3_step(r->stmt));
    sqlite3_reset(r->stmt);
    sqlite3_clear_bindings(r->stmt);
    return is_good;
}

static void put_int(struct row *r, int64_t v)
{
    check(r->o, sqlite3_bind_int64(r->stmt, ++r->n, v));
}

static void put_real(struct row *r, double v)
{
    check(r->o, sqlite3_bind_double(r->stmt, ++r->n, v));
}

static void put_none(struct row *r)
{
    r->n++;
}

// Our own or escaped text.
static void put_plain(struct row *r, struct span s)
{
    check(r->o, sqlite3_bind_text(r->stmt, ++r->n, s.ptr, (int)s.len, SQLITE_TRANSIENT));
}

// Absent becomes NULL.
static void put_text(struct row *r, struct span s)
{
    if (span_is_absent(s)) {
        put_none(r);
        return;
    }
    const struct arena_mark mark = arena_mark(&r->o->scratch);
    const size_t room = 4 * s.len + 1;
    struct buf b;
    buf_init(&b, arena_alloc(&r->o->scratch, room), room);
    text_escape(&b, s);
    put_plain(r, buf_span(&b));
    arena_rewind(&r->o->scratch, mark);
}

static void put_str(struct row *r, const char *s)
{
    put_plain(r, span_str(s));
}

static void put_list(struct row *r, const struct span *list, uint32_t n, size_t most)
{
    char text[NAMES_TEXT_MAX];
    struct buf b;
    buf_init(&b, text, most);
    for (uint32_t i = 0; i < n; i++) {
        if (span_is_absent(list[i]))
            continue;
        if (buf_len(&b) > 0)
            buf_char(&b, ' ');
        text_escape(&b, list[i]);
    }
    if (buf_len(&b) > 0)
        put_plain(r, buf_span(&b));
    else
        put_none(r);
}

static int user_version(struct sqlite_out *o)
{
    sqlite3_stmt *s;
    int v = -1;
    if (!check(o, sqlite3_prepare_v2(o->db, "PRAGMA user_version", -1, &s, NULL)))
        return -1;
    if (check(o, sqlite3_step(s)))
        v = sqlite3_column_int(s, 0);
    sqlite3_finalize(s);
    return v;
}

static bool is_empty(struct sqlite_out *o)
{
    sqlite3_stmt *s;
    static const char sql[] = "SELECT count(*) FROM sqlite_master";
    if (!check(o, sqlite3_prepare_v2(o->db, sql, -1, &s, NULL)))
        return false;
    const bool is_good = check(o, sqlite3_step(s)) && sqlite3_column_int(s, 0) == 0;
    sqlite3_finalize(s);
    return is_good;
}

static bool prepare(struct sqlite_out *o)
{
    sqlite3_busy_timeout(o->db, BUSY_WAIT_MS);
    const int version = user_version(o);
    if (version == 0 && is_empty(o)) {
        if (!run(o, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN") ||
            !run(o, sqlite_schema) || !run(o, "COMMIT"))
            return false;
    } else if (version != SQLITE_SCHEMA_NUMBER && !o->has_failed) {
        keep_why(o, "this is a database, but not one of this program's schema");
        return false;
    } else if (!run(o, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL")) {
        return false;
    }
    if (!run(o, "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4096") || // KiB; pages
        !run(o, sqlite_later))
        return false;
    for (int i = 0; i < SQLITE_INSERTS; i++)
        if (!check(o, sqlite3_prepare_v2(o->db, sqlite_inserts[i], -1, &o->stmt[i], NULL)))
            return false;
    return true;
}

struct sqlite_out *sqlite_open(struct arena *run_arena, const char *path, const char **why)
{
    struct sqlite_out *o = arena_alloc(run_arena, sizeof *o);
    arena_init(&o->scratch, "a row");
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (check(o, sqlite3_open_v2(path, &o->db, flags, NULL)) && prepare(o))
        return o;
    *why = o->why;
    sqlite_close(o);
    return NULL;
}

// What a scan that goes on had written before it was stopped comes once more.
static void drop_stopped(struct sqlite_out *o, const struct scan *scan)
{
    static const char sql[] = "DELETE FROM scan WHERE started = ?1 AND arguments = ?2";
    struct row r = {.o = o};
    if (!run(o, "PRAGMA foreign_keys=ON") ||
        !check(o, sqlite3_prepare_v2(o->db, sql, -1, &r.stmt, NULL)))
        return;
    put_int(&r, scan->started);
    put_text(&r, scan->command);
    check(o, sqlite3_step(r.stmt));
    sqlite3_finalize(r.stmt);
}

bool sqlite_begin(struct sqlite_out *o, const struct scan *scan)
{
    if (scan->is_resumed)
        drop_stopped(o, scan);
    struct row r = begin(o, SQLITE_SCAN);
    put_str(&r, "whorl");
    put_text(&r, scan->version);
    put_text(&r, scan->command);
    put_int(&r, scan->started);
    const bool is_good = end(&r);
    o->scan_id = sqlite3_last_insert_rowid(o->db);
    return is_good;
}

static void put_mac(struct row *r, const struct host *h)
{
    if (!h->has_mac) {
        put_none(r);
        return;
    }
    char text[24];
    struct buf b;
    buf_init(&b, text, sizeof text);
    mac_print(&b, &h->mac);
    put_plain(r, buf_span(&b));
}

static int64_t add_host(struct sqlite_out *o, const struct host *h)
{
    static const char *const states[] = {"unknown", "up", "down", "skipped"};
    char text[IP_TEXT_MAX];
    struct row r = begin(o, SQLITE_HOST);
    put_int(&r, o->scan_id);
    put_str(&r, ip_text(&h->addr, text));
    put_text(&r, h->name);
    put_text(&r, h->ptr_name);
    put_mac(&r, h);
    put_text(&r, h->vendor);
    put_str(&r, states[h->state]);
    put_str(&r, reason_name(h->reason));
    if (h->rtt.is_known)
        put_int(&r, h->rtt.srtt_us);
    else
        put_none(&r);
    if (h->os && h->os->has_distance)
        put_int(&r, h->os->distance);
    else
        put_none(&r);
    put_int(&r, h->started);
    put_int(&r, h->ended);
    put_int(&r, !h->is_cut_short);
    end(&r);
    return sqlite3_last_insert_rowid(o->db);
}

static void put_service(struct row *r, const struct service *s, struct span table)
{
    const bool is_probed = s && (s->state == SERVICE_HARD || s->state == SERVICE_SOFT ||
                                 s->state == SERVICE_TCPWRAPPED);
    put_text(r, is_probed ? s->name : table);
    if (!s) {
        for (int i = 0; i < 8; i++)
            put_none(r);
    } else {
        put_text(r, s->tunnel != TUNNEL_NONE ? SPAN("ssl") : (struct span){NULL, 0});
        put_text(r, s->product);
        put_text(r, s->version);
        put_text(r, s->extra);
        put_text(r, s->hostname);
        put_text(r, s->os);
        put_text(r, s->device);
        put_list(r, s->cpe, SERVICE_CPES, CPE_TEXT_MAX);
    }
    put_str(r, is_probed ? "probed" : "table");
    put_int(r, s ? s->confidence : 3);
    put_text(r, s ? s->fingerprint : (struct span){NULL, 0});
}

static struct span no_placeholder(struct span name)
{
    return span_eq(name, SPAN("unknown")) ? (struct span){NULL, 0} : name;
}

// A saved scan brings the name along.
static struct span table_name(const struct scan *scan, const struct service *s,
                              const struct port *p)
{
    if (s && (s->state == SERVICE_NOT_ASKED || scan->is_replayed))
        return no_placeholder(s->name);
    return scan->services ? no_placeholder(services_name(scan->services, p->proto, p->number))
                          : (struct span){NULL, 0};
}

static void add_port(struct sqlite_out *o, const struct scan *scan, const struct host *h,
                     const struct port *p, int64_t host_id)
{
    struct row r = begin(o, SQLITE_PORT);
    put_int(&r, host_id);
    put_str(&r, proto_name(p->proto));
    put_int(&r, p->number);
    put_str(&r, port_state_name(p->state));
    put_str(&r, reason_name(p->reason));
    if (p->ttl > 0)
        put_int(&r, p->ttl);
    else
        put_none(&r);
    put_service(&r, host_service(h, p), table_name(scan, host_service(h, p), p));
    end(&r);
}

static void add_ports(struct sqlite_out *o, const struct scan *scan, const struct host *h,
                      int64_t host_id)
{
    struct notshown hidden;
    notshown_of(&hidden, scan, h);
    for (uint32_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].state != PORT_UNKNOWN && !hidden.is_hidden[h->ports[i].state])
            add_port(o, scan, h, &h->ports[i], host_id);
    for (uint32_t g = 0; g < hidden.n_groups; g++) {
        for (uint32_t i = 0; i < hidden.groups[g].n_items; i++) {
            const struct notshown_item *item = &hidden.groups[g].items[i];
            struct row r = begin(o, SQLITE_NOT_SHOWN);
            put_int(&r, host_id);
            put_str(&r, proto_name(item->proto));
            put_str(&r, port_state_name(hidden.groups[g].state));
            put_str(&r, reason_name(item->reason));
            put_int(&r, item->n);
            end(&r);
        }
    }
}

static void put_digest(struct row *r, const struct tls_facts *t)
{
    char text[2 * sizeof t->sha256];
    struct buf b;
    buf_init(&b, text, sizeof text);
    for (size_t i = 0; i < sizeof t->sha256; i++)
        buf_hex_pad(&b, t->sha256[i], 2);
    put_plain(r, buf_span(&b));
}

static void add_certificates(struct sqlite_out *o, const struct host *h, int64_t host_id)
{
    for (uint32_t i = 0; i < h->n_services; i++) {
        const struct service *s = &h->services[i];
        const struct tls_facts *t = s->tls;
        if (!t || !t->has_certificate)
            continue;
        struct row r = begin(o, SQLITE_CERTIFICATE);
        put_int(&r, host_id);
        put_str(&r, proto_name(s->proto));
        put_int(&r, s->port);
        put_text(&r, t->version);
        put_text(&r, t->cipher);
        put_text(&r, t->alpn);
        put_text(&r, t->subject);
        put_text(&r, t->issuer);
        put_list(&r, t->names, t->n_names, NAMES_TEXT_MAX);
        put_int(&r, t->not_before);
        put_int(&r, t->not_after);
        put_digest(&r, t);
        end(&r);
    }
}

static void add_match(struct sqlite_out *o, const struct os_match *m, uint32_t rank,
                      int64_t host_id)
{
    const struct os_class none = {0};
    const struct os_class *c = m->n_classes > 0 ? &m->classes[0] : &none;
    struct row r = begin(o, SQLITE_OS_MATCH);
    put_int(&r, host_id);
    put_int(&r, rank);
    put_text(&r, m->name);
    put_real(&r, m->accuracy);
    put_text(&r, c->type);
    put_text(&r, c->vendor);
    put_text(&r, c->family);
    put_text(&r, c->generation);
    put_list(&r, c->cpe, c->n_cpe, CPE_TEXT_MAX);
    end(&r);
}

static void add_verdict(struct sqlite_out *o, const struct os_verdict *v, int64_t host_id)
{
    char text[VERDICT_LINE_MAX];
    struct buf b;
    buf_init(&b, text, sizeof text);
    verdict_text(&b, v);
    struct row r = begin(o, SQLITE_VERDICT);
    put_int(&r, host_id);
    put_str(&r, verdict_level_name(v->answer.level));
    put_text(&r, v->answer.label);
    put_real(&r, verdict_cut(v->answer.p));
    put_real(&r, verdict_cut(v->unknown));
    put_int(&r, v->contradicts);
    put_text(&r, buf_span(&b));
    end(&r);
}

static void add_findings(struct sqlite_out *o, const struct host *h, int64_t host_id)
{
    for (uint32_t i = 0; i < h->n_findings; i++) {
        const struct finding *f = &h->findings[i];
        struct row r = begin(o, SQLITE_FINDING);
        put_int(&r, host_id);
        put_str(&r, finding_name(f->kind));
        put_text(&r, f->ports);
        put_text(&r, f->text);
        end(&r);
    }
}

static void add_os(struct sqlite_out *o, const struct host *h, int64_t host_id)
{
    const struct os_result *os = h->os;
    if (!os)
        return;
    struct row r = begin(o, SQLITE_OS);
    put_int(&r, host_id);
    put_str(&r, os->status == OS_TOO_MANY     ? "too_many"
                : os->status == OS_NO_MATCHES ? "none"
                : os->n_perfect > 0           ? "matched"
                                              : "guesses");
    put_plain(&r, os->lines);
    end(&r);
    for (uint32_t i = 0; i < os->n_matches; i++)
        add_match(o, &os->matches[i], i + 1, host_id);
    if (os->verdict)
        add_verdict(o, os->verdict, host_id);
}

void sqlite_be_patient(struct sqlite_out *o)
{
    o->is_patient = true;
}

static bool commit(struct sqlite_out *o)
{
    o->n_held = 0;
    return run(o, "COMMIT");
}

bool sqlite_host(struct sqlite_out *o, const struct scan *scan, const struct host *host)
{
    if (!notshown_wants_host(scan, host) || (o->n_held == 0 && !run(o, "BEGIN")))
        return !o->has_failed;
    const int64_t id = add_host(o, host);
    if (host->state == HOST_UP) {
        add_ports(o, scan, host, id);
        add_certificates(o, host, id);
        add_os(o, host, id);
        add_findings(o, host, id);
    }
    if (o->has_failed) {
        sqlite3_exec(o->db, "ROLLBACK", NULL, NULL, NULL);
        o->n_held = 0;
        return false;
    }
    o->n_held++;
    return (o->is_patient && o->n_held < HELD_MAX) || commit(o);
}

bool sqlite_end(struct sqlite_out *o, const struct scan *scan)
{
    if (o->n_held > 0 && !commit(o))
        return false;
    struct row r = begin(o, SQLITE_SCAN_END);
    put_real(&r, (double)scan->elapsed_ns / 1e9);
    put_str(&r, scan->is_interrupted ? "interrupted" : "success");
    put_int(&r, (int64_t)scan->n_up);
    put_int(&r, (int64_t)(scan->n_targets - scan->n_up));
    put_int(&r, (int64_t)scan->n_targets);
    put_int(&r, o->scan_id);
    return end(&r);
}

const char *sqlite_why(const struct sqlite_out *o)
{
    return o->why;
}

void sqlite_close(struct sqlite_out *o)
{
    if (o->n_held > 0)
        commit(o);
    for (int i = 0; i < SQLITE_INSERTS; i++)
        sqlite3_finalize(o->stmt[i]);
    sqlite3_close(o->db);
    arena_fini(&o->scratch);
}
