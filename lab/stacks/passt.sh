# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# passt (as pasta), a user-mode stack that translates between a TAP device and sockets. Its gateway
# address stands for the loopback of the namespace "outside", where the listener is.
#
# PASTA  the program (default: pasta)
# Debian packages: passt

stack_up() {
    stack_needs "${PASTA:-pasta}" passt || return
    lab_ns scanner
    lab_ns outside
    lab_ns uplink
    lab_join outside uplink0 uplink eth0
    lab_in uplink ip link set eth0 up
    TARGET6=fd77:1::2
    lab_addr outside uplink0 10.77.1.1/24 fd77:1::1/64
    lab_route outside default "$TARGET"
    lab_route outside default "$TARGET6"
    lab_listen outside "$OPEN"
    lab_spawn outside "${PASTA:-pasta}" --foreground --config-net --runas 0 \
        --tcp-ports none --udp-ports none --netns "/run/netns/${LAB_PREFIX}scanner"
    stack_ready 10
}
