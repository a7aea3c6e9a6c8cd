# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Test networks out of Linux network namespaces; to be sourced, not run.
#
# Every namespace of a run is named $LAB_PREFIX<name> (whorl-<pid>-...), every link lies between two
# such namespaces, so no packet of a lab can leave the machine or meet another lab. What a script
# starts with lab_spawn and makes with lab_ns is gone after lab_down, which also runs on exit, on an
# error and on Ctrl-C. A script with its own EXIT trap calls lab_down in it.
#
# Needs root and the Debian packages iproute2, socat, procps; nftables for firewalls.

# lab_init: names this run, arranges for lab_down. Calling it again does nothing.
lab_init() {
    [ -z "${LAB_PREFIX:-}" ] || return 0
    [ "$(id -u)" = 0 ] || { echo "lab: needs root (to make network namespaces)" >&2; return 1; }
    local tool
    for tool in ip:iproute2 socat:socat sysctl:procps; do
        lab_need "${tool%:*}" "${tool#*:}" || return 1
    done
    LAB_PREFIX="whorl-$BASHPID-"
    LAB_DIR=$(mktemp -d "${TMPDIR:-/tmp}/${LAB_PREFIX}XXXXXX")
    LAB_PIDS=()
    LAB_NAMES=()
    if [ "$BASHPID" != "$$" ] || [ -z "$(trap -p EXIT)" ]; then # a subshell only seems to have one
        trap lab_down EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
    fi
}

# lab_need COMMAND PACKAGE: true if COMMAND exists; else says which package has it.
lab_need() {
    command -v "$1" >/dev/null || { echo "lab: needs $1 (Debian package $2)" >&2; return 1; }
}

# lab_down: ends every process and removes every namespace of this run. Safe to call at any time.
lab_down() {
    [ -n "${LAB_PREFIX:-}" ] || return 0
    local pid name
    for pid in "${LAB_PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
    for name in "${LAB_NAMES[@]}"; do
        ip netns pids "$LAB_PREFIX$name" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
    done
    for pid in "${LAB_PIDS[@]}"; do
        ( sleep 2; kill -9 "$pid" 2>/dev/null ) >/dev/null 2>&1 & # for what ignores the polite way
        local killer=$!
        wait "$pid" 2>/dev/null || true
        kill "$killer" 2>/dev/null || true
        wait "$killer" 2>/dev/null || true
    done
    for name in "${LAB_NAMES[@]}"; do ip netns del "$LAB_PREFIX$name" 2>/dev/null || true; done
    rm -rf "$LAB_DIR"
    unset LAB_PREFIX LAB_DIR LAB_PIDS LAB_NAMES
    trap - EXIT INT TERM
} 2>/dev/null # the shell's remarks on killed jobs

# lab_ns NAME: a new namespace with its loopback up. IPv6 addresses serve at once, without the seconds
# of waiting for a duplicate.
lab_ns() {
    ip netns add "$LAB_PREFIX$1"
    LAB_NAMES+=("$1")
    lab_sysctl "$1" net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    lab_in "$1" ip link set lo up
}

# lab_in NAME COMMAND...: runs COMMAND inside.
lab_in() {
    local name=$1
    shift
    ip netns exec "$LAB_PREFIX$name" "$@"
}

# lab_spawn NAME COMMAND...: runs COMMAND inside, in the background; sets LAB_PID.
lab_spawn() {
    local name=$1
    shift
    ip netns exec "$LAB_PREFIX$name" "$@" </dev/null >>"$LAB_DIR/log" 2>&1 &
    LAB_PID=$!
    LAB_PIDS+=("$LAB_PID")
}

# lab_addr NAME INTERFACE CIDR...: gives an interface its addresses (IPv4 or IPv6) and starts it.
lab_addr() {
    local name=$1 dev=$2 cidr
    shift 2
    for cidr in "$@"; do
        case $cidr in
            *:*) lab_in "$name" ip addr add "$cidr" dev "$dev" nodad ;;
            *) lab_in "$name" ip addr add "$cidr" dev "$dev" ;;
        esac
    done
    lab_in "$name" ip link set "$dev" up
}

