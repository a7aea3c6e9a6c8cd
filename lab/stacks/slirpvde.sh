# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The older slirp inside VDE's slirpvde, before it became libslirp. It answers at its gateway address
# for the sockets of the namespace "outside", where the listener is.
#
# Debian packages: vde2 vde-switch

stack_up() {
    stack_needs vde_switch vde-switch || return
    stack_needs slirpvde vde2 || return
    # shellcheck disable=SC2034 # for the caller
    TARGET=10.0.2.2
    lab_ns scanner
    lab_ns outside
    lab_listen outside "$OPEN"
    # shellcheck disable=SC2016 # the inner shell expands it; an idle input keeps vde_switch alive
    lab_spawn outside sh -c 'sleep 1000000 | vde_switch -s "$1"' sh "$LAB_DIR/vde"
    lab_until 5 test -S "$LAB_DIR/vde/ctl"
    lab_spawn outside slirpvde -s "$LAB_DIR/vde"
    lab_tap scanner tap0
    lab_addr scanner tap0 10.0.2.100/24
    lab_spawn scanner vde_plug2tap -s "$LAB_DIR/vde" tap0
    stack_ready 10
}
