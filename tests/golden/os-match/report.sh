#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The report of each recorded case: database, subject and options of cases.tsv through the verdict
# program; the lines that parsers read must be the recorded ones. Cases in which the reference died
# or refused the file are left out here (test_os_match says what we do).  report.sh VERDICT
set -euo pipefail
verdict=$(realpath "$1")
cd "$(dirname "$0")"
# shellcheck source=tests/blackbox/fingerprint.sh
. ../../blackbox/fingerprint.sh
good=0 bad=0 left=0
while IFS=$'\t' read -r name scanner subject options lines; do
    [ "$name" != case ] || continue
    case $lines in
    *rc=0) ;;
    *)
        left=$((left + 1))
        continue
        ;;
    esac
    database=$name.db
    want=$(printf '%s\n' "${lines// \/\/ /$'\n'}" | verdict_lines)
    # shellcheck disable=SC2086
    got=$(grep -v '^SCAN' "$subject.txt" | "$verdict" "$database" "${scanner/./}" '' $options 2>/dev/null |
        verdict_lines)
    if [ "$want" = "$got" ]; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        echo "$name ($scanner): - recorded, + ours"
        diff <(echo "$want") <(echo "$got") | grep '^[<>]' || true
    fi
done <cases.tsv
echo "$good cases agree, $bad differ, $left without a verdict"
[ "$bad" = 0 ] && [ "$good" -gt 100 ]
