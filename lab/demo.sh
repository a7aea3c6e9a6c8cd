#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Brings up a small network of different stacks behind one switch, scans it, shows what the scanner
# says and removes everything: about ten seconds.
#
#     demo.sh [WHORL] [OPTION...]      default: build/whorl -n -O -v; the addresses are appended
#
# Needs root and what netns/lib.sh needs; hosts whose packages are missing are left out.

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=stacks/stack.sh
. "$HERE/stacks/stack.sh"

HOSTS=()

# host ADDRESS WHAT: notes a host for the table and the scan
host() {
    HOSTS+=("$1")
    printf '  %-10s  %s\n' "$1" "$2"
}

# plug NAME CIDR: a namespace with one cable into the switch
plug() {
    lab_ns "$1"
    lab_join "$1" eth0 switch "$1"
    lab_addr "$1" eth0 "$2"
    lab_switch switch "$1"
}

# stack NAME ADDRESS WHAT: a host from a recipe, if its packages are there
stack() {
    stack_load "$1"
    TARGET=$2
    if stack_up; then
        host "$2" "$3"
    else
        echo "  $2   left out: $3"
    fi
}

network() {
    lab_init
    lab_ns switch
    plug scanner 10.77.1.1/24

    plug plain 10.77.1.2/24
    lab_listen plain 22
    host 10.77.1.2 "the running kernel as it is"

    plug tuned 10.77.1.3/24
    lab_sysctl tuned net.ipv4.ip_default_ttl=128
    lab_listen tuned 22
    host 10.77.1.3 "the running kernel with the TTL of a Windows host"

    plug walled 10.77.1.4/24
    lab_listen walled 22
    lab_nft walled input tcp dport != 22 drop
    lab_nft walled input meta l4proto '{ icmp, udp }' drop
    host 10.77.1.4 "the running kernel behind a firewall: only port 22 answers"

    stack lwip 10.77.1.5 "lwIP"
    stack lwipv6 10.77.1.6 "LWIPv6"
    stack linux-uml 10.77.1.7 "user-mode Linux"
}

main() {
    local whorl=${1:-$HERE/../build/whorl}
    [ $# -eq 0 ] || shift
    [ $# -gt 0 ] || set -- -n -O -v
    command -v "$whorl" >/dev/null || { echo "demo: no program $whorl; build it first" >&2; return 1; }
    network
    echo
    echo "\$ $whorl $* ${HOSTS[*]}"
    lab_in scanner "$whorl" "$@" "${HOSTS[@]}"
}

main "$@"
