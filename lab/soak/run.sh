#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
#     run.sh BUILD SECONDS [SEED]    random scans of a lab, watched
#
# For a build with sanitizers. The lab: a kernel with real and malicious services behind a firewall that
# changes, and 4,096 simulated hosts with loss, delay and limits. Each scan is drawn from the seed: kinds,
# ports, timing, detections, outputs; some are stopped by a signal. A scan fails the run when it hangs, ends
# with another status than 0, 1, 2 or 130, says a word of a sanitizer, leaves an output that cannot be read,
# or uses more and more descriptors. See soak.py.
set -euo pipefail
build=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
for tool in openssl:openssl python3:python3 nft:nftables tc:iproute2; do
    lab_need "${tool%:*}" "${tool#*:}"
done
lab_init
lab_ns scanner
lab_ns target
lab_join scanner eth0 target eth0
lab_addr scanner eth0 10.98.0.1/24
lab_addr target eth0 10.98.0.2/24
lab_in scanner ip addr add fd98::1/64 dev eth0 nodad
lab_in target ip addr add fd98::2/64 dev eth0 nodad
for i in $(seq 10 17); do lab_in target ip addr add "10.98.0.$i/24" dev eth0; done
cd "$LAB_DIR"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out crt -days 2 -subj /CN=soak 2>/dev/null
lab_spawn target python3 "$root/tests/netns/hostile_server.py" crt key
lab_spawn target python3 -m http.server 8080 --bind 10.98.0.2
lab_spawn scanner "$build/lab/tunhosts" --db "$root/data/os.db" --set 'open = 22,80' --seed 7 --up 70 --loss 3 --rtt 20ms \
    --jitter 10ms --rst-limit 50 --icmp-limit 20 10.64.0.0/20
sleep 3
lab_in scanner ip route get 10.64.0.1 | grep -q tun || { echo 'soak: tunhosts does not run' >&2; exit 1; }
lab_in scanner env LAB_PREFIX="$LAB_PREFIX" python3 "$root/lab/soak/soak.py" "$build/whorl" "$2" "${3:-1}"
