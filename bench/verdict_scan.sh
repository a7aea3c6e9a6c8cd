#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a host costs in a scan with OS detection behind a TUN device of the same machine: the share
# of the processor's time that matching its fingerprint takes (one match a host), the one that its
# verdict takes (with the question whether one machine answered), and how many times as much that
# is. Samples of perf; the scanner is built with frame pointers for them.
# verdict_scan.sh [HOSTS [RUNS]]
#
# Hosts are references of $DB, each as often as any.
set -euo pipefail
hosts=${1:-4096}
runs=${2:-3}
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
db=${DB:-/usr/share/nmap/nmap-os-db}
[ -r "$db" ] || db=$root/data/os.db
command -v perf >/dev/null || { echo "verdict_scan.sh: needs perf (linux-perf)" >&2; exit 1; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns many
build=$LAB_DIR/build
meson setup "$build" "$root" -Dc_args=-fno-omit-frame-pointer >"$LAB_DIR/built"
ninja -C "$build" whorl lab/tunhosts >>"$LAB_DIR/built"
cd "$LAB_DIR"
bits=$(awk -v n="$hosts" 'BEGIN { b = 0; while (2 ^ b < n) b++; print 32 - b }')

for ((i = 0; i < runs; i++)); do
    : >ready
    ip netns exec "${LAB_PREFIX}many" "$build/lab/tunhosts" --db "$db" --count "$hosts" --set 'open = 80' \
        --key key 10.64.0.0/12 >ready 2>&1 &
    pid=$!
    LAB_PIDS+=("$pid")
    lab_until 30 grep -q ready ready
    lab_in many perf record -q -g -e cpu-clock -F 10000 -o samples "$build/whorl" -n -Pn -O -p80,81 \
        -oX out.xml "10.64.0.0/$bits" >/dev/null 2>err || { cat err >&2; exit 1; }
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    perf report -i samples --stdio --children -g none 2>/dev/null | awk -v n="$hosts" '
        { sub(/%/, "", $1) }
        $NF == "osdb_match" { match_ = $1 }
        $NF == "verdict_judge_all" { verdict = $1 }
        $NF == "verdict_split" { split_ = $1 }
        END { printf "%d hosts   matches %5.2f %%   verdicts %5.2f %%   one machine or two %5.2f %%   %4.1f times\n",
                     n, match_, verdict, split_, (verdict + split_) / match_ }'
done
