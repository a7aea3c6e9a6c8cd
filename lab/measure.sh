#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures real stacks of the lab and writes reference entries for data/os.db.
#
#     measure.sh take NAME                       scans NAME and prints what was seen, with its origin
#     measure.sh merge TITLE CLASS CPE FILE...   one entry out of files that "take" wrote
#     measure.sh NAME...                         both in one, titled after the first NAME
#
# NAME is a stack (stacks/stack.sh list) or a variant of the running kernel (netns/variants.sh list).
# RUNS   scans per NAME (default 5)
# WHORL  the scanner (default build/whorl)
# SILENT=1  merge: let U1 and IE be missing, as behind a firewall
# NOTE   take: what to write down as the origin (default: NAME and the kernel or package version)

set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=stacks/stack.sh
. "$HERE/stacks/stack.sh"
# shellcheck source=netns/variants.sh
. "$HERE/netns/variants.sh"

RUNS=${RUNS:-5}
WHORL=${WHORL:-$HERE/../build/whorl}

# up NAME: brings a stack or a variant up
up() {
    if stacks_list | grep -qx -e "$1"; then
        stack_load "$1"
        stack_up
        return
    fi
    OPEN=22 CLOSED=23
    variant_up "$1"
}

take() {
    local run note=${NOTE:-}
    up "$1" >&2
    [ -n "$note" ] || note=$(origin "$1")
    echo "# $note; $RUNS scans, $(date -u +%Y-%m-%d)"
    for ((run = 0; run < RUNS; run++)); do
        echo
        lab_in "${NS#"$LAB_PREFIX"}" "$WHORL" -n -Pn -O -d --max-os-tries 1 \
            -p "$OPEN${CLOSED:+,$CLOSED}" "$TARGET" | test_lines
    done
}

# test_lines: the test lines of a report, one a line, whether wrapped or not
test_lines() {
    awk '/^OS:/ { sub(/^OS:/, ""); sub(/\r$/, ""); wrapped = wrapped $0; next }
         /^[A-Z0-9]+\(.*\)$/ { print }
         END { gsub(/\)/, ")\n", wrapped); printf "%s", wrapped }' | grep -v '^SCAN('
}

# origin NAME: what was measured
origin() {
    case $1 in
        linux-*) echo "$1: $(sed -n 's/^Linux [^ ]* \([^ ]* [^ ]*\).*/Linux \1/p' "$LAB_DIR/log" | head -n 1)" \
            "${MEMORY:-1G}${SYSCTLS:+ $SYSCTLS}" ;;
        lwip) echo "$1: Debian liblwip $(dpkg-query -Wf '${Version}' liblwip-dev)" ;;
        lwipv6) echo "$1: Debian liblwipv6 $(dpkg-query -Wf '${Version}' liblwipv6-dev)" ;;
        slirp) echo "$1: slirp4netns with Debian libslirp $(dpkg-query -Wf '${Version}' libslirp0)" ;;
        passt | vpcs) echo "$1: Debian $1 $(dpkg-query -Wf '${Version}' "$1")" ;;
        gvisor) echo "$1: Debian runsc $(dpkg-query -Wf '${Version}' runsc)" ;;
        *) echo "Linux $(uname -r), variant $1" ;;
    esac
}

# merge TITLE CLASS CPE FILE...
merge() {
    local title=$1 class=$2 cpe=$3
    shift 3
    sed -n 's/^# /# /p' "$@" | sort -u
    echo "Fingerprint $title"
    [ -z "$class" ] || echo "Class $class"
    [ -z "$cpe" ] || echo "CPE $cpe"
    awk -v silent="${SILENT:-0}" -f "$HERE/merge.awk" "$@"
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
    merge "$1" "" "" "${files[@]}"
    rm -f "${files[@]}"
}

main() {
    case ${1:-} in
        take) take "$2" ;;
        merge) shift && merge "$@" ;;
        '' | -*)
            sed -n '4,15s/^# \{0,1\}//p' "$0" >&2
            return 2 ;;
        *) both "$@" ;;
    esac
}

main "$@"
