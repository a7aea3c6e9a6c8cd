# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A test network with every kind of answer a scanner meets, for recorded and compared scans; to be
# sourced behind lib.sh. The recorded results in tests/golden/scan are of this network.
#
#   scanner 10.77.0.1 ---- switch ---- a .10  b .20  c .30  l .40  r1 .254      (fd77::/64)
#                                                                |
#                                             r1 10.78.0.1 -- r2 10.78.0.2       (fd78::/64)
#                                                                |
#                                   switch on r2 10.79.0.254 -- d .10  e .20  f .30  g .40  (fd79::/64)
#
# a  tcp 22 SSH greeting, 80 and 8080 HTTP, 9999 silent, 2323 closes at once; udp 53 DNS, 123 like
#    NTP, 161 and 514 silent; sctp 36412 answers INIT; all else closed, ICMP errors at the kernel's rate
# b  filter: tcp 22 open, 80 closed, 25 reset; by ICMP 110 net-unreach, 143 host-unreach, 443
#    admin-prohibited, 445 net-prohibited, 993 host-prohibited, 995 port-unreach, 8080 proto-unreach;
#    udp 53 open, 123 closed, 161 admin-prohibited; the rest is dropped, ICMP too
# c  answers ARP and neighbor discovery, nothing else
# l  tcp 80 open; beyond 20 TCP packets a second are dropped
# d  a plain host behind two routers: tcp 22 80, udp 53
# e  answers SYN to 443 only, by a reset    f  a bare ACK only    g  ICMP timestamp requests only
# 10.79.0.50 and .99: nobody, r2 says host-unreach     10.90.0.0/16: r1 says net-unreach

scannet_root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# scannet_host NAME SWITCH MAC IPV4 IPV6 ROUTER4 ROUTER6: a host on a switch.
scannet_host() {
    lab_ns "$1"
    lab_join "$2" "port-$1" "$1" eth0
    lab_in "$1" ip link set eth0 address "$3"
    lab_addr "$1" eth0 "$4/24" "$5/64"
    lab_switch "$2" "port-$1"
    [ -z "${6:-}" ] || lab_route "$1" default "$6"
    [ -z "${7:-}" ] || lab_route "$1" default "$7"
}

scannet_links() {
    lab_ns switch
    lab_ns r2
    scannet_host scanner switch 02:00:0a:4d:00:01 10.77.0.1 fd77::1 10.77.0.254 fd77::fe
    scannet_host a switch 00:0c:29:4d:00:10 10.77.0.10 fd77::10 10.77.0.254 fd77::fe
    scannet_host b switch 52:54:00:4d:00:20 10.77.0.20 fd77::20 10.77.0.254 fd77::fe
    scannet_host c switch 02:00:0a:4d:00:30 10.77.0.30 fd77::30 10.77.0.254 fd77::fe
    scannet_host l switch 02:00:0a:4d:00:40 10.77.0.40 fd77::40 10.77.0.254 fd77::fe
    scannet_host r1 switch 02:00:0a:4d:00:fe 10.77.0.254 fd77::fe
    lab_join r1 eth1 r2 eth0
    lab_addr r1 eth1 10.78.0.1/24 fd78::1/64
    lab_addr r2 eth0 10.78.0.2/24 fd78::2/64
    scannet_host d r2 02:00:0a:4f:00:10 10.79.0.10 fd79::10
    scannet_host e r2 02:00:0a:4f:00:20 10.79.0.20 fd79::20
    scannet_host f r2 02:00:0a:4f:00:30 10.79.0.30 fd79::30
    scannet_host g r2 02:00:0a:4f:00:40 10.79.0.40 fd79::40
    lab_addr r2 br0 10.79.0.254/24 fd79::fe/64
    local name
    for name in d e f g; do
        lab_route "$name" default 10.79.0.254
        lab_route "$name" default fd79::fe
    done
    lab_router r1
    lab_router r2
    lab_route r1 10.79.0.0/24 10.78.0.2
    lab_route r1 fd79::/64 fd78::2
    lab_route r2 10.77.0.0/24 10.78.0.1
    lab_route r2 fd77::/64 fd78::1
}

# scannet_filter NAME POLICY RULES: what comes into a host; neighbors always do.
scannet_filter() {
    lab_in "$1" nft -f - <<NFT
table inet f { chain i { type filter hook input priority 0; policy $2; iif lo accept
  icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept
  $3
 }
}
NFT
}

scannet_filters() {
    lab_need nft nftables || return 1
    scannet_filter b drop '
  tcp dport { 22, 80 } accept
  tcp dport 25 reject with tcp reset
  ip protocol tcp tcp dport 110 reject with icmp type net-unreachable
  ip protocol tcp tcp dport 143 reject with icmp type host-unreachable
  ip protocol tcp tcp dport 443 reject with icmp type admin-prohibited
  ip protocol tcp tcp dport 445 reject with icmp type net-prohibited
  ip protocol tcp tcp dport 993 reject with icmp type host-prohibited
  ip protocol tcp tcp dport 995 reject with icmp type port-unreachable
  ip protocol tcp tcp dport 8080 reject with icmp type prot-unreachable
  meta nfproto ipv6 tcp dport 110 reject with icmpv6 type no-route
  meta nfproto ipv6 tcp dport 143 reject with icmpv6 type addr-unreachable
  meta nfproto ipv6 tcp dport 443 reject with icmpv6 type admin-prohibited
  meta nfproto ipv6 tcp dport 445 reject with icmpv6 type policy-fail
  meta nfproto ipv6 tcp dport 993 reject with icmpv6 type reject-route
  meta nfproto ipv6 tcp dport 995 reject with icmpv6 type port-unreachable
  udp dport { 53, 123 } accept
  ip protocol udp udp dport 161 reject with icmp type admin-prohibited'
    lab_sysctl b net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
    scannet_filter c drop ''
    scannet_filter l accept '
  tcp dport 80 accept
  meta l4proto tcp limit rate over 20/second burst 5 packets drop'
    scannet_filter e drop 'tcp dport 443 tcp flags & (syn|ack) == syn accept'
    scannet_filter f drop 'tcp flags & (syn|ack) == ack accept'
    scannet_filter g drop 'icmp type timestamp-request accept'
}

# scannet_up: builds it, after lab_init. Needs nftables and python3 beside what lib.sh needs.
scannet_up() {
    local name
    scannet_links
    scannet_filters
    for name in a b d l; do
        lab_spawn "$name" python3 "$scannet_root/scannet.py" "$name" "$LAB_DIR/ready-$name"
    done
    for name in a b d l; do lab_until 10 test -e "$LAB_DIR/ready-$name"; done
    printf 'nameserver 10.77.0.10\noptions timeout:1 attempts:1\n' >"$LAB_DIR/resolv.conf"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$LAB_DIR/hosts"
}

# scannet_scan COMMAND...: runs a scanner, with the names of this network.
scannet_scan() {
    lab_in scanner unshare -m bash -c '
        mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/hosts" /etc/hosts && exec "$@"' \
        "$LAB_DIR" "$@"
}
