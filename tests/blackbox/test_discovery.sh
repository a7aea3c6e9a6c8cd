#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Discovery by nmap and by whorl in the same lab: for each option the same probes leave, as the wire
# shows them, and hosts that answer one kind of probe each are up for the same reason; with IPv4
# and IPv6, neighbors and hosts behind a router, with and without privilege. test_discovery.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
for tool in nmap nft tcpdump; do
    command -v "$tool" >/dev/null || { echo "skip: $tool is not installed"; exit 77; }
done
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init

# Two networks alike, one for each program, so that both work at the same time.
# scanner --- router --- hosts: one namespace with many addresses, each behind a filter of its own
# Which host lets in what: 1 all, 2 nothing, 3 echo, 4 timestamp, 5 SYN to 443, 6 bare ACK, 7 UDP, 8 other
# protocols, 9 SYN to 22, 10 rejects as a firewall does, 11 resets everything.
net() { # NUMBER
    for name in scanner router hosts; do lab_ns "$name$1"; done
    lab_join "scanner$1" eth0 "router$1" eth0
    lab_join "router$1" eth1 "hosts$1" eth0
    lab_addr "scanner$1" eth0 10.98.0.1/24 fd98::1/64
    lab_addr "router$1" eth0 10.98.0.254/24 fd98::fe/64
    lab_addr "router$1" eth1 10.99.0.254/24 fd99::fe/64
    lab_addr "hosts$1" eth0 10.99.0.{1..12}/24 fd99::{1..12}/64
    lab_sysctl "router$1" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    lab_sysctl "hosts$1" net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
    lab_route "scanner$1" default 10.98.0.254
    lab_in "scanner$1" ip -6 route add default via fd98::fe
    lab_route "hosts$1" default 10.99.0.254
    lab_in "hosts$1" ip -6 route add default via fd99::fe
    lab_listen "hosts$1" 22
    lab_in "hosts$1" nft -f - <<'NFT'
table inet f {
  chain i {
    type filter hook input priority 0; policy drop
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
    ip daddr 10.99.0.1 accept
    ip6 daddr fd99::1 accept
    ip daddr 10.99.0.3 icmp type echo-request accept
    ip6 daddr fd99::3 icmpv6 type echo-request accept
    ip daddr 10.99.0.4 icmp type timestamp-request accept
    ip daddr 10.99.0.5 tcp dport 443 tcp flags syn accept
    ip6 daddr fd99::5 tcp dport 443 tcp flags syn accept
    ip daddr 10.99.0.6 tcp flags & (syn | ack) == ack accept
    ip6 daddr fd99::6 tcp flags & (syn | ack) == ack accept
    ip daddr 10.99.0.7 meta l4proto udp accept
    ip6 daddr fd99::7 meta l4proto udp accept
    ip daddr 10.99.0.8 ip protocol != { tcp, udp, icmp } accept
    ip daddr 10.99.0.9 tcp dport 22 accept
    ip6 daddr fd99::9 tcp dport 22 accept
    ip daddr 10.99.0.10 reject with icmp type admin-prohibited
    ip daddr 10.99.0.11 meta l4proto tcp reject with tcp reset
    ip6 daddr fd99::11 meta l4proto tcp reject with tcp reset
  }
}
NFT
}
net 1
net 2

bad=0 good=0
differs() { # WHAT: files nmap and whorl in LAB_DIR
    if [ -s "$LAB_DIR/nmap" ] && diff -u "$LAB_DIR/nmap" "$LAB_DIR/whorl" >"$LAB_DIR/diff"; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        echo "$1: differs (- nmap, + whorl)"
        [ ! -s "$LAB_DIR/diff" ] || tail -n +3 "$LAB_DIR/diff"
    fi
}

