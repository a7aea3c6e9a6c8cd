#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A scan that is killed at any moment: every file parses, no port that was known is missing, and
# --resume completes it to the result of a scan that nobody disturbed, without asking what is known
# again. test_resume.sh WHORL; KILLS is how often (12).
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
kills=${KILLS:-12}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
command -v jq >/dev/null || { echo 'skip: needs jq'; exit 77; }
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.77.1.1/24
for i in 2 3 4 5; do lab_addr target eth0 10.77.1.$i/24; done
# Services that say at once what they are: the same in every scan.
lab_spawn target socat TCP-LISTEN:22,fork,reuseaddr SYSTEM:'printf "SSH-2.0-OpenSSH_9.2p1\\r\\n"; sleep 1'
lab_spawn target socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'printf "SSH-2.0-dropbear_2022.83\\r\\n"; sleep 1'
sleep 0.5
cd "$LAB_DIR"
export HOME=$LAB_DIR TZ=UTC
options=(-n -O -sV --version-light -p1-90 --seed 7 --scan-delay 3ms 10.77.1.2-6)

passed=0 failed=0 n_evidence=0
fail() {
    failed=$((failed + 1))
    echo "FAIL: $1"
}
pass() { passed=$((passed + 1)); }

# What a scan says, without times and what the kernels choose at random.
facts() { # XML
    sed -e '/^<hosthint>/,/^<\/hosthint>/d' -e 's/ \(starttime\|endtime\|time\|timestr\|elapsed\|start\|startstr\|reason_ttl\)="[^"]*"//g' \
        -e '/^<times/d' -e '/^<os>/,/^<\/os>/d' -e '/^<hostscript>/,/<\/hostscript>/d' -e '/^<\(uptime\|tcp\|ipid\|distance\)/d' -e '/^<!-- /d' \
        -e 's/summary="[^"]*"//' -e 's/ args="[^"]*"//' -e 's/servicefp="[^"]*"//' "$1" |
        awk '/^<host[ >]/ { key = ""; text = ""; inside = 1 }
             inside { text = text $0 " "; if (/addrtype="ipv4"/) key = $0; if (/^<\/host>/) { print key " " text; inside = 0 } next }
             { print "scan " $0 }' | LC_ALL=C sort
}
# Each port of each host that the lines of a record tell of.
known() { # JSON
    "$whorl" show -oG - "$1" 2>/dev/null | { grep -o 'Host: [0-9.]*\|[0-9]*/open/tcp' || true; } |
        awk '/Host/ { host = $2; next } { print host, $1 }' | LC_ALL=C sort -u
}
# The systems of the hosts: names that fit in every test.
systems() { # XML
    awk '/<address addr=.*ipv4/ { host = $0 } /^<osmatch / && match($0, /name="[^"]*" accuracy="100"/) { print host, substr($0, RSTART, RLENGTH) }' "$1" | LC_ALL=C sort -u
}
# OS fingerprints by address, of hosts and of what was told before they were finished.
subjects() { # JSON TYPE
    jq -r --arg type "$2" 'select(.type == $type) | [.addr, (if .os then .os.fingerprint else .fingerprint end)] | select(.[1]) | @json' "$1" | LC_ALL=C sort -u
}
scan() { lab_in scanner "$whorl" "$@" >out 2>err; }

begun=$(date +%s%N)
scan "${options[@]}" -oX whole.xml -oJ whole.jsonl
took=$((($(date +%s%N) - begun) / 1000000))
facts whole.xml >wanted
[ "$(grep -c '^<address' wanted)" -ge 4 ] || fail 'the lab: four hosts'
open=$(grep -o 'portid="[0-9]*"><state state="open"' whole.xml | wc -l)
[ "$open" = 8 ] || fail "the lab: $open open ports instead of 8"
systems whole.xml >wanted.systems
[ "$(wc -l <wanted.systems)" -ge 4 ] || fail "the lab: $(wc -l <wanted.systems) systems are known instead of 4"

