#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Where the reference scanner's result is wrong or missing, ours is right: cases of
# doc/differences.md that need a network of their own. With BESIDE=1 what nmap says is printed, not
# judged. test_differs.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
for tool in nft python3 unshare; do
    command -v "$tool" >/dev/null || { echo "skip: $tool is not installed"; exit 77; }
done
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
# shellcheck source=lab/netns/scannet.sh
. "$root/lab/netns/scannet.sh"
# The page names tests that exist.
missing=$(grep -oE '\btest_[a-z_0-9]+|[a-z0-9-]+\.scn' "$root/doc/differences.md" | sort -u | while read -r t; do
    case $t in
        *.scn) [ -e "$root/tests/scenario/$t" ] || echo "$t" ;;
        *) compgen -G "$root/tests/*/$t.*" >/dev/null || echo "$t" ;;
    esac
done)
[ -z "$missing" ] || { echo "FAIL: doc/differences.md names tests that are not there: $missing"; exit 1; }
lab_init
scannet_up
cd "$LAB_DIR"
export HOME=$LAB_DIR TZ=UTC
failed=0
fail() {
    failed=$((failed + 1))
    echo "FAIL: $what: $1"
    sed 's/^/    /' out
}
# ask WHAT OPTION...: a scan by whorl, its report in `out`.
ask() {
    what=$1
    shift
    rc=0
    scannet_scan timeout 60 "$whorl" "$@" >out 2>err </dev/null || rc=$?
    if [ -n "${BESIDE:-}" ]; then
        scannet_scan timeout 60 nmap "$@" >theirs 2>&1 </dev/null || true
        echo "$what; nmap: $(grep -E '^[0-9]+(/[a-z]+)? |report for|down|Skipping|No ports|Not shown|resolve|must use|hosts? up' theirs | head -4 | paste -sd'|')"
    fi
}
said() { grep -qE -- "$1" out || fail "no '$1'"; }

ask '-Pn never means down, on the link either' -n -Pn -p80 10.77.0.77
said '^Host is up'
said '^80/tcp filtered'
ask 'nor over IPv6' -6 -n -Pn -p80 fd77::77
said '^80/tcp filtered'

ask 'closed UDP ports whose errors are held back are closed' -n -sU -p1001-1009 -vvv 10.77.0.10
[ "$(grep -c '/udp closed' out)" = 9 ] || fail 'not all nine are closed'

ask 'a reset that acknowledges our data is an answer' -n -p22,81 -g 20 --data-length 30 10.77.0.10
said '^81/tcp closed'

ask 'a protocol that answers is open for that reason' -n -sO -p1,6,201,202 --reason 10.77.0.10
said '^1 +open +icmp +proto-response'
ask 'protocols have names' -n -sO -p icmp,tcp 10.77.0.10
said '^1 +open +icmp'
said '^6 +open +tcp'

ask 'a host that is out of time keeps what was found' -n -p22-80 --host-timeout 2s 10.77.0.40
said '^Incomplete: the scan of this host was cut short'
said '^80/tcp open|closed tcp ports'

ask 'a slow host does not hold the others up' -n -p60-100 10.77.0.40,10
[ "$(grep -m1 report out)" = 'Nmap scan report for 10.77.0.10' ] || fail 'the fast host waited for the slow one'

ask 'what routers say of a host is the reason' -n -sn -v --reason 10.90.0.1
said '10\.90\.0\.1 \[host down, received net-unreach'

echo 10.77.0.10 >list
ask 'arguments beside -iL count' -n -sL -iL list 10.77.0.20
said '^Nmap scan report for 10\.77\.0\.20'
said '^Nmap scan report for 10\.77\.0\.10'

ask 'both families in one run' -n -sn 10.77.0.10 fd77::10
said '\(2 hosts up\)'

ask 'a name that is not found is a failure, and the rest is scanned' -n -sn nobody.lab.example 10.77.0.10
[ "$rc" = 1 ] || fail "exit code $rc"
said '\(1 host up\)'

ask 'a mistyped prefix is no host' -n -sn 10.77.0.10/33
[ "$rc" = 2 ] || fail "exit code $rc"

lab_ns void
lab_join scanner big void eth0
lab_in void ip link set eth0 up
lab_addr scanner big fd99::1/64
what='an endless link costs no memory'
python3 - "$whorl" "${LAB_PREFIX}scanner" <<'PY' || fail 'memory grows'
import os, signal, subprocess, sys, time
run = subprocess.Popen(["ip", "netns", "exec", sys.argv[2], sys.argv[1], "-n", "-sn", "fd99::/64", "--min-rate", "100000",
                        "--max-rtt-timeout", "100ms"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
def used():
    for line in open(f"/proc/{run.pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])
time.sleep(6) # until all of the places are in use
first = used()
time.sleep(6)
last = used()
run.send_signal(signal.SIGINT)
run.wait()
print(f"an on-link /64: {first} kB after 6 s, {last} kB after 12 s")
sys.exit(last > first * 1.15 + 4096)
PY

what='a slow name server does not delay the scan'
cat >slowdns.py <<'PY'
import socket, struct, threading, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.77.0.1", 5300))
def answer(question, peer):
    time.sleep(2)
    name = b"\x04slow\x03lab\x07example\x00"
    end = 12 + question[12:].index(b"\x00") + 5
    s.sendto(question[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + question[12:end] + b"\xc0\x0c\x00\x0c\x00\x01" +
             struct.pack(">IH", 60, len(name)) + name, peer)
while True:
    threading.Thread(target=answer, args=s.recvfrom(2000)).start()
PY
lab_spawn scanner python3 slowdns.py
sleep 0.5
begun=$(date +%s%N)
lab_in scanner "$whorl" --dns-servers 10.77.0.1:5300 -p1-40 10.77.0.40 >out 2>err # two seconds by its limit
took=$((($(date +%s%N) - begun) / 1000000))
said 'slow\.lab\.example'
[ "$took" -lt 4200 ] || fail "$took ms, one after the other"
echo "$failed failed"
[ "$failed" = 0 ]
