#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# -iL: targets and known ports from lists; known ports are not scanned again. test_input_list.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.77.1.1/24
lab_addr target eth0 10.77.1.2/24
lab_addr target eth0 10.77.1.3/24
lab_listen target 22
cd "$LAB_DIR"
export HOME=$LAB_DIR
failed=0
complain() {
    failed=$((failed + 1))
    echo "FAIL: $1"
    sed 's/^/  stdout: /' out
    sed 's/^/  stderr: /' err
}
run() { # CODE ARGUMENTS...
    local want=$1 rc=0
    shift
    lab_in scanner "$whorl" -n "$@" >out 2>err || rc=$?
    [ "$rc" = "$want" ] || complain "whorl $*: exit code $rc instead of $want"
}

printf '10.77.1.2 # the first\n\n10.77.1.3\n' >list
run 0 -p22 -iL list
[ "$(grep -c '^22/tcp open' out)" = 2 ] || complain 'two hosts'
run 0 -p22 -iL - 10.77.1.1 <list
[ "$(grep -c '^Nmap scan report' out)" = 3 ] || complain 'standard input and an argument'

# Known ports: nothing is sent to them, so port 23, which is closed, stays as the list says.
printf 'open tcp 23 10.77.1.2 1390380064\n10.77.1.2:24\n{"ip":"10.77.1.3","port":25}\n' >list
run 0 -v -iL list
grep -qE '^23/tcp open' out && grep -qE '^24/tcp open' out && grep -qE '^25/tcp open' out || complain 'known ports'
grep -q 'Raw packets sent: 2 ' out || complain 'more is sent than two questions for link addresses'
grep -q '^22/tcp' out && complain 'ports beside the list are scanned'
run 0 -p22-24 -iL list
grep -qE '^22/tcp open' out && grep -qE '^23/tcp open' out || complain 'known ports and -p'
[ "$(grep -c '^23/tcp' out)" = 2 ] || complain 'the other host has all of -p'
printf '10.77.1.2:22\n' >list
run 0 -sV -iL list
grep -q '^Service detection performed' out || complain 'known ports are not asked for their service'

# Saved scans: what was found open is not searched again, neither by another scan nor twice.
run 0 -p22-25 -oX scan.xml -oJ scan.jsonl -oG scan.gnmap 10.77.1.2,3,9
for f in scan.xml scan.jsonl scan.gnmap; do
    run 0 -v -iL $f
    [ "$(grep -c '^Nmap scan report' out)" = 2 ] || complain "$f: two hosts are up"
    [ "$(grep -c '^22/tcp open' out)" = 2 ] || complain "$f: known ports"
    grep -q 'Raw packets sent: 2 ' out || complain "$f: more is sent than two questions for link addresses"
done
run 0 -O --max-os-tries 1 -iL scan.xml
grep -q '^OS detection performed' out && grep -q '^23/tcp closed' out || complain 'a closed port for OS detection'
grep -q 'test conditions non-ideal' out && complain 'OS detection without a closed port'
run 0 -sn -oX scan.xml 10.77.1.2,3
run 0 -p22 -iL scan.xml
[ "$(grep -c '^22/tcp open' out)" = 2 ] || complain 'hosts without a port scan are scanned'
head -c -40 scan.jsonl >cut.jsonl
run 1 -iL cut.jsonl
grep -q '^whorl: cut.jsonl:[0-9]*: the last line has no end and is left out' err || complain 'a cut list'
[ "$(grep -c '^22/tcp open' out)" = 2 ] || complain 'a cut list is used'

# What is wrong is told by file, line and word, and is never exit code 0.
printf '10.77.1.2\n10.77.1.0/24:80\nnosuch.invalid\n10.77.1.300\n' >list
run 1 -p22 -iL list
grep -q "^whorl: list:2: ports need one address or name before them: '10.77.1.0/24:80'" err || complain 'line 2'
grep -q '^whorl: nosuch.invalid: this name could not be resolved' err || complain 'line 3'
grep -q "^whorl: list:4: .*'10.77.1.300'" err || complain 'line 4'
grep -q '^22/tcp open' out || complain 'the rest of a bad list'
run 1 -iL nosuchfile
run 1 -iL .

# A slow writer holds nothing up.
(echo 10.77.1.2; sleep 2; echo 10.77.1.3) | run 0 -p22 -iL -
[ "$(grep -c '^22/tcp open' out)" = 2 ] || complain 'a slow writer'

echo "$failed failed"
[ "$failed" = 0 ]
