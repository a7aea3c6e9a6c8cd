#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Wall time of -6 -O of a neighbour over veth, whorl beside nmap in the same run, best of N runs
# each. os_six.sh WHORL [RUNS]
set -euo pipefail
whorl=$(realpath "$1")
runs=${2:-3}
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
command -v nmap >/dev/null || { echo 'needs nmap'; exit 1; }
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 fd77:7::1/64
lab_addr target eth0 fd77:7::2/64
lab_listen target 22
lab_until 10 lab_settled scanner target

best() { # COMMAND...: milliseconds
    local i from to least=999000
    for ((i = 0; i < runs; i++)); do
        from=$(date +%s%N)
        lab_in scanner "$@" >/dev/null 2>&1
        to=$((($(date +%s%N) - from) / 1000000))
        [ "$to" -lt "$least" ] && least=$to
    done
    echo "$least"
}
row() { # NAME
    local a b
    a=$(best "$whorl" -n -O -p 22,23 fd77:7::2)
    b=$(best nmap -6 -n -O -p 22,23 fd77:7::2)
    awk -v name="$1" -v a="$a" -v b="$b" \
        'BEGIN { printf "%-34s %8.2f s %8.2f s %7.1f x\n", name, a / 1000, b / 1000, b / a }'
}

printf '%-34s %10s %10s %9s\n' '-6 -O, two known ports' whorl nmap ratio
row 'neighbour'
