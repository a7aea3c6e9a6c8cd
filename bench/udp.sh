#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# 1,000 closed UDP ports of a Linux host, which sends six ICMP errors at once and then one a second:
# seconds and verdicts of whorl as it is, with other patience, and of nmap, which is given up after
# CAP seconds (it needs some 1,000, and tells nothing of a host it has given up).
# udp.sh WHORL [CAP]
set -euo pipefail
whorl=$(realpath "$1")
cap=${2:-120}
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
hosts=0

run() { # NAME COMMAND...: a host of its own for each, so that all find its errors unspent
    local name=$1 from seconds addr=10.98.$((++hosts)).2
    shift
    [ "$hosts" != 1 ] || lab_ns scanner
    lab_ns "host$hosts"
    lab_join scanner "v$hosts" "host$hosts" eth0
    lab_addr scanner "v$hosts" "10.98.$hosts.1/24"
    lab_addr "host$hosts" eth0 "$addr/24"
    from=$(date +%s%N)
    lab_in scanner "$@" -n -sU -ddd -p 20001-21000 "$addr" >"$LAB_DIR/out" 2>/dev/null </dev/null || true
    seconds=$((($(date +%s%N) - from) / 1000000))
    awk -v name="$name" -v ms="$seconds" '
        /^[0-9]+\/udp +closed / { closed++ }
        /^[0-9]+\/udp +open\|filtered / { unknown++ }
        END { printf "%-34s %9.1f s %6d closed %6d open|filtered\n", name, ms / 1000, closed, unknown }
    ' "$LAB_DIR/out"
}

run 'whorl' "$whorl"
run 'whorl -T4' "$whorl" -T4
run 'whorl -T5' "$whorl" -T5
run 'whorl --defeat-icmp-ratelimit' "$whorl" --defeat-icmp-ratelimit
command -v nmap >/dev/null || exit 0
run "nmap, given up after $cap s" nmap --host-timeout "${cap}s"
