#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A scan that is told to stop (Ctrl-C, TERM, HUP) at any moment, or whose hosts run out of time: exit
# code 130, every report is whole and tells of the same hosts and ports, what is incomplete says so.
# test_stop.sh WHORL; STOPS is how often (9).
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
stops=${STOPS:-9}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
command -v xmllint >/dev/null || { echo 'skip: needs xmllint (Debian package libxml2-utils)'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.77.1.1/24
for i in 2 3 4; do lab_addr target eth0 10.77.1.$i/24; done
lab_spawn target socat TCP-LISTEN:22,fork,reuseaddr SYSTEM:'printf "SSH-2.0-OpenSSH_9.2p1\r\n"; sleep 1'
sleep 0.5
cd "$LAB_DIR"
export HOME=$LAB_DIR TZ=UTC
failed=0
fail() {
    failed=$((failed + 1))
    echo "FAIL: $1"
}
outputs=(-oX k.xml -oN k.nmap -oG k.gnmap -oJ k.jsonl --html k.html)

# start OPTION...: whorl in the background, as from a terminal: a shell has its jobs ignore Ctrl-C.
start() {
    rm -f k.*
    ip netns exec "${LAB_PREFIX}scanner" env --default-signal=INT "$whorl" -n "$@" "${outputs[@]}" >out 2>err &
    pid=$!
}
# Addresses of the hosts with their open ports, of each kind of report.
of_xml() {
    tr '\n' ' ' <k.xml | sed 's/<host /\n<host /g' |
        awk '/^<host / { split($0, a, "\""); match($0, /<address addr="[0-9.]*/); h = substr($0, RSTART + 15, RLENGTH - 15); print h
            while (match($0, /portid="[0-9]+"><state state="open"/)) { p = substr($0, RSTART + 8); sub(/".*/, "", p); print h, p; $0 = substr($0, RSTART + RLENGTH) } }'
}
of_grep() {
    awk '/Status: Up/ { print $2 } /Ports:/ { h = $2; n = split($0, p, /[ ,\t]+/); for (i = 1; i <= n; i++) if (p[i] ~ /\/open\/tcp/) { sub(/\/.*/, "", p[i]); print h, p[i] } }' k.gnmap
}
of_normal() { awk '/^Nmap scan report for/ { h = $5; print h } /^[0-9]+\/tcp +open/ { print h, $1 + 0 }' k.nmap; }
# Ports that were told as they were found.
of_lines() { sed -n 's/^{"type":"port","addr":"\([^"]*\)".*"portid":\([0-9]*\),.*/\1 \2/p' k.jsonl; }

# whole WHAT: all reports are there to their last line and agree.
whole() {
    xmllint --noout k.xml 2>lint || fail "$1: XML: $(head -1 lint)"
    [ "$(tail -1 k.xml)" = '</nmaprun>' ] || fail "$1: XML has no end"
    tail -1 k.nmap | grep -q '^# whorl done at' || fail "$1: normal has no end"
    tail -1 k.gnmap | grep -q '^# whorl done at' || fail "$1: grepable has no end"
    tail -1 k.jsonl | grep -q '^{"type":"end"' || fail "$1: JSON has no end"
    [ "$(tail -1 k.html)" = '</html>' ] || fail "$1: HTML has no end"
    of_xml | LC_ALL=C sort >a
    of_grep | LC_ALL=C sort | diff a - >diff || fail "$1: XML and grepable differ: $(tail -1 diff)"
    of_normal | LC_ALL=C sort | diff a - >diff || fail "$1: XML and normal differ: $(tail -1 diff)"
    [ -z "$(of_lines | LC_ALL=C sort | LC_ALL=C comm -23 - a)" ] || fail "$1: a port that was known is missing"
}

options=(-O -sV --version-light -p1-60 --scan-delay 3ms --max-os-tries 1 10.77.1.2-4)
begun=$(date +%s%N)
start "${options[@]}"
wait "$pid" || fail "undisturbed: exit code $?"
took=$((($(date +%s%N) - begun) / 1000000))
whole undisturbed
[ "$(wc -l <a)" = 6 ] || fail "the lab: $(wc -l <a) lines instead of 3 hosts with one port each"
grep -q 'exit="success"' k.xml || fail 'undisturbed: no success'

signals=(INT TERM HUP)
for ((i = 0; i < stops; i++)); do
    signal=${signals[i % 3]}
    after=$((took * (2 * i + 1) / (2 * stops)))
    start "${options[@]}"
    sleep "$((after / 1000)).$(printf '%03d' $((after % 1000)))"
    kill -"$signal" "$pid" 2>/dev/null || true
    rc=0
    wait "$pid" || rc=$?
    [ -s k.xml ] || continue # it had not begun
    if [ "$rc" = 0 ] && grep -q 'exit="success"' k.xml; then continue; fi # it was over
    [ "$rc" = 130 ] || fail "$signal after $after ms: exit code $rc"
    grep -q '<finished .*exit="error" errormsg="[^"]*"' k.xml || fail "$signal after $after ms: XML tells of no interruption"
    grep -q '^# Interrupted' k.nmap || fail "$signal after $after ms: normal tells of no interruption"
    grep -q '^# Interrupted' k.gnmap || fail "$signal after $after ms: grepable tells of no interruption"
    whole "$signal after $after ms"
done

# In the middle of OS detection: ports are kept, the fingerprint is marked.
start -O -p22,23 --max-os-tries 1 --osscan-guess 10.77.1.2
for ((i = 0; i < 200; i++)); do
    grep -q '"portid":23\|"ports":"23"' k.jsonl 2>/dev/null && break
    sleep 0.02
done
sleep 0.15
kill -INT "$pid"
rc=0
wait "$pid" || rc=$?
[ "$rc" = 130 ] || fail "in OS detection: exit code $rc"
whole 'in OS detection'
grep -q '^10.77.1.2 22$' a || fail 'in OS detection: the port is lost'
grep -q '^Incomplete: ' k.nmap || fail 'in OS detection: the host is not marked'
grep -q '"partial":true' k.jsonl || fail 'in OS detection: JSON does not mark the host'
grep -q '"not_ideal":"it was cut short"' k.jsonl || fail 'in OS detection: the fingerprint is not marked'
grep -q '<osmatch' k.xml && fail 'in OS detection: half a fingerprint has a name'

# A host that runs out of time: the run goes on and is a success.
start -O -p1-60 --scan-delay 30ms --host-timeout 1s 10.77.1.2,3
rc=0
wait "$pid" || rc=$?
[ "$rc" = 0 ] || fail "out of time: exit code $rc"
whole 'out of time'
[ "$(grep -c '<host .*timedout="true"' k.xml)" = 2 ] || fail 'out of time: XML does not tell'
grep -q 'exit="success"' k.xml || fail 'out of time: no success'
[ "$(grep -c '^Skipping host\|^Incomplete: ' k.nmap)" = 2 ] || fail 'out of time: normal does not tell'
[ "$(grep -c 'Status: Timeout' k.gnmap)" = 2 ] || fail 'out of time: grepable does not tell'

echo "$failed failed ($stops stops, a whole scan takes $took ms)"
[ "$failed" = 0 ]
