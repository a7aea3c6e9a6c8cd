#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# OS detection over IPv6 ends where that of the reference scanner goes on for ever: when the answer
# to the UDP probe comes after it was given up and two other probes expire at one moment, and when
# one SYN of the train cannot be sent and another one gets no answer. nmap, if installed, runs
# into the same beside it; what it did is told, not judged. test_six_loops.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
command -v python3 >/dev/null || { echo 'skip: needs python3'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns target
lab_ns alone
lab_join scanner eth0 target eth0
lab_addr scanner eth0 fd77:8::1/64
lab_addr target eth0 fd77:8::2/64
lab_listen target 22
lab_listen alone 22
lab_until 10 lab_settled scanner target
# The kernel's answers to UDP are dropped; those of late_answer.py are marked.
lab_nft target output icmpv6 type destination-unreachable meta mark != 7 drop
# One SYN of the train is refused to the scanner, another one is lost.
lab_nft alone output ip6 daddr ::1 tcp window 63 drop
lab_nft alone input ip6 daddr ::1 tcp window 512 drop
cd "$LAB_DIR"
export HOME=$LAB_DIR

failed=0
complain() {
    failed=1
    echo "FAIL: $1"
    cat out
}
# run NAMESPACE SECONDS COMMAND...: sets TOOK, seconds; empty if it had to be ended.
run() {
    local ns=$1 limit=$2 pid from=$EPOCHREALTIME
    shift 2
    lab_spawn "$ns" "$@"
    pid=$LAB_PID
    echo "$pid" >pid
    TOOK=
    while kill -0 "$pid" 2>/dev/null && [ "$(awk -v a="$from" -v b="$EPOCHREALTIME" \
        'BEGIN { print (b - a < '"$limit"') }')" = 1 ]; do sleep 0.05; done
    if kill -0 "$pid" 2>/dev/null; then
        kill -9 "$pid"
        wait "$pid" 2>/dev/null || true
        return
    fi
    TOOK=$(awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }')
}
# late N MILLISECONDS SECONDS COMMAND...: with the answer so long after the N-th transmission
late() {
    local n=$1 ms=$2 limit=$3 helper
    shift 3
    : >late.log
    lab_in target python3 "$root/tests/netns/late_answer.py" "$n" "$ms" pid >late.log 2>&1 &
    helper=$!
    lab_until 10 grep -q ready late.log
    run scanner "$limit" "$@"
    lab_until 2 grep -q answered late.log || complain "late_answer.py $n $ms has not answered"
    kill "$helper" 2>/dev/null || true
    wait "$helper" 2>/dev/null || true
}
# judge WHAT: ended in time, and said what was found
judge() {
    echo "$1: ${TOOK:-no end within 10} s"
    [ -n "$TOOK" ] || complain "$1: no end within 10 s"
    awk -v t="${TOOK:-99}" 'BEGIN { exit !(t < 9) }' || complain "$1: $TOOK s"
    grep -q '^OS compared by ' out || complain "$1: nothing was compared"
}

# Of the first transmission, so that the second one is never needed; of the last one.
late 1 350 10 "$whorl" -n -O -p 22,80 -oN out fd77:8::2
judge 'answer 350 ms after the first transmission'
late 2 60 10 "$whorl" -n -O -p 22,80 -oN out fd77:8::2
judge 'answer 60 ms after the last transmission'
run alone 10 "$whorl" -n -O -p 22,80 -oN out ::1
judge 'a SYN that cannot be sent, one that is lost'
: >out
run alone 10 "$whorl" -n -O -p 22,80 --host-timeout 300ms -oN out ::1
[ -n "$TOOK" ] || complain '--host-timeout does not end it'
awk -v t="${TOOK:-99}" 'BEGIN { exit !(t < 2) }' || complain "--host-timeout 300ms: $TOOK s"

if command -v nmap >/dev/null; then
    late 6 580 15 nmap -6 -n -O -p 22,80 fd77:8::2
    echo "nmap, late answer: ${TOOK:-still running after 15} s"
    run alone 15 nmap -6 -n -O -p 22,80 ::1
    echo "nmap, SYN that cannot be sent: ${TOOK:-still running after 15} s"
fi
[ "$failed" = 0 ] && echo 'both ends were found'
exit "$failed"
