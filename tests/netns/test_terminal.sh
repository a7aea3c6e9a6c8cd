#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The terminal while a scan runs: bar, keys, Ctrl-Z, Ctrl-C, background; without a terminal: plain
# lines and records; colors. test_terminal.sh WHORL TERMINAL_PROBE
set -euo pipefail
whorl=$(realpath "$1")
probe=$(realpath "$2")
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
lab_listen target 22
lab_in scanner ip route add 10.99.0.0/16 via 10.77.1.2 # where nobody answers
lab_in target ip route add blackhole 10.99.0.0/16
cd "$LAB_DIR"
export HOME=$LAB_DIR
failed=0
complain() {
    failed=$((failed + 1))
    echo "FAIL: $1"
}

lab_in scanner "$probe" "$whorl" 10.99.0.1 || complain 'on a terminal'

# No terminal: nothing by itself, lines when they are asked for, none of it on standard output.
lab_in scanner "$whorl" -n -Pn -p1-100 --max-rate 50 10.99.0.1 >out 2>err
[ -s err ] && complain 'a quiet run speaks'
lab_in scanner "$whorl" -n -Pn -p1-100 --max-rate 50 --stats-every 500ms 10.99.0.1 >out 2>err
[ "$(grep -c '^Stats: 0:00:' err)" -ge 3 ] || complain 'no status lines'
grep -qE '^Timing: About [0-9.]+% done; ETC: [0-9:]+ \(0:00:0[0-9] remaining\)$' err || complain 'no ETC'
grep -q 'Stats' out && complain 'status on standard output'
grep -q "$(printf '\033')" out err && complain 'escape sequences in files'
lab_in scanner "$whorl" -n -v -p22,23 10.77.1.2 >out 2>err
grep -qE '^Initiating SYN Stealth Scan at [0-9:]+ \(2 ports per host\)$' err || complain 'no phase begins'
grep -qE '^Completed SYN Stealth Scan at [0-9:]+, [0-9.]+s elapsed \(1 host\)$' err || complain 'no phase ends'
grep -q '^Discovered open port 22/tcp' err || complain 'no port is discovered'
grep -qE 'Initiating|Discovered' out && complain 'phases on standard output'

lab_in scanner "$whorl" -n --packet-trace -p22 10.77.1.2 >out 2>err
grep -qE '^SENT \([0-9.]+s\) ARP who-has 10.77.1.2 tell 10.77.1.1$' err || complain 'no request is traced'
grep -qE '^RCVD \([0-9.]+s\) TCP 10.77.1.2:22 > 10.77.1.1:[0-9]+ SA ttl=64 ' err || complain 'no answer is traced'
grep -qE 'SENT|RCVD' out && complain 'packets on standard output'
lab_in scanner "$whorl" -n --packet-trace -sT -p22,23 10.77.1.2 >out 2>err
grep -qE '^CONN \([0-9.]+s\) TCP localhost > 10.77.1.2:22 => Connected$' err || complain 'no connection is traced'
grep -qE '^CONN .* > 10.77.1.2:23 => Connection refused$' err || complain 'no refusal is traced'

# Records.
lab_in scanner "$whorl" -n -Pn -p1-100 --max-rate 50 --progress-json 5 10.99.0.1 >out 2>err 5>records
[ "$(grep -c '^{"type":"progress","time":[0-9]*,"elapsed":' records)" -ge 3 ] || complain 'no records'
tail -1 records | grep -q '"remaining":0.0,"hosts":{"total":1,"done":1,"up":1,"active":0}.*"last":true}$' || complain 'the last record'
rc=0
lab_in scanner "$whorl" -n --progress-json 7 10.99.0.1 >out 2>err || rc=$?
[ "$rc" = 2 ] || complain "a closed descriptor gives $rc"
{ lab_in scanner "$whorl" -n -p22 --progress-json 5 10.77.1.2 >out 2>err 5>&6 || complain 'a reader that is gone'; } 6>&1 | true
grep -q '^22/tcp' out || complain 'results without a reader of progress'

# Colors.
lab_in scanner "$whorl" -n -p22,23 --color always 10.77.1.2 >out 2>err
grep -q "$(printf '22/tcp \033\[1;32mopen\033\[0m   ssh')" out || complain 'no colors'
lab_in scanner "$whorl" -n -p22,23 --color always -oN kept 10.77.1.2 >out 2>err
grep -q "$(printf '\033')" kept && complain 'colors in a file'
lab_in scanner script -qec "'$whorl' -n -p22,23 10.77.1.2" /dev/null </dev/null >out 2>err
grep -q "$(printf '\033\[1;32mopen')" out || complain 'no colors on a terminal'
NO_COLOR=1 lab_in scanner script -qec "'$whorl' -n -p22,23 10.77.1.2" /dev/null </dev/null >out 2>err
grep -q "$(printf '\033\[1')" out && complain 'NO_COLOR is not obeyed'

echo "$failed failed"
[ "$failed" = 0 ]
