#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# lab/os-runs.sh records what verdict_check and verdict_learn read: every host through every path, and
# what is known of them is said again by the verdicts on these runs. test_os_runs.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${WHORL_BUILD:-$root/build}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
for tool in jq nft; do
    command -v "$tool" >/dev/null || { echo "skip: needs $tool"; exit 77; }
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export DB=$root/data/os.db

hosts=4 paths=10
"$root/lab/os-runs.sh" "$whorl" "$build/lab/tunhosts" "$dir/runs" "$hosts"
[ "$(grep -c '^Truth' "$dir/runs")" = $((hosts * paths)) ] || { echo 'FAIL: hosts are missing'; exit 1; }

"$build/tests/verdict_check" -f "$dir/runs" "$DB" | tee "$dir/table"
awk '/^as recorded/ { n = $3; wrong = $10 } END { exit !(n >= 28 && wrong == "0.0") }' "$dir/table" ||
    { echo 'FAIL: other systems than the true ones'; exit 1; }

# A third of the runs, one try.
"$build/tests/verdict_learn" -n 14 -r 0 -f "$dir/runs" "$DB" | grep 'recorded, learnt'

printf 'Truth 1\nSEQ(SP=1)\n\n' >"$dir/broken"
! "$build/tests/verdict_check" -f "$dir/broken" "$DB" 2>"$dir/error" || { echo 'FAIL: it has no reference there'; exit 1; }
grep -q 'block 1 is broken' "$dir/error"
