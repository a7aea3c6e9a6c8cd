#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Port scans and sweeps of hosts behind a TUN device: whorl beside nmap, and masscan where it
# is installed, in the same run (zmap 2.1 cannot capture on such a device). Seconds of the whole program; what it found of what is there.
# ports.sh WHORL. See os_hosts.sh for the priorities; LIMIT is the most seconds of one run (120).
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
tunhosts=${WHORL_BUILD:-$root/build}/lab/tunhosts
limit=${LIMIT:-120}
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns many
cd "$LAB_DIR"
first=() scanner=()
if command -v chrt >/dev/null; then
    first=(chrt -f 2)
    [ -z "${ALONE:-}" ] || scanner=(chrt -f 1)
fi
has() { command -v "$1" >/dev/null; }

up() { # OPTIONS...
    : >ready
    ip netns exec "${LAB_PREFIX}many" "${first[@]}" "$tunhosts" --db "$root/data/os.db" --key key \
        "$@" 10.64.0.0/12 >ready 2>&1 &
    tun_pid=$!
    LAB_PIDS+=("$tun_pid")
    lab_until 20 grep -q ready ready
}
down() {
    kill "$tun_pid"
    wait "$tun_pid" 2>/dev/null || true
}
run() { # NAME PATTERN EXPECTED COMMAND...: how often PATTERN stands in the output
    local name=$1 pattern=$2 want=$3 from to
    shift 3
    from=$(date +%s%N)
    timeout "$limit" ip netns exec "${LAB_PREFIX}many" "${scanner[@]}" "$@" >out 2>&1 </dev/null || true
    to=$(date +%s%N)
    awk -v name="$name" -v s=$(((to - from) / 1000000)) -v got="$(grep -cE "$pattern" out)" -v want="$want" \
        'BEGIN { printf "  %-10s %8.2f s   %d of %d\n", name, s / 1000, got, want }'
}
both() { # PATTERN EXPECTED OPTIONS...: whorl and nmap
    local pattern=$1 want=$2
    shift 2
    run whorl "$pattern" "$want" "$whorl" -n "$@"
    if has nmap; then run nmap "$pattern" "$want" nmap -n "$@"; fi
}

echo '65,535 ports of one host, answered (2 open)'
up --set 'open = 22,80'
both '^[0-9]+/tcp +open' 2 -Pn -p- 10.64.0.1
if has masscan; then
    run masscan 'Discovered open' 2 masscan -p1-65535 10.64.0.1 --rate 200000 --wait 1 -e tun0
fi
down

echo '1,000 ports, 99 % silent (2 open, 8 closed)'
up --set 'filtered = all' --set 'open = 22,80' --set 'closed = 21,23,25,53,110,111,135,139'
both '^[0-9]+/tcp +(open|closed)' 10 -Pn 10.64.0.1
down

echo '400 ports behind 20 resets a second (19.7 s at that rate)'
up --set 'open = 22,80' --rst-limit 20:6
both '^Not shown: 398 closed' 1 -Pn -p1-400 10.64.0.1
down

echo 'ten closed UDP ports behind one ICMP error a second (4 s at that rate)'
up --icmp-limit 1:6
both '^[0-9]+/udp +closed' 10 -Pn -sU -p1-10 10.64.0.1
down

echo 'a /16 with hosts at 5 % of the addresses'
up --up 5 --count 65536 --set 'open = 80'
hosts=$(wc -l <key)
both '^Nmap scan report|^Whorl report|^.*[Ss]can report for' "$hosts" -sn 10.64.0.0/16
if has masscan; then
    run masscan 'Discovered open' "$hosts" masscan -p80 10.64.0.0/16 --rate 200000 --wait 1 -e tun0
fi
down
