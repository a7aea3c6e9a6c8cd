#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Everything data/os.db is made of: which stacks, under which settings, merged into which entries.
#
#     os-db.sh take DIR      measures all that this machine has packages for, one file each into DIR
#     os-db.sh write DIR     prints the database made of the files in DIR
#
# KERNELS  trees of unpacked kernel packages for linux-qemu, NAME=DIR ... (default: none). The names that
#          "write" knows: 5.10.223 6.1.192 6.12.43 6.12 6.16 6.17 6.18.5 7.2 7.3
# UMLS     user-mode Linux binaries, NAME=FILE ... (default: 6.1, the installed one; 5.10)
# LWIPS, RUNSCS  likewise for other versions of lwip and gvisor, see stacks/lwip.sh and stacks/gvisor.sh
# RUNS     scans per file (default 10)

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export RUNS=${RUNS:-10}

MTUS=(1280 1400 1420 1440 1450 1460 1480 1492 9000 9001)
GUEST_SYSCTLS="tcp_timestamps=0 tcp_timestamps=2 tcp_window_scaling=0 tcp_sack=0 tcp_syncookies=2 tcp_ecn=0
    ip_default_ttl=128 ip_default_ttl=255"
GUEST_MEMORY="128M 256M 512M 2G 4G"
GUEST_MTUS="1280 1400 1420 1440 1450 1460 1480 1492"
LWIP_BUILDS="536x4 536x8 1436x4 1440x4 1460x2 1460x4 1460x8"   # MSS x window in segments

# one FILE COMMAND...: measures unless it has been done; a stack that is missing is no error
one() {
    local file=$1
    shift
    [ ! -s "$file" ] || return 0
    if "$@" >"$file.new"; then
        mv "$file.new" "$file"
        echo "took ${file##*/}" >&2
    else
        echo "left out ${file##*/}: $(tail -n 1 "$file.new")" >&2
        rm -f "$file.new"
    fi
}

# again FILE COMMAND...: over several starts of the stack, for counters that start at random
again() {
    local file=$1 start
    shift
    for start in 1 2 3; do one "$file.start$start" "$@"; done
}

# aged FILE COMMAND...: over several ages of the stack, for counters that follow the uptime
aged() {
    local file=$1 age
    shift
    for age in 0 3600 86400 2592000; do one "$file.age$age" env UPTIME="$age" "$@"; done
}

# guest DIR NAME VARIABLE=VALUE STACK: one kernel under all settings
guest() {
    local dir=$1 name=$2 where=$3 stack=$4 setting
    one "$dir/$name.default" env "$where" "$HERE/measure.sh" take "$stack"
    for setting in $GUEST_SYSCTLS; do
        one "$dir/$name.$setting" env "$where" SYSCTLS="net.ipv4.$setting" "$HERE/measure.sh" take "$stack"
    done
    for setting in $GUEST_MEMORY; do
        one "$dir/$name.$setting" env "$where" MEMORY="$setting" "$HERE/measure.sh" take "$stack"
    done
    for setting in $GUEST_MTUS; do
        one "$dir/$name.mtu$setting" env "$where" MTU="$setting" "$HERE/measure.sh" take "$stack"
    done
}

take() {
    local dir=$1 name
    mkdir -p "$dir"
    for name in default tcp_timestamps0 tcp_timestamps2 tcp_window_scaling0 tcp_sack0 tcp_syncookies2 \
        tcp_ecn0 tcp_ecn1 ttl128 ttl255 loopback own-address \
        "${MTUS[@]/#/mtu}"; do
        one "$dir/host.$name" "$HERE/measure.sh" take "$name"
    done
    for name in lwipv6 slirp slirpvde passt vpcs; do
        again "$dir/$name" "$HERE/measure.sh" take "$name"
    done
    for name in ${RUNSCS:-2022=runsc}; do
        again "$dir/gvisor-${name%%=*}" env RUNSC="${name#*=}" "$HERE/measure.sh" take gvisor
    done
    for name in ${LWIPS:-2.1=}; do
        aged "$dir/lwip-${name%%=*}" env LWIP_ROOT="${name#*=}" "$HERE/measure.sh" take lwip
    done
    for name in $LWIP_BUILDS; do
        aged "$dir/lwip-bare.$name" env "LWIP_OPTS=TCP_MSS=${name%x*} TCP_WND=(${name#*x}*TCP_MSS)" \
            "$HERE/measure.sh" take lwip-bare
    done
    for name in ${UMLS:-6.1=linux.uml}; do
        guest "$dir" "${name%%=*}" "UML=${name#*=}" linux-uml
    done
    for name in ${KERNELS:-}; do
        guest "$dir" "${name%%=*}" "KERNEL_ROOT=${name#*=}" linux-qemu
    done
}

# shellcheck source=lab/entries.sh
. "$HERE/entries.sh"

