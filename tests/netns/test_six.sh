#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# IPv6 on a real link: neighbor discovery, scopes, both families in one run, every kind of scan,
# beside nmap when it is installed. test_six.sh WHORL
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
lab_addr scanner eth0 10.77.6.1/24
lab_addr target eth0 10.77.6.2/24
lab_addr scanner eth0 fd77:6::1/64
lab_addr target eth0 fd77:6::2/64
lab_listen target 22
lab_until 10 lab_settled scanner target
cd "$LAB_DIR"
export HOME=$LAB_DIR

failed=0
complain() {
    failed=1
    echo "FAIL: $1"
    cat out
}
scan() { lab_in scanner "$whorl" -n "$@" >out 2>&1 || complain "whorl $*: exit code $?"; }
said() { grep -qE -- "$1" out || complain "no '$1'"; }
# The lines of ports, of both programs.
ports_as_nmap() {
    command -v nmap >/dev/null || return 0
    scan --reason "$@"
    grep -E '^[0-9]+/(tcp|udp)' out >ours || true
    lab_in scanner nmap -6 -n --reason "$@" >out 2>&1
    grep -E '^[0-9]+/(tcp|udp)' out | tr -s ' ' >theirs || true
    tr -s ' ' <ours >ours.plain
    cmp -s ours.plain theirs || { cat ours; complain "not the ports of nmap: $*"; }
}

# The link-local address of the target and its scope.
link_local=$(lab_in target ip -6 -o addr show dev eth0 scope link | sed 's/.*inet6 //; s:/.*::')

scan -p 22,80 --reason fd77:6::2
said '^Host is up, received nd-response'
said '^22/tcp open +ssh +syn-ack ttl 64'
said '^80/tcp closed http +reset ttl 64'
said '^MAC Address: '
scan -p 22,80 "$link_local%eth0" 10.77.6.2 fd77:6::3
said "^Nmap scan report for $link_local\$"
said '^Nmap scan report for 10.77.6.2$'
said '3 IP addresses \(2 hosts up\)'
lab_in target "$whorl" -n -p 22,80 ::1 >out 2>&1 || complain '::1'
said '^22/tcp open +ssh'
for way in "-e eth0 $link_local" "$link_local"; do # the interface from -e, or from the routes
    # shellcheck disable=SC2086
    scan -p 22,80 $way
    said '^22/tcp open +ssh'
    # shellcheck disable=SC2086
    scan -sT -p 22 $way
    said '^22/tcp open +ssh'
done
scan --route-dst "$link_local%eth0"
said '^eth0 eth0 srcaddr fe80::.* direct$'
scan -sT -p 22,80 fd77:6::2
said '^22/tcp open +ssh'
if command -v nft >/dev/null; then # errors that come while the kernel is still inside connect
    lab_in target nft -f - <<'RULES'
table inet errors {
    chain input {
        type filter hook input priority 0
        tcp dport 101 reject with icmpx admin-prohibited
        tcp dport 102 reject with icmpx port-unreachable
        tcp dport 103 reject with icmpx host-unreachable
    }
}
RULES
    scan -sT -Pn --reason -p 101-103 fd77:6::2
    said '^101/tcp filtered .* admin-prohibited'
    said '^102/tcp closed .* conn-refused'
    said '^103/tcp filtered .* host-unreach'
    lab_in target nft delete table inet errors
fi
scan -f -p 22 fd77:6::2 10.77.6.2
said '^whorl: -f: IPv6 packets go in one piece'
grep -c '^22/tcp open' out | grep -qx 2 || complain '-f'
scan -oX out.xml -p 22 fd77:6::2
cat out.xml >>out
said '<address addr="fd77:6::2" addrtype="ipv6"'

# OS detection: this kernel's family, the whole fingerprint, within three seconds.
scan -O -p 22,80 -vv -oN out.nmap -oJ out.json -oX out.xml -oG out.gnmap fd77:6::2
said 'scanned in [012]\.[0-9]+ seconds'
said '^OS (details|CPE): .*[Ll]inux'
said '^OS compared by [0-9]+ of 2630 points, IPv4 references projected'
said '^Common to the [0-9]+ best: Linux [2-7]\.X( - [2-7]\.X)?$'
said '^OS:SCAN\(V=.*%E=6%'
said '^Network Distance: 1 hop$'
said '^IPv6 behavior: as Linux 6\.1 - 6\.18 over IPv6 \([12][0-9] of [12][0-9] attributes\)'
for item in S1 S6 IE1 IE2 NS U1 TECN T4 T5 T7; do
    tr -d '\n' <out | sed 's/OS://g' | grep -q "$item(P=60" || complain "no item $item"
