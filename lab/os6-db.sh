#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Everything data/os6.db is made of: which stacks, measured over IPv6, merged into which entries.
#
#     os6-db.sh take DIR      measures all that this machine has packages for, one file each into DIR
#     os6-db.sh write DIR     prints the database made of the files in DIR
#
# UMLS     user-mode Linux, NAME=FILE:MODULES ... (default: 6.1, the installed one). The names that
#          "write" knows: 5.10 6.1
# LWIPS, RUNSCS, PASTAS  likewise NAME=ROOT or NAME=FILE for other versions, see stacks/*.sh
# RUNS     scans per file (default 4; a lwIP of 64 bits does not survive one)

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export GEN=6

# one FILE COMMAND...: measures unless it has been done; a stack that is missing is no error
one() {
    local file=$1
    shift
    [ ! -s "$file" ] || return 0
    if "$@" >"$file.new" && grep -q '^N6(' "$file.new"; then
        mv "$file.new" "$file"
        echo "took ${file##*/}" >&2
    else
        echo "left out ${file##*/}: $(tail -n 1 "$file.new")" >&2
        rm -f "$file.new"
    fi
}

take() {
    local dir=$1 name start where
    mkdir -p "$dir"
    export RUNS=${RUNS:-4}
    for name in default tcp_timestamps0 mtu1280 mtu9000 ttl128 ttl255 routed-2hops loopback own-address; do
        one "$dir/host.$name" "$HERE/measure.sh" take "$name"
    done
    for name in ${UMLS:-6.1=linux.uml:/usr/lib/uml/modules}; do
        where=${name#*=}
        one "$dir/${name%%=*}.default" env "UML=${where%:*}" "UML_MODULES=${where#*:}" \
            "$HERE/measure.sh" take linux-uml
        for start in net.ipv6.auto_flowlabels=0 net.ipv6.flowlabel_reflect=7; do
            one "$dir/${name%%=*}.${start#*ipv6.}" env "UML=${where%:*}" "UML_MODULES=${where#*:}" \
                SYSCTLS="$start" "$HERE/measure.sh" take linux-uml
        done
    done
    one "$dir/lwipv6" "$HERE/measure.sh" take lwipv6
    one "$dir/slirp" "$HERE/measure.sh" take slirp
    for name in ${PASTAS:-2023=pasta}; do
        one "$dir/passt-${name%%=*}" env PASTA="${name#*=}" "$HERE/measure.sh" take passt
    done
    for name in ${RUNSCS:-2022=runsc}; do
        one "$dir/gvisor-${name%%=*}" env RUNSC="${name#*=}" "$HERE/measure.sh" take gvisor
    done
    for name in ${LWIPS:-2.1=}; do
        for start in 1 2 3; do
            one "$dir/lwip-${name%%=*}.$start" env RUNS=1 LWIP_ROOT="${name#*=}" "$HERE/measure.sh" take lwip
        done
    done
}

# shellcheck source=lab/entries.sh
. "$HERE/entries.sh"

write() {
    local dir=$1
    cat <<'TEXT'
# SPDX-License-Identifier: Apache-2.0
#
# What IPv6 stacks show beyond their IPv4 half (whorl-db(5), "IPv6"). Every entry was measured over IPv6
# on the running stack in the project's own lab (lab/os6-db.sh); the comments above each say on what, how
# often and when. Where several names fit an IPv6 host, those whose families have entries here and do not
# fit are left out.
#
# How much each attribute weighs: less what filters and routers drop (X1, X2, NF, FI) or what is the
# link's (HS to HU may come from router advertisements).

MatchPoints
N6(FL=20%FR=15%FE=15%FU=10%HS=10%HR=10%HE=10%HU=10%CS=10%CE=20%CU=10%X1=10%X2=10%XP=10%XQ=20%NF=10%NL=10%UQ=10%US=20%FI=15)

TEXT
    # Between these versions fragment ids became random.
    entry "$dir" "Linux 5.10 over IPv6" "$(linux 5)" '5.10.default'
    entry "$dir" "Linux 6.1 - 6.18 over IPv6" "$(linux 6)" 'host.*' '6.1.default'
    entry "$dir" "Linux 5.10 - 6.18 over IPv6 (flow labels off)" "$(linux 5 6)" '*.auto_flowlabels=0'
    entry "$dir" "Linux 5.10 - 6.18 over IPv6 (flow labels reflected)" "$(linux 5 6)" '*.flowlabel_reflect=7'
    # These two do not survive fragments, so what they would answer is not known.
    export LACKS=FI
    entry "$dir" "lwIP 2.1 - 2.2 over IPv6" "lwIP | lwIP | 2.X | specialized=cpe:/a:lwip_project:lwip:2" 'lwip-2*'
    entry "$dir" "LWIPv6 1.5 over IPv6" "VirtualSquare | LWIPv6 | 1.X | specialized=" 'lwipv6'
    LACKS=
    entry "$dir" "libslirp 4.7 over IPv6 (QEMU user networking, rootless containers)" \
        "Slirp | libslirp | 4.X | specialized=cpe:/a:libslirp_project:libslirp:4.7
QEMU | QEMU |  | specialized=
Oracle | Virtualbox |  | specialized=" 'slirp'
    entry "$dir" "passt 2023 over IPv6 (pasta)" "passt | passt | 2023 | specialized=cpe:/a:passt:passt" 'passt-*'
    entry "$dir" "gVisor 2022 - 2024 over IPv6" "Google | gVisor | 2024 | specialized=cpe:/a:google:gvisor" 'gvisor-*'
}

case ${1:-} in
    take) take "${2:?DIR}" ;;
    write) write "${2:?DIR}" ;;
    *)
        sed -n '4,14s/^# \{0,1\}//p' "$0" >&2
        exit 2 ;;
esac
