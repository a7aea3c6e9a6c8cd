#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# OS detection of the same hosts over a good path and over a bad one (5 % loss, a round trip of
# 50 ms +- 20 ms, one ICMP error a second): for how many the verdict is the same.
# bad_path.sh WHORL [HOSTS] [SCAN OPTION...]
#
# Hosts are references of $DB. "first" counts hosts that are named the same first, "same" those whose
# perfect matches are all the same; before them, those whose own reference is among the perfect
# matches. DIFFERENT=FILE lists those that are not the same.
set -euo pipefail
whorl=$(realpath "$1")
n=${2:-1000}
shift $(($# < 2 ? $# : 2))
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
tunhosts=${WHORL_BUILD:-$root/build}/lab/tunhosts
db=${DB:-/usr/share/nmap/nmap-os-db}
[ -r "$db" ] || db=$root/data/os.db
different=${DIFFERENT:-/dev/null}
[ "$different" = /dev/null ] || different=$(realpath "$different")
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns many
cd "$LAB_DIR"
first=() # as a machine of its own would be
if command -v chrt >/dev/null; then first=(chrt -f 2); fi
bits=$((32 - $(awk -v n="$n" 'BEGIN { b = 0; while (2 ^ b < n) b++; print b }')))

scan() { # NAME TUNHOSTS-OPTION... -- SCAN-OPTION...
    local name=$1 options=()
    shift
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    : >ready
    ip netns exec "${LAB_PREFIX}many" "${first[@]}" "$tunhosts" --db "$db" --count "$n" --set 'open = 80' --key key \
        "${options[@]}" 10.64.0.0/12 >ready 2>&1 &
    local pid=$!
    LAB_PIDS+=("$pid")
    lab_until 30 grep -q ready ready
    lab_in many "${first[@]}" "$whorl" -n -O -p80,81 -Pn "$@" -oX "$name.xml" "10.64.0.0/$bits" >/dev/null 2>err || true
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    awk '/<host[ >]/ { a = "" } /<address addr="/ { match($0, /addr="[0-9.]+"/); a = substr($0, RSTART + 6, RLENGTH - 7) }
        /<osmatch / && /accuracy="100"/ { match($0, /name="[^"]*"/); print a "\t" substr($0, RSTART + 6, RLENGTH - 7) }' \
        "$name.xml" | LC_ALL=C sort | awk -F'\t' '{ m[$1] = m[$1] "|" $2 } END { for (a in m) print a "\t" m[a] }' |
        LC_ALL=C sort >"$name.verdicts"
    awk '/<address addr="/ { match($0, /addr="[0-9.]+"/); a = substr($0, RSTART + 6, RLENGTH - 7); on = 1 }
        /<osmatch / && on { on = 0; match($0, /name="[^"]*"/); print a "\t" substr($0, RSTART + 6, RLENGTH - 7) }' \
        "$name.xml" | LC_ALL=C sort >"$name.first"
    printf '%s: %s\n' "$name" "$("$root/lab/netns/score.sh" key "$name.xml")"
}
scan good -- "$@"
scan bad --loss 5 --rtt 50ms --jitter 20ms --icmp-limit 1:6 -- "$@"
awk -v n="$(wc -l <good.first)" -v d="$(LC_ALL=C comm -23 good.first bad.first | wc -l)" \
    'BEGIN { printf "first: %d of %d, %.1f %%\n", n - d, n, 100 * (n - d) / n }'
LC_ALL=C comm -23 good.verdicts bad.verdicts | cut -f1 >differ
awk -v n="$n" -v d="$(wc -l <differ)" 'BEGIN { printf "same: %d of %d, %.1f %%\n", n - d, n, 100 * (n - d) / n }'
while read -r a; do
    grep -h "^$a	" key good.verdicts bad.verdicts || true
    echo
done <differ >"$different"
[ -z "${KEEP:-}" ] || cp good.xml bad.xml key "$KEEP"
