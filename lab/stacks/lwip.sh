# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# lwIP on a TAP device, with the options Debian builds it with (lwip_host.c beside this file).
#
# LWIP_ROOT  tree of another version's liblwip-dev and library, unpacked by dpkg-deb -x (default: /)
# UPTIME     seconds the host claims to run (default 0)
# Debian packages: liblwip-dev gcc

stack_up() {
    local root=${LWIP_ROOT:-} lib
    stack_needs "$root/usr/include/lwip/lwip/tcp.h" liblwip-dev || return
    stack_needs cc gcc || return
    lib=$(dirname "$(find "$root/usr/lib" -name liblwip.so | head -n 1)")
    cc -O1 -I"$root/usr/include/lwip" "$STACK_HOME/lwip_host.c" -o "$LAB_DIR/lwip_host" \
        -L"$lib" -llwip -Wl,-rpath,"$lib"
    stack_tap
    TARGET6=fd77:1::2
    lab_spawn "$WIRE" env PRECONFIGURED_TAPIF="$TAP" \
        "$LAB_DIR/lwip_host" "$TARGET" 255.255.255.0 "$OPEN" "${UPTIME:-0}" "$TARGET6"
    stack_ready 10
    stack_neighbor
}
