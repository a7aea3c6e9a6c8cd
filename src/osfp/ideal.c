// SPDX-License-Identifier: Apache-2.0
// What the tries say of the path to the host: its distance (spec 3.13) and why conditions were
// not ideal (spec 4.4).
#include "osfp/state.h"

#include "base/buf.h"

enum {
    DELAY_MAX_MS = 500,
    LEVEL_MAX = 4,
    HOPS_MIN = -1,
    HOPS_MAX = 5,
    TRAIN_MS = 500,
    TRAIN_MAX_MS = 700, // timing ratio 1.4
};

void osfp_ports(const struct osfp *fp, int32_t *open_tcp, int32_t *closed_tcp)
{
    *open_tcp = fp->cfg.open_tcp;
    *closed_tcp = fp->cfg.closed_tcp;
}

int32_t osfp_closed_udp(const struct osfp *fp)
{
    return fp->closed_udp;
}

bool osfp_distance(const struct osfp *fp, int32_t *hops, char *kind)
{
    if (fp->cfg.is_local) {
        *hops = 0;
        *kind = 'L';
    } else if (fp->cfg.is_direct) {
        *hops = 1;
        *kind = 'D';
    } else if (fp->has_u1_distance) {
        *hops = fp->u1_distance;
        *kind = 'I';
    } else {
        return false;
    }
    return true;
}

enum reason {
    REASON_NONE,
    REASON_DELAY,
    REASON_LEVEL,
    REASON_NO_OPEN,
    REASON_NO_CLOSED,
    REASON_NEGATIVE,
    REASON_FAR,
    REASON_TIMING,
    REASON_NO_UDP,
};

static int64_t delay_ms(const struct osfp *fp)
{
    return fp->cfg.timing.scan_delay_us / 1000;
}

static enum reason find_reason(const struct osfp *fp)
{
    int32_t hops = 0;
    char kind;
    const bool has_hops = osfp_distance(fp, &hops, &kind);
    if (delay_ms(fp) > DELAY_MAX_MS)
        return REASON_DELAY;
    if (fp->packets) // IPv6 is less strict (os-ipv6 spec 1.3)
        return fp->cfg.open_tcp < 0 && fp->cfg.closed_tcp < 0 ? REASON_NO_OPEN : REASON_NONE;
    if (fp->cfg.timing.level > LEVEL_MAX)
        return REASON_LEVEL;
    if (fp->cfg.open_tcp < 0)
        return REASON_NO_OPEN;
    if (fp->cfg.closed_tcp < 0)
        return REASON_NO_CLOSED;
    if (has_hops && hops < HOPS_MIN)
        return REASON_NEGATIVE;
    if (has_hops && hops > HOPS_MAX)
        return REASON_FAR;
    if (fp->longest_train_ms > TRAIN_MAX_MS)
        return REASON_TIMING;
    return fp->closed_udp < 0 && !fp->cfg.did_udp_scan ? REASON_NO_UDP : REASON_NONE;
}

bool osfp_is_ideal(const struct osfp *fp)
{
    return find_reason(fp) == REASON_NONE;
}

// As "%e" prints it: one digit, six decimals, two digits of exponent. v >= 1.
static void print_exponent(struct buf *b, double v)
{
    unsigned exponent = 0;
    for (; v >= 9.9999995; v /= 10)
        exponent++;
    buf_fixed(b, v, 6);
    buf_str(b, "e+");
    buf_dec_pad(b, exponent, 2);
}

static void print_distance(struct buf *b, const struct osfp *fp, const char *how)
{
    int32_t hops = 0;
    char kind;
    osfp_distance(fp, &hops, &kind);
    buf_str(b, "Host distance (");
    buf_int(b, hops);
    buf_str(b, " network hops) ");
    buf_str(b, how);
}

void osfp_not_ideal(const struct osfp *fp, struct buf *b)
{
    switch (find_reason(fp)) {
    case REASON_NONE:
        return;
    case REASON_DELAY:
        buf_str(b, "Scan delay (");
        buf_int(b, delay_ms(fp));
        buf_str(b, ") is greater than 500");
        return;
    case REASON_LEVEL:
        buf_str(b, "Timing level 5 (Insane) used");
        return;
    case REASON_NO_OPEN:
        buf_str(b, "Missing an open TCP port so results incomplete");
        return;
    case REASON_NO_CLOSED:
        buf_str(b, "Missing a closed TCP port so results incomplete");
        return;
    case REASON_NEGATIVE:
        print_distance(b, fp, "appears to be negative");
        return;
    case REASON_FAR:
        print_distance(b, fp, "is greater than five");
        return;
    case REASON_TIMING:
        buf_str(b, "maxTimingRatio (");
        print_exponent(b, (double)fp->longest_train_ms / TRAIN_MS);
        buf_str(b, ") is greater than 1.4");
        return;
    case REASON_NO_UDP:
        buf_str(b, "Didn't receive UDP response. Please try again with -sSU");
        return;
    }
}
