#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# whorl identify on saved scans of many kinds gives the recorded answers, whatever way the bytes
# come in: run.sh WHORL. UPDATE=1 records the answers anew.
set -u
whorl=$(realpath "$1")
cd "$(dirname "$0")" || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
identify() { "$whorl" identify --nmap-quirks=7.991 --datadir db "$@"; }
pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    echo "FAIL: $1"
}
check() { # NAME: $tmp/out is what is recorded
    [ -z "${UPDATE:-}" ] || cp "$tmp/out" "expected/$1"
    if diff "expected/$1" "$tmp/out"; then pass; else fail "$1"; fi
}
code() { # WANTED GOT NAME
    if [ "$1" = "$2" ]; then pass; else fail "$3: exit code $2 instead of $1"; fi
}

for f in mail.txt windows.txt scan.nmap scan.xml cut.xml records.jsonl damaged.txt; do
    identify "$f" >"$tmp/out" 2>&1
    rc=$?
    check "$f"
    case $f in
    mail.txt | cut.xml | damaged.txt) code 1 $rc "$f" ;;
    *) code 0 $rc "$f" ;;
    esac
done
identify --json scan.xml mail.txt >"$tmp/out" 2>/dev/null
check json
identify -vv --osscan-guess scan.nmap >"$tmp/out" 2>&1
check verbose

# Its own records, a pipe that delivers bit by bit, and a database, which holds none.
identify --json scan.xml 2>/dev/null | identify --json - 2>/dev/null |
    sed 's/"file":"[^"]*","line":[0-9]*,//; s/"hostname":"[^"]*",//' >"$tmp/again"
identify --json scan.xml 2>/dev/null |
    sed 's/"file":"[^"]*","line":[0-9]*,//; s/"hostname":"[^"]*",//' >"$tmp/out"
if cmp -s "$tmp/again" "$tmp/out"; then pass; else fail 'own records'; fi
{
    head -c 700 scan.xml
    sleep 0.1
    tail -c +701 scan.xml
} | identify --json 2>/dev/null | sed 's/"file":"-"/"file":"scan.xml"/' >"$tmp/again"
identify --json scan.xml >"$tmp/out" 2>/dev/null
if cmp -s "$tmp/again" "$tmp/out"; then pass; else fail 'standard input'; fi
identify --json db/nmap-os-db >"$tmp/out" 2>"$tmp/err"
code 0 $? database
if [ ! -s "$tmp/out" ] && grep -q '^whorl: 0 fingerprints' "$tmp/err"; then pass; else fail database; fi

# Services only: their totals alone.
identify ../service/sf.txt >"$tmp/out" 2>"$tmp/err"
code 0 $? 'service fingerprints'
if grep -q '^whorl: [0-9]* service fingerprints: ' "$tmp/err" && [ "$(grep -c 'matched' "$tmp/err")" = 1 ]; then
    pass
else
    fail 'totals of services'
fi

# What cannot be read does not keep the rest from being read.
identify nofile . scan.nmap >"$tmp/out" 2>"$tmp/err"
code 1 $? 'missing file'
grep -q '^whorl: nofile: No such file' "$tmp/err" && grep -q '^whorl: \.: Is a directory' "$tmp/err" &&
    grep -q '^scan.nmap:10: gate.example (192.0.2.1)' "$tmp/out" || fail 'missing file'
identify --nonsense </dev/null 2>/dev/null
code 2 $? 'unknown option'
identify -h | grep -q -- '--json' || fail help
identify </dev/null 2>/dev/null
code 0 $? 'empty input'
identify scan.nmap >/dev/full 2>"$tmp/err"
code 1 $? 'full disk'
identify scan.nmap >&- 2>"$tmp/err"
code 1 $? 'closed output'
head -c 3000 ../os/linux-default.pcap | identify --json >"$tmp/out" 2>"$tmp/err"
code 1 $? 'cut capture'
grep -q '^whorl: -: ' "$tmp/err" || fail 'cut capture'
printf '\324\303\262\241' | identify 2>/dev/null
code 1 $? 'capture without a header'

# Why: in words, and complete in JSON.
identify --explain scan.nmap >"$tmp/out" 2>/dev/null
code 0 $? explain
grep -q '^Why #1, ' "$tmp/out" && grep -q '^What tells #1 from #2' "$tmp/out" || fail 'explain in words'
[ "$(awk 'length > 80' "$tmp/out" | grep -vc '^\(OS\|Running\|Aggressive\)')" = 0 ] || fail 'explain is wider than 80'
identify --explain --json scan.nmap >"$tmp/out" 2>/dev/null
grep -q '"explanation":{"of":"matches","references":\[{"name":' "$tmp/out" || fail 'explain in JSON'
[ "$(grep -o '"test":"SEQ","attribute":"SP","outcome":"won"' "$tmp/out" | wc -l)" -gt 0 ] || fail 'rows in JSON'

# Over IPv6 beside each value that was projected the one that was answered; what passed the floor is
# named without being asked for.
"$whorl" identify --explain --json ../os6/linux-mtu1400-v6.pcap >"$tmp/out" 2>/dev/null
grep -q '"attribute":"O1","outcome":"[a-z]*","points":[0-9]*,"answered":"M550ST11NWA","origin":"M53CST11NWA"' "$tmp/out" ||
    fail 'projected values'
"$whorl" identify --explain ../os6/slirp-v6.pcap >"$tmp/out" 2>/dev/null
grep -q '^Aggressive OS guesses: .*libslirp' "$tmp/out" || fail 'guesses over IPv6'
if grep -q '^Why #1' "$tmp/out"; then pass; else fail 'explain over IPv6'; fi

# Captures: the lines that the reference scanner printed; by name, and through a pipe.
if [ -f ../os/replay.tsv ]; then
    n=0
    for f in ../os/*.pcap; do
        name=$(basename "$f" .pcap)
        [ -f "../os/expected/$name.txt" ] || continue
        quirks=7.991
        case $name in *-793) quirks=7.93 ;; esac
        "$whorl" identify --nmap-quirks=$quirks --datadir db --json - <"$f" 2>/dev/null |
            sed 's/.*"fingerprint":"//; s/"}$//; s/\\n/\n/g' | grep -v '^SCAN(' | sed '/^$/d' >"$tmp/out"
        "$whorl" identify --nmap-quirks=$quirks --datadir db --json "$f" 2>/dev/null |
            sed 's/.*"fingerprint":"//; s/"}$//; s/\\n/\n/g' | grep -v '^SCAN(' | sed '/^$/d' >"$tmp/again"
        if cmp -s "$tmp/out" "../os/expected/$name.txt" && cmp -s "$tmp/out" "$tmp/again"; then
            n=$((n + 1))
        else
            fail "$name.pcap"
            diff "$tmp/out" "../os/expected/$name.txt"
        fi
    done
    echo "$n captures"
    [ "$n" -gt 0 ] && pass
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
