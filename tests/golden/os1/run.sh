#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# First-generation captures through the whole program: what the embedded database alone says of
# them, and, if a published file is there (WHORL_OS1_FILE, or an installed nmap-os-fingerprints),
# that names, order, percentages and classes are those that the reference scanner printed. Of these
# only digests are kept here: the names are not ours.
# run.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
good=0 bad=0

check() { # WHAT WANT GOT
    if [ "$2" = "$3" ]; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        printf 'FAIL: %s\n  want %s\n  got  %s\n' "$1" "$2" "$3"
    fi
}

# identify NAME OPTION...
identify() {
    local name=$1
    shift
    (cd "$here" && XDG_DATA_HOME=$work "$whorl" identify "$@" "$name.pcap" 2>/dev/null) || true
}

while IFS=$'\t' read -r name own digest verdict; do
    [ "$name" != name ] || continue
    got=$(identify "$name" | grep -E '^(OS details|No OS|No exact|Too many)' | head -n 1)
    check "$name, embedded database" "$own" "$got"
done <"$here/verdicts.tsv"

file=${WHORL_OS1_FILE:-}
for f in /usr/share/nmap /usr/local/share/nmap; do
    [ -n "$file" ] || [ ! -r "$f/nmap-os-fingerprints" ] || file=$f/nmap-os-fingerprints
done
if [ -n "$file" ]; then
    mkdir "$work/data"
    cp "$file" "$work/data/nmap-os-fingerprints"
    while IFS=$'\t' read -r name own digest verdict; do
        [ "$name" != name ] || continue
        text=$(identify "$name" --nmap-quirks 7.93 --datadir "$work/data")
        got=$(grep -E '^(OS details|No OS|No exact|Too many)' <<<"$text" | head -n 1)
        check "$name, published file" "$verdict" "$got"
        got=$({ grep -E '^(Device type|Running|Aggressive)' <<<"$text" || true; } | sha256sum | cut -c 1-16)
        [ "$digest" = - ] || check "$name, names and percentages" "$digest" "$got"
    done <"$here/verdicts.tsv"
else
    echo 'no nmap-os-fingerprints (WHORL_OS1_FILE): the published references are not compared'
fi
echo "$good passed, $bad failed"
[ "$bad" = 0 ]
