#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Saved scans of the reference scanner, shown: XML and grepable are the same as its own, the normal
# report but for the lines below; through JSON lines nothing is lost on the way: run.sh WHORL
set -u
whorl=$(realpath "$1")
cd "$(dirname "$0")/../scan" || exit 1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export TZ=UTC
passed=0 failed=0
same() { # NAME A B
    if diff "$2" "$3" >"$tmp/diff"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $1"
        head -20 "$tmp/diff"
    fi
}
code() { # WANTED GOT NAME
    if [ "$1" = "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $3: exit code $2 instead of $1"
    fi
}
# Not in a saved result: the steps of the run. The place of the stylesheet is that of this machine.
# Results of scripts end their line. Folded IP protocols have a protocol that the DTD knows.
xml() { grep -v -e '^<task' -e '^<?xml-stylesheet' "$1" | sed -e 's|proto="n/a"|proto="ip"|' -e 's#</\(host\|post\)script><#</\1script>\n<#'; }
# Where texts differ on purpose: addresses of the reference's home page, where its data files are,
# a warning about its options; a host out of time keeps its parts; other addresses of a name are
# not in XML.
normal() { # FILE NAME
    sed -e 's| Please report any incorrect results at https.*||' -e 's| If you know the service.*||' \
        -e '/^Read data files from/d' -e '/^Other addresses for/d' -e '/^WARNING: Some ports marked/d' \
        -e 's| n/a protocols| ip protocols|' -e '/^Some closed ports may be reported as filtered/d' "$1" |
        case $2 in
        host-timeout) grep -v -e '^Skipping host' -e '^Incomplete: ' -e '^MAC Address: 02:00:0A' ;;
        *) cat ;;
        esac
}
for x in *.xml; do
    name=${x%.xml}
    "$whorl" show -oA "$tmp/a" -oJ "$tmp/a.jsonl" "$x" 2>"$tmp/err"
    code 0 $? "$name"
    same "$name: messages" /dev/null "$tmp/err"
    xml "$x" >"$tmp/wanted"
    xml "$tmp/a.xml" >"$tmp/have"
    same "$name: XML" "$tmp/wanted" "$tmp/have"
    sed 's#/a/n/#/a|n/#' "$name.gnmap" >"$tmp/wanted" # a slash in a name ends no field
    same "$name: grepable" "$tmp/wanted" "$tmp/a.gnmap"
    normal "$name.nmap" "$name" >"$tmp/wanted"
    normal "$tmp/a.nmap" "$name" >"$tmp/have"
    same "$name: normal" "$tmp/wanted" "$tmp/have"
    # JSON lines, whole or from a pipe, hold all of it.
    "$whorl" show -oA "$tmp/b" -oJ "$tmp/b.jsonl" - <"$tmp/a.jsonl"
    code 0 $? "$name from JSON"
    same "$name: XML from JSON" "$tmp/a.xml" "$tmp/b.xml"
    same "$name: grepable from JSON" "$tmp/a.gnmap" "$tmp/b.gnmap"
    same "$name: normal from JSON" "$tmp/a.nmap" "$tmp/b.nmap"
    same "$name: JSON from JSON" "$tmp/a.jsonl" "$tmp/b.jsonl"
done

