#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The running kernel as a target, in many settings: sysctls, MTU, TTL, firewalls, routers.
#
# Sourced:  variants_list          prints the names
#           variant_up NAME        sets NS (namespace to scan from), TARGET and TARGET6 (addresses);
#                                  TCP port 22 is open, 23 closed, as far as the variant allows
#           variant_down           removes everything
# Run:      variants.sh list
#           variants.sh run NAME COMMAND...     COMMAND runs in NS; @TARGET@ stands for the address
#
# Needs what lib.sh needs.

# shellcheck disable=SC2034 # NS, TARGET and TARGET6 are for the caller
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

VARIANTS=(default
tcp_timestamps0 tcp_timestamps2 tcp_ecn0 tcp_ecn1 tcp_window_scaling0 tcp_sack0 tcp_syncookies2
mtu1280 mtu9000 ttl128 ttl255
fw-no-icmp-udp fw-closed-tcp-dropped fw-no-open-tcp fw-drop-all fw-reject-with-rst fw-drop-odd-flags
loopback own-address
routed-2hops routed-3hops routed-no-udp mss-clamp)

variants_list() { printf '%s\n' "${VARIANTS[@]}"; }

variant_up() {
    [[ $1 =~ ^mtu[0-9]+$ || " ${VARIANTS[*]} " == *" $1 "* ]] || { echo "variants: no variant '$1'" >&2; return 1; }
    lab_init
    NS=${LAB_PREFIX}scanner
    TARGET=10.77.1.2
    TARGET6=fd77:1::2
    case $1 in
        mtu*) direct "${1#mtu}" ;;
        *) "is_${1//-/_}" ;;
    esac
    lab_until 5 lab_settled "${LAB_NAMES[@]}"
}

variant_down() {
    NS='' TARGET='' TARGET6=''
    lab_down
}

# direct [MTU]: scanner and target on one cable
direct() {
    lab_ns scanner
    lab_ns target
    lab_join scanner eth0 target eth0 "${1:-1500}"
    lab_addr scanner eth0 10.77.1.1/24 fd77:1::1/64
    lab_addr target eth0 10.77.1.2/24 fd77:1::2/64
    lab_listen target 22
}

# routed HOPS: scanner - r1 - ... - target, HOPS cables in all; cable N is 10.77.N.0/24
routed() {
    local hops=$1 n near=scanner far
    lab_ns scanner
    for ((n = 1; n <= hops; n++)); do
        far=r$n
        [ "$n" -lt "$hops" ] || far=target
        lab_ns "$far"
        lab_join "$near" "down$n" "$far" "up$n"
        lab_addr "$near" "down$n" "10.77.$n.1/24" "fd77:$n::1/64"
        lab_addr "$far" "up$n" "10.77.$n.2/24" "fd77:$n::2/64"
        [ "$far" = target ] || lab_router "$far"
        near=$far
    done
    lab_route scanner default 10.77.1.2
    lab_route scanner default fd77:1::2
    lab_route target default "10.77.$hops.1"
    lab_route target default "fd77:$hops::1"
    for ((n = 1; n < hops - 1; n++)); do # inner routers: the far nets lie ahead, the near ones behind
        lab_route "r$n" "10.77.$hops.0/24" "10.77.$((n + 1)).2"
        lab_route "r$n" "fd77:$hops::/64" "fd77:$((n + 1))::2"
        lab_route "r$((n + 1))" 10.77.1.0/24 "10.77.$((n + 1)).1"
        lab_route "r$((n + 1))" fd77:1::/64 "fd77:$((n + 1))::1"
    done
    TARGET=10.77.$hops.2
    TARGET6=fd77:$hops::2
    lab_listen target 22
}

tuned() {
    direct
    lab_sysctl target "$@"
}

fw() { lab_nft target input "$@"; }

is_default() { direct; }
is_tcp_timestamps0() { tuned net.ipv4.tcp_timestamps=0; }
is_tcp_timestamps2() { tuned net.ipv4.tcp_timestamps=2; }
is_tcp_ecn0() { tuned net.ipv4.tcp_ecn=0; }
is_tcp_ecn1() { tuned net.ipv4.tcp_ecn=1; }
is_tcp_window_scaling0() { tuned net.ipv4.tcp_window_scaling=0; }
is_tcp_sack0() { tuned net.ipv4.tcp_sack=0; }
is_tcp_syncookies2() { tuned net.ipv4.tcp_syncookies=2; }
is_ttl128() { tuned net.ipv4.ip_default_ttl=128 net.ipv6.conf.eth0.hop_limit=128; }
is_ttl255() { tuned net.ipv4.ip_default_ttl=255 net.ipv6.conf.eth0.hop_limit=255; }

is_fw_no_icmp_udp() {
    direct
    fw ip protocol '{ icmp, udp }' drop
    fw ip6 nexthdr udp drop
    fw icmpv6 type echo-request drop
}
is_fw_closed_tcp_dropped() {
    direct
    fw tcp dport != 22 drop
}
is_fw_no_open_tcp() {
    direct
    fw tcp dport 22 drop
}
is_fw_drop_all() {
    direct
    fw meta l4proto '{ tcp, udp, icmp }' drop
    fw icmpv6 type echo-request drop
}
is_fw_reject_with_rst() {
    direct
    fw tcp dport != 22 reject with tcp reset
    fw meta l4proto udp reject
}
is_fw_drop_odd_flags() { # what a hardened rule set drops: no flags, SYN+FIN, FIN+PSH+URG
    direct
    fw 'tcp flags & (fin|syn|rst|psh|ack|urg) == 0x0 drop'
    fw 'tcp flags & (fin|syn) == (fin|syn) drop'
    fw 'tcp flags & (fin|psh|urg) == (fin|psh|urg) drop'
}

is_loopback() {
    direct
    lab_listen scanner 22
    TARGET=127.0.0.1
    TARGET6=::1
}
is_own_address() {
    direct
    lab_listen scanner 22
    TARGET=10.77.1.1
    TARGET6=fd77:1::1
}

is_routed_2hops() { routed 2; }
is_routed_3hops() { routed 3; }
is_routed_no_udp() {
    routed 2
    lab_nft r1 forward meta l4proto udp drop
}
is_mss_clamp() {
    routed 2
    lab_nft r1 forward tcp flags syn tcp option maxseg size set 1400
}

main() {
    case ${1:-} in
        list) variants_list ;;
        run)
            variant_up "$2"
            shift 2
            ip netns exec "$NS" "${@//@TARGET@/$TARGET}" ;;
        *)
            sed -n '4,14s/^# \{0,1\}//p' "$0" >&2
            return 2 ;;
    esac
}

[ "${BASH_SOURCE[0]}" != "$0" ] || main "$@"
