#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The verbs of "whorl db", without a network and without root: run.sh WHORL
set -uo pipefail
whorl=$(realpath "$1")
cd "$(dirname "$0")" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/data HOME=$work WHORL_DATADIR=
file=$XDG_DATA_HOME/whorl/os.db
passed=0 failed=0

# expect CODE PATTERN ARGUMENTS...: exit code, and a line like PATTERN on either stream
expect() {
    local code=$1 pattern=$2 rc=0
    shift 2
    "$whorl" db "$@" >"$work/out" 2>&1 <"${input:-/dev/null}" || rc=$?
    if [ "$rc" = "$code" ] && grep -qE -- "$pattern" "$work/out"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAIL: whorl db $*: exit code $rc instead of $code, or no '$pattern':"
    sed 's/^/    /' "$work/out"
}
input=

# Usage.
expect 2 '^usage: whorl db'
expect 0 '^usage: whorl db' help
expect 2 '^whorl: nosuch: no such verb' nosuch
expect 2 '^whorl: show: wrong number of arguments' show
expect 2 '^whorl: --nosuch: unknown option' stats --nosuch=1
expect 2 '^whorl: --class: must be' add --class 'a|b' subjects.txt
expect 2 '^whorl: --cpe: belongs behind' add --cpe cpe:/o:a:b subjects.txt
expect 2 '^whorl: add: the entry needs a name' add subjects.txt
expect 2 "^whorl: --name: must not be empty and must not hold '#'" add --name 'a # b' subjects.txt

# Lint: every planted fault at its place, none in our own data.
for kind in faults faults-first faults-services; do
    "$whorl" db lint $kind.db >"$work/lint"
    if [ $? = 1 ] && diff $kind.expected "$work/lint"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: lint of $kind.db: - expected, + found above"
    fi
done
expect 0 '1 file, 0 references, [0-9]+ rules: 0 errors,' lint ../../../data/services.db
expect 0 '1 file, [0-9]+ references: 0 errors, 0 warnings' lint ../../../data/os.db
expect 0 '1 file, [0-9]+ references: 0 errors, 0 warnings' lint ../../../data/os1.db
expect 1 '^whorl: nosuch.db: No such file' lint nosuch.db

