// SPDX-License-Identifier: Apache-2.0
// ICMPv6 probes byte for byte, and which probe a packet answers. lwIP quotes too little of X2 to
// tell it by its id: a parameter problem of the target with the right pointer is taken for it.
#include "osfp/six.h"

#include "base/buf.h"
#include "osfp/options.h"

enum {
    ECHO_SEQ = 295, // IE1; IE2 has the next one
    FRAGMENT_SEQ = ECHO_SEQ + 2,
    IE1_CODE = 9,
    IE1_DATA = 120,
    IE2_DATA = 150,
    IE2_CLASS = 4,
    X_ID = 0xABCD,
    X2_POINTER = 0x38, // where its second hop-by-hop header is announced
    EXT_LEN = 8,
    FRAGMENT_LEN = 8, // its header
    FRAGMENT_FIRST = 1232,
};

static const uint8_t zero[IE2_DATA];

static const uint8_t x1_ext[] = {IP6_ICMP, 0, 1, 4, 0, 0, 0, 0};
static const uint8_t x2_ext[] = {IP6_DEST_OPTIONS, 0, 1, 4, 0, 0, 0, 0, // hop-by-hop
                                 IP6_ROUTING,      0, 1, 4, 0, 0, 0, 0, // destination options
                                 IP6_HOP_OPTIONS,  0, 0, 0, 0, 0, 0, 0, // routing, type 0
                                 IP6_ICMP,         0, 1, 4, 0, 0, 0, 0};

const struct six_item six_items[SIX_ITEMS] = {
    {"S1", PROBE_SEQ},     {"S2", PROBE_SEQ + 1}, {"S3", PROBE_SEQ + 2}, {"S4", PROBE_SEQ + 3},
    {"S5", PROBE_SEQ + 4}, {"S6", PROBE_SEQ + 5}, {"IE1", PROBE_X1},     {"IE2", PROBE_X2},
    {"NS", PROBE_NS},      {"U1", PROBE_U1},      {"TECN", PROBE_ECN},   {"T2", PROBE_T2},
    {"T3", PROBE_T3},      {"T4", PROBE_T4},      {"T5", PROBE_T5},      {"T6", PROBE_T6},
    {"T7", PROBE_T7},
};

int six_offset(int p)
{
    if (p < PROBE_OPS)
        return p;
    if (p == PROBE_ECN)
        return OBS_SEQ;
    return p >= PROBE_T2 && p <= PROBE_T7 ? p - PROBE_T2 + OBS_SEQ + 1 : -1;
}

int six_probe(uint32_t offset)
{
    if (offset >= SIX_PORTS)
        return -1;
    if (offset < OBS_SEQ)
        return (int)offset;
    return offset == OBS_SEQ ? PROBE_ECN : (int)(PROBE_T2 + offset - OBS_SEQ - 1);
}

// An ICMPv6 probe: extension headers, which say themselves what follows, and the message.
struct form {
    struct span ext;
    uint8_t next;
    uint8_t tclass;
    struct icmp6_hdr icmp;
};

static struct form form_of(const struct obs *o, enum probe p)
{
    struct form f = {.ext = SPAN(""), .next = IP6_ICMP, .icmp.type = ICMP6_ECHO};
    const bool is_first = p == PROBE_IE1 || p == PROBE_X1;
    const bool is_x = p == PROBE_X1 || p == PROBE_X2;
    f.icmp.code = is_first ? IE1_CODE : 0;
    f.icmp.id = is_x ? X_ID : o->icmp_id;
    f.icmp.seq = (uint16_t)(is_x ? 0 : ECHO_SEQ);
    f.icmp.seq = (uint16_t)(f.icmp.seq + !is_first);
    f.icmp.body = span_of(zero, is_first ? IE1_DATA : p == PROBE_IE2 ? IE2_DATA : 0);
    f.tclass = p == PROBE_IE2 ? IE2_CLASS : 0;
    if (is_x) {
        f.next = IP6_HOP_OPTIONS;
        f.ext = p == PROBE_X1 ? span_of(x1_ext, sizeof x1_ext) : span_of(x2_ext, sizeof x2_ext);
    }
    return f;
}