# What is random or counts tries is masked; each form of packet once.
forms() { # PCAP
    tcpdump -nn -v -r "$1" 2>/dev/null | tr '\n' ' ' | sed 's/ \([0-9:.]* IP6\? (\)/\n\1/g' | sed -E '
        s/^[0-9:.]+ //; s/ttl [0-9]+/ttl/; s/hlim [0-9]+/hlim/; s/, id [0-9]+, offset/, offset/
        s/flowlabel 0x[0-9a-f]+, //; s/(10\.98\.0\.1|fd98::1)\.[0-9]+ >/\1.PORT >/
        s/cksum 0x[0-9a-f]+/cksum/; s/\[udp sum ok\]//; s/ (seq|ack) [0-9]+/ \1/g; s/id [0-9]+,? seq/id seq/
        s/init tag: [0-9]+/init tag/; s/init TSN: [0-9]+/init TSN/; s/ \[gaddr [0-9.]+\]//
        s/ip-proto-([0-9]+) [0-9]+/ip-proto-\1/; s/[[:blank:]]+/ /g; s/ +$//' | sort -u
}
leave() { # NUMBER PROGRAM FILTER OPTION...: the forms of packets that leave, into a file of that name
    local n=$1 who=$2 filter=$3 to=$LAB_DIR/$(basename "$2") dump
    shift 3
    ip netns exec "${LAB_PREFIX}router$n" tcpdump -i eth0 -w "$to.pcap" -U --immediate-mode "$filter" >>"$LAB_DIR/log" 2>&1 &
    dump=$!
    for ((i = 0; i < 50; i++)); do [ -s "$to.pcap" ] && break; sleep 0.1; done
    lab_in "scanner$n" "$who" -n -sn "$@" >/dev/null 2>&1 </dev/null || true
    sleep 0.2
    kill "$dump" && wait "$dump" 2>/dev/null || true
    forms "$to.pcap" >"$to"
    rm -f "$to.pcap"
}
probes() { # FILTER OPTION... TARGET: the probes of both for a host that is silent
    local filter=$1 other
    shift
    leave 1 nmap "$filter" "$@" &
    other=$!
    leave 2 "$whorl" "$filter" "$@"
    wait "$other"
    differs "probes of $*"
}
four='dst host 10.99.0.2' six='dst host fd99::2'
probes "$four" 10.99.0.2
probes "$six" -6 fd99::2
for option in -PE -PP -PM -PS -PS22,8443 -PA -PA80,3389 -PU -PY36412 -PO -PO1,6,17,47,132; do
    probes "$four" "$option" 10.99.0.2
done
for option in -PE -PS22,443 -PA80 -PU9999 -PY80 -PO6,17,58; do
    probes "$six" -6 "$option" fd99::2
done
probes "$four" -PE -PP -PM -PS22,8443 -PA80,3389 -PU9999 -PY36412 -PO2,4 10.99.0.2
probes 'arp[6:2] = 1 or (ip and dst host 10.98.0.254)' -PE -PS 10.98.0.254
probes 'dst host 10.98.0.254 and not arp' --disable-arp-ping -PE -PS443 10.98.0.254

reasons() { # nmap's own form, without times
    grep -E '^(Nmap scan report|Host is up)' | sed -E 's/ \([0-9.]+s latency\)//; s/\.$//' |
        paste -d' ' - - | sort
}
hosts() { # OPTION... TARGETS
    local other
    { lab_in scanner1 nmap -n -sn --reason "$@" 2>/dev/null </dev/null || true; } | reasons >"$LAB_DIR/nmap" &
    other=$!
    { lab_in scanner2 "$whorl" -n -sn --reason "$@" 2>/dev/null || true; } | reasons >"$LAB_DIR/whorl"
    wait "$other"
    differs "hosts by $*"
}
all=10.99.0.1-12
hosts "$all"
hosts "$all" --discovery-ignore-rst
for option in -PE -PP -PS443 -PS22 -PA80 -PU9999 -PY80 -PO4,47 -PO6 -PO17 -PO1 \
    '-PE -PS22' '-PP -PO4' '-PA80 -PU9999'; do
    # shellcheck disable=SC2086
    hosts $option "$all"
done
hosts --unprivileged "$all"
hosts --unprivileged -PS22 -PA9999 "$all"
hosts 10.98.0.254 10.98.0.1
hosts --disable-arp-ping 10.98.0.254
six_all=$(printf 'fd99::%d ' 1 2 3 4 5 6 7 9 11)
for option in '' -PE -PS443 -PA80 -PU9999 -PO6,58; do
    # shellcheck disable=SC2086
    hosts -6 $option $six_all
done
hosts -6 fd98::fe fd98::1
hosts -6 --disable-arp-ping fd98::fe
[ "$bad" = 0 ] || { echo "$bad of $((bad + good)) comparisons differ"; exit 1; }
echo "$good comparisons: the same probes, hosts and reasons"
