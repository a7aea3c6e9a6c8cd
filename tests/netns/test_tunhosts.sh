#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Many hosts behind a TUN device: whorl finds who they are; loss, round trip and limits are what
# they were asked to be; the nmap binary, if installed, finds the same with its own database.
# test_tunhosts.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
tunhosts=${WHORL_BUILD:-$root/build}/lab/tunhosts
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
[ -c /dev/net/tun ] || { echo 'skip: needs /dev/net/tun'; exit 77; }
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
lab_ns many
cd "$LAB_DIR"
export HOME=$LAB_DIR
failed=0
fail() { failed=$((failed + 1)); echo "FAIL: $*"; }

up() { # OPTIONS...: tunhosts with them
    : >ready
    ip netns exec "${LAB_PREFIX}many" "$tunhosts" --key key "$@" >ready 2>&1 &
    tun_pid=$!
    LAB_PIDS+=("$tun_pid")
    lab_until 20 grep -q ready ready
}
down() {
    kill "$tun_pid"
    wait "$tun_pid" || true
}
hits() { "$root/lab/netns/score.sh" key "$1" | cut -d' ' -f1; }

up --db "$root/data/os.db" --count 64 --set 'open = 80' 10.64.0.0/24
lab_in many "$whorl" -n -Pn -O -p80,81 10.64.0.0/26 -oX out.xml >/dev/null 2>err || fail "whorl: $(cat err)"
[ "$(hits out.xml)" -ge 63 ] || fail "whorl knows $(hits out.xml) of 64 hosts"
for i in 1 2 3; do # parts are the whole; hosts that are done at once, more than are let in together
    lab_in many "$whorl" -n -sn -Pn 10.64.0.0/24 --exclude 10.64.0.9 --shard $i/3 --randomize-hosts -oG -
done | awk '/Status: Up/ { print $2 }' >parts
[ "$(wc -l <parts)" = 255 ] && [ "$(sort -u parts | wc -l)" = 255 ] ||
    fail "parts of $(wc -l <parts) hosts, $(sort -u parts | wc -l) different, instead of 255"
down
grep -qE '[1-9][0-9]* received, [1-9][0-9]* answered' ready || fail "no counts: $(cat ready)"

up --db "$root/data/os.db" --count 16 --set 'open = 80' --rtt 60ms --jitter 10ms 10.64.0.0/24
rtt=$(lab_in many "$whorl" -n -p80 10.64.0.0/28 -oX - | sed -n 's/.*srtt="\([0-9]*\)".*/\1/p' | sort -n | head -1)
if [ -n "$rtt" ]; then [ "$rtt" -ge 50000 ] && [ "$rtt" -le 90000 ] || fail "round trip of $rtt us instead of 60,000"; fi
down

up --db "$root/data/os.db" --count 1 --set 'open = 80' --rst-limit 20:5 10.64.0.0/24
lab_in many timeout 60 "$whorl" -n -Pn -T5 -p1-60 10.64.0.0 >out 2>&1 || fail "$(cat out)"
down
grep -qE ' [1-9][0-9]* held back' ready || fail "no reset was held back: $(cat ready)"

db=/usr/share/nmap/nmap-os-db
if command -v nmap >/dev/null && [ -r $db ]; then
    up --db $db --count 24 --seed 2 --set 'open = 80' 10.64.0.0/24
    lab_in many nmap -n -Pn -O -p80,81 --max-hostgroup 8 10.64.0.0-23 -oX out.xml >/dev/null 2>&1
    [ "$(hits out.xml)" -ge 22 ] || fail "nmap knows $(hits out.xml) of 24 hosts"
    down
else
    echo 'without nmap: it was not asked'
fi
[ "$failed" = 0 ] || exit 1
echo 'tunhosts: all as asked'
