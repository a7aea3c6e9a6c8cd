#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# First-generation OS detection (-O1) of a real kernel: the order of its probes on the wire is that
# of a recorded scan of the reference, what it says, and the same in every kind of output.
# test_first.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
command -v tcpdump >/dev/null || { echo 'skip: needs tcpdump'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.77.9.1/24
lab_addr target eth0 10.77.9.2/24
lab_addr target eth0 fd77:9::2/64
lab_addr scanner eth0 fd77:9::1/64
lab_listen target 22
lab_until 10 lab_settled scanner target
cd "$LAB_DIR"
export HOME=$LAB_DIR XDG_DATA_HOME=$LAB_DIR/data WHORL_DATADIR=

failed=0
complain() {
    failed=1
    echo "FAIL: $1"
    cat out
}
scan() { lab_in scanner "$whorl" -n -O1 "$@" >out 2>&1 || complain "whorl -O1 $*: exit code $?"; }
said() { grep -qE -- "$1" out || complain "no '$1'"; }
# probes FILE OPEN-PORT: kind and destination of each probe of a try, as on the wire
probes() {
    tcpdump -tnr "$1" 2>/dev/null | awk -v open="$2" '
        /UDP, length 300/ { print "UDP" }
        /TS val 1061109567 ecr 0/ && /> [0-9.]*: Flags/ {
            port = $4; sub(/.*\./, "", port); sub(/:/, "", port)
            flags = $6; sub(/,/, "", flags)
            print flags, port == open ? "open" : "closed" }' | head -n 16
}

tcpdump=$(command -v tcpdump)
lab_spawn scanner "$tcpdump" -i eth0 -U --immediate-mode -Z root -w "$LAB_DIR/wire.pcap" ip
lab_until 10 test -s wire.pcap
scan -p 22,23 -vv -oN live.nmap -oX live.xml -oG live.gnmap -oJ live.json 10.77.9.2
sleep 0.2
kill -INT "$LAB_PID"
wait "$LAB_PID" || true
said '^OS details: Linux 6'
said '^OS:SCAN\(V=[^%]*%D=.*%OT=22%CT=23%CU=%PV=Y%DS=1%G=N%M='
said '^TCP Sequence Prediction: Difficulty=9999999 \(Good luck!\)$'
said '^IP ID Sequence Generation: All zeros$'
said 'scanned in [01]\.[0-9]+ seconds'
probes wire.pcap 22 >ours
probes "$root/tests/golden/os1/linux.pcap" 22 >theirs
[ "$(wc -l <ours)" = 16 ] && cmp -s ours theirs || { diff ours theirs || true; complain 'order of probes'; }

# The same verdict out of everything that was written, and the same reports out of JSON.
cp live.nmap live.n; cp live.gnmap live.g
grep -v '^<task' live.xml >live.x # the course of the scan is not in JSON
"$whorl" show -oN again.n -oX again.x -oG again.g live.json >out 2>&1 || complain 'show'
for kind in n x g; do
    cmp -s live.$kind again.$kind || { diff live.$kind again.$kind | head -5 || true; complain "show, $kind"; }
done
for f in live.nmap live.xml live.json wire.pcap; do
    "$whorl" identify "$f" >out 2>&1 || complain "identify $f"
    said '^OS details: Linux 6'
done
grep -q '<osmatch name="Linux 6[^>]*accuracy="100"' live.xml || complain 'osmatch'
grep -q '<tcpsequence index="9999999" class="truly random" difficulty="Good luck!"' live.xml || complain 'tcpsequence'
grep -qP '\tOS: Linux 6.*\tSeq Index: 9999999\tIP ID Seq: All zeros' live.gnmap || complain 'grepable'
grep -q '"os":{"generation":1,"status":"matched"' live.json || complain 'JSON'
scan -p 23 10.77.9.2
said '^Nothing is named: too little was seen to name a system: [0-9]+ of [0-9]+ attributes$'
scan -p 22,23 --explain 10.77.9.2
said '^OS compared by 44 of 44 attributes$'
said '^Why #1, Linux 6'

# References of which too many match, eight of which match, of which none does.
mkdir many eight none
entry() { # NUMBER
    printf 'Fingerprint System %d\nClass A | B | %d | c\n' "$1" "$1"
    grep -oE '(TSeq|T[1-7]|PU)\([^)]*\)' fingerprint
    echo
}
tr -d '\n' <live.nmap | sed 's/OS://g' | grep -oE 'SCAN\(.*PU\([^)]*\)' >fingerprint
for i in $(seq 1 40); do entry "$i"; done >many/nmap-os-fingerprints
for i in $(seq 1 8); do entry "$i"; done >eight/nmap-os-fingerprints
entry 1 | sed -E 's/=(Y|N)%/=X%/g; s/=[0-9A-F]+%/=77%/g; s/(Class|Flags|Ops|ACK|DAT|UCK|RID)=[^%)]*/\1=Q/g' \
    >none/nmap-os-fingerprints
only() { scan --nmap-quirks 7.93 --max-os-tries 1 --datadir "$1" "${@:2}" 10.77.9.2; }
only many -p 22,23
said '^Too many fingerprints match this host to give specific OS details$'
only many -p 22,23 -oX too-many.xml
grep -q '<osmatch' too-many.xml && complain 'names in XML though too many match'
only eight -p 22,23
said '^OS details: System 1, System 2, System 3, System 4, System 5, System 6, System 7, System 8$'
only none -p 22,23
said '^No OS matches for host'
only eight -p 23
said '^Warning: OSScan results may be unreliable'

# What it refuses, and says so.
if lab_in scanner setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
    "$whorl" -n -O1 -p 22,23 10.77.9.2 >out 2>&1; then
    complain 'works without privilege'
fi
said '^whorl: -O1: raw packets are not allowed here .* needs them'
scan -p 22,23 fd77:9::2
said '^Skipping OS Scan against fd77:9::2: -O1 is for IPv4'
scan -p 23 --osscan-limit -v 10.77.9.2
said '^Skipping OS Scan against 10.77.9.2 due to absence of open'

[ "$failed" = 0 ] && echo 'the first generation is what it was'
exit "$failed"
