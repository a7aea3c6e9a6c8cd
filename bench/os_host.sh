#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Wall time of OS detection of one neighbour (veth, RTT below 0.1 ms), whorl beside nmap in the same
# run, best of N runs each. os_host.sh WHORL [RUNS]
set -euo pipefail
whorl=$(realpath "$1")
runs=${2:-3}
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
# shellcheck source=lab/netns/variants.sh
. "$root/lab/netns/variants.sh"
command -v nmap >/dev/null || { echo 'needs nmap'; exit 1; }

best() { # COMMAND...: seconds
    local i from to least=999000
    for ((i = 0; i < runs; i++)); do
        from=$(date +%s%N)
        ip netns exec "$NS" "$@" >/dev/null 2>&1
        to=$((($(date +%s%N) - from) / 1000000))
        [ "$to" -lt "$least" ] && least=$to
    done
    echo "$least"
}
row() { # NAME OURS THEIRS
    awk -v name="$1" -v a="$2" -v b="$3" \
        'BEGIN { printf "%-46s %8.2f s %8.2f s %7.1f x\n", name, a / 1000, b / 1000, b / a }'
}

variant_up default
printf '%-46s %10s %10s %9s\n' 'one host' whorl nmap ratio
known=(-n -O -p22,23 "$TARGET")
a=$(best "$whorl" "${known[@]}")
row 'known ports, matched; nmap --max-os-tries 1' "$a" "$(best nmap "${known[@]}" --max-os-tries 1)"
a=$(best "$whorl" "${known[@]}" --nmap-quirks=7.93 --max-os-tries 1)
row "known ports, reference's schedule (quirks)" "$a" "$(best nmap "${known[@]}" --max-os-tries 1)"
variant_down 2>/dev/null
variant_up tcp_window_scaling0
known=(-n -O -p22,23 "$TARGET")
a=$(best "$whorl" "${known[@]}")
row 'known ports, unlisted; nmap default' "$a" "$(best nmap "${known[@]}")"
variant_down 2>/dev/null
variant_up default
a=$(best "$whorl" -n -O "$TARGET")
row '1,000 ports and -O; nmap default' "$a" "$(best nmap -n -O "$TARGET")"
a=$(best "$whorl" -n "$TARGET")
row '1,000 ports' "$a" "$(best nmap -n "$TARGET")"
variant_down 2>/dev/null