static void build_solicit(struct buf *b, const struct obs *o)
{
    const struct ip6_hdr ip = {
        .flow = SIX_FLOW,
        .payload_len = ICMP6_HDR_LEN + 16,
        .next = IP6_ICMP,
        .hop_limit = ICMP6_ND_HOPS,
        .src = o->src,
        .dst = o->dst,
    };
    ip6_encode(b, &ip);
    icmp6_solicit(b, &o->dst, NULL, &o->src, &o->dst);
}

struct span six_build(const struct obs *o, enum probe p, const struct build_ip *ip,
                      uint8_t mem[BUILD_MAX])
{
    struct buf b;
    buf_init(&b, mem, BUILD_MAX);
    if (p == PROBE_NS) {
        build_solicit(&b, o);
        return buf_span(&b);
    }
    const struct form f = form_of(o, p);
    const struct ip6_hdr hdr = {
        .tclass = f.tclass,
        .flow = SIX_FLOW,
        .payload_len = (uint16_t)(f.ext.len + ICMP6_HDR_LEN + f.icmp.body.len),
        .next = f.next,
        .hop_limit = ip->ttl,
        .src = o->src,
        .dst = o->dst,
    };
    ip6_encode(&b, &hdr);
    buf_bytes(&b, f.ext);
    icmp6_encode(&b, &f.icmp, &o->src, &o->dst);
    return buf_span(&b);
}

// The id changes with the message, as it must.
static void put_fragment(struct buf *b, const struct obs *o, const struct build_ip *ip,
                         const struct span message, size_t at)
{
    const size_t len = at == 0 ? FRAGMENT_FIRST : message.len - at;
    const struct ip6_hdr hdr = {
        .flow = SIX_FLOW,
        .payload_len = (uint16_t)(FRAGMENT_LEN + len),
        .next = IP6_FRAGMENT,
        .hop_limit = ip->ttl,
        .src = o->src,
        .dst = o->dst,
    };
    ip6_encode(b, &hdr);
    buf_be16(b, IP6_ICMP << 8);
    buf_be16(b, (uint16_t)(at | (at == 0))); // offset in bytes, more to come
    buf_be16(b, o->icmp_id);
    buf_bytes(b, span_head(span_from(message, 6), 2)); // its number
    buf_bytes(b, span_head(span_from(message, at), len));
}

void six_fragments(const struct obs *o, enum probe p, const struct build_ip *ip,
                   uint8_t mem[SIX_FRAGMENTS_MAX], struct span out[2])
{
    static const uint8_t data[SIX_LONG - ICMP6_HDR_LEN];
    uint8_t whole[SIX_LONG];
    struct buf m, b;
    const struct icmp6_hdr icmp = {
        .type = ICMP6_ECHO,
        .id = o->icmp_id,
        .seq = (uint16_t)(FRAGMENT_SEQ + p - PROBE_F1),
        .body = span_of(data, sizeof data),
    };
    buf_init(&m, whole, sizeof whole);
    icmp6_encode(&m, &icmp, &o->src, &o->dst);
    buf_init(&b, mem, SIX_FRAGMENTS_MAX);
    put_fragment(&b, o, ip, buf_span(&m), 0);
    const size_t first = buf_len(&b);
    put_fragment(&b, o, ip, buf_span(&m), FRAGMENT_FIRST);
    out[0] = span_head(buf_span(&b), first);
    out[1] = span_from(buf_span(&b), first);
}

static bool is_zero(struct span s, size_t len)
{
    return s.len == len && memcmp(s.ptr, zero, len) == 0;
}

static int recognize_fragment(const struct frame *f)
{
    const uint16_t i = (uint16_t)(f->icmp6.seq - FRAGMENT_SEQ);
    const bool is_own = f->ip6.payload_len == FRAGMENT_LEN + FRAGMENT_FIRST &&
                        f->ip6.frag_id == f->icmp6.unused && i <= PROBE_F3 - PROBE_F1;
    return is_own ? PROBE_F1 + i : -1;
}

