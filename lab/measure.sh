#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures real stacks of the lab and writes reference entries for data/os.db.
#
#     measure.sh take NAME                       scans NAME and prints what was seen, with its origin
#     measure.sh merge TITLE HEAD FILE...   one entry out of files that "take" wrote; HEAD is
#                                  its Class and CPE lines
#     measure.sh NAME...                         both in one, titled after the first NAME
#
# NAME is a stack (stacks/stack.sh list) or a variant of the running kernel (netns/variants.sh list).
# RUNS   scans per NAME (default 5)
# GEN=1  take: first-generation tests; make an entry of the file with whorl db add --print
# GEN=6  take: what IPv6 alone has, for data/os6.db
# WHORL  the scanner (default build/whorl)
# SILENT=1  merge: the answers to T7, U1 and IE may be missing, as behind a firewall
# LACKS=FI   merge: an attribute that is left out
# NOTE   take: what to write down as the origin (default: NAME and the kernel or package version)

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=stacks/stack.sh
. "$HERE/stacks/stack.sh"
# shellcheck source=netns/variants.sh
. "$HERE/netns/variants.sh"

RUNS=${RUNS:-5}
GEN=${GEN:-2}
WHORL=${WHORL:-$HERE/../build/whorl}

# up NAME: brings a stack or a variant up
up() {
    if grep -qx -e "$1" < <(stacks_list); then
        stack_load "$1"
        stack_up
        return
    fi
    OPEN=22 CLOSED=23
    variant_up "$1"
}

take() {
    local run order note=${NOTE:-}
    up "$1" >&2
    [ -n "$note" ] || note=$(origin "$1")
    [ "$GEN" != 6 ] || TARGET=$TARGET6
    [ -n "$TARGET" ] || { echo "measure: $1 has no IPv6" >&2; return 1; }
    echo "# $note; $RUNS scans, $(date -u +%Y-%m-%d)"
    for ((run = 0; run < RUNS; run++)); do
        order=(-O) # every second scan sends nothing between the sequence probes: some stacks count packets
        ((run % 2)) || order=(-O --nmap-quirks 7.991)
        [ "$GEN" != 1 ] || order=(-O1)
        [ "$GEN" != 6 ] || order=(-O)
        echo
        lab_in "${NS#"$LAB_PREFIX"}" "$WHORL" -n -Pn -d --max-os-tries 1 "${order[@]}" \
            -p "$OPEN${CLOSED:+,$CLOSED}" "$TARGET" 2>>"$LAB_DIR/log" | test_lines | kind_lines
    done
}

# test_lines: the test lines of a report, one a line, whether wrapped or not
test_lines() {
    awk '/^OS:/ { sub(/^OS:/, ""); sub(/\r$/, ""); wrapped = wrapped $0; next }
         /^[A-Za-z0-9]+\(.*\)$/ { print }
         END { gsub(/\)/, ")\n", wrapped); printf "%s", wrapped }' | grep -v '^SCAN('
}

# kind_lines: those of the tests that were asked for
kind_lines() {
    if [ "$GEN" = 6 ]; then grep '^N6(' || true; else cat; fi
}

# origin NAME: what was measured
origin() {
    case $1 in
        linux-*) echo "$1: $(sed -n 's|^Linux (none) \([^ ]*\).*|Linux \1|p' "$LAB_DIR/log" | head -n 1)" \
            "with ${MEMORY:-1G}${MTU:+ MTU $MTU}${SYSCTLS:+ $SYSCTLS}" ;;
        lwip) echo "$1: Debian liblwip $(lwip_version "${LWIP_ROOT:-}")" ;;
        lwip-bare) echo "$1: $(basename "$LWIP_SOURCE") built with ${LWIP_OPTS:-defaults}" ;;
        lwipv6) echo "$1: Debian liblwipv6 $(dpkg-query -Wf '${Version}' liblwipv6-dev)" ;;
        slirpvde) echo "$1: Debian vde2 $(dpkg-query -Wf '${Version}' vde2)" ;;
        slirp) echo "$1: slirp4netns with Debian libslirp $(dpkg-query -Wf '${Version}' libslirp0)" ;;
        passt | vpcs) echo "$1: Debian $1 $(dpkg-query -Wf '${Version}' "$1")" ;;
        gvisor) echo "$1: $("${RUNSC:-runsc}" --version | sed -n "s/runsc version /runsc /p")" ;;
        *) echo "Linux $(uname -r | sed s/-.*//), variant $1" ;;
    esac
}

# lwip_version ROOT
lwip_version() {
    awk '/^#define LWIP_VERSION_(MAJOR|MINOR|REVISION) / { printf "%s%s", dot, $3; dot = "." }' \
        "$1/usr/include/lwip/lwip/init.h"
}

# merge TITLE HEAD FILE...
merge() {
    local title=$1 head=$2
    shift 2
    cat "$@" | grep "^# " | sort -u
    echo "Fingerprint $title"
    [ -z "$head" ] || printf "%s\n" "$head"
    awk -v silent="${SILENT:-0}" -v lacks="${LACKS:-}" -f "$HERE/merge.awk" "$@"
    echo
}

both() {
    local name file files=()
    lab_init
    for name in "$@"; do
        file=$(mktemp)
        files+=("$file")
        "$0" take "$name" >"$file"
    done
    merge "$1" "" "${files[@]}"
    rm -f "${files[@]}"
}

main() {
    case ${1:-} in
        take) take "$2" ;;
        merge) shift && merge "$@" ;;
        '' | -*)
            sed -n '4,18s/^# \{0,1\}//p' "$0" >&2
            return 2 ;;
        *) both "$@" ;;
    esac
}

main "$@"