# What match lines make of raw answers, beside a line that is broken.
mkdir "$work/own"
cat >"$work/own/services.db" <<'END'
Probe TCP NULL q||
match demo m|^HIHO ([\d.]+) (\w*)| p/Demo/ v/$1/ i/$3/
match broken m|(|
softmatch demo m|^HIHO|
match late m|^HIHO .*x|
END
printf 'HIHO 1.2 \033[2J\r\n' >"$work/answer"
printf 'HIHO x' >"$work/soft"
printf '\001\002never' >"$work/none"
asked=(test-service --datadir "$work/own" --probe NULL)
expect 0 '^whorl: .*/services.db:3:17: a group is not closed' "${asked[@]}" "$work/answer"
expect 0 'answer to NULL, match of NULL, .*/services.db:2$' "${asked[@]}" "$work/answer"
expect 0 '^    regex    \^HIHO \(\[\\d\.\]\+\) ' "${asked[@]}" "$work/answer"
expect 0 '^    \$1       1\.2$' "${asked[@]}" "$work/answer"
expect 0 '^    version  1\.2$' "${asked[@]}" "$work/answer"
expect 0 '^    failed   extra$' "${asked[@]}" "$work/answer"
expect 0 'softmatch of NULL, .*/services.db:4$' "${asked[@]}" "$work/soft"
expect 1 'no line matches' "${asked[@]}" "$work/none"

# Looking.
expect 0 ' built-in$' stats
expect 0 '^gVisor 2024$' search 'GVISOR'
expect 0 'cpe:/a:passt:passt' search cpe:/a:passt
expect 1 'no reference has this text' search nosuchsystem
expect 0 '^Fingerprint gVisor 2022$' show 'gVisor 2022'
expect 0 '^Fingerprint LWIPv6 1.5$' show 'lwipv6 1.5'
expect 1 'several names hold this' show linux
expect 1 'no reference has this name' show nosuchsystem

# The same with the first generation, whose files stand beside the others.
first=$XDG_DATA_HOME/whorl/os1.db
slirp='libslirp 4.7 (QEMU user networking, rootless containers)'
expect 0 '^first generation \(-O1\)$' stats
expect 0 '^    built-in:[0-9]+ \(-O1\)$' search slirpvde
expect 0 '^TSeq\(Class=' show 'linux 6.18 (timestamps off)'
expect 0 "^    1 exact  libslirp 4.7" test subjects-first.txt
expect 0 '^Test 1: made of 1 fingerprint in .*/os1.db' add --name 'Test 1' --class 'V | F | | t' subjects-first.txt
expect 0 ' 0 errors, 0 warnings' lint "$first"
expect 0 "^Matched exactly as well by: $(sed 's/[()]/./g' <<<"$slirp")" add --name 'Test 1' subjects-first.txt
input=subjects-first.txt expect 0 '^  \+ Test 1$' diff ../../../data/os1.db "$first"
input=subjects.txt expect 0 '^0 fingerprints, 0 with' diff ../../../data/os1.db "$first"
expect 1 'references of different kinds' diff ../../../data/os.db "$first"
expect 1 'fingerprints of several kinds' add --name X subjects.txt subjects-first.txt
expect 0 '\(-O1\)$' show 'Test 1'
[ ! -e "$file" ] || { failed=$((failed + 1)); echo 'FAIL: first generation in the other file'; }
rm -r "$XDG_DATA_HOME"

# Of IPv6 what it alone has makes an entry, in a file of its own.
six=$XDG_DATA_HOME/whorl/os6.db
fold -w 71 ../os6/lwip-v6.txt | sed 's/^/OS:/' >"$work/six"
expect 1 'without N6 makes no entry' add --name X "$work/six"
sed 's/EXTRA(/N6(FL=I%HS=20%HR=20%CS=7%NF=N%FI=P)&/' ../os6/lwip-v6.txt | fold -w 71 | sed 's/^/OS:/' >"$work/six"
expect 0 '^N6\(FL=I.O%HS=20%HR=20%CS=7%NF=N%FI=P\)$' add --print --name 'Test 6' "$work/six"
expect 0 '^Test 6: made of 1 fingerprint in .*/os6.db' add --name 'Test 6' --class 'V | F | | t' "$work/six"
expect 0 ' 0 errors, 0 warnings' lint "$six"
expect 0 '\(IPv6\)$' show 'Test 6'
expect 0 '^what IPv6 alone has' stats
expect 0 "^    1 exact  Test 6" test "$work/six"
expect 1 'fingerprints of several kinds' add --name X subjects.txt "$work/six"
rm -r "$XDG_DATA_HOME"

# Adding: a new file, a second entry, a wider entry; what else is in the file stays.
expect 1 'there is no fingerprint in the input' add --name X faults.expected
expect 0 '^Fingerprint Test 1$' add --print --name 'Test 1' subjects.txt
[ ! -e "$file" ] || { failed=$((failed + 1)); echo 'FAIL: --print wrote a file'; }
head -n 12 subjects.txt >"$work/one"
expect 0 '^Test 1: made of 1 fingerprint' add --name 'Test 1' --class 'V | F | | t' --cpe cpe:/o:v:f "$work/one"
expect 0 '0 errors, 0 warnings' lint "$file"
expect 0 'O1=M5B4ST11NW7%' show 'Test 1'
echo '# a remark of the user' >>"$file"
expect 0 '^Test 2: made of 1 fingerprint' add --name 'Test 2' "$work/one"
expect 0 'Matched exactly as well by: Test 2' add --name 'Test 1' subjects.txt
expect 0 'O1=M\[4D8-5B4\]ST11NW7%' show 'Test 1'
expect 0 '^Class V . F . . t' show 'Test 1'
expect 0 'O1=M5B4ST11NW7%' show 'Test 2'
grep -q '^# a remark of the user' "$file" || { failed=$((failed + 1)); echo 'FAIL: a remark is lost'; }
[ "$(grep -c '^MatchPoints' "$file")" = 1 ] || { failed=$((failed + 1)); echo 'FAIL: MatchPoints'; }
[ "$(ls "$XDG_DATA_HOME/whorl")" = os.db ] || { failed=$((failed + 1)); echo 'FAIL: litter'; }
input=subjects.txt expect 0 '^Test 1: widened by 2 fingerprints' add --name 'Test 1' -
input=

# Compiling: into the cache, and into a file.
export XDG_CACHE_HOME="$work/cache"
expect 0 'references of .* bytes, in the cache' compile
expect 0 'bytes, in the cache' compile "$work/block"
[ -s "$work/block" ] || { failed=$((failed + 1)); echo 'FAIL: no block'; }
expect 1 '/nowhere/block' compile /nowhere/block

# Trying.
input=subjects.txt expect 0 '^  \+ Test 1; Test 2$|^  \+ Test 1$' diff ../../../data/os.db "$file"
input=subjects.txt expect 0 '^2 fingerprints, 0 with another verdict' diff "$file" "$file"
expect 0 '^    2 exact  Test 1$' test subjects.txt
expect 0 '\(itself\)' test
expect 1 'there is no fingerprint in the corpus' test faults.expected

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
