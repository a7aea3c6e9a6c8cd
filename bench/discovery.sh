#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Host discovery in a /16 behind a router: whorl beside nmap (-sn), masscan (--ping) and zmap
# (icmp_echoscan) where they are installed, in the same run; then whoever has port 80 open there, all being
# taken for up. Seconds of the whole program, processor time, memory, packets it sent, hosts it found of those
# that are there; masscan and zmap ask by echo alone, so whorl does too once.
# discovery.sh WHORL. LIMIT is the most seconds of one run (20); WIDE=1: a /12 instead, without nmap;
# RATE is what masscan and zmap are told to send (100,000 a second).
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
tunhosts=${WHORL_BUILD:-$root/build}/lab/tunhosts
limit=${LIMIT:-20}
wide=${WIDE:-0}
rate=${RATE:-100000}
net=10.64.0.0/16
count=65536
if [ "$wide" = 1 ]; then net=10.64.0.0/12 count=1048576; fi
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns scanner
lab_ns many
lab_join scanner eth0 many eth0
lab_addr scanner eth0 10.97.0.1/24
lab_addr many eth0 10.97.0.254/24
lab_sysctl many net.ipv4.ip_forward=1
lab_route scanner default 10.97.0.254
gateway=$(lab_in many cat /sys/class/net/eth0/address)
cd "$LAB_DIR"
first=() # as machines of their own would be
if command -v chrt >/dev/null; then first=(chrt -f 2); fi

run() { # NAME COMMAND...: the address of each host that is up stands in the output once
    local name=$1 from to sent
    shift
    sent=$(lab_in scanner cat /sys/class/net/eth0/statistics/tx_packets)
    from=$(date +%s%N)
    lab_in scanner "${first[@]}" /usr/bin/time -q -f '%U %S %M' -o spent timeout "$limit" "$@" >out 2>err </dev/null ||
        echo "  $name: exit code $?"
    to=$(date +%s%N)
    sent=$(($(lab_in scanner cat /sys/class/net/eth0/statistics/tx_packets) - sent))
    { grep -oE '10\.(6[4-9]|7[0-9])\.[0-9]+\.[0-9]+' out || true; } | sort -u >found
    awk -v name="$name" -v spent="$(tail -1 spent)" -v ms=$(((to - from) / 1000000)) -v sent="$sent" -v want="$(sort -u there | wc -l)" \
        -v got="$(sort there | comm -12 - found | wc -l)" -v more="$(sort there | comm -13 - found | wc -l)" \
        'BEGIN { split(spent, s, " ")
                 printf "  %-14s %7.2f s  processor %6.2f s %5.0f MB %8d sent   %d of %d%s\n", name, ms / 1000,
                        s[1] + s[2], s[3] / 1024, sent, got, want, more ? ", and " more " that are not there" : "" }'
}
begin() { # OPTIONS...: of tunhosts
    lab_spawn many "${first[@]}" "$tunhosts" --db "$root/data/os.db" --key key --set 'open = 80' --count "$count" "$@" "$net"
    tun_pid=$LAB_PID
    lab_until 20 lab_in many ip link show tun0 >/dev/null 2>&1
    lab_until 20 test -s key
    sleep 0.5
    cut -d' ' -f1 key | cut -f1 >there
}
end() {
    kill "$tun_pid"
    wait "$tun_pid" 2>/dev/null || true
    rm -f key
}
scan() { # TEXT OPTIONS...
    echo "$1"
    begin "${@:2}"
    run whorl "$whorl" -n -sn "$net"
    run 'whorl -PE' "$whorl" -n -sn -PE "$net"
    if [ "$wide" = 0 ] && command -v nmap >/dev/null; then run nmap nmap -n -sn -T4 "$net"; fi
    if command -v masscan >/dev/null; then
        run masscan masscan --ping "$net" --rate "$rate" --wait 2 -e eth0 --router-mac "${gateway//:/-}"
    fi
    if command -v zmap >/dev/null; then
        run zmap zmap -q -M icmp_echoscan -r "$rate" -c 2 -i eth0 -G "$gateway" -S 10.97.0.1 -b /dev/null "$net"
    fi
    end
}
ports() { # TEXT OPTIONS...
    echo "$1"
    begin "${@:2}"
    run whorl "$whorl" -n -Pn -p80 --open "$net"
    if command -v masscan >/dev/null; then
        run masscan masscan -p80 "$net" --rate "$rate" --wait 2 -e eth0 --router-mac "${gateway//:/-}"
    fi
    if command -v zmap >/dev/null; then
        run zmap zmap -q -p 80 -r "$rate" -c 2 -i eth0 -G "$gateway" -S 10.97.0.1 -b /dev/null "$net"
    fi
    end
}
if [ "$wide" = 1 ]; then
    scan 'a /12 with hosts at 2 % of the addresses' --up 2
    ports 'port 80 of that /12' --up 2
    exit
fi
scan 'a /16 with hosts at 5 % of the addresses' --up 5
scan 'a /16 full of hosts' --up 100
ports 'port 80 of a /16 with hosts at 5 % of the addresses' --up 5
ports 'port 80 of a /16 full of hosts' --up 100
