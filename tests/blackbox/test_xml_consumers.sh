#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# XML of the same scans by nmap and by whorl, at the same time: ndiff sees no difference, the
# document is valid but for the scanner's name, nmap's stylesheet renders it, and programs find what
# they rely on. test_xml_consumers.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
for tool in nmap ndiff nft python3 unshare; do
    command -v "$tool" >/dev/null || { echo "skip: $tool is not installed"; exit 77; }
done
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
# shellcheck source=lab/netns/scannet.sh
. "$root/lab/netns/scannet.sh"
lab_init
scannet_up
export HOME=$LAB_DIR
cd "$LAB_DIR"
nmap_data=/usr/share/nmap
python=python3 # the system's knows python3-libnmap
/usr/bin/python3 -c 'import libnmap' 2>/dev/null && python=/usr/bin/python3
failed=0
complain() {
    failed=$((failed + 1))
    echo "FAIL: $1"
    [ ! -s "${2:-}" ] || head -20 "$2"
}

# The first two lines name the programs.
compare() {
    ndiff nmap.xml whorl.xml | grep -v -e '^-Nmap [0-9.]* scan' -e '^+whorl [0-9.]* scan' | grep . || true
}
valid() {
    command -v xmllint >/dev/null || { echo 'not checked: xmllint is not installed'; return; }
    sed 's/<nmaprun scanner="whorl"/<nmaprun scanner="nmap"/' whorl.xml >valid.xml
    xmllint --noout --dtdvalid "$nmap_data/nmap.dtd" valid.xml 2>err || complain "$1: not valid" err
}
rendered() { # NAME ADDRESS
    command -v xsltproc >/dev/null || { echo 'not checked: xsltproc is not installed'; return; }
    xsltproc --nonet "$nmap_data/nmap.xsl" whorl.xml >page.html 2>err || complain "$1: not rendered" err
    grep -q "$2" page.html || complain "$1: the page does not show $2"
}
while read -r address args; do
    # shellcheck disable=SC2086
    scannet_scan nmap $args -oX nmap.xml </dev/null >/dev/null 2>&1 || complain "nmap $args"
    # shellcheck disable=SC2086
    scannet_scan "$whorl" $args -oX whorl.xml </dev/null >/dev/null 2>err || complain "whorl $args" err
    compare >differences
    # Systems differ with the databases, and the verdict is ours alone.
    case $args in
        *-O*)
            sed -i -e '/OS details:/d' -e '/^[-+]  /d' -e '/whorl-verdict/d' -e '/Host script results/d' \
                -e '/^ 10\.79\.0\.10:$/d' differences
            ;;
    esac
    [ ! -s differences ] || complain "ndiff: $args" differences
    valid "$args"
    rendered "$args" "$address"
    "$python" "$root/tests/blackbox/xml_consumers.py" nmap.xml whorl.xml || complain "consumers: $args"
done <<'RUNS'
10.77.0.20 -n -v --stats-every 100ms --max-rate 100 -p22-25,80,443,8080,9999 10.77.0.10,20,30
10.77.0.10 -F 10.77.0.10 10.79.0.10
10.77.0.10 -n -v -sn 10.77.0.10,99
10.77.0.10 -n -sV -p22,80 10.77.0.10
10.77.0.20 -n -sSU -pT:22,81,U:53,161 10.77.0.20
fd77::10 -6 -p22,81 fd77::10
10.79.0.10 -n -O -v -p22,81 10.79.0.10
RUNS

# Phases and their state.
scannet_scan "$whorl" -n -v --stats-every 100ms --max-rate 100 -p1-60 -oX whorl.xml 10.77.0.20 >/dev/null 2>&1
valid tasks
for element in 'taskbegin task="SYN Stealth Scan" time="[0-9]*"' 'taskend task="SYN Stealth Scan" time="[0-9]*" extrainfo="60 total ports"' \
    'taskprogress task="SYN Stealth Scan" time="[0-9]*" percent="[0-9.]*"'; do
    grep -q "^<$element" whorl.xml || complain "no $element" whorl.xml
done

echo "$failed failed"
[ "$failed" = 0 ]
