#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Streams against real sockets and TLS servers: test_stream.sh PROBE SERVER, where these are
# stream_probe.c and stream_server.c, built. Two namespaces joined by a veth pair. Exit code 77:
# skipped, because namespaces need root.
#
#   me 10.77.0.1/24, fd00::1/64 --- 10.77.0.2, fd00::2  peer: nothing listens, routes nowhere
set -u
probe=$(realpath "$1")
server=$(realpath "$2")
me=whorl-stream-$$-me
peer=whorl-stream-$$-peer
bad=0
work=
pids=

finish() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null
    done
    ip netns del "$me" 2>/dev/null
    ip netns del "$peer" 2>/dev/null
    [ -n "$work" ] && rm -rf "$work"
}

# judge NAME PATTERN OUTPUT: a basic regular expression for the whole line.
judge() {
    if printf '%s\n' "$3" | grep -qx -- "$2"; then
        echo "ok   $1$([ -s "$work/err" ] && echo ": $(cat "$work/err")")"
    else
        echo "FAIL $1: wanted '$2', got '$3' $(cat "$work/err")"
        bad=1
    fi
}

# says NAME PATTERN PROBE-ARGUMENTS
says() {
    name=$1
    want=$2
    shift 2
    got=$(ip netns exec "$me" timeout 60 "$probe" "$@" 2>"$work/err")
    judge "$name" "$want" "$got"
}

# soon NAME PATTERN PROBE-ARGUMENTS: ICMP is rationed by the kernel, for all namespaces together.
soon() {
    for _ in 1 2 3 4; do
        said=$(says "$@")
        case $said in ok*) break ;; esac
        sleep 1
    done
    echo "$said"
    case $said in ok*) ;; *) bad=1 ;; esac
}

# few NAME DESCRIPTORS PATTERN PROBE-ARGUMENTS
few() {
    name=$1
    limit=$2
    want=$3
    shift 3
    got=$(ulimit -n "$limit" && ip netns exec "$me" timeout 60 "$probe" "$@" 2>"$work/err")
    judge "$name" "$want" "$got"
}

# at_most NAME KEY LIMIT: a number that the last probe told.
at_most() {
    n=$(sed -n "s/.*$2=\([0-9]*\).*/\1/p" "$work/err")
    if [ "${n:-999999999}" -le "$3" ]; then
        echo "ok   $1: $n"
    else
        echo "FAIL $1: $2=$n, at most $3"
        bad=1
    fi
}

wait_for() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -n "$(ip netns exec "$me" ss -Hltun "sport = :$1")" ] && return
        sleep 0.3
    done
    echo "FAIL nobody listens on $1"
    bad=1
}

start() {
    ip netns exec "$me" "$server" "$1" "$2" </dev/zero & # never ends
    pids="$pids $!"
}

# tls PORT OPTION...: says "ready" to who connects.
tls() {
    port=$1
    shift
    (
        echo ready
        exec tail -f --pid=$$ /dev/null 2>/dev/null # until this script ends
    ) | exec ip netns exec "$me" openssl s_server -accept "$port" -cert "$work/cert" -key "$work/key" \
        -quiet "$@" >/dev/null 2>&1 &
    pids="$pids $!"
}

if ! ip netns add "$me" 2>/dev/null; then
    echo "skipped: cannot make network namespaces"
    exit 77
fi
trap finish EXIT INT TERM
work=$(mktemp -d)
: >"$work/err"
ip netns add "$peer"
ip -n "$me" link set lo up
ip -n "$me" link add one type veth peer name one netns "$peer"
for who in "$me 1" "$peer 2"; do
    ip -n "${who% *}" addr add "10.77.0.${who#* }/24" dev one
    ip -n "${who% *}" addr add "fd00::${who#* }/64" dev one nodad
    ip -n "${who% *}" link set one up
done
ip -n "$me" route add default via 10.77.0.2
ip -n "$me" route add unreachable 10.98.0.0/16
ip -n "$peer" route add unreachable 10.99.0.0/16
ip netns exec "$peer" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
port=7001
for kind in echo flood hold bye slam noise udp stall babble; do
    start $kind $port
    port=$((port + 1))
done
for port in 7001 7002 7003 7004 7005 7006 7007 7008 7009; do
    wait_for $port
done

