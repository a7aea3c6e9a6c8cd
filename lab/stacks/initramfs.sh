# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The smallest user space for a guest Linux kernel: busybox as init, one address, one open port.
# To be sourced by the recipes that boot kernels.
#
# The kernel command line carries lab.dev=INTERFACE lab.addr=CIDR lab.addr6=CIDR lab.port=PORT lab.sysctl=KEY=VALUE,...
# lab.mtu=BYTES

# initramfs FILE MODULE...: writes FILE; the kernel modules are loaded at boot, in any order.
initramfs() {
    local file=$1 root=$LAB_DIR/root module n=10
    shift
    mkdir -p "$root"/{bin,dev,proc,sys,modules,www}
    cp "$(command -v busybox)" "$root/bin/busybox"
    for module in "$@"; do
        case $module in
            *.xz) xz -dc "$module" >"$root/modules/$n.ko" ;;
            *) cp "$module" "$root/modules/$n.ko" ;;
        esac
        n=$((n + 1))
    done
    cat >"$root/init" <<'INIT'
#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
for word in $(cat /proc/cmdline); do
    case $word in
        lab.dev=*) dev=${word#*=} ;;
        lab.addr=*) addr=${word#*=} ;;
        lab.addr6=*) addr6=${word#*=} ;;
        lab.port=*) port=${word#*=} ;;
        lab.mtu=*) mtu=${word#*=} ;;
        lab.sysctl=*) sysctls=$(echo "${word#*=}" | tr , ' ') ;;
    esac
done
for pass in 1 2 3; do # they need each other in an order that changes between kernels
    for module in /modules/*.ko; do
        [ ! -e "$module" ] || insmod "$module" 2>/dev/null
    done
done
while [ ! -e "/sys/class/net/$dev" ]; do sleep 0.1; done
for setting in $sysctls; do sysctl -w "$setting"; done
ip link set lo up
ip addr add "$addr" dev "$dev"
[ -z "$addr6" ] || ip addr add "$addr6" dev "$dev"
ip link set "$dev" mtu "$mtu" up
uname -a
free -k
cat /proc/sys/net/ipv4/tcp_rmem
any=
[ ! -e /proc/net/if_inet6 ] || any=[::]:
httpd -f -p "$any$port" -h /www
INIT
    chmod +x "$root/init"
    (cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 >"$file"
}

# initramfs_args DEVICE: the part of the kernel command line that init reads.
initramfs_args() {
    echo "lab.dev=$1 lab.addr=$TARGET/24 lab.addr6=${TARGET6:+$TARGET6/64} lab.port=$OPEN lab.mtu=${MTU:-1500} lab.sysctl=${SYSCTLS:-}"
}
