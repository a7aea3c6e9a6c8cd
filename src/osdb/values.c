// SPDX-License-Identifier: Apache-2.0
// Which values each attribute can have at all: os-detection specification 3.2 to 3.12. An
// alternative that no subject can ever show is a slip of the pen.
#include "base/text.h"
#include "osdb/lint.h"
#include "osdb/tree.h"

enum kind {
    KIND_WORDS,   // only the words
    KIND_NUMBER,  // or a hexadecimal number, or a range of them
    KIND_OPTIONS, // an option string
    KIND_FLAGS,   // some of these letters in this order
    KIND_LETTERS, // any of these letters
};

struct rule {
    const char *name;
    enum kind kind;
    const char *words; // separated by blanks; "-" stands for the empty value
};

static const struct rule rules[] = {
    {"SP", KIND_NUMBER, ""},
    {"GCD", KIND_NUMBER, ""},
    {"ISR", KIND_NUMBER, ""},
    {"TI", KIND_NUMBER, "Z RD RI BI I"},
    {"CI", KIND_NUMBER, "Z RD RI BI I"},
    {"II", KIND_NUMBER, "Z RD RI BI I"},
    {"SS", KIND_WORDS, "S O"},
    {"TS", KIND_NUMBER, "U"},
    {"O", KIND_OPTIONS, ""},
    {"W", KIND_NUMBER, ""},
    {"R", KIND_WORDS, "Y N"},
    {"DF", KIND_WORDS, "Y N"},
    {"T", KIND_NUMBER, ""},
    {"TG", KIND_WORDS, "20 40 80 FF"},
    {"CC", KIND_WORDS, "Y N S O"},
    {"Q", KIND_WORDS, "- R U RU"},
    {"S", KIND_WORDS, "Z A A+ O"},
    {"A", KIND_WORDS, "Z S S+ O"},
    {"F", KIND_FLAGS, "EUAPRSF"},
    {"RD", KIND_NUMBER, ""},
    {"IPL", KIND_NUMBER, ""},
    {"UN", KIND_NUMBER, ""},
    {"RIPL", KIND_NUMBER, "G"},
    {"RID", KIND_NUMBER, "G"},
    {"RIPCK", KIND_WORDS, "Z G I"},
    {"RUCK", KIND_NUMBER, "G"},
    {"RUD", KIND_WORDS, "G I"},
    {"DFI", KIND_WORDS, "Y S N O"},
    {"CD", KIND_NUMBER, "Z S O"},
};

static const struct rule first_rules[] = {
    {"Class", KIND_WORDS, "C 64K i800 TR TD RI"},
    {"Val", KIND_NUMBER, "+"},
    {"gcd", KIND_NUMBER, "+"},
    {"SI", KIND_NUMBER, "+"},
    {"IPID", KIND_WORDS, "RD Z RPI C I BI"},
    {"TS", KIND_WORDS, "U 0 2HZ 100HZ 1000HZ"},
    {"Resp", KIND_WORDS, "Y N"},
    {"DF", KIND_WORDS, "Y N"},
    {"W", KIND_NUMBER, "+"},
    {"ACK", KIND_WORDS, "S++ S O"},
    {"Flags", KIND_FLAGS, "BUAPRSF"},
    {"Ops", KIND_LETTERS, "LNMEWT"},
    {"TOS", KIND_NUMBER, "+"},
    {"IPLEN", KIND_NUMBER, "+"},
    {"RIPTL", KIND_NUMBER, "+"},
    {"RID", KIND_WORDS, "0 E F"},
    {"RIPCK", KIND_WORDS, "0 E F"},
    {"UCK", KIND_WORDS, "0 E F"},
    {"ULEN", KIND_NUMBER, "+"},
    {"DAT", KIND_WORDS, "E F"},
};

static const char never[] = "no host can answer this";
static const char lower[] = "hexadecimal digits are upper case; this never matches";
static const char reversed[] = "the range runs backwards and never matches";
static const char unknown_letter[] = "unknown letter";

static const struct rule *first_rule_of(struct span name)
{
    for (size_t i = 0; i < sizeof first_rules / sizeof *first_rules; i++)
        if (span_eq(span_str(first_rules[i].name), name))
            return &first_rules[i];
    return NULL;
}

// O1-O6 and W1-W6 follow the rules of O and W.
static const struct rule *rule_of(int attr)
{
    struct span name = span_str(osdb_attr_names[attr]);
    if (osdb_attr_form(attr) == OSDB_FORM_FIRST)
        return first_rule_of(name);
    if (name.len == 2 && text_is_digit(name.ptr[1]))
        name.len = 1;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (span_eq(span_str(rules[i].name), name))
            return &rules[i];
    return NULL;
}

static bool is_word(const char *words, struct span s)
{
    struct span rest = span_str(words);
    while (!span_is_absent(rest)) {
        const struct span word = span_cut(&rest, ' ');
        const bool is_empty = span_eq(word, SPAN("-"));
        if (is_empty ? s.len == 0 : word.len > 0 && span_eq(word, s))
            return true;
    }
    return false;
}

static bool has_lower(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 'a' && s.ptr[i] <= 'f')
            return true;
    return false;
}

static const char *number_fault(struct span s)
{
    uint64_t v;
    if (!text_hex(s, &v) || v > UINT32_MAX)
        return never;
    return has_lower(s) ? lower : NULL;
}

