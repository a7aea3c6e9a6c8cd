// SPDX-License-Identifier: Apache-2.0
// Private to saved: an XML document of a scan while it is being read. An element comes with its
// attributes; text is gathered for <cpe> and <elem> only,
// at most XML_TEXT bytes of it.
#pragma once

#include "base/limits.h"
#include "model/finding.h"
#include "model/host.h"
#include "model/verdict.h"
#include "saved/reader.h"

enum {
    XML_DEPTH = 16,
    XML_KINDS = 16,
    XML_TOKEN = 64,
    XML_NODES = 8,
    XML_KEY = 16,
    XML_TABLES = 32,
    XML_TEXT = 8192
};

// Inside of the script that holds a verdict.
struct xml_verdict {
    struct os_verdict *result; // NULL: somewhere else
    int depth;                 // of tables
    bool is_path;
    struct os_node nodes[XML_NODES];
    uint32_t n_nodes;
};

// Inside of the script that holds what stands in between.
struct xml_path {
    bool is_in;
    struct finding finding[LIMIT_FINDINGS];
    uint32_t n;
    uint32_t at; // the table that is being read, from 1
};

// Inside of the script that holds what port scans lost.
struct xml_loss {
    bool is_in;
    bool has_room; // the table that is being read is kept
    struct scan_loss scan[HOST_SCANS_MAX];
    uint32_t n;
};

// Inside of a script of another scanner.
struct xml_script {
    bool is_in;
    bool is_kept; // the part that is being read
    int depth;    // of tables
    struct script now;
};

struct xml {
    struct _xmlParserCtxt *parser;
    struct records *r;
    bool is_broken; // told already
    bool is_whole;  // the root was closed
    bool has_begun; // RECORD_BEGIN was told
    bool is_in_hint;
    bool is_in_host;
    bool is_in_text;
    bool has_scripts; // inside of <prescript> or <postscript>
    int depth;
    struct scan_ports *kinds;

    struct port port;        // of <port>
    struct port folded;      // of <extraports>
    uint32_t n_unnumbered;   // folded ports that the file only counts
    struct route *route;     // of <trace>, NULL = none in this host
    struct service *service; // of <port>, NULL = none; until the next one
    bool has_match;          // inside <osmatch>
    struct os_match match;
    struct os_class classes[LIMIT_DB_CLASSES];
    struct span cpes[LIMIT_DB_CPES]; // of the last class
    struct span fingerprint;
    struct xml_verdict verdict;
    struct xml_path path;
    struct xml_loss loss;
    struct xml_script script;
    struct scripts scan_scripts; // of the whole scan, before or after
    char text[XML_TEXT];
    size_t n_text;
    char key[XML_KEY]; // of <elem>
    size_t n_key;
    char token[XML_TOKEN];
};

// Attributes of an element, as libxml2 gives them.
struct attrs {
    const unsigned char **list;
    int n;
};

// A view, absent if there is none.
struct span attr(const struct attrs *a, const char *name);
struct span attr_copy(struct arena *to, const struct attrs *a, const char *name);
// `otherwise` if it is missing, no number, or above max.
int64_t attr_number(const struct attrs *a, const char *name, int64_t max, int64_t otherwise);

// Begins an <elem>: notes its key, and that its text counts.
void xml_begin_elem(struct xml *x, const struct attrs *a);

// Elements below <host> and <hosthint>; xmlos.c has those that OS detection brings.
void xml_host_begin(struct xml *x, const struct attrs *a);
void xml_host_element(struct xml *x, struct span name, const struct attrs *a);
void xml_host_close(struct xml *x, struct span name);
void xml_host_end(struct xml *x);

bool xml_os_element(struct xml *x, struct span name, const struct attrs *a);
void xml_os_close(struct xml *x, struct span name);
void xml_os_cpe(struct xml *x, struct span text);
void xml_os_end(struct xml *x);

void xml_verdict_element(struct xml *x, struct span name, const struct attrs *a);
void xml_verdict_close(struct xml *x, struct span name);

void xml_path_element(struct xml *x, struct span name, const struct attrs *a);
void xml_path_close(struct xml *x, struct span name);
void xml_path_remark(struct xml *x, const struct attrs *a); // of the whole scan

void xml_loss_element(struct xml *x, struct span name, const struct attrs *a);
void xml_loss_close(struct xml *x, struct span name);

void xml_script_element(struct xml *x, struct span name, const struct attrs *a);
void xml_script_close(struct xml *x, struct span name);

// What the arguments say of the views (src/saved/command.c).
void command_flags(struct scan *scan);
