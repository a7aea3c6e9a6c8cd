#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Version detection of services that mean harm, and of many ports at a time: it ends, it names what
# is sound, what it prints is plain text, and it holds neither descriptors nor memory for what is
# done. A killed scan has lost nothing that was known. test_services.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
for tool in python3 openssl; do
    command -v "$tool" >/dev/null || { echo "skip: needs $tool"; exit 77; }
done
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.77.3.1/24
lab_addr target eth0 10.77.3.2/24
lab_sysctl target net.core.somaxconn=4096
cd "$LAB_DIR"
export HOME=$LAB_DIR XDG_CACHE_HOME=$LAB_DIR/cache
target=10.77.3.2

failed=0
complain() {
    failed=1
    echo "FAIL: $1"
}
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=lab.example.org \
    -keyout key -out crt 2>/dev/null
ip netns exec "${LAB_PREFIX}target" python3 "$root/tests/netns/hostile_server.py" crt key \
    >ports 2>server.err </dev/null &
LAB_PIDS+=($!)
lab_until 20 grep -q '^ready' ports
first=$(head -1 ports | cut -d' ' -f1)
last=$(grep -v ready ports | tail -1 | cut -d' ' -f1)

# running: prints the process of the scan that is under way
running() {
    local pid
    for pid in $(ip netns pids "${LAB_PREFIX}scanner"); do
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != whorl ] || echo "$pid"
    done
}
# peak PID: prints the most descriptors that a process was seen to have, until it ends
peak() {
    local n most=0
    while kill -0 "$1" 2>/dev/null; do
        n=$(find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l || true)
        [ "$n" -le "$most" ] || most=$n
        sleep 0.1
    done
    echo "$most"
}
# whole NAME: the files out, NAME.jsonl and NAME.xml are plain and complete
whole() {
    LC_ALL=C grep -qP '[^\n\x20-\x7e]' out && complain "$1: control characters on standard output"
    LC_ALL=C grep -qP '[^\n\x20-\x7e]' err && complain "$1: control characters on standard error"
    python3 - "$1" <<'PY' || complain "$1: a report is broken"
import json, sys, xml.dom.minidom
lines = [json.loads(l) for l in open(sys.argv[1] + ".jsonl")]
assert lines[-1]["type"] == "end" and any(l["type"] == "host" for l in lines)
assert sum(l["type"] == "service" for l in lines) == sum(l["type"] == "port" for l in lines)
xml.dom.minidom.parse(sys.argv[1] + ".xml")
PY
}
scan() { # NAME ARGUMENTS...
    local name=$1 pid
    shift
    lab_in scanner timeout 200 "$whorl" -n -Pn -sV -T5 --version-trace -oJ "$name.jsonl" \
        -oX "$name.xml" "$@" "$target" >out 2>err &
    pid=$!
    sleep 0.3
    peak "$(running)" >"$name.peak"
    wait "$pid" || complain "$name: exit code $?"
}

# Every kind of harm at once.
begun=$SECONDS
scan harm -p "$first-$last"
whole harm
grep -qE "^$first/tcp +open +ssh +OpenSSH 9.2p1 Debian" out || complain 'harm: the sound one is not named'
grep -q ' open  *http' out || complain 'harm: no http'
[ "$(cut -c81- err | grep -c .)" = 0 ] || complain 'the trace is wider than 80 columns'
grep -q 'send GetRequest' err || complain 'the trace names no probe'
grep -q 'NULL: hard match' err || complain 'the trace names no match'
echo "harm: $((SECONDS - begun)) s, $(cat harm.peak) descriptors"
[ $((SECONDS - begun)) -le 120 ] || complain 'harm: it took too long'

