#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Real stacks are named rightly with nothing but the embedded database: an installed reference
# database is hidden from the scanner. Stacks whose packages are missing are left out, and said so.
# test_stacks.sh WHORL
set -euo pipefail
whorl=$(realpath "$1")
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/../.." && pwd)}
[ "$(id -u)" = 0 ] || { echo 'skip: needs root'; exit 77; }
# shellcheck source=lab/stacks/stack.sh
. "$root/lab/stacks/stack.sh"
# shellcheck source=lab/netns/variants.sh
. "$root/lab/netns/variants.sh"

good=0 bad=0
hidden='[ ! -d /usr/share/nmap ] || mount -t tmpfs none /usr/share/nmap; exec "$@"'
scan() { # PORTS
    ip netns exec "$NS" unshare -m sh -c "$hidden" sh "$whorl" -n -Pn -O -v -p "$1" "$TARGET"
}

# named NAME PATTERN PORTS: the verdict begins with PATTERN
named() {
    local out
    out=$(scan "$3" 2>/dev/null) || true
    if grep -qE "^OS details: $2" <<<"$out"; then
        good=$((good + 1))
        echo "$1: $(sed -n 's/^OS details: //p' <<<"$out")"
    else
        bad=$((bad + 1))
        echo "FAIL: $1 is not named '$2':"
        echo "$out"
    fi
}

# named6 NAME PATTERN PORTS: over IPv6 it is named so, or the best guess, and nothing that IPv6 alone has
# speaks against it
named6() {
    local out
    out=$(TARGET=$TARGET6 scan "$3" 2>/dev/null) || true
    if grep -qE "^(OS details|Aggressive OS guesses): $2" <<<"$out" && ! grep -q '^IPv6 behavior: nearest' <<<"$out"; then
        good=$((good + 1))
        echo "$1 over IPv6: $(sed -n 's/^\(OS details\|Aggressive OS guesses\|IPv6 behavior\): //p' <<<"$out" | tr '\n' ';')"
    else
        bad=$((bad + 1))
        echo "FAIL: $1 is not named '$2' over IPv6:"
        echo "$out"
    fi
}

stack() { # RECIPE PATTERN
    local rc=0
    stack_load "$1"
    stack_up || rc=$?
    case $rc in
    0)
        named "$1" "$2" "$OPEN${CLOSED:+,$CLOSED}"
        [ -z "$TARGET6" ] || named6 "$1" "$2" "$OPEN${CLOSED:+,$CLOSED}"
        ;;
    77) echo "$1: left out" ;;
    *)
        bad=$((bad + 1))
        echo "FAIL: $1 does not come up"
        ;;
    esac
    stack_down
}

variant() { # NAME PATTERN
    variant_up "$1"
    named "$1" "$2" 22,23
    variant_down
}

variant default 'Linux [67]\.'
variant tcp_timestamps2 'Linux [567]\.'
variant tcp_timestamps0 'Linux .*timestamps off'
variant tcp_window_scaling0 'Linux .*window scaling off'
variant ttl128 'Linux .*TTL 128'
variant mtu1280 'Linux [67]\.'
variant routed-2hops 'Linux [67]\.'
stack lwip 'lwIP 2'
stack lwipv6 'LWIPv6'
stack slirp 'libslirp'
stack passt 'passt'
stack linux-uml 'Linux [56]\.'
stack gvisor 'gVisor'
echo "$good passed, $bad failed"
[ "$bad" = 0 ]
