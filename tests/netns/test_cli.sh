#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Bad input and bad luck: what whorl says, on which stream, and with which exit code; privileges;
# Ctrl-C in the middle of a scan. test_cli.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.77.1.1/24
lab_addr target eth0 10.77.1.2/24
lab_listen target 22
cd "$LAB_DIR"
chmod 755 "$LAB_DIR"
export HOME=$LAB_DIR

passed=0 failed=0
complain() {
    failed=$((failed + 1))
    echo "FAIL: $1"
    sed 's/^/  stdout: /' out
    sed 's/^/  stderr: /' err
}

# expect CODE TEXT ARGUMENTS...: exit code, and TEXT (a pattern) on standard error
expect() {
    local code=$1 text=$2 rc=0
    shift 2
    lab_in scanner "${as[@]}" "$whorl" "$@" >out 2>err || rc=$?
    if [ "$rc" != "$code" ]; then
        complain "whorl $*: exit code $rc instead of $code"
    elif [ -n "$text" ] && ! grep -qE -- "$text" err; then
        complain "whorl $*: no '$text' on standard error"
    else
        passed=$((passed + 1))
    fi
}
said() { # PATTERN: and this on standard output
    grep -qE -- "$1" out || complain "no '$1' on standard output"
}
as=()

expect 1 "^whorl: no\.such\.name\.invalid: this name could not be resolved" -n no.such.name.invalid
expect 1 "could not be resolved" -n -p22 no.such.name.invalid 10.77.1.2
said '^22/tcp open'
expect 2 "^whorl: -p: port range runs backwards: '80-22'" -n -p 80-22 10.77.1.2
expect 2 "^whorl: -p: .*'70000'" -n -p 22,70000 10.77.1.2
expect 2 "^whorl: -p: no port of this name is known: 'nosuchservice'" -n -p nosuchservice 10.77.1.2
expect 2 "^whorl: 10\.77\.1\.2/33: prefix length must be a number from 0 to 32: '33'" -n 10.77.1.2/33
expect 2 "^whorl: 10\.77\.1\.300: not an IPv4 address, range or list" -n 10.77.1.300
expect 2 "^whorl: nosuchif0: there is no such interface" -n -e nosuchif0 10.77.1.2
expect 2 "^whorl: --max-os-tries: must be a number from 1 to 50: '0'" --max-os-tries 0 10.77.1.2
expect 2 "^whorl: --nmap-quirks: must be 7.93 or 7.991: '6'" --nmap-quirks=6 10.77.1.2
expect 2 "^whorl: --nonsense: unknown option" --nonsense 10.77.1.2
expect 2 "^whorl: -p: the value is missing" -p
expect 2 "no target was given" -n
expect 2 "standard output can have one report" -n -sL 10.77.1.2 -oX - -oG -
expect 2 "^whorl: -PS: .*'99999'" -n -PS99999 10.77.1.2
expect 2 "^whorl: -PS22: may be given once" -n -PS80 -PS22 10.77.1.2
expect 2 "^whorl: -sO: cannot be combined" -n -sO -sS 10.77.1.2
expect 2 "^whorl: -sL: cannot be combined with a port scan" -n -sL -p22 10.77.1.2
expect 2 "^whorl: -PP: is for IPv4 only" -n -6 -PP 10.77.1.2
expect 2 "^whorl: -iR: draws IPv4 addresses only" -n -6 -iR 3
expect 2 "this is no list of DNS servers" --dns-servers nonsense -sn 10.77.1.2
expect 1 "^whorl: -PU: raw packets are not allowed" --unprivileged -n -sn -PU 10.77.1.2
for hidden in '-D 10.77.1.9' -f '--mtu 16' '-S 10.77.1.1'; do # not shown by a connection instead
    # shellcheck disable=SC2086
    expect 1 "^whorl: -[DfS]: raw packets are not allowed" --unprivileged -n -p22 $hidden 10.77.1.2
    # shellcheck disable=SC2086
    expect 0 "packets of ours only" --unprivileged -n -sT -p22 $hidden 10.77.1.2
done
expect 0 "packets of ours only" --unprivileged -n -p22 --badsum 10.77.1.2
expect 0 "hosts are found by connecting instead" --unprivileged -n -sn -PE 10.77.1.2
said '^Host is up'
expect 0 "^whorl: -PS: no port is left" -n -sn -PS22 --exclude-ports 22 10.77.1.2
printf 'one 22/tcp\n' >ports.tab
expect 0 '' -n --servicedb ports.tab 10.77.1.2
said '^22/tcp +open +one'
expect 0 '' -n -sn -PR -I --log-errors --nogcc --nsock-engine epoll --thc --release-memory 10.77.1.2
said '^Host is up'
expect 1 '^whorl: nofile.tab: No such file' -n --servicedb nofile.tab 10.77.1.2
expect 1 "^whorl: 192\.0\.2\.1: no route, not scanned" -n -p22 192.0.2.1
expect 0 '' -n -p22 -e eth0 10.77.1.2
said '^22/tcp open +ssh'
expect 0 '' -h
said '^usage: whorl'
expect 0 '' -V
said '^whorl [0-9]'

