# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A distribution's Linux kernel in an emulated PC (no KVM needed): ten to twenty seconds to boot.
#
# KERNEL_ROOT  tree that holds boot/vmlinuz-VERSION and lib/modules/VERSION: / (default), or a kernel
#              package unpacked by dpkg-deb -x
# KERNEL_VERSION  which one of it (default: the newest)
# MEMORY, SYSCTLS, MTU  as in linux-uml.sh
# Debian packages: qemu-system-x86 linux-image-cloud-amd64 busybox-static cpio xz-utils
# shellcheck source=initramfs.sh
. "$STACK_HOME/initramfs.sh"

stack_up() {
    stack_needs qemu-system-x86_64 qemu-system-x86 || return
    stack_needs busybox busybox-static || return
    stack_needs cpio cpio || return
    local modules vmlinuz
    modules=$(linux_modules)
    [ -n "$modules" ] || { echo "skip: needs linux-image-cloud-amd64"; return 77; }
    vmlinuz=$(linux_image "$modules")
    [ -n "$vmlinuz" ] || { echo "skip: needs linux-image-cloud-amd64"; return 77; }
    # shellcheck disable=SC2046 # a list of files without blanks
    initramfs "$LAB_DIR/initrd" $(linux_drivers "$modules")
    stack_tap
    lab_spawn "$WIRE" qemu-system-x86_64 -accel tcg -cpu max -m "${MEMORY:-1G}" \
        -nodefaults -no-user-config -display none -serial "file:$LAB_DIR/log" \
        -kernel "$vmlinuz" -initrd "$LAB_DIR/initrd" \
        -append "console=ttyS0 quiet panic=-1 mitigations=off $(initramfs_args eth0)" \
        -netdev "tap,id=n,ifname=$TAP,script=no,downscript=no" \
        -device virtio-net-pci,netdev=n,romfile=
    stack_ready 60
}

linux_modules() {
    local root=${KERNEL_ROOT:-/}
    find "${root%/}/lib/modules" "${root%/}/usr/lib/modules" -mindepth 1 -maxdepth 1 \
        -name "${KERNEL_VERSION:-*}" 2>/dev/null | sort -V | tail -n 1 || true
}

linux_image() {
    local root=${KERNEL_ROOT:-/} file
    for file in "$1/vmlinuz" "${root%/}/boot/vmlinuz-${1##*/}"; do
        [ ! -r "$file" ] || { echo "$file"; return; }
    done
}

# linux_drivers MODULES: what virtio-net needs, as far as it is not built in
linux_drivers() {
    local name
    for name in virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci \
        failover net_failover virtio_net; do
        find "$1/kernel" -name "$name.ko" -o -name "$name.ko.xz" -o -name "$name.ko.zst"
    done
}