# lab_join A DEV-A B DEV-B [MTU]: a cable between two namespaces; addresses come by lab_addr.
lab_join() {
    ip -n "$LAB_PREFIX$1" link add "$2" mtu "${5:-1500}" type veth \
        peer name "$4" mtu "${5:-1500}" netns "$LAB_PREFIX$3"
}

# lab_switch NAME INTERFACE...: joins interfaces of one namespace into the bridge "br0".
lab_switch() {
    local name=$1 dev
    shift
    lab_in "$name" ip link show br0 >/dev/null 2>&1 || {
        lab_in "$name" ip link add br0 type bridge
        lab_in "$name" ip link set br0 up
    }
    for dev in "$@"; do lab_in "$name" ip link set "$dev" master br0 up; done
}

# lab_tap NAME INTERFACE: a TAP device inside, for a stack that lives in a process.
lab_tap() {
    lab_in "$1" ip tuntap add dev "$2" mode tap
    lab_in "$1" ip link set "$2" up
}

# lab_route NAME PREFIX GATEWAY
lab_route() { lab_in "$1" ip route add "$2" via "$3"; }

# lab_sysctl NAME KEY=VALUE...
lab_sysctl() {
    local name=$1
    shift
    lab_in "$name" sysctl -qw "$@"
}

# lab_router NAME: lets a namespace forward.
lab_router() { lab_sysctl "$1" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; }

# lab_nft NAME CHAIN RULE...: appends one rule to the input or forward chain of a firewall.
lab_nft() {
    local name=$1 chain=$2
    shift 2
    lab_need nft nftables || return 1
    lab_in "$name" nft add table inet lab
    lab_in "$name" nft "add chain inet lab $chain { type filter hook $chain priority 0 ; }"
    lab_in "$name" nft add rule inet lab "$chain" "$@"
}

# lab_listen NAME PORT...: open TCP ports that echo, over IPv4 and IPv6.
lab_listen() {
    local name=$1 port
    shift
    for port in "$@"; do
        lab_spawn "$name" socat "TCP4-LISTEN:$port,fork,reuseaddr,backlog=128" PIPE
        lab_spawn "$name" socat "TCP6-LISTEN:$port,ipv6only=1,fork,reuseaddr,backlog=128" PIPE
        lab_until 5 lab_listens "$name" "$port"
    done
}

# lab_listens NAME PORT: true once both sockets of lab_listen are there.
lab_listens() {
    [ "$(lab_in "$1" ss -Htln "sport = :$2" | wc -l)" -ge 2 ]
}

# lab_until SECONDS COMMAND...: polls until COMMAND succeeds; false if it never does.
lab_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || { echo "lab: gave up waiting for: $*" >&2; return 1; }
        sleep 0.05
    done
}

# lab_settled NAME...: true once every interface that is up has its IPv6 link-local address, the last
# thing to come after a cable is plugged.
lab_settled() {
    local name
    for name in "$@"; do
        [ "$(lab_in "$name" ip -o link show up type veth | wc -l)" = \
            "$(lab_in "$name" ip -o -6 addr show scope link -tentative | wc -l)" ] || return 1
    done
}

# lab_connects NAME ADDRESS PORT: true if a TCP connection from inside succeeds.
lab_connects() {
    lab_in "$1" socat -u -T 1 /dev/null "TCP:$2:$3,connect-timeout=1"
}

# lab_beside OPTIONS...: what the reference scanner says of a scan from the namespace "scanner", without
# options that are ours alone: ports, systems, services, and whatever it warns of.
lab_beside() {
    local o rest=()
    for o in "$@"; do
        case $o in
            --explain | --deepen) ;;
            -o? | --html | path.*) ;;
            *) rest+=("$o") ;;
        esac
    done
    lab_in scanner nmap -n "${rest[@]}" 2>&1 </dev/null |
        grep -E '^[0-9]+/(tcp|udp)|^(OS (details|CPE)|Running|Aggressive|Too many|Warning|No exact|Service Info|Nmap scan|All )' || true
}
