# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# lwIP's core built from source with a microcontroller's options (lwip_bare.c beside this file).
#
# LWIP_SOURCE  unpacked source of lwIP (apt-get source lwip)
# LWIP_OPTS    options as for lwipopts.h, NAME=VALUE ... (default: the library's own defaults)
# UPTIME       seconds the host claims to run (default 0)
# Debian packages: gcc, the source package lwip

stack_up() {
    local src=${LWIP_SOURCE:-/nonexistent} option
    stack_needs "$src/src/core/tcp_in.c" "LWIP_SOURCE (apt-get source lwip)" || return
    stack_needs cc gcc || return
    mkdir -p "$LAB_DIR/lwip/arch"
    : >"$LAB_DIR/lwip/arch/cc.h"
    {
        printf '#define NO_SYS 1\n#define LWIP_SOCKET 0\n#define LWIP_NETCONN 0\n'
        printf '#define MEM_ALIGNMENT 8\n#define MEM_SIZE 65536\n#define SYS_LIGHTWEIGHT_PROT 0\n'
        printf '#define LWIP_RAND() ((u32_t)rand())\n#define LWIP_NO_CTYPE_H 0\n'
        for option in ${LWIP_OPTS:-}; do printf '#define %s %s\n' "${option%%=*}" "${option#*=}"; done
    } >"$LAB_DIR/lwip/lwipopts.h"
    cc -O1 -w -include stdlib.h -I"$LAB_DIR/lwip" -I"$src/src/include" "$STACK_HOME/lwip_bare.c" \
        "$src"/src/core/*.c "$src"/src/core/ipv4/*.c "$src/src/netif/ethernet.c" \
        -o "$LAB_DIR/lwip_bare"
    stack_tap
    lab_spawn "$WIRE" "$LAB_DIR/lwip_bare" "$TAP" "$TARGET" "$OPEN" "${UPTIME:-0}"
    stack_ready 10
}
