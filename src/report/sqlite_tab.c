// SPDX-License-Identifier: Apache-2.0
// The schema, explained in doc/whorl-sqlite.md. user_version is its number; a change that old
// readers cannot take raises it; tables that came later are made where they are missing.
#include "report/sqlite_tab.h"

const char sqlite_schema[] =
    "CREATE TABLE scan(\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  scanner TEXT NOT NULL, version TEXT NOT NULL, arguments TEXT NOT NULL,\n"
    "  started INTEGER NOT NULL,\n"
    "  elapsed REAL, exit TEXT, hosts_up INTEGER, hosts_down INTEGER, hosts_total INTEGER);\n"
    "CREATE TABLE host(\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  scan_id INTEGER NOT NULL REFERENCES scan(id) ON DELETE CASCADE,\n"
    "  address TEXT NOT NULL, name TEXT, ptr_name TEXT, mac TEXT, vendor TEXT,\n"
    "  state TEXT NOT NULL, reason TEXT NOT NULL, rtt_us INTEGER, distance INTEGER,\n"
    "  started INTEGER, ended INTEGER, is_complete INTEGER NOT NULL);\n"
    "CREATE INDEX host_by_scan ON host(scan_id, address);\n"
    "CREATE INDEX host_by_address ON host(address);\n"
    "CREATE TABLE port(\n"
    "  host_id INTEGER NOT NULL REFERENCES host(id) ON DELETE CASCADE,\n"
    "  protocol TEXT NOT NULL, number INTEGER NOT NULL,\n"
    "  state TEXT NOT NULL, reason TEXT NOT NULL, ttl INTEGER,\n"
    "  service TEXT, tunnel TEXT, product TEXT, version TEXT, extra TEXT,\n"
    "  hostname TEXT, os TEXT, device TEXT, cpe TEXT,\n"
    "  method TEXT NOT NULL, confidence INTEGER NOT NULL, fingerprint TEXT,\n"
    "  PRIMARY KEY(host_id, protocol, number)) WITHOUT ROWID;\n"
    "CREATE INDEX port_by_number ON port(number, protocol, state);\n"
    "CREATE INDEX port_by_product ON port(product, version);\n"
    "CREATE TABLE not_shown(\n"
    "  host_id INTEGER NOT NULL REFERENCES host(id) ON DELETE CASCADE,\n"
    "  protocol TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, n INTEGER NOT NULL);\n"
    "CREATE INDEX not_shown_by_host ON not_shown(host_id);\n"
    "CREATE TABLE certificate(\n"
    "  host_id INTEGER NOT NULL REFERENCES host(id) ON DELETE CASCADE,\n"
    "  protocol TEXT NOT NULL, number INTEGER NOT NULL,\n"
    "  tls_version TEXT, cipher TEXT, alpn TEXT, subject TEXT, issuer TEXT, names TEXT,\n"
    "  not_before INTEGER, not_after INTEGER, sha256 TEXT,\n"
    "  PRIMARY KEY(host_id, protocol, number)) WITHOUT ROWID;\n"
    "CREATE TABLE os(\n"
    "  host_id INTEGER PRIMARY KEY REFERENCES host(id) ON DELETE CASCADE,\n"
    "  status TEXT NOT NULL, fingerprint TEXT);\n"
    "CREATE TABLE os_match(\n"
    "  host_id INTEGER NOT NULL REFERENCES host(id) ON DELETE CASCADE,\n"
    "  rank INTEGER NOT NULL, name TEXT NOT NULL, accuracy REAL NOT NULL,\n"
    "  type TEXT, vendor TEXT, family TEXT, generation TEXT, cpe TEXT,\n"
    "  PRIMARY KEY(host_id, rank)) WITHOUT ROWID;\n"
    "CREATE VIEW last_scan AS SELECT * FROM scan ORDER BY started DESC, id DESC LIMIT 1;\n"
    "CREATE VIEW open_ports AS\n"
    "  SELECT h.scan_id, h.address, coalesce(h.name, h.ptr_name) AS name, p.number, p.protocol,\n"
    "    p.state, p.service, p.tunnel, p.product, p.version, p.extra, p.cpe\n"
    "  FROM port p JOIN host h ON h.id = p.host_id WHERE p.state LIKE 'open%';\n"
    "CREATE VIEW products AS\n"
    "  SELECT h.scan_id, p.service, p.product, p.version, count(*) AS n\n"
    "  FROM port p JOIN host h ON h.id = p.host_id\n"
    "  WHERE p.state = 'open' AND p.product IS NOT NULL\n"
    "  GROUP BY h.scan_id, p.service, p.product, p.version;\n"
    "CREATE VIEW systems AS\n"
    "  SELECT h.scan_id, h.address, coalesce(h.name, h.ptr_name) AS name, m.name AS os,\n"
    "    m.accuracy, m.vendor, m.family, m.generation, m.type\n"
    "  FROM host h JOIN os_match m ON m.host_id = h.id WHERE m.rank = 1;\n"
    "CREATE VIEW certificates AS\n"
    "  SELECT h.scan_id, h.address, c.number, c.subject, c.issuer, c.names, c.tls_version,\n"
    "    datetime(c.not_before, 'unixepoch') AS not_before,\n"
    "    datetime(c.not_after, 'unixepoch') AS not_after, c.sha256\n"
    "  FROM certificate c JOIN host h ON h.id = c.host_id;\n"
    "PRAGMA user_version = 1;\n";