head_of_file() {
    cat <<'TEXT'
# SPDX-License-Identifier: Apache-2.0
#
# Operating systems as whorl's OS detection sees them. Every entry was measured on the running stack in
# the project's own lab (lab/os-db.sh); the comments above each say on what, how often and when.
#
# What the ranges mean: SP and ISR are samples of a random quantity and get a margin of 5 and 4 around
# all values seen; where the sequence numbers are random, the range that six random numbers give
# (all but one in 100,000 draws: DC-112, EE-116). GCD is 1-10 where only small common divisors
# occurred. T allows for five hops of error in the distance. TS=1C-23 stands for timestamps that start
# at a random offset for each connection. M[x-y] spans the MSS of the links measured, for it is the
# link's and not the stack's.
# T7, U1 and IE of Linux may go unanswered (R=Y|N): these are what firewalls drop most often.

MatchPoints
SEQ(SP=25%GCD=75%ISR=25%TI=100%CI=50%II=100%SS=80%TS=100)
OPS(O1=20%O2=20%O3=20%O4=20%O5=20%O6=20)
WIN(W1=15%W2=15%W3=15%W4=15%W5=15%W6=15)
ECN(R=100%DF=20%T=15%TG=15%W=15%O=15%CC=100%Q=20)
T1(R=100%DF=20%T=15%TG=15%S=20%A=20%F=30%RD=20%Q=20)
TEXT
    local test r
    for test in T2 T3 T4 T5 T6 T7; do
        r=80
        case $test in T[456]) r=100 ;; esac
        echo "$test(R=$r%DF=20%T=15%TG=15%W=25%S=20%A=20%F=30%O=10%RD=20%Q=20)"
    done
    cat <<'TEXT'
U1(R=50%DF=20%T=15%TG=15%IPL=100%UN=100%RIPL=100%RID=100%RIPCK=100%RUCK=100%RUD=100)
IE(R=50%DFI=40%T=15%TG=15%CD=100)

TEXT
}

write() {
    local dir=$1
    export SILENT
    head_of_file

    # Two things tell kernels apart. Since some update of each series (after 6.12.43 and 6.18.5, by
    # 6.1.192, 6.12.107 and 6.18.44) the timestamp offset differs between connections. Since 6.16 the
    # window scale exceeds 7 where there is memory for it; with 1 GB or less it still does not.
    SILENT=1
    entry "$dir" "Linux 5.10 - 6.17" "$(linux 5 6)" \
        '5.10.default' '5.10.*[MG]' '5.10.mtu*' '5.10.tcp_ecn=0' '5.10.223.default' \
        '6.1.default' '6.1.*[MG]' '6.1.mtu*' '6.1.tcp_ecn=0' '6.12.43.default' \
        '6.1[67].default' '6.1[67].*M'
    entry "$dir" "Linux 6.1 - 7.3 (timestamp offset per connection)" "$(linux 6 7)" \
        '6.1.192.default' '6.12.default' '6.12.*[MG]' '6.12.mtu*' '6.12.tcp_ecn=0' \
        '7.[23].default' '7.[23].*M' '7.2.mtu*' '7.2.tcp_ecn=0'
    entry "$dir" "Linux 6.16 - 6.18" "$(linux 6)" '6.1[678]*.[24]G' 'host.tcp_timestamps2'
    entry "$dir" "Linux 6.18 - 7.3 (timestamp offset per connection)" "$(linux 6 7)" \
        'host.default' 'host.mtu*' 'host.loopback' 'host.own-address' 'host.tcp_ecn?' '7.[23].[24]G'
    entry "$dir" "Linux 5.10 - 7.3 (timestamps off)" "$(linux 5 6 7)" 'host.tcp_timestamps0' '*.tcp_timestamps=0'
    entry "$dir" "Linux 5.10 - 7.3 (window scaling off)" "$(linux 5 6 7)" \
        'host.tcp_window_scaling0' '*.tcp_window_scaling=0'
    entry "$dir" "Linux 5.10 - 7.3 (SACK off)" "$(linux 5 6 7)" 'host.tcp_sack0' '*.tcp_sack=0'
    entry "$dir" "Linux 5.10 - 7.3 (SYN cookies always)" "$(linux 5 6 7)" 'host.tcp_syncookies2' '*.tcp_syncookies=2'
    entry "$dir" "Linux 5.10 - 7.3 (TTL 128 or 255)" "$(linux 5 6 7)" 'host.ttl*' '*.ip_default_ttl=*'

    SILENT=0
    entry "$dir" "lwIP 2.1 - 2.2 (Debian's options)" "lwIP | lwIP | 2.X | specialized=cpe:/a:lwip_project:lwip:2" 'lwip-2*'
    entry "$dir" "lwIP 2.1 (small windows, as on microcontrollers)" \
        "lwIP | lwIP | 2.X | specialized=cpe:/a:lwip_project:lwip:2" 'lwip-bare.*'
    entry "$dir" "LWIPv6 1.5" "VirtualSquare | LWIPv6 | 1.X | specialized=" 'lwipv6.*'
    entry "$dir" "libslirp 4.7 (QEMU user networking, rootless containers)" \
        "Slirp | libslirp | 4.X | specialized=cpe:/a:libslirp_project:libslirp:4.7" 'slirp.*'
    entry "$dir" "VDE slirpvde 2.3" "Slirp | slirpvde | 2.X | specialized=" 'slirpvde.*'
    entry "$dir" "passt 2023 (pasta)" "passt | passt | 2023 | specialized=cpe:/a:passt:passt" 'passt.*'
    entry "$dir" "gVisor 2022" "Google | gVisor | 2022 | specialized=cpe:/a:google:gvisor" 'gvisor-2022.*'
    entry "$dir" "gVisor 2024" "Google | gVisor | 2024 | specialized=cpe:/a:google:gvisor" 'gvisor-2024.*'
    entry "$dir" "Virtual PC Simulator 0.5" "GNS3 | VPCS | 0.X | specialized=" 'vpcs.*'
}

case ${1:-} in
    take) take "${2:?DIR}" ;;
    write) write "${2:?DIR}" ;;
    *)
        sed -n '4,16s/^# \{0,1\}//p' "$0" >&2
        exit 2 ;;
esac