// A number, ">x", "<x" or "x-y".
static const char *numbers_fault(struct span alt)
{
    const bool is_bound = alt.len > 0 && (alt.ptr[0] == '<' || alt.ptr[0] == '>');
    const struct span operand = is_bound ? span_from(alt, 1) : alt;
    const size_t dash = is_bound ? operand.len : span_find(operand, '-');
    const struct span low = span_head(operand, dash);
    const struct span high = span_from(operand, dash + 1);
    const char *fault = number_fault(low);
    uint64_t l, h;
    if (fault || dash == operand.len)
        return fault;
    fault = number_fault(high);
    if (fault)
        return fault;
    return text_hex(low, &l) && text_hex(high, &h) && l > h ? reversed : NULL;
}

// What may follow a letter: digits, or numbers in brackets.
static const char *option_number(struct span *s)
{
    size_t n = 0;
    if (s->len > 0 && s->ptr[0] == '[') {
        const size_t close = span_find(*s, ']');
        const bool is_open = close == s->len;
        struct span inside = span_from(span_head(*s, close), 1);
        const char *fault = NULL; // a bracket that stays open is the parser's to report
        *s = span_from(*s, close + 1);
        while (!fault && !is_open && !span_is_absent(inside))
            fault = numbers_fault(span_cut(&inside, '|'));
        return fault;
    }
    while (n < s->len && text_is_hex(s->ptr[n]))
        n++;
    const struct span digits = span_head(*s, n);
    *s = span_from(*s, n);
    return n == 0 ? never : has_lower(digits) ? lower : NULL;
}

static const char *options_fault(struct span alt)
{
    const char *fault = NULL;
    while (!fault && alt.len > 0) {
        const char c = alt.ptr[0];
        alt = span_from(alt, 1);
        if (c == 'L' || c == 'N' || c == 'S')
            continue;
        if (c != 'M' && c != 'W' && c != 'T')
            return unknown_letter;
        fault = option_number(&alt);
    }
    return fault;
}

static const char *flags_fault(const char *order, struct span alt)
{
    const char *at = order;
    for (size_t i = 0; i < alt.len; i++) {
        at = strchr(at, alt.ptr[i]);
        if (!at || *at == '\0')
            return strchr(order, alt.ptr[i]) ? "flags stand once and in their order"
                                             : unknown_letter;
        at++;
    }
    return NULL;
}

static const char *letters_fault(const char *letters, struct span alt)
{
    for (size_t i = 0; i < alt.len; i++)
        if (!strchr(letters, alt.ptr[i]))
            return unknown_letter;
    return NULL;
}

static const char *word_fault(const struct rule *rule, struct span alt)
{
    const bool is_letters = strcmp(rule->name, "Q") == 0;
    if (is_word(rule->words, alt))
        return NULL;
    for (size_t i = 0; is_letters && i < alt.len; i++)
        if (alt.ptr[i] != 'R' && alt.ptr[i] != 'U')
            return unknown_letter;
    return never;
}

static const char *alt_fault(const struct rule *rule, struct span alt)
{
    switch (rule->kind) {
    case KIND_WORDS:
        return word_fault(rule, alt);
    case KIND_NUMBER:
        return is_word(rule->words, alt) ? NULL : numbers_fault(alt);
    case KIND_OPTIONS:
        return options_fault(alt);
    case KIND_FLAGS:
        return flags_fault(rule->words, alt);
    case KIND_LETTERS:
        return letters_fault(rule->words, alt);
    }
    return NULL;
}

// SP is a sample: of two scans no two need agree.
static bool is_narrow(const struct rule *rule, struct span expr)
{
    const size_t dash = span_find(expr, '-');
    uint64_t v;
    if (strcmp(rule->name, "SP") != 0 || span_find(expr, '|') < expr.len)
        return false;
    if (dash < expr.len)
        return span_eq(span_head(expr, dash), span_from(expr, dash + 1));
    return text_hex(expr, &v) && v > 0;
}

// The next alternative; brackets may hold bars. In the first generation '&' stands between parts.
static struct span next_alt(struct span *rest, enum osdb_form form)
{
    const bool nested = form == OSDB_FORM_NESTED;
    size_t n = 0;
    if (form == OSDB_FORM_FIRST)
        return span_cut(rest, span_find(*rest, '|') < rest->len ? '|' : '&');
    bool is_inside = false;
    while (n < rest->len && (rest->ptr[n] != '|' || is_inside)) {
        is_inside = nested && (rest->ptr[n] == '[' || (is_inside && rest->ptr[n] != ']'));
        n++;
    }
    const struct span alt = span_head(*rest, n);
    *rest = n < rest->len ? span_from(*rest, n + 1) : (struct span){NULL, 0};
    return alt;
}

const char *osdb_expr_fault(int attr, struct span expr, enum osdb_fault *fault, struct span *token)
{
    const struct rule *rule = rule_of(attr);
    const enum osdb_form form = osdb_attr_form(attr);
    struct span rest = expr;
    *fault = OSDB_FAULT_ERROR;
    *token = expr;
    if (!rule)
        return NULL;
    while (!span_is_absent(rest)) {
        *token = next_alt(&rest, form);
        const char *what = alt_fault(rule, *token);
        if (what)
            return what;
    }
    *fault = OSDB_FAULT_WARNING;
    *token = expr;
    return is_narrow(rule, expr) ? "SP varies from scan to scan; give it a range" : NULL;
}
