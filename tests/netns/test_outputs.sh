#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Outputs that cannot be written: a full disk, a reader that is gone, a path that cannot be opened,
# one file for two. The message names option and path, the exit code is 1, the other outputs are
# whole, and standard output holds results only. Then exit codes of all kinds. test_outputs.sh WHORL
set -uo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init || exit 1
lab_ns scanner
lab_listen scanner 22
cd "$LAB_DIR" || exit 1
export HOME=$LAB_DIR TZ=UTC
mkdir small
mount -t tmpfs -o size=256k tmpfs small || { echo 'skip: no tmpfs'; exit 77; }
trap 'umount "$LAB_DIR/small"; lab_down' EXIT
passed=0 failed=0
fail() {
    failed=$((failed + 1))
    echo "FAIL: $1"
}
is() { # WHAT WANTED GOT
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else fail "$1: $3 instead of $2: $(head -2 err)"; fi
}
says() { # WHAT TEXT: the one message
    if grep -qxF "whorl: $2" err; then passed=$((passed + 1)); else fail "$1: no message '$2' but: $(head -2 err)"; fi
}
run() {
    lab_in scanner "$whorl" "$@" >out 2>err
}
scan=(-n -p22,23 127.0.0.1)
many=(-n -p22,23 127.0.0.1-80) # more than the small disk holds

# Paths that cannot be opened: nothing is scanned, what other files held stays.
for option in -oN -oX -oG -oJ --html --sqlite; do
    echo 'what it held' >kept
    other=(-oX kept)
    [ "$option" != -oX ] || other=(-oN kept)
    for case in 'none/file:No such file or directory' 'small:Is a directory'; do
        path=${case%%:*}
        run "${scan[@]}" "${other[@]}" "$option" "$path"
        is "$option $path" 1 $?
        says "$option $path" "$option $path: ${case#*:}"
        [ ! -s out ] || fail "$option $path: standard output is not empty"
        [ "$(cat kept)" = 'what it held' ] || fail "$option $path: another file was emptied"
    done
done
run "${scan[@]}" -oA none/base
is '-oA none/base' 1 $?
says '-oA none/base' '-oA none/base.nmap: No such file or directory'

