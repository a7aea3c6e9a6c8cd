#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Everything data/os.db is made of: which stacks, under which settings, merged into which entries.
#
#     os-db.sh take DIR      measures all that this machine has packages for, one file each into DIR
#     os-db.sh write DIR     prints the database made of the files in DIR
#
# KERNELS  trees of unpacked kernel packages for linux-qemu, VERSION=DIR ... (default: none but /)
# UMLS     user-mode Linux binaries, VERSION=FILE ... (default: the installed one)
# LWIPS, RUNSCS  likewise for other versions of lwip and gvisor, see stacks/lwip.sh and stacks/gvisor.sh
# RUNS     scans per file (default 10)

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export RUNS=${RUNS:-10}

MTUS="1280 1400 1420 1440 1450 1460 1480 1492 9000 9001"
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
        tcp_ecn0 tcp_ecn1 ttl128 ttl255 loopback own-address $(printf 'mtu%s ' $MTUS); do
        one "$dir/host.$name" "$HERE/measure.sh" take "$name"
    done
    for name in lwipv6 slirp slirpvde passt vpcs; do
        one "$dir/$name" "$HERE/measure.sh" take "$name"
    done
    for name in ${LWIPS:-2.1=}; do
        one "$dir/lwip-${name%%=*}" env LWIP_ROOT="${name#*=}" "$HERE/measure.sh" take lwip
    done
    for name in ${RUNSCS:-2022=runsc}; do
        one "$dir/gvisor-${name%%=*}" env RUNSC="${name#*=}" "$HERE/measure.sh" take gvisor
    done
    for name in $LWIP_BUILDS; do
        one "$dir/lwip-bare.$name" env "LWIP_OPTS=TCP_MSS=${name%x*} TCP_WND=(${name#*x}*TCP_MSS)" \
            "$HERE/measure.sh" take lwip-bare
    done
    for name in ${UMLS:-6.1=linux.uml}; do
        guest "$dir" "${name%%=*}" "UML=${name#*=}" linux-uml
    done
    for name in ${KERNELS:-}; do
        guest "$dir" "${name%%=*}" "KERNEL_ROOT=${name#*=}" linux-qemu
    done
}

# entry DIR TITLE CLASSES PATTERN...: one entry of the files that match, nothing if there are none.
# CLASSES: "vendor | family | generation | type=CPE", several separated by a line break
entry() {
    local dir=$1 title=$2 classes=$3 class head='' files=() pattern file
    shift 3
    for pattern in "$@"; do
        for file in "$dir"/$pattern; do
            [ ! -s "$file" ] || files+=("$file")
        done
    done
    [ ${#files[@]} -gt 0 ] || { echo "no measurement for: $title" >&2; return; }
    while read -r class; do
        head+="Class ${class%=*}"$'\n'
        [ -z "${class##*=}" ] || head+="CPE ${class##*=}"$'\n'
    done <<<"$classes"
    "$HERE/measure.sh" merge "$title" "${head%$'\n'}" "${files[@]}"
}

# linux GENERATION...: the classes of an entry for Linux
linux() {
    local generation
    for generation in "$@"; do
        echo "Linux | Linux | $generation.X | general purpose=cpe:/o:linux:linux_kernel:$generation"
    done
}

head_of_file() {
    cat <<'TEXT'
# SPDX-License-Identifier: Apache-2.0
#
# Operating systems as whorl's OS detection sees them. Every entry was measured on the running stack in
# the project's own lab (lab/os-db.sh); the comments above each say on what, how often and when.
#
# What the ranges mean: SP and ISR are samples of a random quantity and get a margin of 5 and 4 around
# all values seen; GCD is 1-6 where only small common divisors occurred; T allows for five hops of
# error in the distance; TS=1C-23 stands for timestamps that start at a random offset for each
# connection; M[x-y] spans the MSS of the links measured, for it is the link's and not the stack's.
# U1 and IE of Linux may be missing (R=Y|N): whether it answers them is up to its firewall.

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
