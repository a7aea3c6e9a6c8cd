#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# One real kernel in many guises over IPv6, scanned by nmap and by whorl in the same lab: the same
# answers to the same probes, but for what is random by nature (six_items.py says what); whorl names
# the kernel where enough can be seen, and only there. What nmap says of it and how long both took
# is told. test_six_variants.sh WHORL [VARIANT...]
set -euo pipefail
whorl=$(realpath "$1")
shift
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
command -v nmap >/dev/null || { echo 'skip: nmap is not installed'; exit 77; }
command -v python3 >/dev/null || { echo 'skip: needs python3'; exit 77; }
[ -r /usr/share/nmap/nmap-os-db ] || { echo 'skip: no nmap-os-db is installed'; exit 77; }
# shellcheck source=lab/netns/variants.sh
. "$root/lab/netns/variants.sh"
items=$root/tests/blackbox/six_items.py
dir=$(mktemp -d)
cleanup() {
    [ "$BASHPID" = $$ ] || return 0
    lab_down
    rm -rf "$dir"
}
trap cleanup EXIT
bad=0 good=0
fail() {
    bad=$((bad + 1))
    echo "FAIL: $1"
}
# run FILE COMMAND...: output into the file, sets TOOK
run() {
    local file=$1 from=$EPOCHREALTIME
    shift
    ip netns exec "$NS" "$@" >"$file" 2>/dev/null || true
    TOOK=$(awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }')
}
said() { grep -m 1 -E '^(OS details|No exact OS|No OS|Aggressive|Nothing is named|Too many)' "$1" | cut -c 1-70 || echo nothing; }

variants=(default tcp_timestamps0 tcp_timestamps2 tcp_ecn0 tcp_ecn1 tcp_window_scaling0 tcp_sack0
    mtu1400 ttl128 fw-no-icmp-udp fw-closed-tcp-dropped fw-no-open-tcp routed-2hops)
for v in "${@:-${variants[@]}}"; do
    variant_up "$v"
    run "$dir/nmap" nmap -6 -n -Pn -O -d -p22,23 "$TARGET6"
    theirs=$TOOK
    run "$dir/whorl" "$whorl" -n -Pn -O -d -p22,23 "$TARGET6"
    variant_down
    trap cleanup EXIT
    for who in nmap whorl; do python3 "$items" <"$dir/$who" >"$dir/$who.items"; done
    if [ -s "$dir/nmap.items" ] && diff "$dir/nmap.items" "$dir/whorl.items" >"$dir/diff"; then
        good=$((good + 1))
    else
        fail "$v: the answers differ (< nmap, > whorl)"
        cat "$dir/diff"
    fi
    case $v in
        fw-no-open-tcp) want='^Nothing is named: too little' ;;
        *) want='^(OS details: |Aggressive OS guesses: |OS CPE: ).*[Ll]inux|^Running: .*(Linux|embedded)' ;;
    esac
    grep -qE "$want" "$dir/whorl" || fail "$v: no '$want'"
    printf '%-22s nmap  %s: %s\n%-22s whorl %s: %s\n' "$v" "$theirs" "$(said "$dir/nmap")" '' "$TOOK" "$(said "$dir/whorl")"
done
echo "$good fingerprints alike, $bad faults"
[ "$bad" = 0 ]
