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
# RUNS     scans per file (default 10)

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export RUNS=${RUNS:-10}

MTUS="1280 1400 1420 1440 1450 1460 1480 1492 9000 9001"
GUEST_SYSCTLS="tcp_timestamps=0 tcp_timestamps=2 tcp_window_scaling=0 tcp_sack=0 tcp_syncookies=2 tcp_ecn=0"
GUEST_MEMORY="128M 256M 512M 2G 4G"

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
}

take() {
    local dir=$1 name
    mkdir -p "$dir"
    for name in default tcp_timestamps0 tcp_timestamps2 tcp_window_scaling0 tcp_sack0 tcp_syncookies2 \
        tcp_ecn0 tcp_ecn1 loopback own-address $(printf 'mtu%s ' $MTUS); do
        one "$dir/host.$name" "$HERE/measure.sh" take "$name"
    done
    for name in lwip lwipv6 slirp passt gvisor vpcs; do
        one "$dir/$name" "$HERE/measure.sh" take "$name"
    done
    for name in ${UMLS:-6.1=linux.uml}; do
        guest "$dir" "${name%%=*}" "UML=${name#*=}" linux-uml
    done
    for name in ${KERNELS:-}; do
        guest "$dir" "${name%%=*}" "KERNEL_ROOT=${name#*=}" linux-qemu
    done
}
