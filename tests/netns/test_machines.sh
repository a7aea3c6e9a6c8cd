#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Several machines behind one address, load balancers and SYN proxies: each named, with its ports.
# Stacks are this kernel's, lwIP if its package is installed, and simulated ones (tunhosts) of the embedded
# database. test_machines.sh WHORL
#
# BESIDE=FILE: the reference scanner is asked the same in each place; its answers go to the file.
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
tunhosts=${WHORL_BUILD:-$root/build}/lab/tunhosts
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
[ -c /dev/net/tun ] || { echo 'skip: needs /dev/net/tun'; exit 77; }
command -v nft >/dev/null || { echo 'skip: needs nft'; exit 77; }
# shellcheck source=lab/stacks/stack.sh
. "$root/lab/stacks/stack.sh"
lab_init
for ns in scanner router target many switch; do lab_ns $ns; done
lab_join scanner eth0 router eth0
lab_join router eth1 target eth0
lab_join router eth2 many eth0
lab_join router eth3 switch eth0
lab_switch switch eth0
lab_addr scanner eth0 10.77.0.1/24
lab_addr router eth0 10.77.0.254/24 10.77.0.253/24 10.77.0.252/24 10.77.0.251/24 10.77.0.250/24 10.77.0.249/24
lab_addr router eth1 10.77.1.254/24
lab_addr router eth2 10.77.2.254/24
lab_addr router eth3 10.77.3.254/24
lab_addr target eth0 10.77.1.1/24
lab_addr many eth0 10.77.2.1/24
lab_router router
lab_router many
lab_sysctl router net.netfilter.nf_conntrack_tcp_loose=0 2>/dev/null || true
lab_route target 10.77.0.0/24 10.77.1.254
lab_route many 10.77.0.0/24 10.77.2.254
lab_route router 10.64.0.0/24 10.77.2.1
lab_route scanner 10.77.1.0/24 10.77.0.254
lab_route scanner 10.64.0.0/24 10.77.0.254
lab_route scanner 10.77.3.0/24 10.77.0.254
cd "$LAB_DIR"
export HOME=$LAB_DIR XDG_CACHE_HOME=$LAB_DIR/cache
lab_spawn many "$tunhosts" --db "$root/data/os.db" --each --count 32 --key key \
    --set 'open = 80,443,8080' 10.64.0.0/24
lab_listen router 22
lab_listen target 22 80
lab_until 20 test -s key
# lwIP knows its own network only: to it everybody is the router.
ip netns exec "${LAB_PREFIX}router" nft -f - <<'RULES'
table ip near {
    chain post {
        type nat hook postrouting priority 100
        oif eth3 masquerade
    }
}
RULES
stack_load lwip
TARGET=10.77.3.2
has_lwip=yes
stack_up || lab_connects scanner "$TARGET" "$OPEN" || has_lwip= # no neighbor of the scanner, but reached
host() { awk -F'\t' -v n="$2" '$3 ~ n && ++k == '"$1"' { print $1 }' key; } # NTH NAME

failed=0
scan() { # NAME OPTIONS...: in the background
    local name=$1
    shift
    ip netns exec "${LAB_PREFIX}scanner" "$whorl" -n -Pn -O "$@" >"$name.out" 2>"$name.err" &
    scans+=($!)
    [ -z "${BESIDE:-}" ] || lab_beside -Pn -O "$@" >"$name.beside"
}
says() { # NAME WHAT PATTERN
    [ ! -s "$1.beside" ] || { echo "== $2"; cat "$1.beside"; rm "$1.beside"; } >>"$BESIDE"
    if grep -qE "$3" "$1.out"; then
        echo "ok: $2: $(grep -E "$3" "$1.out" | head -1)"
    else
        failed=1
        echo "FAIL: $2: nothing like: $3"
        cat "$1.out" "$1.err"
    fi
}

