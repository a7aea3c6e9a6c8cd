# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# libslirp, the user-mode stack behind rootless containers and QEMU's user networking. It answers at
# its gateway address for the sockets of the namespace "outside", where the listener is.
#
# Debian packages: slirp4netns

stack_up() {
    stack_needs slirp4netns slirp4netns || return
    # shellcheck disable=SC2034 # for the caller
    TARGET=10.0.2.2 TARGET6=fd00::2
    lab_ns scanner
    lab_ns outside
    lab_listen outside "$OPEN"
    lab_spawn outside slirp4netns --configure --enable-ipv6 --netns-type=path "/run/netns/${LAB_PREFIX}scanner" tap0
    stack_ready 10
}
