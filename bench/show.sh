#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Saved scans of many hosts as every kind of report: processor time for each host, memory, size, and
# the ratio of the time for each host to that of the smallest scan, which grows if anything is not
# linear. show.sh WHORL [SIZE...]
set -euo pipefail
whorl=$(realpath "$1")
shift
sizes=("$@")
[ $# -gt 0 ] || sizes=(1000 10000)
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for size in "${sizes[@]}"; do
    "$here/big_scan.py" "$size" >"$tmp/scan.jsonl"
    for kind in -oN -oX -oG -oJ --html --sqlite; do
        rm -f "$tmp"/out*
        /usr/bin/time -f '%U %S %M' -o "$tmp/time" "$whorl" show "$tmp/scan.jsonl" "$kind" "$tmp/out"
        echo "$kind $size $(cat "$tmp/time") $(stat -c %s "$tmp/out")"
    done
    rm "$tmp/scan.jsonl"
done | awk '{ each = ($3 + $4) / $2 * 1e6; if (!($1 in first)) first[$1] = each
    printf "%-8s %7d hosts %7.0f us/host  x%.2f %6.1f MB  %6.0f bytes/host\n", $1, $2, each, each / first[$1], $5 / 1024, $6 / $2 }'