linux=$(host 1 '^Linux 5.10 - 6') again=$(host 2 '^Linux 5.10 - 6')
slirp=$(host 1 libslirp) gvisor=$(host 1 'gVisor 2024') six=$(host 1 LWIPv6)
ip netns exec "${LAB_PREFIX}router" nft -f - <<RULES
table ip lab {
    chain pre {
        type nat hook prerouting priority -100
        ip daddr 10.77.0.254 tcp dport 80 dnat to $slirp:80
        ip daddr 10.77.0.254 tcp dport 443 dnat to $gvisor:443
        ip daddr 10.77.0.249 tcp dport 80 dnat to 10.77.3.2:22
        ip daddr 10.77.0.249 tcp dport 8080 dnat to 10.77.1.1:80
        ip daddr 10.77.0.253 tcp dport 80 dnat to $slirp:80
        ip daddr 10.77.0.253 tcp dport 8080 dnat to 10.77.1.1:80
        ip daddr 10.77.0.252 tcp dport 90 dnat to numgen inc mod 2 map { 0 : $six, 1 : $gvisor }:80
        ip daddr 10.77.0.251 tcp dport 90 dnat to numgen inc mod 2 map { 0 : $linux, 1 : $again }:80
        ip daddr 10.77.0.250 tcp dport 90 dnat to $linux:80
        ip daddr 10.77.0.250 tcp dport 91 dnat to $again:80
    }
    chain raw {
        type filter hook prerouting priority -300
        ip daddr 10.77.1.1 tcp flags syn notrack
    }
    chain forward {
        type filter hook forward priority 0
        ip daddr 10.77.1.1 tcp dport != 23 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
    }
}
RULES
scans=()
scan three -p22,23,80,443 10.77.0.254
scan inner -p23,80,8080 10.77.0.253
[ -z "$has_lwip" ] || scan lwip -p22,23,80,8080 10.77.0.249
scan other --deepen -p23,90 10.77.0.252
wait "${scans[@]}" || true
scans=()
scan same -p22,23,90 10.77.0.251
scan clocks --deepen -p23,90,91 10.77.0.250
scan proxy -p22,23,80 10.77.1.1
scan all -p1-20,80 10.77.1.1
wait "${scans[@]}" || true

# A firewall that swallows the first of some probes: what is missing is asked for again.
stingy() {
    ip netns exec "${LAB_PREFIX}router" nft -f - <<'RULES'
flush ruleset
table inet lab {
    chain forward {
        type filter hook forward priority 0
        ip daddr 10.64.0.0/24 udp dport 1024-65535 quota until 1500 bytes drop
        ip daddr 10.64.0.0/24 icmp type echo-request quota until 1350 bytes drop
        ip daddr 10.64.0.0/24 tcp dport != 80 drop
    }
}
RULES
}
stingy
scan shallow --explain -p80 "$slirp"
wait "${scans[-1]}" || true
stingy
scan deep --explain --deepen -p80 "$slirp"
wait "${scans[-1]}" || true

says three 'three stacks: the router' '^Path: one of 3 machines: 22/tcp: Linux .*TTL 64'
says three 'three stacks: libslirp' '^Path: one of 3 machines: 80/tcp: .*TTL 62'
says three 'three stacks: gVisor' '^Path: one of 3 machines: 443/tcp: .*gVisor'
says three 'three stacks: the verdict is the router' '^Verdict: Linux'
if [ -n "$has_lwip" ]; then
    says lwip 'lwIP, a container and the router: lwIP' '^Path: one of 3 machines: 80/tcp: .*lwIP'
    says lwip 'lwIP, a container and the router: the container' '^Path: one of 3 machines: 8080/tcp: (not told; nearest )?Linux .*TTL 63'
    says lwip 'lwIP, a container and the router: the verdict is the router' '^Verdict: Linux'
fi
says inner 'a port of another machine was asked' '^Path: one of 2 machines: 80/tcp: .*; asked by OS detection, left out of the verdict'
says inner 'and what it showed is not taken for the host' '^Verdict: Linux'
says other 'a load balancer before two stacks' '^Path: several machines in turn answer on 90/tcp: a load balancer \(TTLs'
says same 'a load balancer before two alike' '^Path: several machines in turn answer on 90/tcp: a load balancer \(2 clocks\)'
says clocks 'two machines that differ in their clocks' '^Path: one of 2 machines: 91/tcp'
says proxy 'a SYN proxy before all ports' '^Path: SYN-ACKs of 22,80/tcp have no window, and it opens behind the handshake: a SYN proxy'
says proxy 'of whose ports nothing is concluded' '^Verdict: .*not seen: TCP options'
says all 'every port is open' '^Path: all 21 TCP ports asked are open and alike'
says shallow 'an answer that is missing' '^Verdict: .*not seen: ICMP echo'
says shallow 'and what it is worth' '^ +\+[0-9.]+ +closed UDP port +no answer so far'
says deep 'is asked for again' '^Verdict: .*not seen: closed TCP port$'
exit $failed
