#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Probes a second that get onto a veth, sweeping one port of a /14 that is silent (masscan, zmap; whorl as
# discovery and as port scan of all) or 65,535 ports of the neighbor, all closed (nmap), in the same run. Of each: packets sent, the rate between the
# first and the last twentieth of them, and the best rate over 50 ms. All are told to go as fast as they can.
# rate.sh WHORL. LIMIT is the most seconds of one run (20).
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
limit=${LIMIT:-20}
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_need python3 python3
lab_init
lab_ns scanner
lab_ns sink
lab_join scanner eth0 sink eth0
lab_addr scanner eth0 10.97.0.1/24
lab_addr sink eth0 10.97.0.254/24
lab_route scanner default 10.97.0.254
lab_in sink ip route add blackhole 10.64.0.0/14
gateway=$(lab_in sink cat /sys/class/net/eth0/address)
cd "$LAB_DIR"
cat >watch.py <<'PY'
import subprocess, sys, time
name, limit, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
counter = open("/sys/class/net/eth0/statistics/tx_packets")
def sent():
    counter.seek(0)
    return int(counter.read())
seen = [(time.monotonic(), sent())]
child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while child.poll() is None and time.monotonic() < seen[0][0] + limit:
    time.sleep(0.005)
    seen.append((time.monotonic(), sent()))
if child.poll() is None:
    child.terminate()
    child.wait()
all_sent = seen[-1][1] - seen[0][1]
inner = [s for s in seen if 0.05 * all_sent <= s[1] - seen[0][1] <= 0.95 * all_sent]
mean = best = 0
if len(inner) > 1 and inner[-1][0] > inner[0][0]:
    mean = (inner[-1][1] - inner[0][1]) / (inner[-1][0] - inner[0][0])
i = 0
for t, n in seen:
    while t - seen[i][0] > 0.055:
        i += 1
    if t - seen[i][0] > 0.045:
        best = max(best, (n - seen[i][1]) / (t - seen[i][0]))
print(f"  {name:<9} {all_sent:>8} sent  {mean:>9.0f}/s  best {best:>9.0f}/s  {seen[-1][0] - seen[0][0]:7.2f} s")
PY
run() { # NAME COMMAND...
    lab_in scanner python3 watch.py "$1" "$limit" "${@:2}"
}
has() { command -v "$1" >/dev/null; }

echo 'one port of a silent /14'
run whorl "$whorl" -n -sn -PS80 --max-retries 0 -oX out.xml 10.64.0.0/14
run 'whorl -Pn' "$whorl" -n -Pn -p80 --open --max-retries 0 -oX out.xml 10.64.0.0/14
if has masscan; then run masscan masscan -p80 10.64.0.0/14 --rate 10000000 --wait 0 -e eth0 --router-mac "${gateway//:/-}"; fi
if has zmap; then run zmap zmap -q -p 80 -r 10000000 -c 0 -i eth0 -G "$gateway" -S 10.97.0.1 -b /dev/null 10.64.0.0/14; fi
echo '65,535 closed ports of the neighbor'
run whorl "$whorl" -n -Pn -p- -oX out.xml 10.97.0.254
if has nmap; then run nmap nmap -n -Pn -p- -T5 --min-rate 1000000 -oX out.xml 10.97.0.254; fi