done
tr -d '\n' <out | sed 's/OS://g' | grep -q '%FI=R)EXTRA(' || complain 'no line N6 with the ids of fragments'
cat out.json >>out
said '"projection":\{"compared":[0-9]+,"total":2630'
grep -qxE '<!-- OS compared by [0-9]+ of 2630 points, IPv4 references projected; common to the [0-9]+ best: Linux .* -->' out.xml ||
    complain 'no note on the projection in XML'
grep -qE 'OS: Linux .*Seq Index: [0-9]+$' out.gnmap || complain 'grepable'

# All that was written says the same when it is read again.
verdict=$(grep '^OS details' out.nmap)
for f in out.nmap out.xml out.json; do
    "$whorl" identify "$f" >out 2>&1 || complain "identify $f"
    grep -qxF "$verdict" out || complain "identify $f: not '$verdict'"
done
"$whorl" show -oN again.nmap -oX again.xml -oG again.gnmap out.json >out 2>&1 || complain show
sed -i '/^<task/d' out.xml # the course of the scan is not in JSON
for kind in nmap xml gnmap; do
    cmp -s out.$kind again.$kind || { diff out.$kind again.$kind | head -n 6 || true; complain "show, $kind"; }
done

scan -O -p 80 fd77:6::2
said '^Nothing is named: too little was seen'
scan -O -p 22,80 "$link_local%eth0" 10.77.6.2
said '^Network Distance: 1 hop$'

# Both families of the same host: the two observations agree and are joined.
scan -O -p 22,80 -oN out.nmap -oX out.xml -oJ out.json 10.77.6.2 fd77:6::2
said '^Same system as (10.77.6.2|fd77:6::2) \([0-9]+ of [0-9]+ attributes agree\)'
"$whorl" show -oN again.nmap -oX again.xml out.json >out 2>&1 || complain show
cmp -s out.nmap again.nmap && cmp -s out.xml again.xml || complain 'show, both families'

# The same by a name; a name of two kernels that behave differently.
lab_ns other
lab_join scanner eth1 other eth0
lab_addr scanner eth1 10.77.7.1/24 fd77:7::1/64
lab_addr other eth0 10.77.7.2/24 fd77:7::2/64
lab_sysctl other net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0
lab_listen other 22
lab_until 10 lab_settled scanner other
printf '%s\n' '10.77.6.2 dual.test' 'fd77:6::2 dual.test' '10.77.6.2 mixed.test' 'fd77:7::2 mixed.test' >hosts
by_name() { # NAME
    # shellcheck disable=SC2016 # the inner shell expands it
    lab_in scanner unshare -m sh -c 'mount --bind hosts /etc/hosts && exec "$@"' sh "$whorl" -n -4 -6 \
        -O -p 22,80 -oX out.xml -oG out.gnmap -oJ out.json "$1" >out 2>&1 || complain "whorl -4 -6 $1: exit code $?"
}
by_name dual.test
said '^Same system as (10.77.6.2|fd77:6::2) \('
grep -qE 'Same System: (10.77.6.2|fd77:6::2)' out.gnmap || complain 'grepable, same system'
by_name mixed.test
said '^Different systems behind this name: not as (10.77.6.2|fd77:7::2) \([0-9]+ of [0-9]+ attributes agree\)$'
grep -qE '<!-- not the same system as (10.77.6.2|fd77:7::2): ' out.xml || complain 'XML, other system'
grep -qE 'Other System: (10.77.6.2|fd77:7::2)' out.gnmap || complain 'grepable, other system'
grep -q '"twin":{"addr":"[^"]*","by_name":true,' out.json || complain 'JSON, other system'

ports_as_nmap -p 22,80,443 fd77:6::2
ports_as_nmap -sT -p 22,80 fd77:6::2
ports_as_nmap -sU -p 53,161 fd77:6::2
ports_as_nmap -sA -p 22,80 fd77:6::2
ports_as_nmap -sX -p 22,80 fd77:6::2
lab_nft target input tcp dport 81 reject with icmpv6 type admin-prohibited
lab_nft target input tcp dport 82 reject with icmpv6 type addr-unreachable
lab_nft target input tcp dport 83 reject with icmpv6 type no-route
lab_nft target input tcp dport 84 reject with icmpv6 type port-unreachable
lab_nft target input tcp dport 85 drop
ports_as_nmap -p 22,80-85 fd77:6::2

[ "$failed" = 0 ] && echo 'IPv6 is scanned as it should be'
exit "$failed"
