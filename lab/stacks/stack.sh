#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Other TCP/IP stacks as targets, each brought up by one recipe NAME.sh beside this file.
#
# Sourced:  stacks_list            prints the names
#           stack_load NAME        reads a recipe, which then offers
#           stack_up               sets NS (namespace to scan from), TARGET, TARGET6 (empty if the stack
#                                  has no IPv6), and the TCP ports OPEN and CLOSED (empty if the
#                                  stack has no closed one);
#                                  prints "skip: needs ..." and returns 77 if a package is missing
#           stack_down             removes everything
# Run:      stack.sh list
#           stack.sh run NAME COMMAND...    COMMAND runs in NS; @TARGET@, @TARGET6@, @OPEN@, @CLOSED@
#                                   are filled in
#
# If the caller has made the namespaces "scanner" and "switch" (with the bridge br0) before, a stack
# on a TAP device is plugged into that switch; else the device is put into a new "scanner".

# shellcheck disable=SC2034 # the variables are for the caller and the recipes
set -euo pipefail
STACK_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../netns/lib.sh
. "$STACK_HOME/../netns/lib.sh"

stacks_list() {
    grep -l '^stack_up()' "$STACK_HOME"/*.sh | sed 's|.*/||; s|\.sh$||' | grep -vx stack
}

stack_load() {
    grep -qx -e "$1" < <(stacks_list) || { echo "stack: no stack '$1'" >&2; return 1; }
    lab_init
    OPEN=22
    CLOSED=23
    TARGET=10.77.1.2
    TARGET6=
    NS=${LAB_PREFIX}scanner
    # shellcheck source=/dev/null
    . "$STACK_HOME/$1.sh"
}

stack_down() {
    NS='' TARGET='' TARGET6='' OPEN='' CLOSED=''
    lab_down
}

# stack_needs FILE-OR-COMMAND PACKAGE
stack_needs() {
    [ -e "$1" ] || command -v "$1" >/dev/null || { echo "skip: needs $2"; return 77; }
}

# stack_tap: a TAP device for the stack, wired to the scanner. Sets TAP, its name, and WIRE, the
# namespace it is in.
stack_tap() {
    TAP=tap${TARGET##*.}
    WIRE=scanner
    case " ${LAB_NAMES[*]} " in
        *" switch "*)
            WIRE=switch
            lab_tap switch "$TAP"
            lab_switch switch "$TAP" ;;
        *)
            lab_ns scanner
            lab_tap scanner "$TAP"
            lab_addr scanner "$TAP" 10.77.1.1/24 fd77:1::1/64 ;;
    esac
}

# stack_ready SECONDS: waits until the open port answers, or the process started last is gone.
stack_ready() {
    lab_until "$1" stack_settled
    lab_connects scanner "$TARGET" "$OPEN" || {
        tail -n 20 "$LAB_DIR/log" >&2
        return 1
    }
}

# stack_neighbor: for a stack that answers ARP but no neighbor solicitation, the same link address is
# written down for TARGET6.
stack_neighbor() {
    local mac
    mac=$(lab_in "$WIRE" ip neigh show "$TARGET" | sed -n 's/.* lladdr \([0-9a-f:]*\) .*/\1/p')
    [ -n "$mac" ] || return 1
    lab_in "$WIRE" ip -6 neigh replace "$TARGET6" lladdr "$mac" dev "$TAP" nud permanent
}

stack_settled() {
    lab_connects scanner "$TARGET" "$OPEN" || ! kill -0 "$LAB_PID"
}

main() {
    case ${1:-} in
        list) stacks_list ;;
        run)
            stack_load "$2"
            stack_up
            shift 2
            set -- "${@//@TARGET@/$TARGET}"
            set -- "${@//@TARGET6@/$TARGET6}"
            set -- "${@//@OPEN@/$OPEN}"
            set -- "${@//@CLOSED@/$CLOSED}"
            ip netns exec "$NS" "$@" ;;
        *)
            sed -n '4,20s/^# \{0,1\}//p' "$0" >&2
            return 2 ;;
    esac
}

[ "${BASH_SOURCE[0]}" != "$0" ] || main "$@"
