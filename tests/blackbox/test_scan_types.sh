#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Every kind of port scan against a plain host and one behind a firewall that answers in every way,
# by nmap and by whorl in the same lab: ports, states and reasons must be the same. ICMP errors of
# the hosts are not limited here; where they are, nmap's result depends on luck.
# test_scan_types.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
for tool in nmap nft python3; do
    command -v "$tool" >/dev/null || { echo "skip: $tool is not installed"; exit 77; }
done
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
plain=10.97.0.2 wall=10.97.1.2

# Two networks alike, one for each program, so that both work at the same time.
net() { # NUMBER
    for i in 0 1; do
        name=host$i$1
        [ "$i" = 1 ] || lab_ns "scanner$1"
        lab_ns "$name"
        lab_join "scanner$1" "v$i" "$name" eth0
        lab_addr "scanner$1" "v$i" "10.97.$i.1/24" "fd97:$i::1/64"
        lab_addr "$name" eth0 "10.97.$i.2/24" "fd97:$i::2/64"
        lab_sysctl "$name" net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
        lab_spawn "$name" python3 -c '
import socket, threading
def tcp(port):
    s = socket.socket(socket.AF_INET6) # both families
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    s.listen(64)
    while True:
        s.accept()[0].close()
def udp(port, answers):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.bind(("", port))
    while True:
        data, peer = s.recvfrom(4096)
        if answers:
            s.sendto(b"yes", peer)
for port in 22, 80:
    threading.Thread(target=tcp, args=(port,)).start()
for port in 53, 7777:
    threading.Thread(target=udp, args=(port, True)).start()
threading.Thread(target=udp, args=(514, False)).start()'
    done
    lab_in "host1$1" nft -f - <<'NFT'
table inet f {
  chain i {
    type filter hook input priority 0; policy drop
    iif lo accept
    tcp dport { 22, 81 } accept
    tcp dport 25 reject with tcp reset
    ip protocol tcp tcp dport 110 reject with icmp type net-unreachable
    ip protocol tcp tcp dport 143 reject with icmp type host-unreachable
    ip protocol tcp tcp dport 443 reject with icmp type admin-prohibited
    ip protocol tcp tcp dport 445 reject with icmp type net-prohibited
    ip protocol tcp tcp dport 993 reject with icmp type host-prohibited
    ip protocol tcp tcp dport 995 reject with icmp type port-unreachable
    ip protocol tcp tcp dport 8080 reject with icmp type prot-unreachable
    udp dport { 53, 123 } accept
    ip protocol udp udp dport 161 reject with icmp type admin-prohibited
    ip protocol udp udp dport 162 reject with icmp type host-unreachable
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    ip6 nexthdr tcp tcp dport 110 reject with icmpv6 type no-route
    ip6 nexthdr tcp tcp dport 143 reject with icmpv6 type addr-unreachable
    ip6 nexthdr tcp tcp dport 443 reject with icmpv6 type admin-prohibited
    ip6 nexthdr tcp tcp dport 445 reject with icmpv6 type policy-fail
    ip6 nexthdr tcp tcp dport 993 reject with icmpv6 type reject-route
    ip6 nexthdr tcp tcp dport 995 reject with icmpv6 type port-unreachable
    ip6 nexthdr udp udp dport 161 reject with icmpv6 type admin-prohibited
    ip protocol 4 accept
    ip protocol 47 reject with icmp type admin-prohibited
    ip protocol 50 reject with icmp type port-unreachable
  }
}
NFT
}
net 1
net 2
listen() { # until the services do
    local name
    for name in host01 host02 host11 host12; do lab_in "$name" ss -ltn | grep -q ':22 ' || return 1; done
}
lab_until 10 listen

bad=0 good=0
rows() { grep -E '^[0-9]+(/(tcp|udp|sctp))? ' | tr -s ' '; }
compare() { # OPTION...
    local other
    { lab_in scanner1 nmap -n -d --reason "$@" 2>/dev/null </dev/null | rows || true; } >"$LAB_DIR/nmap" &
    other=$!
    lab_in scanner2 "$whorl" -n -d --reason "$@" 2>/dev/null | rows >"$LAB_DIR/whorl" || true
    wait "$other"
    if [ -s "$LAB_DIR/nmap" ] && diff -u "$LAB_DIR/nmap" "$LAB_DIR/whorl" >"$LAB_DIR/diff"; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        echo "$*: differs (- nmap, + whorl)"
        [ ! -s "$LAB_DIR/diff" ] || tail -n +3 "$LAB_DIR/diff"
    fi
}
tcp=22,25,80,81,110,143,443,445,993,995,8080,9999
udp=53,54,123,161,162,500,514,7777
for target in "$plain" "$wall"; do
    for kind in -sS -sT -sA -sW -sM -sN -sF -sX; do
        compare "$kind" "-p$tcp" "$target"
    done
    compare -sS --scanflags SYNFIN "-p$tcp" "$target"
    compare -sN --scanflags PSHURG "-p$tcp" "$target"
    compare -sU "-p$udp" "$target"
    compare -sSU "-pT:$tcp,U:$udp" "$target"
    compare -sF -sU -p '20-30,T:80,U:53,514' "$target"
    compare --unprivileged -Pn "-p$tcp" "$target"
done
for ports in '-' '1-' '[1-60]' 'ssh,http,ftp*' 'T:22,U:53,1-5' 'ssh,?ttp,20' '-10,65530-' '0-3'; do
    compare -sS "-p$ports" -T5 --exclude-ports 60-65529 "$plain"
    compare -sS "-p$ports" --top-ports 5 "$plain"
done
compare -sS -F "$plain"
compare -sS --top-ports 7 "$plain"
compare -sS --port-ratio 0.1 "$plain"
compare -sSU --top-ports 3 --exclude-ports 80,U:631 "$plain"
# IPv6: the same kinds, and the choice of ports. Not -sT through the firewall: on a cable an ICMPv6 error
# comes before connect() has returned, and then Linux drops it.
for i in 0 1; do
    for kind in -sS -sT -sA -sW -sM -sN -sF -sX; do
        [ "$i$kind" != 1-sT ] || continue
        compare -6 "$kind" "-p$tcp" "fd97:$i::2"
    done
    compare -6 -sU "-p$udp" "fd97:$i::2"
    compare -6 -sSU "-pT:$tcp,U:$udp" "fd97:$i::2"
done
for ports in '-F' '--top-ports 7' '--port-ratio 0.1' '-p22-25,80 -r --exclude-ports 23' '--top-ports 5 --exclude-ports 80'; do
    # shellcheck disable=SC2086
    compare -6 -sS $ports fd97:0::2
done
# SCTP, where Linux without it sends protocol unreachables; IP protocols. Of protocol 1 nmap's reason is
# whatever ICMP came last.
for target in "$plain" "$wall"; do
    compare -sY -p 7,36412 "$target"
    compare -sSY -p 'T:22,81,S:7' "$target"
    compare -sO -p 2,4,6,17,41,47,50,51,103,132,253 "$target"
done
compare -6 -sO -p 1-10,17,41,44,50,51,132,253 fd97:0::2
compare -6 -sO -p 6,17,50,253 fd97:1::2
[ "$bad" = 0 ] || { echo "$bad of $((bad + good)) runs differ"; exit 1; }
echo "ports, states and reasons of $good runs are nmap's"