# What is cut short is shown as far as it goes; what is damaged is named and fails.
head -c 2000 combo-ssv.xml >"$tmp/cut.xml"
"$whorl" show "$tmp/cut.xml" >"$tmp/out" 2>"$tmp/err"
code 0 $? 'a cut document'
grep -q 'the document has no end' "$tmp/err" || code 0 1 'the missing end is told'
head -c 1500 "$tmp/b.jsonl" >"$tmp/cut.jsonl"
"$whorl" show "$tmp/cut.jsonl" >"$tmp/out" 2>"$tmp/err"
code 0 $? 'a cut record'
grep -q 'the last line has no end' "$tmp/err" || code 0 1 'the cut line is told'
# Reading that stops because nothing can be written finds no fault with the file.
for f in xml jsonl; do
    awk '/^{"type":"host"/ || /^<host / { is_in = 1 }
        { if (is_in) block = block $0 "\n"; else print }
        is_in && (/^{"type":"host"/ || /^<\/host>/) { while (n++ < 200) printf "%s", block; block = ""; is_in = 0 }
        ' "$tmp/b.$f" >"$tmp/big.$f"
    "$whorl" show -oN - "$tmp/big.$f" >/dev/full 2>"$tmp/err"
    code 1 $? "$f to a full disk"
    grep -q 'cannot be written' "$tmp/err" || code 0 1 "$f: the full disk is told"
    code 0 "$(grep -c 'no end' "$tmp/err")" "$f: the input is blamed"
    "$whorl" show -oN - "$tmp/big.$f" >"$tmp/out" 2>"$tmp/err"
    code 0 $? "$f, many hosts"
done
sed '1a garbage' "$tmp/b.jsonl" >"$tmp/bad.jsonl"
"$whorl" show "$tmp/bad.jsonl" >"$tmp/out" 2>"$tmp/err"
code 1 $? 'a damaged record'
grep -q 'bad.jsonl:2: not a JSON object' "$tmp/err" || code 0 1 'file and line are told'
"$whorl" show ../saved/run.sh >"$tmp/out" 2>&1
code 1 $? 'another kind of file'
"$whorl" show "$tmp/none" >"$tmp/out" 2>&1
code 1 $? 'no file'
"$whorl" show >"$tmp/out" 2>&1
code 2 $? 'no argument'
"$whorl" show -oX - ack-states.xml fast.xml >"$tmp/out" 2>&1
code 1 $? 'two scans in one document'
"$whorl" show ack-states.xml fast.xml >"$tmp/out" 2>&1
code 0 $? 'two normal reports'
code 2 "$(grep -c '^# Nmap 7.93 scan initiated' "$tmp/out")" 'two reports'

# What changed between two scans.
"$whorl" diff fast.xml fast.xml >"$tmp/out" 2>&1
code 0 $? 'diff: the same'
"$whorl" diff syn-default.xml syn-default-vv.xml >"$tmp/out" 2>&1
code 0 $? 'diff: more detail of the same'
sed -e '/portid="22"/s/state="open"/state="closed"/' -e 's/10\.77\.0\.20/10.77.0.21/' ack-states.xml >"$tmp/b.xml"
sed -e 's/state="unfiltered"/state="open"/' ack-states.xml >"$tmp/a.xml"
"$whorl" diff "$tmp/a.xml" "$tmp/b.xml" >"$tmp/out" 2>&1
code 3 $? 'diff: changes'
grep -q '^10.77.0.21$' "$tmp/out" && grep -q '^  new: up' "$tmp/out" || code 0 1 'diff: a new host'
grep -q '^10.77.0.20$' "$tmp/out" && grep -q '^  gone: was up' "$tmp/out" || code 0 1 'diff: a host that is gone'
grep -q '^  22/tcp open -> ' "$tmp/out" || code 0 1 'diff: a port'
"$whorl" diff --json "$tmp/a.xml" "$tmp/b.xml" >"$tmp/out" 2>&1
code 3 $? 'diff --json'
grep -q '^{"type":"gone","addr":"10.77.0.20","what":"host"}$' "$tmp/out" || code 0 1 'diff --json: gone'
"$whorl" diff "$tmp/a.xml" "$tmp/none" >"$tmp/out" 2>&1
code 1 $? 'diff: no file'
"$whorl" diff "$tmp/a.xml" >"$tmp/out" 2>&1
code 2 $? 'diff: one file'

# Several scans as one.
"$whorl" merge -oX "$tmp/m.xml" -oJ "$tmp/m.jsonl" ack-states.xml fast.xml syn-default.xml >"$tmp/out" 2>&1
code 0 $? 'merge'
xmllint --noout "$tmp/m.xml" 2>/dev/null || [ $? = 127 ] || code 0 1 'merge: XML'
code "$(cat ack-states.xml fast.xml syn-default.xml | grep -o 'addr="[0-9.]*" addrtype="ipv4"' | sort -u | wc -l)" \
    "$(grep -c '^{"type":"host"' "$tmp/m.jsonl")" 'merge: each host once'
"$whorl" merge -oG - "$tmp/cut.xml" combo-ssv.xml >"$tmp/out" 2>/dev/null
code 0 $? 'merge with an unfinished scan'
"$whorl" show -oG - combo-ssv.xml | grep '^Host' >"$tmp/wanted"
grep '^Host' "$tmp/out" >"$tmp/have"
same 'merge: finished wins' "$tmp/wanted" "$tmp/have"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