# The same with few descriptors: only slower.
begun=$SECONDS
(
    ulimit -n 40
    scan few -p "$first-$((first + 19))"
)
whole few
grep -qE "^$first/tcp +open +ssh +OpenSSH 9.2p1 Debian" out || complain 'few: the sound one is not named'
[ "$(cat few.peak)" -le 40 ] || complain "few: $(cat few.peak) descriptors"
echo "few: $((SECONDS - begun)) s, $(cat few.peak) descriptors"

# UDP: silent to the empty datagram of the port scan, open since it answers a probe; a firewall's
# silence stays open|filtered.
lab_spawn target python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('0.0.0.0', 36001))
while True:
    data, whom = s.recvfrom(65536)
    if data.startswith(b'OPTIONS '):
        s.sendto(b'SIP/2.0 200 OK\r\nServer: Asterisk PBX 16.2.1\r\n\r\n', whom)"
lab_spawn target python3 -c "
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('0.0.0.0', 36002))
time.sleep(600)"
lab_until 5 eval 'lab_in target ss -Hlun | grep -q :36002'
lab_in scanner "$whorl" -n -Pn -sUV -p36001,36002,36003 --reason -v "$target" >out 2>err || complain "udp: exit code $?"
grep -qE '^36001/udp +open +sip +udp-response .*Asterisk PBX 16.2.1' out || complain 'udp: not opened by its answer'
grep -qE '^36002/udp +open\|filtered ' out || complain 'udp: silence'
grep -q 'port 36001/udp on 10.77.3.2 is actually open' err || complain 'udp: not said'

# A kill in the middle: the silent port is not done, what was known of the others stands.
silent=$((last + 1))
lab_spawn target python3 -c "
import socket, time
s = socket.create_server(('0.0.0.0', $silent), backlog=1024)
time.sleep(600)"
lab_until 5 lab_connects scanner "$target" "$silent"
lab_in scanner "$whorl" -n -Pn -sV -p"$first,$silent" -oJ killed.jsonl "$target" >out 2>err &
pid=$!
sleep 3
kill -9 "$(running)"
wait "$pid" 2>/dev/null || true
python3 - "$first" <<'PY' || complain 'killed: something that was known is lost'
import json, sys
lines = [json.loads(l) for l in open("killed.jsonl") if l.endswith("\n")]
first = int(sys.argv[1])
assert {l["portid"] for l in lines if l["type"] == "port"} == {first, max(l.get("portid", 0) for l in lines)}
said = [l for l in lines if l["type"] == "evidence" and l.get("portid") == first]
assert said and said[0]["probe"] == "NULL" and said[0]["len"] == 40, said
named = [l for l in lines if l["type"] == "service" and l["portid"] == first]
assert named and named[0]["service"]["product"] == "OpenSSH", named
assert not any(l["type"] in ("host", "end") for l in lines)
PY

# Thousands of open ports that say nothing: bounded memory, and an end by the budget.
lab_in target nft add table inet lab 2>/dev/null || { echo 'no nft: not many ports'; exit $failed; }
lab_in target nft 'add chain inet lab pre { type nat hook prerouting priority -100 ; }'
lab_in target nft "add rule inet lab pre tcp dport 40000-49999 redirect to :$silent"
begun=$SECONDS
lab_in scanner "$whorl" -n -Pn -sV -T4 --budget 20s -p40000-49999 -oJ many.jsonl "$target" >out 2>err &
pid=$!
sleep 0.3
pid_whorl=$(running)
kib=0
while kill -0 "$pid_whorl" 2>/dev/null; do
    now=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid_whorl/status" 2>/dev/null || true)
    kib=${now:-$kib}
    sleep 0.2
done
wait "$pid" || complain "many: exit code $?"
echo "many: $((SECONDS - begun)) s, $kib KiB"
[ "$(grep -c '"type":"port"' many.jsonl)" = 10000 ] || complain 'many: not all ports are open'
[ "$kib" -le 200000 ] || complain "many: $kib KiB"
[ $((SECONDS - begun)) -le 60 ] || complain 'many: the budget does not hold'
exit $failed