RANDOM=${SEED:-1}
for ((i = 0; i < kills; i++)); do
    rm -f k.*
    ip netns exec "${LAB_PREFIX}scanner" "$whorl" "${options[@]}" -oX k.xml -oN k.nmap -oG k.gnmap -oJ k.jsonl --sqlite k.db >out 2>err &
    pid=$!
    after=$((RANDOM * took / 32768))
    sleep "$((after / 1000)).$(printf '%03d' $((after % 1000)))"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    [ -s k.jsonl ] || { pass; continue; } # it had not begun
    cp k.jsonl killed.jsonl
    "$whorl" show killed.jsonl >/dev/null 2>show.err || fail "kill $i after ${after} ms: $(cat show.err)"
    "$whorl" show k.xml >/dev/null 2>show.err || [ ! -s k.xml ] || fail "kill $i: XML: $(cat show.err)"
    # Open ports that the lines name are in what is shown.
    grep '"type":"port"' killed.jsonl | grep -v '"portid":[0-9]*,"state":"[^o]' |
        sed 's/.*"addr":"\([^"]*\)".*"portid":\([0-9]*\),.*/\1 \2\/open\/tcp/' | LC_ALL=C sort -u >named || true
    known killed.jsonl >shown
    [ -z "$(LC_ALL=C comm -23 named shown)" ] || fail "kill $i: ports that were known are missing"
    # So are fingerprints; those of finished hosts stay what they are.
    head -n "$(wc -l <killed.jsonl)" killed.jsonl >lines.jsonl
    "$whorl" show -oJ kept.jsonl killed.jsonl 2>/dev/null || true
    subjects kept.jsonl host >shown
    subjects lines.jsonl evidence | LC_ALL=C join -v 1 -t '~' - shown >diff
    [ ! -s diff ] || fail "kill $i: a fingerprint that was known is missing: $(head -1 diff)"
    subjects lines.jsonl host >finished
    n_evidence=$((n_evidence + $(subjects lines.jsonl evidence | wc -l)))
    if ! lab_in scanner "$whorl" --resume k.jsonl >out 2>err; then
        fail "kill $i after ${after} ms: --resume: $(cat err)"
        cp killed.jsonl "/tmp/resume-failed-$i.jsonl"
        continue
    fi
    "$whorl" show k.jsonl -oX shown.xml -oN shown.nmap -oG shown.gnmap -oJ shown.jsonl 2>show.err || fail "kill $i: show: $(cat show.err)"
    facts k.xml >have
    subjects shown.jsonl host >shown
    [ -z "$(LC_ALL=C comm -23 finished shown)" ] || fail "kill $i: a finished host has another fingerprint"
    if ! systems k.xml | diff wanted.systems - >diff; then
        fail "kill $i after ${after} ms: other systems: $(tail -1 diff)"
        cp k.jsonl "/tmp/resume-systems-$i.jsonl"
    fi
    if ! diff wanted have >diff; then
        fail "kill $i after ${after} ms: another result"
        head -20 diff | cut -c1-300
        cp killed.jsonl "/tmp/resume-failed-$i.jsonl"
    else
        pass
    fi
    for kind in xml nmap gnmap; do
        if grep -v '^<hosthint\|^<!-- ' "k.$kind" | diff - <(grep -v '^<hosthint\|^<!-- ' "shown.$kind") >diff; then
            pass
        else
            fail "kill $i: k.$kind is not what the record says"
            head -10 diff | cut -c1-300
        fi
    done
    [ "$(sqlite3 k.db 'SELECT count(*) FROM scan' 2>/dev/null || echo 1)" = 1 ] || fail "kill $i: database"
    [ ! -e k.xml.resume ] || fail "kill $i: a temporary file is left"
done

# Inside a host: a port that is known, finished hosts, the services are not asked again.
ip netns exec "${LAB_PREFIX}scanner" "$whorl" "${options[@]}" -oJ stop.jsonl >out 2>err &
pid=$!
while ! grep -q '"type":"ports"' stop.jsonl 2>/dev/null && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
kill -TERM "$pid"
rc=0
wait "$pid" || rc=$?
[ "$rc" = 130 ] || fail "stopped: exit code $rc"
lab_in scanner "$whorl" --resume stop.jsonl >out 2>err || fail "--resume after a stop: $(cat err)"
"$whorl" show -oX stop.xml stop.jsonl 2>/dev/null
facts stop.xml >have
if diff wanted have >diff; then pass; else
    fail 'after a stop: another result'
    head -20 diff | cut -c1-300
fi
rc=0
lab_in scanner "$whorl" --resume stop.jsonl >out 2>err || rc=$?
[ "$rc" = 0 ] && grep -q 'nothing is left to do' err && pass || fail "a scan that is complete: $rc $(cat err)"

# Our XML, cut somewhere.
cp whole.xml cut.xml
size=$(stat -c %s cut.xml)
sed -i "s/whole\./cut./g" cut.xml
truncate -s $((size * 2 / 3)) cut.xml
lab_in scanner "$whorl" --resume cut.xml >out 2>err || fail "--resume of XML: $(cat err)"
facts cut.xml >have
if diff <(grep -v '^scan' wanted) <(grep -v '^scan' have) >diff; then pass; else
    fail 'XML: another result'
    head -20 diff | cut -c1-300
fi

for bad in '--resume none' '--resume k.nmap' '--resume whole.jsonl 10.77.1.2'; do
    rc=0
    # shellcheck disable=SC2086
    lab_in scanner "$whorl" $bad >out 2>err || rc=$?
    [ "$rc" != 0 ] && pass || fail "$bad: exit code 0"
done

echo "$passed passed, $failed failed ($kills kills, $n_evidence fingerprints at the time, a whole scan takes $took ms)"
[ "$failed" = 0 ]
