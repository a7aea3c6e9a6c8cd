#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# How packets look on the wire with the options that change them, that answers are understood all
# the same, and that rates are kept. test_packets.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
command -v tcpdump >/dev/null || { echo 'skip: needs tcpdump (Debian package tcpdump)'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.77.1.1/24 10.77.1.3/24 fd77::1/64
lab_addr target eth0 10.77.1.2/24 fd77::2/64
lab_listen target 22
lab_sysctl target net.ipv4.icmp_ratelimit=0
lab_in scanner ip route add 10.99.0.0/16 via 10.77.1.2 # where nobody answers
lab_in target ip route add blackhole 10.99.0.0/16
cd "$LAB_DIR"
export HOME=$LAB_DIR
failed=0
fail() {
    failed=$((failed + 1))
    echo "FAIL: $1"
}

# run OPTION...: what the target receives, into `seen` (times since the first packet); $of: other packets.
run() {
    ip netns exec "${LAB_PREFIX}target" tcpdump -Z root --immediate-mode -U -Q in -nn -v -ttt -i eth0 -w pcap ${of-not arp and not icmp6} 2>tcpdump &
    local pid=$!
    lab_until 10 grep -q listening tcpdump
    lab_in scanner "$whorl" -n "$@" >out 2>err || fail "whorl $*: $?"
    sleep 0.2
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    tcpdump -Z root -nn -v -tt -r pcap 2>/dev/null | paste -sd' ' | sed 's/ \([0-9]\{10\}\.[0-9]\{6\} IP\)/\n\1/g' >seen
}
sees() { grep -qE -- "$2" seen || fail "$1: $(head -2 seen)"; }
both() { # WHAT: 22 is open and 23 is closed
    grep -qE '^22/tcp +open' out && grep -qE '^23/tcp +closed' out || fail "$1: $(grep tcp out)"
}

run -p22 --badsum --max-retries 1 10.77.1.2
sees 'a wrong checksum' 'cksum 0x[0-9a-f]{4} \(incorrect'
[ "$(grep -c incorrect seen)" = 2 ] || fail '--max-retries 1 sends two'
grep -q '^22/tcp filtered' out || fail 'nobody answers a wrong checksum'
run -p22 --max-retries 0 --badsum 10.77.1.2
[ "$(grep -c incorrect seen)" = 1 ] || fail '--max-retries 0 sends one'

run -p22,23 -D 10.77.1.77,ME,10.77.1.78 10.77.1.2
both decoys
for n in 77 78 1; do sees "a packet from .$n" " 10\.77\.1\.$n\.[0-9]+ > 10\.77\.1\.2\.22: Flags \[S\], cksum 0x[0-9a-f]+ \(correct"; done
grep -oE 'id [0-9]+.*2\.22: Flags \[S\]' seen | grep -oE '^id [0-9]+' | sort | uniq -c | grep -q ' 3 ' || fail 'decoys have the same id'

run -p22,23 -f 10.77.1.2
both fragments
sees 'the first fragment' 'offset 0, flags \[\+\], proto TCP \(6\), length 28'
sees 'the last fragment' 'offset 16, flags \[none\], proto TCP \(6\), length 28'
run -p22,23 --mtu 16 10.77.1.2
both 'larger fragments'
sees 'a fragment of 16 bytes' 'offset 0, flags \[\+\], proto TCP \(6\), length 36'

run -p22,23 --data-length 25 --ttl 99 -g 53 10.77.1.2
both 'data, TTL and source port'
sees 'all of them' 'ttl 99, id [0-9]+, offset 0, flags \[none\], proto TCP \(6\), length 69.* 10.77.1.1.53 > 10.77.1.2.2[23]: .* length 25'
run -p22,23 -g 53 --data-string hello fd77::2
both 'source port over IPv6'
run -sU -p22,23 -g 53 --data 0xAABBCC 10.77.1.2
[ "$(grep -cE '^2[23]/udp closed' out)" = 2 ] || fail 'UDP from a fixed port'
sees 'three bytes' '10.77.1.1.53 > 10.77.1.2.2[23]: .*length 3'
run -p22,23 -S 10.77.1.3 10.77.1.2
both 'another source'
sees 'another source' '10.77.1.3.[0-9]+ > 10.77.1.2.22: '
run -p22,23 --send-ip 10.77.1.2
both 'sent by the kernel'
sees 'a ping instead of ARP' 'ICMP echo request'
run -p22,23 -sT --ttl 7 -f 10.77.1.2
both 'connections'
sees 'TTL of a connection' 'ttl 7, '
grep -q 'packets of ours only' err || fail 'options without effect are told'
run -p22,23 -O -g 5000 -D RND:2 --ttl 50 10.77.1.2
sees 'OS detection from this port' 'ttl 50, .*10.77.1.1.5012 > '

# rate LEAST MOST OPTION...: packets a second, from first to last.
rate() {
    local lo=$1 hi=$2
    shift 2
    run "$@"
    awk -v lo="$lo" -v hi="$hi" '/Flags \[S\]/ { if (!n) first = $1; last = $1; n++ }
        END { r = n > 1 ? (n - 1) / (last - first) : 0; printf "%d packets, %.0f/s\n", n, r; exit !(r >= lo && r <= hi) }' seen ||
        fail "rate of $*"
}
rate 450 505 -Pn -p1-1000 --max-rate 500 10.77.1.2
rate 1700 2020 -Pn -p1-50 --max-rate 2000 --max-retries 0 10.99.0.0/24
# Requests to neighbors count, over both families; connections, too, and each port gets its own.
rate_of() { # FILTER LEAST MOST
    tcpdump -Z root -nn -tt -r pcap "$1" 2>/dev/null | awk -v lo="$2" -v hi="$3" '{ if (!n) first = $1; last = $1; n++ }
        END { r = n > 1 ? (n - 1) / (last - first) : 0; printf "%d packets, %.0f/s\n", n, r; exit !(r >= lo && r <= hi) }' || fail "$1 at another rate"
}
of=''
run -sn --max-rate 50 10.77.1.100-120
rate_of arp 47 51
run -sn --max-rate 100 fd77::100/123
rate_of 'icmp6[0] = 135' 95 101
unset of
run -sT -Pn -p1-150 --max-rate 100 --min-parallelism 200 --initial-rtt-timeout 900ms --max-retries 0 10.99.0.1
rate_of 'tcp[tcpflags] = tcp-syn' 95 101
[ "$(tcpdump -Z root -nn -r pcap 2>/dev/null | grep -oE '10\.99\.0\.1\.[0-9]+: Flags \[S\]' | sort -u | wc -l)" = 150 ] ||
    fail 'ports that no connection was begun to'
lab_sysctl target net.ipv4.icmp_ratelimit=1000
run -sU -p20000-20039 --max-retries 0 10.77.1.2
[ "$(grep -c UDP seen)" = 40 ] || fail "--max-retries 0 asks 40 UDP ports $(grep -c UDP seen) times"
grep -qE 'holds its ICMP errors back: [0-9]+ UDP ports stay' err || fail 'ports that may be closed are told'
lab_sysctl target net.ipv4.icmp_ratelimit=0
rate 1800 2200 -Pn -p1-4000 --min-rate 2000 --max-retries 0 10.99.0.1
rate 900 1010 -Pn -p1-2000 --min-rate 1000 --max-rate 1000 --max-retries 0 10.99.0.1
run -Pn -p1-10 --scan-delay 50ms --max-retries 0 10.99.0.1
awk '/10\.99\./ { if (last && $1 - last < 0.0499) bad = 1; last = $1 } END { exit bad }' seen || fail '--scan-delay'
run -Pn -p1-20 -M 1 --max-retries 0 --max-rtt-timeout 100ms 10.99.0.1
awk '/10\.99\./ { if (last && $1 - last < 0.09) bad = 1; last = $1 } END { exit bad }' seen || fail 'one probe at a time'

for args in '--min-rate 5 --max-rate 4' '--min-parallelism 5 -M 4' '-f --mtu 16' '--send-eth --send-ip' '-sA --defeat-rst-ratelimit'; do
    rc=0
    # shellcheck disable=SC2086
    lab_in scanner "$whorl" -n $args 10.77.1.2 >out 2>err || rc=$?
    [ "$rc" = 2 ] && [ -s err ] || fail "$args gives $rc"
done
echo "$failed failed"
[ "$failed" = 0 ]
