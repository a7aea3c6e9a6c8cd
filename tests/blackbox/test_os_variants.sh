#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# One real kernel in many guises, scanned by nmap and by whorl in the same lab:
#   fingerprint  whorl's (its own way, and the reference's by --nmap-quirks) and nmap's agree in every
#                test line but for what is random by nature (fingerprint.sh says what)
#   verdict      with the reference's database: the same lines
# test_os_variants.sh WHORL [VARIANT...]
set -euo pipefail
whorl=$(realpath "$1")
shift
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
command -v nmap >/dev/null || { echo 'skip: nmap is not installed'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
# shellcheck source=lab/netns/variants.sh
. "$root/lab/netns/variants.sh"
# shellcheck source=tests/blackbox/fingerprint.sh
. "$root/tests/blackbox/fingerprint.sh"
verdict=${WHORL_BUILD:-$root/build}/tests/verdict
database=/usr/share/nmap/nmap-os-db
[ -r "$database" ] || { echo "skip: $database is not installed"; exit 77; }
quirks=--nmap-quirks=$(nmap --version | sed -n 's/^Nmap version \([0-9.]*\).*/\1/p')
[ "$quirks" = --nmap-quirks=7.93 ] || { echo "skip: no quirks mode for this nmap ($quirks)"; exit 77; }

dir=$(mktemp -d)
cleanup() {
    [ "$BASHPID" = $$ ] || return 0 # a child that is killed may run its parent's trap
    lab_down
    rm -rf "$dir"
}
trap cleanup EXIT
bad=0 good=0
compare() { # VARIANT WHAT FILE-A FILE-B
    if diff -u "$3" "$4" >"$dir/diff"; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        echo "$1: $2 differs (- nmap, + whorl)"
        tail -n +3 "$dir/diff"
    fi
}

for v in ${*:-$(variants_list)}; do
    variant_up "$v"
    options=(-n -O -d -p22,23 --max-os-tries 1 "$TARGET")
    ip netns exec "$NS" nmap "${options[@]}" >"$dir/nmap" 2>/dev/null
    ip netns exec "$NS" "$whorl" "${options[@]}" "$quirks" >"$dir/quirks" 2>/dev/null
    ip netns exec "$NS" "$whorl" "${options[@]}" >"$dir/own" 2>/dev/null
    variant_down
    trap cleanup EXIT
    for who in nmap quirks own; do
        fingerprint_lines <"$dir/$who" | fingerprint_stable >"$dir/$who.fp"
        verdict_lines <"$dir/$who" >"$dir/$who.verdict"
    done
    compare "$v" 'fingerprint (quirks)' "$dir/nmap.fp" "$dir/quirks.fp"
    # Guesses move with the random numbers of a run: judge the fingerprint that nmap judged.
    reason=$(sed -n 's/^OS fingerprint not ideal because: //p' "$dir/nmap")
    fingerprint_lines <"$dir/nmap" | "$verdict" "$database" 793 "$reason" -d | verdict_lines |
        grep -v '^Warning' >"$dir/ours.verdict" || true
    grep -vE '^(Warning|Network)' "$dir/nmap.verdict" >"$dir/theirs.verdict" || true
    compare "$v" 'verdict on the same fingerprint' "$dir/theirs.verdict" "$dir/ours.verdict"
    for who in nmap quirks; do
        grep -E '^(Warning|Network|OS fingerprint)' "$dir/$who.verdict" >"$dir/$who.rest" || true
    done
    compare "$v" 'rest of the verdict' "$dir/nmap.rest" "$dir/quirks.rest"
    compare "$v" 'fingerprint' "$dir/nmap.fp" "$dir/own.fp"
    echo "$v: $(wc -l <"$dir/own.fp") test lines"
done
echo "$good comparisons agree, $bad differ"
[ "$bad" = 0 ]
