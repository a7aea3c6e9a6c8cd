#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The recorded runs of tests/golden/scan again, by whorl, in the same network: normal, XML and
# grepable output is the recorded one but for the differences in tests/golden/scan/differences, each
# of which doc/outputs.md tells. test_golden_scan.sh WHORL [RUN...]
set -euo pipefail
whorl=$(realpath "$1")
shift
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
for tool in nft python3 unshare; do
    command -v "$tool" >/dev/null || { echo "skip: $tool is not installed"; exit 77; }
done
[ -r /usr/share/nmap/nmap-services ] || { echo 'skip: the recorded runs need the port table of nmap-common'; exit 77; }
golden=$root/tests/golden/scan

# Lanes run at the same time, the runs of a lane one after the other. Runs that need ICMP errors of
# host a share the first one, with pauses until its kernel, which allows six at once and then one a
# second, is ready again.
lanes=(
    'udp-50closed pause udp-states pause combo-ssu osscan-limit pause ipproto'
    'combo-ssv syn-all-filtered stats-every sctp-init disc-all-probes'
    'down-one down-one-v disc-default disc-default-quiet disc-noarp disc-unpriv pn-silent v6-disc
        many-hosts list-scan
        arp-sweep arp-verbose exclude badsum data-length decoys frag traceroute traceroute-direct'
    'syn-default syn-default-v syn-default-vv fast top-ports connect-unpriv open-only v6-syn v6-udp
        names-other names-resolve-all names-n
        syn-filter-states syn-filter-default syn-few-filtered connect-states udp-filter ack-states
        window-states maimon-states null-states fin-states xmas-states scanflags v6-filter'
)
[ $# = 0 ] || lanes=("$*")

# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
# shellcheck source=lab/netns/scannet.sh
. "$root/lab/netns/scannet.sh"
lab_init
scannet_up
export HOME=$LAB_DIR TZ=UTC
mkdir "$LAB_DIR/runs"
cd "$LAB_DIR/runs"

one_run() { # NAME: its command is in the head of the recorded file
    local command rc=0
    [ "$1" != pause ] || { sleep 7; return; }
    command=$(sed -n 's/^# Nmap .* scan initiated .* as: nmap //p' "$golden/$1.nmap")
    # shellcheck disable=SC2086 # words without blanks in them
    scannet_scan timeout 100 "$whorl" $command >"$1.out" 2>"$1.err" </dev/null || rc=$?
    [ "$rc" = 0 ] || { echo "FAIL: $1: exit code $rc: $(head -c 300 "$1.err")" >&2; touch failed; }
}
grep -v '^#' "$golden/differences" | cut -f1 | tr -d '?' | sort -u | while read -r name; do
    grep -q "^| $name |" "$root/doc/outputs.md" || { echo "FAIL: doc/outputs.md has no row '$name'" >&2; touch failed; }
done
pids=()
for lane in "${lanes[@]}"; do
    (for run in $lane; do one_run "$run"; done) &
    pids+=("$!")
done
wait "${pids[@]}"
[ ! -e failed ] || exit 1

# shellcheck disable=SC2048,SC2086
python3 "$golden/compare.py" "$golden/differences" "$golden" . $(printf '%s\n' ${lanes[*]} | grep -vx pause)