says "TCP" "opened=1 by us=1 bytes=5 'hello'" tcp 127.0.0.1 7001 -s hello -l 100
says "TCP over IPv6" "opened=1 by us=1 bytes=5 'hello'" tcp ::1 7001 -s hello -l 100
says "TCP from a low port" "opened=1 by us=1 bytes=5 'hello'" tcp 127.0.0.1 7001 -s hello -l 100 -p
says "TCP, refused" "opened=0 refused=1 .*" tcp 127.0.0.1 7999
says "TCP, refused, other host" "opened=0 refused=1 .*" tcp 10.77.0.2 7999
says "TCP, refused, IPv6" "opened=0 refused=1 .*" tcp fd00::2 7999
says "TCP, refused, by interface" "opened=0 refused=1 .*" tcp 10.77.0.2 7999 -i one
says "TCP, other interface" "opened=0 timeout=1 .*" tcp 127.0.0.1 7999 -i one -t 300
says "TCP, no route" "opened=0 unreachable=1 .*" tcp 10.98.0.1 7999
says "TCP, no route for IPv6" "opened=0 unreachable=1 .*" tcp 2001:db8::1 7999
soon "TCP, ICMP host unreachable" "opened=0 unreachable=1 .*" tcp 10.99.0.1 7999 -t 500
says "TCP, nobody there, deadline" "opened=0 timeout=1 .*" tcp 10.77.0.9 7999 -t 500
says "TCP, greeting and end" "opened=1 closed=1 bytes=6 'hello.x0A'" tcp 127.0.0.1 7004
says "TCP, greeting and reset" "opened=1 reset=1 bytes=6 'hello.x0A'" tcp 127.0.0.1 7005
says "UDP" "opened=1 by us=1 bytes=5 'hello'" udp 127.0.0.1 7007 -s hello -l 100
says "UDP over IPv6" "opened=1 by us=1 bytes=5 'hello'" udp ::1 7007 -s hello -l 100
says "UDP from a low port" "opened=1 by us=1 bytes=5 'hello'" udp 127.0.0.1 7007 -s hello -l 100 -p
soon "UDP, refused" "opened=1 reset=1 .*" udp 10.77.0.2 7999 -s hello -l 500
soon "UDP, refused, IPv6" "opened=1 reset=1 .*" udp fd00::2 7999 -s hello -l 500
soon "UDP, ICMP host unreachable" "opened=1 unreachable=1 .*" udp 10.99.0.1 7999 -s hello -l 500
says "UDP, no route" "opened=0 unreachable=1 .*" udp 10.98.0.1 7999 -s hello

says "flood of 200 MB" "opened=1 by us=1" tcp 127.0.0.1 7002 -b 200000000 -q
at_most "memory of it, kB" rss 20000
says "100 floods of 1 MB" "opened=100 by us=100" tcp 127.0.0.1 7002 -n 100 -b 1000000 -q
at_most "memory of them, kB" rss 20000
says "5000 connections" "opened=5000 by us=5000" tcp 127.0.0.1 7001 -n 5000 -s hello -b 5 -q
few "5000 connections, 256 descriptors" 256 "opened=5000 by us=5000" \
    tcp 127.0.0.1 7001 -n 5000 -s hello -b 5 -q -t 1000
few "2000 connections that stay 50 ms, 64 descriptors, deadline 500 ms" 64 \
    "opened=2000 by us=2000" tcp 127.0.0.1 7001 -n 2000 -s hello -l 50 -q -t 500
few "more than the descriptors, all refused" 40 "opened=0 refused=500" tcp 127.0.0.1 7999 -n 500 -q
says "100 connections a second" "opened=100 by us=100" \
    tcp 127.0.0.1 7001 -n 100 -s hello -b 5 -q -r 100
ip netns exec "$me" sysctl -qw net.ipv4.ip_local_port_range="50000 50099"
few "300 connections, 100 source ports" 1024 "opened=300 by us=300" \
    tcp 127.0.0.1 7001 -n 300 -s hello -l 50 -q
ip netns exec "$me" sysctl -qw net.ipv4.ip_local_port_range="32768 60999"

if ! command -v openssl >/dev/null; then
    echo "skipped: TLS, no openssl"
    exit $bad
fi
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/cert" -days 30 \
    -subj "/C=XX/O=Lab, Inc./CN=stream.example" \
    -addext "subjectAltName=DNS:stream.example,DNS:*.stream.example,IP:192.0.2.1" 2>/dev/null
