# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# LWIPv6 on a TAP device: a fork of lwIP that went its own way in 2004 (lwipv6_host.c beside this file).
#
# Debian packages: liblwipv6-dev gcc

stack_up() {
    stack_needs /usr/include/lwipv6.h liblwipv6-dev || return
    stack_needs cc gcc || return
    cc -O1 "$STACK_HOME/lwipv6_host.c" -o "$LAB_DIR/lwipv6_host" -llwipv6
    stack_tap
    TARGET6=fd77:1::${TARGET##*.}
    # shellcheck disable=SC2086 # the four numbers of the address are four arguments
    lab_spawn "$WIRE" "$LAB_DIR/lwipv6_host" "$TAP" ${TARGET//./ } "$OPEN"
    stack_ready 10
}
