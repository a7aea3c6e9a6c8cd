#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Wall time of version detection beside nmap in the same run: one port that speaks HTTP, one that
# says nothing, TLS on an unlisted port, one that closes at once, 50 ports of all kinds, 1,000 hosts
# with three ports. "named" counts ports with a product. nmap is given up after CAP seconds a row.
# service_wall.sh WHORL [CAP]
set -euo pipefail
whorl=$(realpath "$1")
cap=${2:-900}
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_need openssl openssl
lab_need python3 python3
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.96.0.1/16
lab_addr target eth0 10.96.9.1/16
# Every address of 10.97.0.0/16 is the target's own.
lab_route scanner 10.97.0.0/16 10.96.9.1
lab_in target ip route add local 10.97.0.0/16 dev lo
lab_sysctl target net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=8192

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=lab.example.org \
    -keyout "$LAB_DIR/key" -out "$LAB_DIR/crt" 2>/dev/null
mixed=(http:31001-31012 ssh:31013-31018 smtp:31019-31023 ftp:31024-31028 pop3:31029-31031
    imap:31032-31034 https:31035-31039 silent:31040-31041 wrapped:31042-31044 redis:31045-31046
    echo:31047-31048 odd:31049-31050)
lab_spawn target python3 "$root/bench/service_server.py" "$LAB_DIR/crt" "$LAB_DIR/key" \
    http:80 silent:31111 https:32222 wrapped:31113 ssh:22 smtp:25 "${mixed[@]}"
lab_until 20 lab_connects scanner 10.96.9.1 31050

seconds() { # COMMAND...: sets MS and NAMED
    local from
    from=$(date +%s%N)
    lab_in scanner timeout "$cap" "$@" -oG "$LAB_DIR/grep" >"$LAB_DIR/out" 2>&1 </dev/null || true
    MS=$((($(date +%s%N) - from) / 1000000))
    # port/state/protocol/owner/service/rpc/version/
    NAMED=$({ grep -oE '[0-9]+/open/tcp//[^/]*//[^/]+/' "$LAB_DIR/grep" || true; } | wc -l)
}
row() { # NAME ARGUMENTS...
    local name=$1 ours named
    shift
    seconds "$whorl" -n -Pn -sV "$@"
    ours=$MS named=$NAMED
    MS=0 NAMED=0
    ! command -v nmap >/dev/null || seconds nmap -n -Pn -sV "$@"
    awk -v name="$name" -v a="$ours" -v an="$named" -v b="$MS" -v bn="$NAMED" -v cap="$cap" 'BEGIN {
        printf "%-30s %8.2f s %5d named   nmap %8.2f s %5d named %s %6.1f x\n", name, a / 1000, an,
            b / 1000, bn, (b >= cap * 1000 ? "(given up)" : ""), b / a
    }'
}

row 'HTTP' -p80 10.96.9.1
row 'silent' -p31111 10.96.9.1
row 'TLS on an unlisted port' -p32222 10.96.9.1
row 'closes at once' -p31113 10.96.9.1
row '50 ports of all kinds' -p31001-31050 10.96.9.1
row '1,000 hosts, 3 ports each' -p22,25,80 10.97.0-3.1-250
