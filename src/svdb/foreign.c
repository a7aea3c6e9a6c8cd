// SPDX-License-Identifier: Apache-2.0
// Which rules prove their product whatever was asked? A rule of another probe says "this is X,
// given that it answers so to that question". Without the question only an answer that names the
// product itself is proof: a word of the product's name that is not a common one must stand among
// the bytes that every matching answer holds, and these must be enough. Bytes outside of text
// count for the rule's own protocol only.
#include "svdb/compile.h"
#include "svdb/re_facts.h"
#include "svdb/text.h"

enum { LITERAL_MIN = 12, WORD_MIN = 4 };

// Bytes that every matching answer holds.
struct sure {
    char text[RE_TEXT + RE_LITERALS]; // pieces with NUL between them
    size_t len;
    size_t n_bytes;
    bool is_binary; // some are no text
};

// Words that stand in answers of many products.
static const char *const common[] = {
    "about",      "access",      "account",       "adapter",    "admin",     "administration",
    "agent",      "alarm",       "analog",        "audio",      "auth",      "authentication",
    "available",  "backup",      "banner",        "based",      "blocked",   "board",
    "bridge",     "broadband",   "broker",        "cable",      "camera",    "card",
    "catalyst",   "center",      "chat",          "client",     "cloud",     "cluster",
    "command",    "config",      "configuration", "connection", "console",   "control",
    "controller", "daemon",      "data",          "database",   "default",   "denied",
    "desktop",    "device",      "digital",       "directory",  "disk",      "embedded",
    "engine",     "enterprise",  "error",         "ethernet",   "event",     "exchange",
    "express",    "file",        "filter",        "firewall",   "firmware",  "frame",
    "free",       "gateway",     "generic",       "group",      "home",      "host",
    "html",       "http",        "httpd",         "https",      "imap",      "imapd",
    "info",       "information", "instant",       "integrated", "interface", "internet",
    "java",       "json",        "laserjet",      "ldap",       "license",   "light",
    "linux",      "list",        "local",         "login",      "mail",      "management",
    "manager",    "media",       "message",       "messaging",  "mini",      "mobile",
    "modem",      "module",      "monitor",       "monitoring", "multi",     "name",
    "network",    "networks",    "news",          "node",       "office",    "online",
    "open",       "page",        "panel",         "password",   "personal",  "phone",
    "player",     "plus",        "policy",        "pop3",       "pop3d",     "port",
    "portal",     "power",       "print",         "printer",    "product",   "professional",
    "protocol",   "proxy",       "public",        "python",     "query",     "raid",
    "realm",      "remote",      "request",       "response",   "router",    "rtsp",
    "secure",     "security",    "serial",        "series",     "server",    "service",
    "services",   "session",     "share",         "shell",      "simple",    "site",
    "smart",      "smtp",        "smtpd",         "soap",       "software",  "solutions",
    "sound",      "source",      "special",       "standard",   "station",   "status",
    "storage",    "stream",      "streaming",     "studio",     "support",   "switch",
    "system",     "systems",     "telnet",        "telnetd",    "terminal",  "test",
    "time",       "tool",        "tools",         "transfer",   "ultra",     "unified",
    "universal",  "unix",        "unknown",       "update",     "upnp",      "user",
    "utility",    "version",     "video",         "view",       "viewer",    "virtual",
    "voice",      "voip",        "welcome",       "windows",    "wireless",  "with",
    "work",       "world",       "xml",           "your",
};

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_common(struct span word)
{
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (span_eq_nocase(word, span_str(common[i])))
            return true;
    return false;
}

// Whether a word of the text begins so.
static bool has_word(struct span text, struct span word)
{
    for (size_t i = 0; i + word.len <= text.len; i++) {
        const bool is_start = i == 0 || !is_alnum(text.ptr[i - 1]);
        if (is_start && span_eq_nocase(span_of(text.ptr + i, word.len), word))
            return true;
    }
    return false;
}

// Whether the text holds a telling word of the product's name.
static bool is_named(struct span product, struct span text)
{
    struct span rest = product;
    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && is_alnum(rest.ptr[n]))
            n++;
        const struct span word = span_head(rest, n);
        if (n >= WORD_MIN && !is_common(word) && has_word(text, word))
            return true;
        rest = span_from(rest, n + 1);
    }
    return false;
}

// The product's template up to its first placeholder; absent if there is none.
static struct span product_of(const struct svdb_tree_rule *rule)
{
    struct span rest = rule->templates;
    struct span product = {NULL, 0};
    struct svdb_template t;
    bool found = true;
    while (svdb_template_next(rule->templates, &rest, &t, &found, NULL) == ERR_OK && found)
        if (t.field == SVDB_PRODUCT)
            product = span_head(t.text, span_find(t.text, '$'));
    return product;
}

static bool is_text(unsigned char c)
{
    return (c >= 0x20 && c <= 0x7E) || c == '\r' || c == '\n' || c == '\t';
}

static void find_sure(const struct svdb_tree_rule *rule, struct sure *out)
{
    struct re_facts facts;
    const struct re_rule re = {rule->regex, rule->is_caseless, rule->is_dotall};
    re_facts_of(&re, &facts);
    out->len = out->n_bytes = 0;
    out->is_binary = false;
    for (uint32_t i = 0; i < facts.n; i++) {
        const struct re_literal *l = &facts.literal[i];
        for (uint32_t k = 0; k < l->len; k++) {
            out->text[out->len++] = (char)facts.text[l->from + k];
            out->is_binary |= !is_text(facts.text[l->from + k]);
        }
        out->text[out->len++] = '\0';
        out->n_bytes += l->len;
    }
}

uint32_t svdb_rule_names(const struct svdb_tree_rule *rule)
{
    struct sure sure;
    const struct span product = product_of(rule);
    if (rule->is_soft || product.len == 0)
        return 0;
    find_sure(rule, &sure);
    if (sure.n_bytes < LITERAL_MIN || !is_named(product, span_of(sure.text, sure.len)))
        return 0;
    return SVRULE_NAMES | (sure.is_binary ? SVRULE_BINARY : 0);
}