# Over loopback our own packets come in, too: they answer nothing.
for own in 127.0.0.1 10.77.1.1; do
    expect 0 '' -n -sO -p2,250 --reason "$own"
    said '^2 +open\|filtered +igmp +no-response'
    said '^250 +closed +unknown +proto-unreach'
done
expect 0 '' -n -sO -p44,250 --reason -6 ::1
said '^44 +open +ipv6-frag +param-problem'
said '^250 +closed +unknown +param-problem'

mkdir data
printf 'MatchPoints\nSEQ(SP=25)\n\nFingerprint X\nClass a|b\nSEQ(SP=1%%ZZ=2)\n' >data/os.db
expect 0 "^whorl: data/os.db:5:7: .*'a\|b'" -n -O -p22,23 --datadir data 10.77.1.2
grep -qE "^whorl: data/os.db:6:[0-9]+: unknown attribute: 'ZZ'" err || complain 'no line for attribute ZZ'
said 'OS detection performed'
expect 1 "^whorl: nodata: No such file" -n --datadir nodata 10.77.1.2
chmod 755 data
chmod 000 data/os.db
cp "$whorl" whorl
whorl=$LAB_DIR/whorl
as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
expect 1 "^whorl: data/os.db: Permission denied" -n -O --datadir data 10.77.1.2
expect 1 'sudo setcap cap_net_raw\+ep' -n -O 10.77.1.2
grep -q 'sudo whorl' err || complain 'sudo is not named'
as=()
as=(setpriv --reuid=65534 --regid=65534 --clear-groups) # nobody says so here, the kernel does
expect 1 "^whorl: -D: raw packets are not allowed" -n -p22 -D 10.77.1.9 10.77.1.2
expect 0 "packets of ours only" -n -p22 -g 53 10.77.1.2
as=()
expect 1 'raw packets are not allowed' --unprivileged -n -O 10.77.1.2
if command -v setcap >/dev/null && setcap cap_net_raw+ep whorl 2>/dev/null; then
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    expect 0 '' -n -O -p22,23 10.77.1.2
    said '^22/tcp open'
    as=()
fi

# Standard output that cannot be written.
for where in '>&-' '>/dev/full'; do
    rc=0
    eval "lab_in scanner \"\$whorl\" -n -p22 10.77.1.2 $where 2>err" || rc=$?
    if [ "$rc" = 1 ] && grep -q '^whorl: standard output: cannot be written' err; then
        passed=$((passed + 1))
    else
        complain "stdout $where: exit code $rc"
    fi
done

# Ctrl-C: the finished host is printed, the rest is marked, exit code 130.
lab_in target nft add table inet lab 2>/dev/null &&
    lab_in target nft 'add chain inet lab input { type filter hook input priority 0 ; policy drop ; }'
lab_in scanner ip route add 10.99.0.0/16 via 10.77.1.2
lab_in scanner "$whorl" -n -Pn -p1-2000 127.0.0.1 10.99.0.1-20 >out 2>err &
pid=$!
sleep 1.5
kill -INT "$(pgrep -P "$pid" whorl || echo "$pid")"
rc=0
wait "$pid" || rc=$?
if [ "$rc" = 130 ] && grep -q '^Nmap scan report for 127.0.0.1' out && grep -q '^Interrupted' out; then
    passed=$((passed + 1))
else
    complain "Ctrl-C: exit code $rc"
fi

# The ways of this machine.
lab_in scanner ip route add default via 10.77.1.254
expect 0 '' --iflist
said '^eth0 +\(eth0\) +10\.77\.1\.1/24 +ethernet +up +1500 +[0-9A-F:]{17}$'
said '^0\.0\.0\.0/0 +eth0 +0 +10\.77\.1\.254$'
said '^10\.77\.1\.0/24 +eth0 +0$'
expect 0 '' --route-dst 192.0.2.9
said '^eth0 eth0 srcaddr 10\.77\.1\.1 nexthop 10\.77\.1\.254$'
expect 0 '' --route-dst 10.77.1.2
said '^eth0 eth0 srcaddr 10\.77\.1\.1 direct$'
expect 0 '' --route-dst localhost
said '^127\.0\.0\.1$'
said '^lo lo srcaddr 127\.0\.0\.1 direct$'
expect 1 '^whorl: no\.such\.name\.invalid: this name could not be resolved' --route-dst no.such.name.invalid
expect 2 '^whorl: 10\.77\.1\.0/30: must be one address or name' --route-dst 10.77.1.0/30
expect 2 '^whorl: 10\.77\.1\.300: not an IPv4 address' --route-dst 10.77.1.300
expect 2 '^whorl: -v: not an address, range or host name' -n -sn -- -v 10.77.1.2
expect 0 '' -n -sn -- 10.77.1.2
said '^Nmap scan report for 10\.77\.1\.2$'
expect 0 '' -n -sn 10.77.1.2 -oX - --stylesheet my.xsl
said '^<.xml-stylesheet href="my.xsl" type="text/xsl".>$'
expect 0 '' -n -sn 10.77.1.2 -oX - --no-stylesheet
! grep -q xml-stylesheet out || complain 'a stylesheet is named'

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
