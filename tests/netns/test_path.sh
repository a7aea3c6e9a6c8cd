#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What stands between the scanner and a network, and several machines behind one address: each is
# named, with its ports; a clean network is told nothing of the kind. test_path.sh WHORL
#
# BESIDE=FILE: the reference scanner is asked the same in each place; its answers go to the file.
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
command -v nft >/dev/null || { echo 'skip: needs nft'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns router
lab_ns target
lab_ns web
lab_ns mail
lab_ns cable
lab_ns masked
lab_join scanner eth0 router eth0
lab_join router eth1 target eth0
lab_join router eth2 web eth0
lab_join router eth3 mail eth0
lab_addr scanner eth0 10.77.0.1/24
lab_addr router eth0 10.77.0.254/24
lab_addr router eth1 10.77.1.254/24
lab_addr target eth0 10.77.1.1/24 10.77.1.2/24 10.77.1.3/24
lab_addr router eth2 10.77.2.254/24
lab_addr web eth0 10.77.2.1/24
lab_addr router eth3 10.77.3.254/24
lab_addr mail eth0 10.77.3.1/24
lab_router router
for ns in target web mail; do lab_route "$ns" 10.77.0.0/24 "10.77.$([ $ns = target ] && echo 1 || { [ $ns = web ] && echo 2 || echo 3; }).254"; done
lab_route scanner 10.77.0.0/16 10.77.0.254
# Behind a cable that disguises.
lab_join router eth4 cable near
lab_join cable far masked eth0
lab_addr router eth4 10.77.4.254/24
lab_addr masked eth0 10.77.4.1/24
lab_route masked 10.77.0.0/24 10.77.4.254
lab_in cable ip link set near up
lab_in cable ip link set far up
for device in 'router eth4' 'cable near' 'cable far' 'masked eth0'; do # checksums are made whole
    lab_in "${device% *}" ethtool -K "${device#* }" tx off >/dev/null 2>&1 || true
done
lab_spawn cable python3 "$root/tests/netns/rewriter.py" near far
lab_listen masked 22
lab_listen target 22 80 8080
lab_listen web 80 443
lab_listen mail 25
cd "$LAB_DIR"
export HOME=$LAB_DIR XDG_CACHE_HOME=$LAB_DIR/cache

failed=0
scan() {
    ip netns exec "${LAB_PREFIX}scanner" "$whorl" -n "$@" >out 2>err || true
    : >beside
    [ -z "${BESIDE:-}" ] || lab_beside "$@" >beside
}
says() { # NAME PATTERN
    [ ! -s beside ] || { echo "== $1"; cat beside; : >beside; } >>"$BESIDE"
    if grep -qE "$2" out; then
        echo "ok: $1: $(grep -E "$2" out | head -1)"
    else
        failed=1
        echo "FAIL: $1: nothing like: $2"
        cat out
    fi
}
silent() { # NAME: nothing is said of the path
    if grep -E '^Path:' out; then
        failed=1
        echo "FAIL: $1: a false alarm"
    else
        echo "ok: $1"
    fi
}
rules() { # NAMESPACE: rules from standard input replace what is there
    { echo 'flush ruleset'; cat; } | ip netns exec "$LAB_PREFIX$1" nft -f -
}

scan -p20-30,80,113,443,8080 10.77.1.1-3
silent 'a clean network'
scan -Pn -p22,80,113 10.77.1.1
silent 'a clean host'

# Resets for port 113 from the router, whoever is asked.
rules router <<'RULES'
table inet lab {
    chain forward {
        type filter hook forward priority 0
        tcp dport 113 reject with tcp reset
        ip daddr 10.77.1.4-10.77.1.14 drop
    }
}
RULES
scan -Pn -p22,80,113,200 10.77.1.1-14 -oX path.xml -oG path.gnmap --html path.html -oJ path.json
says 'a reset forger' '^Path: resets of 113/tcp came over 0 hops, those of other ports over 1 hop: forged'
says 'a reset forger on a whole network' '^Path: port 113/tcp is answered by the path, .*on 14 of 14 addresses, 11 of which'

for form in path.xml path.json; do
    "$whorl" show $form >out
    says "a reset forger, in $form" '^Path: resets of 113/tcp came over 0 hops'
    says "a whole network, in $form" '^Path: port 113/tcp is answered by the path'
done
for form in path.gnmap path.html; do
    cp $form out
    says "a whole network, in $form" 'Path: port 113/tcp is answered by the path, .*on 14 of 14 addresses'
done
says 'a reset forger, in HTML' 'resets of 113/tcp came over 0 hops'

# A proxy on the router that takes all of port 80.
rules router <<'RULES'
table ip lab {
    chain pre {
        type nat hook prerouting priority -100
        iif eth0 tcp dport 80 redirect to :3128
    }
}
RULES
lab_listen router 3128
scan -Pn -p22,80,8080 10.77.1.1
says 'a transparent proxy' '^Path: SYN-ACKs of 80/tcp came over 0 hops, those of other ports over 1 hop: something on the path'
scan -Pn -p80,81 10.77.1.1-3 10.77.1.20-22
says 'a transparent proxy on a whole network' '^Path: port 80/tcp is answered by the path'

# Three machines behind the router's address.
lab_sysctl web net.ipv4.ip_default_ttl=128
lab_listen router 22
rules router <<'RULES'
table ip lab {
    chain pre {
        type nat hook prerouting priority -100
        ip daddr 10.77.0.254 tcp dport { 80, 443 } dnat to 10.77.2.1
        ip daddr 10.77.0.254 tcp dport 25 dnat to 10.77.3.1
    }
}
RULES
scan -p22,25,80,443 10.77.0.254
says 'three machines behind one address' '^Path: 3 stacks behind this address: .*22 \(TTL 64'
says 'the ports of one of them' '80,443 \(TTL 127'
says 'that they are forwarded' '^Path: SYN-ACKs of 80,443/tcp came over 1 hop, those of other ports over 0 hops: forwarded'
says 'a container behind its host' '^Path: SYN-ACKs of 25/tcp came over 1 hop, .*, all alike: a container or virtual machine'

# A SYN proxy.
rules router <<'RULES'
table ip lab {
    chain raw {
        type filter hook prerouting priority -300
        ip daddr 10.77.1.1 tcp dport 8080 tcp flags syn notrack
    }
    chain forward {
        type filter hook forward priority 0
        ip daddr 10.77.1.1 tcp dport 8080 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
    }
}
RULES
ip netns exec "${LAB_PREFIX}router" sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0 2>/dev/null || true
scan -Pn -p22,80,8080 10.77.1.1
says 'a SYN proxy' '^Path: SYN-ACKs of 8080/tcp (have no window: a SYN proxy|came over 0 hops)'

# A firewall on the host itself refuses what nobody serves: the host answers, no more is said.
rules router </dev/null
rules target <<'RULES'
table inet lab {
    chain input {
        type filter hook input priority 0
        tcp dport { 22, 80 } accept
        meta l4proto tcp reject with tcp reset
    }
}
RULES
scan -Pn -p20-30,80 10.77.1.1
silent 'a host that refuses by a firewall'

# With OS detection and services, where the databases know this kernel.
rules target </dev/null
printf '#!/bin/sh\nprintf "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u1\\r\\n"; sleep 2\n' >ssh.sh
printf '#!/bin/sh\nread -r l; printf "HTTP/1.1 200 OK\\r\\nServer: Apache/2.4.62 (Alpine)\\r\\nContent-Length: 0\\r\\n\\r\\n"\n' >alpine.sh
printf '#!/bin/sh\nread -r l; printf "HTTP/1.1 200 OK\\r\\nServer: Microsoft-IIS/10.0\\r\\nContent-Length: 0\\r\\n\\r\\n"\n' >iis.sh
chmod +x ssh.sh iis.sh alpine.sh
lab_spawn target socat TCP-LISTEN:2222,fork,reuseaddr EXEC:./ssh.sh
lab_spawn target socat TCP-LISTEN:8888,fork,reuseaddr EXEC:./iis.sh
lab_spawn target socat TCP-LISTEN:8889,fork,reuseaddr EXEC:./alpine.sh
scan -Pn -O -sV -p2222,2223 10.77.1.1
if grep -q '^Verdict: Linux' out; then
    says 'services agree' '^Verdict: Linux.*; services say Linux \(Debian\) on 2222/tcp'
    silent 'a sound host'
    scan -Pn -O -sV -p8888,2223 10.77.1.1
    says 'a disguise' '^Verdict: Linux.*; but services say Windows on 8888/tcp: proxy, container or disguise'
    scan -Pn -O -sV -p2222,8888,2223 10.77.1.1
    says 'two systems by their services' '^Verdict: Linux.*several machines behind one address, or a proxy'
    scan -Pn -O -sV -p2222,8889,2223 10.77.1.1
    says 'containers behind a proxy on their host' '^Path: Debian on 2222, Alpine on 8889 by what services say: containers'
    rules target <<'RULES'
table ip lab {
    chain out {
        type filter hook postrouting priority 0
        tcp flags & (syn|ack) == (syn|ack) jump disguise
    }
    chain disguise {
        ip ttl set 128
        tcp window set 8192
    }
}
RULES
    scan -Pn -O -p2222,2223 10.77.1.1
    says 'SYN-ACKs like those of another system' '^Path: the stack is disguised, .* the TTL begins at 128 in SYN-ACKs, at 64 in resets of the same port'
    rules target <<'RULES'
table ip lab {
    chain out {
        type filter hook postrouting priority 0
        ip ttl set 128
        tcp flags & (syn|ack) == (syn|ack) jump disguise
    }
    chain disguise {
        reset tcp option timestamp
    }
}
RULES
    scan -Pn -O -p2222,2223 10.77.1.1
    says 'options and TTL rewritten' '^Path: the stack is disguised, .*: TCP options are blanked out \(1[0-9] fillers'
    rules target </dev/null
    lab_sysctl target net.ipv4.ip_default_ttl=128 net.ipv4.tcp_timestamps=0
    scan -Pn -O -p2222,2223 10.77.1.1
    says 'another TTL by its settings' '^Path: the stack is disguised, .* the TTL begins at 128, of Linux at 64'
    lab_sysctl target net.ipv4.ip_default_ttl=64 net.ipv4.tcp_timestamps=1
    if [ -r /usr/share/nmap/nmap-os-db ] && command -v python3 >/dev/null && command -v ethtool >/dev/null; then
        scan -Pn -O -p22,23 10.77.4.1
        says 'a Linux whose SYN-ACKs are made like those of Windows' '^Path: the stack is disguised: options, windows and TTL are like Microsoft Windows .*, sequence numbers, IP IDs, resets and ICMP like Linux'
    else
        echo 'not asked: a disguise as Windows, which needs a database that knows it, python3 and ethtool'
    fi
    rules router <<'RULES'
table inet lab {
    chain forward {
        type filter hook forward priority 0
        tcp dport 2222 accept
        ct state established accept
        meta l4proto tcp reject with tcp reset
    }
}
RULES
    scan -Pn -O -p2222,2223-2230 10.77.1.1
    says 'a firewall that answers for the host' '^Path: resets came over 0 hops, SYN-ACKs over 1 hop: a filter on the path answers'
    says 'and the host is still told' '^Verdict: Linux'
else
    echo "not asked: the databases do not know this kernel"
fi
exit $failed
