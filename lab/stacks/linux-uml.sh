# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Linux as a process (user-mode Linux): the kernel's own network code, up in about a second.
#
# UML      the kernel binary (default linux.uml, from Debian's user-mode-linux)
# MEMORY   of the guest (default 1G: with less, Linux offers a smaller window scale)
# SYSCTLS  KEY=VALUE,... set inside before the interface comes up
# MTU      of the interface (default 1500)
# UML_MODULES  its modules (default /usr/lib/uml/modules); without ipv6.ko it has IPv4 alone
# Debian packages: user-mode-linux busybox-static cpio xz-utils
# shellcheck source=initramfs.sh
. "$STACK_HOME/initramfs.sh"

stack_up() {
    local modules
    stack_needs "${UML:-linux.uml}" user-mode-linux || return
    stack_needs busybox busybox-static || return
    stack_needs cpio cpio || return
    mapfile -t modules < <(find "${UML_MODULES:-/usr/lib/uml/modules}" -name ipv6.ko -o -name crc-ccitt.ko)
    [ "${#modules[@]}" = 0 ] || TARGET6=fd77:1::2
    initramfs "$LAB_DIR/initrd" "${modules[@]}"
    stack_tap
    # shellcheck disable=SC2046 # words of a command line
    lab_spawn "$WIRE" env HOME="$LAB_DIR" "${UML:-linux.uml}" mem="${MEMORY:-1G}" \
        uml_dir="$LAB_DIR" initrd="$LAB_DIR/initrd" con=null con0=null,fd:1 \
        "vec0:transport=tap,ifname=$TAP,depth=64,gro=0" $(initramfs_args vec0)
    stack_ready 20
}
