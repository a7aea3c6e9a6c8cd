// SPDX-License-Identifier: Apache-2.0
// The named maximum of everything that is fed from outside. Exceeding one is an error value
// (ERR_LIMIT) or a recorded fact, never a crash.
#pragma once

enum {
    LIMIT_PACKET = 65535,         // bytes of one IP packet
    LIMIT_FRAME = 65535 + 64,     // with its link header
    LIMIT_DB_FILE = 64 << 20,     // bytes of one database file
    LIMIT_DB_BLOCK = 512 << 20,   // bytes of a compiled database
    LIMIT_DB_LINE = 2047,         // bytes of one line (os-detection spec 5.1)
    LIMIT_DB_ERRORS = 20,         // broken lines shown for one file; the rest is counted
    LIMIT_DB_CLASSES = 64,        // classes of one reference
    LIMIT_DB_CPES = 16,           // CPE names of one class
    LIMIT_SPEC = 1023,            // bytes of one target specification
    LIMIT_NAME = 255,             // bytes of a host name
    LIMIT_SUBJECT = 10239,        // bytes of a merged fingerprint (os-detection spec 4.5)
    LIMIT_SUBJECT6 = 65535,       // bytes of an IPv6 fingerprint, which holds whole packets
    LIMIT_SYNACKS = 64,           // open ports of a host whose SYN-ACKs are compared
    LIMIT_ENDS = 8,               // open ports of a host that are asked again
    LIMIT_FINDINGS = 16,          // about the path to a host
    LIMIT_OS_TRIES = 50,          // --max-os-tries
    LIMIT_OS_MATCHES = 36,        // entries of a match list (os-detection spec 6.2)
    LIMIT_HOSTS_IN_FLIGHT = 4096, // hosts that are scanned at the same time
    LIMIT_HOSTS_ASKED = 32768,    // hosts between admission and report: many may be silent
    LIMIT_HOSTS_SOUGHT = 65536,   // the same where hosts are only looked for (-sn)
    LIMIT_SWEEP_BYTES = 64 << 20, // of addresses that were asked and have not answered yet
    LIMIT_SWEEP_PORTS = 8,        // of a host, that are asked without it having a place
    LIMIT_SERVICE_LINE = 65535,   // bytes of one line of a service-probe database
    LIMIT_SERVICE_PROBES = 1024,  // probes of one such database
    LIMIT_SERVICE_READ = 65536,   // bytes of an answer that are matched
    LIMIT_SERVICE_REPLY = 4096,   // bytes of an answer that are kept as evidence
    LIMIT_SERVICE_REPLIES = 64,   // answers of one service that are kept
    LIMIT_PORT_REPLIES = 1 << 20, // bytes of UDP answers to a port scan kept for one host
    LIMIT_RECORDED = 2048,        // OS detections of a capture that go on at the same time
    LIMIT_IP6_EXTENSIONS = 16,    // extension headers of one IPv6 packet
    LIMIT_STREAMS = 16384,        // connections at the same time; more wait
    LIMIT_STREAM_QUEUE = 65536,   // bytes that a peer has not taken yet
    LIMIT_TLS_HANDSHAKE = 262144, // bytes of the peer until TLS is open
    LIMIT_TLS_CHAIN = 102400,     // bytes of its certificates
    LIMIT_TLS_TEXT = 1024,        // bytes of a subject or issuer; the rest is cut
    LIMIT_RECORD_LINE = 64 << 20, // bytes of one line of a saved record
    LIMIT_RECORD_ITEMS = 2 << 20, // values in it
    LIMIT_RECORD_TEXT = 8 << 20,  // bytes of one attribute or text of a saved XML file
    LIMIT_SCRIPTS = 16384,        // results of scripts in a saved record of one host
    LIMIT_SCRIPT_BYTES = 4 << 20, // of their texts
    LIMIT_SCRIPT_PARTS = 65536,   // tables and elements in them
    LIMIT_HOST_PORTS = 4 * 65536, // ports in a saved record of one host
    LIMIT_SAVED_PENDING = 65536,  // hosts of a saved scan that are not finished
    LIMIT_WORK_LINE = 65536,      // bytes of one line of a work list
    LIMIT_WORK_VALUES = 16384,    // values in it, if it is JSON
    LIMIT_WORK_ERRORS = 20,       // broken lines of it that are shown; the rest is counted
    LIMIT_ROUTERS = 65536,        // routers that are remembered for --traceroute
    LIMIT_NEIGHBORS = 4096,       // on the link that nobody waits for and that are remembered
    LIMIT_SILENT = 1024,          // the same, who did not answer
    LIMIT_HOPS = 255,             // of one way in a saved record
    LIMIT_DECOYS = 128,           // addresses that packets seem to come from, our own among them
    LIMIT_PORT_TRIES = 60,        // probes to one port
    LIMIT_TLS_NAMES = 64,         // names of a certificate that are kept
};
