#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Live I/O against the kernel: test_io_linux.sh PROBE, where PROBE is io_linux_probe.c, built.
# Two network namespaces joined by two veth pairs, and a TUN device. Exit code 77: skipped,
# because namespaces need root.
#
#   me: one 10.77.0.1/24 (and .3) --- 10.77.0.2  peer
#       two 10.78.0.1/24          --- 10.78.0.2
#       tun 10.79.0.1 peer 10.79.0.2
set -u
probe=$(realpath "$1")
me=whorl-io-$$-me
peer=whorl-io-$$-peer
bad=0
work=

finish() {
    ip netns del "$me" 2>/dev/null
    ip netns del "$peer" 2>/dev/null
    [ -n "$work" ] && rm -rf "$work"
}

# check NAME PROBE-ARGUMENTS: the exit code decides.
check() {
    name=$1
    shift
    if said=$(ip netns exec "$me" "$@" 2>&1); then
        echo "ok   $name${said:+: $said}"
    else
        echo "FAIL $name: $said"
        bad=1
    fi
}

# says NAME EXPECTED PROBE-ARGUMENTS: a line of the output decides.
says() {
    name=$1
    line=$2
    shift 2
    said=$(ip netns exec "$me" "$@" 2>&1)
    if echo "$said" | grep -qx -- "$line"; then
        echo "ok   $name"
    else
        echo "FAIL $name: wanted '$line', got '$said'"
        bad=1
    fi
}

in_me() {
    ip -n "$me" "$@"
}

if ! ip netns add "$me" 2>/dev/null; then
    echo "skipped: cannot make network namespaces"
    exit 77
fi
trap finish EXIT INT TERM
ip netns add "$peer"
in_me link set lo up
says "no route" ENETUNREACH "$probe" route 192.0.2.1

in_me link add one address 02:00:00:00:00:0a type veth peer name one netns "$peer"
in_me link add two mtu 1400 type veth peer name two netns "$peer"
in_me tuntap add tun mode tun
in_me addr add 10.77.0.1/24 dev one
in_me addr add 10.77.0.3/24 dev one
in_me addr add 10.78.0.1/24 dev two
in_me addr add 10.79.0.1 peer 10.79.0.2 dev tun
in_me addr add fd00::1/64 dev one nodad
ip -n "$peer" addr add 10.77.0.2/24 dev one
ip -n "$peer" addr add 10.78.0.2/24 dev two
for link in one two; do
    in_me link set $link up
    ip -n "$peer" link set $link up
done
in_me link set tun up
in_me route add default via 10.77.0.2
in_me route add unreachable 10.99.0.0/16
in_me route add 10.97.0.0/16 via inet6 fd00::2 dev one
ip netns exec "$peer" sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.conf.all.rp_filter=0
sleep 0.2

says "interface: veth" \
    "one link=0 mac=02:00:00:00:00:0A mtu=1500 up=1 lo=0 p2p=0 10.77.0.1/24 10.77.0.3/24 fd00::1/64.*" \
    "$probe" ifaces
says "interface: loopback" "lo link=0 mac=00:.* mtu=65536 up=1 lo=1 p2p=0 127.0.0.1/8 ::1/128" \
    "$probe" ifaces
says "interface: TUN" "tun link=1 mac=00:.* mtu=1500 up=1 lo=0 p2p=1 10.79.0.1/32" \
    "$probe" ifaces
says "interface: mtu" "two .* mtu=1400 .*" "$probe" ifaces
says "route: on the link" "one src=10.77.0.1 gateway=- local=0" "$probe" route 10.77.0.9
says "route: gateway" "one src=10.77.0.1 gateway=10.77.0.2 local=0" "$probe" route 192.0.2.1
says "route: forced, elsewhere" "two src=10.78.0.1 gateway=- local=0" \
    "$probe" route 192.0.2.1 two
says "route: forced, loopback" "one src=10.77.0.1 gateway=- local=0" "$probe" route 10.77.0.9 one
says "route: point to point" "tun src=10.79.0.1 gateway=- local=0" "$probe" route 10.79.0.2
says "route: our own address" "lo src=10.77.0.1 gateway=- local=1" "$probe" route 10.77.0.1
says "route: loopback" "lo src=127.0.0.1 gateway=- local=1" "$probe" route 127.0.0.1
says "route: unreachable" EHOSTUNREACH "$probe" route 10.99.0.1
says "route: IPv6 gateway" "one src=10.77.0.1 gateway=fd00::2 local=0" "$probe" route 10.97.0.1
says "route: IPv6" "one src=fd00::1 gateway=- local=0" "$probe" route fd00::7
check "ARP by frames" "$probe" arp 10.77.0.2
check "echo by raw packets" "$probe" ping 10.77.0.2
check "echo through a forced interface" "$probe" ping 10.78.0.2 two
check "echo on loopback" "$probe" ping 127.0.0.1
check "echo to our own address" "$probe" ping 10.77.0.1
check "echo to our own address, interface forced" "$probe" ping 10.77.0.1 one
check "widened capture" "$probe" widen 10.77.0.2 10.77.0.3
check "TUN device" "$probe" tun tun 10.79.0.2
check "refused packets" "$probe" refused 10.77.0.2
check "10000 replies, veth" "$probe" replies 10.77.0.2 10000
check "10000 replies, loopback" "$probe" replies 127.0.0.1 10000
check "2000 unread replies" "$probe" replies 127.0.0.1 2000 2000
check "burst of packets" "$probe" packets 10.77.0.2 100000
check "burst of frames" "$probe" frames 10.77.0.2 100000
check "clock" "$probe" clock 127.0.0.1
check "signal" "$probe" signal 127.0.0.1
check "route lookups" "$probe" lookups 192.0.2.1 10000
check "open and close" "$probe" life 10.77.0.2

work=$(mktemp -d)
cp "$probe" "$work/probe"
chmod 755 "$work" "$work/probe"
as_nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
# shellcheck disable=SC2086 # a command with its arguments
says "without privilege" "FAILED rc == 0: raw IPv4 socket: Operation not permitted" \
    $as_nobody "$work/probe" ifaces
if [ -n "${PROBE_PLAIN:-}" ]; then # a sanitizer build cannot run with file capabilities
    cp "$PROBE_PLAIN" "$work/probe"
fi
if setcap cap_net_raw+ep "$work/probe" 2>/dev/null; then
    for args in "ping 10.77.0.2" "arp 10.77.0.2" "replies 10.77.0.2 1000"; do
        # shellcheck disable=SC2086
        check "CAP_NET_RAW alone: $args" $as_nobody "$work/probe" $args
    done
else
    echo "skipped: file capabilities"
fi

check "interface down and up" "$probe" back two \
    "ip link set two down && ip link set two up" 10.78.0.2
check "interface stays down" "$probe" down two "ip link set two down"
in_me link set two up
check "interface gone" "$probe" gone two "ip link del two"
exit $bad
