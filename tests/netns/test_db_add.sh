#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A stack that is not known becomes known: scan it, "db add" its fingerprint, scan it again: the
# entry is named. Then a second setting of it is added under the same name. test_db_add.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
# shellcheck source=lab/netns/variants.sh
. "$root/lab/netns/variants.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/data HOME=$work WHORL_DATADIR=
name='Testing system 1.0'
failed=0

# variant NAME COMMAND...: runs COMMAND with the variant up; a subshell, for the lab's own EXIT trap
variant() (
    variant_up "$1"
    shift
    "$@"
    variant_down
)
scan() { # OUTPUT
    ip netns exec "$NS" "$whorl" -n -Pn -O -d --max-os-tries 1 -p22,23 "$TARGET" >"$work/$1" 2>/dev/null
}
scan_often() {
    local i
    for i in 1 2 3 4 5; do
        scan "again$i"
    done
}
named() { # FILE: the entry is among the exact matches
    if ! grep -q "^OS details: .*$name" "$work/$1"; then
        echo "FAIL: $1 does not name the entry:"
        grep -E '^(OS details|Aggressive|No )' "$work/$1" || true
        failed=1
    fi
}

for setting in tcp_window_scaling0 mtu1280; do
    rm -rf "$XDG_DATA_HOME"
    variant "$setting" scan first
    "$whorl" db add --name "$name" --class "Tests | Testing | 1.X | specialized" \
        --cpe cpe:/o:tests:testing:1 "$work/first" || failed=1
    "$whorl" db lint "$XDG_DATA_HOME/whorl/os.db" | grep -E 'error|warning' | grep -v ' 0 errors, 0 warnings' &&
        failed=1
    variant "$setting" scan_often
    for i in 1 2 3 4 5; do named "again$i"; done
    grep -q 'cpe:/o:tests:testing:1' "$work/again1" || { echo "FAIL: no CPE name of the entry"; failed=1; }
done

# Another MTU under the same name: one entry for both.
variant mtu1400 scan second
"$whorl" db add --name "$name" "$work/second"
[ "$(grep -c '^Fingerprint' "$XDG_DATA_HOME/whorl/os.db")" = 1 ] || { echo 'FAIL: two entries'; failed=1; }
variant mtu1400 scan third
named third
variant mtu1280 scan fourth
named fourth

# Why: the entry has won all its points; every line fits a terminal.
explain() {
    ip netns exec "$NS" "$whorl" -n -Pn -O --explain -p22,23 "$TARGET" >"$work/explained"
}
variant mtu1280 explain
grep -qF "Why #1, $name (100%):" "$work/explained" || { echo 'FAIL: no explanation'; failed=1; }
if sed -n '/^Why/,$p' "$work/explained" | grep -E '^.{81}'; then
    echo 'FAIL: longer than 80 columns'
    failed=1
fi
exit "$failed"
