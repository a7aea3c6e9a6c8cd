# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
packages=(bind9)
expect() { port 53/tcp domain 'ISC BIND' "$(vd bind9 | sed s/^1://)"; port 53/udp domain 'ISC BIND' "$(vd bind9 | sed s/^1://)"; }
start() { mkdir -p /run/named; chown bind /run/named; exec named -f -4 -u bind; }