const char sqlite_later[] =
    "CREATE TABLE IF NOT EXISTS verdict(\n"
    "  host_id INTEGER PRIMARY KEY REFERENCES host(id) ON DELETE CASCADE,\n"
    "  level TEXT NOT NULL, label TEXT, probability REAL NOT NULL, unknown REAL NOT NULL,\n"
    "  contradicts INTEGER NOT NULL, text TEXT NOT NULL);\n"
    "CREATE TABLE IF NOT EXISTS finding(\n"
    "  host_id INTEGER NOT NULL REFERENCES host(id) ON DELETE CASCADE,\n"
    "  kind TEXT NOT NULL, ports TEXT, text TEXT NOT NULL);\n"
    "CREATE INDEX IF NOT EXISTS finding_by_host ON finding(host_id);\n"
    "CREATE VIEW IF NOT EXISTS verdicts AS\n"
    "  SELECT h.scan_id, h.address, coalesce(h.name, h.ptr_name) AS name, v.level, v.label,\n"
    "    v.probability, v.text FROM host h JOIN verdict v ON v.host_id = h.id;\n";

const char *const sqlite_inserts[SQLITE_INSERTS] = {
    [SQLITE_SCAN] = "INSERT INTO scan(scanner, version, arguments, started) VALUES(?,?,?,?)",
    [SQLITE_SCAN_END] = "UPDATE scan SET elapsed=?, exit=?, hosts_up=?, hosts_down=?, "
                        "hosts_total=? WHERE id=?",
    [SQLITE_HOST] = "INSERT INTO host(scan_id, address, name, ptr_name, mac, vendor, state, "
                    "reason, rtt_us, distance, started, ended, is_complete) "
                    "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SQLITE_PORT] = "INSERT OR REPLACE INTO port VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SQLITE_NOT_SHOWN] = "INSERT INTO not_shown VALUES(?,?,?,?,?)",
    [SQLITE_CERTIFICATE] = "INSERT OR REPLACE INTO certificate VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
    [SQLITE_OS] = "INSERT INTO os VALUES(?,?,?)",
    [SQLITE_OS_MATCH] = "INSERT INTO os_match VALUES(?,?,?,?,?,?,?,?,?)",
    [SQLITE_VERDICT] = "INSERT INTO verdict VALUES(?,?,?,?,?,?,?)",
    [SQLITE_FINDING] = "INSERT INTO finding VALUES(?,?,?,?)",
};
