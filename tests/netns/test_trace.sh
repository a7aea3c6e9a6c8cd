#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# --traceroute through three routers, over both families, with each kind of probe, in each kind of
# report; beside nmap if it is installed. test_trace.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
nodes=(s r1 r2 r3 t)
for n in "${nodes[@]}"; do lab_ns "$n"; done
for i in 0 1 2 3; do
    a=${nodes[i]} b=${nodes[i + 1]}
    lab_join "$a" "e$i" "$b" "w$i"
    lab_addr "$a" "e$i" "10.78.$i.1/24" "fd78:$i::1/64"
    lab_addr "$b" "w$i" "10.78.$i.2/24" "fd78:$i::2/64"
done
lab_addr t w3 10.78.3.3/24 fd78:3::3/64
for n in r1 r2 r3; do
    lab_sysctl "$n" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
done
for i in 0 1 2 3; do # everybody's way to what lies ahead and behind
    for k in 0 1 2 3; do
        [ "$k" -le "$i" ] || { lab_route "${nodes[i]}" "10.78.$k.0/24" "10.78.$i.2"; lab_route "${nodes[i]}" "fd78:$k::/64" "fd78:$i::2"; }
        [ "$k" -ge "$i" ] || { lab_route "${nodes[i + 1]}" "10.78.$k.0/24" "10.78.$i.1"; lab_route "${nodes[i + 1]}" "fd78:$k::/64" "fd78:$i::1"; }
    done
done
lab_listen t 22
lab_sysctl t net.ipv4.icmp_ratelimit=0
lab_in r3 ip route add blackhole 10.99.0.0/16
for n in s r1; do lab_route "$n" 10.99.0.0/16 "10.78.$([ $n = s ] && echo 0 || echo 1).2"; done
lab_route r2 10.99.0.0/16 10.78.2.2
cd "$LAB_DIR"
export HOME=$LAB_DIR
failed=0
fail() {
    failed=$((failed + 1))
    echo "FAIL: $1"
}
hops() { awk '/^TRACEROUTE/ { on = 1; next } on && /^[0-9-]/ { print $1, $NF } /^$/ { on = 0 }' "$1"; }
want4='1 10.78.0.2
2 10.78.1.2
3 10.78.2.2
4 10.78.3.2'
want6='1 fd78:0:0::2
2 fd78:1::2
3 fd78:2::2
4 fd78:3::2'
want6=${want6/fd78:0:0::2/fd78::2}

# way TITLE EXPECTED OPTION...
way() {
    local title=$1 want=$2
    shift 2
    lab_in s "$whorl" -n --traceroute "$@" -oX x.xml -oJ x.jsonl >out 2>err || fail "$*: $?"
    grep -qF "TRACEROUTE ($title)" out || fail "$* says $(grep TRACE out)"
    [ "$(hops out)" = "$want" ] || fail "$* goes $(hops out | paste -sd' ')"
    [ "$(grep -o '<hop ttl="[0-9]*" ipaddr="[^"]*"' x.xml | awk -F'"' '{ print $2, $4 }')" = "$want" ] || fail "$* in XML"
    [ "$(grep -o '{"ttl":[0-9]*,"addr":"[^"]*"' x.jsonl | awk -F'[:,"]+' '{ sub(/.*"addr":"/, ""); sub(/"$/, ""); print }' | wc -l)" = "$(wc -l <<<"$want")" ] || fail "$* in JSON"
    for saved in x.xml x.jsonl; do
        lab_in s "$whorl" show "$saved" >shown 2>err || fail "show $saved: $?"
        [ "$(hops shown)" = "$want" ] || fail "$saved shown: $(hops shown | paste -sd' ')"
    done
}
way 'using port 22/tcp' "$want4" -p22 10.78.3.2
way 'using port 23/tcp' "$want4" -p22,23 10.78.3.2
way 'using port 23/udp' "$want4" -sU -p23 10.78.3.2
way 'using port 23/tcp' "$want4" -sA -p23 10.78.3.2
way 'using proto 1/icmp' "$want4" -sn -PE 10.78.3.2
way 'using port 80/tcp' "$want4" -sn -PA80 10.78.3.2
way 'using port 23/tcp' "$want4" -p23 -g 53 --data-length 9 10.78.3.2
way 'using port 22/tcp' "$want6" -p22 fd78:3::2
way 'using proto 58/ipv6-icmp' "$want6" -sn fd78:3::2
lab_in s "$whorl" -n --traceroute -Pn -p80 --max-retries 0 -oJ x.jsonl 10.99.0.1 >out 2>err
[ "$(hops out | paste -sd' ')" = '1 10.78.0.2 2 10.78.1.2 3 30' ] || fail "nobody there: $(hops out | paste -sd' ')"
lab_in s "$whorl" show x.jsonl >shown 2>err
grep -q '^3   \.\.\. 30$' shown || fail 'silent hops are shown again'
lab_in s "$whorl" -n --traceroute -sn -PE --max-hostgroup 1 10.78.3.2,3 >out 2>err
grep -qE '^-   Hops 1-3 are the same as for 10.78.3.2$' out || fail 'a way that is known'
grep -qE '^4 .*10.78.3.3$' out || fail 'the end of a way that is known'
lab_in s "$whorl" -n -d --traceroute -sn -PE --max-hostgroup 1 10.78.3.2,3 >out 2>err
[ "$(grep -c '^3 .* 10.78.2.2$' out)" = 2 ] || fail '-d shows every hop'
lab_in s "$whorl" -n --traceroute -p22 10.78.0.2 >out 2>err
grep -q '^TRACEROUTE$' out && grep -qE '^1 .* ms 10.78.0.2$' out || fail 'a neighbor'
lab_in s "$whorl" -n -A --unprivileged -p22 10.78.3.2 >out 2>err || fail "-A without privilege: $?"
grep -q 'TRACEROUTE' out && fail 'a way without packets'
rc=0
lab_in s "$whorl" -n --traceroute --unprivileged -p22 10.78.3.2 >out 2>err || rc=$?
[ "$rc" = 1 ] && grep -q -e '--traceroute' err || fail '--traceroute without privilege'
if command -v nmap >/dev/null; then
    for args in '-p22 10.78.3.2' '-sn -PE 10.78.3.2' '-6 -p22,23 fd78:3::2'; do
        # shellcheck disable=SC2086
        lab_in s nmap -n --traceroute $args >theirs 2>err
        # shellcheck disable=SC2086
        lab_in s "$whorl" -n --traceroute $args >out 2>err
        [ "$(hops out)" = "$(hops theirs)" ] || fail "$args beside nmap: $(hops theirs | paste -sd' ')"
        [ "$(grep TRACEROUTE out)" = "$(grep TRACEROUTE theirs)" ] || fail "$args by another probe: $(grep TRACEROUTE theirs)"
    done
fi
echo "$failed failed"
[ "$failed" = 0 ]
