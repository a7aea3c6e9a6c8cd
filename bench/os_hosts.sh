#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# OS detection of many hosts with known ports, behind a TUN device of the same machine: seconds,
# hosts a second, memory, the share of hosts whose true fingerprint is among the perfect
# matches, and how much of the processor time that was asked for this machine's own host withheld
# (steal; a lot of it makes all runs slower); nmap beside it in the same run up to NMAP_MOST hosts
# (0: never).
# os_hosts.sh WHORL [SIZE...]
#
# Hosts are references of $DB. Where chrt is there, the responder goes before everything else, as
# a machine of its own would; with ALONE=1 so does the scanner, on a machine that has more to do.
set -euo pipefail
whorl=$(realpath "$1")
shift
sizes=("$@")
[ $# -gt 0 ] || sizes=(1 64 1024 16384 65536)
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
tunhosts=${WHORL_BUILD:-$root/build}/lab/tunhosts
db=${DB:-/usr/share/nmap/nmap-os-db}
[ -r "$db" ] || db=$root/data/os.db
nmap_most=${NMAP_MOST:-64}
command -v nmap >/dev/null || nmap_most=0
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns many
cd "$LAB_DIR"
first=() scanner=()
if command -v chrt >/dev/null; then
    first=(chrt -f 2)
    [ -z "${ALONE:-}" ] || scanner=(chrt -f 1)
fi

block() { echo $((32 - $(awk -v n="$1" 'BEGIN { b = 0; while (2 ^ b < n) b++; print b }'))); }

# Ticks that were used, and those withheld.
ticks() { awk '$1 == "cpu" { print $2 + $3 + $4 + $7 + $8, $9; exit }' /proc/stat; }

scan() { # NAME SIZE COMMAND...
    local name=$1 size=$2 from to before
    shift 2
    : >ready
    ip netns exec "${LAB_PREFIX}many" "${first[@]}" "$tunhosts" --db "$db" --count "$size" \
        --set 'open = 80' --key key 10.64.0.0/12 >ready 2>&1 &
    local pid=$!
    LAB_PIDS+=("$pid")
    lab_until 30 grep -q ready ready
    before=$(ticks)
    from=$(date +%s%N)
    lab_in many "${scanner[@]}" /usr/bin/time -f %M -o memory "$@" -n -Pn -O -p80,81 -oX out.xml \
        "10.64.0.0/$(block "$size")" >/dev/null 2>err || true
    to=$(date +%s%N)
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    "$root/lab/netns/score.sh" key out.xml >score
    awk -v name="$name" -v n="$size" -v ns=$((to - from)) -v kb="$(tail -1 memory)" -v ticks="$before $(ticks)" \
        '{ split(ticks, t, " "); used = t[3] - t[1]; stolen = t[4] - t[2]
           printf "%-6s %6d hosts %8.2f s %8.0f/s %6.1f MB   true %6.2f %%   stolen %2.0f %%\n", name, n, ns / 1e9,
           n / (ns / 1e9), kb / 1024, 100 * $1 / n, 100 * stolen / (used + stolen + 1) }' score
}

for size in "${sizes[@]}"; do
    scan whorl "$size" "$whorl"
    [ "$size" -gt "$nmap_most" ] || scan nmap "$size" nmap
done