tls 7101 -tls1_2 -alpn h2,http/1.1
tls 7102 -tls1_3 -alpn h2
tls 7103 -tls1 -cipher ALL:@SECLEVEL=0
tls 7104 -tls1_2 -Verify 1
tls 7105 -tls1_3 -Verify 1
tls 7106 -tls1_1 -cipher ALL:@SECLEVEL=0 -servername stream.example -cert2 "$work/cert" \
    -key2 "$work/key" -servername_fatal
tls 7107 -tls1_2 -cipher aNULL:@SECLEVEL=0 -nocert
tls 7108 -dtls -mtu 1200
tls 7110 -dtls -mtu 1200
start relay 7109
for port in 7101 7102 7103 7104 7105 7106 7107 7108 7109 7110; do
    wait_for $port
done
cert="subject=CN=stream.example,O=Lab.*, Inc.,C=XX issuer=CN=.* days=30 sha256=.*"
names="name=stream.example name=\*.stream.example name=192.0.2.1"
ready="bytes=6 'ready.x0A'"
says "TLS 1.2" ".TLSv1.2 .*alpn=http/1.1 cert=1 $cert $names. opened=1 by us=1 $ready" \
    tls 127.0.0.1 7101 -l 500
says "TLS 1.3, HTTP/2 only" ".TLSv1.3 .*alpn=h2 cert=1 $cert $names. opened=1 .*" tls 127.0.0.1 7102 -l 500
says "TLS 1.0" ".TLSv1 .* cert=1 $cert.* opened=1 by us=1 $ready" tls 127.0.0.1 7103 -l 500
says "TLS 1.2, wants our certificate" ".* cert=1 $cert.* opened=0 handshake=1 .*" \
    tls 127.0.0.1 7104 -l 500
says "TLS 1.3, wants our certificate" ".* cert=1 $cert.* opened=1 handshake=1 .*" \
    tls 127.0.0.1 7105 -l 500
says "TLS 1.1, wants a name" ".TLSv1.1 .* opened=1 by us=1 $ready" \
    tls 127.0.0.1 7106 -l 500 -w stream.example
says "TLS, wants another name" ".*opened=0 handshake=1 .*" tls 127.0.0.1 7106 -l 500 -w other.example
says "TLS, without a certificate" ".TLSv1.2 A.* cert=0. opened=1 by us=1 $ready" \
    tls 127.0.0.1 7107 -l 500
says "TLS, plain server that is silent" "opened=0 timeout=1 .*" tls 127.0.0.1 7003 -t 300
says "TLS, plain server that echoes" ".*opened=0 handshake=1 .*" tls 127.0.0.1 7001
says "TLS, plain server that ends" ".*opened=0 handshake=1 .*" tls 127.0.0.1 7004
says "TLS, plain server that resets" ".*opened=0 handshake=1 .*" tls 127.0.0.1 7005
says "TLS, noise" ".*opened=0 handshake=1 .*" tls 127.0.0.1 7006
says "TLS, stalls inside of a record" "opened=0 timeout=1 .*" tls 127.0.0.1 7008 -t 500
says "TLS, handshake without an end" "opened=0 handshake=1 .*" tls 127.0.0.1 7009 -t 5000
at_most "memory of it, kB" rss 20000
says "TLS, refused" "opened=0 refused=1 .*" tls 127.0.0.1 7999
says "200 times TLS, stalled" "opened=0 timeout=200" tls 127.0.0.1 7008 -n 200 -t 500 -q
at_most "memory of them, kB" rss 40000
says "DTLS" ".DTLSv1.2 .* cert=1 $cert.* opened=1 by us=1 .*" dtls 127.0.0.1 7108 -l 500
says "DTLS, a third of the datagrams lost" ".DTLSv1.2 .* cert=1 $cert.* opened=1 by us=1 .*" \
    dtls 127.0.0.1 7109 -l 500 -t 20000
says "DTLS, refused" "opened=0 refused=1 .*" dtls 127.0.0.1 7999
says "DTLS, silent" "opened=0 timeout=1 .*" dtls 10.77.0.9 7999 -t 2500
says "DTLS, echo" ".*opened=0 \(handshake\|timeout\)=1 .*" dtls 127.0.0.1 7007 -t 1000
exit $bad
