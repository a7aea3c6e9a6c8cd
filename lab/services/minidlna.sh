# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(minidlna)
expect() { port 8200/tcp upnp MiniDLNA "$(v minidlna)"; }
start() { mkdir -p db; ip route add 239.0.0.0/8 dev "$DEV" 2>/dev/null; exec minidlnad -S -R -d -f /etc/minidlna.conf -P "$PWD/pid" -p 8200; }