int six_recognize(const struct frame *f)
{
    const struct icmp6_hdr *icmp = &f->icmp6;
    const uint16_t ext_len = f->ip6.ext_len;
    if (icmp->type == ICMP6_SOLICIT)
        return ip_eq(&f->dst, &f->src) || f->dst.byte[0] == 0xFF || icmp->body.len != 16 ? -1
                                                                                         : PROBE_NS;
    if (icmp->type != ICMP6_ECHO)
        return -1;
    if (f->kind == FRAME_FRAGMENT)
        return recognize_fragment(f);
    if (icmp->code == IE1_CODE && is_zero(icmp->body, IE1_DATA)) {
        if (ext_len == 0 && icmp->seq == ECHO_SEQ)
            return PROBE_IE1;
        return ext_len == EXT_LEN && icmp->id == X_ID && icmp->seq == 0 ? PROBE_X1 : -1;
    }
    if (ext_len == 0 && icmp->seq == ECHO_SEQ + 1 && is_zero(icmp->body, IE2_DATA))
        return PROBE_IE2;
    const bool is_x2 = ext_len == sizeof x2_ext && icmp->id == X_ID && icmp->seq == 1;
    return is_x2 ? PROBE_X2 : -1;
}

static bool was_sent(const struct obs *o, int p)
{
    return o->probe[p].n_sent > 0 && o->probe[p].try_no == o->try_no;
}

static int keep(struct obs *o, int p, struct obs_reply *r, bool *is_first)
{
    if (!was_sent(o, p))
        return -1;
    r->order = ++o->n_replies; // counted through all probes
    *is_first = obs_keep(o, p, r);
    return p;
}

static int receive_tcp(struct obs *o, const struct frame *f, bool *is_first)
{
    const int p = six_probe((uint16_t)(f->tcp.dport - o->tcp_base));
    if (p < 0 || !was_sent(o, p) || !options_are_sound(f->tcp.options))
        return -1;
    struct obs_reply r = obs_reply_of(o, f);
    r.tcp.seq_base = o->seq_base + (uint32_t)six_offset(p);
    r.tcp.ack_base = o->probe[p].ack;
    if (p < PROBE_OPS) {
        o->n_replies++;
        obs_sample(o, (unsigned)p, f);
        o->n_replies--;
    }
    return keep(o, p, &r, is_first);
}

static int receive_echo(struct obs *o, const struct frame *f, bool *is_first)
{
    const struct icmp6_hdr *icmp = &f->icmp6;
    static const uint8_t own[] = {PROBE_IE1, PROBE_IE2, PROBE_F1, PROBE_F2, PROBE_F3};
    const bool is_x = icmp->id == X_ID;
    const uint16_t i = (uint16_t)(is_x ? icmp->seq : icmp->seq - ECHO_SEQ);
    struct obs_reply r = obs_reply_of(o, f);
    r.echo.code = icmp->code;
    if (i >= (is_x ? 2 : sizeof own) || (!is_x && icmp->id != o->icmp_id))
        return -1;
    return keep(o, is_x ? PROBE_X1 + i : own[i], &r, is_first);
}

static int receive_advert(struct obs *o, const struct frame *f, bool *is_first)
{
    struct icmp6_nd nd;
    struct obs_reply r = obs_reply_of(o, f);
    if (!icmp6_nd(&f->icmp6, &nd))
        return -1;
    nd.target.zone = o->dst.zone;
    r.advert.flags = (uint8_t)(f->icmp6.unused >> 24);
    r.advert.len = (uint16_t)(ICMP6_HDR_LEN + f->icmp6.body.len);
    return ip_eq(&nd.target, &o->dst) ? keep(o, PROBE_NS, &r, is_first) : -1;
}

static bool all_are(struct span s, char byte)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != byte)
            return false;
    return true;
}