# A full disk: the scan goes on for what can be written.
for option in -oN -oX -oG -oJ --html --sqlite -oA; do
    rm -f small/* whole.*
    room=4
    [ "$option" != --html ] || room=28     # the page without hosts takes 22
    [ "$option" != --sqlite ] || room=152 # the database without hosts 73, as much again beside it
    head -c $(((256 - room) * 1024)) /dev/zero >small/ballast
    case $option in
    -oJ) run "${many[@]}" -oJ small/f -oX whole.xml ;;
    -oX) run "${many[@]}" -oX small/f -oJ whole.jsonl ;;
    -oA) run "${many[@]}" -oA small/f -oJ whole.jsonl ;;
    *) run "${many[@]}" "$option" small/f -oJ whole.jsonl -oX whole.xml ;;
    esac
    is "$option on a full disk" 1 $?
    case $option in
    --sqlite) says "$option on a full disk" "$option small/f: database or disk is full" ;;
    -oA) says "$option on a full disk" "-oA small/f.xml: No space left on device" ;;
    *) says "$option on a full disk" "$option small/f: No space left on device" ;;
    esac
    is "$option on a full disk: hosts on standard output" 80 "$(grep -c '^Nmap scan report' out)"
    [ "$option" = -oJ ] || is "$option on a full disk: hosts in JSON lines" 80 "$(grep -c '^{"type":"host"' whole.jsonl)"
    [ "$option" = -oX ] || [ "$option" = -oA ] || is "$option on a full disk: end of the XML" '</nmaprun>' "$(tail -1 whole.xml)"
done
rm -f small/*

# A reader that is gone ends the run, but not if there is a file too.
rc=$({ { lab_in scanner "$whorl" "${many[@]}" 2>err; echo $? >&3; } | head -1 >out; } 3>&1)
is 'a reader that is gone' 1 "$rc"
says 'a reader that is gone' 'standard output: cannot be written'
says 'a reader that is gone' 'no output is left to write to; the scan was ended'
for option in -oN -oX -oG -oJ; do
    rc=$({ { lab_in scanner "$whorl" "${many[@]}" "$option" - --sqlite k.db 2>err; echo $? >&3; } | head -1 >out; } 3>&1)
    is "$option - without a reader" 1 "$rc"
    says "$option - without a reader" "$option standard output: cannot be written"
done
rc=$({ { lab_in scanner "$whorl" "${many[@]}" -oG k.gnmap 2>err; echo $? >&3; } | head -1 >out; } 3>&1)
is 'a reader that is gone and a file' 1 "$rc"
is 'a reader that is gone and a file: hosts' 80 "$(grep -c 'Status: Up' k.gnmap)"

# Two for one.
run "${scan[@]}" -oX k.one -oN ./k.one
is 'one file for two' 2 $?
says 'one file for two' '-oX k.one: another report goes to this file'
run "${scan[@]}" -oX - -oN -
is 'standard output for two' 2 $?

# What is read is not written.
run "${scan[@]}" -oX read.xml -oJ read.jsonl
for case in 'show read.xml|-oX|read.xml' 'show read.xml|-oA|read' 'show read.jsonl|--html|./read.jsonl' \
    'merge read.jsonl|-oJ|read.jsonl' 'show read.xml|--sqlite|read.xml' '-n -p22 -iL read.jsonl|-oN|read.jsonl'; do
    IFS='|' read -r command option path <<<"$case"
    sum=$(cat read.xml read.jsonl | cksum)
    # shellcheck disable=SC2086
    run $command "$option" "$path"
    is "$command $option $path" 2 $?
    [ "$option" != -oA ] || path=read.xml
    says "$command $option $path" "$option $path: this file is read, it cannot be written too"
    is "what $path held" "$sum" "$(cat read.xml read.jsonl | cksum)"
done
is 'the end of a scan is not before that of a host' ok "$(python3 - read.xml <<'END'
import sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
last = max(int(h.get("endtime")) for h in root.findall("host"))
print("ok" if int(root.find("runstats/finished").get("time")) >= last else "no")
END
)"

# What is added to a file leaves an XML report one document, and a page one page.
for host in 1 2 3; do
    run -n -p22 127.0.0.$host -oA added --html added.html --append-output
    is "add host $host" 0 $?
done
whole() { # FILE HOSTS: one document of so many hosts; prints what its statistics count
    python3 - "$1" "$2" <<'END'
import sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
stats = root.findall("runstats")
hosts = len(root.findall("host"))
ok = hosts == int(sys.argv[2]) and len(stats) == 1 and root[-1] is stats[0]
print(stats[0].find("hosts").get("total") if ok else f"{hosts} hosts, {len(stats)} statistics")
END
}
is 'XML that was added to' 3 "$(whole added.xml 3 2>err)"
is 'normal report that was added to' 3 "$(grep -c '^Nmap scan report' added.nmap)"
is 'page that was written anew' 1 "$(grep -c '</html>' added.html)"
head -c -300 added.xml >cut.xml # the third host is not whole any more
run -n -p22 127.0.0.4 -oX cut.xml --append-output
is 'XML that was cut off and added to' 1 "$(whole cut.xml 3 2>err)"
echo 'no report' >none.xml
run -n -p22 127.0.0.4 -oX none.xml --append-output
is 'adding XML to no XML' 1 $?
says 'adding XML to no XML' '-oX none.xml: holds no XML report that could be added to'
is 'what it held' 'no report' "$(cat none.xml)"

# Exit codes.
table=(
    "0|${scan[*]}"
    '0|-n -p22 127.0.0.1 -oN all'
    '0|-h'
    '0|-n 127.0.0.1 --exclude 127.0.0.1'
    '1|-n -p22 127.0.0.1 nowhere.invalid'
    '1|-n -p22 nowhere.invalid'
    '1|-n -p22 127.0.0.1 192.0.2.1'
    '1|-n -p22 -iL none'
    '2|-n 127.0.0.1/99'
    '2|'
    '2|-n --no-such-option 127.0.0.1'
    '2|-n -p 70000 127.0.0.1'
    '2|-n -p22 127.0.0.1 -oX -oN'
    '2|-n -e none0 127.0.0.1'
    '1|show none'
    '2|show'
    '1|show kept'
    '1|diff none none'
    '2|merge'
)
for row in "${table[@]}"; do
    # shellcheck disable=SC2086
    run ${row#*|}
    is "whorl ${row#*|}" "${row%%|*}" $?
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
