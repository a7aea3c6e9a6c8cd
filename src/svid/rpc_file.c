// SPDX-License-Identifier: Apache-2.0
// Names of RPC programs: "NAME NUMBER [aliases] [# comment]", one a line. Broken lines are left
// out; the first one is told if there is nothing else.
#include "svid/svid.h"

#include "base/text.h"
#include "svid/rpc.h"

enum { NAME_MOST = 64, PROGRAMS_MOST = 65536 };

// IANA "Remote Procedure Call (RPC) Program Numbers"; RFC 1833, 1813, 5665.
static const struct rpc_program known[] = {
    {{"rpcbind", 7}, 100000}, {{"rstatd", 6}, 100001},    {{"rusersd", 7}, 100002},
    {{"nfs", 3}, 100003},     {{"ypserv", 6}, 100004},    {{"mountd", 6}, 100005},
    {{"ypbind", 6}, 100007},  {{"walld", 5}, 100008},     {{"yppasswdd", 9}, 100009},
    {{"rquotad", 7}, 100011}, {{"sprayd", 6}, 100012},    {{"nlockmgr", 8}, 100021},
    {{"status", 6}, 100024},  {{"bootparam", 9}, 100026}, {{"ypupdated", 9}, 100028},
    {{"keyserv", 7}, 100029}, {{"ypxfrd", 6}, 100069},    {{"nfs_acl", 7}, 100227},
    {{"sgi_fam", 7}, 391002},
};
const struct svid_rpc rpc_known = {known, sizeof known / sizeof *known};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span word(struct span *rest)
{
    const struct span s = span_trim(*rest);
    size_t n = 0;
    while (n < s.len && !is_blank(s.ptr[n]))
        n++;
    *rest = span_from(s, n);
    return span_head(s, n);
}

static bool is_name(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
            return false;
    return s.len > 0 && s.len <= NAME_MOST;
}

static enum err parse_line(struct span line, struct rpc_program *out, struct err_at *at)
{
    uint64_t number;
    struct span rest = span_head(line, span_find(line, '#'));
    out->name = word(&rest);
    const struct span text = word(&rest);
    if (!is_name(out->name))
        return err_set(at, ERR_SYNTAX, "not a name of an RPC program", out->name);
    if (!text_dec(text, UINT32_MAX, &number))
        return err_set(at, ERR_SYNTAX, "no number of an RPC program", span_trim(line));
    out->number = (uint32_t)number;
    return ERR_OK;
}

static bool is_empty(struct span line)
{
    return span_trim(span_head(line, span_find(line, '#'))).len == 0;
}

static uint32_t count_lines(struct span text)
{
    uint32_t n = 0;
    while (!span_is_absent(text)) {
        n += !is_empty(span_cut(&text, '\n'));
        if (n > PROGRAMS_MOST)
            break;
    }
    return n;
}

enum err svid_rpc_parse(struct arena *run, struct span text, const struct svid_rpc **out,
                        struct err_at *at)
{
    struct err_at first = {0};
    const uint32_t n = count_lines(text);
    if (n > PROGRAMS_MOST)
        return err_set(at, ERR_LIMIT, "too many RPC programs", (struct span){0});
    struct svid_rpc *rpc = arena_alloc(run, sizeof *rpc);
    struct rpc_program *programs = arena_array(run, n, sizeof *programs);
    for (uint32_t line = 1; !span_is_absent(text); line++) {
        const struct span one = span_cut(&text, '\n');
        struct err_at here = {.line = line};
        if (is_empty(one))
            continue;
        if (parse_line(one, &programs[rpc->n], &here) == ERR_OK)
            rpc->n++;
        else if (first.code == ERR_OK)
            first = here;
    }
    rpc->programs = programs;
    *out = rpc;
    if (at)
        *at = first;
    if (rpc->n == 0 && first.code == ERR_OK)
        return err_set(at, ERR_SYNTAX, "no RPC program", (struct span){0});
    return rpc->n > 0 ? ERR_OK : first.code;
}

static struct span name_in(const struct svid_rpc *rpc, uint32_t program)
{
    for (uint32_t i = 0; i < rpc->n; i++)
        if (rpc->programs[i].number == program)
            return rpc->programs[i].name;
    return (struct span){0};
}

struct span svid_rpc_name(const struct svid_rpc *rpc, uint32_t program)
{
    const struct span name = rpc ? name_in(rpc, program) : (struct span){0};
    return span_is_absent(name) ? name_in(&rpc_known, program) : name;
}