static int receive_unreach(struct obs *o, const struct frame *f, struct cur *c,
                           const struct ip6_hdr *quoted, bool *is_first)
{
    struct obs_reply r = obs_reply_of(o, f);
    const uint16_t sport = cur_be16(c);
    const uint16_t dport = cur_be16(c);
    cur_skip(c, 2);
    r.unreach.udp_cksum = cur_be16(c);
    if (c->bad || sport != o->udp_base || dport != o->u1_port || f->icmp6.type != ICMP6_UNREACH ||
        f->icmp6.code != ICMP6_PORT_UNREACH)
        return -1;
    r.unreach.unused = f->icmp6.unused;
    r.unreach.quoted_ttl = quoted->hop_limit;
    r.unreach.is_udp_cksum_good = r.unreach.udp_cksum == o->u1_cksum;
    r.unreach.is_data_good = all_are(cur_rest(c), 'C');
    r.unreach.n_quoted = (uint16_t)f->icmp6.body.len;
    r.unreach.is_foreign = !ip_eq(&f->src, &o->dst);
    return keep(o, PROBE_U1, &r, is_first);
}

// Of a quote that ends within the extension headers.
static bool is_short_x2(const struct obs *o, const struct frame *f)
{
    return o->quirks == QUIRKS_NONE && f->icmp6.type == ICMP6_PARAM_PROBLEM &&
           f->icmp6.unused == X2_POINTER && ip_eq(&f->src, &o->dst);
}

static bool quotes_x2(struct cur *c, const struct ip6_hdr *quoted)
{
    struct icmp6_hdr icmp;
    return quoted->proto == IP6_ICMP && icmp6_decode(c, &icmp) == ERR_OK &&
           icmp.type == ICMP6_ECHO && icmp.id == X_ID && icmp.seq == 1;
}

static int keep_error(struct obs *o, const struct frame *f, bool *is_first)
{
    struct obs_reply r = obs_reply_of(o, f);
    r.error.type = f->icmp6.type;
    r.error.code = f->icmp6.code;
    r.error.pointer = f->icmp6.unused;
    r.error.quoted = (uint16_t)f->icmp6.body.len;
    return keep(o, PROBE_X2, &r, is_first);
}

static int receive_error(struct obs *o, const struct frame *f, bool *is_first)
{
    struct ip6_hdr quoted;
    struct cur c = cur_of(f->icmp6.body.ptr, f->icmp6.body.len);
    const bool is_strict = o->quirks != QUIRKS_NONE;
    if (is_strict && !ip_eq(&f->src, &o->dst))
        return -1;
    if (ip6_decode(&c, true, &quoted) != ERR_OK)
        return is_short_x2(o, f) ? keep_error(o, f, is_first) : -1;
    quoted.dst.zone = o->dst.zone;
    if (!ip_eq(&quoted.dst, &o->dst))
        return -1;
    if (quoted.proto == IP6_UDP)
        return receive_unreach(o, f, &c, &quoted, is_first);
    const bool is_x2 = f->icmp6.type == ICMP6_PARAM_PROBLEM && quotes_x2(&c, &quoted);
    return is_x2 || is_short_x2(o, f) ? keep_error(o, f, is_first) : -1;
}

int six_receive(struct obs *o, const struct frame *f, bool *is_first)
{
    *is_first = false;
    const bool is_icmp = f->kind == FRAME_ICMP6;
    if (is_icmp && icmp6_is_error(f->icmp6.type))
        return receive_error(o, f, is_first);
    if (!ip_eq(&f->src, &o->dst))
        return -1;
    if (f->kind == FRAME_TCP)
        return receive_tcp(o, f, is_first);
    if ((is_icmp || f->kind == FRAME_FRAGMENT) && f->icmp6.type == ICMP6_ECHO_REPLY)
        return receive_echo(o, f, is_first);
    return is_icmp && f->icmp6.type == ICMP6_ADVERT ? receive_advert(o, f, is_first) : -1;
}
