# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Real daemons of Debian packages in a namespace of their own; to be sourced, not run.
#
# The packages live in $LAB_ROOT, a plain Debian tree made by debootstrap: nothing is installed on the
# machine itself, and "default settings" means those of a fresh Debian. What conflicts with another
# package gets an overlay of that tree ($LAB_OVER/NAME). The daemons run in the namespace ${NS}-srv at
# $SERVER, the asking programs in ${NS}-cli at $CLIENT, joined by one veth pair.
#
# A daemon is one file NAME.sh beside this one:
#
#   packages=(...)    Debian packages
#   overlay=yes       when they conflict with packages of other recipes; overlay=NAME: one with others
#   expect() { ... }  one `port` line per port:
#                     port 80/tcp SERVICE PRODUCT VERSION; VERSION `-` when the wire does not tell it
#                     `v PKG` is the upstream version of a package, `vd PKG` with the Debian revision
#   start() { ... }   runs inside the tree, in /lab/NAME (empty, its own); may exec a foreground daemon
#                     or start one and return; helpers: cert FILE (key and certificate in one file)

LAB_ROOT=${LAB_ROOT:-/var/lib/whorl-lab/root}
LAB_OVER=${LAB_OVER:-/var/lib/whorl-lab/over}
NS=${NS:-svc-lab}
SERVER=10.93.0.2
CLIENT=10.93.0.1
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# tree_make: the Debian tree, once. Needs debootstrap.
tree_make() {
    [ ! -x "$LAB_ROOT/usr/bin/dpkg" ] || return 0
    debootstrap --variant=minbase --include=ca-certificates,iproute2,procps,openssl bookworm \
        "$LAB_ROOT" http://deb.debian.org/debian
    cat >"$LAB_ROOT/etc/apt/sources.list" <<-END
	deb http://deb.debian.org/debian bookworm main
	deb http://deb.debian.org/debian bookworm-updates main
	deb http://deb.debian.org/debian-security bookworm-security main
	END
    printf '#!/bin/sh\nexit 101\n' >"$LAB_ROOT/usr/sbin/policy-rc.d"
    chmod +x "$LAB_ROOT/usr/sbin/policy-rc.d"
    tree_mount "$LAB_ROOT"
    chroot "$LAB_ROOT" apt-get update
}

# tree_mount DIR: what programs expect to find mounted; leaves alone what is.
tree_mount() {
    mountpoint -q "$1/proc" || mount -t proc proc "$1/proc"
    mountpoint -q "$1/dev" || { mount --rbind /dev "$1/dev" && mount --make-rslave "$1/dev"; }
    mkdir -p "$1/lab"
    local dir
    for dir in run lab; do
        mountpoint -q "$1/$dir" || mount -t tmpfs -o mode=755 tmpfs "$1/$dir"
    done
    mkdir -p "$1/run/lock"
    # names for both ends: no daemon shall wait for a name server
    printf '127.0.0.1 localhost\n%s server.lab.example server %s\n%s client.lab.example client\n' \
        "$SERVER" "$(hostname)" "$CLIENT" >"$1/etc/hosts"
}

# recipe NAME: loads it; sets `tree` to the directory its daemon lives in.
recipe() {
    packages=()
    overlay=no
    # shellcheck disable=SC1090
    . "$HERE/$1.sh"
    tree=$LAB_ROOT
    [ "$overlay" != yes ] || overlay=$1
    [ "$overlay" = no ] || tree=$LAB_OVER/$overlay/tree
}

# overlay_mount NAME
overlay_mount() {
    local dir=$LAB_OVER/$1
    mkdir -p "$dir/upper" "$dir/work" "$dir/tree"
    mountpoint -q "$dir/tree" ||
        mount -t overlay overlay -o "lowerdir=$LAB_ROOT,upperdir=$dir/upper,workdir=$dir/work" \
            "$dir/tree"
}

# recipe_tree: the tree of the recipe, mounted. recipe_install: its packages, where missing.
recipe_tree() {
    [ "$overlay" = no ] || overlay_mount "$overlay"
    tree_mount "$tree"
}

recipe_install() {
    recipe_tree
    local package
    for package in "${packages[@]}"; do
        case $(chroot "$tree" dpkg-query -f '${db:Status-Status}' -W "$package" 2>/dev/null) in
        installed) ;;
        *) package=missing; break ;;
        esac
    done
    [ "$package" = missing ] || return 0
    cp /etc/resolv.conf "$tree/etc/resolv.conf"
    DEBIAN_FRONTEND=noninteractive chroot "$tree" apt-get install -y --no-install-recommends \
        -o Dpkg::Options::=--force-unsafe-io "${packages[@]}"
    : >"$tree/etc/resolv.conf"
}

vd() { chroot "$tree" dpkg-query -f '${Version}' -W "$1"; }
v() { vd "$1" | sed -E 's/^[0-9]+://; s/-[^-]*$//; s/[+~](dfsg|ds|repack|really|deb|git).*$//'; }
port() { printf '%s\t%s\t%s\t%s\t%s\n' "$daemon" "$@"; }

lab_up() {
    ip netns add "$NS-srv"
    ip netns add "$NS-cli"
    ip link add "$NS-l" netns "$NS-cli" type veth peer name "$NS-r" netns "$NS-srv"
    ip -n "$NS-cli" addr add "$CLIENT/24" dev "$NS-l"
    ip -n "$NS-srv" addr add "$SERVER/24" dev "$NS-r"
    local ns
    for ns in srv:r cli:l; do
        ip -n "$NS-${ns%:*}" link set lo up
        ip -n "$NS-${ns%:*}" link set "$NS-${ns#*:}" up
    done
    ip -n "$NS-srv" route add 224.0.0.0/4 dev "$NS-r"
    ip netns exec "$NS-srv" sysctl -qw net.ipv4.ip_unprivileged_port_start=0
}

# lab_down: ends what runs in the two namespaces (by process id, there alone) and removes them.
lab_down() {
    local ns
    for ns in srv cli; do
        ip netns pids "$NS-$ns" 2>/dev/null | xargs -r kill 2>/dev/null
    done
    sleep 1
    for ns in srv cli; do
        ip netns pids "$NS-$ns" 2>/dev/null | xargs -r kill -9 2>/dev/null
        ip netns del "$NS-$ns" 2>/dev/null
    done
    trees_umount
}

# trees_umount: an overlay left mounted does not survive changes of the tree below it.
trees_umount() {
    local dir
    for dir in "$LAB_OVER"/*/tree "$LAB_ROOT"/{proc,dev,run,lab}; do
        ! mountpoint -q "$dir" || umount -R "$dir"
    done
}

# Run inside the tree before `start`.
cert() {
    [ -s "$1" ] && return 0
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=lab.example \
        -keyout "$1.key" -out "$1.crt" 2>/dev/null
    cat "$1.key" "$1.crt" >"$1"
    chmod 644 "$1" "$1.key"
}

# recipe_start NAME: in the background, output in /lab/NAME.log of the tree.
recipe_start() {
    recipe_tree
    cp "$HERE/inetd.py" "$tree/lab/"
    rm -rf "${tree:?}/lab/$1"
    mkdir -p -m 755 "$tree/lab/$1"
    setsid ip netns exec "$NS-srv" chroot "$tree" env -i PATH="$PATH" HOME=/root LC_ALL=C \
        NAME="$1" SERVER="$SERVER" DEV="$NS-r" bash -c "$(declare -f cert start); cd /lab/$1; start" \
        >"$tree/lab/$1.log" 2>&1 </dev/null &
}
