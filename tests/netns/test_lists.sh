#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Which targets there are, without sending anything (-sL): lists together with exclusion, order and
# parts; random targets; a /8 in little memory. test_lists.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
command -v python3 >/dev/null || { echo 'skip: python3 is not installed'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
cd "$LAB_DIR"
export HOME=$LAB_DIR

failed=0
fail() {
    failed=$((failed + 1))
    echo "FAIL: $*"
}
list() { # OPTION...: the targets, in the order they come
    lab_in scanner "$whorl" -n -sL "$@" -oG - 2>err | sed -n 's/^Host: \([^ ]*\).*/\1/p'
}
same() { # WHAT A B
    diff -q "$2" "$3" >/dev/null || fail "$1: $(diff "$2" "$3" | head -5)"
}

cat >hosts <<'LIST'
10.0.0.0/24        # a block
192.0.2.1 192.0.2.3,5-7
2001:db8::/120
10.0.1.9
LIST
exclude=(--exclude 10.0.0.0/25,192.0.2.6 --excludefile not)
echo '2001:db8::80/121 10.0.1.9 # gone' >not
list -iL hosts "${exclude[@]}" >whole
[ "$(wc -l <whole)" = 260 ] || fail "a list with exclusion: $(wc -l <whole) targets instead of 260"
for order in '' --randomize-hosts; do
    : >parts
    for i in 1 2 3; do
        # shellcheck disable=SC2086
        list -iL hosts "${exclude[@]}" $order --shard "$i/3" >"part$i"
        n=$(wc -l <"part$i")
        [ "$n" -ge 86 ] && [ "$n" -le 87 ] || fail "part $i of 3 $order: $n targets"
        cat "part$i" >>parts
    done
    sort whole >a
    sort parts >b
    same "the parts of a list $order" a b
done
for i in 1 2 3; do list 10.5.0.0/22 10.6.0.1-7 --randomize-hosts --seed 9 --shard "$i/3"; done | sort >b
list 10.5.0.0/22 10.6.0.1-7 | sort >a
same 'the parts of a block in random order' a b
list -iL hosts --randomize-hosts --seed 7 >once
list -iL hosts --randomize-hosts --seed 7 >twice
list -iL hosts --randomize-hosts --seed 8 >other
same 'the same seed' once twice
cmp -s once other && fail 'another seed gives the same order'
list -iL hosts >plain
cmp -s once plain && fail 'a list in random order is in its own'
list -iL hosts 10.9.9.9 >plain
[ "$(head -1 plain)" = 10.9.9.9 ] || fail 'arguments do not come before the list'

list -iR 2000 --seed 1 >drawn
[ "$(wc -l <drawn)" = 2000 ] || fail "-iR 2000: $(wc -l <drawn) targets"
grep -E '^(0|10|127|22[4-9]|23[0-9]|24[0-9]|25[0-5])\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2[0-9]|3[01])\.' drawn &&
    fail '-iR draws reserved addresses'
[ "$(cut -d. -f1 drawn | sort -u | wc -l)" -gt 150 ] || fail '-iR draws from few networks'
list -iR 2000 --seed 1 >again
same '-iR with the same seed' drawn again
# Without end: until nobody reads. What a broken pipe ends is no failure here.
n=$(set +o pipefail; list -iR 0 | head -70000 | wc -l)
[ "$n" = 70000 ] || fail "-iR 0 ends after $n"

# A /8, in both orders: 1/64 of it, 262,144 lines. Sanitizers need memory of their own.
python3 - "$whorl" "${LAB_PREFIX}scanner" <<'PY' || failed=$((failed + 1))
import resource, subprocess, sys
most = 40 << 10
with open(sys.argv[1], "rb") as f:
    if b"__asan_init" in f.read():
        most = 1 << 20
for order in [], ["--randomize-hosts"]:
    run = subprocess.Popen(["ip", "netns", "exec", sys.argv[2], sys.argv[1], "-n", "-sL", "10.0.0.0/8", "--shard",
                            "5/64", "--seed", "3", *order], stdout=subprocess.PIPE)
    n = sum(l.startswith(b"Nmap scan report for 10.") for l in run.stdout)
    if run.wait() != 0 or n != 1 << 18:
        sys.exit(f"FAIL: a part of a /8 {order}: {n} targets")
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
if used > most:
    sys.exit(f"FAIL: a /8 took {used} kB")
print(f"a /8: {used} kB")
PY
[ "$failed" = 0 ] || { echo "$failed failed"; exit 1; }
echo 'targets: lists, exclusion, parts, order, random ones'
