#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Recorded OS detections of hosts that are known, for verdict_check -f and verdict_learn -f: what real scans
# see through clean paths, lossy paths, filters and a router that rewrites. One host each of references drawn
# from a database stands behind the router (tunhosts); whorl scans from the other side.
#
#     os-runs.sh WHORL TUNHOSTS FILE [HOSTS of each path, default 200] [SEED, default 1]
#
# FILE holds blocks "Truth LINE" (of the Fingerprint line in $DB) and the lines of a fingerprint, with a
# blank line behind each.
set -euo pipefail
whorl=$(realpath "$1") tunhosts=$(realpath "$2") out=$(realpath -m "$3") hosts=${4:-200} seed=${5:-1}
db=$(realpath "${DB:-/usr/share/nmap/nmap-os-db}")
# shellcheck source=lab/netns/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/netns/lib.sh"
lab_init
lab_need jq jq
lab_need nft nftables
lab_ns scanner
lab_ns router
lab_join scanner v0 router v1
lab_addr scanner v0 10.93.0.1/24
lab_addr router v1 10.93.0.254/24
lab_router router
lab_sysctl router net.ipv4.conf.all.rp_filter=0 net.ipv4.icmp_ratelimit=0
lab_route scanner 10.64.0.0/12 10.93.0.254
range=10.64.0.0/$((32 - $(awk -v n="$hosts" 'BEGIN { b = 0; while (2 ^ b < n) b++; print b }')))
cd "$LAB_DIR"

# blocks: of the newest reports
blocks() {
    jq -r 'select(.type == "evidence" and .kind == "os_subject") | [.addr, .fingerprint] | @tsv' seen.json |
        awk -F '\t' 'FNR == NR { line[$1] = $2; next } $1 in line {
            gsub(/\\n/, "\n", $2); printf "Truth %s\n%s\n", line[$1], $2 }' key -
}

# through NAME OPTIONS...: every host by one path; the router's rules are there already
through() {
    local name=$1 before
    shift
    seed=$((seed + 1))
    before=$(grep -c ^Truth "$out.new" || true)
    : >log
    lab_spawn router "$tunhosts" --db "$db" --count "$hosts" --seed "$seed" --key key --set 'open = 80' "$@" \
        10.64.0.0/12
    lab_until 20 grep -q ready log
    lab_in scanner "$whorl" -n -Pn -O -p80,81 -oJ seen.json "$range" >/dev/null 2>&1
    blocks >>"$out.new"
    echo "$name: $(($(grep -c ^Truth "$out.new") - before)) of $hosts" >&2
    kill "$LAB_PID"
    wait "$LAB_PID" 2>/dev/null || true
}

rewrite() { # RULE...: of what comes from the hosts
    lab_in router nft add table ip lab
    lab_in router nft 'add chain ip lab back { type filter hook forward priority 0 ; }'
    local rule
    for rule; do lab_in router nft "add rule ip lab back oifname v1 $rule"; done
}

: >"$out.new"
through 'as they are'
through 'loss 5 %' --loss 5 --rtt 50ms --jitter 20ms
through 'limits' --icmp-limit 1 --rst-limit 5
through 'no closed port' --set 'filtered = 1-79,81-65535'
through 'no UDP' --set 'udp-filtered = 1-65535'
through 'no ping, no UDP' --set 'ping = no' --set 'udp-filtered = 1-65535'
through 'only the open port' --set 'filtered = 1-79,81-65535' --set 'ping = no' --set 'udp-filtered = 1-65535'
rewrite 'tcp flags & (syn|rst) == syn tcp option maxseg size set 1400'
through 'MSS 1400'
lab_in router nft delete table ip lab
rewrite 'ip ttl set 128'
through 'TTL 128'
lab_in router nft delete table ip lab
rewrite 'tcp flags & (fin|syn|rst|ack) == rst|ack drop' 'icmp type != echo-reply drop'
through 'resets and errors dropped'
mv "$out.new" "$out"
